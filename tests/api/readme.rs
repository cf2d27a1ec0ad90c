//! The table of calls in `src/README.md` against the calls of the API: each has one row, and no row has another.

use std::collections::BTreeSet;
use std::fs;

/// The rows of the table: call, target, and what the page does with it.
fn rows() -> Vec<[String; 3]> {
    let text = fs::read_to_string(mesoscope_tests::root().join("src/README.md")).expect("the README can be read");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    let calls = rows.filter_map(|row| {
        let [call, target, place] = row.split(" | ").collect::<Vec<_>>().try_into().ok()?;
        let is_target = ["master", "agent", "both"].contains(&target);
        is_target.then(|| [call.trim_end_matches('`').to_owned(), target.to_owned(), place.to_owned()])
    });
    calls.collect()
}

#[test]
fn every_call_has_a_row_that_says_where_it_is() {
    let rows = rows();
    let of = |target: &str| -> BTreeSet<&str> {
        let is_of = |row: &&[String; 3]| row[1] == target || row[1] == "both";
        rows.iter().filter(is_of).map(|[call, ..]| call.as_str()).collect()
    };
    let listed = |calls: &'static str| calls.split_whitespace().collect::<BTreeSet<_>>();
    assert_eq!(of("master"), listed(crate::MASTER_CALLS));
    assert_eq!(of("agent"), listed(crate::AGENT_CALLS));
    assert!(rows.iter().all(|[.., place]| place.len() > 8), "each row says where the call is used, or why not");
    let both = rows.iter().filter(|row| row[1] == "both").count();
    assert_eq!(rows.len() + both, 71);
}

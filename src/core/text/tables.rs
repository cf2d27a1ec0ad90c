//! Words of tables: counts in headings, selections, and why a filter matches nothing.

use super::count;
use crate::views::table::EmptyReason;

/// The count beside a table's heading, `12 of 1 004` where a filter hides rows. An unknown table of no rows says so.
pub fn counted(matched: u32, total: u32, arriving: bool, is_unknown: bool) -> String {
    match (total, arriving, is_unknown) {
        (0, true, _) => return "loading".to_owned(),
        (0, false, true) => return "not known".to_owned(),
        _ => {}
    }
    let arriving = if arriving { ", loading" } else { "" };
    let (matched, total) = (count(u64::from(matched)), count(u64::from(total)));
    if matched == total { format!("{total}{arriving}") } else { format!("{matched} of {total}{arriving}") }
}

/// How many rows have not ended, beside the count of all: `19 906 live`.
pub fn live_rows(live: u32) -> String {
    format!("{} live", count(u64::from(live)))
}

/// The number of selected rows, and of those that the filter hides.
pub fn selected(rows: usize, hidden: u32) -> String {
    match hidden {
        0 => format!("{} selected", count(rows as u64)),
        hidden => format!("{} selected, {} not shown", count(rows as u64), count(u64::from(hidden))),
    }
}

/// The button that selects all rows that match the filter.
pub fn select_all(matched: u32) -> String {
    format!("Select all {}", count(u64::from(matched)))
}

/// Name of the checkbox of a row.
pub fn select_row(row: &str) -> String {
    format!("Select {row}")
}

/// Name of a row whose first column is no name of it alone.
pub fn name_with_id(name: &str, id: &str) -> String {
    format!("{name} ({id})")
}

/// Name of the menu of a row.
pub fn actions_on(row: &str) -> String {
    format!("Actions on {row}")
}

/// Tooltip of a column's header: by what it sorts, where that is not what its title says.
pub fn sort_hint(title: &str, sorted_by: Option<&str>) -> String {
    let by = sorted_by.map_or_else(|| title.to_owned(), |by| format!("{title}, {by}"));
    format!("Sort by {by}. Shift+click: as second key.")
}

/// Tooltip of a free amount.
pub fn free_hint(amount: &str, is_offered: bool, state: &str) -> String {
    let offers = if is_offered { String::new() } else { format!(" Not offered: the agent is {state}.") };
    format!("{amount} not allocated; it may be reserved for roles.{offers}")
}

/// Tooltip of an amount that cannot be read.
pub const AMOUNT_UNKNOWN: &str =
    "The master sent this amount in a form that cannot be read. It is unknown, not zero: see the agent's page.";

/// Tooltip of a meter: the allocated and the offered part of the total.
pub fn meter_hint(allocated: &str, offered: Option<&str>, total: &str) -> String {
    let offered = offered.map(|offered| format!(" and {offered} offered")).unwrap_or_default();
    format!("{allocated} allocated{offered} of {total}")
}

/// The total beside a meter's figure, in whole GiB.
pub fn of_gibibytes(total: &str) -> String {
    format!("/ {total} GiB")
}

/// Tooltip of a link to another site.
pub fn opens_new_tab(address: &str) -> String {
    format!("{address} (opens in a new tab)")
}

/// Label of a button that pauses a table's updates, with the time of day since when they pause.
pub fn pause_label(since: Option<&str>) -> String {
    since.map_or_else(|| "Pause updates".to_owned(), |at| format!("Paused at {at}"))
}

/// Title of an empty table that has a filter, such as `No agents match`; `rows` in lower case.
pub fn no_rows_match(rows: &str) -> String {
    format!("No {rows} match")
}

/// Hint that a word of the filter looks like a field, but is none of this table; `None` if it is one.
pub fn no_field(reason: &EmptyReason) -> Option<String> {
    let field = reason.unknown.as_ref()?;
    Some(format!("No field “{field}” here: “{}” is searched for as text.", reason.word))
}

/// How one word of the filter contributes to the empty table; `None` if it does not.
pub fn empty_reason(reason: &EmptyReason, rows: &str) -> Option<String> {
    if let Some(limit) = &reason.no_number {
        return Some(match limit.as_str() {
            "" => "a number is missing, such as cpus>4 or changed<10m".to_owned(),
            limit => format!("“{limit}” is not a number; use plain numbers, or for ages 90s, 10m, 2h or 1d"),
        });
    }
    match (&reason.unknown, reason.alone) {
        (Some(field), _) => Some(format!("no field {field} in these {rows}, and no text contains it")),
        (None, 0) => None,
        (None, 1) => Some("1 row matches without it".to_owned()),
        (None, alone) => Some(format!("{} rows match without it", count(u64::from(alone)))),
    }
}

/// How much of a long list is shown: the first or the last entries, of those that match its filter, of all.
pub fn shown_of(shown: usize, matching: Option<usize>, all: usize, from_end: bool) -> String {
    let place = if from_end { "Last" } else { "First" };
    let matches =
        |matching: usize| format!("{} {} in ", count(matching as u64), if matching == 1 { "match" } else { "matches" });
    let matching = matching.map_or_else(String::new, matches);
    format!("{place} {} of {matching}{}", count(shown as u64), count(all as u64))
}

/// Label of the button that shows more of a long list, which adds at most `step` entries.
pub fn show_more(rest: usize, matching: usize, step: usize) -> String {
    if rest <= step {
        format!("Show all {}", count(matching as u64))
    } else {
        format!("Show {} more", count(step as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_say_what_is_hidden_and_what_is_missing() {
        assert_eq!(counted(3, 3, false, false), "3");
        assert_eq!(counted(3, 1004, true, false), "3 of 1\u{202f}004, loading");
        assert_eq!(counted(0, 0, true, true), "loading");
        assert_eq!(counted(0, 0, false, true), "not known");
        assert_eq!(counted(0, 0, false, false), "0");
    }

    #[test]
    fn a_word_that_hides_rows_says_how_many() {
        let reason = |alone, unknown: Option<&str>| EmptyReason {
            word: "x:y".to_owned(),
            alone,
            unknown: unknown.map(str::to_owned),
            no_number: None,
        };
        assert_eq!(empty_reason(&reason(0, None), "agents"), None);
        assert_eq!(empty_reason(&reason(1, None), "agents").as_deref(), Some("1 row matches without it"));
        assert_eq!(empty_reason(&reason(12, None), "agents").as_deref(), Some("12 rows match without it"));
        let unknown = empty_reason(&reason(0, Some("x")), "agents");
        assert_eq!(unknown.as_deref(), Some("no field x in these agents, and no text contains it"));
    }

    #[test]
    fn a_long_list_says_what_it_shows() {
        assert_eq!(shown_of(60, None, 1200, false), "First 60 of 1\u{202f}200");
        assert_eq!(shown_of(1, Some(1), 1200, false), "First 1 of 1 match in 1\u{202f}200");
        assert_eq!(shown_of(60, Some(90), 1200, true), "Last 60 of 90 matches in 1\u{202f}200");
        assert_eq!(
            (show_more(40, 100, 500), show_more(900, 960, 500)),
            ("Show all 100".into(), "Show 500 more".into())
        );
    }
}

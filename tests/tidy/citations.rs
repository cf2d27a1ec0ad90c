//! Comments name the source of a fact about Mesos: a heading in mesos/. Does not check what its section says.

use std::collections::BTreeSet;

use super::rule::{Report, Rule, tree};
use super::source::{Source, comments};

pub const HEADINGS: Rule = Rule {
    says: "a comment that names PROTOCOL.md cites headings that it has, as in `PROTOCOL.md, \"SUBSCRIBE\"`",
    reads: &["src", "tests", "tests/data/recorded/README.md", "tests/data/fold/INDEX.md"],
    check: |files| {
        let protocol = files.iter().filter(|file| file.path.ends_with(FILE)).flat_map(|file| file.text.lines());
        let headings: BTreeSet<&str> = protocol.filter_map(|line| line.strip_prefix("## ")).collect();
        Report::of(files.iter().flat_map(citations), |citation| {
            let unknown = citation.headings.iter().filter(|heading| !headings.contains(heading.as_str()));
            let mut offences: Vec<String> =
                unknown.map(|heading| format!("{}: no heading is {heading:?}", citation.place)).collect();
            if citation.headings.is_empty() {
                offences.push(format!("{}: no heading is cited", citation.place));
            }
            offences
        })
    },
    least: 95,
    broken_by: || {
        let protocol = ("src/core/mesos/PROTOCOL.md", "# API\n\n## SUBSCRIBE\n\n## Requests\n");
        vec![
            tree(&[protocol, ("src/core/x.rs", "/// Sent once (PROTOCOL.md, \"HEARTBEAT\").\nstruct X;")]),
            tree(&[protocol, ("src/core/x.rs", "// PROTOCOL.md says so.\nconst X: &str = \"// PROTOCOL.md\";")]),
            tree(&[protocol, ("tests/x.rs", "// As in PROTOCOL.md,\n// \"SUBSCRIBE\", \"Requests\" and \"Answers\".")]),
            tree(&[protocol, ("tests/x/README.md", "As `PROTOCOL.md`, \"SUBSCRIBED\", says. See PROTOCOL.md.")]),
        ]
    },
};

const FILE: &str = "PROTOCOL.md";

/// One mention of the file in a comment.
struct Citation {
    place: String,
    headings: Vec<String>,
}

/// A Markdown file may name the file as a whole; a comment may not.
fn citations(file: &Source) -> Vec<Citation> {
    let is_guide = file.path.ends_with(".md");
    let texts = match is_guide {
        true => vec![(1, file.text.replace('`', "").split_whitespace().collect::<Vec<_>>().join(" "))],
        false => comments(&file.text),
    };
    let found = texts.iter().flat_map(|(line, text)| {
        let place = format!("{}:{line}", file.path);
        text.split(FILE).skip(1).map(move |after| Citation { place: place.clone(), headings: headings(after) })
    });
    found.filter(|citation| !is_guide || !citation.headings.is_empty()).collect()
}

/// The quoted headings that follow, with a comma or a word between them.
fn headings(after: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = after;
    while let Some(quoted) = JOINTS.iter().find_map(|joint| rest.strip_prefix(joint)) {
        let Some((heading, tail)) = quoted.split_once('"') else { break };
        found.push(heading.to_owned());
        rest = tail;
    }
    found
}

const JOINTS: [&str; 4] = [", \"", " and \"", ", and \"", " to \""];

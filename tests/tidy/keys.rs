//! Keys that the page's code handles, beside those that the help page lists.

use std::collections::BTreeSet;

use mesoscope_core::text::help_keys::KEY_GROUPS;

use super::parsed;
use super::rule::{Report, Rule, tree};
use super::source::{Source, rust};

/// Files that handle keys, each with the help's groups of its keys.
const HANDLERS: &[(&str, &[&str])] = &[
    ("src/app/go_keys.rs", &["On every page"]),
    ("src/app/rail.rs", &["On every page"]),
    ("src/app/palette/mod.rs", &["On every page"]),
    ("src/app/parts/capacity.rs", &["On every page"]),
    ("src/app/palette/step.rs", &["In search and suggestions"]),
    ("src/app/widgets/filter.rs", &["On every page", "In search and suggestions"]),
    ("src/app/widgets/grid/keys.rs", &["In the rows of a table"]),
    ("src/app/parts/files/folder.rs", &["In the rows of a table"]),
    ("src/app/parts/containers/keys.rs", &["In the tree of containers"]),
    ("src/app/parts/files/viewer.rs", &["In a file"]),
    ("src/app/parts/files/pointer_input.rs", &["In a file"]),
    ("src/app/parts/files/search_bar.rs", &["In a file"]),
    ("src/app/parts/files/display_settings.rs", &["In fields"]),
    ("src/app/parts/files/side_by_side.rs", &["In fields"]),
    ("src/app/parts/files/jump.rs", &["In fields"]),
    ("src/app/parts/action/review.rs", &["In fields"]),
    ("src/app/parts/weight_editor.rs", &["In fields"]),
    ("src/app/widgets/code.rs", &["In fields"]),
    ("src/app/parts/terminal/keys.rs", &["In a terminal"]),
    ("src/app/parts/terminal/tabs.rs", &["In a terminal"]),
    ("src/app/parts/terminal/panel.rs", &["In a terminal"]),
    ("src/app/parts/schedule/bar.rs", &["On the time axis of maintenance"]),
    ("src/app/parts/map/mod.rs", &["On the agent map"]),
];

/// Names of keys that are longer than a character, as browsers report them.
const NAMES: [&str; 16] = [
    "ArrowUp",
    "ArrowDown",
    "ArrowLeft",
    "ArrowRight",
    "PageUp",
    "PageDown",
    "Home",
    "End",
    "Enter",
    "Escape",
    "Backspace",
    "Delete",
    "Tab",
    "Insert",
    "ContextMenu",
    "F10",
];

pub const HELP_HAS_ALL_KEYS: Rule = Rule {
    says: "core/text/help_keys.rs lists every key that a file handles, in a group that tests/tidy/keys.rs names for the file",
    reads: &["src/app"],
    check: |files| {
        let handlers = rust(files).filter(|file| file.code.contains("event.key()"));
        Report::of(handlers, |file| {
            let listed = listed(groups_of(&file.path));
            let missing = handled(file).into_iter().filter(|(key, _)| !listed.contains(key));
            missing.map(|(key, line)| format!("{}:{line}: the help lacks the key {key:?}", file.path)).collect()
        })
    },
    least: 15,
    broken_by: || {
        let handles = |key: &str| format!("fn f() {{ match event.key().as_str() {{\n{key:?} => {{}}\n}} }}");
        vec![
            tree(&[("src/app/parts/map/mod.rs", &handles("F")), ("src/app/widgets/code.rs", &handles("Enter"))]),
            tree(&[("src/app/pages/x.rs", &handles("Enter"))]),
            tree(&[("src/app/widgets/grid/keys.rs", "fn f() { if event.key() == \"Tab\" { g() } }")]),
        ]
    },
};

/// Keys of the help that no file handles.
pub fn unhandled(files: &[Source]) -> Vec<String> {
    let mut unhandled = Vec::new();
    for group in &KEY_GROUPS {
        let of_group = rust(files).filter(|file| groups_of(&file.path).contains(&group.title));
        let handled: BTreeSet<String> =
            of_group.flat_map(|file| handled(file).into_iter().map(|(key, _)| key)).collect();
        let missing = listed(&[group.title]).into_iter().filter(|key| !handled.contains(key));
        unhandled.extend(missing.map(|key| format!("{}: {key:?}", group.title)));
    }
    unhandled
}

fn groups_of(path: &str) -> &'static [&'static str] {
    HANDLERS.iter().find(|(handler, _)| *handler == path).map_or(&[], |(_, groups)| groups)
}

/// Keys of the help's groups, without modifiers, letters in lower case if the group does not tell both apart.
fn listed(groups: &[&str]) -> BTreeSet<String> {
    let keys = KEY_GROUPS.iter().filter(|group| groups.contains(&group.title)).flat_map(|group| group.keys);
    keys.flat_map(|help| help.keys).map(|key| bare(key)).collect()
}

/// A key without modifiers.
fn bare(key: &str) -> String {
    key.rsplit_once('+').filter(|(before, _)| !before.is_empty()).map_or(key, |(_, key)| key).to_owned()
}

/// Keys that a file compares with, and their lines. Shift with a bracket gives a brace; capitals of a letter that is handled too
/// are the same key, where both are in one pattern.
fn handled(file: &Source) -> Vec<(String, usize)> {
    let lines: Vec<&str> = file.text.lines().collect();
    let line = |number: usize| lines.get(number.saturating_sub(1)).copied().unwrap_or_default();
    let is_key = |text: &str, line: &str| {
        let is_pattern = line.split_once("=>").is_some_and(|(pattern, _)| pattern.contains(&format!("{text:?}")));
        let is_compared =
            is_pattern || ["key == ", "key() == ", "key().eq", "key.eq"].iter().any(|it| line.contains(it));
        text.starts_with("Arrow") || is_compared && (NAMES.contains(&text) || text.chars().count() == 1)
    };
    let found = parsed::literals(file).into_iter().filter(|it| is_key(&it.text, line(it.line)));
    let plain = |text: String, line: &str| match text.as_str() {
        "{" => "[".to_owned(),
        "}" => "]".to_owned(),
        capital if line.contains(&format!("{:?} | {capital:?}", capital.to_lowercase())) => capital.to_lowercase(),
        _ => text,
    };
    found.map(|it| (plain(it.text, line(it.line)), it.line)).collect()
}

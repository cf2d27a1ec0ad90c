//! What the page can do, beside what its help says: controls of the log viewer and of tables, and fields of filters.

use std::collections::BTreeSet;

use mesoscope_core::text::help::{HelpBlock, SECTIONS};
use mesoscope_core::views::agents::AgentColumn;
use mesoscope_core::views::events::EventColumn;
use mesoscope_core::views::executors::ExecutorColumn;
use mesoscope_core::views::frameworks::FrameworkColumn;
use mesoscope_core::views::offers::OfferColumn;
use mesoscope_core::views::operations::OperationColumn;
use mesoscope_core::views::roles::RoleColumn;
use mesoscope_core::views::run_tasks::RunTaskColumn;
use mesoscope_core::views::table::Column;
use mesoscope_core::views::tasks::TaskColumn;
use mesoscope_core::views::volumes::VolumeColumn;

use super::parsed;
use super::rule::{Report, Rule, tree};
use super::source::{Source, rust};

/// Files with controls that the help explains, each with the help's sections that do.
const EXPLAINED: &[(&str, &[&str])] = &[
    ("src/app/parts/files/", &["Files and logs"]),
    ("src/app/parts/room.rs", TABLES),
    ("src/app/parts/saved_views.rs", TABLES),
    ("src/app/parts/export.rs", TABLES),
    ("src/app/parts/filter_builder.rs", TABLES),
    ("src/app/widgets/grid/column_choice.rs", TABLES),
];
const TABLES: &[&str] = &["Tables, views and the palette", "Filters"];

pub const HELP_HAS_ALL_CONTROLS: Rule = Rule {
    says: "core/text/help.rs names the menus, the options and the fields of the log viewer and of tables",
    reads: &["src/app"],
    check: |files| {
        let labels = rust(files).flat_map(|file| {
            let sections = EXPLAINED.iter().filter(|(path, _)| file.path.starts_with(path));
            let text: Vec<String> = sections.flat_map(|(_, sections)| *sections).map(|title| text_of(title)).collect();
            let labels = if text.is_empty() { Vec::new() } else { labels(file) };
            let text = text.join(" ");
            let labels = labels.into_iter().map(|label| (file.path.clone(), label, text.clone()));
            let orders = sort_words(file).into_iter().map(|word| (file.path.clone(), word, text_of(TABLES[0])));
            labels.chain(orders).collect::<Vec<_>>()
        });
        Report::of(labels, |(path, label, text)| {
            (!text.contains(&label)).then(|| format!("{path}: the help lacks {label:?}")).into_iter().collect()
        })
    },
    least: 25,
    broken_by: || {
        vec![
            tree(&[("src/app/parts/files/x.rs", "fn f() { view! { <label for=\"x\">\"Sing along\"</label> } }")]),
            tree(&[("src/app/pages/x.rs", "fn f() { x.sorted_by(GROWN); }\nconst GROWN: &str = \"% grown\";")]),
            tree(&[("src/app/parts/files/x.rs", "fn f() { view! { {check(\"Sing along\", \"sing\", sing)} } }")]),
            tree(&[(
                "src/app/parts/room.rs",
                "fn f() { view! { <Menu label=\"Room\" title=|| \"Sing along\" content/> } }",
            )]),
        ]
    },
};

/// Labels of menus, options and fields of a file.
fn labels(file: &Source) -> Vec<String> {
    let lines: Vec<&str> = file.text.lines().collect();
    let is_label = |found: &parsed::Text| {
        let line = lines.get(found.line.saturating_sub(1)).copied().unwrap_or_default();
        let quoted = format!("{:?}", found.text);
        let ends = ["</label>", "</option>"].map(|end| format!("{quoted}{end}"));
        let begins =
            ["title=|| ", "check(", "way(None, ", "way(Some(MergeOrder::Time), ", "way(Some(MergeOrder::Arrival), "];
        let begins = begins.map(|before| format!("{before}{quoted}"));
        let is_toggle = line.contains("aria-pressed") && line.contains(&format!("{quoted}</button>"));
        let is_option = line.contains("let options = [") && found.text.contains(char::is_uppercase);
        is_toggle || is_option || ends.iter().chain(&begins).any(|it| line.contains(it.as_str()))
    };
    // A symbol, as `.*`, has its words in a tooltip.
    let has_letters = |found: &parsed::Text| found.text.contains(char::is_alphabetic);
    let found = parsed::literals(file).into_iter().filter(|found| is_label(found) && has_letters(found));
    found.map(|found| found.text).collect()
}

/// Words in headers of columns for what they sort by, where that is not their title.
fn sort_words(file: &Source) -> Vec<String> {
    let lines: Vec<&str> = file.text.lines().collect();
    let constants: Vec<String> = file
        .text
        .split(".sorted_by(")
        .skip(1)
        .filter_map(|rest| Some(format!("const {}: ", rest.split_once(')')?.0)))
        .collect();
    let is_word = |found: &parsed::Text| {
        let line = lines.get(found.line.saturating_sub(1)).copied().unwrap_or_default();
        line.contains(".sorted_by(\"") || constants.iter().any(|constant| line.starts_with(constant.as_str()))
    };
    parsed::literals(file).into_iter().filter(is_word).map(|found| found.text).collect()
}

/// All text of a section of the help.
fn text_of(title: &str) -> String {
    let section = SECTIONS.iter().find(|section| section.title == title).expect("the section is there");
    let texts = section.blocks.iter().map(|block| match block {
        HelpBlock::Text(text) => (*text).to_owned(),
        HelpBlock::Terms(rows) | HelpBlock::Examples(rows) | HelpBlock::Colours(rows) => rows.concat().join(" "),
        HelpBlock::Keys(_) | HelpBlock::PlaceKeys | HelpBlock::FilterFields => String::new(),
    });
    texts.collect::<Vec<_>>().join(" ")
}

pub const HELP_HAS_ALL_FIELDS: Rule = Rule {
    says: "the help lists every field that a table's filter knows",
    reads: &["src/core/views"],
    check: |files| {
        let fields = rust(files)
            .filter(|file| !file.is_test())
            .flat_map(|file| fields(file).into_iter().map(|field| (file.path.clone(), field)).collect::<Vec<_>>());
        let known = known_fields();
        Report::of(fields, |(path, field)| {
            (!known.contains(&field))
                .then(|| format!("{path}: the help lacks the field {field:?}"))
                .into_iter()
                .collect()
        })
    },
    least: 70,
    broken_by: || {
        let row =
            |arms: &str| format!("impl Row for X {{\nfn field(&self) -> bool {{\nmatch name {{\n{arms}\n}}\n}}\n}}\n");
        vec![
            tree(&[("src/core/views/x.rs", &row("\"colour\" => matches(x),"))]),
            tree(&[("src/core/views/x.rs", &row("(\"host\", A)\n| (\"colour\", B) => matches(x),"))]),
        ]
    },
};

/// Fields that the rows of a file have, by the patterns of their two functions.
fn fields(file: &Source) -> Vec<String> {
    let lines: Vec<&str> = file.text.lines().map(str::trim).collect();
    let Some(begins) = lines.iter().position(|line| line.starts_with("impl") && line.contains(" Row for ")) else {
        return Vec::new();
    };
    let is_pattern = |found: &parsed::Text| {
        let line = lines.get(found.line.saturating_sub(1)).copied().unwrap_or_default();
        let pattern = line.split_once("=>").map_or(line, |(pattern, _)| pattern);
        found.line > begins && line.starts_with(['"', '(', '|']) && pattern.contains(&format!("{:?}", found.text))
    };
    let found = parsed::literals(file).into_iter().filter(|found| is_pattern(found) && !found.text.is_empty());
    found.map(|found| found.text).collect()
}

/// Fields that the help's list of tables has, and words of its text about filters.
fn known_fields() -> BTreeSet<String> {
    fn of<C: Column>() -> impl Iterator<Item = String> {
        C::WORDS.iter().chain(C::NUMBERS).map(|field| (*field).to_owned())
    }
    let text = text_of("Filters");
    let words =
        text.split(|letter: char| !letter.is_alphanumeric() && letter != '.').map(|word| word.trim_matches('.'));
    let listed =
        of::<AgentColumn>().chain(of::<FrameworkColumn>()).chain(of::<TaskColumn>()).chain(of::<EventColumn>());
    let listed = listed.chain(of::<RoleColumn>()).chain(of::<OfferColumn>()).chain(of::<ExecutorColumn>());
    let listed = listed.chain(of::<OperationColumn>()).chain(of::<VolumeColumn>()).chain(of::<RunTaskColumn>());
    listed.chain(words.map(str::to_owned)).collect()
}

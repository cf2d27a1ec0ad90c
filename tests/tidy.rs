//! The habits that a machine can keep: who imports whom, where things are, what is never written.
//! A rule is a function over the files of the checkout, and is shown to guard by files that break it. Formatting and types are
//! other tools' business.

mod tidy {
    pub mod citations;
    pub mod cycles;
    pub mod dependencies;
    pub mod effects;
    pub mod frame;
    pub mod help;
    pub mod imports;
    pub mod keys;
    pub mod models;
    pub mod names;
    pub mod parsed;
    pub mod prose;
    pub mod rule;
    pub mod shape;
    pub mod source;
    pub mod styles;
    pub mod words;
}

use std::collections::BTreeSet;

use tidy::{
    citations, cycles, dependencies, effects, frame, help, imports, keys, models, names, prose, shape, styles, words,
};

/// What may be at the top level besides dotfiles, and what a build leaves there.
const TOP_LEVEL: [&str; 11] = [
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "LICENSE",
    "index.html",
    "public",
    "src",
    "style",
    "tests",
    "target",
    "dist",
];

#[test]
fn the_core_imports_upwards_only() {
    imports::UPWARDS.hold();
}

#[test]
fn nothing_imports_in_a_circle() {
    cycles::NO_CYCLES.hold();
}

#[test]
fn nothing_is_exported_again() {
    imports::NO_FACADES.hold();
}

#[test]
fn edges_do_not_borrow_each_others_files() {
    imports::NOT_BORROWED.hold();
}

#[test]
fn pages_know_parts_and_parts_know_widgets() {
    imports::LAYERS.hold();
}

#[test]
fn effects_set_no_signal() {
    effects::SETS_NOTHING.hold();
}

#[test]
fn the_core_has_no_edge() {
    words::NO_EDGE.hold();
}

#[test]
fn field_names_stay_at_the_border() {
    words::FIELD_NAMES.hold();
}

#[test]
fn an_objects_fields_are_read_once_for_tables_and_once_for_pages() {
    models::ONE_READER.hold();
}

#[test]
fn only_the_cluster_is_changed_by_its_own_code() {
    words::ONE_WRITER.hold();
}

#[test]
fn names_and_comments_use_todays_words() {
    words::TODAYS_WORDS.hold();
}

#[test]
fn a_types_name_occurs_once_in_the_core() {
    names::ONE_TYPE.hold();
}

#[test]
fn nothing_is_left_for_later() {
    words::NO_STUBS.hold();
}

#[test]
fn html_is_never_made_of_text() {
    words::NO_HTML.hold();
}

#[test]
fn files_are_short() {
    shape::SHORT_FILES.hold();
}

#[test]
fn functions_are_short() {
    shape::SHORT_FUNCTIONS.hold();
}

#[test]
fn every_module_says_what_it_is() {
    shape::SAYS_WHAT_IT_IS.hold();
}

#[test]
fn docs_stand_alone() {
    prose::DOCS_STAND_ALONE.hold();
}

#[test]
fn comments_cite_headings_of_the_protocol() {
    citations::HEADINGS.hold();
}

#[test]
fn sentences_of_data_stand_in_text() {
    prose::SENTENCES_OF_DATA.hold();
}

#[test]
fn words_for_people_stand_in_text() {
    prose::SENTENCES.hold();
}

#[test]
fn addresses_are_written_in_one_place() {
    prose::ADDRESSES.hold();
}

#[test]
fn every_route_documents_its_address() {
    prose::ROUTES.hold();
}

#[test]
fn the_help_names_the_controls_of_logs_and_tables() {
    help::HELP_HAS_ALL_CONTROLS.hold();
}

#[test]
fn the_help_lists_the_fields_of_filters() {
    help::HELP_HAS_ALL_FIELDS.hold();
}

#[test]
fn the_help_lists_the_keys_that_the_page_handles() {
    keys::HELP_HAS_ALL_KEYS.hold();
    let unhandled = keys::unhandled(&tidy::source::all(&["src/app"]));
    assert!(unhandled.is_empty(), "keys of the help that no code handles: {unhandled:#?}");
    assert!(!keys::unhandled(&[]).is_empty(), "without code, no key is handled");
}

#[test]
fn guides_are_short_and_so_are_their_sentences() {
    prose::README.hold();
}

#[test]
fn colours_are_tokens() {
    styles::COLOURS.hold();
}

#[test]
fn spaces_are_tokens() {
    styles::SPACING.hold();
}

#[test]
fn no_text_is_smaller_than_twelve_pixels() {
    styles::READABLE.hold();
}

#[test]
fn a_style_folder_is_a_layer() {
    styles::LAYERS.hold();
}

#[test]
fn the_frame_is_the_pages() {
    frame::FRAME_IS_THE_PAGES.hold();
}

#[test]
fn the_page_loads_one_stylesheet() {
    styles::ONE_SHEET.hold();
}

#[test]
fn what_sets_up_is_light() {
    dependencies::DEV_IS_LIGHT.hold();
}

#[test]
fn lints_are_on() {
    dependencies::LINTS_ARE_ON.hold();
}

#[test]
fn dependencies_are_as_deny_toml_allows() {
    let rules = dependencies::rules(&tidy::source::read(".deny.toml").expect("the rules are there"));
    let packages = dependencies::packages(&rules);
    assert!(packages.len() > 300, "there are packages to check");
    let offences: BTreeSet<String> =
        packages.iter().flat_map(|package| dependencies::offences(&rules, package)).collect();
    assert!(offences.is_empty(), "licenses, bans and sources:\n  {offences:#?}");
}

#[test]
fn the_top_level_is_a_short_list() {
    let known = |name: &String| TOP_LEVEL.contains(&name.as_str()) || name.starts_with('.');
    assert!(!known(&"docs".to_owned()), "a folder of another name is found");
    let entries = std::fs::read_dir(tidy::source::root()).expect("the checkout can be read");
    let names: Vec<String> =
        entries.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert!(names.len() >= TOP_LEVEL.len() - 2, "the top level is there to be checked");
    let others: Vec<&String> = names.iter().filter(|name| !known(name)).collect();
    assert!(others.is_empty(), "something else stands at the top level: {others:?}");
}

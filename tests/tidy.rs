//! The habits that a machine can keep: who imports whom, where things stand, what is never written.
//! Each rule is one test over the files of the checkout. Formatting and types are other tools' business.

mod tidy {
    pub mod cycles;
    pub mod dependencies;
    pub mod imports;
    pub mod source;
    pub mod styles;
}

use tidy::source::{Source, core, read, sources, word};
use tidy::{cycles, dependencies, imports, styles};

/// What may stand at the top level besides dotfiles, and what a build leaves there.
const TOP_LEVEL: [&str; 8] =
    ["Cargo.toml", "Cargo.lock", "README.md", "LICENSE", "index.html", "public", "src", "style"];
const ALSO_THERE: [&str; 3] = ["tests", "target", "dist"];
const LONGEST: usize = 600;

/// What only an edge has: a browser, a clock, sockets, files, an output.
const NOT_IN_THE_CORE: [&str; 22] = [
    "leptos",
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "gloo_net",
    "gloo_timers",
    "tokio",
    "axum",
    "hyper",
    "tracing",
    "Instant::now",
    "SystemTime::now",
    "Date::now",
    "std::net",
    "std::fs",
    "std::thread",
    "std::process",
    "std::env",
    "println!",
    "eprintln!",
    "dbg!",
];

/// Fails with one line for each offence.
fn check(rule: &str, offences: impl IntoIterator<Item = String>) {
    let offences: Vec<String> = offences.into_iter().collect();
    assert!(offences.is_empty(), "{rule}:\n  {}", offences.join("\n  "));
}

fn found(files: &[Source], needles: &[&str]) -> Vec<String> {
    let each = |file: &Source| -> Vec<String> {
        let at = |needle: &&&str| word(&file.code, needle).map(|line| format!("{}:{line}: {needle}", file.path));
        needles.iter().filter_map(|needle| at(&needle)).collect()
    };
    files.iter().flat_map(each).collect()
}

#[test]
fn the_core_imports_upwards_only() {
    check("a module of the core imports only modules declared above it in lib.rs", imports::upwards(&core()));
}

#[test]
fn nothing_imports_in_a_circle() {
    // With the least number of imports that are there to be looked at.
    let packages = [
        ("src/core", 300),
        ("src/app", 200),
        ("src/gateway", 50),
        ("src/worker", 3),
        ("src/dev", 10),
        ("tests/sim/src", 120),
    ];
    let mut all = Vec::new();
    for (package, least) in packages {
        let (cycles, imports) = cycles::cycles(package, &sources(package));
        assert!(imports >= least, "only {imports} imports were found in {package}");
        all.extend(cycles.into_iter().map(|cycle| format!("{package}: {cycle}")));
    }
    check("no import cycles", all);
}

#[test]
fn the_core_has_no_edge() {
    let files: Vec<Source> = core().iter().map(Source::without_tests).collect();
    check("the core has no browser, no clock, no IO and no output", found(&files, &NOT_IN_THE_CORE));
}

#[test]
fn edges_do_not_borrow_each_others_files() {
    check("an edge imports the core and nothing of another edge", imports::borrowed(&sources("src")));
}

#[test]
fn pages_know_parts_and_parts_know_widgets() {
    check("pages -> parts -> widgets, and no page imports another", imports::ui(&sources("src/app")));
}

#[test]
fn field_names_stay_at_the_border() {
    let inside: Vec<Source> = core().iter().filter(|file| !file.within("mesos")).map(Source::without_tests).collect();
    check("only mesos/ knows JSON field names", found(&inside, &["serde(rename", "serde(tag", "json!"]));
}

#[test]
fn files_are_short() {
    let all = ["src", "style", "tests"].into_iter().flat_map(sources);
    let long = all.filter(|file| file.text.lines().count() > LONGEST);
    check("no file has more than 600 lines", long.map(|file| file.path));
}

#[test]
fn every_module_says_what_it_is() {
    let all = ["src", "tests"].into_iter().flat_map(sources).filter(|file| file.path.ends_with(".rs"));
    let silent = all.filter(|file| !file.text.starts_with("//!"));
    check("a module begins with its //! line", silent.map(|file| file.path));
}

#[test]
fn nothing_is_left_for_later() {
    let all: Vec<Source> = ["src", "tests"].into_iter().flat_map(sources).collect();
    check("no stubs, no skipped tests", found(&all, &["todo!", "unimplemented!", "dbg!", "#[ignore"]));
}

#[test]
fn html_is_never_made_of_text() {
    let needles = ["innerHTML", "inner_html", "set_inner_html", "insertAdjacentHTML", "outerHTML"];
    check("what the cluster says never becomes HTML", found(&sources("src"), &needles));
}

#[test]
fn colours_are_tokens() {
    let others: Vec<Source> = sources("style").into_iter().filter(|file| !file.path.ends_with("tokens.css")).collect();
    check("colours stand in style/tokens.css only", others.iter().flat_map(styles::colours));
}

#[test]
fn a_style_file_is_a_layer() {
    check("style/NAME.css fills @layer NAME", sources("style").iter().filter_map(styles::other_layer));
}

#[test]
fn dependencies_are_as_deny_toml_allows() {
    let rules = dependencies::rules(&read(".deny.toml").expect("the rules are there"));
    let packages = dependencies::packages(&rules);
    assert!(packages.len() > 300, "there are packages to check");
    let offences: std::collections::BTreeSet<String> =
        packages.iter().flat_map(|package| dependencies::offences(&rules, package)).collect();
    check("licenses, bans and sources", offences);
}

#[test]
fn the_top_level_is_a_short_list() {
    let entries = std::fs::read_dir(tidy::source::root()).expect("the checkout can be read");
    let names = entries.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned());
    let known = |name: &str| TOP_LEVEL.contains(&name) || ALSO_THERE.contains(&name) || name.starts_with('.');
    check("nothing else stands at the top level", names.filter(|name| !known(name)));
}

#[test]
fn the_readme_names_every_route() {
    let route = read("src/core/route/mod.rs").expect("addresses have a module");
    let readme = read("README.md").expect("there is a README");
    let table: Vec<&str> = readme.lines().filter(|line| line.starts_with('|')).collect();
    let named = |variant: &String| table.iter().any(|row| row.contains(&format!("`{variant}`")));
    let variants = imports::variants(&Source::of("src/core/route/mod.rs", route), "Route");
    check("a table of README.md names every `Route`", variants.into_iter().filter(|variant| !named(variant)));
}

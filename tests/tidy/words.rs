//! Words that are never written in some place: in code, or in comments too. Strings are not looked at.

use super::rule::{Report, Rule, tree};
use super::source::{Source, comments, rust, word};

/// What only an edge has: a browser, a clock, sockets, files, an output. Clippy knows types as well (src/core/.clippy.toml).
pub const NO_EDGE: Rule = Rule {
    says: "the core has no browser, no clock, no IO and no output",
    reads: &["src/core"],
    check: |files| never(rust(files), &EDGES),
    least: 180,
    broken_by: || {
        vec![
            tree(&[("src/core/base/x.rs", "fn f() -> Instant { std::time::Instant::now() }")]),
            tree(&[("src/core/base/x.rs", "fn f() { println!(\"\") }\n#[cfg(test)]\nmod tests { use std::fs; }")]),
            tree(&[
                ("src/core/base/x.rs", "use web_sys::Window;"),
                ("src/core/base/y.rs", "// std::fs\nconst X: &str = \"tokio\";"),
            ]),
        ]
    },
};

const EDGES: [&str; 22] = [
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

pub const FIELD_NAMES: Rule = Rule {
    says: "only mesos/ knows JSON field names",
    reads: &["src/core"],
    check: |files| {
        never(rust(files).filter(|file| file.module() != "mesos"), &["serde(rename", "serde(tag", "json!", ".pointer("])
    },
    least: 130,
    broken_by: || {
        vec![
            tree(&[
                ("src/core/cluster/x.rs", "#[serde(rename = \"a\")]\nstruct A;"),
                ("src/core/mesos/x.rs", "json!({})"),
            ]),
            tree(&[("src/core/views/x.rs", "fn f(x: Value) { x.pointer(\"/a\") }")]),
        ]
    },
};

pub const ONE_WRITER: Rule = Rule {
    says: "only cluster/ changes the cluster, and the engine, which owns it, has it changed",
    reads: &["src/core", "src/app", "src/worker", "src/gateway"],
    check: |files| {
        let writers = ["src/core/cluster/", "src/core/engine/"];
        let is_writer = |file: &Source| writers.iter().any(|writer| file.path.starts_with(writer));
        never(rust(files).filter(|file| !is_writer(file)), &["&mut Cluster"])
    },
    least: 300,
    broken_by: || {
        vec![tree(&[
            ("src/core/views/x.rs", "fn f(cluster: &mut Cluster) {}"),
            ("src/core/engine/x.rs", "fn f(cluster: &mut Cluster) {}"),
        ])]
    },
};

pub const NO_STUBS: Rule = Rule {
    says: "no stubs, no skipped tests",
    reads: &["src", "tests"],
    check: |files| never(files.iter(), &["todo!", "unimplemented!", "dbg!", "#[ignore"]),
    least: 500,
    broken_by: || {
        vec![
            tree(&[("src/app/x.rs", "fn f() { todo!() }"), ("src/app/y.rs", "// todo!")]),
            tree(&[("tests/x.rs", "#[test]\n#[ignore = \"later\"]\nfn f() {}")]),
        ]
    },
};

pub const NO_HTML: Rule = Rule {
    says: "what the cluster says never becomes HTML",
    reads: &["src"],
    check: |files| {
        never(files.iter(), &["innerHTML", "inner_html", "set_inner_html", "insertAdjacentHTML", "outerHTML"])
    },
    least: 400,
    broken_by: || vec![tree(&[("src/app/x.rs", "fn f() { view! { <p inner_html=words /> } }")])],
};

/// Tests may say what the code they test may not, but for what no test may say either.
fn never<'a>(files: impl Iterator<Item = &'a Source>, needles: &[&str]) -> Report {
    Report::of(files, |file| {
        let code = if file.path.starts_with("src/core/") { file.without_tests().code } else { file.code.clone() };
        let at = |needle: &&str| word(&code, needle).map(|line| format!("{}:{line}: {needle}", file.path));
        needles.iter().filter_map(at).collect()
    })
}

pub const TODAYS_WORDS: Rule = Rule {
    says: "names and comments use today's words",
    reads: &["src", "tests"],
    check: |files| {
        Report::of(rust(files), |file| {
            let code = file.code.lines().enumerate().map(|(at, line)| (at + 1, line.to_owned()));
            let code = code.filter_map(|(at, line)| Some((at, outdated(&line, &OUTDATED)?)));
            let comments = comments(&file.text).into_iter();
            let comments = comments.filter_map(|(at, text)| Some((at, outdated(&text, &OUTDATED)?)));
            code.chain(comments).map(|(at, word)| format!("{}:{at}: {word}", file.path)).collect()
        })
    },
    least: 500,
    broken_by: || {
        vec![
            tree(&[("src/core/x.rs", "//! What it is.\nfn x() { let is_told = \"told\"; }")]),
            tree(&[("src/core/x.rs", "//! Whoever reads this.\nfn x() {}")]),
            tree(&[("tests/x.rs", "//! What it is.\nfn what_stands_there() {}")]),
            tree(&[("src/app/x.rs", "//! What it is.\n// It stands there.\nfn x() {}")]),
        ]
    },
};

const OUTDATED: [&str; 8] = ["told", "whoever", "oftener", "anew", "lest", "somebody", "begun", "stands"];

/// The first of the words in a text, or in a name of it.
fn outdated(text: &str, words: &[&str]) -> Option<String> {
    let mut spoken = text.split(|letter: char| !letter.is_alphabetic()).map(str::to_lowercase);
    spoken.find(|word| words.contains(&word.as_str()))
}

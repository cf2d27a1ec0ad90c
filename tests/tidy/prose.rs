//! Where words for people are, and how docs begin.

use super::imports::variants;
use super::parsed;
use super::rule::{Report, Rule, tree};
use super::source::{Source, rust};

pub const SENTENCES: Rule = Rule {
    says: "the core's words for people stand in text/",
    reads: &["src/core"],
    check: sentences,
    least: 150,
    broken_by: || {
        vec![
            tree(&[
                ("src/core/engine/x.rs", "fn f() -> &'static str { \"it is late\" }"),
                ("src/core/text/x.rs", "const X: &str = \"it is late\";"),
                (READS_WORDS[0], "const X: &str = \"it is late\";"),
                ("src/core/views/x.rs", "fn f() { format!(\"{x} ({y:.1})\") }"),
            ]),
            tree(&[("src/core/views/x.rs", "#[error(\"it is late\")]\nfn f() { format!(\"{x} is {y}\") }")]),
        ]
    },
};

/// Files that read the words of others, Mesos' and of languages' stack traces: no words of the page.
const READS_WORDS: [&str; 2] = ["src/core/mesos/error_text.rs", "src/core/files/stack_trace.rs"];

fn sentences(files: &[Source]) -> Report {
    Report::of(
        rust(files)
            .filter(|file| file.module() != "text" && !READS_WORDS.contains(&file.path.as_str()) && !file.is_test()),
        |file| {
            let worded = parsed::literals(file).into_iter().filter(|literal| is_sentence(&literal.text));
            worded.map(|it| format!("{}:{}: {:?}", file.path, it.line, it.text)).collect()
        },
    )
}

pub const SENTENCES_OF_DATA: Rule = Rule {
    says: "the page's sentences of data stand in the core's text/; fixed labels stand in the view",
    reads: &["src/app"],
    check: |files| {
        Report::of(rust(files).map(Source::without_tests), |file| {
            let made = parsed::literals(&file).into_iter();
            let made = made.filter(|literal| literal.text.contains('{') && has_fixed_words(&literal.text));
            made.map(|it| format!("{}:{}: {:?}", file.path, it.line, it.text)).collect()
        })
    },
    least: 150,
    broken_by: || {
        vec![tree(&[
            ("src/app/pages/x.rs", "fn f() -> String { format!(\"{n} agents are lost\") }"),
            ("src/app/pages/y.rs", "fn f() { view! { <p>\"No agent is lost\"</p> }; format!(\"Copy {name} ({x})\"); }"),
        ])]
    },
};

/// Two words, letters both of them, with one blank between them. Two values and nothing else are no words.
fn is_sentence(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let has_letters = |word: &str| word.chars().any(char::is_alphabetic);
    let is_value = |word: &str| !has_letters(&without_values(word));
    words.windows(2).any(|pair| pair.iter().all(|word| has_letters(word)) && !pair.iter().all(|word| is_value(word)))
}

/// Two words beside each other that are no values. A label of one word and a name, as `Copy {name}`, has none.
fn has_fixed_words(text: &str) -> bool {
    let words: Vec<bool> = text.split(' ').map(|word| without_values(word).chars().any(char::is_alphabetic)).collect();
    words.windows(2).any(|pair| pair == [true, true])
}

/// A word of a format without the values in it: `(s)` for `({name}s)`.
fn without_values(word: &str) -> String {
    let ends = |part: &str| part.split_once('}').map_or(String::new(), |(_, rest)| rest.to_owned());
    word.split('{').enumerate().map(|(at, part)| if at == 0 { part.to_owned() } else { ends(part) }).collect()
}

pub const DOCS_STAND_ALONE: Rule = Rule {
    says: "a doc comment does not begin with a word for what stands elsewhere",
    reads: &["src", "tests"],
    check: |files| {
        let docs = rust(files).flat_map(|file| parsed::docs(file).into_iter().map(|doc| (file.path.clone(), doc)));
        Report::of(docs, |(path, doc)| {
            let leans = LEANING.iter().any(|words| begins(doc.text.trim(), words));
            leans.then(|| format!("{path}:{}: {}", doc.line, doc.text.trim())).into_iter().collect()
        })
    },
    least: 5_000,
    broken_by: || {
        vec![
            tree(&[("src/app/x.rs", "//! What it is.\n\n/// The same of y.\nfn x() {}")]),
            tree(&[(
                "src/app/x.rs",
                "//! What it is.\n\n/// Items.\n/// And more.\nstruct X {\n    /// It is one.\n    x: u8,\n}",
            )]),
        ]
    },
};

const LEANING: [&str; 4] = ["The same", "As above", "And", "It"];

fn begins(text: &str, words: &str) -> bool {
    text.strip_prefix(words).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

pub const ROUTES: Rule = Rule {
    says: "the docs of `Route` have a table with the address of every variant",
    reads: &["src/core/route/mod.rs"],
    check: |files| {
        let rows = |file: &Source| -> Vec<String> {
            file.text.lines().filter(|line| line.starts_with("/// | ")).map(str::to_owned).collect()
        };
        let routes =
            rust(files).flat_map(|file| variants(file, "Route").into_iter().map(move |route| (rows(file), route)));
        Report::of(routes, |(rows, route)| {
            let has_address = rows.iter().any(|row| row.ends_with(&format!("| `{route}` |")));
            (!has_address).then_some(route).into_iter().collect()
        })
    },
    least: 20,
    broken_by: || {
        let routes = "/// `Task`\n/// | `#/` | `Overview` |\npub enum Route {\n    Overview,\n    Task(TaskId),\n}\n";
        vec![tree(&[("src/core/route/mod.rs", routes)])]
    },
};

pub const README: Rule = Rule {
    says: "README.md has at most 120 lines; no sentence of any README or PROTOCOL.md has more than 25 words",
    reads: &["README.md", "src", "tests"],
    check: |files| {
        let guides: Vec<&Source> = files.iter().filter(|file| file.path.ends_with(".md")).collect();
        let lengths = guides.iter().filter(|file| file.path == "README.md" && file.text.lines().count() > README_LINES);
        let lengths: Vec<String> = lengths.map(|file| format!("{} is too long", file.path)).collect();
        let sentences =
            guides.iter().flat_map(|file| guide_sentences(file).into_iter().map(|it| (file.path.clone(), it)));
        let mut report = Report::of(sentences, |(path, sentence)| {
            let words = sentence.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
            (words > SENTENCE_WORDS).then(|| format!("{path}: {words} words: {sentence}")).into_iter().collect()
        });
        report.offences.extend(lengths);
        report
    },
    least: 200,
    broken_by: || {
        vec![
            tree(&[("README.md", &"Short.\n".repeat(README_LINES + 1))]),
            tree(&[("src/README.md", &format!("{}end.\n", "word ".repeat(SENTENCE_WORDS)))]),
        ]
    },
};

const README_LINES: usize = 120;
const SENTENCE_WORDS: usize = 25;

/// The sentences of a Markdown file: of paragraphs, and of list items. Tables, headings and code are left out.
fn guide_sentences(file: &Source) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in file.text.lines() {
        let is_prose = !line.starts_with(['|', '#', '!']) && !line.starts_with("    ") && !line.trim().is_empty();
        let begins =
            line.starts_with("- ") || line.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
        if !is_prose || begins {
            paragraphs.push(String::new());
        }
        if let Some(paragraph) = paragraphs.last_mut().filter(|_| is_prose) {
            paragraph.push_str(line.trim_start_matches("- "));
            paragraph.push(' ');
        }
    }
    let ends = |paragraph: String| {
        let marked = paragraph.replace(". ", ".\n").replace("? ", "?\n").replace(": ", ":\n").replace("; ", ";\n");
        marked.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    paragraphs.into_iter().flat_map(ends).filter(|sentence| !sentence.trim().is_empty()).collect()
}

pub const ADDRESSES: Rule = Rule {
    says: "only route prints and parses addresses",
    reads: &["src/core", "src/app", "src/worker"],
    check: |files| {
        Report::of(rust(files).filter(|file| file.module() != "route").map(Source::without_tests), |file| {
            let printed = parsed::literals(&file).into_iter().filter(|literal| literal.text.starts_with("#/"));
            printed.map(|it| format!("{}:{}: {:?}", file.path, it.line, it.text)).collect()
        })
    },
    least: 300,
    broken_by: || {
        vec![tree(&[
            ("src/app/pages/x.rs", "fn f(id: &str) -> String { format!(\"#/agents/{id}\") }"),
            ("src/core/route/x.rs", "const HOME: &str = \"#/\";"),
        ])]
    },
};

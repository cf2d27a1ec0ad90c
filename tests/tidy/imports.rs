//! Who imports whom. Reads paths out of code; resolves nothing.

use super::rule::{Report, Rule, tree};
use super::source::{Source, rust, word};

pub const UPWARDS: Rule = Rule {
    says: "a module of the core imports only modules declared above it in lib.rs",
    reads: &["src/core"],
    check: |files| {
        let order = order(files);
        Report::of(rust(files).filter(|file| file.path != LIB), |file| upwards(&file.without_tests(), &order))
    },
    least: 180,
    broken_by: || {
        let lib = (LIB, "pub mod base;\npub mod text;\n");
        vec![
            tree(&[lib, ("src/core/base/x.rs", "use crate::text::x;"), ("src/core/text.rs", "use crate::base::x;")]),
            tree(&[lib, ("src/core/base.rs", "// crate::text"), ("src/core/other.rs", "")]),
        ]
    },
};

const LIB: &str = "src/core/lib.rs";

/// The modules of lib.rs in their order.
fn order(files: &[Source]) -> Vec<String> {
    let declared = |line: &str| {
        Some(line.trim().trim_start_matches("pub ").strip_prefix("mod ")?.trim_end_matches(';').to_owned())
    };
    let lib = files.iter().filter(|file| file.path == LIB);
    lib.flat_map(|lib| lib.code.lines()).filter_map(declared).collect()
}

/// What a module of the core imports of those below it.
fn upwards(file: &Source, order: &[String]) -> Vec<String> {
    let place = |name: &str| order.iter().position(|module| module == name);
    let Some(own) = place(file.module()) else {
        return vec![format!("{} belongs to no module of lib.rs", file.path)];
    };
    let below = from_root(&file.code).into_iter().filter(|name| place(name).is_some_and(|at| at > own));
    below.map(|name| format!("{} imports {name}, which is declared below it", file.path)).collect()
}

/// The first names of all `crate::` paths, those in braces too.
fn from_root(code: &str) -> Vec<String> {
    let after = |(at, root): (usize, &str)| code[at + root.len()..].trim_start();
    let mut names: Vec<String> = code.match_indices("crate::").map(after).flat_map(heads).collect();
    names.sort();
    names.dedup();
    names
}

/// `a` for `a::b`; `a` and `c` for `{a::{x, y}, c}`.
fn heads(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else { return vec![identifier(path)] };
    let mut depth = 0;
    let mut names = Vec::new();
    let mut start = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(identifier(&group[start..at]));
                return names;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(identifier(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    names
}

fn identifier(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

// A binary cannot name another one's modules, but it could take in their files.
pub const NOT_BORROWED: Rule = Rule {
    says: "an edge imports the core and nothing of another edge",
    reads: &["src"],
    check: |files| {
        Report::of(rust(files), |file| {
            let found = ["#[path", "include!"].iter().find_map(|needle| word(&file.code, needle));
            found.map(|at| format!("{}:{at}: a module of a path of its own", file.path)).into_iter().collect()
        })
    },
    least: 400,
    broken_by: || vec![tree(&[("src/worker/x.rs", "#[path = \"../app/y.rs\"]\nmod y;")])],
};

pub const NO_FACADES: Rule = Rule {
    says: "a name is imported from the module that defines it: nothing is exported again",
    reads: &["src", "tests"],
    check: |files| Report::of(rust(files), facades),
    least: 500,
    broken_by: || {
        vec![
            tree(&[("src/core/base/mod.rs", "mod units;\npub use units::Cpus;")]),
            tree(&[("src/app/x.rs", "pub(crate) use crate::y::Y; // pub use\nmacro_rules! z { }\npub(crate) use z;")]),
        ]
    },
};

/// Lines that export a name again. A macro can only be exported so.
fn facades(file: &Source) -> Vec<String> {
    let exported = |line: &str| {
        let rest = line.trim_start().strip_prefix("pub")?;
        let rest = rest.strip_prefix('(').and_then(|rest| Some(rest.split_once(')')?.1)).unwrap_or(rest);
        Some(rest.trim_start().strip_prefix("use ")?.trim_end_matches(';').to_owned())
    };
    let is_macro = |name: &str| file.code.contains(&format!("macro_rules! {name} "));
    let lines = file.code.lines().enumerate().filter_map(|(at, line)| Some((at + 1, exported(line)?)));
    lines.filter(|(_, name)| !is_macro(name)).map(|(at, name)| format!("{}:{at}: {name}", file.path)).collect()
}

pub const LAYERS: Rule = Rule {
    says: "pages -> parts -> widgets, and no page imports another",
    reads: &["src/app"],
    check: |files| {
        let pages = pages(files);
        Report::of(rust(files), |file| layers(file, &pages))
    },
    least: 150,
    broken_by: || {
        vec![
            tree(&[
                ("src/app/pages/agents.rs", "use super::overview::X;"),
                ("src/app/pages/overview.rs", ""),
                ("src/app/pages/mod.rs", "mod agents;"),
            ]),
            tree(&[("src/app/widgets/grid.rs", "use crate::{parts::x, y};")]),
            tree(&[("src/app/parts/x.rs", "use crate::pages::x;"), ("src/app/pages/y.rs", "use crate::parts::x;")]),
        ]
    },
};

/// Widgets know neither parts nor pages, parts know no pages, pages know no other page.
fn layers(file: &Source, pages: &[String]) -> Vec<String> {
    let inside = file.path.trim_start_matches("src/app/");
    let refused: &[&str] = match inside.split('/').next() {
        Some("widgets" | "widgets.rs") => &["parts", "pages"],
        Some("parts" | "parts.rs" | "pages") if inside != "pages/mod.rs" => &["pages"],
        _ => &[],
    };
    let layers = refused.iter().filter(|layer| names_layer(&file.code, layer));
    let layers = layers.map(|layer| format!("{} imports {layer}", file.path));
    let siblings = siblings(file, inside, pages).map(|page| format!("{} imports the page {page}", file.path));
    layers.chain(siblings).collect()
}

/// `crate::parts`, `super::parts`, or `parts` among `crate::{...}`.
fn names_layer(code: &str, layer: &str) -> bool {
    let direct = ["super", "crate"].iter().any(|root| word(code, &format!("{root}::{layer}")).is_some());
    let groups = code.match_indices("crate::").map(|(at, root)| code[at + root.len()..].trim_start());
    direct || groups.filter(|path| path.starts_with('{')).flat_map(heads).any(|name| name == layer)
}

fn pages(files: &[Source]) -> Vec<String> {
    let page = |file: &Source| {
        let name = file.path.strip_prefix("src/app/pages/")?.split(['/', '.']).next()?.to_owned();
        (name != "mod").then_some(name)
    };
    let mut names: Vec<String> = files.iter().filter_map(page).collect();
    names.dedup();
    names
}

fn siblings<'a>(file: &'a Source, inside: &str, pages: &'a [String]) -> impl Iterator<Item = &'a String> {
    let own =
        inside.strip_prefix("pages/").and_then(|name| name.split(['/', '.']).next()).unwrap_or_default().to_owned();
    // A page in one file is reached by one `super`, from a page's folder by two.
    let up = if inside.ends_with("/mod.rs") || inside.matches('/').count() == 1 { "super" } else { "super::super" };
    let is_page = inside.starts_with("pages/") && inside != "pages/mod.rs";
    pages.iter().filter(move |page| is_page && **page != own && word(&file.code, &format!("{up}::{page}")).is_some())
}

/// The variants of an enum, in order.
pub fn variants(file: &Source, name: &str) -> Vec<String> {
    let head = format!("enum {name} {{");
    let Some(at) = file.code.find(&head) else { return Vec::new() };
    let mut depth = 0;
    let mut names = Vec::new();
    for line in file.code[at + head.len()..].lines() {
        let line = line.trim();
        if depth == 0 && line.starts_with('}') {
            break;
        }
        if depth == 0 && line.starts_with(|c: char| c.is_ascii_uppercase()) {
            names.push(identifier(line));
        }
        depth += line.matches(['{', '(']).count();
        depth -= line.matches(['}', ')']).count().min(depth);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_an_import() {
        let code = "use crate::units::Cpus; use crate::{ids::{A, B}, wire, api::x}; fn f(x: crate::cluster::C) {}";
        assert_eq!(from_root(code), ["api", "cluster", "ids", "units", "wire"]);
    }

    #[test]
    fn variants_with_and_without_fields() {
        let source = Source::of(
            "x.rs",
            "pub enum Route {\n    /// One.\n    One,\n    Two(A, B),\n    Three {\n        X: u8,\n    },\n}\n".into(),
        );
        assert_eq!(variants(&source, "Route"), ["One", "Two", "Three"]);
    }
}

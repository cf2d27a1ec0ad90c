//! Who imports whom. Reads paths out of code; resolves nothing.

use super::source::{Source, read, word};

/// The modules of lib.rs in their order.
fn order() -> Vec<String> {
    let lib = Source::of("src/core/lib.rs", read("src/core/lib.rs").unwrap_or_default());
    let declared = |line: &str| {
        Some(line.trim().trim_start_matches("pub ").strip_prefix("mod ")?.trim_end_matches(';').to_owned())
    };
    lib.code.lines().filter_map(declared).collect()
}

/// Modules of the core that import what stands below them.
pub fn upwards(files: &[Source]) -> Vec<String> {
    let order = order();
    let place = |name: &str| order.iter().position(|module| module == name);
    let mut offences = Vec::new();
    for file in files.iter().map(Source::without_tests) {
        let Some(own) = place(file.module()) else {
            offences.push(format!("{} belongs to no module of lib.rs", file.path));
            continue;
        };
        let below = from_root(&file.code).into_iter().filter(|name| place(name).is_some_and(|at| at > own));
        offences.extend(below.map(|name| format!("{} imports {name}, which is declared below it", file.path)));
    }
    offences
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

/// A binary cannot name another one's modules, but it could take in their files.
pub fn borrowed(files: &[Source]) -> Vec<String> {
    let code = files.iter().filter(|file| file.path.ends_with(".rs"));
    let by = |file: &Source| {
        let at = ["#[path", "include!"].iter().find_map(|needle| word(&file.code, needle))?;
        Some(format!("{}:{at}: a module of a path of its own", file.path))
    };
    code.filter_map(by).collect()
}

/// Widgets know neither parts nor pages, parts know no pages, pages know no other page.
pub fn ui(files: &[Source]) -> Vec<String> {
    let pages = pages(files);
    let mut offences = Vec::new();
    for file in files {
        let inside = file.path.trim_start_matches("src/app/");
        let refused: &[&str] = match inside.split('/').next() {
            Some("widgets" | "widgets.rs") => &["parts", "pages"],
            Some("parts" | "parts.rs" | "pages") if inside != "pages/mod.rs" => &["pages"],
            _ => &[],
        };
        let named = refused.iter().filter(|layer| names_layer(&file.code, layer));
        offences.extend(named.map(|layer| format!("{} imports {layer}", file.path)));
        offences.extend(siblings(file, inside, &pages).map(|page| format!("{} imports the page {page}", file.path)));
    }
    offences
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
    fn what_comes_first_imports_nothing_of_ours() {
        let file = |text: &str| [Source::of("src/core/base.rs", text.into())];
        assert_eq!(
            upwards(&file("use crate::text::x;")),
            ["src/core/base.rs imports text, which is declared below it"]
        );
        assert_eq!(
            upwards(&file("use crate::base::Cpus; // crate::text\n#[cfg(test)]\nmod tests { use crate::text::x; }")),
            [""; 0]
        );
    }

    #[test]
    fn variants_with_and_without_fields() {
        let source = Source::of(
            "x.rs",
            "pub enum Route {\n    /// One.\n    One,\n    Two(A, B),\n    Three {\n        X: u8,\n    },\n}\n".into(),
        );
        assert_eq!(variants(&source, "Route"), ["One", "Two", "Three"]);
    }

    #[test]
    fn a_page_that_imports_a_page() {
        let page = |path: &str, text: &str| Source::of(path, text.into());
        let files = [
            page("src/app/pages/agents.rs", "use super::overview::X;"),
            page("src/app/pages/overview.rs", ""),
            page("src/app/pages/mod.rs", "mod agents;"),
        ];
        assert_eq!(ui(&files), ["src/app/pages/agents.rs imports the page overview"]);
        assert_eq!(
            ui(&[page("src/app/widgets/grid.rs", "use crate::{parts::x, y};")]),
            ["src/app/widgets/grid.rs imports parts"]
        );
    }
}

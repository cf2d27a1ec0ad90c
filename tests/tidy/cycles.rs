//! Import cycles of a package: between the files and folders that lie in one folder, for each folder of it.
//! Reads paths out of code and follows them to the file of the module that they name; what is a test's is left out.

use std::collections::{BTreeMap, BTreeSet};

use super::rule::{Report, Rule, tree};
use super::source::Source;

/// A module's path from its package's root: `["mesos", "wire"]`.
type Module = Vec<String>;

pub const NO_CYCLES: Rule = Rule {
    says: "no import cycles, neither between files nor between folders",
    reads: &PACKAGES,
    check: |files| {
        let mut all = Report::default();
        for package in PACKAGES {
            let inside = format!("{package}/");
            let own: Vec<Source> = files.iter().filter(|file| file.path.starts_with(&inside)).cloned().collect();
            let (cycles, imports) = cycles(package, &own);
            all.checked += imports;
            all.offences.extend(cycles.into_iter().map(|cycle| format!("{package}: {cycle}")));
        }
        all
    },
    least: 1_000,
    broken_by: || {
        let broken = |package: &str| {
            let (a, b) = (format!("{package}/a.rs"), format!("{package}/b.rs"));
            tree(&[(&a, "use crate::b::B;"), (&b, "use crate::a::A;")])
        };
        PACKAGES.iter().map(|package| broken(package)).collect()
    },
};

const PACKAGES: [&str; 6] = ["src/core", "src/app", "src/gateway", "src/worker", "src/dev", "tests/sim/src"];

/// Each cycle as `folder: a, b, c`, and how many imports were followed.
fn cycles(package: &str, files: &[Source]) -> (Vec<String>, usize) {
    let rust = files.iter().filter(|file| file.path.ends_with(".rs"));
    let modules: BTreeMap<Module, &Source> = rust.map(|file| (module(package, &file.path), file)).collect();
    let mut imports = BTreeSet::new();
    for (from, file) in &modules {
        let paths = paths(&file.without_tests().code);
        let named = names(from, &paths, &modules);
        for path in &paths {
            let to = resolve(from, path, &named, &modules);
            imports.extend(
                to.filter(|to| to != from && modules.contains_key(to))
                    .map(|to| (entry(package, file), entry(package, modules[&to]))),
            );
        }
    }
    (folders(&imports).into_iter().flat_map(|(folder, edges)| rings(&folder, &edges)).collect(), imports.len())
}

/// `src/core/mesos/wire/mod.rs` is `mesos::wire`.
fn module(package: &str, path: &str) -> Module {
    let inside = path.strip_prefix(package).unwrap_or(path).trim_start_matches('/').trim_end_matches(".rs");
    let mut names: Module = inside.split('/').map(str::to_owned).collect();
    if names.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        names.pop();
    }
    names
}

/// A file's place as folders and a name.
fn entry(package: &str, file: &Source) -> Vec<String> {
    let inside = file.path.strip_prefix(package).unwrap_or(&file.path).trim_start_matches('/');
    inside.split('/').map(str::to_owned).collect()
}

/// The modules that a file can name by one word: those below it, and those that it imports.
fn names(from: &Module, paths: &[Vec<String>], modules: &BTreeMap<Module, &Source>) -> BTreeMap<String, Module> {
    let below = modules.keys().filter(|module| module.len() == from.len() + 1 && module.starts_with(from));
    let mut named: BTreeMap<String, Module> =
        below.map(|module| (module[from.len()].clone(), module.clone())).collect();
    for path in paths {
        let end = path.len() - usize::from(path.len() > 1 && path.ends_with(&["self".to_owned()]));
        let Some(module) = resolve(from, &path[..end], &named, modules) else { continue };
        if end > 1 && module.last() == path[..end].last() {
            named.insert(path[end - 1].clone(), module);
        }
    }
    named
}

/// The module with the longest path that a path begins with.
fn resolve(
    from: &Module,
    path: &[String],
    named: &BTreeMap<String, Module>,
    modules: &BTreeMap<Module, &Source>,
) -> Option<Module> {
    let mut at = match path.first()?.as_str() {
        "crate" => Module::new(),
        "self" | "super" => from.clone(),
        name => named.get(name)?.clone(),
    };
    let is_root = |name: &str| ["crate", "self", "super"].contains(&name);
    for name in &path[usize::from(!is_root(&path[0]))..] {
        match name.as_str() {
            "crate" | "self" => {}
            "super" => {
                at.pop();
            }
            name => {
                let deeper: Module = at.iter().cloned().chain([name.to_owned()]).collect();
                if !modules.contains_key(&deeper) {
                    break;
                }
                at = deeper;
            }
        }
    }
    Some(at)
}

/// All paths of two names or more, those in braces one by one.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("::") {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let begin = code[..at].rfind(|c| !word(c)).map_or(0, |end| end + 1);
        if begin < at && !code[..begin].ends_with(':') {
            expand(&code[begin..], &mut Vec::new(), &mut found);
        }
    }
    found
}

/// Reads one path, or all of a group. Returns what follows it.
fn expand<'a>(mut rest: &'a str, head: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> &'a str {
    let depth = head.len();
    loop {
        rest = rest.trim_start();
        if let Some(mut group) = rest.strip_prefix('{') {
            while !group.trim_start().starts_with('}') && !group.is_empty() {
                group = expand(group, head, found).trim_start();
                group = group.strip_prefix(',').unwrap_or_else(|| skip_alias(group));
            }
            rest = group.trim_start().strip_prefix('}').unwrap_or_default();
            break;
        }
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        head.push(rest[..length].to_owned());
        rest = &rest[length..];
        match rest.strip_prefix("::") {
            Some(more) if length > 0 => rest = more,
            _ => {
                found.push(head.clone());
                break;
            }
        }
    }
    head.truncate(depth);
    rest
}

/// Past `as other`, or past one character that has no place in a path, so that reading always goes on.
fn skip_alias(rest: &str) -> &str {
    if rest.starts_with('}') {
        return rest;
    }
    let end = rest.find([',', '}']).unwrap_or(rest.len());
    rest[end..].strip_prefix(',').unwrap_or(&rest[end..])
}

type Edges = BTreeSet<(String, String)>;

/// For each folder, who of what lies in it imports whom.
fn folders(imports: &BTreeSet<(Vec<String>, Vec<String>)>) -> BTreeMap<String, Edges> {
    let mut folders: BTreeMap<String, Edges> = BTreeMap::new();
    for (from, to) in imports {
        let common = from.iter().zip(to).take_while(|(a, b)| a == b).count();
        let edge = (from[common].clone(), to[common].clone());
        folders.entry(from[..common].join("/")).or_default().insert(edge);
    }
    folders
}

/// Groups of names that reach each other.
fn rings(folder: &str, edges: &Edges) -> Vec<String> {
    let mut reach = edges.clone();
    loop {
        let further: Edges = reach
            .iter()
            .flat_map(|(a, b)| edges.iter().filter(move |(c, _)| b == c).map(move |(_, d)| (a.clone(), d.clone())))
            .filter(|pair| !reach.contains(pair))
            .collect();
        if further.is_empty() {
            break;
        }
        reach.extend(further);
    }
    let ring = |name: &String| -> Vec<String> {
        let back = |(a, b): &&(String, String)| a == name && reach.contains(&(b.clone(), a.clone()));
        reach.iter().filter(back).map(|(_, b)| b.clone()).collect()
    };
    let names: BTreeSet<&String> = reach.iter().map(|(a, _)| a).collect();
    let all: BTreeSet<Vec<String>> = names.into_iter().map(ring).filter(|ring| ring.len() > 1).collect();
    all.into_iter()
        .map(|ring| format!("{}: {}", if folder.is_empty() { "." } else { folder }, ring.join(", ")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let files: Vec<Source> =
            files.iter().map(|(path, text)| Source::of(&format!("p/{path}"), (*text).to_owned())).collect();
        assert_eq!(cycles("p", &files).0, expected);
    }

    #[test]
    fn files_that_import_each_other() {
        check(
            &[("a.rs", "use crate::b::X;"), ("b.rs", "fn f() { crate::c::g() }"), ("c.rs", "use super::{a::{Y}, d};")],
            &[".: a.rs, b.rs, c.rs"],
        );
        check(
            &[("a.rs", "use crate::b::X;"), ("b.rs", "// crate::a\n#[cfg(test)]\nmod tests { use crate::a::Y; }")],
            &[],
        );
    }

    #[test]
    fn folders_that_import_each_other_though_no_files_do() {
        check(
            &[
                ("x/mod.rs", ""),
                ("y/mod.rs", ""),
                ("x/a.rs", "use crate::y::b::B;"),
                ("y/b.rs", ""),
                ("y/c.rs", "use crate::x::d::{self, D as E};"),
                ("x/d.rs", ""),
            ],
            &[".: x, y"],
        );
    }

    #[test]
    fn modules_that_are_named_by_one_word() {
        check(
            &[
                ("x/mod.rs", ""),
                ("x/a.rs", "use crate::{c, y}; fn f() { y::b::g() }"),
                ("y/mod.rs", ""),
                ("y/b.rs", "use crate::x;"),
                ("c.rs", ""),
            ],
            &[".: x, y"],
        );
        check(
            &[
                ("a.rs", "use crate::y::{self, Y}; y::b::g()"),
                ("y/mod.rs", ""),
                ("y/b.rs", "fn g() { super::super::a::f() }"),
            ],
            &[".: a.rs, y"],
        );
    }

    #[test]
    fn a_folder_and_its_own_head() {
        check(&[("x/mod.rs", "mod a; use self::a::A;"), ("x/a.rs", "use super::B;")], &["x: a.rs, mod.rs"]);
        check(&[("main.rs", "mod a; use crate::a::A;"), ("a.rs", "use crate::{B, C};")], &[".: a.rs, main.rs"]);
        check(&[("x/mod.rs", "mod a; pub use a::A;"), ("x/a.rs", "use super::A;")], &["x: a.rs, mod.rs"]);
        check(&[("x/mod.rs", "mod a;"), ("x/a.rs", "use super::b::B;"), ("x/b.rs", "")], &[]);
    }
}

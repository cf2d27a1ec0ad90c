//! What stands in style/. Reads declarations, line by line; knows no more of CSS than that.

use super::rule::{Report, Rule, tree};
use super::source::Source;

const FUNCTIONS: [&str; 9] = ["rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch("];
const NAMES: [&str; 9] = ["white", "black", "red", "green", "blue", "gray", "grey", "orange", "yellow"];

pub const COLOURS: Rule = Rule {
    says: "colours stand in style/tokens.css only",
    reads: &["style"],
    check: |files| Report::of(files.iter().filter(|file| !file.path.ends_with("tokens.css")), colours),
    least: 5,
    broken_by: || {
        vec![tree(&[("style/base.css", "a {\n  color: #fff;\n}"), ("style/tokens.css", ":root { --ink: #fff; }")])]
    },
};

pub const LAYERS: Rule = Rule {
    says: "style/NAME.css fills @layer NAME",
    reads: &["style"],
    check: |files| Report::of(files, |file| other_layer(file).into_iter().collect()),
    least: 5,
    broken_by: || {
        vec![
            tree(&[("style/base.css", "@layer tokens {\n}"), ("style/tokens.css", "@layer tokens {\n}")]),
            tree(&[("style/base.css", "@layer base {\n}\n@layer tokens {\n}")]),
        ]
    },
};

/// Colours written out instead of named by a token.
fn colours(file: &Source) -> Vec<String> {
    let mut offences = Vec::new();
    for (number, line) in file.code.lines().enumerate() {
        if let Some(colour) = values(line).find_map(colour) {
            offences.push(format!("{}:{}: {colour}", file.path, number + 1));
        }
    }
    offences
}

/// What stands after the colon of each declaration of a line. A selector may have one too (`a:hover`), but no colour after it.
fn values(line: &str) -> impl Iterator<Item = &str> {
    line.split([';', '{', '}']).filter_map(|declaration| Some(declaration.split_once(':')?.1))
}

fn colour(value: &str) -> Option<&str> {
    let parts =
        value.split(|c: char| c.is_whitespace() || c == ',' || c == ')').flat_map(|part| part.split_inclusive('('));
    parts.into_iter().find(|part| FUNCTIONS.contains(part) || NAMES.contains(part) || hex(part))
}

fn hex(part: &str) -> bool {
    let digits = part.strip_prefix('#');
    digits.is_some_and(|digits| [3, 4, 6, 8].contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_hexdigit()))
}

/// The file's complaint, if its layer is another one than its name says.
fn other_layer(file: &Source) -> Option<String> {
    let name = file.path.rsplit('/').next()?.trim_end_matches(".css");
    let open = format!("@layer {name}");
    let layers = file.code.lines().filter(|line| line.starts_with("@layer") && line.trim_end().ends_with('{'));
    let wrong = layers.filter(|line| line.trim_end_matches('{').trim() != open).count() > 0;
    (wrong || !file.code.contains(&open)).then(|| format!("{} is not {open} only", file.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(css: &str, colours_found: usize) {
        assert_eq!(colours(&Source::of("style/base.css", css.into())).len(), colours_found, "{css}");
    }

    #[test]
    fn what_is_a_colour() {
        check("a { color: #fff; }", 1);
        check("a { background: linear-gradient(rgb(0 0 0), var(--x)); }", 1);
        check("a { color: white }", 1);
        check("a { color: color-mix(in oklab, var(--accent) 40%, transparent); white-space: nowrap }", 0);
        check("#main:hover { color: var(--ink) } /* #fff */", 0);
    }
}

//! What is in style/. Reads declarations, line by line; knows no more of CSS than that.

use super::rule::{Report, Rule, tree};
use super::source::Source;

const FUNCTIONS: [&str; 9] = ["rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch("];
const NAMES: [&str; 9] = ["white", "black", "red", "green", "blue", "gray", "grey", "orange", "yellow"];

/// Declares the layers in their order.
const ORDER: &str = "style/layers.css";
const TOKENS: &str = "style/tokens/";

pub const COLOURS: Rule = Rule {
    says: "colours stand in style/tokens/ only",
    reads: &["style"],
    check: |files| Report::of(components(files), colours),
    least: 50,
    broken_by: || {
        vec![tree(&[
            ("style/base/text.css", "a {\n  color: #fff;\n}"),
            ("style/tokens/colours.css", ":root { --ink: #fff; }"),
        ])]
    },
};

pub const SPACING: Rule = Rule {
    says: "spaces, radii and font sizes are tokens of style/tokens/",
    reads: &["style"],
    check: |files| {
        let declared = components(files).flat_map(|file| spacings(file).into_iter().map(move |it| (file, it)));
        Report::of(declared, |(file, spacing)| {
            let offence = || format!("{}:{}: {}: {}", file.path, spacing.line, spacing.property, spacing.value);
            has_length(spacing.value).then(offence).into_iter().collect()
        })
    },
    least: 300,
    broken_by: || {
        let broken =
            |css: &str| tree(&[("style/base/text.css", css), ("style/tokens/space.css", ":root { --g1: 4px }")]);
        vec![
            broken("a { gap: 0 var(--g1); row-gap: 3px; }"),
            broken("a:hover { margin: calc(-1 * 2px) auto; padding: 0 1.2em; }"),
            broken("@media (max-width: 900px) {\n  a { padding-block: .5rem; }\n}"),
            broken("a { border-radius: 6px; border-left: 1px solid; }"),
            broken("a { font-size: 13px; }"),
            broken("a { font: 500 13px/1.4 var(--sans); }"),
        ]
    },
};

pub const LAYERS: Rule = Rule {
    says: "a file below style/LAYER/ is one block of @layer LAYER, and style/layers.css declares it",
    reads: &["style"],
    check: |files| {
        let declared = declared(files);
        let sheets = files.iter().filter(|file| file.path.ends_with(".css") && file.path != ORDER);
        let mut report = Report::of(sheets, |file| other_layer(file, &declared).into_iter().collect());
        let is_filled = |layer: &&&str| files.iter().any(|file| layer_of(file) == **layer);
        let empty = declared.iter().filter(|layer| !is_filled(layer));
        report.offences.extend(empty.map(|layer| format!("{ORDER}: style/{layer}/ has no file")));
        report
    },
    least: 50,
    broken_by: || {
        let order = (ORDER, "@layer reset, base;");
        let base = ("style/base/text.css", "@layer base {\n}\n");
        vec![
            tree(&[order, base, ("style/reset/reset.css", "@layer base {\n}\n")]),
            tree(&[order, base, ("style/reset/reset.css", "@layer reset {\n}\n@layer base {\n}\n")]),
            tree(&[order, base, ("style/reset/reset.css", "a {}\n@layer reset {\n}\n")]),
            tree(&[order, base, ("style/reset/reset.css", "@layer reset {\n}\na {}\n")]),
            tree(&[(ORDER, "@layer base;"), base, ("style/reset/reset.css", "@layer reset {\n}\n")]),
            tree(&[order, base]),
        ]
    },
};

pub const ONE_SHEET: Rule = Rule {
    says: "the page loads one stylesheet, which src/dev/styles.js joins",
    reads: &["index.html"],
    check: |files| {
        Report::of(files, |file| {
            let sheets: Vec<&str> = file.text.lines().filter(|line| is_sheet(line)).collect();
            let is_joined = matches!(sheets[..], [one] if one.contains("href=\"target/page.css\""));
            (!is_joined).then(|| format!("{} links {sheets:?}", file.path)).into_iter().collect()
        })
    },
    least: 1,
    broken_by: || {
        let joined = "<link data-trunk rel=\"css\" href=\"target/page.css\" />\n";
        let another = "<link data-trunk rel=\"css\" href=\"style/base/text.css\" />\n";
        vec![tree(&[("index.html", "")]), tree(&[("index.html", &[joined, another].concat())])]
    },
};

pub const READABLE: Rule = Rule {
    says: "no text is smaller than 12 px: font sizes are tokens of .75rem or more, or inherited",
    reads: &["style"],
    check: |files| {
        let declared = files.iter().flat_map(|file| declarations(file).into_iter().map(move |it| (file, it)));
        Report::of(declared, |(file, (line, property, value))| {
            let is_token = property.starts_with("--t-");
            let is_small = if is_token {
                rem(value).is_none_or(|rem| rem < SMALLEST_REM)
            } else {
                property == "font-size" && value != "inherit" && !value.starts_with("var(--t-")
            };
            is_small.then(|| format!("{}:{line}: {property}: {value}", file.path)).into_iter().collect()
        })
    },
    least: 500,
    broken_by: || {
        let tokens = |css: &str| tree(&[("style/tokens/type.css", css)]);
        vec![
            tokens(":root { --t-s: .75rem; --t-xs: .719rem; }"),
            tokens(":root { --t-s: smaller }"),
            tree(&[("style/base/text.css", "small { font-size: smaller; }")]),
            tree(&[("style/base/text.css", "small { font-size: .8em; }")]),
        ]
    },
};

/// 12 px, where the browser's own size is 16 px.
const SMALLEST_REM: f64 = 0.75;

fn rem(value: &str) -> Option<f64> {
    value.strip_suffix("rem")?.parse().ok()
}

fn is_sheet(line: &str) -> bool {
    ["rel=\"css\"", "rel=\"stylesheet\"", "<style"].iter().any(|sign| line.contains(sign))
}

fn components(files: &[Source]) -> impl Iterator<Item = &Source> {
    files.iter().filter(|file| !file.path.starts_with(TOKENS))
}

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

/// What is after the colon of each declaration of a line. A selector may have one too (`a:hover`), but no colour after it.
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

/// A declaration of a space, a radius or a font size.
struct Spacing<'a> {
    line: usize,
    property: &'a str,
    value: &'a str,
}

fn spacings(file: &Source) -> Vec<Spacing<'_>> {
    let all = declarations(file).into_iter().map(|(line, property, value)| Spacing { line, property, value });
    all.filter(|spacing| is_spacing(spacing.property)).collect()
}

/// Line, property and value of each declaration.
fn declarations(file: &Source) -> Vec<(usize, &str, &str)> {
    let mut found = Vec::new();
    for (number, line) in file.code.lines().enumerate() {
        let declarations = line.split([';', '{', '}']).filter_map(|declaration| declaration.split_once(':'));
        found.extend(declarations.map(|(property, value)| (number + 1, property.trim(), value.trim())));
    }
    found
}

fn is_spacing(property: &str) -> bool {
    let is_one_of = |word: &str| property == word || property.starts_with(&format!("{word}-"));
    let is_radius = property.starts_with("border-") && property.ends_with("radius");
    let is_gap = ["gap", "row-gap", "column-gap"].contains(&property);
    let is_font = ["font", "font-size"].contains(&property);
    is_gap || is_radius || is_font || ["margin", "padding"].iter().any(|word| is_one_of(word))
}

/// Whether a length is there by itself. Lengths in `em` follow a text's size, so no token can hold them.
fn has_length(value: &str) -> bool {
    let words = value.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'));
    let number = |word: &str| ["px", "rem"].iter().find_map(|unit| word.strip_suffix(unit)?.parse::<f64>().ok());
    words.filter_map(number).next().is_some()
}

/// The layers of `@layer a, b;`.
fn declared(files: &[Source]) -> Vec<&str> {
    let order = files.iter().find(|file| file.path == ORDER).map_or("", |file| file.code.trim());
    let names = order.strip_prefix("@layer ").and_then(|names| names.strip_suffix(';'));
    names.map_or(Vec::new(), |names| names.split(',').map(str::trim).collect())
}

/// The folder below style/.
fn layer_of(file: &Source) -> &str {
    file.path.trim_start_matches("style/").split('/').next().unwrap_or_default()
}

/// The file's complaint, if it is another thing than one block of the layer that its folder names.
fn other_layer(file: &Source, declared: &[&str]) -> Option<String> {
    let layer = layer_of(file);
    if !declared.contains(&layer) {
        return Some(format!("{}: {ORDER} declares no layer {layer}", file.path));
    }
    let block = file.code.trim().strip_prefix(&format!("@layer {layer} {{"));
    let is_one = block.and_then(closed_at).is_some_and(str::is_empty);
    (!is_one).then(|| format!("{} is not one block of @layer {layer}", file.path))
}

/// What follows the brace that closes an open block.
fn closed_at(block: &str) -> Option<&str> {
    let mut depth = 1;
    for (at, c) in block.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return block.get(at + 1..);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(css: &str, colours_found: usize) {
        assert_eq!(colours(&Source::of("style/base/text.css", css.into())).len(), colours_found, "{css}");
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

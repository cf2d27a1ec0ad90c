//! Makes file names of archive entries safe to unpack on Linux, macOS and Windows. Reads no folders.
//!
//! Unsafe characters become percent-encoded UTF-8, such as `%0A` for a line feed, so names stay distinct and readable.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use mesoscope_core::base::escaping::escaped;

/// Maximum bytes of one name; file systems allow 255.
const LONGEST: usize = 240;
/// Device names that Windows reserves, with any extension.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// Returns the safe form of one path component.
pub fn safe(name: &str) -> String {
    let mut safe = String::with_capacity(name.len());
    for c in name.chars() {
        if is_unsafe(c) { escape(&mut safe, c) } else { safe.push(c) }
    }
    // Windows drops trailing dots and spaces: `a.` and `a` would be one file, and `..` the parent folder.
    if let Some(last @ ('.' | ' ')) = safe.chars().next_back() {
        safe.pop();
        escape(&mut safe, last);
    }
    if safe.is_empty() || is_device(&safe) {
        safe.insert(0, '_');
    }
    shortened(safe)
}

/// Escapes invisible characters, so that a text with file names fits on one line.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) { escape(&mut out, c) } else { out.push(c) }
    }
    out
}

/// Assigns each entry of a folder a unique safe name. Names differ even on case-insensitive file systems.
#[derive(Default)]
pub struct UniqueNames(HashSet<String>);

impl UniqueNames {
    pub fn name(&mut self, name: &str) -> String {
        let safe = safe(name);
        let more = (2..).map(|nth: u64| format!("{safe}~{nth}"));
        let free = std::iter::once(safe.clone()).chain(more).find(|name| self.0.insert(name.to_lowercase()));
        free.unwrap_or(safe)
    }
}

fn escape(out: &mut String, c: char) {
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes).bytes().for_each(|byte| out.push_str(&format!("%{byte:02X}")));
}

fn is_unsafe(c: char) -> bool {
    is_invisible(c) || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

/// Returns true for control characters, and for characters that reverse or hide text.
fn is_invisible(c: char) -> bool {
    escaped(c).is_some()
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ').to_uppercase();
    let port = |kind| {
        let rest = stem.strip_prefix(kind);
        rest.is_some_and(|rest| {
            matches!(rest.trim_end(), "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
        })
    };
    DEVICES.contains(&stem.as_str()) || port("COM") || port("LPT")
}

fn shortened(name: String) -> String {
    if name.len() <= LONGEST {
        return name;
    }
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    let mark = format!("~{:016x}", hasher.finish());
    // The extension selects the program that opens the file.
    let is_ending =
        |ending: &&str| (1..=8).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric());
    let ending = name.rsplit_once('.').map(|(_, ending)| ending).filter(is_ending);
    let ending = ending.map(|ending| format!(".{ending}")).unwrap_or_default();
    let end = name.floor_char_boundary(LONGEST - mark.len() - ending.len());
    format!("{}{mark}{ending}", name.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_keeps_its_ending() {
        for (ending, kept) in [(".tar", ".tar"), (".log", ".log"), (".no ending", ""), ("", "")] {
            let name = safe(&format!("{}{ending}", "x".repeat(250)));
            assert!(name.len() <= LONGEST && name.ends_with(kept) && name.contains('~'), "{name}");
        }
        assert_ne!(safe(&format!("{}a.tar", "x".repeat(250))), safe(&format!("{}b.tar", "x".repeat(250))));
    }

    #[test]
    fn names_that_are_safe_everywhere() {
        for (name, expected) in [
            ("stdout", "stdout"),
            (".hidden", ".hidden"),
            ("a b-ü%.log", "a b-ü%.log"),
            ("nul\0x", "nul%00x"),
            ("a\nb\t\u{7f}", "a%0Ab%09%7F"),
            ("C:\\..\\x.bat", "C%3A%5C..%5Cx.bat"),
            ("a/b", "a%2Fb"),
            ("..", ".%2E"),
            (".", "%2E"),
            ("", "_"),
            ("end. ", "end.%20"),
            ("end.", "end%2E"),
            ("NUL", "_NUL"),
            ("con.txt", "_con.txt"),
            ("Com1 .log", "_Com1 .log"),
            ("LPT³", "_LPT³"),
            ("CONOUT$", "_CONOUT$"),
            ("console", "console"),
            ("COM10", "COM10"),
            ("exe\u{202e}gpj", "exe%E2%80%AEgpj"),
            ("\u{200b}a\u{feff}", "%E2%80%8Ba%EF%BB%BF"),
            ("\u{1b}[31mred", "%1B[31mred"),
        ] {
            assert_eq!(safe(name), expected, "{name:?}");
        }
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let long = |end: &str| safe(&format!("{}{end}", "ü".repeat(3000)));
        assert!(long("a").len() <= LONGEST && long("a").starts_with('ü'));
        assert_ne!(long("a"), long("b"));
    }

    #[test]
    fn no_two_entries_of_a_folder_have_one_name() {
        let mut folder = UniqueNames::default();
        let names = ["a:b", "a%3Ab", "a:b", "a"].map(|name| folder.name(name));
        assert_eq!(names, ["a%3Ab", "a%3Ab~2", "a%3Ab~3", "a"]);
    }

    #[test]
    fn a_line_of_text_stays_one() {
        assert_eq!(visible("/s/a\nb: c\\d"), "/s/a%0Ab: c\\d");
    }
}

//! Lines of a file of rows: as CSV, which RFC 4180 describes, harmless to spreadsheets; or as JSON. Knows no table.

use crate::base::escaping::{escape_invisible, escaped};

/// Adds a line of these cells.
pub fn push_line<C: AsRef<str>>(out: &mut String, cells: impl IntoIterator<Item = C>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        push_cell(out, cell.as_ref());
    }
    out.push_str("\r\n");
}

fn push_cell(out: &mut String, cell: &str) {
    let cell = guarded(&escape_invisible(cell));
    if cell.contains(SEPARATORS) || cell.contains('"') {
        out.extend(["\"", &cell.replace('"', "\"\""), "\""]);
    } else {
        out.push_str(&cell);
    }
}

/// What spreadsheets take for the border of cells, each by its language or by what is chosen; line ends and tabs are spelt out.
const SEPARATORS: [char; 3] = [',', ';', '|'];
/// What a formula begins with (OWASP, "CSV injection"), also in the wide forms of East Asia.
const LEADS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The cell with an apostrophe before each formula that a spreadsheet would see: it says that what follows is text. What runs on a
/// cluster may be named by anybody, and a spreadsheet may cut a cell at another separator than this file's.
fn guarded(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len() + 1);
    let mut begins = true;
    for letter in cell.chars() {
        if begins && LEADS.contains(&letter) {
            text.push('\'');
        }
        // Blanks and quotes before a formula are passed over.
        begins = SEPARATORS.contains(&letter) || (begins && matches!(letter, ' ' | '"'));
        text.push(letter);
    }
    text
}

/// Adds a row as an object of texts, in the order of its columns. What is not seen is escaped, so that the values stay true.
pub fn push_object<K: AsRef<str>, V: AsRef<str>>(out: &mut String, fields: impl IntoIterator<Item = (K, V)>) {
    out.push('{');
    for (at, (name, value)) in fields.into_iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        out.extend([comma, &quoted(name.as_ref()), ":", &quoted(value.as_ref())]);
    }
    out.push('}');
}

fn quoted(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    if json.chars().all(|letter| escaped(letter).is_none()) {
        return json;
    }
    let mut out = String::with_capacity(json.len());
    for letter in json.chars() {
        match escaped(letter) {
            Some(_) => letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
            None => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(cells: &[&str], expected: &str) {
        let mut line = String::new();
        push_line(&mut line, cells);
        assert_eq!(line, expected);
    }

    #[test]
    fn plain_cells_stand_as_they_are() {
        check(&["a", "", "b c", "10.0.0.1"], "a,,b c,10.0.0.1\r\n");
        check(&[], "\r\n");
    }

    #[test]
    fn what_would_break_a_line_is_quoted() {
        check(&["a,b", "say \"x\"", "a;b", "a:b"], "\"a,b\",\"say \"\"x\"\"\",\"a;b\",a:b\r\n");
        check(&["two\nlines", "\r\n", "a\tb", "a\u{202e}b"], "two␊lines,␍␊,a␉b,a\\u{202e}b\r\n");
    }

    #[test]
    fn a_formula_is_only_text() {
        check(&["=1+1", "+1", "-1", "@x", "a=b"], "'=1+1,'+1,'-1,'@x,a=b\r\n");
        check(&["=HYPERLINK(\"x\",1)"], "\"'=HYPERLINK(\"\"x\"\",1)\"\r\n");
        check(&[" =1", "\t=1", "\r=1", "\n=1", "＝1", " \"＋1"], " '=1,␉=1,␍=1,␊=1,'＝1,\" \"\"'＋1\"\r\n");
        check(&["x;=cmd|' /C calc'!A0", "x, -1", "x|@y"], "\"x;'=cmd|' /C calc'!A0\",\"x, '-1\",\"x|'@y\"\r\n");
    }

    #[test]
    fn a_row_as_json_keeps_the_order_of_its_columns() {
        let mut out = String::new();
        push_object(&mut out, [("Name", "a \"b\""), ("Id", ""), ("Age", "2\n"), ("Odd", "\u{202e}\u{e0041}")]);
        assert_eq!(out, r#"{"Name":"a \"b\"","Id":"","Age":"2\n","Odd":"\u202e\udb40\udc41"}"#);
        let back: serde_json::Value = serde_json::from_str(&out).expect("JSON");
        assert_eq!(back["Odd"], "\u{202e}\u{e0041}");
        out.clear();
        push_object(&mut out, [("", ""); 0]);
        assert_eq!(out, "{}");
    }

    /// A spreadsheet that cuts cells at this separator, and takes quotes for such wherever a cell begins.
    fn cells(text: &str, separator: char) -> Vec<String> {
        let (mut cells, mut cell, mut quoted, mut begins) = (Vec::new(), String::new(), false, true);
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '"' if quoted && letters.next_if_eq(&'"').is_some() => cell.push('"'),
                '"' if quoted => quoted = false,
                '"' if begins => quoted = true,
                _ if !quoted && (letter == separator || letter == '\n' || letter == '\r') => {
                    cells.push(std::mem::take(&mut cell));
                    begins = true;
                    continue;
                }
                _ => cell.push(letter),
            }
            begins = false;
        }
        cells.push(cell);
        cells
    }

    proptest! {
        #[test]
        fn no_spreadsheet_finds_a_formula(rows in prop::collection::vec(prop::collection::vec("[ab=+@＝－;,:|\t\r\n \"'-]{0,8}", 1..4), 1..4)) {
            let mut text = String::new();
            rows.iter().for_each(|row| push_line(&mut text, row));
            for separator in [',', ';', '\t', '|'] {
                for cell in cells(&text, separator) {
                    let shown = cell.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '"');
                    prop_assert!(!shown.starts_with(LEADS), "{:?} in {:?} by {:?}", cell, text, separator);
                }
            }
            let own: Vec<Vec<String>> = text.lines().map(|line| cells(line, ',')).collect();
            let expected: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| guarded(&escape_invisible(cell))).collect()).collect();
            prop_assert_eq!(own, expected);
        }
    }
}

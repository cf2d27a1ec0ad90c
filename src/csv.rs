//! Lines of a file of rows: as CSV, which RFC 4180 describes, harmless to spreadsheets; or as JSON. Knows no table.

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
    // A spreadsheet takes such a cell for a formula, and what runs on a cluster may be named by anybody. An apostrophe before
    // it says that it is text (OWASP, "CSV injection").
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if cell.contains([',', '"', '\n', '\r']) {
        out.extend(["\"", guard, &cell.replace('"', "\"\""), "\""]);
    } else {
        out.extend([guard, cell]);
    }
}

/// Adds a row as an object of texts, in the order of its columns.
pub fn push_object<K: AsRef<str>, V: AsRef<str>>(out: &mut String, fields: impl IntoIterator<Item = (K, V)>) {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    out.push('{');
    for (at, (name, value)) in fields.into_iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        out.extend([comma, &quoted(name.as_ref()), ":", &quoted(value.as_ref())]);
    }
    out.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cells: &[&str], expected: &str) {
        let mut line = String::new();
        push_line(&mut line, cells);
        assert_eq!(line, expected);
    }

    #[test]
    fn plain_cells_stand_as_they_are() {
        check(&["a", "", "b c"], "a,,b c\r\n");
        check(&[], "\r\n");
    }

    #[test]
    fn what_would_break_a_line_is_quoted() {
        check(&["a,b", "say \"x\"", "two\nlines", "\r\n"], "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\"'\r\n\"\r\n");
    }

    #[test]
    fn a_formula_is_only_text() {
        check(&["=1+1", "+1", "-1", "@x", "a=b"], "'=1+1,'+1,'-1,'@x,a=b\r\n");
        check(&["=HYPERLINK(\"x\",1)"], "\"'=HYPERLINK(\"\"x\"\",1)\"\r\n");
    }
    #[test]
    fn a_row_as_json_keeps_the_order_of_its_columns() {
        let mut out = String::new();
        push_object(&mut out, [("Name", "a \"b\""), ("Id", ""), ("Age", "2\n")]);
        assert_eq!(out, r#"{"Name":"a \"b\"","Id":"","Age":"2\n"}"#);
        push_object(&mut out, [("", ""); 0]);
        assert!(out.ends_with("{}"));
    }
}

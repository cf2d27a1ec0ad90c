//! Lines of a CSV file as RFC 4180 has it, harmless to spreadsheets. Knows no table.

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
}

//! What a row of a long line cannot tell by itself: its line's level, and matches that begin in another row or are bound to the line's
//! start or end.

use crate::files::followed_file::Line;
use crate::files::level::Level;
use crate::files::pattern::Pattern;
use crate::files::stack_trace::line_level;
use crate::files::styled_line::StyledLine;

/// Facts about a row that the other rows of its line provide.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RowContext {
    /// Level of the row's line; `None` if the line names none.
    pub level: Option<Level>,
    /// Matches: from and to in bytes of the row's text, and the number of the pattern.
    pub marks: Vec<(usize, usize, u8)>,
}

impl RowContext {
    /// Contexts of rows, each given with its file's number; `None` for a row that is a whole line. With `all`,
    /// overwritten text counts as text.
    pub fn of_rows(rows: &[(usize, &Line)], patterns: &[(Pattern, u8)], all: bool) -> Vec<Option<Self>> {
        let mut contexts = Vec::with_capacity(rows.len());
        for line in rows.chunk_by(|(file, row), (next_file, next)| {
            next.is_part && file == next_file && row.span.end == next.span.start
        }) {
            match line {
                [(_, row)] if !row.is_part => contexts.push(None),
                rows => contexts.extend(of_line(rows, patterns, all).into_iter().map(Some)),
            }
        }
        contexts
    }
}

/// For each of the rows of one line, of which the first may not be there.
fn of_line(rows: &[(usize, &Line)], patterns: &[(Pattern, u8)], all: bool) -> Vec<RowContext> {
    let texts: Vec<String> = rows.iter().map(|(_, row)| StyledLine::of(&row.bytes, all).text).collect();
    let is_whole = rows.first().is_some_and(|(_, row)| !row.is_part);
    let joined = texts.concat();
    let level = line_level(&joined).filter(|_| is_whole);
    let marks: Vec<(usize, usize, u8)> = patterns
        .iter()
        .flat_map(|(pattern, number)| {
            let places = if is_whole { pattern.places(&joined) } else { pattern.places_in_part(&joined) };
            places.into_iter().map(move |(from, to)| (from, to, *number))
        })
        .collect();
    let mut start = 0;
    let context = |text: &String| {
        let (from, to) = (start, start + text.len());
        start = to;
        let inside = marks.iter().filter(|(mark_from, mark_to, _)| *mark_from < to && *mark_to > from);
        let own = |(mark_from, mark_to, number): &(usize, usize, u8)| {
            ((*mark_from).max(from) - from, (*mark_to).min(to) - from, *number)
        };
        RowContext { level, marks: inside.map(own).collect() }
    };
    texts.iter().map(context).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::lines::cut;

    fn contexts(file: &[u8], pattern: Pattern) -> Vec<Option<RowContext>> {
        let row = |span: crate::files::lines::Span| {
            let bytes = file[span.start as usize..span.end as usize].to_vec();
            Line {
                span,
                bytes,
                number: None,
                is_part: span.start > 0 && file[span.start as usize - 1] != b'\n',
                hole: crate::files::hole::Hole::default(),
            }
        };
        let rows: Vec<Line> = cut(0, file, true).into_iter().map(row).collect();
        RowContext::of_rows(&rows.iter().map(|row| (0, row)).collect::<Vec<_>>(), &[(pattern, 0)], false)
    }

    #[test]
    fn a_match_over_two_rows_is_marked_in_both() {
        let file = format!("short\n{}needle{}\n", "x".repeat(8192 - 6 - 3), "y".repeat(3000));
        let found = contexts(file.as_bytes(), Pattern::text("needle"));
        let marks: Vec<_> = found.iter().map(|context| context.as_ref().map(|context| context.marks.clone())).collect();
        assert_eq!(marks, [None, Some(vec![(8183, 8186, 0)]), Some(vec![(0, 3, 0)])]);
    }

    #[test]
    fn anchors_are_those_of_the_line() {
        let file = format!("{}\nend\n", "ab".repeat(5000));
        let count = |pattern: &str| {
            let found = contexts(file.as_bytes(), Pattern::regex(pattern).unwrap());
            found.into_iter().flatten().map(|context| context.marks.len()).collect::<Vec<_>>()
        };
        assert_eq!(count("^a"), [1, 0, 0]);
        assert_eq!(count("b$"), [0, 0, 1]);
    }

    #[test]
    fn all_rows_of_a_line_have_its_level() {
        let file = format!(
            "2026-11-22 00:08:20 ERROR {}\n{{\"msg\":\"{}\",\"level\":\"warn\"}}\n",
            "x".repeat(9000),
            "y".repeat(9000)
        );
        let levels: Vec<_> =
            contexts(file.as_bytes(), Pattern::text("q")).into_iter().flatten().map(|context| context.level).collect();
        assert!(levels.len() >= 4 && levels.iter().all(Option::is_some), "{levels:?}");
        assert_eq!((levels[0], *levels.last().unwrap()), (Some(Level::Error), Some(Level::Warn)));
    }
}

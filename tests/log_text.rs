//! Logs of any text: lines of any length, holes, stretches without times, UTF-16, returns as line ends. Search, levels, times and
//! copies agree with a reader that holds the whole file.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use mesoscope_core::base::units::Timestamp;
use mesoscope_core::files::WINDOW;
use mesoscope_core::files::bisect::{Bisect, TimeSearchResult};
use mesoscope_core::files::level::Level;
use mesoscope_core::files::line_range_read::LineRangeRead;
use mesoscope_core::files::lines::cut;
use mesoscope_core::files::pattern::Pattern;
use mesoscope_core::files::search::Search;
use mesoscope_core::files::search_query::SearchQuery;
use mesoscope_core::files::styled_line::plain;
use mesoscope_core::files::text_format::{Encoding, TextFormat};
use mesoscope_tests::shared::log::{LevelReader, MIDNIGHT, NOW, finish, hits, read, search_all, utf16};
use proptest::prelude::*;

/// The beginning of an access log's line, whose time is far behind its start, and which names no level.
const ACCESS: &str =
    "console.internal.prod.example.com:443 203.0.113.195, 70.41.3.18 - - [22/Nov/2026:00:00:01 +0000] \"GET /";

fn line_of(file: &[u8], at: u64) -> u64 {
    file[..at as usize].iter().rposition(|byte| *byte == b'\n').map_or(0, |lf| lf as u64 + 1)
}

/// Where the lines begin that a reader of the whole file finds.
fn expected(file: &[u8], sought: &SearchQuery) -> Vec<u64> {
    let (mut start, mut levels, mut found) = (0u64, LevelReader::default(), Vec::new());
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        let text = plain(line);
        let end = start + line.len() as u64;
        let level = levels.next((start, end), &text);
        let is_grave = sought.level.is_none_or(|least| level.is_some_and(|level| level >= least));
        if is_grave && sought.pattern.as_ref().is_none_or(|pattern| pattern.is_in(&text)) {
            found.push(start);
        }
        start = end;
    }
    found
}

/// A file that is printed as runs of the same byte.
struct Text(Vec<u8>);

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let run = |run: &[u8]| match run.len() {
            1..4 => String::from_utf8_lossy(run).escape_debug().to_string(),
            length => format!("[{}*{length}]", char::from(run[0])),
        };
        f.write_str(&self.0.chunk_by(|a, b| a == b).map(run).collect::<String>())
    }
}

impl std::ops::Deref for Text {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// Lines of which some are very long, with words anywhere in them.
fn long_lines() -> impl Strategy<Value = Text> {
    let length =
        prop_oneof![4 => 0..200usize, 2 => 3000..9000usize, 2 => 30_000..200_000usize, 1 => 500_000..1_000_000usize];
    lines_of(length.boxed(), 12)
}

/// Lines among which are some that are longer than is searched as one: two such may follow one another.
fn giant_lines() -> impl Strategy<Value = Text> {
    let length = prop_oneof![3 => 0..200usize, 2 => 3000..20_000usize, 2 => 950_000..2_600_000usize];
    lines_of(length.boxed(), 5)
}

fn lines_of(length: BoxedStrategy<usize>, most: usize) -> impl Strategy<Value = Text> {
    let head = prop::sample::select(vec![
        "",
        "    at x",
        "    at a.B.c(B.java:7)",
        "Traceback (most recent call last): ",
        "  File \"x.py\", line 7",
        "java.io.IOException: ",
        "Caused by ",
        "thread 'main' panicked at ",
        "2026-11-22 00:00:01 ERROR ",
        "INFO ",
        "{\"level\":\"warn\",\"msg\":\"",
        "{\"err\":{\"level\":\"error\"},\"level\":30,\"msg\":\"",
        ACCESS,
    ]);
    let word = prop::sample::select(vec!["needle", "need", "end", "begin", "{\"level\":\"error\"}"]);
    let line = (length, head, prop::collection::vec((word, any::<prop::sample::Index>()), 0..3));
    (prop::collection::vec(line, 1..most), any::<bool>()).prop_map(|(lines, ends)| {
        let mut file = Vec::new();
        for (length, head, words) in lines {
            let mut line = [head.as_bytes(), &vec![b'x'; length]].concat();
            for (word, at) in words {
                let at = head.len() + at.index(length + 1);
                line.splice(at..at, word.bytes());
            }
            file.extend(line);
            file.push(b'\n');
        }
        if !ends {
            file.pop();
        }
        Text(file)
    })
}

fn patterns() -> Vec<SearchQuery> {
    let of = |pattern| SearchQuery { pattern: Some(pattern), ..SearchQuery::default() };
    let regex = |text: &str| of(Pattern::regex(text).unwrap());
    let level = |level| SearchQuery { level: Some(level), ..SearchQuery::default() };
    vec![
        of(Pattern::text("needle")),
        regex("^x+needle"),
        regex("^begin"),
        regex("end$"),
        regex("^$"),
        level(Level::Error),
        level(Level::Warn),
        SearchQuery { level: Some(Level::Info), ..of(Pattern::text("need")) },
        SearchQuery { level: Some(Level::Error), ..of(Pattern::text("needle")) },
        SearchQuery { level: Some(Level::Warn), ..regex("^begin|end$") },
    ]
}

/// An expression that spans more than a part of a very long line.
const SPANNING: usize = 1;
/// Expressions with an anchor at the end of a line.
const ENDING: [usize; 3] = [3, 4, 9];

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_line_of_any_length_is_searched_as_one(file in long_lines(), nth in 0..10usize) {
        let sought = &patterns()[nth];
        let search = search_all(&file, sought, TextFormat::default());
        let found: Vec<u64> = hits(&search).into_iter().map(|hit| line_of(&file, hit)).collect();
        prop_assert_eq!(&found, &expected(&file, sought));
        prop_assert_eq!(search.found(), found.len() as u64);
    }

    #[test]
    fn a_line_that_is_longer_than_is_searched_as_one_has_its_level(file in giant_lines(), nth in 0..10usize) {
        let sought = &patterns()[nth];
        let search = search_all(&file, sought, TextFormat::default());
        let found: Vec<u64> = hits(&search).into_iter().map(|hit| line_of(&file, hit)).collect();
        prop_assert_eq!(search.found(), found.len() as u64);
        let longest = file.split(|byte| *byte == b'\n').map(<[u8]>::len).max().unwrap_or(0);
        let is_regex = matches!(sought.pattern, Some(Pattern::Regex(_)));
        prop_assert!(is_regex || !search.is_bounded(), "a text and a level are found in a line of any length");
        prop_assert!(longest > 900_000 || !search.is_bounded());
        if nth == SPANNING {
            let whole = expected(&file, sought);
            prop_assert!(found.iter().all(|line| whole.contains(line)));
            prop_assert!(found == whole || search.is_bounded(), "what may be missed is said");
        } else {
            prop_assert_eq!(&found, &expected(&file, sought));
        }
    }

    #[test]
    fn a_file_with_very_long_lines_that_grows_is_searched_to_its_end(
        file in giant_lines(), at in any::<prop::sample::Index>(), nth in prop::sample::select(vec![0usize, 7, 8]),
    ) {
        // What a line in JSON says of itself behind the first mebibyte, written after that was searched, is not known.
        prop_assume!(!file.windows(2).any(|pair| pair == b"{\""));
        let sought = &patterns()[nth];
        let first = at.index(file.len() + 1);
        let mut search = search_all(&file[..first], sought, TextFormat::default());
        finish(&mut search, &file);
        let found: Vec<u64> = hits(&search).into_iter().map(|hit| line_of(&file, hit)).collect();
        prop_assert_eq!(found, expected(&file, sought));
    }

    #[test]
    fn a_file_that_grows_is_searched_to_its_end(file in long_lines(), at in any::<prop::sample::Index>(), nth in 0..10usize) {
        let sought = &patterns()[nth];
        let first = at.index(file.len() + 1);
        let mut search = search_all(&file[..first], sought, TextFormat::default());
        let found = |search: &Search, file: &[u8]| hits(search).into_iter().map(|hit| line_of(file, hit)).collect::<Vec<_>>();
        prop_assert_eq!(found(&search, &file[..first]), expected(&file[..first], sought));
        finish(&mut search, &file);
        // Of a line that was cut there all is searched but what an anchor at its end said before it grew.
        if !ENDING.contains(&nth) {
            prop_assert_eq!(found(&search, &file), expected(&file, sought));
        }
    }

    #[test]
    fn the_row_that_is_shown_has_what_was_found(file in long_lines()) {
        let search = search_all(&file, &patterns()[0], TextFormat::default());
        let rows = cut(0, &file, true);
        for hit in hits(&search) {
            let nth = rows.iter().position(|row| row.start == hit).unwrap();
            let from = rows[nth].start as usize;
            let to = rows[nth].end as usize + 6;
            prop_assert!(plain(&file[from..to.min(file.len())]).contains("needle"));
        }
    }

    #[test]
    fn a_copy_has_whole_lines(file in long_lines(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let rows = cut(0, &file, true);
        if rows.is_empty() {
            return Ok(());
        }
        let (from, to) = (rows[from.index(rows.len())].start, rows[to.index(rows.len())].start);
        let mut excerpt = LineRangeRead::new(from, to, TextFormat::default());
        while let Some(at) = excerpt.next_read() {
            excerpt.answered(read(&file, at, WINDOW));
        }
        let first = line_of(&file, from.min(to)) as usize;
        let last = from.max(to) as usize;
        let end = file[last..].iter().position(|byte| *byte == b'\n').map_or(file.len(), |lf| last + lf + 1);
        prop_assert!(excerpt.into_bytes() == file[first..end]);
    }

    #[test]
    fn a_time_is_found_behind_any_stretch_without_one(
        lines in prop::collection::vec((0..6u8, prop_oneof![4 => 0..300usize, 1 => 0..200_000usize]), 1..60), sought in -5..400i64,
    ) {
        let (file, times) = timed(&lines);
        let target = Timestamp((MIDNIGHT + sought) * 1_000_000_000);
        let found = find_time(&file, target);
        prop_assert!(found.is_some(), "it comes to an end");
        let found = found.unwrap();
        let expected = times.iter().find(|(_, at)| *at >= target).map_or(file.len() as u64, |(start, _)| *start);
        prop_assert_eq!(found, if times.is_empty() { TimeSearchResult::Nowhere } else { TimeSearchResult::At(expected) });
    }

    #[test]
    fn utf16_reads_as_utf8(
        file in prop_oneof![3 => long_lines().boxed(), 1 => giant_lines().boxed()], is_big in any::<bool>(),
        mark in any::<bool>(), nth in 0..10usize,
    ) {
        prop_assume!(nth != SPANNING || file.split(|byte| *byte == b'\n').all(|line| line.len() < 500_000));
        let text = format!("{}\u{e9}\u{1f600}\u{4e2d} needle\n", String::from_utf8(file.0).unwrap());
        let sought = &patterns()[nth];
        let utf8 = search_all(text.as_bytes(), sought, TextFormat::default());
        let wide = utf16(&text, is_big, mark);
        let head = if mark { &wide[..4] } else { &[] };
        let format = TextFormat::detect(head, &wide[..wide.len().min(4096)]);
        prop_assert_eq!(format.encoding, if is_big { Encoding::Utf16Be } else { Encoding::Utf16Le });
        let found = search_all(&wide, sought, format);
        prop_assert_eq!(found.found(), utf8.found());
        let decoded: Vec<u8> = format.cut(0, &wide, true).into_iter().flat_map(|row| {
            format.decode(row.start, &wide[row.start as usize..row.end as usize]).into_owned()
        }).collect();
        prop_assert!(decoded == text.as_bytes());
    }
}

/// A log whose lines have times, or none, or are NULs; and where those with times begin.
fn timed(lines: &[(u8, usize)]) -> (Vec<u8>, Vec<(u64, Timestamp)>) {
    let (mut file, mut times) = (Vec::new(), Vec::new());
    for (nth, (kind, length)) in lines.iter().enumerate() {
        let seconds = nth as i64 * 5;
        let (minutes, rest) = (seconds / 60, seconds % 60);
        match kind {
            0 | 1 => {
                times.push((file.len() as u64, Timestamp((MIDNIGHT + seconds) * 1_000_000_000)));
                file.extend(format!("2026-11-22T00:{minutes:02}:{rest:02}Z {}\n", "w".repeat(*length)).bytes());
            }
            // The time is behind a body of any length.
            4 => {
                times.push((file.len() as u64, Timestamp((MIDNIGHT + seconds) * 1_000_000_000)));
                let body = "q".repeat(*length);
                let job = "{\"time\":\"2020-01-01 00:00:00\"}";
                file.extend(
                    format!("{{\"job\":{job},\"b\":\"{body}\",\"ts\":\"2026-11-22T00:{minutes:02}:{rest:02}Z\"}}\n")
                        .bytes(),
                );
            }
            5 => {
                times.push((file.len() as u64, Timestamp((MIDNIGHT + seconds) * 1_000_000_000)));
                let host = "h".repeat(length % 400);
                file.extend(format!("{host}h - - [22/Nov/2026:00:{minutes:02}:{rest:02} +0000] \"GET\n").bytes());
            }
            2 => (0..length / 30 + 1).for_each(|_| file.extend(b"    at some.place(Some.java:7)\n")),
            _ => file.extend(vec![0; length + 16]),
        }
    }
    (file, times)
}

fn find_time(file: &[u8], target: Timestamp) -> Option<TimeSearchResult> {
    let mut bisect = Bisect::new(target, file.len() as u64, NOW);
    for _ in 0..2_000 {
        let Some(offset) = bisect.next_read() else { break };
        let reported = read(file, offset, WINDOW);
        bisect.answered(&reported.bytes, reported.size);
    }
    bisect.found()
}

#[test]
fn a_line_longer_than_a_mebibyte_is_one_line() {
    let word = |at: usize, length: usize| {
        let mut line = vec![b'x'; length];
        line.splice(at..at + 6, *b"needle");
        line
    };
    let text = SearchQuery { pattern: Some(Pattern::text("needle")), ..SearchQuery::default() };
    for at in [0, 70_000, 1_500_000, 2_999_990] {
        let file = [b"first\n".to_vec(), word(at, 3_000_000), b"\nneedle\nlast\n".to_vec()].concat();
        let search = search_all(&file, &text, TextFormat::default());
        let lines: Vec<u64> = hits(&search).into_iter().map(|hit| line_of(&file, hit)).collect();
        assert_eq!(lines, [6, 3_000_007], "at {at}");
    }
    let many = [word(0, 900_000), word(5, 900_000), word(7, 900_000)].concat();
    assert_eq!(search_all(&many, &text, TextFormat::default()).found(), 1);
    let regex = |text: &str| SearchQuery { pattern: Some(Pattern::regex(text).unwrap()), ..SearchQuery::default() };
    assert_eq!(search_all(&many, &regex("^xx"), TextFormat::default()).found(), 0);
    assert_eq!(search_all(&many, &regex("^needle"), TextFormat::default()).found(), 1);
}

#[test]
fn what_a_very_long_line_says_of_itself_holds_for_all_of_it() {
    let long = |length: usize| "x".repeat(length);
    let level = |level, pattern: Option<&str>| SearchQuery {
        level: Some(level),
        pattern: pattern.map(Pattern::text),
        ..SearchQuery::default()
    };
    let check = |file: &str, sought: &SearchQuery, starts: &[&str]| {
        let search = search_all(file.as_bytes(), sought, TextFormat::default());
        let found: Vec<u64> = hits(&search).into_iter().map(|hit| line_of(file.as_bytes(), hit)).collect();
        let starts: Vec<u64> = starts.iter().map(|start| file.find(start).unwrap() as u64).collect();
        assert_eq!(found, starts);
        assert!(!search.is_bounded());
    };
    let grave =
        format!("2026-11-22 ERROR a{}needle{}\n    at needle.java\nINFO needle\n", long(2_000_000), long(500_000));
    check(&grave, &level(Level::Error, Some("needle")), &["2026", "    at"]);
    check(&grave, &level(Level::Info, Some("needle")), &["2026", "    at", "INFO"]);
    let harmless = grave.replace("ERROR", "DEBUG");
    check(&harmless, &level(Level::Error, Some("needle")), &[]);
    // JSON says its level anywhere, and what says nothing belongs to the line before.
    let json =
        format!("{{\"msg\":\"needle{}\",\"level\":\"warn\"}}\ntail {}needle\n", long(3_000_000), long(1_500_000));
    check(&json, &level(Level::Warn, Some("needle")), &["{", "tail"]);
    let chain = format!("ERROR {}\n at {}needle\n at needle\n", long(1_500_000), long(1_500_000));
    check(&chain, &level(Level::Error, Some("needle")), &[" at xx"]);
    check(&chain, &level(Level::Error, None), &["ERROR", " at xx"]);
    for between in [0, 40, 5_000, 9_000, 60_000] {
        let spread = format!("ERROR {}\n by {}\n at {}needle\n", long(1_500_000), long(between), long(1_500_000));
        let is_near = between < 16_000;
        check(&spread, &level(Level::Error, Some("needle")), &[" at xx"][..usize::from(is_near)]);
    }
}

#[test]
fn a_very_long_stretch_without_times_is_read_in_samples_and_said() {
    let early = b"2026-11-22T00:00:00Z first\n".to_vec();
    let late = b"2026-11-22T01:00:00Z last\n".to_vec();
    let hole = vec![0; 40 << 20];
    let file = [early, hole, late].concat();
    match find_time(&file, Timestamp((MIDNIGHT + 60) * 1_000_000_000)) {
        Some(TimeSearchResult::Near { offset, skipped }) => {
            assert_eq!(offset, 27 + (40 << 20));
            assert!(skipped > 0 && skipped < 40 << 20);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(find_time(&file, Timestamp(MIDNIGHT * 1_000_000_000)), Some(TimeSearchResult::At(0)));
}

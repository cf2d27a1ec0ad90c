//! Logs of any text: lines of any length, holes, stretches without times, UTF-16, returns as line ends. Search, levels, times and
//! copies agree with a reader that holds the whole file.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use mesoscope_core::base::units::Timestamp;
use mesoscope_core::files::WINDOW;
use mesoscope_core::files::bisect::{Bisect, Sighted};
use mesoscope_core::files::chain::Stitched;
use mesoscope_core::files::excerpt::Excerpt;
use mesoscope_core::files::hole::Hole;
use mesoscope_core::files::level::Level;
use mesoscope_core::files::lines::cut;
use mesoscope_core::files::log::Log;
use mesoscope_core::files::pattern::Pattern;
use mesoscope_core::files::search::Search;
use mesoscope_core::files::shown::{Shown, plain};
use mesoscope_core::files::sought::Sought;
use mesoscope_core::files::stamp::Stamp;
use mesoscope_core::files::tail::{Form, Line, Told};
use mesoscope_core::files::text_format::{Encoding, LineEnd, TextFormat};
use proptest::prelude::*;

/// 2026-11-22T00:00:00Z.
const MIDNIGHT: i64 = 1_795_305_600;
const NOW: Timestamp = Timestamp((MIDNIGHT + 100_000) * 1_000_000_000);

fn read(file: &[u8], offset: u64, length: u64) -> Told {
    let from = (offset as usize).min(file.len());
    let to = (from + length.min(WINDOW) as usize).min(file.len());
    Told { size: file.len() as u64, bytes: file[from..to].to_vec() }
}

fn search_all(file: &[u8], sought: &Sought, format: TextFormat) -> Search {
    let mut search = Search::new(sought.clone(), 0, file.len() as u64, format);
    finish(&mut search, file);
    search
}

fn finish(search: &mut Search, file: &[u8]) {
    search.grow(file.len() as u64);
    loop {
        let probes: Vec<_> = std::iter::from_fn(|| search.next_read()).collect();
        if probes.is_empty() && !search.work() {
            return;
        }
        for probe in probes {
            search.answered(probe, Some(read(file, probe.offset, probe.length)));
        }
        while search.work() {}
    }
}

fn hits(search: &Search) -> Vec<u64> {
    std::iter::successors(search.from(0), |hit| search.from(hit + 1)).collect()
}

fn line_of(file: &[u8], at: u64) -> u64 {
    file[..at as usize].iter().rposition(|byte| *byte == b'\n').map_or(0, |lf| lf as u64 + 1)
}

/// Where the lines begin that a reader of the whole file finds.
fn expected(file: &[u8], sought: &Sought) -> Vec<u64> {
    let (mut start, mut entry, mut found) = (0u64, (0u64, None), Vec::new());
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        let text = plain(line);
        let end = start + line.len() as u64;
        let level = Level::of(&text);
        if level.is_some() || Stamp::parse(&text, NOW).is_some() {
            entry = (end, level);
        } else if start >= entry.0 + (16 << 10) {
            entry = (0, None);
        }
        let is_grave = sought.level.is_none_or(|least| entry.1.is_some_and(|level| level >= least));
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
        "2026-11-22 00:00:01 ERROR ",
        "INFO ",
        "{\"level\":\"warn\",\"msg\":\"",
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

fn patterns() -> Vec<Sought> {
    let of = |pattern| Sought { pattern: Some(pattern), ..Sought::default() };
    let regex = |text: &str| of(Pattern::regex(text).unwrap());
    let level = |level| Sought { level: Some(level), ..Sought::default() };
    vec![
        of(Pattern::text("needle")),
        regex("^x+needle"),
        regex("^begin"),
        regex("end$"),
        regex("^$"),
        level(Level::Error),
        level(Level::Warn),
        Sought { level: Some(Level::Info), ..of(Pattern::text("need")) },
        Sought { level: Some(Level::Error), ..of(Pattern::text("needle")) },
        Sought { level: Some(Level::Warn), ..regex("^begin|end$") },
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
        let mut excerpt = Excerpt::new(from, to, TextFormat::default());
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
        lines in prop::collection::vec((0..4u8, prop_oneof![4 => 0..300usize, 1 => 0..200_000usize]), 1..60), sought in -5..400i64,
    ) {
        let (file, times) = timed(&lines);
        let target = Timestamp((MIDNIGHT + sought) * 1_000_000_000);
        let found = find_time(&file, target);
        prop_assert!(found.is_some(), "it comes to an end");
        let found = found.unwrap();
        let expected = times.iter().find(|(_, at)| *at >= target).map_or(file.len() as u64, |(start, _)| *start);
        prop_assert_eq!(found, if times.is_empty() { Sighted::Nowhere } else { Sighted::At(expected) });
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

fn utf16(text: &str, is_big: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit: u16| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
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
            2 => (0..length / 30 + 1).for_each(|_| file.extend(b"    at some.place(Some.java:7)\n")),
            _ => file.extend(vec![0; length + 16]),
        }
    }
    (file, times)
}

fn find_time(file: &[u8], target: Timestamp) -> Option<Sighted> {
    let mut bisect = Bisect::new(target, file.len() as u64, NOW);
    for _ in 0..2_000 {
        let Some(offset) = bisect.next_read() else { break };
        let told = read(file, offset, WINDOW);
        bisect.answered(&told.bytes, told.size);
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
    let text = Sought { pattern: Some(Pattern::text("needle")), ..Sought::default() };
    for at in [0, 70_000, 1_500_000, 2_999_990] {
        let file = [b"first\n".to_vec(), word(at, 3_000_000), b"\nneedle\nlast\n".to_vec()].concat();
        let search = search_all(&file, &text, TextFormat::default());
        let lines: Vec<u64> = hits(&search).into_iter().map(|hit| line_of(&file, hit)).collect();
        assert_eq!(lines, [6, 3_000_007], "at {at}");
    }
    let many = [word(0, 900_000), word(5, 900_000), word(7, 900_000)].concat();
    assert_eq!(search_all(&many, &text, TextFormat::default()).found(), 1);
    let regex = |text: &str| Sought { pattern: Some(Pattern::regex(text).unwrap()), ..Sought::default() };
    assert_eq!(search_all(&many, &regex("^xx"), TextFormat::default()).found(), 0);
    assert_eq!(search_all(&many, &regex("^needle"), TextFormat::default()).found(), 1);
}

#[test]
fn what_a_very_long_line_says_of_itself_holds_for_all_of_it() {
    let long = |length: usize| "x".repeat(length);
    let level = |level, pattern: Option<&str>| Sought {
        level: Some(level),
        pattern: pattern.map(Pattern::text),
        ..Sought::default()
    };
    let check = |file: &str, sought: &Sought, starts: &[&str]| {
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
        Some(Sighted::Near { offset, skipped }) => {
            assert_eq!(offset, 27 + (40 << 20));
            assert!(skipped > 0 && skipped < 40 << 20);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(find_time(&file, Timestamp(MIDNIGHT * 1_000_000_000)), Some(Sighted::At(0)));
}

/// Reads a file as its viewer does, and returns the rows at its start.
fn rows(file: &[u8]) -> Vec<(Option<u64>, String)> {
    let mut log = Log::new("/s/stdout", NOW, 7);
    for _ in 0..60 {
        log.tail_mut().screen(0, 0, 100, Form::Lines);
        let Some(mut ask) = log.next_ask(NOW) else { break };
        let told = loop {
            let (_, offset, length) = ask.next_read();
            match ask.answered(read(file, offset, length)) {
                Stitched::More => {}
                whole => break whole,
            }
        };
        log.answered(&ask, Some(told), NOW);
    }
    let lines = log.tail_mut().screen(0, 0, 100, Form::Lines).lines;
    lines.into_iter().map(|line| (line.number, shown(&line))).collect()
}

fn texts(file: &[u8]) -> Vec<String> {
    rows(file).into_iter().map(|(_, text)| text).collect()
}

#[test]
fn utf16_and_marks_are_decoded() {
    for (is_big, mark) in [(false, true), (true, true), (false, false), (true, false)] {
        let file = utf16("2026-11-22 one\r\n\u{4e8c} two\r\n", is_big, mark);
        assert_eq!(texts(&file), ["2026-11-22 one", "\u{4e8c} two"], "{is_big} {mark}");
    }
    assert_eq!(texts("\u{feff}one\ntwo\n".as_bytes()), ["one", "two"]);
    assert_eq!(texts(b"no \xff\xfe mark\n"), ["no \\xff\\xfe mark"]);
}

#[test]
fn a_hole_is_one_row() {
    let file = [vec![0; 300_000], b"2026-11-22T00:00:00Z one\ntwo\n".to_vec()].concat();
    let one = "2026-11-22T00:00:00Z one".to_owned();
    assert_eq!(rows(&file), [(None, "␀×300000".to_owned()), (Some(1), one), (Some(2), "two".to_owned())]);
    let middle = [b"one\n".to_vec(), vec![0; 100_000], b"two\n".to_vec()].concat();
    assert_eq!(texts(&middle), ["one", "␀×100000", "two"]);
}

/// A row as it is shown.
fn shown(line: &Line) -> String {
    let Hole { length, is_open, is_sampled } = line.hole;
    let nuls = if length > 0 { format!("␀×{length}") } else { String::new() };
    let open = if is_open { " or more" } else { "" };
    let sampled = if is_sampled { ", read in samples" } else { "" };
    Shown::of(&line.bytes, false).with_odd_end(&format!("{nuls}{open}{sampled}")).text
}

/// A file of holes and text, of which nothing is held but the text.
struct Sparse(Vec<(u64, Vec<u8>)>);

impl Sparse {
    fn size(&self) -> u64 {
        self.0.iter().map(|(hole, text)| hole + text.len() as u64).sum()
    }

    fn read(&self, offset: u64, length: u64) -> Told {
        let mut bytes = vec![0; length.min(WINDOW).min(self.size() - offset) as usize];
        let mut at = 0;
        for (hole, text) in &self.0 {
            at += hole;
            for (nth, byte) in text.iter().enumerate() {
                let place = (at + nth as u64).checked_sub(offset).map(|place| place as usize);
                place.and_then(|place| bytes.get_mut(place)).into_iter().for_each(|to| *to = *byte);
            }
            at += text.len() as u64;
        }
        Told { size: self.size(), bytes }
    }

    /// The rows from one above a place to one below it, once nothing more is asked; and how many questions that took.
    fn rows(&self, log: &mut Log, place: u64) -> (Vec<(u64, u64, String)>, usize) {
        let mut asked = 0;
        log.tail_mut().screen(place, 1, 2, Form::Lines);
        while let Some(mut ask) = log.next_ask(NOW) {
            asked += 1;
            assert!(asked < 300, "it is never done");
            let (_, offset, length) = ask.next_read();
            let told = ask.answered(self.read(offset, length));
            log.answered(&ask, Some(told), NOW);
            log.tail_mut().screen(place, 1, 2, Form::Lines);
        }
        let lines = log.tail_mut().screen(place, 1, 2, Form::Lines).lines;
        let row = |line: Line| (line.span.start, line.span.end, shown(&line));
        (lines.into_iter().map(row).collect(), asked)
    }
}

#[test]
fn a_hole_of_any_size_is_one_row_that_is_passed() {
    const MIB: u64 = 1 << 20;
    for (before, hole, after) in [
        ("", 60 * MIB, "one\ntwo\n"),
        ("zero\n", 5 * MIB, "one\ntwo\n"),
        ("zero\n", 3 * MIB, ""),
        ("", 4 * MIB, ""),
        ("", 4 * MIB + 777, ""),
        ("zero\n", 900 << 10, "one\ntwo\n"),
        ("zero\n", MIB << 14, "one\ntwo\n"),
        ("zero\n", 64 * MIB - 5, "one\ntwo\n"),
    ] {
        let file = Sparse(vec![(0, before.into()), (hole, after.into())]);
        let start = before.len() as u64;
        let read = if hole > 4 * MIB + 777 { ", read in samples" } else { "" };
        let row = (start, start + hole, format!("␀×{hole}{read}"));
        // From before it, from within, from behind.
        let behind = if after.is_empty() { u64::MAX } else { start + hole };
        for place in [0, start, start + 1, start + hole / 2, start + hole - 1, behind] {
            let mut log = Log::new("/s/stdout", NOW, 7);
            let (rows, asked) = file.rows(&mut log, place);
            assert!(rows.contains(&row), "{before} {hole} {place}: {rows:?}");
            assert!(asked < 150, "{hole} {place}: {asked}");
        }
        let mut log = Log::new("/s/stdout", NOW, 7);
        let (rows, _) = file.rows(&mut log, start + hole / 3);
        let texts: Vec<&str> = rows.iter().map(|(.., text)| text.as_str()).collect();
        let expected: Vec<&str> = before.lines().chain([row.2.as_str()]).chain(after.lines().take(1)).collect();
        assert_eq!(texts, expected, "{before} {hole}");
    }
}

#[test]
fn as_much_of_a_hole_is_told_as_is_known() {
    let file = Sparse(vec![(0, b"zero\n".to_vec()), (60 << 20, b"one\n".to_vec())]);
    let mut log = Log::new("/s/stdout", NOW, 7);
    for _ in 0..12 {
        log.tail_mut().screen(30 << 20, 1, 2, Form::Lines);
        let mut ask = log.next_ask(NOW).unwrap();
        let (_, offset, length) = ask.next_read();
        let told = ask.answered(file.read(offset, length));
        log.answered(&ask, Some(told), NOW);
    }
    let lines = log.tail_mut().screen(30 << 20, 1, 2, Form::Lines).lines;
    let words = lines.iter().map(shown).collect::<Vec<_>>();
    assert_eq!(words, [format!("␀×{} or more", 10 * WINDOW)]);
}

#[test]
fn text_that_was_leaped_over_is_shown_where_the_reader_comes_to_it() {
    let file = Sparse(vec![(30 << 20, b"lost\n".to_vec()), (30 << 20, b"one\n".to_vec())]);
    let mut log = Log::new("/s/stdout", NOW, 7);
    let (rows, _) = file.rows(&mut log, 0);
    assert_eq!(rows[0].2, format!("␀×{}, read in samples", (60 << 20) + 5));
    let (rows, _) = file.rows(&mut log, 30 << 20);
    assert!(rows.contains(&(30 << 20, (30 << 20) + 5, "lost".to_owned())), "{rows:?}");
    let (rows, _) = file.rows(&mut log, 40 << 20);
    assert_eq!(
        rows.iter().map(|row| (row.0, row.1)).collect::<Vec<_>>(),
        [(30 << 20, (30 << 20) + 5), ((30 << 20) + 5, (60 << 20) + 5), ((60 << 20) + 5, (60 << 20) + 9)]
    );
}

#[test]
fn a_hole_in_hexadecimal_is_as_long_as_it_is() {
    let file = Sparse(vec![(5 << 20, b"one\n".to_vec())]);
    let mut log = Log::new("/s/stdout", NOW, 7);
    file.rows(&mut log, 0);
    for _ in 0..20 {
        log.tail_mut().screen(1 << 20, 10, 10, Form::Octets);
        let Some(mut ask) = log.next_ask(NOW) else { break };
        let (_, offset, length) = ask.next_read();
        let told = ask.answered(file.read(offset, length));
        log.answered(&ask, Some(told), NOW);
    }
    let screen = log.tail_mut().screen(1 << 20, 10, 10, Form::Octets);
    let starts: Vec<u64> = screen.lines.iter().map(|line| line.span.start).collect();
    assert_eq!(starts, ((1 << 20) - 160..(1 << 20) + 160).step_by(16).collect::<Vec<u64>>());
}

#[test]
fn what_is_overwritten_for_megabytes_is_passed() {
    let progress: String = (0..200_000).map(|nth| format!("\rLoading {nth} of 200000")).collect();
    let file = Sparse(vec![(0, b"begin\n".to_vec()), (0, progress.into_bytes()), (0, b"\nend\n".to_vec())]);
    let mut log = Log::new("/s/stdout", NOW, 7);
    let (mut place, mut seen) = (0, Vec::new());
    while let Some((start, end, text)) = file.rows(&mut log, place).0.into_iter().find(|row| row.1 > place) {
        assert!(start <= place && end > place, "{place}");
        (place, seen) = (end, [seen, vec![text]].concat());
    }
    assert_eq!((seen.first().unwrap().as_str(), seen.last().unwrap().as_str()), ("begin", "end"));
    assert_eq!(seen[seen.len() - 2], "Loading 199999 of 200000");
    assert_eq!(place, file.size());
}

#[test]
fn text_of_eight_bits_is_read_and_may_be_read_otherwise() {
    let file = b"2026-11-22 10:00:00 Gr\xfc\xdfe\n2026-11-22 10:00:01 two\n".repeat(30);
    let mut log = Log::new("/s/stdout", NOW, 7);
    let whole = Sparse(vec![(0, file.clone())]);
    assert_eq!(whole.rows(&mut log, 0).0[0].2, "2026-11-22 10:00:00 Gr\u{fc}\u{df}e");
    assert_eq!(log.tail().is_binary(), Some(false));
    // What a line is like does not depend on that: who linked it finds it.
    let print = |log: &mut Log| {
        let line = log.tail_mut().screen(0, 0, 1, Form::Lines).lines.remove(0);
        mesoscope_core::files::lines::print(&line.bytes)
    };
    let windows = print(&mut log);
    log.set_encoding(Some(Encoding::Utf8));
    assert_eq!(whole.rows(&mut log, 0).0[0].2, "2026-11-22 10:00:00 Gr\\xfc\\xdfe");
    assert_eq!((print(&mut log), windows.is_some()), (windows, true));
    log.set_encoding(None);
    assert_eq!(log.tail().format().encoding, Encoding::Windows1252);
    let sought = Sought { pattern: Some(Pattern::text("Gr\u{fc}\u{df}e")), ..Sought::default() };
    let found = search_all(&file, &sought, log.tail().format());
    assert_eq!(hits(&found).len(), 30);
}

#[test]
fn text_of_east_asia_is_lines_with_its_bytes_spelt() {
    let file = b"2026-11-22 10:00:00 INFO \x83\x47\x83\x89\x81\x5b\n".repeat(300);
    let mut log = Log::new("/s/stdout", NOW, 7);
    let rows = Sparse(vec![(0, file)]).rows(&mut log, 0).0;
    assert_eq!(rows[0].2, "2026-11-22 10:00:00 INFO \\x83G\\x83\\x89\\x81[");
    assert_eq!(log.tail().is_binary(), Some(false));
}

#[test]
fn lines_that_end_with_returns_among_others_are_lines() {
    let line = |nth: usize, end: &str| format!("2026-11-22 10:{:02}:{:02} line {nth}{end}", nth / 60, nth % 60);
    let file: String = (0..300).map(|nth| line(nth, if (100..200).contains(&nth) { "\r" } else { "\n" })).collect();
    let rows = rows(file.as_bytes());
    assert_eq!(rows.len(), 100);
    let mut log = Log::new("/s/stdout", NOW, 7);
    let whole = Sparse(vec![(0, file.clone().into_bytes())]);
    let place = file.find("line 150").unwrap() as u64;
    let texts: Vec<String> = whole.rows(&mut log, place).0.into_iter().map(|(.., text)| text).collect();
    assert_eq!(texts, [line(149, ""), line(150, ""), line(151, "")]);
    let lines = log.tail_mut().screen(place, 0, 1, Form::Lines).lines;
    assert_eq!((lines[0].number, lines[0].is_part), (Some(151), false));
    let sought = Sought { pattern: Some(Pattern::regex("^2026.*line 1[0-9]0$").unwrap()), ..Sought::default() };
    let expected: Vec<u64> = (10..20).map(|nth| file.find(&line(nth * 10, "")).unwrap() as u64).collect();
    assert_eq!(hits(&search_all(file.as_bytes(), &sought, log.tail().format())), expected);
}

#[test]
fn a_return_is_a_line_end_where_the_file_has_no_other() {
    let old =
        b"2026-11-22 00:00:01 one\r2026-11-22 00:00:02 two\r2026-11-22 00:00:03 three\r2026-11-22 00:00:04 four\r";
    assert_eq!(rows(old).len(), 4);
    assert_eq!(rows(old)[1], (Some(2), "2026-11-22 00:00:02 two".to_owned()));
    let words = b"starting\rreading config\rlistening on 80\rfirst request\rbye\r";
    assert_eq!(texts(words), ["starting", "reading config", "listening on 80", "first request", "bye"]);
    let progress: Vec<u8> =
        (0..=20_000).flat_map(|nth| format!("\rLoading {:3} % [{nth} of 20000]", nth / 200).into_bytes()).collect();
    assert_eq!(texts(&progress), ["Loading 100 % [20000 of 20000]"]);
    assert_eq!(TextFormat::detect(&progress, &progress).line_end, LineEnd::Lf);
    let mixed = b"10 %\r50 %\r100 %\ndone\n";
    assert_eq!(texts(mixed), ["100 %", "done"]);
}

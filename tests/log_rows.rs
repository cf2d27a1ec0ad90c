//! Rows of a file as its viewer shows them: holes of any size, encodings, returns as line ends.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use mesoscope_core::files::WINDOW;
use mesoscope_core::files::followed_file::{Line, ReadReply, RowKind};
use mesoscope_core::files::hole::Hole;
use mesoscope_core::files::log::Log;
use mesoscope_core::files::pattern::Pattern;
use mesoscope_core::files::rotated_file::RotatedReadState;
use mesoscope_core::files::search_query::SearchQuery;
use mesoscope_core::files::styled_line::StyledLine;
use mesoscope_core::files::text_format::{Encoding, LineEnd, TextFormat};
use mesoscope_tests::shared::log::{NOW, finish, hits, read, search_all, utf16};

/// Reads what is at a place of a file as its viewer does.
fn read_at(log: &mut Log, file: &[u8], place: u64) {
    for _ in 0..60 {
        log.tail_mut().screen(place, 0, 100, RowKind::Lines);
        let Some(mut ask) = log.next_ask(NOW) else { break };
        let reported = loop {
            let (_, offset, length) = ask.next_read();
            match ask.answered(read(file, offset, length)) {
                RotatedReadState::More => {}
                whole => break whole,
            }
        };
        log.answered(&ask, Some(reported), NOW);
    }
}

/// Reads a file as its viewer does, and returns the rows at its start.
fn rows(file: &[u8]) -> Vec<(Option<u64>, String)> {
    let mut log = Log::new("/s/stdout", NOW, 7);
    read_at(&mut log, file, 0);
    let lines = log.tail_mut().screen(0, 0, 100, RowKind::Lines).lines;
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
    StyledLine::of(&line.bytes, false).with_odd_end(&format!("{nuls}{open}{sampled}")).text
}

/// A file of holes and text, of which nothing is held but the text.
struct Sparse(Vec<(u64, Vec<u8>)>);

impl Sparse {
    fn size(&self) -> u64 {
        self.0.iter().map(|(hole, text)| hole + text.len() as u64).sum()
    }

    fn read(&self, offset: u64, length: u64) -> ReadReply {
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
        ReadReply { size: self.size(), bytes }
    }

    /// The rows from one above a place to one below it, once nothing more is asked; and how many questions that took.
    fn rows(&self, log: &mut Log, place: u64) -> (Vec<(u64, u64, String)>, usize) {
        let mut asked = 0;
        log.tail_mut().screen(place, 1, 2, RowKind::Lines);
        while let Some(mut ask) = log.next_ask(NOW) {
            asked += 1;
            assert!(asked < 300, "it is never done");
            let (_, offset, length) = ask.next_read();
            let reported = ask.answered(self.read(offset, length));
            log.answered(&ask, Some(reported), NOW);
            log.tail_mut().screen(place, 1, 2, RowKind::Lines);
        }
        let lines = log.tail_mut().screen(place, 1, 2, RowKind::Lines).lines;
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
fn as_much_of_a_hole_is_reported_as_is_known() {
    let file = Sparse(vec![(0, b"zero\n".to_vec()), (60 << 20, b"one\n".to_vec())]);
    let mut log = Log::new("/s/stdout", NOW, 7);
    for _ in 0..12 {
        log.tail_mut().screen(30 << 20, 1, 2, RowKind::Lines);
        let mut ask = log.next_ask(NOW).unwrap();
        let (_, offset, length) = ask.next_read();
        let reported = ask.answered(file.read(offset, length));
        log.answered(&ask, Some(reported), NOW);
    }
    let lines = log.tail_mut().screen(30 << 20, 1, 2, RowKind::Lines).lines;
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
        log.tail_mut().screen(1 << 20, 10, 10, RowKind::Hex);
        let Some(mut ask) = log.next_ask(NOW) else { break };
        let (_, offset, length) = ask.next_read();
        let reported = ask.answered(file.read(offset, length));
        log.answered(&ask, Some(reported), NOW);
    }
    let screen = log.tail_mut().screen(1 << 20, 10, 10, RowKind::Hex);
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
        let line = log.tail_mut().screen(0, 0, 1, RowKind::Lines).lines.remove(0);
        mesoscope_core::files::lines::line_hash(&line.bytes)
    };
    let windows = print(&mut log);
    log.set_encoding(Some(Encoding::Utf8));
    assert_eq!(whole.rows(&mut log, 0).0[0].2, "2026-11-22 10:00:00 Gr\\xfc\\xdfe");
    assert_eq!((print(&mut log), windows.is_some()), (windows, true));
    log.set_encoding(None);
    assert_eq!(log.tail().format().encoding, Encoding::Windows1252);
    let sought = SearchQuery { pattern: Some(Pattern::text("Gr\u{fc}\u{df}e")), ..SearchQuery::default() };
    let found = search_all(&file, &sought, log.tail().format());
    assert_eq!(hits(&found).len(), 30);
}

/// Reads as its viewer does what is at a place of a file that is long, and returns the log.
fn log_at(file: &Sparse, places: &[u64]) -> Log {
    let mut log = Log::new("/s/stdout", NOW, 7);
    places.iter().for_each(|place| drop(file.rows(&mut log, *place)));
    log
}

#[test]
fn long_text_of_eight_bits_is_read_from_its_end() {
    let line = b"2026-11-22 10:00:00 Gr\xfc\xdfe\n";
    let plain = b"ASCII..\n".repeat(2 * WINDOW as usize / 8);
    for head in [line.repeat(5000), [plain.as_slice(), &line.repeat(20)].concat()] {
        let file = Sparse(vec![(0, head)]);
        for places in [&[u64::MAX][..], &[u64::MAX, 0], &[u64::MAX, 70_000, 0, u64::MAX]] {
            let mut log = log_at(&file, places);
            assert_eq!(log.tail().format().encoding, Encoding::Windows1252, "{places:?}");
            let end = file.rows(&mut log, u64::MAX).0;
            assert_eq!(end[0].2, "2026-11-22 10:00:00 Gr\u{fc}\u{df}e");
        }
    }
}

#[test]
fn that_returns_end_lines_is_known_from_when_it_is_seen() {
    let lines = |end: &str| (0..2500).map(|nth| format!("2026-11-22 10:00:00 line {nth}{end}")).collect::<String>();
    let file = Sparse(vec![(
        0,
        [lines("\n"), lines("\r\n"), lines("\r")[..2000].to_owned(), lines("\n")[..2000].to_owned()]
            .concat()
            .into_bytes(),
    )]);
    let mut log = log_at(&file, &[u64::MAX]);
    assert_eq!(log.tail().format().line_end, LineEnd::LfOrCr);
    file.rows(&mut log, 0);
    assert_eq!(log.tail().format().line_end, LineEnd::LfOrCr);
    for encoding in [Some(Encoding::Windows1252), Some(Encoding::Utf16Le), Some(Encoding::Utf8), None] {
        log.set_encoding(encoding);
        let is_wide = encoding == Some(Encoding::Utf16Le);
        assert_eq!(log.tail().format().line_end == LineEnd::LfOrCr, !is_wide, "{encoding:?}");
    }
}

#[test]
fn line_ends_that_a_block_cuts_count_once() {
    let ends = ["\n", "\r", "\r\n"];
    let sought =
        SearchQuery { pattern: Some(Pattern::regex("^2026.*line [0-9]*$").unwrap()), ..SearchQuery::default() };
    for shift in 0..90 {
        let line = |nth: usize| format!("2026-11-22 10:00:00 line {nth:04}{}", ends[nth % 3]);
        let first = format!("2026-11-22 10:00:00 {}\n", "x".repeat(shift));
        let file = [first].into_iter().chain((1..5000).map(line)).collect::<String>().into_bytes();
        let starts: Vec<u64> = (1..5000)
            .scan(shift as u64 + 21, |at, nth| Some(std::mem::replace(at, *at + line(nth).len() as u64)))
            .collect();
        let mut log = Log::new("/s/stdout", NOW, 7);
        let mut numbers = Vec::new();
        for number in [1, 2183, 2184, 2185, 2186, 2187, 2188, 2189, 2190, 2300, 4999_usize] {
            let place = starts[number - 1];
            read_at(&mut log, &file, place);
            let lines = log.tail_mut().screen(place, 0, 1, RowKind::Lines).lines;
            numbers.push((lines[0].span.start == place, lines[0].is_part, lines[0].number == Some(number as u64 + 1)));
        }
        assert!(numbers.iter().all(|seen| *seen == (true, false, true)), "{shift}: {numbers:?}");
        let format = log.tail().format();
        assert_eq!(format.line_end, LineEnd::LfOrCr);
        let mut search = search_all(&file, &sought, format);
        assert_eq!(hits(&search), starts, "{shift}");
        let counts = search.counts();
        let is_right = |(block, lines): &(u64, u64)| {
            let ends = starts.iter().filter(|start| (block * WINDOW + 1..=(block + 1) * WINDOW).contains(start));
            ends.count() as u64 == *lines
        };
        assert!(!counts.is_empty() && counts.iter().all(is_right), "{shift}: {counts:?}");
    }
}

#[test]
fn a_line_end_of_which_half_was_written_counts_once() {
    let format = TextFormat { line_end: LineEnd::LfOrCr, ..TextFormat::default() };
    let sought = SearchQuery { pattern: Some(Pattern::regex("^[a-z]*$").unwrap()), ..SearchQuery::default() };
    for (first, rest, expected) in
        [("one\rtwo\r", "\nthree\n", vec![0, 4, 9]), ("one\rtwo\r", "three\n", vec![0, 4, 8])]
    {
        let mut search = search_all(first.as_bytes(), &sought, format);
        assert_eq!(hits(&search), [0, 4]);
        finish(&mut search, [first, rest].concat().as_bytes());
        assert_eq!(hits(&search), expected, "{rest:?}");
    }
}

#[test]
fn lines_behind_text_in_a_hole_that_was_leaped_over_keep_their_numbers() {
    let behind = "one more line of it\n".repeat(30 * WINDOW as usize / 20);
    let file = Sparse(vec![(30 << 20, b"lost\n".to_vec()), (30 << 20, behind.clone().into_bytes())]);
    let size = file.size();
    let number = |log: &mut Log| {
        file.rows(log, size - 1);
        let lines = log.tail_mut().screen(size - 1, 0, 1, RowKind::Lines).lines;
        lines[0].number
    };
    let last = behind.lines().count() as u64;
    // A search reads all of it, from the end on.
    let mut log = log_at(&file, &[0]);
    for block in (0..size / WINDOW).rev() {
        let reported = file.read(block * WINDOW, WINDOW);
        log.tail_mut().counted(block, reported.bytes.iter().filter(|byte| **byte == b'\n').count() as u64);
    }
    assert_eq!(number(&mut log), Some(last + 1));
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
    let lines = log.tail_mut().screen(place, 0, 1, RowKind::Lines).lines;
    assert_eq!((lines[0].number, lines[0].is_part), (Some(151), false));
    let sought =
        SearchQuery { pattern: Some(Pattern::regex("^2026.*line 1[0-9]0$").unwrap()), ..SearchQuery::default() };
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

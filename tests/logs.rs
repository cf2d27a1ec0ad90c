//! Files that are read, followed and searched at a time, with those that they were before, against files: whatever grows, is cut,
//! is rotated, fails or comes late, in the end just the files' bytes are shown, and just their lines found.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::files::WINDOW;
use mesoscope_core::files::bisect::TimeSearchResult;
use mesoscope_core::files::followed_file::{FileChange, FollowMode, ReadReply, RowKind};
use mesoscope_core::files::level::Level;
use mesoscope_core::files::lines::{Span, cut};
use mesoscope_core::files::log::{FileRequest, Log};
use mesoscope_core::files::pattern::Pattern;
use mesoscope_core::files::rotated_file::{RotatedFile, RotatedReadState, RotationFinder};
use mesoscope_core::files::search::Search;
use mesoscope_core::files::search_query::SearchQuery;
use mesoscope_core::files::text_format::TextFormat;
use mesoscope_tests::shared::log::{LevelReader, finish, utf16};
use proptest::prelude::*;

/// What happens to the files, and to who reads them.
#[derive(Clone, Debug)]
enum Happens {
    Grows(usize),
    IsCut,
    IsRotated,
    Jump(u64),
    Leave(bool),
    Seek(u8),
    Stop,
    Chain(bool),
    /// One of the questions that are out is put to a file; it may take several.
    Answer(usize),
    Fail(usize),
    Time(i64),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        4 => (0..150_000usize).prop_map(Happens::Grows),
        1 => Just(Happens::IsCut),
        1 => Just(Happens::IsRotated),
        3 => (0..600_000u64).prop_map(Happens::Jump),
        1 => any::<bool>().prop_map(Happens::Leave),
        2 => (0..4u8).prop_map(Happens::Seek),
        1 => Just(Happens::Stop),
        2 => any::<bool>().prop_map(Happens::Chain),
        12 => (0..8usize).prop_map(Happens::Answer),
        2 => (0..8usize).prop_map(Happens::Fail),
        4 => (0..3000i64).prop_map(Happens::Time),
    ]
}

/// A folder with a file and those that it was before, and its reader.
struct World {
    files: BTreeMap<String, Vec<u8>>,
    seed: u64,
    log: Log,
    out: Vec<FileRequest>,
    now: Timestamp,
    place: u64,
    is_chained: bool,
    /// The search was stopped, so that it finds not all.
    stopped: bool,
}

const NAME: &str = "/s/stdout";
/// Beginnings of lines, of which some name a level or are of a trace.
const WORDS: [&str; 9] = [
    "one two",
    "three",
    "    at some.place",
    "ERROR no",
    "INFO yes",
    "Traceback (most recent call last):",
    "  File \"a.py\", line 7",
    "Gone:",
    "java.io.IOException: closed",
];

impl World {
    fn new(seed: u64) -> Self {
        let now = Timestamp(0);
        let files = BTreeMap::from([(NAME.to_owned(), Vec::new())]);
        let log = Log::new(NAME, now, 7);
        Self { files, seed, log, out: Vec::new(), now, place: 0, is_chained: false, stopped: false }
    }

    fn file(&mut self) -> &mut Vec<u8> {
        self.files.entry(NAME.to_owned()).or_default()
    }

    fn lot(&mut self) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.seed >> 33
    }

    fn write(&mut self, length: usize) {
        let mut text = Vec::new();
        while text.len() < length {
            let lot = self.lot();
            let word = WORDS[(lot % WORDS.len() as u64) as usize];
            text.extend(format!("{word} {lot:x} {}\n", "x".repeat((lot >> 8) as usize % 90)).bytes());
        }
        text.truncate(length);
        self.file().extend(text);
    }

    /// What a reader has before him: the older files, if those are read too, and the file.
    fn whole(&self) -> Vec<u8> {
        let older = self.log.chain().older().iter().map(|part| &self.files[&part.path]);
        older.chain([&self.files[NAME]]).flatten().copied().collect()
    }

    fn happen(&mut self, what: &Happens) {
        match what {
            Happens::Grows(length) => self.write(*length),
            Happens::IsCut => {
                self.look();
                self.file().clear();
                self.look();
            }
            Happens::IsRotated => {
                self.look();
                for number in (0..5).rev() {
                    let from = if number == 0 { NAME.to_owned() } else { format!("{NAME}.{number}") };
                    if let Some(bytes) = self.files.remove(&from) {
                        self.files.insert(format!("{NAME}.{}", number + 1), bytes);
                    }
                }
                let length = self.lot() as usize % 5000;
                self.write(length);
                self.look();
            }
            Happens::Jump(place) => self.place = *place,
            Happens::Leave(is_left) => {
                self.log.set_scrolled_away(*is_left);
                self.log.tail_mut().set_pace(if *is_left { FollowMode::Look } else { FollowMode::Follow }, self.now);
            }
            Happens::Seek(what) => {
                let text = |text| SearchQuery { pattern: Some(Pattern::text(text)), ..SearchQuery::default() };
                let query = [
                    None,
                    Some(text("three")),
                    Some(SearchQuery { level: Some(Level::Error), context: Some(10), ..SearchQuery::default() }),
                    Some(SearchQuery { context: Some(0), ..text("e") }),
                ];
                self.log.seek(query[*what as usize].clone());
                self.stopped = false;
            }
            Happens::Stop => {
                self.log.stop();
                self.stopped |= self.log.search().is_some();
            }
            Happens::Chain(is_chained) => {
                self.is_chained = *is_chained;
                self.chain();
            }
            Happens::Answer(nth) => self.answer(*nth),
            Happens::Fail(nth) => {
                if let Some(ask) = self.take(*nth) {
                    self.reported(&ask, None);
                }
            }
            Happens::Time(millis) => self.now = self.now + Nanoseconds::from_millis(*millis),
        }
        self.ask();
    }

    fn chain(&mut self) {
        let mut siblings = RotationFinder::of(NAME);
        while let Some(path) = siblings.next() {
            siblings.answered(self.files.get(&path).map(|bytes| bytes.len() as u64));
        }
        let older = if self.is_chained { siblings.parts() } else { Vec::new() };
        self.log.set_chain(RotatedFile::new(NAME, older), self.now);
        self.stopped = false;
    }

    fn ask(&mut self) {
        while self.log.work() {}
        self.log.tail_mut().screen(self.place, 20, 40, RowKind::Lines);
        self.log.found(self.place, 20, 40);
        while let Some(ask) = self.log.next_ask(self.now) {
            assert!(self.out.len() < 30, "no end of questions");
            self.out.push(ask);
        }
        assert!(self.log.wake_at(self.now).is_none_or(|at| at > self.now), "a timer that is due asks something");
    }

    fn take(&mut self, nth: usize) -> Option<FileRequest> {
        (!self.out.is_empty()).then(|| self.out.remove(nth % self.out.len()))
    }

    fn answer(&mut self, nth: usize) {
        let Some(mut ask) = self.take(nth) else { return };
        let (path, offset, length) = ask.next_read();
        let Some(file) = self.files.get(path) else { return self.reported(&ask, None) };
        let from = (offset as usize).min(file.len());
        let to = (from + length.min(WINDOW) as usize).min(file.len());
        let reported = ReadReply { size: file.len() as u64, bytes: file[from..to].to_vec() };
        match ask.answered(reported) {
            RotatedReadState::More => self.out.insert(0, ask),
            whole => self.reported(&ask, Some(whole)),
        }
    }

    fn reported(&mut self, ask: &FileRequest, reported: Option<RotatedReadState>) {
        let is_current = self.log.is_current(ask);
        let change = self.log.answered(ask, reported, self.now);
        assert!(is_current || change == FileChange::None);
        if change == FileChange::Replaced {
            self.stopped = false;
            // As a reader of all that it was does, who looks for those again.
            if self.is_chained {
                self.chain();
            }
        }
    }

    fn pass(&mut self) {
        self.happen(&Happens::Time(3000));
        (0..12).for_each(|_| self.happen(&Happens::Answer(0)));
    }

    /// What is replaced before anybody looked is reported from what only grew by nothing that READ_FILE says.
    fn look(&mut self) {
        self.log.tail_mut().set_pace(FollowMode::Look, self.now);
        (0..6).for_each(|_| self.pass());
    }
}

fn line<'a>(whole: &'a [u8], span: &Span) -> &'a [u8] {
    &whole[span.start as usize..span.end as usize]
}

/// What a search must find, reported the slow way.
fn expected(whole: &[u8], query: &SearchQuery) -> Vec<u64> {
    let mut levels = LevelReader::default();
    let mut hits = Vec::new();
    for span in cut(0, whole, true) {
        let text = String::from_utf8_lossy(line(whole, &span)).into_owned();
        let level = levels.next((span.start, span.end), text.trim_end_matches(['\n', '\r']));
        let is_grave = query.level.is_none_or(|least| level.is_some_and(|level| level >= least));
        if is_grave && query.pattern.as_ref().is_none_or(|pattern| pattern.is_in(text.trim_end())) {
            hits.push(span.start);
        }
    }
    hits
}

fn hits(search: &Search) -> Vec<u64> {
    std::iter::successors(search.from(0), |hit| search.from(hit + 1)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rotated_files_converge_and_are_searched(all in prop::collection::vec(happens(), 1..50), seed in any::<u64>()) {
        let mut world = World::new(seed);
        all.iter().for_each(|what| world.happen(what));
        (0..40).for_each(|_| world.pass());
        let whole = world.whole();
        prop_assert_eq!(world.log.size(), Some(whole.len() as u64));
        let spans = cut(0, &whole, true);
        let place = world.place.min(whole.len() as u64);
        let here = spans.partition_point(|span| span.end <= place);
        let screen = world.log.tail_mut().screen(world.place, 20, 40, RowKind::Lines);
        prop_assert!(!screen.is_partial);
        let shown: Vec<(Span, &[u8])> = screen.lines.iter().map(|line| (line.span, line.bytes.as_slice())).collect();
        let due = &spans[here.saturating_sub(20)..(here + 40).min(spans.len())];
        prop_assert_eq!(shown, due.iter().map(|span| (*span, line(&whole, span))).collect::<Vec<_>>());
        // The same as a lane of a stream, which says what is missing on either side.
        let lane = world.log.merge_input(world.place, (20, 40), true);
        prop_assert_eq!(lane.lines.iter().map(|line| line.span).collect::<Vec<_>>(), due.to_vec());
        prop_assert_eq!((lane.more_above, lane.more_below), (here > 20, here + 40 < spans.len()));
        let end = world.log.merge_input(u64::MAX, (20, 0), true);
        prop_assert!(!end.more_below, "nothing comes behind the end");
        let failed = world.log.merge_input(world.place, (20, 40), false);
        prop_assert!(!failed.more_above && !failed.more_below, "nobody waits for one that fails");
        if let Some(search) = world.log.search() {
            prop_assert!(search.is_done());
            let expected = expected(&whole, search.query());
            let stopped = world.stopped;
            if stopped {
                prop_assert!(hits(search).iter().all(|hit| expected.contains(hit)));
            } else {
                prop_assert_eq!(hits(search), expected);
            }
            // Once all is searched, each line that is kept has its number.
            let found = world.log.found(world.place, 20, 40).unwrap_or_default();
            let (lane, beside) = world.log.merge_input_of_found(world.place, (20, 40), true);
            prop_assert_eq!(lane.lines.iter().map(|line| line.span.start).collect::<Vec<_>>(), found.lines.iter().map(|(start, _)| *start).collect::<Vec<_>>());
            prop_assert!(beside.iter().all(|start| found.lines.iter().any(|(at, kept)| at == start && !kept.is_hit)));
            prop_assert_eq!(beside.len(), found.lines.iter().filter(|(_, kept)| !kept.is_hit).count());
            for (start, kept) in found.lines.iter().filter(|_| !stopped) {
                let lines = whole[..*start as usize].iter().filter(|byte| **byte == b'\n').count() as u64;
                prop_assert_eq!(kept.number, Some(lines + 1), "the line at {}", start);
            }
        }
    }

    /// A search that finds far more than is kept: wherever the reader goes, what is there is shown, and what comes is.
    #[test]
    fn evicted_hits_are_found_again(
        seed in any::<u64>(), level in any::<bool>(), context in 0..4usize, places in prop::collection::vec((0..700_000u64, 0..30_000usize), 1..12),
    ) {
        let mut world = World::new(seed);
        world.write(500_000);
        let query = match level {
            true => SearchQuery { level: Some(Level::Info), ..SearchQuery::default() },
            false => SearchQuery { pattern: Some(Pattern::text("three")), ..SearchQuery::default() },
        };
        let beside = [0, 1, 2, 10][context];
        let mut search = Search::new(query.clone(), beside, world.file().len() as u64, TextFormat::default());
        search.keep_at_most(60_000);
        for (place, growth) in places {
            world.write(growth);
            search.grow(world.file().len() as u64);
            let place = if place > 600_000 { u64::MAX } else { place };
            let count = 30;
            let mut found = search.around(place, count, count);
            for step in 0.. {
                prop_assert!(step < 2000, "it comes to an end");
                let probes: Vec<_> = std::iter::from_fn(|| search.next_read()).collect();
                let is_quiet = probes.is_empty();
                for probe in probes {
                    let file = world.file();
                    let (from, size) = ((probe.offset as usize).min(file.len()), file.len());
                    let bytes = file[from..(from + probe.length as usize).min(size)].to_vec();
                    search.answered(probe, Some(ReadReply { size: size as u64, bytes }));
                }
                while search.work() {}
                found = search.around(place, count, count);
                if is_quiet && !found.more_above && !found.more_below {
                    break;
                }
            }
            let whole = world.whole();
            let all = expected(&whole, &query);
            prop_assert_eq!(hits(&search), all.clone());
            let spans = cut(0, &whole, true);
            let is_near = |nth: usize| {
                let near = nth.saturating_sub(beside)..=(nth + beside).min(spans.len() - 1);
                near.into_iter().any(|nth| all.binary_search(&spans[nth].start).is_ok())
            };
            let kept: Vec<&Span> = spans.iter().enumerate().filter(|(nth, _)| is_near(*nth)).map(|(_, span)| span).collect();
            let here = kept.partition_point(|span| span.start < place);
            let starts: Vec<u64> = found.lines.iter().map(|(start, _)| *start).collect();
            prop_assert_eq!(starts, kept[here.saturating_sub(count)..(here + count).min(kept.len())].iter().map(|span| span.start).collect::<Vec<_>>());
            let due: Vec<(u64, &[u8])> = kept[here.saturating_sub(count)..(here + count).min(kept.len())].iter().map(|span| (span.start, line(&whole, span))).collect();
            let shown: Vec<(u64, &[u8])> = found.lines.iter().map(|(start, kept)| (*start, kept.bytes.as_slice())).collect();
            prop_assert!(shown == due, "each is whole");
        }
    }
}

#[test]
fn a_filtered_log_goes_on_once_it_is_full() {
    let mut world = World::new(3);
    let log = |nth: usize| {
        format!("2026-11-22T00:08:20Z INFO line {nth} of many that are all found {}\n", "x".repeat(200)).into_bytes()
    };
    (0..40_000).for_each(|nth| world.file().extend(log(nth)));
    world.happen(&Happens::Jump(u64::MAX));
    world.log.seek(Some(SearchQuery { level: Some(Level::Info), ..SearchQuery::default() }));
    world.happen(&Happens::Leave(false));
    for _ in 0..60 {
        world.pass();
    }
    assert!(world.log.search().unwrap().is_done() && world.file().len() > 9_000_000);
    world.file().extend(b"INFO the last line\n");
    (0..3).for_each(|_| world.pass());
    let found = world.log.found(u64::MAX, 10, 0).unwrap();
    assert_eq!(found.lines.len(), 10);
    assert_eq!(found.lines[9].1.bytes, b"INFO the last line\n");
}

#[test]
fn a_trace_belongs_to_the_line_above_it() {
    let text = "2026-11-22 00:08:20 INFO fine\n  more of it\n2026-11-22 00:08:21 ERROR bad\njava.lang.NullPointerException\n    at A.b(A.java:7)\n2026-11-22 00:08:22 no level here\nW1122 00:08:20.123456 1 a.cpp:1] careful\nand why\n";
    let found = |level| {
        let mut search = Search::new(
            SearchQuery { level: Some(level), ..SearchQuery::default() },
            0,
            text.len() as u64,
            TextFormat::default(),
        );
        let probe = search.next_read().unwrap();
        search.answered(probe, Some(ReadReply { size: text.len() as u64, bytes: text.into() }));
        while search.work() {}
        search
            .around(0, 0, 100)
            .lines
            .into_iter()
            .map(|(_, kept)| String::from_utf8(kept.bytes).unwrap())
            .collect::<String>()
    };
    assert_eq!(
        found(Level::Error),
        "2026-11-22 00:08:21 ERROR bad\njava.lang.NullPointerException\n    at A.b(A.java:7)\n"
    );
    assert!(found(Level::Warn).ends_with("W1122 00:08:20.123456 1 a.cpp:1] careful\nand why\n"));
    assert!(!found(Level::Info).contains("no level"));
}

#[test]
fn a_trace_is_an_error_with_all_its_lines_and_no_others() {
    let trace =
        "Traceback (most recent call last):\n  File \"/app/x.py\", line 7, in f\n    g()\nrequests.Timeout: slow\n";
    let stack = "\tat a.B.c(B.java:7)\n".repeat(4_000);
    let overflow = format!("Exception in thread \"main\" java.lang.StackOverflowError\n{stack}");
    let text = format!("I1122 00:08:20.123456 1 a.cpp:1] fine\n{trace}plain\nready\n{overflow}done\n");
    let mut search = Search::new(
        SearchQuery { level: Some(Level::Error), ..SearchQuery::default() },
        0,
        text.len() as u64,
        TextFormat::default(),
    );
    finish(&mut search, text.as_bytes());
    let found: String =
        hits(&search).into_iter().map(|start| text[start as usize..].split_inclusive('\n').next().unwrap()).collect();
    assert!(found == format!("{trace}{overflow}"), "{}", &found[..found.len().min(400)]);
}

#[test]
fn a_time_that_cannot_be_looked_for_is_given_up_without_haste() {
    let mut world = World::new(1);
    world.write(300_000);
    world.pass();
    world.log.find_time(Timestamp(0), world.now);
    world.ask();
    let mut asked = 0;
    for _ in 0..2000 {
        // All that is about the time fails; the rest is answered.
        let before = world.log.finding().map(|(_, asked)| asked);
        world.happen(&Happens::Time(50));
        asked += u32::from(world.log.finding().map(|(_, asked)| asked) != before);
        while !world.out.is_empty() {
            let ask = world.out.remove(0);
            world.reported(&ask, None);
        }
    }
    assert_eq!(world.log.time_found(), Some(TimeSearchResult::Unread));
    assert!(asked < 10, "{asked}");
}

#[test]
fn a_time_is_looked_for_once_the_file_is_known() {
    let mut world = World::new(1);
    world.file().extend(b"2026-11-22 00:08:20 a\n2026-11-22 00:08:30 b\n");
    world.log.find_time(Timestamp(1_795_306_105 * 1_000_000_000), Timestamp(1_795_306_105 * 1_000_000_000));
    (0..3).for_each(|_| world.pass());
    assert_eq!(world.log.time_found(), Some(TimeSearchResult::At(22)));
    assert_eq!(world.log.time_found(), None, "told once");
}

/// All that a log asks is answered, and nobody looks at its lines.
fn answer_unseen(world: &mut World) {
    for _ in 0..20 {
        world.out.extend(std::iter::from_fn(|| world.log.next_ask(world.now)));
        while !world.out.is_empty() {
            world.answer(0);
        }
        while world.log.work() {}
        world.now = world.now + Nanoseconds::from_millis(300);
    }
}

#[test]
fn text_of_any_encoding_is_searched_before_anybody_looks_at_it() {
    let line = |nth: usize| {
        let level = if nth.is_multiple_of(100) { "ERROR" } else { "INFO" };
        format!("2026-11-22 00:{:02}:{:02} {level} line {nth}\n", nth / 60 % 60, nth % 60)
    };
    for (count, is_big) in [(300, false), (300, true), (3000, false), (2500, true)] {
        let mut world = World::new(1);
        let text: String = (0..count).map(line).collect();
        *world.file() = utf16(&text, is_big, false);
        world.log.seek(Some(SearchQuery { level: Some(Level::Error), ..SearchQuery::default() }));
        answer_unseen(&mut world);
        let search = world.log.search().unwrap();
        assert_eq!((search.is_done(), hits(search).len()), (true, count / 100), "{count} {is_big}");

        let mut world = World::new(1);
        *world.file() = utf16(&text, is_big, false);
        let at = Timestamp((1_795_305_600 + 200) * 1_000_000_000);
        world.log.find_time(at, at);
        answer_unseen(&mut world);
        let before: String = (0..200).map(line).collect();
        let expected = TimeSearchResult::At(2 * before.len() as u64);
        assert_eq!(world.log.time_found(), Some(expected), "{count} {is_big}");
    }
}

#[test]
fn what_came_since_the_reader_left_is_reported() {
    use Happens::{Grows, IsRotated, Leave};
    let mut world = World::new(1);
    // He came by an address, and never was at the end.
    world.log.set_scrolled_away(true);
    world.happen(&Grows(1000));
    world.pass();
    assert_eq!(world.log.unseen_bytes(), 0);
    world.happen(&Grows(500));
    world.pass();
    assert_eq!(world.log.unseen_bytes(), 500);
    world.happen(&IsRotated);
    assert_eq!(world.log.unseen_bytes(), world.file().len() as u64, "all of another file is new");
    assert!(world.log.replaced().is_some());
    world.happen(&Leave(false));
    assert_eq!(world.log.unseen_bytes(), 0);
}

#[test]
fn a_search_of_a_file_that_is_always_written_to_asks_no_more_than_polls_tell() {
    let mut world = World::new(3);
    world.happen(&Happens::Grows(300_000));
    world.look();
    world.happen(&Happens::Seek(1));
    let mut questions = 0;
    // Each answer takes 50 ms, in which something is written.
    for _ in 0..400 {
        [Happens::Grows(20), Happens::Time(50)].iter().for_each(|what| world.happen(what));
        questions += world.out.len();
        while !world.out.is_empty() {
            world.answer(0);
        }
    }
    assert!(world.log.search().is_some_and(|search| !search.is_going()));
    assert!(questions < 60, "{questions} questions in 20 s");
}

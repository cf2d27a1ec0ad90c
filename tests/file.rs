//! Files by windows, against files: whatever grows, is cut, is rotated, fails or comes late, in the end just the file's bytes
//! are shown, and a search finds just the lines that are there.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;

use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::files::WINDOW;
use mesoscope_core::files::answer::reported as answer;
use mesoscope_core::files::bisect::{Bisect, TimeSearchResult};
use mesoscope_core::files::entry::{DirEntry, permissions};
use mesoscope_core::files::followed_file::{FollowMode, FollowedFile, Line, ReadReply, RowKind, WindowRead};
use mesoscope_core::files::hex::is_binary;
use mesoscope_core::files::lines::cut;
use mesoscope_core::files::listing_parser::ListingParser;
use mesoscope_core::files::pattern::Pattern;
use mesoscope_core::files::search::Search;
use mesoscope_core::files::search_query::SearchQuery;
use mesoscope_core::files::styled_line::plain;
use mesoscope_core::files::text_format::TextFormat;
use proptest::prelude::*;

/// What happens to a file, and to who reads it.
#[derive(Clone, Debug)]
enum Happens {
    Grows(usize),
    IsCut(usize),
    /// Another is there, of that length.
    IsRotated(usize),
    Jump(u64),
    Follow(bool),
    Pause,
    /// One of the questions that are out is read, and its answer is on its way.
    Reads(usize),
    /// The answer to one of the questions that are out.
    Answer(usize),
    Fail(usize),
    Time(i64),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        3 => (0..200_000usize).prop_map(Happens::Grows),
        1 => (0..300_000usize).prop_map(Happens::IsCut),
        1 => (0..300_000usize).prop_map(Happens::IsRotated),
        3 => (0..500_000u64).prop_map(Happens::Jump),
        1 => any::<bool>().prop_map(Happens::Follow),
        1 => Just(Happens::Pause),
        2 => (0..3usize).prop_map(Happens::Reads),
        8 => (0..3usize).prop_map(Happens::Answer),
        1 => (0..3usize).prop_map(Happens::Fail),
        4 => (0..3000i64).prop_map(Happens::Time),
    ]
}

struct World {
    file: Vec<u8>,
    seed: u64,
    tail: FollowedFile,
    out: Vec<(WindowRead, Option<ReadReply>)>,
    now: Timestamp,
    place: u64,
    /// Whether the file only ever grew.
    steady: bool,
}

impl World {
    fn new() -> Self {
        let now = Timestamp(0);
        Self {
            file: Vec::new(),
            seed: 1,
            tail: FollowedFile::new(now, 7),
            out: Vec::new(),
            now,
            place: 0,
            steady: true,
        }
    }

    fn write(&mut self, length: usize) {
        let end = self.file.len() + length;
        while self.file.len() < end {
            self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let long = if self.seed >> 60 == 0 { 9000 } else { (self.seed >> 33) as usize % 120 };
            self.file.extend(format!("{:016x} ", self.seed).bytes().cycle().take(long));
            self.file.push(b'\n');
        }
        self.file.truncate(end);
    }

    fn happen(&mut self, what: &Happens) {
        match what {
            Happens::Grows(length) => self.write(*length),
            Happens::IsCut(length) => {
                self.steady &= *length >= self.file.len();
                self.file.truncate(*length);
                self.look();
            }
            Happens::IsRotated(length) => {
                self.steady = false;
                self.file.clear();
                self.write(*length);
                self.look();
            }
            Happens::Jump(place) => self.place = *place,
            Happens::Follow(true) => self.tail.set_pace(FollowMode::Follow, self.now),
            Happens::Follow(false) => self.tail.set_pace(FollowMode::Look, self.now),
            Happens::Pause => self.tail.set_pace(FollowMode::Paused, self.now),
            Happens::Reads(nth) => {
                let count = self.out.len().max(1);
                if let Some((read, answer)) = self.out.get_mut(nth % count) {
                    answer.get_or_insert_with(|| reported(&self.file, read.offset, read.length));
                }
            }
            Happens::Answer(nth) => self.answer(*nth),
            Happens::Fail(nth) => {
                if let Some((read, _)) = self.take(*nth) {
                    self.tail.answered(read, None, self.now);
                }
            }
            Happens::Time(millis) => self.now = self.now + Nanoseconds::from_millis(*millis),
        }
        while let Some(read) = self.tail.next_read(self.now) {
            assert!(read.length <= WINDOW);
            self.out.push((read, None));
        }
        let lines = self.tail.screen(self.place, 20, 40, RowKind::Lines).lines;
        while let Some(read) = self.tail.next_read(self.now) {
            self.out.push((read, None));
        }
        assert!(self.tail.wake_at().is_none_or(|at| at > self.now), "a timer that is due asks something");
        assert!(self.tail.held() <= 97 * WINDOW as usize);
        assert!(!self.steady || lines.iter().all(|line| self.is_true(line)), "what is shown stands in the file");
    }

    fn is_true(&self, line: &Line) -> bool {
        self.file.get(line.span.start as usize..line.span.end as usize) == Some(&line.bytes)
    }

    fn take(&mut self, nth: usize) -> Option<(WindowRead, Option<ReadReply>)> {
        (!self.out.is_empty()).then(|| self.out.remove(nth % self.out.len()))
    }

    fn answer(&mut self, nth: usize) {
        if let Some((read, answer)) = self.take(nth) {
            let reported = answer.unwrap_or_else(|| reported(&self.file, read.offset, read.length));
            self.tail.answered(read, Some(reported), self.now);
        }
    }

    fn pass(&mut self) {
        self.happen(&Happens::Time(3000));
        (0..4).for_each(|_| self.answer(0));
    }

    /// Cut and grown past its old length, or replaced twice by as much, before anybody looked, it would be as if it only grew:
    /// READ_FILE tells no file from another.
    fn look(&mut self) {
        self.tail.set_pace(FollowMode::Look, self.now);
        (0..4).for_each(|_| self.pass());
    }

    /// Nothing more happens, and time passes.
    fn settle(&mut self) {
        self.tail.set_pace(FollowMode::Look, self.now);
        (0..60).for_each(|_| self.pass());
    }
}

fn reported(file: &[u8], offset: u64, length: u64) -> ReadReply {
    let from = (offset as usize).min(file.len());
    let to = (from + length.min(WINDOW) as usize).min(file.len());
    ReadReply { size: file.len() as u64, bytes: file[from..to].to_vec() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_screen_converges_to_the_files_bytes(all in prop::collection::vec(happens(), 1..60)) {
        let mut world = World::new();
        all.iter().for_each(|what| world.happen(what));
        world.settle();
        let screen = world.tail.screen(world.place, 20, 40, RowKind::Lines);
        prop_assert_eq!(world.tail.size(), Some(world.file.len() as u64));
        prop_assert!(!screen.is_partial);
        let whole = cut(0, &world.file, true);
        let place = world.place.min(world.file.len() as u64);
        let here = whole.partition_point(|span| span.end <= place);
        let expected = &whole[here.saturating_sub(20)..(here + 40).min(whole.len())];
        let spans: Vec<_> = screen.lines.iter().map(|line| line.span).collect();
        prop_assert_eq!(spans.as_slice(), expected);
        prop_assert!(screen.lines.iter().all(|line| world.is_true(line)));
        prop_assert_eq!(screen.at, here.min(20));
        for line in screen.lines.iter().filter(|line| line.number.is_some()) {
            let before = world.file[..line.span.start as usize].iter().filter(|byte| **byte == b'\n').count() as u64;
            prop_assert_eq!(line.number, Some(before + 1));
        }
    }

    #[test]
    fn a_search_finds_the_lines_that_are_there(
        lengths in prop::collection::vec(0..120_000usize, 1..6), seed in any::<u64>(), order in prop::collection::vec(0..6usize, 40),
        level in any::<bool>(),
    ) {
        let mut world = World::new();
        world.seed = seed;
        let mut order = order.into_iter().cycle();
        let sought = SearchQuery { pattern: Some(Pattern::regex("[0-4]a[0-9]b").unwrap()), ..SearchQuery::default() };
        let sought = if level { SearchQuery { pattern: Some(Pattern::text("ab")), ..sought } } else { sought };
        let mut search: Option<Search> = None;
        for length in lengths {
            world.write(length);
            let search = search.get_or_insert_with(|| Search::new(sought.clone(), 2, world.file.len() as u64, TextFormat::default()));
            search.grow(world.file.len() as u64);
            let mut out = Vec::new();
            loop {
                while let Some(read) = search.next_read() {
                    out.push(read);
                }
                if out.is_empty() {
                    break;
                }
                let nth = order.next().unwrap();
                let probe = out.remove(nth % out.len());
                search.answered(probe, (nth != 5).then(|| reported(&world.file, probe.offset, probe.length)));
                while search.work() {}
            }
            prop_assert!(search.is_done());
            prop_assert_eq!(search.progress().0, world.file.len() as u64);
            let whole = cut(0, &world.file, true);
            let mut expected = Vec::new();
            let mut start = 0;
            for line in world.file.split_inclusive(|byte| *byte == b'\n') {
                if sought.is_in(&plain(line)) {
                    expected.push(start);
                }
                start += line.len() as u64;
            }
            let line_of = |at: &u64| world.file[..*at as usize].iter().rposition(|byte| *byte == b'\n').map_or(0, |lf| lf as u64 + 1);
            let next = |hit: &u64| search.from(hit + 1);
            let found: Vec<u64> = std::iter::successors(search.from(0), next).collect();
            prop_assert_eq!(&found.iter().map(line_of).collect::<Vec<_>>(), &expected);
            prop_assert_eq!(search.found(), expected.len() as u64);
            let ranks: Vec<Option<u64>> = found.iter().map(|hit| search.rank(*hit)).collect();
            prop_assert_eq!(ranks, (1..=found.len() as u64).map(Some).collect::<Vec<_>>());
            for (start, line) in search.around(0, 0, usize::MAX).lines {
                prop_assert!(whole.iter().any(|span| (span.start, span.end) == (start, line.end)));
                prop_assert_eq!(line.is_hit, expected.contains(&line_of(&start)), "the row at {} to {}, of the line at {}; hits {:?} in a file of {}", start, line.end, line_of(&start), found, world.file.len());
            }
        }
    }

    #[test]
    fn a_time_is_found_by_binary_search(lines in 1..20_000i64, sought in -10..20_010i64, dark in 0..20_000i64) {
        let mut file = Vec::new();
        let mut expected = None;
        for nth in 0..lines {
            let at = file.len() as u64;
            // Some lines in the middle have no time.
            if nth > dark && nth < dark + 30 {
                file.extend_from_slice(b"    at some.place(Some.java:7)\n");
                continue;
            }
            if nth >= sought {
                expected.get_or_insert(at);
            }
            let (hours, minutes, seconds) = (nth / 3600, nth / 60 % 60, nth % 60);
            file.extend(format!("2026-11-22T{hours:02}:{minutes:02}:{seconds:02}Z words and more words\n").bytes());
        }
        let midnight = 1_795_305_600;
        let mut bisect = Bisect::new(Timestamp((midnight + sought) * 1_000_000_000), file.len() as u64, Timestamp(midnight * 1_000_000_000));
        let mut questions = 0;
        while let Some(offset) = bisect.next_read() {
            questions += 1;
            prop_assert!(questions < 60);
            let reported = reported(&file, offset, WINDOW);
            bisect.answered(&reported.bytes, reported.size);
        }
        prop_assert_eq!(bisect.found(), Some(TimeSearchResult::At(expected.unwrap_or(file.len() as u64))));
    }
}

#[test]
fn a_file_of_ten_gigabytes_opens_at_its_end_with_three_questions() {
    let size = 10_u64 << 30;
    let mut tail = FollowedFile::new(Timestamp(0), 1);
    let mut now = Timestamp(0);
    let mut questions = 0;
    for _ in 0..10 {
        while let Some(read) = tail.next_read(now) {
            questions += 1;
            let to = (read.offset + read.length).min(size);
            let bytes = (read.offset..to).map(|at| if at % 80 == 79 { b'\n' } else { b'x' }).collect();
            tail.answered(read, Some(ReadReply { size, bytes }), now);
        }
        let screen = tail.screen(u64::MAX, 60, 60, RowKind::Lines);
        if !screen.is_partial && !screen.lines.is_empty() {
            assert_eq!((screen.lines.len(), screen.at, screen.lines[59].span.end), (60, 60, size));
            assert!(questions <= 3, "{questions}");
            return;
        }
        now = now + Nanoseconds::from_millis(1);
    }
    panic!("nothing was shown");
}

/// The body of a recorded exchange's answer.
fn recorded(name: &str) -> String {
    let path = mesoscope_tests::data("recorded").join(name);
    let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    text.split_once("<<< RESPONSE")
        .unwrap()
        .1
        .split_once("\r\n\r\n")
        .unwrap()
        .1
        .trim_end_matches(['\r', '\n'])
        .to_owned()
}

/// What LIST_FILES reported, in order.
fn listed(body: &str) -> Vec<DirEntry> {
    let mut gathering = ListingParser::default();
    body.as_bytes().chunks(100).for_each(|piece| gathering.feed(piece));
    gathering.finish().unwrap().into_entries()
}

#[test]
fn what_a_real_agent_reported_of_a_sandbox() {
    let entries = listed(&recorded("agent-files/002-LIST-sandbox.txt"));
    let reported: Vec<_> = entries
        .iter()
        .map(|entry| (entry.name.as_str(), permissions(entry.mode()), entry.size, entry.owner.as_str()))
        .collect();
    assert_eq!(reported[0], ("d", "drwxr-xr-x".to_owned(), reported[0].2, "root"), "folders first");
    assert!(reported.contains(&("big.txt", "-rw-r--r--".to_owned(), 200_000, "root")));
    assert!(reported.contains(&("stdout", "-rw-r--r--".to_owned(), 10, "root")));
    assert_eq!(listed(&recorded("agent-files/011-LIST-a-file.txt")), []);
}

#[test]
fn recorded_file_answers_are_read() {
    let read = |name: &str| answer(&recorded(&format!("agent-files/{name}"))).unwrap();
    assert_eq!(read("014-READ-stdout.txt"), ReadReply { size: 10, bytes: b"alpha-out\n".to_vec() });
    assert_eq!(read("015-READ-stdout-len3-off2.txt").bytes, b"pha");
    assert_eq!(read("017-READ-stdout-beyond.txt"), ReadReply { size: 10, bytes: Vec::new() });
    assert!(is_binary(&read("019-READ-bin.txt").bytes));
    let big = read("022-READ-big-nolength.txt");
    assert_eq!((big.size, big.bytes.len() as u64), (200_000, WINDOW));
    let log = answer(&recorded("master-files/009-READ-log-nolength.txt")).unwrap();
    let text = String::from_utf8_lossy(&log.bytes).into_owned();
    assert!(
        text.lines().filter(|line| mesoscope_core::files::level::Glog::parse(line).is_some()).count() > 3,
        "{text}"
    );
}

#[test]
fn what_is_missing_above_a_border_of_blocks_is_asked_for() {
    use Happens::{Answer, Grows, Jump, Time};
    let mut world = World::new();
    // The last block alone is held when a reader goes to where it begins: the lines above are in the one before.
    let all = [Grows(5 * 65_536), Jump(5 * WINDOW), Time(779), Answer(0), Jump(0), Answer(1), Jump(4 * WINDOW)];
    all.iter().for_each(|what| world.happen(what));
    world.settle();
    let screen = world.tail.screen(world.place, 20, 40, RowKind::Lines);
    assert!(!screen.is_partial);
    assert_eq!(screen.at, 20);
}

#[test]
fn lines_of_glog_are_found_by_their_source() {
    let sought = SearchQuery { source: "master.cpp".into(), ..SearchQuery::default() };
    let grave = SearchQuery { level: Some(mesoscope_core::files::level::Level::Warn), ..sought.clone() };
    let of = |level: char, source: &str| format!("{level}1122 00:08:20.123456  1 {source}] Agent is master.cpp:1]");
    assert!(sought.is_in(&of('I', "master.cpp:1103")) && sought.is_in(&of('W', "master.cpp:7")));
    assert!(!sought.is_in(&of('I', "slave.cpp:1103")) && !sought.is_in("master.cpp:1103] words"));
    assert!(grave.is_in(&of('W', "master.cpp:7")) && !grave.is_in(&of('I', "master.cpp:7")));
}

#[test]
fn an_answer_that_was_overtaken_cuts_no_file() {
    use Happens::{Answer, Follow, Grows, Reads, Time};
    let mut world = World::new();
    let all = [Grows(300_000), Follow(true), Time(3000), Answer(0), Time(3000), Reads(0), Grows(300_000), Answer(1)];
    all.iter().for_each(|what| world.happen(what));
    let (read, answer) = world.take(0).unwrap();
    assert!(world.tail.size() > answer.as_ref().map(|reported| reported.size), "a later answer told more");
    assert_ne!(
        world.tail.answered(read, answer, world.now),
        mesoscope_core::files::followed_file::FileChange::Replaced
    );
    world.settle();
    assert_eq!(world.tail.size(), Some(600_000));
}

#[test]
fn a_paused_file_whose_agent_is_away_is_left_alone() {
    use Happens::{Fail, Follow, Grows, Pause, Time};
    let mut world = World::new();
    // It is paused while a question fails: nothing is asked again, so nothing is waited for.
    let all = [
        Grows(1000),
        Follow(true),
        Time(3000),
        Happens::Answer(0),
        Happens::Answer(0),
        Time(3000),
        Pause,
        Fail(0),
        Time(3000),
    ];
    all.iter().for_each(|what| world.happen(what));
    assert_eq!((world.out.len(), world.tail.wake_at(), world.tail.retry_at()), (0, None, None));
    world.happen(&Follow(true));
    assert_eq!(world.out.len(), 1);
}

#[test]
fn after_a_large_burst_one_question_brings_what_is_added() {
    use Happens::{Answer, Follow, Grows, Jump, Time};
    let mut world = World::new();
    let all = [Jump(u64::MAX), Grows(1000), Follow(true), Time(3000), Answer(0), Answer(0), Answer(0), Grows(300_000)];
    all.iter().for_each(|what| world.happen(what));
    (0..6).for_each(|_| world.pass());
    assert!(world.out.is_empty() || world.out.iter().all(|(_, answer)| answer.is_none()));
    while !world.out.is_empty() {
        world.happen(&Answer(0));
    }
    world.happen(&Grows(500));
    world.happen(&Time(5000));
    assert_eq!(world.out.len(), 1);
    world.happen(&Answer(0));
    assert_eq!(world.tail.size(), Some(301_500));
    assert!(!world.tail.screen(u64::MAX, 20, 40, RowKind::Lines).is_partial, "the poll itself brought it");
}

/// Polls of a file in so many seconds, each answered after 5 ms; all else is answered at once.
fn polls(world: &mut World, seconds: i64) -> usize {
    let (until, mut polls) = (world.now + Nanoseconds::from_secs(seconds), 0);
    while world.now < until {
        world.happen(&Happens::Time(5));
        polls += world.out.iter().filter(|(read, _)| read.is_poll()).count();
        (0..3).for_each(|_| world.answer(0));
    }
    polls
}

#[test]
fn an_idle_file_is_polled_less_and_less_often_and_at_once_more_often_when_it_grows() {
    use Happens::{Follow, Grows, Jump};
    let mut world = World::new();
    [Jump(u64::MAX), Grows(1000), Follow(true)].iter().for_each(|what| world.happen(what));
    assert!((3..=5).contains(&polls(&mut world, 1)), "a file that has just been opened");
    polls(&mut world, 60);
    assert_eq!(polls(&mut world, 60), 12, "once in five seconds");
    world.happen(&Grows(10));
    polls(&mut world, 5);
    assert_eq!(world.tail.size(), Some(1010));
    for _ in 0..5 {
        world.happen(&Grows(10));
        polls(&mut world, 1);
    }
    assert!((3..=4).contains(&polls(&mut world, 1)), "it has grown just now");
    world.tail.set_pace(FollowMode::Hidden, world.now);
    polls(&mut world, 30);
    assert_eq!(polls(&mut world, 60), 2, "nobody sees it");
    world.happen(&Grows(10));
    world.happen(&Follow(true));
    polls(&mut world, 1);
    assert_eq!(world.tail.size(), Some(1070), "it is read at once when it is seen again");
    // A file that grows all the time, read elsewhere than at its end.
    world.happen(&Follow(false));
    let all: usize = (0..20)
        .map(|_| {
            world.happen(&Grows(10));
            polls(&mut world, 1)
        })
        .sum();
    assert!((9..=11).contains(&all), "{all} polls in 20 s");
}

#[test]
fn a_paused_file_shows_nothing_that_was_added_since() {
    use Happens::{Answer, Follow, Grows, Jump, Pause, Reads, Time};
    let mut world = World::new();
    let shown = |world: &mut World| {
        let lines = world.tail.screen(u64::MAX, 20, 0, RowKind::Lines).lines;
        lines.into_iter().map(|line| (line.span.start, line.span.end)).collect::<Vec<_>>()
    };
    [Jump(u64::MAX), Grows(200_000), Follow(true)].iter().for_each(|what| world.happen(what));
    polls(&mut world, 10);
    let (size, lines) = (world.tail.size(), shown(&mut world));
    assert_eq!((size, lines.len()), (Some(200_000), 20));
    // A poll is out that has read what was added, and the screen asks for more of the file.
    world.happen(&Grows(5000));
    world.happen(&Time(5000));
    [Reads(0), Pause, Jump(100_000)].iter().for_each(|what| world.happen(what));
    assert!(world.out.len() > 1);
    while !world.out.is_empty() {
        world.happen(&Answer(0));
    }
    world.happen(&Jump(u64::MAX));
    assert_eq!((world.tail.size(), shown(&mut world)), (size, lines), "neither by the poll nor by other answers");
    world.happen(&Follow(true));
    polls(&mut world, 1);
    assert_eq!(world.tail.size(), Some(205_000));
    assert!(!world.tail.screen(u64::MAX, 20, 0, RowKind::Lines).is_partial);
}

#[test]
fn a_file_that_is_paused_before_its_last_bytes_came_ends_where_its_end_was_shown() {
    use Happens::{Answer, Follow, Grows, Jump, Pause, Time};
    let mut world = World::new();
    [Jump(u64::MAX), Grows(100_000), Follow(true)].iter().for_each(|what| world.happen(what));
    polls(&mut world, 10);
    world.happen(&Grows(400_000));
    // The poll tells how long it is by now, and brings little of that.
    [Time(5000), Answer(0)].iter().for_each(|what| world.happen(what));
    assert_eq!(world.tail.size(), Some(500_000));
    let lines = world.tail.screen(u64::MAX, 20, 0, RowKind::Lines).lines;
    world.happen(&Pause);
    while !world.out.is_empty() {
        world.happen(&Answer(0));
    }
    assert_eq!(world.tail.screen(u64::MAX, 20, 0, RowKind::Lines).lines, lines);
    world.happen(&Follow(true));
    polls(&mut world, 5);
    assert_eq!(world.tail.screen(u64::MAX, 20, 0, RowKind::Lines).lines.last().unwrap().span.end, 500_000);
}

#[test]
fn the_end_of_a_file_that_is_always_written_to_is_held_between_two_polls() {
    use Happens::{Follow, Grows, Jump};
    let mut world = World::new();
    [Jump(300_000), Grows(300_000), Follow(false)].iter().for_each(|what| world.happen(what));
    let (mut whole, mut questions) = (0, 0);
    // Each answer takes 50 ms, in which something is written.
    for _ in 0..400 {
        [Grows(20), Happens::Time(50)].iter().for_each(|what| world.happen(what));
        questions += world.out.len();
        (0..3).for_each(|_| world.answer(0));
        let screen = world.tail.screen(300_000, 20, 2000, RowKind::Lines);
        whole += usize::from(screen.lines.last().is_some_and(|line| Some(line.span.end) == world.tail.size()));
    }
    assert!(whole > 300, "the end was held {whole} times of 400");
    assert!(questions < 40, "{questions} questions in 20 s");
}

#[test]
fn a_file_that_is_replaced_while_its_end_is_asked_for_is_another() {
    use Happens::{Answer, Grows, IsCut, IsRotated, Jump, Time};
    let mut world = World::new();
    let size = 2 * WINDOW as usize + 64;
    let all = [Jump(2 * WINDOW + 1), IsCut(0), Time(2000), Grows(size), Answer(0), IsRotated(size)];
    all.iter().for_each(|what| world.happen(what));
    world.settle();
    let lines = world.tail.screen(world.place, 20, 40, RowKind::Lines).lines;
    let number =
        |line: &Line| world.file[..line.span.start as usize].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    assert!(
        lines.iter().all(|line| world.is_true(line) && line.number.is_none_or(|reported| reported == number(line))),
        "nothing is left of the first"
    );
}

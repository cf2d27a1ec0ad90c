//! Files by windows, against files: whatever grows, is cut, is rotated, fails or comes late, in the end just the file's bytes
//! are shown, and a search finds just the lines that are there.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::Path;

use mesoscope::file::{
    Bisect, Form, Lane, Line, Order, Pace, Pattern, Read, Search, Sought, Tail, Told, WINDOW, Weave, cut, is_binary,
    listed, permissions, told as answer,
};
use mesoscope::units::{Nanoseconds, Timestamp};
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
        2 => (0..3usize).prop_map(Happens::Reads),
        8 => (0..3usize).prop_map(Happens::Answer),
        1 => (0..3usize).prop_map(Happens::Fail),
        4 => (0..3000i64).prop_map(Happens::Time),
    ]
}

struct World {
    file: Vec<u8>,
    seed: u64,
    tail: Tail,
    out: Vec<(Read, Option<Told>)>,
    now: Timestamp,
    place: u64,
    /// It only ever grew.
    steady: bool,
}

impl World {
    fn new() -> Self {
        let now = Timestamp(0);
        Self { file: Vec::new(), seed: 1, tail: Tail::new(now, 7), out: Vec::new(), now, place: 0, steady: true }
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
            Happens::Follow(true) => self.tail.set_pace(Pace::Follow, self.now),
            Happens::Follow(false) => self.tail.set_pace(Pace::Look, self.now),
            Happens::Reads(nth) => {
                let count = self.out.len().max(1);
                if let Some((read, answer)) = self.out.get_mut(nth % count) {
                    answer.get_or_insert_with(|| told(&self.file, read.offset, read.length));
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
        let lines = self.tail.screen(self.place, 20, 40, Form::Lines).lines;
        assert!(self.tail.held() <= 97 * WINDOW as usize);
        assert!(!self.steady || lines.iter().all(|line| self.is_true(line)), "what is shown stands in the file");
    }

    fn is_true(&self, line: &Line) -> bool {
        self.file.get(line.span.start as usize..line.span.end as usize) == Some(&line.bytes)
    }

    fn take(&mut self, nth: usize) -> Option<(Read, Option<Told>)> {
        (!self.out.is_empty()).then(|| self.out.remove(nth % self.out.len()))
    }

    fn answer(&mut self, nth: usize) {
        if let Some((read, answer)) = self.take(nth) {
            let told = answer.unwrap_or_else(|| told(&self.file, read.offset, read.length));
            self.tail.answered(read, Some(told), self.now);
        }
    }

    fn pass(&mut self) {
        self.happen(&Happens::Time(3000));
        (0..4).for_each(|_| self.answer(0));
    }

    /// Cut and grown past its old length, or replaced twice by as much, before anybody looked, it would be as if it only grew:
    /// READ_FILE tells no file from another.
    fn look(&mut self) {
        self.tail.set_pace(Pace::Look, self.now);
        (0..4).for_each(|_| self.pass());
    }

    /// Nothing more happens, and time passes.
    fn settle(&mut self) {
        (0..60).for_each(|_| self.pass());
    }
}

fn told(file: &[u8], offset: u64, length: u64) -> Told {
    let from = (offset as usize).min(file.len());
    let to = (from + length.min(WINDOW) as usize).min(file.len());
    Told { size: file.len() as u64, bytes: file[from..to].to_vec() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_the_end_the_files_bytes_are_shown(all in prop::collection::vec(happens(), 1..60)) {
        let mut world = World::new();
        all.iter().for_each(|what| world.happen(what));
        world.settle();
        let screen = world.tail.screen(world.place, 20, 40, Form::Lines);
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
        let sought = Sought { pattern: Some(Pattern::regex("[0-4]a[0-9]b").unwrap()), ..Sought::default() };
        let sought = if level { Sought { pattern: Some(Pattern::text("ab")), ..sought } } else { sought };
        let mut search: Option<Search> = None;
        for length in lengths {
            world.write(length);
            let search = search.get_or_insert_with(|| Search::new(sought.clone(), 2, world.file.len() as u64));
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
                let (offset, length) = out.remove(nth % out.len());
                search.answered(offset, (nth != 5).then(|| told(&world.file, offset, length)));
            }
            prop_assert!(search.is_done());
            prop_assert_eq!(search.progress().0, world.file.len() as u64);
            let text = |span: &mesoscope::file::Span| String::from_utf8_lossy(&world.file[span.start as usize..span.end as usize]).into_owned();
            let whole = cut(0, &world.file, true);
            let expected: Vec<u64> = whole.iter().filter(|span| sought.is_in(text(span).trim_end())).map(|span| span.start).collect();
            let mut found = Vec::new();
            let mut at = None;
            while let Some(hit) = at.map_or_else(|| if expected.first() == Some(&0) && search.rank(0) == 1 { Some(0) } else { search.after(0) }, |at| search.after(at)) {
                found.push(hit);
                at = Some(hit);
            }
            prop_assert_eq!(&found, &expected);
            prop_assert_eq!(search.found(), expected.len() as u64);
            let (kept, _) = search.kept(0, 0, usize::MAX);
            for (start, line) in kept {
                prop_assert!(whole.iter().any(|span| (span.start, span.end) == (start, line.end)));
                prop_assert_eq!(line.is_hit, expected.contains(&start));
            }
        }
    }

    #[test]
    fn a_time_is_found_by_halves(lines in 1..20_000i64, sought in -10..20_010i64, dark in 0..20_000i64) {
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
            let told = told(&file, offset, WINDOW);
            bisect.answered(&told.bytes, told.size);
        }
        prop_assert_eq!(bisect.found(), Some(Some(expected.unwrap_or(file.len() as u64))));
    }
}

#[test]
fn a_file_of_ten_gigabytes_opens_at_its_end_with_three_questions() {
    let size = 10_u64 << 30;
    let mut tail = Tail::new(Timestamp(0), 1);
    let mut now = Timestamp(0);
    let mut questions = 0;
    for _ in 0..10 {
        while let Some(read) = tail.next_read(now) {
            questions += 1;
            let to = (read.offset + read.length).min(size);
            let bytes = (read.offset..to).map(|at| if at % 80 == 79 { b'\n' } else { b'x' }).collect();
            tail.answered(read, Some(Told { size, bytes }), now);
        }
        let screen = tail.screen(u64::MAX, 60, 60, Form::Lines);
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
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/recorded").join(name);
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

#[test]
fn what_a_real_agent_told_of_a_sandbox() {
    let entries = listed(&recorded("agent-files/002-LIST-sandbox.txt")).unwrap();
    let told: Vec<_> = entries
        .iter()
        .map(|entry| (entry.name.as_str(), permissions(entry.mode), entry.size, entry.owner.as_str()))
        .collect();
    assert_eq!(told[0], ("d", "drwxr-xr-x".to_owned(), told[0].2, "root"), "folders first");
    assert!(told.contains(&("big.txt", "-rw-r--r--".to_owned(), 200_000, "root")));
    assert!(told.contains(&("stdout", "-rw-r--r--".to_owned(), 10, "root")));
    assert_eq!(listed(&recorded("agent-files/011-LIST-a-file.txt")).unwrap(), []);
}

#[test]
fn what_a_real_agent_told_of_files() {
    let read = |name: &str| answer(&recorded(&format!("agent-files/{name}"))).unwrap();
    assert_eq!(read("014-READ-stdout.txt"), Told { size: 10, bytes: b"alpha-out\n".to_vec() });
    assert_eq!(read("015-READ-stdout-len3-off2.txt").bytes, b"pha");
    assert_eq!(read("017-READ-stdout-beyond.txt"), Told { size: 10, bytes: Vec::new() });
    assert!(is_binary(&read("019-READ-bin.txt").bytes));
    let big = read("022-READ-big-nolength.txt");
    assert_eq!((big.size, big.bytes.len() as u64), (200_000, WINDOW));
    let log = answer(&recorded("master-files/009-READ-log-nolength.txt")).unwrap();
    let text = String::from_utf8_lossy(&log.bytes).into_owned();
    assert!(text.lines().filter(|line| mesoscope::file::Glog::parse(line).is_some()).count() > 3, "{text}");
}

#[test]
fn what_is_missing_above_a_border_of_blocks_is_asked_for() {
    use Happens::{Answer, Grows, Jump, Time};
    let mut world = World::new();
    // The last block alone is held when somebody goes to where it begins: the lines above stand in the one before.
    let all = [Grows(5 * 65_536), Jump(5 * WINDOW), Time(779), Answer(0), Jump(0), Answer(1), Jump(4 * WINDOW)];
    all.iter().for_each(|what| world.happen(what));
    world.settle();
    let screen = world.tail.screen(world.place, 20, 40, Form::Lines);
    assert!(!screen.is_partial);
    assert_eq!(screen.at, 20);
}

/// Files whose lines have times, some lines none; each with its seed.
fn stamped(file: usize, steps: &[u8]) -> Vec<u8> {
    let mut seconds = 0;
    let mut bytes = Vec::new();
    for step in steps {
        seconds += i64::from(step % 5);
        let (minutes, rest) = (seconds / 60, seconds % 60);
        match step % 7 {
            6 => bytes.extend(format!("    at file {file}\n").bytes()),
            _ => bytes.extend(format!("2026-11-22T00:{minutes:02}:{rest:02}Z file {file} step {step}\n").bytes()),
        }
    }
    bytes
}

/// The lines of a file around an offset, as many as a tail that has all of it would give.
fn lane(file: &[u8], place: u64, count: usize) -> Lane {
    let spans = cut(0, file, true);
    let here = spans.partition_point(|span| span.end <= place);
    let (from, to) = (here.saturating_sub(count), (here + count).min(spans.len()));
    let line = |span: &mesoscope::file::Span| {
        let bytes = file[span.start as usize..span.end as usize].to_vec();
        Line { span: *span, bytes, number: None }
    };
    Lane {
        lines: spans[from..to].iter().map(line).collect(),
        at: here - from,
        more_above: from > 0,
        more_below: to < spans.len(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn files_are_one_stream_from_end_to_start_and_back(
        steps in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 1..5), count in 1..9usize,
    ) {
        let now = Timestamp(1_795_305_600 * 1_000_000_000 + 90_000_000_000_000);
        let files: Vec<Vec<u8>> = steps.iter().enumerate().map(|(nth, steps)| stamped(nth, steps)).collect();
        let weave = Weave::new(files.len(), Order::Time);
        let lanes = |place: &[u64], count: usize| files.iter().zip(place).map(|(file, at)| lane(file, *at, count)).collect::<Vec<_>>();
        let zero = vec![0; files.len()];
        let whole = weave.stream(&lanes(&zero, 1000), 0, 1000, now);
        prop_assert!(whole.starts && whole.ends);
        prop_assert_eq!(whole.lines.len(), files.iter().map(|file| cut(0, file, true).len()).sum::<usize>());
        // Each file's own lines are all there, in their order; and the times of all rise.
        let stamp = |line: &Line| mesoscope::file::Stamp::parse(&String::from_utf8_lossy(&line.bytes), now).map(|stamp| stamp.at);
        let stamps: Vec<Timestamp> = whole.lines.iter().filter_map(|woven| stamp(&woven.line)).collect();
        prop_assert!(stamps.is_sorted());
        for (nth, file) in files.iter().enumerate() {
            let own: Vec<u8> = whole.lines.iter().filter(|woven| woven.file == nth).flat_map(|woven| woven.line.bytes.clone()).collect();
            prop_assert_eq!(&own, file);
        }
        // By small steps, up from the end and down from the start, it is the same stream, wherever a time is near enough to be seen.
        let mut place: Vec<u64> = files.iter().map(|file| file.len() as u64).collect();
        let mut seen = Vec::new();
        loop {
            let part = weave.stream(&lanes(&place, 80), count, 0, now);
            prop_assert!(part.lines.len() <= count);
            seen.extend(part.lines.iter().rev().cloned());
            place = part.place(0, &place);
            if part.starts {
                break;
            }
        }
        prop_assert_eq!(&place, &zero);
        seen.reverse();
        prop_assert_eq!(&seen, &whole.lines);
    }
}

#[test]
fn what_arrives_stands_behind_what_was_there() {
    let now = Timestamp(1_795_305_600 * 1_000_000_000 + 90_000_000_000_000);
    let mut files = [stamped(0, &[1, 2, 3]), stamped(1, &[1, 1, 1])];
    let mut weave = Weave::new(2, Order::Arrival);
    let told = |weave: &mut Weave, files: &[Vec<u8>; 2]| {
        (0..2).for_each(|nth| weave.seen(nth, files[nth].len() as u64));
        let lanes: Vec<Lane> = files.iter().map(|file| lane(file, u64::MAX, 100)).collect();
        let stream = weave.stream(&lanes, 100, 0, now);
        stream.lines.iter().map(|woven| woven.file).collect::<Vec<_>>()
    };
    // 1, 3, 6 seconds and 1, 2, 3: by their times, the first file first where they are the same.
    assert_eq!(told(&mut weave, &files), [0, 1, 1, 0, 1, 0]);
    files[1].extend(stamped(1, &[0, 0]));
    assert_eq!(told(&mut weave, &files), [0, 1, 1, 0, 1, 0, 1, 1]);
    files[0].extend(stamped(0, &[0]));
    assert_eq!(told(&mut weave, &files), [0, 1, 1, 0, 1, 0, 1, 1, 0]);
    // A file that begins anew was there before all that arrives from now on.
    files[1] = stamped(1, &[1]);
    assert_eq!(told(&mut weave, &files), [0, 1, 0, 0, 0]);
}

#[test]
fn a_file_of_which_lines_are_missing_holds_the_stream() {
    let now = Timestamp(1_795_305_600 * 1_000_000_000 + 90_000_000_000_000);
    let files = [stamped(0, &[1, 1, 1, 1]), stamped(1, &[1, 1, 1, 1])];
    let weave = Weave::new(2, Order::Time);
    let lanes = [lane(&files[0], u64::MAX, 100), Lane { more_above: true, ..Lane::default() }];
    let stream = weave.stream(&lanes, 10, 10, now);
    assert!(stream.lines.is_empty() && !stream.starts && stream.ends);
    let lanes = [lane(&files[0], u64::MAX, 100), lane(&files[1], u64::MAX, 1)];
    assert_eq!(weave.stream(&lanes, 10, 0, now).lines.len(), 1);
}

#[test]
fn lines_of_glog_are_found_by_their_source() {
    let sought = Sought { source: "master.cpp".into(), ..Sought::default() };
    let grave = Sought { level: Some(mesoscope::file::Level::Warn), ..sought.clone() };
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
    assert!(world.tail.size() > answer.as_ref().map(|told| told.size), "a later answer told more");
    assert_ne!(world.tail.answered(read, answer, world.now), mesoscope::file::Change::Anew);
    world.settle();
    assert_eq!(world.tail.size(), Some(600_000));
}

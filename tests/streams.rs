//! Several files as one stream: their lines in the order of their times or as they arrive, and the ways from one place to another.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use mesoscope_core::base::units::Timestamp;
use mesoscope_core::files::WINDOW;
use mesoscope_core::files::bisect::{Bisect, TimeSearchResult};
use mesoscope_core::files::followed_file::Line;
use mesoscope_core::files::hole::Hole;
use mesoscope_core::files::lines::cut;
use mesoscope_core::files::merge::{Merge, MergeInput, MergeOrder, MergedLines};
use mesoscope_core::files::merged_cursor::{MergedCursor, PLACEHOLDER_KEY, key_of, line_of};
use mesoscope_core::files::stamp::Stamp;
use mesoscope_core::files::zone::DateOrder;
use proptest::prelude::*;

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
fn lane(file: &[u8], place: u64, count: usize) -> MergeInput {
    let spans = cut(0, file, true);
    let here = spans.partition_point(|span| span.end <= place);
    let (from, to) = (here.saturating_sub(count), (here + count).min(spans.len()));
    let line = |span: &mesoscope_core::files::lines::Span| {
        let bytes = file[span.start as usize..span.end as usize].to_vec();
        let is_part = span.start > 0 && file[span.start as usize - 1] != b'\n';
        Line { span: *span, bytes, number: None, is_part, hole: Hole::default() }
    };
    MergeInput {
        lines: spans[from..to].iter().map(line).collect(),
        at: here - from,
        more_above: from > 0,
        more_below: to < spans.len(),
        order: DateOrder::default(),
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
        let weave = Merge::new(files.len(), MergeOrder::Time);
        let lanes = |place: &[u64], count: usize| files.iter().zip(place).map(|(file, at)| lane(file, *at, count)).collect::<Vec<_>>();
        let zero = vec![0; files.len()];
        let whole = weave.stream(&lanes(&zero, 1000), 0, 1000, now);
        prop_assert!(whole.starts && whole.ends);
        prop_assert_eq!(whole.lines.len(), files.iter().map(|file| cut(0, file, true).len()).sum::<usize>());
        // Each file's own lines are all there, in their order; and the times of all rise.
        let stamp = |line: &Line| mesoscope_core::files::stamp::Stamp::parse(&String::from_utf8_lossy(&line.bytes), now).map(|stamp| stamp.at);
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
fn what_arrives_is_behind_what_was_there() {
    let now = Timestamp(1_795_305_600 * 1_000_000_000 + 90_000_000_000_000);
    let mut files = [stamped(0, &[1, 2, 3]), stamped(1, &[1, 1, 1])];
    let mut weave = Merge::new(2, MergeOrder::Arrival);
    let reported = |weave: &mut Merge, files: &[Vec<u8>; 2]| {
        (0..2).for_each(|nth| weave.seen(nth, files[nth].len() as u64));
        let lanes: Vec<MergeInput> = files.iter().map(|file| lane(file, u64::MAX, 100)).collect();
        let stream = weave.stream(&lanes, 100, 0, now);
        stream.lines.iter().map(|woven| woven.file).collect::<Vec<_>>()
    };
    // 1, 3, 6 seconds and 1, 2, 3: by their times, the first file first where they are the same.
    assert_eq!(reported(&mut weave, &files), [0, 1, 1, 0, 1, 0]);
    files[1].extend(stamped(1, &[0, 0]));
    assert_eq!(reported(&mut weave, &files), [0, 1, 1, 0, 1, 0, 1, 1]);
    files[0].extend(stamped(0, &[0]));
    assert_eq!(reported(&mut weave, &files), [0, 1, 1, 0, 1, 0, 1, 1, 0]);
    // A file that begins again was there before all that arrives from now on.
    files[1] = stamped(1, &[1]);
    assert_eq!(reported(&mut weave, &files), [0, 1, 0, 0, 0]);
}

#[test]
fn a_file_of_which_lines_are_missing_holds_the_stream() {
    let now = Timestamp(1_795_305_600 * 1_000_000_000 + 90_000_000_000_000);
    let files = [stamped(0, &[1, 1, 1, 1]), stamped(1, &[1, 1, 1, 1])];
    let weave = Merge::new(2, MergeOrder::Time);
    let lanes = [lane(&files[0], u64::MAX, 100), MergeInput { more_above: true, ..MergeInput::default() }];
    let stream = weave.stream(&lanes, 10, 10, now);
    assert!(stream.lines.is_empty() && !stream.starts && stream.ends);
    let lanes = [lane(&files[0], u64::MAX, 100), lane(&files[1], u64::MAX, 1)];
    assert_eq!(weave.stream(&lanes, 10, 0, now).lines.len(), 1);
}

#[test]
fn a_long_line_has_its_place_by_the_time_behind_its_body() {
    let seconds = 1_795_305_600;
    let now = Timestamp((seconds + 90_000) * 1_000_000_000);
    let plain: Vec<u8> = (0..6).flat_map(|nth| format!("2026-11-22T00:00:{:02}Z x\n", nth * 2).into_bytes()).collect();
    let json = |(nth, length): (usize, &usize)| {
        let (job, body) = ("{\"time\":\"2020-01-01 00:00:00\"}", "q".repeat(*length));
        format!("{{\"job\":{job},\"body\":\"{body}\",\"time\":\"2026-11-22T00:00:{:02}Z\"}}\n", nth * 2 + 1)
            .into_bytes()
    };
    let bodies = [20, 4_500, 30_000, 20, 100_000, 20];
    let files = [plain, bodies.iter().enumerate().flat_map(json).collect()];
    let merge = Merge::new(2, MergeOrder::Time);
    let order = |stream: &MergedLines| {
        stream.lines.iter().filter(|row| !row.line.is_part).map(|row| row.file).collect::<Vec<_>>()
    };
    let down = merge.stream(&files.each_ref().map(|file| lane(file, 0, 1_000)), 0, 1_000, now);
    let up = merge.stream(&files.each_ref().map(|file| lane(file, u64::MAX, 1_000)), 1_000, 0, now);
    assert_eq!((order(&down), order(&up)), ([0, 1].repeat(6), [0, 1].repeat(6)));
    // Going to such a line shows the other file at its time.
    let lines = lane(&files[1], 0, 1_000).lines;
    for (here, row) in lines.iter().enumerate().filter(|(_, row)| !row.is_part) {
        let mut cursor = MergedCursor::new(2, MergeOrder::Time, None);
        cursor.go((1, row.span.start), 0.0);
        let nth = lines[..here].iter().filter(|row| !row.is_part).count() as i64;
        assert_eq!(cursor.led((&lines, here), now), Some(Timestamp((seconds + nth * 2 + 1) * 1_000_000_000)));
    }
}

/// Files that are there whole, and a stream of them.
struct World {
    files: Vec<Vec<u8>>,
    cursor: MergedCursor,
    now: Timestamp,
}

impl World {
    fn new(steps: &[Vec<u8>], at: Option<(usize, u64)>) -> Self {
        let now = Timestamp(1_795_305_600 * 1_000_000_000 + 90_000_000_000_000);
        let files: Vec<Vec<u8>> = steps.iter().enumerate().map(|(nth, steps)| stamped(nth, steps)).collect();
        let mut cursor = MergedCursor::new(files.len(), MergeOrder::Time, at);
        files.iter().enumerate().for_each(|(nth, file)| cursor.seen(nth, file.len() as u64));
        Self { files, cursor, now }
    }

    fn sizes(&self) -> Vec<u64> {
        self.files.iter().map(|file| file.len() as u64).collect()
    }

    fn time(&self, nth: usize, time: Timestamp) -> TimeSearchResult {
        let file = &self.files[nth];
        let mut bisect = Bisect::new(time, file.len() as u64, self.now);
        while let Some(offset) = bisect.next_read() {
            let from = (offset as usize).min(file.len());
            let to = (from + WINDOW as usize).min(file.len());
            bisect.answered(&file[from..to], file.len() as u64);
        }
        bisect.found().unwrap()
    }

    /// Until it has come there; where that is.
    fn arrive(&mut self) -> (u64, f64) {
        let sizes = self.sizes();
        let found: Vec<Option<TimeSearchResult>> = match self.cursor.leader() {
            Some((leader, at)) => {
                let lane = lane(&self.files[leader], at, 60);
                let time = self.cursor.led((&lane.lines, lane.at), self.now);
                (0..sizes.len())
                    .map(|nth| Some(time.map_or(TimeSearchResult::Nowhere, |time| self.time(nth, time))))
                    .collect()
            }
            None => vec![None; sizes.len()],
        };
        self.cursor.found(&found, &sizes).expect("all has been found")
    }

    fn weave(&mut self, count: usize) -> MergedLines {
        let lanes: Vec<MergeInput> =
            (0..self.files.len()).map(|nth| lane(&self.files[nth], self.cursor.place_in(nth), 300)).collect();
        self.cursor.merge(&lanes, (count, count), self.now)
    }

    fn stamp(&self, line: &Line) -> Option<Timestamp> {
        Stamp::parse(&String::from_utf8_lossy(&line.bytes), self.now).map(|stamp| stamp.at)
    }

    /// All lines before the place are earlier than all behind it, as far as they tell a time.
    fn is_in_order(&self, stream: &MergedLines) -> bool {
        let stamps: Vec<Timestamp> = stream.lines.iter().filter_map(|woven| self.stamp(&woven.line)).collect();
        stamps.is_sorted()
    }
}

fn steps() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(any::<u8>(), 1..80), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// To any line of any file: that line is there, what is before it is not later, what is behind it is not earlier.
    #[test]
    fn a_stream_goes_to_any_line_of_any_file(steps in steps(), file in 0..5usize, nth in 0..80usize) {
        let mut world = World::new(&steps, None);
        let whole = world.weave(1000);
        prop_assert!(world.is_in_order(&whole));
        let file = file % world.files.len();
        let spans = cut(0, &world.files[file], true);
        let start = spans[nth % spans.len()].start;
        world.cursor.go((file, start), 7.0);
        prop_assert!(world.cursor.is_going());
        prop_assert_eq!(world.arrive(), (key_of(file, start), 7.0));
        let stream = world.weave(1000);
        prop_assert!(stream.lines.iter().any(|woven| (woven.file, woven.line.span.start) == (file, start)));
        prop_assert!(world.is_in_order(&stream));
        prop_assert_eq!(stream.lines.len(), whole.lines.len());
        prop_assert_eq!(world.cursor.at(key_of(file, start)).unwrap()[file], start);
        // Scrolled to any other line, it is before just that one.
        let other = &whole.lines[nth % whole.lines.len()];
        let key = key_of(other.file, other.line.span.start);
        world.cursor.seek_to(key, &world.sizes());
        prop_assert_eq!(world.cursor.place_in(other.file), other.line.span.start);
        prop_assert_eq!(line_of(key), Some((other.file, other.line.span.start)));
    }

    /// By the bar to a share of all bytes, and to a time.
    #[test]
    fn a_stream_goes_to_a_share_and_to_a_time(steps in steps(), share in 1..100u64, seconds in 0..300i64) {
        let mut world = World::new(&steps, None);
        let sizes = world.sizes();
        let sum = (sizes.iter().sum::<u64>() * share / 100).max(1);
        world.cursor.seek_to(sum, &sizes);
        if world.cursor.is_going() {
            prop_assert_eq!(world.arrive(), (PLACEHOLDER_KEY, 0.0));
        }
        let stream = world.weave(1000);
        prop_assert!(world.is_in_order(&stream));
        // The same place again is no other way.
        world.cursor.seek_to(PLACEHOLDER_KEY, &sizes);
        prop_assert!(!world.cursor.is_going());
        world.cursor.seek();
        let time = Timestamp((1_795_305_600 + seconds) * 1_000_000_000);
        let found: Vec<Option<TimeSearchResult>> = (0..sizes.len()).map(|nth| Some(world.time(nth, time))).collect();
        prop_assert_eq!(world.cursor.found(&found, &sizes), Some((PLACEHOLDER_KEY, 0.0)));
        let stream = world.weave(1000);
        let (before, behind) = stream.lines.split_at(stream.at);
        prop_assert!(before.iter().filter_map(|woven| world.stamp(&woven.line)).all(|at| at < time));
        let first = behind.iter().filter_map(|woven| world.stamp(&woven.line)).next();
        prop_assert!(first.is_none_or(|at| at >= time));
        world.cursor.seek_to(0, &sizes);
        prop_assert!(world.weave(1000).starts && (0..sizes.len()).all(|nth| world.cursor.place_in(nth) == 0));
    }

    /// From each line that was found to the next, and back: none is left out, none comes twice.
    #[test]
    fn a_stream_steps_through_all_that_was_found(steps in steps()) {
        let mut world = World::new(&steps, None);
        let whole = world.weave(1000);
        let is_hit = |line: &Line| String::from_utf8_lossy(&line.bytes).contains("step 1");
        let due: Vec<(usize, u64)> = whole.lines.iter().filter(|woven| is_hit(&woven.line)).map(|woven| (woven.file, woven.line.span.start)).collect();
        for forward in [false, true] {
            let mut seen = Vec::new();
            let edge = if forward { whole.lines.first() } else { whole.lines.last() };
            let edge = edge.map(|woven| key_of(woven.file, woven.line.span.start));
            let mut from = None;
            world.cursor.seek_to(0, &world.sizes());
            world.weave(1000);
            loop {
                let hit = |nth: usize, at: u64| {
                    let own = whole.lines.iter().filter(|woven| woven.file == nth && is_hit(&woven.line));
                    let mut own = own.filter(|woven| (woven.line.span.start >= at) == forward);
                    let line = if forward { own.next() } else { own.next_back() }?;
                    Some((world.stamp(&line.line), line.line.span.start))
                };
                let Some(step) = world.cursor.step((from, edge), forward, hit) else { break };
                seen.push(step);
                prop_assert!(seen.len() <= due.len());
                from = Some(key_of(step.0, step.1));
            }
            if !forward {
                seen.reverse();
            }
            prop_assert_eq!(&seen, &due);
        }
    }
}

#[test]
fn another_file_in_its_place_is_read_from_its_start() {
    let mut world = World::new(&[vec![1; 20], vec![1; 20]], None);
    world.weave(10);
    world.cursor.seek_to(0, &world.sizes());
    let third = cut(0, &world.files[0], true)[2].start;
    world.weave(10);
    world.cursor.seek_to(key_of(0, third), &world.sizes());
    assert_eq!(world.cursor.place_in(0), third);
    world.files[0] = stamped(0, &[1, 1, 1]);
    world.cursor.replaced(0, world.files[0].len() as u64);
    assert_eq!(world.cursor.place_in(0), 0);
    assert!(world.cursor.place_in(1) > 0);
}

#[test]
fn an_address_leads_to_a_line_of_any_of_the_files() {
    let start = cut(0, &stamped(1, &[1; 20]), true)[7].start;
    let mut world = World::new(&[vec![1; 20], vec![1; 20]], Some((1, start)));
    assert!(world.cursor.is_going());
    world.arrive();
    assert_eq!(world.cursor.place_in(1), start);
}

//! Several files as one stream: their lines in the order of their times, or as they arrived. Reads nothing and holds no line.
//!
//! The position of the stream is an offset in each file; the lines around those are woven again whenever they are looked at. A line
//! without a time belongs to the one before it, and no line is earlier than one before it in its file.

use super::styled_line::plain;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::files::followed_file::Line;
use crate::files::stamp::Stamp;
use crate::files::zone::DateOrder;
use crate::files::zone::TimeDefaults;

/// Stretches whose arrival is remembered. What arrived before them counts by its time.
const MOST: usize = 20_000;
/// A time so far ahead is none: a line may speak of a certificate's end.
const AHEAD: Nanoseconds = Nanoseconds::from_secs(86_400);

/// How the lines of merged files are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MergeOrder {
    /// By the time that a line begins with.
    #[default]
    Time,
    /// By arrival while the files were watched; earlier lines, by their times.
    Arrival,
}

/// Lines of one file around the stream's current place in it.
#[derive(Clone, Debug, Default)]
pub struct MergeInput {
    /// The lines in the file's order.
    pub lines: Vec<Line>,
    /// Index of the first line behind the place.
    pub at: usize,
    /// There may be more lines before the first.
    pub more_above: bool,
    /// There may be more lines behind the last.
    pub more_below: bool,
    /// How the ambiguous dates of the file are read.
    pub order: DateOrder,
}

/// A line of the merged stream, with the file that it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergedLine {
    /// Index of the file in the list of merged files.
    pub file: usize,
    /// The line with its place in that file.
    pub line: Line,
}

/// The lines around a place of the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergedLines {
    /// The lines in the order of the stream.
    pub lines: Vec<MergedLine>,
    /// Index of the first line behind the place.
    pub at: usize,
    /// The first line is the first of the stream.
    pub starts: bool,
    /// The last line is the last of the stream.
    pub ends: bool,
}

/// The stream's order.
#[derive(Clone, Debug)]
pub struct Merge {
    order: MergeOrder,
    files: Vec<Arrivals>,
    /// Number of stretches that have arrived.
    count: u64,
}

/// What was seen of a file's growth.
#[derive(Clone, Debug, Default)]
struct Arrivals {
    /// How long it was when it was first seen.
    first: Option<u64>,
    size: u64,
    /// Up to which offset it had grown, and as which stretch of all.
    grown: Vec<(u64, u64)>,
}

impl Merge {
    /// Starts the order of `files` files.
    pub fn new(files: usize, order: MergeOrder) -> Self {
        Self { order, files: vec![Arrivals::default(); files], count: 0 }
    }

    /// How the lines of merged files are ordered.
    pub fn order(&self) -> MergeOrder {
        self.order
    }

    /// A file is so long now. What it grew by arrived after all that came before.
    pub fn seen(&mut self, file: usize, size: u64) {
        let Some(arrivals) = self.files.get_mut(file) else { return };
        if arrivals.first.is_none() || size < arrivals.size {
            *arrivals = Arrivals { first: Some(size), size, grown: Vec::new() };
            return;
        }
        if size == arrivals.size {
            return;
        }
        arrivals.size = size;
        match arrivals.grown.last_mut().filter(|(_, nth)| *nth == self.count) {
            Some((to, _)) => *to = size,
            None => {
                self.count += 1;
                arrivals.grown.push((size, self.count));
            }
        }
        if self.files.iter().map(|file| file.grown.len()).sum::<usize>() > MOST {
            self.forget();
        }
    }

    /// Another has come in its place, of that length: it was there before all that arrives from now on.
    pub fn replaced(&mut self, file: usize, size: u64) {
        if let Some(arrivals) = self.files.get_mut(file) {
            *arrivals = Arrivals { first: Some(size), size, grown: Vec::new() };
        }
    }

    /// The older half.
    fn forget(&mut self) {
        let from = self.count.saturating_sub(MOST as u64 / 2);
        for file in &mut self.files {
            let old = file.grown.partition_point(|(_, nth)| *nth < from);
            file.first = file.grown.drain(..old).next_back().map(|(to, _)| to).or(file.first);
        }
    }

    /// As which stretch a line arrived that begins there; 0 if before all that was seen to arrive.
    fn arrival(&self, file: usize, start: u64) -> u64 {
        let Some(file) = self.files.get(file).filter(|_| self.order == MergeOrder::Arrival) else { return 0 };
        let later = file.grown.get(file.grown.partition_point(|(to, _)| *to <= start));
        later.filter(|_| file.first.is_some_and(|first| start >= first)).map_or(0, |(_, nth)| *nth)
    }

    /// Lines around the place: at most `above` before it and `below` behind it.
    pub fn stream(
        &self,
        inputs: &[MergeInput],
        above: usize,
        below: usize,
        clock: impl Into<TimeDefaults>,
    ) -> MergedLines {
        let clock = clock.into();
        let keys: Vec<Vec<MergeKey>> =
            inputs.iter().enumerate().map(|(file, input)| self.keys(file, input, clock)).collect();
        let mut upper = Cursor::new(inputs);
        // Of what is not there yet nobody knows where it belongs.
        while upper.taken.len() < above && !inputs.iter().zip(&upper.at).any(|(input, at)| *at == 0 && input.more_above)
        {
            let Some((_, file)) = upper.heads(&keys, |at| at.checked_sub(1)).max_by_key(|head| *head) else { break };
            upper.up(file);
        }
        let starts = inputs.iter().zip(&upper.at).all(|(input, at)| *at == 0 && !input.more_above);
        let mut lower = Cursor::new(inputs);
        let is_last = |input: &MergeInput, at: usize| at >= input.lines.len();
        let waits = |(input, at): (&MergeInput, &usize)| is_last(input, *at) && input.more_below;
        while lower.taken.len() < below && !inputs.iter().zip(&lower.at).any(waits) {
            let Some((_, file)) = lower.heads(&keys, Some).min_by_key(|head| *head) else { break };
            lower.down(file);
        }
        let ends = inputs.iter().zip(&lower.at).all(|(input, at)| is_last(input, *at) && !input.more_below);
        upper.taken.reverse();
        let at = upper.taken.len();
        let line = |(file, nth): (usize, usize)| {
            let line = inputs.get(file)?.lines.get(nth)?.clone();
            Some(MergedLine { file, line })
        };
        let lines = upper.taken.into_iter().chain(lower.taken).filter_map(line).collect();
        MergedLines { lines, at, starts, ends }
    }

    fn keys(&self, file: usize, input: &MergeInput, clock: TimeDefaults) -> Vec<MergeKey> {
        let clock = TimeDefaults { order: input.order, ..clock };
        let stamp = |nth: usize| time_of(&input.lines, nth, clock);
        let stamps: Vec<Option<Timestamp>> =
            (0..input.lines.len()).map(stamp).map(|at| at.filter(|at| *at < clock.now + AHEAD)).collect();
        let mut last = (0, stamps.iter().flatten().next().copied().unwrap_or(Timestamp(i64::MIN)));
        let key = |(line, stamp): (&Line, Option<Timestamp>)| {
            let arrival = self.arrival(file, line.span.start);
            last = last.max((arrival, stamp.unwrap_or(last.1)));
            last
        };
        input.lines.iter().zip(stamps).map(key).collect()
    }
}

/// The time of one of these lines, of which its parts behind it may tell; a part has none itself.
pub(super) fn time_of(lines: &[Line], nth: usize, clock: TimeDefaults) -> Option<Timestamp> {
    let (line, rest) = lines.get(nth..)?.split_first().filter(|(line, _)| !line.is_part)?;
    let parts = rest.iter().take_while(|row| row.is_part);
    let mut text = plain(&line.bytes);
    if parts.clone().next().is_some() && Stamp::is_open(&text) {
        let whole: Vec<u8> = [line].into_iter().chain(parts).flat_map(|row| row.bytes.iter().copied()).collect();
        text = plain(&whole).into_owned().into();
    }
    Stamp::parse(&text, clock).map(|stamp| stamp.at)
}

impl MergedLines {
    /// Place just before one of the lines, if the stream is at `place` now.
    pub fn place(&self, nth: usize, place: &[u64]) -> Vec<u64> {
        let mut place = place.to_vec();
        let mut put = |file: usize, at: u64| {
            if let Some(place) = place.get_mut(file) {
                *place = at;
            }
        };
        for woven in self.lines.get(nth..self.at).unwrap_or_default().iter().rev() {
            put(woven.file, woven.line.span.start);
        }
        for woven in self.lines.get(self.at..nth).unwrap_or_default() {
            put(woven.file, woven.line.span.end);
        }
        place
    }
}

/// As which stretch a line arrived, and its time.
type MergeKey = (u64, Timestamp);

/// How far each input has been taken from.
struct Cursor {
    at: Vec<usize>,
    taken: Vec<(usize, usize)>,
}

impl Cursor {
    fn new(inputs: &[MergeInput]) -> Self {
        Self { at: inputs.iter().map(|input| input.at).collect(), taken: Vec::new() }
    }

    fn heads<'a>(
        &'a self,
        keys: &'a [Vec<MergeKey>],
        nth: impl Fn(usize) -> Option<usize> + 'a,
    ) -> impl Iterator<Item = (MergeKey, usize)> + 'a {
        let inputs = self.at.iter().zip(keys).enumerate();
        inputs.filter_map(move |(file, (at, keys))| Some((*keys.get(nth(*at)?)?, file)))
    }

    fn up(&mut self, file: usize) {
        if let Some(at) = self.at.get_mut(file) {
            *at -= 1;
            self.taken.push((file, *at));
        }
    }

    fn down(&mut self, file: usize) {
        if let Some(at) = self.at.get_mut(file) {
            self.taken.push((file, *at));
            *at += 1;
        }
    }
}

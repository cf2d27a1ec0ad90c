//! The position of a stream of several files in each of them, and how it gets elsewhere: to a line of one file, to a time, to a share
//! of all bytes. Reads nothing: it says whose lines it must see, and which time is to be looked for in which file.
//!
//! A line of the stream is reported by its file and its offset there, as one number; a place that is no line's is a sum of all bytes.

use super::merge::time_of;
use crate::base::units::Timestamp;
use crate::files::bisect::TimeSearchResult;
use crate::files::followed_file::Line;
use crate::files::merge::{Merge, MergeInput, MergeOrder, MergedLines};
use crate::files::zone::TimeDefaults;

/// Bits below this hold an offset, those above it the number of a file.
const FILE: u64 = 1 << 56;
/// Placeholder for the first line of the place that it goes to, before that line is known.
pub const PLACEHOLDER_KEY: u64 = 1;

/// A line, as one number.
pub fn key_of(file: usize, start: u64) -> u64 {
    (file as u64 + 1) * FILE + start
}

/// File and offset of a line, by its key.
pub fn line_of(key: u64) -> Option<(usize, u64)> {
    Some(((key / FILE).checked_sub(1)? as usize, key % FILE))
}

/// Current place in the merged stream.
#[derive(Clone, Debug)]
pub struct MergedCursor {
    merge: Merge,
    /// In each file; at their ends, if nowhere.
    place: Option<Vec<u64>>,
    /// Which line that is before.
    key: u64,
    /// What was woven last, around which place.
    last: MergedLines,
    last_place: Vec<u64>,
    going: Option<Going>,
}

/// A way to a line of one file, and to the same time in all others.
#[derive(Clone, Debug)]
struct Going {
    /// The file and the offset that lead; none if a time is sought in all.
    leader: Option<(usize, u64)>,
    /// The others were asked for the leader's time.
    asked: bool,
    /// What a file without times falls back on.
    place: Vec<u64>,
    /// The leader's own line is to be shown, so many pixels below the top; otherwise the first line of all.
    above: Option<f64>,
}

impl MergedCursor {
    /// Starts at the files' ends, or on the way to a line of one file.
    pub fn new(files: usize, order: MergeOrder, at: Option<(usize, u64)>) -> Self {
        let going = at.map(|at| Going { leader: Some(at), asked: false, place: vec![0; files], above: None });
        Self {
            merge: Merge::new(files, order),
            place: None,
            key: at.map_or(0, |(_, at)| at.max(PLACEHOLDER_KEY)),
            last: MergedLines::default(),
            last_place: vec![0; files],
            going,
        }
    }

    /// How the lines of merged files are ordered.
    pub fn order(&self) -> MergeOrder {
        self.merge.order()
    }

    /// A file is so long now.
    pub fn seen(&mut self, file: usize, size: u64) {
        self.merge.seen(file, size);
    }

    /// Notes that a file was replaced: the cursor moves before all of its lines.
    pub fn replaced(&mut self, file: usize, size: u64) {
        self.merge.replaced(file, size);
        for place in [self.place.as_mut(), Some(&mut self.last_place)].into_iter().flatten() {
            place.get_mut(file).into_iter().for_each(|at| *at = 0);
        }
        self.last.lines.retain(|woven| woven.file != file);
    }

    /// Whether the view is on its way to a place.
    pub fn is_going(&self) -> bool {
        self.going.is_some()
    }

    /// At the ends of all.
    pub fn to_end(&mut self) {
        if self.going.is_none() {
            self.place = None;
        }
    }

    /// Before a line that was woven last, or a place as it was come to.
    pub fn seek_to(&mut self, key: u64, sizes: &[u64]) {
        if line_of(key).is_none() {
            return self.jump(key, sizes);
        }
        if self.going.is_none()
            && (self.key != key || self.place.is_none())
            && let Some(place) = self.at(key)
        {
            (self.place, self.key) = (Some(place), key);
        }
    }

    /// To a share of all bytes, by the longest file; to the very start without more ado.
    fn jump(&mut self, sum: u64, sizes: &[u64]) {
        let all = sizes.iter().sum::<u64>().max(1);
        if sum == 0 {
            (self.place, self.going) = (Some(vec![0; sizes.len()]), None);
        } else if self.key != sum {
            let share = |size: &u64| (*size as f64 * (sum as f64 / all as f64)) as u64;
            let place: Vec<u64> = sizes.iter().map(share).collect();
            let longest = sizes.iter().enumerate().max_by_key(|(_, size)| **size).map_or(0, |(nth, _)| nth);
            let leader = place.get(longest).map(|at| (longest, *at));
            self.going = Some(Going { leader, asked: false, place, above: None });
        }
        self.key = sum;
    }

    /// Moves to a line of one file, `above` pixels below the top, once the others are at its time.
    pub fn go(&mut self, leader: (usize, u64), above: f64) {
        let place = self.last_place.clone();
        self.going = Some(Going { leader: Some(leader), asked: false, place, above: Some(above) });
    }

    /// Starts a search in all files for the first line that is not before a time.
    pub fn seek(&mut self) {
        self.going = Some(Going { leader: None, asked: true, place: self.last_place.clone(), above: None });
    }

    /// Gives up going elsewhere.
    pub fn stay(&mut self) {
        self.going = None;
    }

    /// The file, and the offset, around which lines must be seen.
    pub fn leader(&self) -> Option<(usize, u64)> {
        self.going.as_ref().filter(|going| !going.asked)?.leader
    }

    /// Lines around that offset, which is in the one of that index. Returns the time that is to be looked for in all other files: that
    /// of the line, or of the nearest above it that has one, or below it; if they have none, it is there.
    pub fn led(&mut self, (lines, here): (&[Line], usize), clock: impl Into<TimeDefaults>) -> Option<Timestamp> {
        let clock = clock.into();
        let (leader, at) = self.leader()?;
        let going = self.going.as_mut()?;
        going.asked = true;
        going.leader = Some((leader, lines.get(here).map_or(at, |line| line.span.start)));
        let behind = (here + 1).min(lines.len());
        let stamp = |nth: usize| time_of(lines, nth, clock);
        (0..behind).rev().find_map(stamp).or_else(|| (behind..lines.len()).find_map(stamp))
    }

    /// Takes each file's result of the time search. Returns the key of the current line and its distance from the top
    /// in pixels; `None` while a result is pending.
    pub fn found(&mut self, found: &[Option<TimeSearchResult>], sizes: &[u64]) -> Option<(u64, f64)> {
        let going = self.going.clone().filter(|going| going.asked)?;
        let leads = |nth: usize| going.leader.filter(|(leader, _)| *leader == nth);
        let mut place = going.place.clone();
        for (nth, at) in place.iter_mut().enumerate() {
            match (leads(nth), found.get(nth).copied().flatten()) {
                (Some((_, start)), _) => *at = start,
                (None, Some(TimeSearchResult::At(found) | TimeSearchResult::Near { offset: found, .. })) => *at = found,
                (None, Some(TimeSearchResult::Nowhere | TimeSearchResult::Unread)) => {}
                (None, None) if sizes.get(nth).is_none_or(|size| *size == 0) => {}
                (None, None) => return None,
            }
        }
        (self.place, self.going, self.key) = (Some(place), None, PLACEHOLDER_KEY);
        let shown = going.leader.zip(going.above).map(|((file, start), above)| (key_of(file, start), above));
        Some(shown.unwrap_or((PLACEHOLDER_KEY, 0.0)))
    }

    /// Offset of the cursor in a file, at most the file's size.
    pub fn place_in(&self, file: usize) -> u64 {
        self.place.as_ref().map_or(u64::MAX, |place| place.get(file).copied().unwrap_or(0))
    }

    /// Whether the view is at the ends of all files.
    pub fn is_at_end(&self) -> bool {
        self.place.is_none()
    }

    /// Merges the lines around the cursor, from those around it in each file.
    pub fn merge(
        &mut self,
        inputs: &[MergeInput],
        (above, below): (usize, usize),
        clock: impl Into<TimeDefaults>,
    ) -> MergedLines {
        let end = |input: &MergeInput| input.lines.last().map_or(0, |line| line.span.end);
        self.last_place = self.place.clone().unwrap_or_else(|| inputs.iter().map(end).collect());
        self.last = self.merge.stream(inputs, above, below, clock);
        self.last.clone()
    }

    /// Place before a line of the latest merge; `None` if it has no such line.
    pub fn at(&self, key: u64) -> Option<Vec<u64>> {
        let is_it = |line: &Line, file| key_of(file, line.span.start) == key;
        let nth = self.last.lines.iter().position(|woven| is_it(&woven.line, woven.file))?;
        Some(self.last.place(nth, &self.last_place))
    }

    /// The next line of those that were found: behind the line that was gone to last, or, without one, at the edge of what is seen
    /// or behind it; or the one before. `hit` tells each file's first from an offset on, or last before one, with its time.
    pub fn step(
        &self,
        (from, edge): (Option<u64>, Option<u64>),
        forward: bool,
        hit: impl Fn(usize, u64) -> Option<(Option<Timestamp>, u64)>,
    ) -> Option<(usize, u64)> {
        let here = from.or(edge).and_then(|key| self.at(key)).or_else(|| self.place.clone());
        let here = here.unwrap_or_else(|| self.last_place.clone());
        // The line itself is meant where it was not gone to yet and others are behind it, and is not where it was.
        let own = match (from.and_then(line_of), edge.and_then(line_of)) {
            (Some(own), _) if forward => Some(own),
            (None, Some(own)) if !forward => Some(own),
            _ => None,
        };
        let hits = here.iter().enumerate().filter_map(|(nth, at)| {
            let beyond = own.filter(|(file, _)| *file == nth).map(|(_, start)| start + 1);
            let (time, start) = hit(nth, beyond.unwrap_or(*at))?;
            Some((time, nth, start))
        });
        let (_, file, start) = if forward { hits.min() } else { hits.max() }?;
        Some((file, start))
    }
}

//! Several files as one stream: where it stands in each of them, and how it gets elsewhere. The order is the core's.
//!
//! A line of the stream is told by its file and its offset there; a place that is no line's is a share of all the bytes.

use std::collections::BTreeSet;

use leptos::prelude::*;
use mesoscope::api::Target;
use mesoscope::file::{self, Form, Lane, Line, Order, Screen, Shown, Stamp, Weave};
use mesoscope::text;
use mesoscope::units::Timestamp;

use super::feed::{Feed, now};
use super::rows::Row;
use super::scroll::{Seen, Spot};

/// Offsets stand below this, the number of a file above.
const FILE: u64 = 1 << 56;
/// Stands for the first line where it arrived, before that is known.
const ARRIVED: u64 = 1;

/// The stream.
#[derive(Clone, Copy)]
pub(super) struct Stream {
    /// Each with the name that its lines are marked with.
    pub(super) files: StoredValue<Vec<(Feed, String)>>,
    inner: StoredValue<Inner, LocalStorage>,
    /// The line that it came to, and pixels of what stands before that; whatever it is, nobody scrolled there.
    pub(super) came: RwSignal<Option<Spot>>,
}

struct Inner {
    weave: Weave,
    /// Where it stands in each file; at their ends, if nowhere.
    place: Option<Vec<u64>>,
    /// Which line that is before.
    key: u64,
    last: file::Stream,
    last_place: Vec<u64>,
    going: Option<Going>,
}

/// It is to stand at a line of one file, and at the same time in all others.
#[derive(Clone)]
struct Going {
    /// The file and the offset that lead; none if a time is sought in all.
    leader: Option<(usize, u64)>,
    /// The others were asked for the leader's time.
    asked: bool,
    /// What a file without times falls back on.
    place: Vec<u64>,
    /// What is shown then; none for the first line of all.
    spot: Option<Spot>,
}

impl Stream {
    /// Of these files, followed from now on; or where a line of the first is.
    pub(super) fn start(files: Vec<(Feed, String)>, order: Order, at: Option<u64>) -> Self {
        let count = files.len();
        let inner = Inner {
            weave: Weave::new(count, order),
            place: None,
            key: at.map_or(0, |at| at.max(ARRIVED)),
            last: file::Stream::default(),
            last_place: vec![0; count],
            going: at.map(|at| Going { leader: Some((0, at)), asked: false, place: vec![0; count], spot: None }),
        };
        let feeds: Vec<Feed> = files.iter().map(|(feed, _)| *feed).collect();
        let stream =
            Self { files: StoredValue::new(files), inner: StoredValue::new_local(inner), came: RwSignal::new(None) };
        for (nth, feed) in feeds.iter().copied().enumerate() {
            Effect::new(move |_| {
                if let Some(size) = feed.size.get() {
                    stream.inner.update_value(|inner| inner.weave.seen(nth, size));
                }
            });
        }
        Effect::new(move |_| {
            // One that fails holds the others up no longer.
            let found = |feed: &Feed| feed.found.get().or(feed.failed.with(Option::is_some).then_some(None));
            stream.arrived(&feeds.iter().map(found).collect::<Vec<_>>());
        });
        stream
    }

    pub(super) fn feeds(self) -> Vec<Feed> {
        self.files.with_value(|files| files.iter().map(|(feed, _)| *feed).collect())
    }

    /// How long all are, as far as is known.
    pub(super) fn size(self) -> Option<u64> {
        self.files.with_value(|files| files.iter().filter_map(|(feed, _)| feed.size.get()).reduce(|a, b| a + b))
    }

    /// What it is, in words.
    pub(super) fn words(self) -> String {
        let count = self.files.with_value(Vec::len);
        match self.inner.with_value(|inner| inner.weave.order()) {
            Order::Time => format!("{count} files, by time"),
            Order::Arrival => format!("{count} files, as lines arrive; what was there before, by time"),
        }
    }

    fn sizes(self) -> Vec<u64> {
        self.feeds().iter().map(|feed| feed.size.get_untracked().unwrap_or(0)).collect()
    }

    /// The lines around a spot; none as long as it is on its way there.
    pub(super) fn lines(self, spot: Spot, count: usize, only: bool) -> Option<Seen> {
        match spot {
            Spot::End => self.inner.update_value(|inner| {
                if inner.going.is_none() {
                    inner.place = None;
                }
            }),
            Spot::Line(key, _) if key >= FILE => self.inner.update_value(|inner| inner.stand(key)),
            Spot::Line(sum, _) => self.jump(sum),
        }
        self.lead();
        if self.inner.with_value(|inner| inner.going.is_some()) {
            return None;
        }
        let place = self.inner.with_value(|inner| inner.place.clone());
        let is_end = place.is_none();
        let (above, below) = if is_end { (2 * count, 0) } else { (count, 2 * count) };
        let mut beside = BTreeSet::new();
        let feeds = self.feeds();
        let of = |(nth, feed): (usize, &Feed)| {
            let at = place.as_ref().map_or(u64::MAX, |place| place.get(nth).copied().unwrap_or(0));
            if only { found(*feed, nth, at, (above, below), &mut beside) } else { lane(*feed, at, (above, below)) }
        };
        let lanes: Vec<Lane> = feeds.iter().enumerate().map(of).collect();
        let ends = |lane: &Lane| lane.lines.last().map_or(0, |line| line.span.end);
        let place = place.unwrap_or_else(|| lanes.iter().map(ends).collect());
        let stream = self.inner.try_update_value(|inner| {
            let stream = inner.weave.stream(&lanes, above, below, now());
            (inner.last, inner.last_place) = (stream.clone(), place);
            stream
        })?;
        let names = self.files.with_value(|files| files.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>());
        let row = |woven: file::Woven| {
            let key = key_of(woven.file, woven.line.span.start);
            let name = names.get(woven.file).cloned().unwrap_or_default();
            let source = Some((woven.file as u8 % 6 + 1, name));
            Row { key, source, is_beside: beside.contains(&key), ..Row::of(woven.line) }
        };
        let at = stream.at;
        let rows: Vec<Row> = stream.lines.into_iter().map(row).collect();
        let spot = match spot {
            // It has come to where no line was known before.
            Spot::Line(key, _) if !rows.iter().any(|row| row.key == key) => {
                rows.get(at).map_or(Spot::End, |row| Spot::Line(row.key, 0.0))
            }
            Spot::Line(..) | Spot::End => spot,
        };
        let size = self.sizes().iter().sum();
        Some(Seen { rows, size, spot, starts: stream.starts, ends: stream.ends || is_end })
    }

    /// Bytes of all files before a line.
    pub(super) fn before(self, key: u64) -> u64 {
        self.inner.with_value(|inner| inner.at(key).map_or(0, |place| place.iter().sum()))
    }

    /// To a share of all bytes, by the longest file; to the very start without more ado.
    fn jump(self, sum: u64) {
        let sizes = self.sizes();
        let all = sizes.iter().sum::<u64>().max(1);
        self.inner.update_value(|inner| {
            if sum == 0 {
                (inner.place, inner.going) = (Some(vec![0; sizes.len()]), None);
            } else if inner.key != sum {
                let share = |size: &u64| (*size as f64 * (sum as f64 / all as f64)) as u64;
                let place: Vec<u64> = sizes.iter().map(share).collect();
                let longest = sizes.iter().enumerate().max_by_key(|(_, size)| **size).map_or(0, |(nth, _)| nth);
                let leader = place.get(longest).map(|at| (longest, *at));
                inner.going = Some(Going { leader, asked: false, place, spot: None });
            }
            inner.key = sum;
        });
    }

    /// To the line of a file that begins there, once the others stand at its time.
    fn go(self, leader: Option<(usize, u64)>, spot: Option<Spot>) {
        let place = self.inner.with_value(|inner| inner.last_place.clone());
        self.inner.update_value(|inner| inner.going = Some(Going { leader, asked: false, place, spot }));
    }

    /// It stays where it is.
    pub(super) fn stay(self) {
        self.inner.update_value(|inner| inner.going = None);
    }

    /// To the first line of each that is not before a time.
    pub(super) fn seek(self, time: Timestamp) {
        self.go(None, None);
        self.inner.update_value(|inner| inner.going.iter_mut().for_each(|going| going.asked = true));
        self.feeds().iter().for_each(|feed| feed.seek(time));
    }

    /// Once the leader's line is there, its time is looked for in the others.
    fn lead(self) {
        let Some(going) = self.inner.with_value(|inner| inner.going.clone()).filter(|going| !going.asked) else {
            return;
        };
        let Some((leader, at)) = going.leader else { return };
        let feeds = self.feeds();
        let Some(feed) = feeds.get(leader) else { return };
        let screen = feed.source.try_update_value(|source| source.tail.screen(at, 0, LOOK, Form::Lines));
        let Some(Screen { lines, is_partial: false, .. }) = screen else { return feed.wake() };
        let time = lines.iter().find_map(stamp);
        let start = lines.first().map_or(at, |line| line.span.start);
        self.inner.update_value(|inner| {
            if let Some(going) = &mut inner.going {
                going.asked = true;
                going.leader = Some((leader, start));
            }
        });
        match time {
            Some(time) => {
                feeds.iter().enumerate().filter(|(nth, _)| *nth != leader).for_each(|(_, feed)| feed.seek(time.at));
                // All the others may be empty.
                self.arrived(&feeds.iter().map(|feed| feed.found.get_untracked()).collect::<Vec<_>>());
            }
            None => self.arrived(&vec![Some(None); feeds.len()]),
        }
    }

    /// What was found of the time, in each file.
    fn arrived(self, found: &[Option<Option<u64>>]) {
        let feeds = self.feeds();
        let is_out = |nth: usize| feeds.get(nth).is_none_or(|feed| feed.size.get_untracked().unwrap_or(0) == 0);
        let came = self.inner.try_update_value(|inner| {
            let going = inner.going.clone().filter(|going| going.asked)?;
            let leads = |nth: usize| going.leader.filter(|(leader, _)| *leader == nth);
            let mut place = going.place.clone();
            for (nth, at) in place.iter_mut().enumerate() {
                match (leads(nth), found.get(nth).copied().flatten()) {
                    (Some((_, start)), _) => *at = start,
                    (None, Some(found)) => *at = found.unwrap_or(*at),
                    (None, None) if is_out(nth) => {}
                    (None, None) => return None,
                }
            }
            (inner.place, inner.going, inner.key) = (Some(place), None, ARRIVED);
            Some(going.spot.unwrap_or(Spot::Line(ARRIVED, 0.0)))
        });
        if let Some(Some(spot)) = came {
            self.came.set(Some(spot));
        }
    }

    /// To the next line that a search found, or the one before.
    pub(super) fn step(self, key: u64, forward: bool, above: f64) -> Option<u64> {
        let place = self.inner.with_value(|inner| {
            let here = inner.at(key).or_else(|| inner.place.clone());
            here.unwrap_or_else(|| inner.last_place.clone())
        });
        let own = (key >= FILE).then(|| (key / FILE - 1) as usize);
        let hit = |(nth, feed): (usize, &Feed)| {
            let at = place.get(nth).copied()?;
            feed.source.with_value(|source| {
                let search = source.search.as_ref()?;
                let hit = match forward {
                    true if own == Some(nth) => search.after(at),
                    true => search.after(at.saturating_sub(1)),
                    false => search.before(at),
                }?;
                let (kept, _) = search.kept(hit, 0, 1);
                let time = kept.first().filter(|(start, _)| *start == hit);
                let time = time.and_then(|line| stamp(&Line::from(line.clone())));
                Some((time.map(|time| time.at), nth, hit))
            })
        };
        let feeds = self.feeds();
        let hits = feeds.iter().enumerate().filter_map(hit);
        let (_, nth, at) = if forward { hits.min() } else { hits.max() }?;
        self.go(Some((nth, at)), Some(Spot::Line(key_of(nth, at), -above)));
        Some(key_of(nth, at))
    }

    /// Where it stands in the first file, for an address.
    pub(super) fn first(self, key: u64) -> Option<u64> {
        self.inner.with_value(|inner| inner.at(key)?.first().copied())
    }
}

/// Lines that are looked through for a time.
const LOOK: usize = 60;

/// What tells a file from the others: its name, and whose it is.
pub(super) fn name(feed: Feed) -> String {
    let path = feed.path();
    let whose = match feed.target() {
        Target::Master => "master".to_owned(),
        Target::Agent(agent) => text::short_id(agent.as_str()).to_owned(),
    };
    format!("{whose} {}", file::base_name(&path))
}

fn stamp(line: &Line) -> Option<Stamp> {
    Stamp::parse(&Shown::of(&line.bytes, false).text, now())
}

fn key_of(file: usize, start: u64) -> u64 {
    (file as u64 + 1) * FILE + start
}

impl Inner {
    /// Where the stream stands before a line that was woven last.
    fn at(&self, key: u64) -> Option<Vec<u64>> {
        let nth = self.last.lines.iter().position(|woven| key_of(woven.file, woven.line.span.start) == key)?;
        Some(self.last.place(nth, &self.last_place))
    }

    fn stand(&mut self, key: u64) {
        if self.going.is_none()
            && (self.key != key || self.place.is_none())
            && let Some(place) = self.at(key)
        {
            (self.place, self.key) = (Some(place), key);
        }
    }
}

/// The lines of a file around an offset. One that fails holds the others up no longer.
fn lane(feed: Feed, at: u64, (above, below): (usize, usize)) -> Lane {
    let screen = feed.source.try_update_value(|source| {
        let size = source.tail.size();
        (source.tail.screen(at, above, below, Form::Lines), size)
    });
    let Some((Screen { lines, at: here, .. }, size)) = screen else { return Lane::default() };
    let waits = feed.failed.with_untracked(Option::is_none);
    let (first, last) = (lines.first().map(|line| line.span.start), lines.last().map(|line| line.span.end));
    let from = first.unwrap_or_else(|| at.min(size.unwrap_or(u64::MAX)));
    let more_below = at != u64::MAX && size.is_none_or(|size| last.unwrap_or(at) < size);
    Lane { at: here, more_above: waits && from > 0, more_below: waits && more_below, lines }
}

/// The same of those that a search found, and of those beside them.
fn found(feed: Feed, nth: usize, at: u64, (above, below): (usize, usize), beside: &mut BTreeSet<u64>) -> Lane {
    let kept = feed.source.with_value(|source| source.search.as_ref().map(|search| search.kept(at, above, below)));
    let (kept, here) = kept.unwrap_or_default();
    let more_above = kept.len() >= above && here == above;
    let more_below = kept.len() - here >= below && at != u64::MAX;
    beside.extend(kept.iter().filter(|(_, kept)| !kept.is_hit).map(|(start, _)| key_of(nth, *start)));
    Lane { lines: kept.into_iter().map(Line::from).collect(), at: here, more_above, more_below }
}

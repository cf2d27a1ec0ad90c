//! Several files as one stream: what the core's course wants to see of them is shown to it. The order is the core's, and the way.

use std::collections::HashSet;

use leptos::prelude::*;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::files;
use mesoscope_core::files::bisect::Sighted;
use mesoscope_core::files::log::Log;
use mesoscope_core::files::merge::{MergeInput, MergeOrder, MergedLine};
use mesoscope_core::files::merged_cursor::MergedCursor;
use mesoscope_core::files::search::Search;
use mesoscope_core::files::stamp::Stamp;
use mesoscope_core::files::tail::{Form, Screen};
use mesoscope_core::files::viewport::{Edges, ScrollAnchor, Viewport};
use mesoscope_core::files::zone::Clock;
use mesoscope_core::files::zone::DateOrder;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::route::place::Place;
use mesoscope_core::text;

use super::log_source::LogSource;
use super::rows::Row;
use crate::hooks::{now, on_each};
use crate::parts::files::spot::{Seen, Wanted};

/// The stream.
#[derive(Clone, Copy)]
pub(super) struct Stream {
    /// Each with the name that its lines are marked with.
    pub(super) files: StoredValue<Vec<(LogSource, String)>>,
    course: StoredValue<MergedCursor, LocalStorage>,
    place: Signal<Place>,
    /// The line that it came to, and pixels of what stands before that.
    pub(super) came: RwSignal<Option<ScrollAnchor>>,
}

impl Stream {
    /// Of these files, followed from now on; or where a line of one of them is.
    pub(super) fn start(
        files: Vec<(LogSource, String)>,
        order: MergeOrder,
        at: Option<(usize, u64)>,
        place: Signal<Place>,
    ) -> Self {
        let course = MergedCursor::new(files.len(), order, at.filter(|(file, _)| *file < files.len()));
        let feeds: Vec<LogSource> = files.iter().map(|(feed, _)| *feed).collect();
        let (files, course) = (StoredValue::new(files), StoredValue::new_local(course));
        let stream = Self { files, course, place, came: RwSignal::new(None) };
        for (nth, feed) in feeds.iter().copied().enumerate() {
            Effect::new(move |before: Option<Option<Timestamp>>| {
                let (size, replaced) = (feed.size.get(), feed.replaced.get());
                stream.course.update_value(|course| match size {
                    Some(size) if before.is_some_and(|before| before != replaced) => course.replaced(nth, size),
                    Some(size) => course.seen(nth, size),
                    None => {}
                });
                replaced
            });
        }
        // One that fails holds the others up no longer.
        let failed = |feed: &LogSource| feed.failed.with(Option::is_some).then_some(Sighted::Unread);
        let found = move |feed: &LogSource| {
            feed.size.track();
            feed.found.get().or(failed(feed))
        };
        on_each(move || feeds.iter().map(found).collect::<Vec<_>>(), move |found| stream.arrived(&found));
        stream
    }

    pub(super) fn feeds(self) -> Vec<LogSource> {
        self.files.with_value(|files| files.iter().map(|(feed, _)| *feed).collect())
    }

    /// How long all are, as far as is known.
    pub(super) fn size(self) -> Option<u64> {
        self.files.with_value(|files| files.iter().filter_map(|(feed, _)| feed.size.get()).reduce(|a, b| a + b))
    }

    /// What it is, in words.
    pub(super) fn words(self) -> String {
        let count = self.files.with_value(Vec::len);
        match self.course.with_value(MergedCursor::order) {
            MergeOrder::Time => format!("{count} files, by time"),
            MergeOrder::Arrival => format!("{count} files, as lines arrive; what was there before, by time"),
        }
    }

    /// The files whose lines have no times, as far as they were read: they cannot be put in order by time.
    pub(super) fn without_times(self) -> Vec<String> {
        self.files.with_value(|files| {
            let is_without = |(feed, _): &&(LogSource, String)| {
                feed.news.track();
                feed.size.get().is_some_and(|size| size > 0) && !feed.log.with_value(Log::has_times)
            };
            files.iter().filter(is_without).map(|(_, name)| name.clone()).collect()
        })
    }

    fn clock(self) -> Clock {
        Clock::new(now(), self.place.with_untracked(|place| place.zone))
    }

    fn sizes(self) -> Vec<u64> {
        self.feeds().iter().map(|feed| feed.size.get_untracked().unwrap_or(0)).collect()
    }

    /// The lines around a spot; none as long as it is on its way there.
    pub(super) fn lines(self, spot: ScrollAnchor, height: f64, only: bool) -> Option<Seen> {
        let sizes = self.sizes();
        self.course.update_value(|course| match spot {
            ScrollAnchor::End => course.to_end(),
            ScrollAnchor::Line(key, _) => course.stand(key, &sizes),
        });
        self.lead();
        if self.course.with_value(MergedCursor::is_going) {
            return None;
        }
        let is_end = self.course.with_value(MergedCursor::is_at_end);
        let (above, below) = Viewport::wanted(is_end, height);
        let mut beside = HashSet::new();
        let of = |(nth, feed): (usize, &LogSource)| {
            let at = self.course.with_value(|course| course.place_in(nth));
            let waits = feed.failed.with_untracked(Option::is_none);
            let lane = |log: &mut Log| match only {
                true => log.lane_of_found(at, (above, below), waits),
                false => (log.lane(at, (above, below), waits), Vec::new()),
            };
            let (lane, starts) = feed.log.try_update_value(lane).unwrap_or_default();
            beside.extend(starts.into_iter().map(|start| files::merged_cursor::key_of(nth, start)));
            lane
        };
        let clock = self.clock();
        let lanes: Vec<MergeInput> = self.feeds().iter().enumerate().map(of).collect();
        let waits = lanes.iter().any(|lane| lane.more_above || lane.more_below);
        let stream = self.course.try_update_value(|course| course.weave(&lanes, (above, below), clock))?;
        let names = self.files.with_value(|files| files.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>());
        let orders: Vec<DateOrder> = self.feeds().iter().map(|feed| feed.log.with_value(Log::date_order)).collect();
        let row = |woven: MergedLine| {
            let key = files::merged_cursor::key_of(woven.file, woven.line.span.start);
            let source = Some(names.get(woven.file).cloned().unwrap_or_default());
            let order = orders.get(woven.file).copied().unwrap_or_default();
            Row { key, file: woven.file, source, is_beside: beside.contains(&key), ..Row::of(woven.line, order) }
        };
        let at = stream.at;
        let rows: Vec<Row> = stream.lines.into_iter().map(row).collect();
        let spot = match spot {
            // It has come to where no line was known before.
            ScrollAnchor::Line(key, _) if !rows.iter().any(|row| row.key == key) => match rows.get(at) {
                Some(row) => ScrollAnchor::Line(row.key, 0.0),
                None if stream.ends => ScrollAnchor::End,
                // Lines behind the place are still to come.
                None => return None,
            },
            ScrollAnchor::Line(..) | ScrollAnchor::End => spot,
        };
        let lives = self.feeds().iter().map(|feed| feed.log.with_value(Log::lives)).sum();
        let edges = Edges { starts: stream.starts, ends: stream.ends || is_end };
        Some(Seen { rows, size: sizes.iter().sum(), spot, edges, waits, lives })
    }

    /// Bytes of all files before a line.
    pub(super) fn before(self, key: u64) -> u64 {
        self.course.with_value(|course| course.at(key).map_or(0, |place| place.iter().sum()))
    }

    /// Gives up going elsewhere.
    pub(super) fn stay(self) {
        self.course.update_value(MergedCursor::stay);
    }

    /// To the first line of each that is not before a time.
    pub(super) fn seek(self, wanted: Wanted) {
        self.course.update_value(MergedCursor::seek);
        self.feeds().iter().for_each(|feed| feed.seek(wanted.there(&feed.target()), self.clock()));
    }

    /// Once the leader's line is there, its time is looked for in the others.
    fn lead(self) {
        let Some((leader, at)) = self.course.with_value(MergedCursor::leader) else { return };
        let feeds = self.feeds();
        let Some(feed) = feeds.get(leader).filter(|feed| feed.size.with_untracked(Option::is_some)) else { return };
        let screen = feed.log.try_update_value(|log| log.tail_mut().screen(at, LOOK, LOOK, Form::Lines));
        let Some(Screen { lines, at: here, is_partial: false }) = screen else { return feed.wake() };
        let clock = Clock { order: feed.log.with_value(Log::date_order), ..self.clock() };
        match self.course.try_update_value(|course| course.led((&lines, here), clock)).flatten() {
            Some(time) => {
                feeds
                    .iter()
                    .enumerate()
                    .filter(|(nth, _)| *nth != leader)
                    .for_each(|(_, feed)| feed.seek(time, self.clock()));
                // All the others may be empty.
                self.arrived(&feeds.iter().map(|feed| feed.found.get_untracked()).collect::<Vec<_>>());
            }
            None => self.arrived(&vec![Some(Sighted::Nowhere); feeds.len()]),
        }
    }

    /// What was found of the time, in each file.
    fn arrived(self, found: &[Option<Sighted>]) {
        // One of which nothing is known yet is not an empty one.
        let is_known =
            |feed: &LogSource| feed.size.with_untracked(Option::is_some) || feed.failed.with_untracked(Option::is_some);
        if !self.feeds().iter().all(is_known) {
            return;
        }
        let sizes = self.sizes();
        let came = self.course.try_update_value(|course| course.found(found, &sizes)).flatten();
        if let Some((key, above)) = came {
            self.came.set(Some(ScrollAnchor::Line(key, -above)));
        }
    }

    /// To the next line that a search found, or the one before: from one that was gone to, or from the edge of what is in sight.
    pub(super) fn step(self, from: (Option<u64>, Option<u64>), forward: bool, above: f64) -> Option<(usize, u64)> {
        let feeds = self.feeds();
        let hit = |nth: usize, at: u64| {
            feeds.get(nth)?.log.with_value(|log| {
                let hit = log
                    .search()
                    .and_then(|search: &Search| if forward { search.from(at) } else { search.before(at) })?;
                let clock = Clock { order: log.date_order(), ..self.clock() };
                Some((log.search().and_then(|search| stamp(search.line(hit)?, clock)), hit))
            })
        };
        let to = self.course.with_value(|course| course.step(from, forward, hit))?;
        self.course.update_value(|course| course.go(to, above));
        Some(to)
    }
}

/// Lines that are looked through for a time.
const LOOK: usize = 200;

/// What tells a file from the others: its name, and whose it is.
pub(super) fn name(feed: LogSource) -> String {
    let path = feed.path.get_untracked();
    let whose = match feed.target() {
        Target::Master => "master".to_owned(),
        Target::Agent(agent) => text::short_id(agent.as_str()).to_owned(),
    };
    format!("{whose} {}", files::entry::base_name(&path))
}

fn stamp(line: &[u8], clock: Clock) -> Option<Timestamp> {
    Stamp::parse(&files::styled_line::plain(line), clock).map(|stamp| stamp.at)
}

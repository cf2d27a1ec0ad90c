//! A file as it is read, followed and searched at a time, with those before it that it was: what to ask now, when to ask next, and
//! what became of it. Knows no path's meaning but the chain's, and no clock.

use super::bisect::Bisect;
use super::date_order::{Assumption, DateEvidence};
use super::styled_line::plain;
use crate::base::backoff::Backoff;
use crate::base::units::Timestamp;
use crate::files::bisect::TimeSearchResult;
use crate::files::followed_file::{FileChange, FollowedFile, ReadReply, WindowRead};
use crate::files::hit_cache::CachedLines;
use crate::files::lines::Span;
use crate::files::rotated_file::{RotatedFile, RotatedRead, RotatedReadState};
use crate::files::search::{Probe, Search};
use crate::files::search_query::SearchQuery;
use crate::files::text_format::Encoding;
use crate::files::zone::DateOrder;
use crate::files::zone::TimeDefaults;

/// So often a question about a time is asked again, before that is given up.
const TRIES: u32 = 4;

/// A question, put together from one or more to the files themselves. It is answered once.
#[derive(Clone, Debug)]
pub struct FileRequest {
    of: RequestPurpose,
    span_read: RotatedRead,
    /// Of which chain.
    life: u32,
}

/// What a question is for.
#[derive(Clone, Copy, Debug)]
enum RequestPurpose {
    Tail(WindowRead),
    /// Of the search of that number.
    Search(u32, Probe),
    /// Of the time of that number, and the offset.
    Time(u32, u64),
}

impl FileRequest {
    /// Whether the read is the search's, and can wait.
    pub fn is_search(&self) -> bool {
        matches!(self.of, RequestPurpose::Search(..))
    }

    /// Next read: the file's path, an offset in it, and a length, both in bytes.
    pub fn next_read(&self) -> (&str, u64, u64) {
        self.span_read.next_read()
    }

    /// The answer to that.
    pub fn answered(&mut self, reported: ReadReply) -> RotatedReadState {
        self.span_read.answered(reported)
    }
}

/// The file.
#[derive(Debug)]
pub struct Log {
    tail: FollowedFile,
    chain: RotatedFile,
    life: u32,
    search: Option<Search>,
    searches: u32,
    /// How many files are searched at a time, this one too.
    shares: usize,
    /// What is searched for as soon as it is known where the file ends, since a search begins there.
    query: Option<SearchQuery>,
    search_pause: Pause,
    time: Option<TimeSearch>,
    times: u32,
    /// How long it was when the reader left its end; none while he is there, or before that is known.
    left: Option<u64>,
    is_left: bool,
    /// What its lines tell about dates.
    dates: DateEvidence,
    /// When another was found in its place.
    replaced: Option<Timestamp>,
    seed: u64,
}

/// The search for a time.
#[derive(Debug)]
struct TimeSearch {
    target: Timestamp,
    clock: TimeDefaults,
    /// None before it is known how long the file is.
    bisect: Option<Bisect>,
    is_out: bool,
    tries: u32,
    pause: Pause,
    asked: u32,
}

/// After a failure: nothing is asked for a while.
#[derive(Debug)]
struct Pause {
    backoff: Backoff,
    until: Option<Timestamp>,
}

impl Pause {
    fn new(seed: u64) -> Self {
        Self { backoff: Backoff::new(seed), until: None }
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| until <= now)
    }

    /// Questions that were out together fail together, and count as one.
    fn begin(&mut self, now: Timestamp) {
        if self.is_over(now) {
            self.until = Some(now + self.backoff.next_wait());
        }
    }

    fn end(&mut self) {
        self.backoff.reset();
        self.until = None;
    }
}

impl Log {
    /// A file of which nothing is known yet. The seed is for the waits between tries.
    pub fn new(path: &str, now: Timestamp, seed: u64) -> Self {
        Self {
            tail: FollowedFile::new(now, seed),
            chain: RotatedFile::new(path, Vec::new()),
            life: 0,
            search: None,
            searches: 0,
            shares: 1,
            query: None,
            search_pause: Pause::new(seed ^ 1),
            time: None,
            times: 0,
            left: None,
            is_left: false,
            dates: DateEvidence::default(),
            replaced: None,
            seed,
        }
    }

    /// The cached part of the file.
    pub fn tail(&self) -> &FollowedFile {
        &self.tail
    }

    /// The tail, to look at some of it and say how eagerly it is to be followed.
    pub fn tail_mut(&mut self) -> &mut FollowedFile {
        &mut self.tail
    }

    /// The search, if there is one.
    pub fn search(&self) -> Option<&Search> {
        self.search.as_ref()
    }

    /// The files that it is read from.
    pub fn chain(&self) -> &RotatedFile {
        &self.chain
    }

    /// Lines around a place of those that were found; none without a search.
    pub fn found(&mut self, place: u64, above: usize, below: usize) -> Option<CachedLines> {
        let mut found = self.search.as_mut()?.around(place, above, below);
        for (_, kept) in &mut found.lines {
            kept.number = kept.lines.and_then(|(block, lines)| self.tail.number(block, lines));
        }
        Some(found)
    }

    /// Size in bytes; `None` before it is known.
    pub fn size(&self) -> Option<u64> {
        self.tail.size()
    }

    /// When another was found in its place: it was cut, or rotated.
    pub fn replaced(&self) -> Option<Timestamp> {
        self.replaced
    }

    /// The next question, if one is due.
    pub fn next_ask(&mut self, now: Timestamp) -> Option<FileRequest> {
        if let Some(ask) = self.next_urgent(now) {
            return Some(ask);
        }
        let probe = self.search.as_mut().filter(|_| self.search_pause.is_over(now))?.next_read()?;
        Some(self.stitched(RequestPurpose::Search(self.searches, probe), probe.offset, probe.length))
    }

    /// The next read that the user waits for: none of the search's.
    pub fn next_urgent(&mut self, now: Timestamp) -> Option<FileRequest> {
        if let Some(read) = self.tail.next_read(now) {
            return Some(self.stitched(RequestPurpose::Tail(read), read.offset, read.length));
        }
        let (of, offset) = self.next_of_time(now)?;
        Some(self.stitched(of, offset, super::WINDOW))
    }

    fn next_of_time(&mut self, now: Timestamp) -> Option<(RequestPurpose, u64)> {
        let time = self.time.as_mut().filter(|time| !time.is_out && time.pause.is_over(now))?;
        let offset = time.bisect.as_ref()?.next_read()?;
        time.is_out = true;
        time.asked += 1;
        Some((RequestPurpose::Time(self.times, offset), offset))
    }

    fn stitched(&self, of: RequestPurpose, offset: u64, length: u64) -> FileRequest {
        let sized = matches!(of, RequestPurpose::Tail(read) if read.is_poll());
        FileRequest { of, span_read: RotatedRead::new(&self.chain, offset, length, sized), life: self.life }
    }

    /// Bytes of it that another user has a use for: the question is put to the files, and its answer kept from here.
    pub fn excerpt(&self, offset: u64, length: u64) -> RotatedRead {
        RotatedRead::new(&self.chain, offset, length, true)
    }

    /// When something is due, if nothing happens before.
    pub fn wake_at(&self, now: Timestamp) -> Option<Timestamp> {
        let search = self.search.as_ref().and(self.search_pause.until);
        let time = self.time.as_ref().filter(|time| !time.is_out).and_then(|time| time.pause.until);
        let later = [search, time].into_iter().flatten().filter(|at| *at > now);
        later.chain(self.tail.wake_at()).min()
    }

    /// Whether the read is about what is read now, not about what was read before.
    pub fn is_current(&self, ask: &FileRequest) -> bool {
        ask.life == self.life
    }

    /// Takes the outcome of a read: the state after its last answer, or `None` if one failed.
    pub fn answered(&mut self, ask: &FileRequest, reported: Option<RotatedReadState>, now: Timestamp) -> FileChange {
        if !self.is_current(ask) {
            return FileChange::None;
        }
        let reported = match reported {
            Some(RotatedReadState::Stale) => return self.begin_replaced(now),
            Some(RotatedReadState::Whole { size, bytes }) => {
                let size = size.or(self.tail.size()).unwrap_or(0).max(self.chain.before());
                Some(ReadReply { size, bytes })
            }
            Some(RotatedReadState::More) | None => None,
        };
        if let Some(reported) = &reported {
            self.see_dates(ask.span_read.offset(), &reported.bytes, now);
        }
        match ask.of {
            RequestPurpose::Tail(read) => self.tail_answered(read, reported, now),
            RequestPurpose::Search(number, probe) => {
                if number == self.searches {
                    self.search_answered(probe, reported, now);
                }
                FileChange::None
            }
            RequestPurpose::Time(number, offset) => {
                if number == self.times {
                    self.time_answered(offset, reported, now);
                }
                FileChange::None
            }
        }
    }

    fn see_dates(&mut self, at: u64, bytes: &[u8], now: Timestamp) {
        let format = self.tail.format();
        let lines = format.lines(at, bytes, false).into_iter();
        let text = |span: Span| {
            let line = bytes.get((span.start - at) as usize..(span.end - at) as usize).unwrap_or_default();
            plain(&format.decode(span.start, line)).into_owned().into()
        };
        self.dates.see(lines.map(text), now.into());
    }

    /// Order of its ambiguous dates, by the lines so far.
    pub fn date_order(&self) -> DateOrder {
        self.dates.order()
    }

    /// Reads them so where its lines do not tell.
    pub fn choose_dates(&mut self, order: Option<DateOrder>) {
        self.dates.choose(order);
    }

    /// Reads the text as encoded so, or, without one, as it looks.
    pub fn set_encoding(&mut self, encoding: Option<Encoding>) {
        let format = self.tail.format();
        self.tail.set_encoding(encoding);
        if format != self.tail.format() {
            self.format_changed();
        }
    }

    /// Assumed order of its dates; `None` if lines decide it.
    pub fn assumed_dates(&self) -> Option<Assumption> {
        self.dates.assumption()
    }

    /// Names of zones in its lines that are not read, since they mean none for certain.
    pub fn unread_zones(&self) -> &[String] {
        self.dates.unread_zones()
    }

    /// Whether some line that was read has a time.
    pub fn has_times(&self) -> bool {
        self.dates.has_times()
    }

    fn tail_answered(&mut self, read: WindowRead, reported: Option<ReadReply>, now: Timestamp) -> FileChange {
        let was_known = self.tail.size().is_some();
        let format = self.tail.format();
        let change = self.tail.answered(read, reported, now);
        if change == FileChange::Replaced {
            self.follow_replaced(now);
        }
        if format != self.tail.format() && change != FileChange::Replaced {
            self.format_changed();
        }
        let Some(size) = self.tail.size() else { return change };
        if !was_known && self.is_left {
            self.left = self.left.or(Some(size));
        }
        self.begin_bisect(now);
        self.begin_search();
        self.search.iter_mut().for_each(|search| search.grow(size));
        change
    }

    /// What was searched for in text of another format is searched for again.
    fn format_changed(&mut self) {
        if self.search.is_some() {
            self.search_again();
        }
        self.bisect_again();
    }

    /// An older file has changed: the offsets of all cached bytes are wrong.
    fn begin_replaced(&mut self, now: Timestamp) -> FileChange {
        self.restart(now);
        self.follow_replaced(now);
        FileChange::Replaced
    }

    fn follow_replaced(&mut self, now: Timestamp) {
        self.replaced = Some(now);
        self.dates.forget();
        self.search_again();
        self.bisect_again();
        // All of it is new.
        self.left = self.is_left.then_some(self.chain.before());
    }

    fn restart(&mut self, now: Timestamp) {
        self.life += 1;
        let pace = self.tail.pace();
        let (is_quiet, encoding) = (self.tail.is_quiet(), self.tail.encoding());
        self.tail = FollowedFile::new(now, self.seed.wrapping_add(u64::from(self.life)));
        self.tail.set_encoding(encoding);
        self.tail.set_pace(pace, now);
        if is_quiet {
            self.tail.keep_quiet();
        }
    }

    fn search_again(&mut self) {
        let query = self.search.take().map(|search| search.query().clone());
        self.query = query.or(self.query.take());
        self.searches += 1;
        self.begin_search();
    }

    fn search_answered(&mut self, probe: Probe, reported: Option<ReadReply>, now: Timestamp) {
        let Some(search) = &mut self.search else { return };
        // Only polls tell a search that the file has grown: its own answers would have it ask for the end without a pause.
        let known = self.tail.size().unwrap_or(u64::MAX);
        let reported = reported.map(|reported| self.tail.until_paused(probe.offset, reported));
        let reported = reported.map(|reported| ReadReply { size: reported.size.min(known), ..reported });
        match reported {
            Some(_) => self.search_pause.end(),
            None => self.search_pause.begin(now),
        }
        search.answered(probe, reported);
    }

    fn time_answered(&mut self, offset: u64, reported: Option<ReadReply>, now: Timestamp) {
        let Some(time) = &mut self.time else { return };
        time.is_out = false;
        let meant = time.bisect.as_mut().filter(|bisect| bisect.next_read() == Some(offset));
        match (meant, reported) {
            (Some(bisect), Some(reported)) => {
                bisect.answered(&reported.bytes, reported.size);
                time.pause.end();
                time.tries = 0;
            }
            (_, None) => {
                time.tries += 1;
                time.pause.begin(now);
            }
            (None, Some(_)) => {}
        }
    }

    /// Looks through a little of what came for the search; whether there is more of that.
    pub fn work(&mut self) -> bool {
        let Some(search) = &mut self.search else { return false };
        let is_more = search.work();
        search.counts().into_iter().for_each(|(block, lines)| self.tail.counted(block, lines));
        is_more
    }

    /// Searches from now on for something else, or for nothing.
    pub fn seek(&mut self, query: Option<SearchQuery>) {
        self.search = None;
        self.query = query;
        self.searches += 1;
        self.search_pause.end();
        self.begin_search();
    }

    /// Says how many files are searched at the same time.
    pub fn share(&mut self, searches: usize) {
        self.shares = searches;
        self.search.iter_mut().for_each(|search| search.share(searches));
    }

    /// The search goes no farther.
    pub fn stop(&mut self) {
        self.search.iter_mut().for_each(Search::stop);
    }

    fn begin_search(&mut self) {
        let Some(query) = self.query.take() else { return };
        let Some((size, format)) = self.tail.size().zip(self.tail.known_format()) else {
            self.query = Some(query);
            return self.tail.want_sample();
        };
        let beside = query.beside();
        let mut search = Search::new(query, beside, size, format);
        search.share(self.shares);
        self.search = Some(search);
    }

    fn begin_bisect(&mut self, now: Timestamp) {
        let Some(time) = self.time.as_mut().filter(|time| time.bisect.is_none()) else { return };
        let Some((size, format)) = self.tail.size().zip(self.tail.known_format()) else {
            return self.tail.want_sample();
        };
        let clock = TimeDefaults { now, order: self.dates.order(), ..time.clock };
        time.bisect = Some(Bisect::new(time.target, size, clock).of_format(format));
    }

    fn bisect_again(&mut self) {
        self.time.iter_mut().for_each(|time| (time.bisect, time.is_out) = (None, false));
        self.times += 1;
    }

    /// Looks for the first line that is not before a time. The clock is that of times that tell no zone.
    pub fn find_time(&mut self, target: Timestamp, clock: impl Into<TimeDefaults>) {
        let clock = clock.into();
        self.times += 1;
        let clock = TimeDefaults { order: self.dates.order(), ..clock };
        let pause = Pause::new(self.seed ^ 2);
        self.time = Some(TimeSearch { target, clock, bisect: None, is_out: false, tries: 0, pause, asked: 0 });
        self.begin_bisect(clock.now);
    }

    /// Time that is searched for, and the number of reads so far; `None` without a search.
    pub fn finding(&self) -> Option<(Timestamp, u32)> {
        self.time.as_ref().map(|time| (time.target, time.asked))
    }

    /// A time is looked for, and no question about it has failed: the reader waits for each answer.
    pub fn is_hurried(&self) -> bool {
        self.time.as_ref().is_some_and(|time| time.tries == 0)
    }

    /// Gives up the search for a time.
    pub fn forget_time(&mut self) {
        self.times += 1;
        self.time = None;
    }

    /// Result of the search for a time; returned once.
    pub fn time_found(&mut self) -> Option<TimeSearchResult> {
        let time = self.time.as_ref()?;
        let sighted = match time.bisect.as_ref().and_then(Bisect::found) {
            Some(found) => found,
            None if time.tries >= TRIES => TimeSearchResult::Unread,
            None => return None,
        };
        self.forget_time();
        Some(sighted)
    }

    /// Tries again now.
    pub fn retry(&mut self, now: Timestamp) {
        self.tail.retry(now);
        self.search_pause.end();
        self.time.iter_mut().for_each(|time| time.pause.end());
    }

    /// Reads those that it was before as its beginning, or no more so; or another in its place.
    pub fn set_chain(&mut self, chain: RotatedFile, now: Timestamp) {
        self.chain = chain;
        self.restart(now);
        self.search_again();
        self.forget_time();
        self.left = None;
    }

    /// The reader is at its end and sees what comes, or has left it.
    pub fn set_scrolled_away(&mut self, is_left: bool) {
        if self.is_left != is_left {
            self.is_left = is_left;
            self.left = self.tail.size().filter(|_| is_left);
        }
    }

    /// Bytes that arrived since the reader left the end.
    pub fn unseen_bytes(&self) -> u64 {
        self.tail.size().zip(self.left).map_or(0, |(size, left)| size.saturating_sub(left))
    }

    /// Number that changes whenever the file is replaced; rows drawn before are then invalid.
    pub fn lives(&self) -> u64 {
        (u64::from(self.life) << 32) | u64::from(self.tail.life())
    }
}

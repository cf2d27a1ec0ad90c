//! A file, read for as long as its scope lasts: asks what the core wants asked, and says when something came.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Poll, Waker};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use leptos::ev;
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope::api::Target;
use mesoscope::api::files::ReadFile;
use mesoscope::file::{self, Bisect, Chain, Change, Pace, Part, Read, Search, Sought, Tail, Told};
use mesoscope::units::Timestamp;

use crate::ui::ask::{NoAnswer, Question};
use crate::ui::link::{Link, link};

/// A timer is set no farther ahead.
const LONGEST: Duration = Duration::from_secs(60);

/// What an answer is for.
enum Purpose {
    Tail(Read),
    Search(u64),
    Time(u64),
}

type Asked = Pin<Box<dyn Future<Output = (Purpose, u32, Result<Told, NoAnswer>)>>>;

/// What a feed is made of; nothing of it is a signal.
pub(super) struct Source {
    pub(super) tail: Tail,
    pub(super) search: Option<Search>,
    /// What is searched for as soon as it is known where the file ends, since a search begins there.
    sought: Option<Sought>,
    pub(super) chain: Chain,
    bisect: Option<Bisect>,
    /// Answers to what was asked of another file are let go.
    life: u32,
    /// The question of a time is out.
    seeking: bool,
    waker: Option<Waker>,
    woken: bool,
    timer: Option<TimeoutHandle>,
    /// A search does not go on before that.
    search_after: Timestamp,
}

/// The file.
#[derive(Clone, Copy)]
pub(crate) struct Feed {
    pub(super) source: StoredValue<Source, LocalStorage>,
    target: StoredValue<Target>,
    path: StoredValue<String>,
    /// Moves whenever there may be something new to draw.
    pub(super) news: RwSignal<u32>,
    /// How long it is, as far as is known.
    pub(super) size: RwSignal<Option<u64>>,
    pub(super) failed: RwSignal<Option<NoAnswer>>,
    /// What became of it: cut or rotated.
    pub(super) said: RwSignal<Option<&'static str>>,
    /// How often another has come in its place.
    pub(super) lives: RwSignal<u32>,
    /// Where the line is that a time was sought for.
    pub(super) found: RwSignal<Option<Option<u64>>>,
    pub(super) pace: RwSignal<Pace>,
    link: Link,
}

impl Feed {
    /// Reads from now on.
    pub(crate) fn start(target: Target, path: &str) -> Self {
        let mut tail = Tail::new(now(), (js_sys::Math::random() * 1e15) as u64);
        if matches!(path, "/master/log" | "/slave/log") {
            tail.keep_calm();
        }
        let source = Source {
            tail,
            search: None,
            sought: None,
            chain: Chain::new(path, Vec::new()),
            bisect: None,
            life: 0,
            seeking: false,
            waker: None,
            woken: false,
            timer: None,
            search_after: Timestamp::default(),
        };
        let feed = Self {
            source: StoredValue::new_local(source),
            target: StoredValue::new(target),
            path: StoredValue::new(path.to_owned()),
            news: RwSignal::new(0),
            size: RwSignal::new(None),
            failed: RwSignal::new(None),
            said: RwSignal::new(None),
            lives: RwSignal::new(0),
            found: RwSignal::new(None),
            pace: RwSignal::new(Pace::Follow),
            link: link(),
        };
        spawn_local_scoped_with_cancellation(feed.run());
        let shown = window_event_listener(ev::visibilitychange, move |_| feed.keep_pace());
        on_cleanup(move || {
            shown.remove();
            feed.source.try_update_value(|source| source.timer.take().iter().for_each(TimeoutHandle::clear));
        });
        Effect::new(move |_| {
            feed.pace.track();
            feed.keep_pace();
        });
        feed
    }

    fn keep_pace(self) {
        let pace = self.pace.get_untracked();
        let pace = if document().hidden() && pace != Pace::Paused { Pace::Hidden } else { pace };
        self.source.try_update_value(|source| source.tail.set_pace(pace, now()));
        self.wake();
    }

    /// Something may have to be asked.
    pub(super) fn wake(self) {
        let waker = self.source.try_update_value(|source| {
            source.woken = true;
            source.waker.take()
        });
        waker.flatten().into_iter().for_each(Waker::wake);
    }

    async fn run(self) {
        let mut out: FuturesUnordered<Asked> = FuturesUnordered::new();
        loop {
            self.due().into_iter().for_each(|(purpose, offset, length)| out.push(self.ask(purpose, offset, length)));
            self.set_timer();
            let came = poll_fn(|context| match out.poll_next_unpin(context) {
                Poll::Ready(Some(came)) => Poll::Ready(Some(came)),
                Poll::Ready(None) | Poll::Pending => {
                    let woken = self.source.try_update_value(|source| {
                        source.waker = Some(context.waker().clone());
                        std::mem::take(&mut source.woken)
                    });
                    if woken == Some(true) { Poll::Ready(None) } else { Poll::Pending }
                }
            });
            if let Some((purpose, life, told)) = came.await {
                self.take(purpose, life, told);
            }
        }
    }

    /// What is to be asked now.
    fn due(self) -> Vec<(Purpose, u64, u64)> {
        let due = self.source.try_update_value(|source| {
            let mut due = Vec::new();
            if let Some(offset) = source.bisect.as_ref().and_then(Bisect::next_read).filter(|_| !source.seeking) {
                source.seeking = true;
                due.push((Purpose::Time(offset), offset, file::WINDOW));
            }
            while let Some(read) = source.tail.next_read(now()) {
                due.push((Purpose::Tail(read), read.offset, read.length));
            }
            if source.search_after <= now() {
                while let Some((offset, length)) = source.search.as_mut().and_then(Search::next_read) {
                    due.push((Purpose::Search(offset), offset, length));
                }
            }
            due
        });
        due.unwrap_or_default()
    }

    fn ask(self, purpose: Purpose, offset: u64, length: u64) -> Asked {
        let life = self.source.with_value(|source| source.life);
        Box::pin(async move { (purpose, life, self.read(offset, length).await) })
    }

    /// Bytes of the file, of those before it, or of both; less only where the file ends.
    pub(super) async fn read(self, offset: u64, length: u64) -> Result<Told, NoAnswer> {
        let mut all = Told { size: 0, bytes: Vec::new() };
        loop {
            let start = offset + all.bytes.len() as u64;
            let rest = length - all.bytes.len() as u64;
            let ((path, at, most), before, is_last) = self.source.with_value(|source| {
                let (path, at, most) = source.chain.locate(start, rest);
                ((path.to_owned(), at, most), source.chain.before(), start >= source.chain.before())
            });
            let call = ReadFile { path, offset: at, length: Some(most) };
            let body = Question::new(&call, self.target.get_value()).ask(self.link).await?;
            let told = file::told(&body).map_err(|error| NoAnswer::Broken(error.to_string()))?;
            let came = told.bytes.len() as u64;
            all.bytes.extend_from_slice(&told.bytes);
            // How long the file itself is, is told only by itself.
            all.size = if is_last { before + told.size } else { all.size };
            if rest == came || came == 0 || (is_last && at + came >= told.size) {
                if !is_last {
                    let known = self.source.with_value(|source| source.tail.size());
                    all.size = known.unwrap_or(before).max(before);
                }
                return Ok(all);
            }
        }
    }

    fn take(self, purpose: Purpose, life: u32, told: Result<Told, NoAnswer>) {
        let failed = told.as_ref().err().cloned();
        let told = told.ok();
        let change = self.source.try_update_value(|source| {
            if source.life != life {
                source.seeking = false;
                return Change::None;
            }
            match purpose {
                Purpose::Tail(read) => {
                    let change = source.tail.answered(read, told, now());
                    source.begin();
                    if let (Some(search), Some(size)) = (&mut source.search, source.tail.size()) {
                        search.grow(size);
                    }
                    change
                }
                Purpose::Search(offset) => {
                    if told.is_none() {
                        source.search_after = now() + mesoscope::units::Nanoseconds::from_secs(2);
                    }
                    if let Some(search) = &mut source.search {
                        search.answered(offset, told);
                        search.counts().into_iter().for_each(|(block, lines)| source.tail.counted(block, lines));
                    }
                    Change::More
                }
                Purpose::Time(offset) => {
                    source.seeking = false;
                    let meant = source.bisect.as_mut().filter(|bisect| bisect.next_read() == Some(offset));
                    if let (Some(bisect), Some(told)) = (meant, told) {
                        bisect.answered(&told.bytes, told.size);
                    }
                    Change::None
                }
            }
        });
        let Some(change) = change else { return };
        if failed.is_some() && self.moved() {
            return self.wake();
        }
        if self.failed.with_untracked(|before| *before != failed) {
            self.failed.set(failed);
        }
        if change == Change::Anew {
            self.anew();
        }
        let size = self.source.with_value(|source| source.tail.size());
        if self.size.get_untracked() != size {
            self.size.set(size);
        }
        let found = self.source.with_value(|source| source.bisect.as_ref().and_then(Bisect::found));
        if found.is_some() && self.found.get_untracked().is_none() {
            self.source.update_value(|source| source.bisect = None);
            self.found.set(found);
        }
        if change != Change::None {
            self.news.update(|news| *news += 1);
        }
    }

    /// A task whose executor gives it no folder of its own has its files in the run's.
    fn moved(self) -> bool {
        let path = self.path.get_value();
        let (Some((run, _)), Some((_, name))) = (path.split_once("/runs/latest/tasks/"), path.rsplit_once('/')) else {
            return false;
        };
        if self.source.with_value(|source| source.tail.size().is_some()) {
            return false;
        }
        self.path.set_value(format!("{run}/runs/latest/{name}"));
        self.chain(Vec::new());
        true
    }

    /// Another file is there: the search begins again, and those before it are looked for by who shows them.
    fn anew(self) {
        let said = "The file was cut or rotated: it begins anew.";
        self.said.set(Some(said));
        self.source.update_value(|source| {
            source.bisect = None;
            let sought = source.search.take().map(|search| search.sought().clone());
            source.sought = sought.or(source.sought.take());
            source.begin();
        });
        self.lives.update(|lives| *lives += 1);
    }

    fn set_timer(self) {
        let wake = self.source.try_with_value(|source| {
            let search = source.search.as_ref().filter(|search| !search.is_done()).map(|_| source.search_after);
            [source.tail.wake_at(), search.filter(|at| *at > now())].into_iter().flatten().min()
        });
        let wait = wake.flatten().map(|at| Duration::from_millis(at.since(now()).as_millis().max(0) as u64 + 5));
        let timer = wait.and_then(|wait| set_timeout_with_handle(move || self.wake(), wait.min(LONGEST)).ok());
        self.source.try_update_value(|source| {
            std::mem::replace(&mut source.timer, timer).iter().for_each(TimeoutHandle::clear);
        });
    }

    /// Searches from now on for something else, or for nothing.
    pub(super) fn search(self, sought: Option<Sought>) {
        self.source.update_value(|source| {
            (source.search, source.sought) = (None, sought);
            source.search_after = Timestamp::default();
            source.begin();
        });
        self.news.update(|news| *news += 1);
        self.wake();
    }

    /// Looks for the first line that is not before a time; `found` tells it.
    pub(super) fn seek(self, time: Timestamp) {
        self.found.set(None);
        self.source.update_value(|source| {
            source.bisect = source.tail.size().map(|size| Bisect::new(time, size, now()));
        });
        self.wake();
    }

    /// Tries again now.
    pub(super) fn retry(self) {
        self.source.update_value(|source| source.tail.retry(now()));
        self.wake();
    }

    /// Reads those that it was before as its beginning.
    pub(super) fn chain(self, older: Vec<Part>) {
        self.source.update_value(|source| {
            let path = self.path.get_value();
            source.chain = Chain::new(&path, older);
            source.life += 1;
            source.tail = Tail::new(now(), u64::from(source.life));
            let sought = source.search.take().map(|search| search.sought().clone());
            source.sought = sought.or(source.sought.take());
        });
        self.said.set(None);
        self.keep_pace();
        self.wake();
    }

    pub(super) fn target(self) -> Target {
        self.target.get_value()
    }

    pub(super) fn path(self) -> String {
        self.path.get_value()
    }
}

impl Source {
    /// Begins the search that waits for it.
    fn begin(&mut self) {
        if let Some(size) = self.tail.size()
            && let Some(sought) = self.sought.take()
        {
            // What is filtered by its level or source alone is a log of those lines, and of no others.
            let beside = if sought.pattern.is_some() { BESIDE } else { 0 };
            self.search = Some(Search::new(sought, beside, size));
        }
    }
}

/// Lines that are kept beside those that a search finds.
const BESIDE: usize = 2;

/// The time, to the millisecond.
pub(super) fn now() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now())
}

//! A file, read for as long as its scope lasts: asks what the core wants asked, and says when something came.

use crate::hooks::{Timer, now, on_window, set_if_changed, wait};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Poll, Waker};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use leptos::ev;
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::files;
use mesoscope_core::files::bisect::TimeSearchResult;
use mesoscope_core::files::directory::PathTarget;
use mesoscope_core::files::log::{FileRequest, Log};
use mesoscope_core::files::rotated_file::{RotatedFile, RotatedPart, RotationFinder, SpanRead, SpanReadState};
use mesoscope_core::files::search_query::SearchQuery;
use mesoscope_core::files::tail::{FollowMode, ReadReply, TailChange};
use mesoscope_core::files::zone::TimeDefaults;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::mesos::calls::files::{ReadFile, RegularFile};
use mesoscope_core::route::browse_params::BrowseParams;

use super::budget::{RequestBudget, SearchPause};
use crate::api_client::{ApiError, ApiRequest};
use crate::link::{Link, link};
use crate::listing::{CachePolicy, below_work_dir, folder_of, list, lookup, regular_file};
use crate::listing::{is_absent, is_log};
use crate::parts::files::search_pattern::SearchedPlace;

/// A timer is set no farther ahead.
const LONGEST: Duration = Duration::from_secs(60);
/// Milliseconds that a search may take of the page's thread at a time.
const SLICE: f64 = 8.0;

type Out = Pin<Box<dyn Future<Output = (FileRequest, Result<SpanReadState, ApiError>)>>>;

/// How the file is waited for; nothing of it is a signal.
#[derive(Default)]
struct Waits {
    waker: Option<Waker>,
    woken: bool,
}

/// The file.
#[derive(Clone, Copy)]
pub(crate) struct LogSource {
    pub(super) log: StoredValue<Log, LocalStorage>,
    waits: StoredValue<Waits, LocalStorage>,
    timer: Timer,
    target: StoredValue<Target>,
    pub(super) path: RwSignal<String>,
    /// The path is not the one that was asked for: a task without a folder of its own has its files in its executor's.
    pub(super) is_executors: RwSignal<bool>,
    /// Whether the file is that of an executor whose tasks have folders of their own.
    pub(super) has_tasks_apart: RwSignal<bool>,
    /// Moves whenever there may be something new to draw.
    pub(super) news: RwSignal<u32>,
    /// How long it is, as far as is known.
    pub(super) size: RwSignal<Option<u64>>,
    pub(super) failed: RwSignal<Option<ApiError>>,
    /// When another came in its place: it was cut or rotated.
    pub(super) replaced: RwSignal<Option<Timestamp>>,
    /// What came of looking for a time.
    pub(super) found: RwSignal<Option<TimeSearchResult>>,
    pace: StoredValue<FollowMode>,
    /// What it was before it was rotated, the oldest first; and whether still older ones are compressed.
    pub(super) older: RwSignal<(Vec<RotatedPart>, bool)>,
    /// Those are read as its beginning.
    pub(super) chained: RwSignal<bool>,
    /// What it is searched for, as it was asked: who asks for the same again changes nothing.
    pub(super) asked: StoredValue<Option<SearchedPlace>>,
    budget: RequestBudget,
    /// Regular files that may be read.
    files: StoredValue<Vec<RegularFile>>,
    listing: StoredValue<CachePolicy>,
    /// Searches wait as long as a time is looked for in this file.
    hold: StoredValue<Option<SearchPause>>,
    link: Link,
}

impl LogSource {
    /// Reads from now on.
    /// Those that it was before are read as its beginning, if `chained`.
    pub(super) fn start(target: Target, path: &str, chained: bool, budget: RequestBudget) -> Self {
        let mut log = Log::new(path, now(), (js_sys::Math::random() * 1e15) as u64);
        if is_log(path) {
            log.tail_mut().keep_quiet();
        }
        let log_source = Self {
            log: StoredValue::new_local(log),
            waits: StoredValue::new_local(Waits::default()),
            timer: Timer::new(),
            target: StoredValue::new(target),
            path: RwSignal::new(path.to_owned()),
            is_executors: RwSignal::new(false),
            has_tasks_apart: RwSignal::new(false),
            news: RwSignal::new(0),
            size: RwSignal::new(None),
            failed: RwSignal::new(None),
            replaced: RwSignal::new(None),
            found: RwSignal::new(None),
            pace: StoredValue::new(FollowMode::Follow),
            older: RwSignal::default(),
            chained: RwSignal::new(chained),
            asked: StoredValue::new(None),
            budget,
            files: StoredValue::new(Vec::new()),
            listing: StoredValue::new(CachePolicy::Cached),
            hold: StoredValue::new(None),
            link: link(),
        };
        spawn_local_scoped_with_cancellation(log_source.run());
        on_window(ev::visibilitychange, move |_| log_source.keep_pace());
        log_source.keep_pace();
        let known = Memo::new(move |known: Option<&bool>| known == Some(&true) || log_source.size.get().is_some());
        Effect::new(move |_| {
            let is_replaced = log_source.replaced.get().is_some();
            if known.get() && (is_replaced || !chained) {
                spawn_local_scoped_with_cancellation(async move {
                    let _ = log_source.look_for_older(is_replaced).await;
                });
            }
        });
        log_source
    }

    /// Reads as eagerly from now on.
    pub(super) fn set_pace(self, pace: FollowMode) {
        if self.pace.try_get_value() != Some(pace) {
            self.pace.try_set_value(pace);
            self.keep_pace();
        }
    }

    fn keep_pace(self) {
        let Some(pace) = self.pace.try_get_value() else { return };
        let pace = if document().hidden() && pace != FollowMode::Paused { FollowMode::Hidden } else { pace };
        let rests = |pace| matches!(pace, FollowMode::Paused | FollowMode::Hidden);
        let before = self.log.try_with_value(|log| log.tail().pace());
        if before.is_some_and(rests) && !rests(pace) {
            self.forget_files();
        }
        self.log.try_update_value(|log| log.tail_mut().set_pace(pace, now()));
        self.wake();
    }

    /// Something may have to be asked.
    pub(super) fn wake(self) {
        let waker = self.waits.try_update_value(|waits| {
            waits.woken = true;
            waits.waker.take()
        });
        waker.flatten().into_iter().for_each(Waker::wake);
    }

    async fn run(self) {
        let mut out: FuturesUnordered<Out> = FuturesUnordered::new();
        // Where its lines are is known once those before it are.
        while self.chained.get_untracked() && self.look_for_older(false).await.is_err() {
            wait(2000).await;
        }
        loop {
            let is_more = !self.budget.is_held(move || self.wake()) && self.work();
            while let Some(ask) = self.next_ask() {
                let slot = ask.is_search().then(|| self.budget.take());
                out.push(Box::pin(async move {
                    let reported = self.ask(ask).await;
                    drop(slot);
                    reported
                }));
            }
            self.set_timer(is_more);
            let came = poll_fn(|context| match out.poll_next_unpin(context) {
                Poll::Ready(Some(came)) => Poll::Ready(Some(came)),
                Poll::Ready(None) | Poll::Pending => {
                    let woken = self.waits.try_update_value(|waits| {
                        waits.waker = Some(context.waker().clone());
                        std::mem::take(&mut waits.woken)
                    });
                    if woken == Some(true) { Poll::Ready(None) } else { Poll::Pending }
                }
            });
            if let Some((ask, reported)) = came.await {
                self.take(&ask, reported);
            }
        }
    }

    fn next_ask(self) -> Option<FileRequest> {
        let urgent = self.log.try_update_value(|log| log.next_urgent(now())).flatten();
        let searches = || self.log.try_with_value(|log| log.search().is_some()) == Some(true);
        if urgent.is_some() || !searches() || !self.budget.has_room(move || self.wake()) {
            return urgent;
        }
        self.log.try_update_value(|log| log.next_ask(now())).flatten()
    }

    /// Searches for a few milliseconds; whether there is more to look through.
    fn work(self) -> bool {
        let started = now().as_millis();
        let mut worked = false;
        let is_more = loop {
            if self.log.try_update_value(Log::work) != Some(true) {
                break false;
            }
            worked = true;
            if now().as_millis() - started > SLICE {
                break true;
            }
        };
        if worked {
            self.tell();
        }
        is_more
    }

    /// There may be something new to draw.
    pub(super) fn tell(self) {
        self.news.try_update(|news| *news = news.wrapping_add(1));
    }

    async fn ask(self, mut ask: FileRequest) -> (FileRequest, Result<SpanReadState, ApiError>) {
        loop {
            let (path, offset, length) = ask.next_read();
            match self.one(path, offset, length).await.map(|reported| ask.answered(reported)) {
                Ok(SpanReadState::More) => {}
                Err(why) if is_absent(&why) && self.size.get_untracked().is_none() => {
                    self.look_elsewhere().await;
                    return (ask, Err(why));
                }
                reported => return (ask, reported),
            }
        }
    }

    async fn one(self, path: &str, offset: u64, length: u64) -> Result<ReadReply, ApiError> {
        let reported = self.try_one(path, offset, length).await;
        if reported.is_err() {
            // Whatever is there when the reading goes on is looked up before.
            self.forget_files();
        }
        reported
    }

    async fn try_one(self, path: &str, offset: u64, length: u64) -> Result<ReadReply, ApiError> {
        let call = ReadFile::window(&self.regular_file(path).await?, offset, length);
        let body = ApiRequest::new(&call, self.target.get_value()).ask(self.link).await?;
        let mut reported = files::answer::reported(&body).map_err(|error| ApiError::BadAnswer(error.to_string()))?;
        // An agent may say more than it was asked for.
        reported.bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        Ok(reported)
    }

    /// The path of a regular file, as the folder's listing has it: looked up once, until the reading restarts.
    async fn regular_file(self, path: &str) -> Result<RegularFile, ApiError> {
        let known = self.files.try_with_value(|files| files.iter().find(|file| file.path() == path).cloned());
        if let Some(file) = known.flatten() {
            return Ok(file);
        }
        let listing = self.listing.try_get_value().unwrap_or(CachePolicy::Fresh);
        let file = regular_file(self.link, &self.target.get_value(), path, listing).await?;
        self.files.try_update_value(|files| files.push(file.clone()));
        Ok(file)
    }

    /// The reading restarts: other files may have come in the place of those that were read.
    fn forget_files(self) {
        self.files.try_update_value(Vec::clear);
        self.listing.try_set_value(CachePolicy::Fresh);
    }

    /// Bytes of the file, of those before it, or of both; less only where the file ends. And how long all is.
    pub(super) async fn read(self, offset: u64, length: u64) -> Result<(Vec<u8>, u64), ApiError> {
        let mut span_read: SpanRead = self.log.with_value(|log| log.excerpt(offset, length));
        loop {
            let (path, at, most) = span_read.next_read();
            let reported = self.one(path, at, most).await?;
            match span_read.answered(reported) {
                SpanReadState::More => {}
                SpanReadState::Whole { size, bytes } => return Ok((bytes, size.unwrap_or(0))),
                SpanReadState::Stale => return Err(ApiError::BadAnswer("the files were rotated meanwhile".to_owned())),
            }
        }
    }

    fn take(self, ask: &FileRequest, reported: Result<SpanReadState, ApiError>) {
        let failed = reported.as_ref().err().cloned();
        // What was asked of another file says nothing of this one.
        let change = self.log.try_update_value(|log| {
            let is_current = log.is_current(ask);
            let change = log.answered(ask, reported.ok(), now());
            is_current.then(|| (change, log.size(), log.replaced(), log.time_found()))
        });
        let Some(Some((change, size, replaced, found))) = change else { return };
        self.keep_hold();
        set_if_changed(self.failed, failed);
        // The reader may have dismissed the last one.
        if change == TailChange::Replaced {
            self.forget_files();
            self.replaced.set(replaced);
        }
        set_if_changed(self.size, size);
        if found.is_some() {
            self.found.set(found);
        }
        if change != TailChange::None {
            self.tell();
        }
    }

    /// A task whose executor gives it no folder of its own has its files in the executor's. That it has none, the agent must have said.
    /// And an agent before 1.5 knows no virtual path.
    async fn look_elsewhere(self) {
        let (path, target) = (self.path.get_untracked(), self.target.get_value());
        if let Some((folder, instead)) = files::entry::task_folder(&path) {
            let reported = lookup(self.link, &target, &folder, CachePolicy::Cached).await;
            let is_there = async |path: &str| lookup(self.link, &target, path, CachePolicy::Cached).await.is_ok();
            if reported.is_err_and(|why| is_absent(&why))
                && is_there(&instead).await
                && self.path.get_untracked() == path
            {
                self.is_executors.set(true);
                return self.move_to(instead);
            }
        }
        let executors = files::entry::task_folder(&path).map(|(_, instead)| instead);
        for (path_there, is_executors) in [(Some(path.clone()), false), (executors, true)] {
            let Some(path_there) = path_there else { continue };
            if let Some(instead) = below_work_dir(self.link, &target, &path_there).await
                && self.path.get_untracked() == path
            {
                self.is_executors.set(is_executors);
                return self.move_to(instead);
            }
        }
    }

    fn move_to(self, path: String) {
        self.log.update_value(|log| log.set_chain(RotatedFile::new(&path, Vec::new()), now()));
        self.path.set(path);
    }

    /// Looks for what it was before it was rotated; a little later, where that is under way.
    async fn look_for_older(self, is_rotating: bool) -> Result<(), ()> {
        let path = self.path.get_untracked();
        if is_log(&path) {
            return Ok(());
        }
        if is_rotating {
            wait(1000).await;
        }
        let Some(folder) = folder_of(&path) else { return Ok(()) };
        let listing = if is_rotating { CachePolicy::Fresh } else { CachePolicy::Cached };
        let listed = match list(self.link, &self.target.get_value(), folder, listing).await {
            Ok(listed) => listed,
            Err(why) => {
                if self.size.get_untracked().is_none() {
                    self.failed.set(Some(why));
                }
                return Err(());
            }
        };
        let is_runs = files::entry::Owner::of(&path).is_some_and(|owner| owner.root == folder.len());
        self.has_tasks_apart.set(is_runs && listed.leads(&format!("{folder}/tasks")) == PathTarget::Folder);
        let mut siblings = RotationFinder::of(&path);
        while let Some(next) = siblings.next() {
            // A pipe of such a name is no older part of the file.
            siblings.answered(match listed.leads(&next) {
                PathTarget::File(_, size) => Some(size),
                PathTarget::Nothing | PathTarget::Folder | PathTarget::Other(_) => None,
            });
        }
        let (is_packed, parts) = (siblings.has_packed(), siblings.parts());
        let is_same = self.log.with_value(|log| log.chain().older() == parts.as_slice());
        if self.chained.get_untracked() && !is_same {
            self.chain(parts.clone());
        }
        self.older.set((parts, is_packed));
        Ok(())
    }

    fn set_timer(self, is_more: bool) {
        let wake = self.log.try_with_value(|log| log.wake_at(now())).flatten();
        let wait = wake.map(|at| Duration::from_millis(at.since(now()).as_millis().max(0) as u64 + 5));
        let wait = if is_more { Some(Duration::ZERO) } else { wait };
        self.timer.stop();
        wait.into_iter().for_each(|wait| self.timer.start(wait.min(LONGEST), move || self.wake()));
    }

    fn keep_hold(self) {
        let is_hurried = self.log.try_with_value(Log::is_hurried) == Some(true);
        if self.hold.try_with_value(Option::is_some) == Some(!is_hurried) {
            let hold = is_hurried.then(|| self.budget.hold());
            let before = self.hold.try_update_value(|held| std::mem::replace(held, hold));
            drop(before);
        }
    }

    fn update(self, change: impl FnOnce(&mut Log)) {
        self.log.update_value(change);
        self.keep_hold();
        self.tell();
        self.wake();
    }

    /// Says how many files are searched at the same time.
    pub(super) fn share(self, searches: usize) {
        self.log.update_value(|log| log.share(searches));
    }

    /// Reads dates and text so where the file does not tell.
    pub(super) fn choose(self, place: &BrowseParams) {
        self.update(|log| {
            log.choose_dates(place.dates);
            log.set_encoding(place.encoding);
        });
    }

    /// Searches from now on for something else, or for nothing.
    pub(super) fn search(self, sought: Option<SearchQuery>) {
        self.update(|log| log.seek(sought));
    }

    /// The search goes no farther.
    pub(super) fn stop(self) {
        self.update(Log::stop);
    }

    /// Looks for the first line that is not before a time; `found` tells it.
    pub(super) fn seek(self, time: Timestamp, clock: TimeDefaults) {
        self.found.set(None);
        self.update(|log| log.find_time(time, clock));
    }

    /// The time is looked for no more.
    pub(super) fn forget_time(self) {
        self.update(Log::forget_time);
    }

    /// Tries again now.
    pub(super) fn retry(self) {
        self.update(|log| log.retry(now()));
    }

    /// Reads those that it was before as its beginning; how many bytes those have.
    pub(super) fn chain(self, older: Vec<RotatedPart>) -> u64 {
        let chain = RotatedFile::new(&self.path.get_untracked(), older);
        let before = chain.before();
        self.size.set(None);
        self.update(|log| log.set_chain(chain, now()));
        before
    }

    /// Reads the file alone again.
    pub(super) fn unchain(self) {
        self.chained.set(false);
        self.chain(Vec::new());
    }

    pub(super) fn target(self) -> Target {
        self.target.get_value()
    }
}

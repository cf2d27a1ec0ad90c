//! Drives the core's log reader for one file: sends its requests and signals changes.
//!
//! Reading ends with the reactive scope that started it.

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
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::files;
use mesoscope_core::files::bisect::TimeSearchResult;
use mesoscope_core::files::directory::PathTarget;
use mesoscope_core::files::followed_file::{FileChange, FollowMode, ReadReply};
use mesoscope_core::files::log::{FileRequest, Log};
use mesoscope_core::files::rotated_file::{RotatedFile, RotatedPart, RotatedRead, RotatedReadState, RotationFinder};
use mesoscope_core::files::search_query::SearchQuery;
use mesoscope_core::files::zone::TimeDefaults;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::mesos::calls::files::{ReadFile, RegularFile};
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::text;

use super::budget::{RequestBudget, SearchPause};
use crate::api_client::{ApiError, ApiRequest};
use crate::directory_listing::{CachePolicy, find_real_path, find_regular_file, folder_of, list, lookup};
use crate::directory_listing::{is_absent, is_mesos_log};
use crate::parts::files::search_pattern::SearchedPlace;
use crate::parts::links::host_of;
use crate::worker_link::{WorkerLink, link};

/// Longest timer.
const LONGEST: Duration = Duration::from_secs(60);
/// Milliseconds of the page's thread per search slice.
const SLICE: f64 = 8.0;

type Out = Pin<Box<dyn Future<Output = (FileRequest, Result<RotatedReadState, ApiError>)>>>;

/// Wait state of a file's task; not reactive.
#[derive(Default)]
struct Waits {
    waker: Option<Waker>,
    woken: bool,
}

/// A file that is being read.
#[derive(Clone, Copy)]
pub(crate) struct LogSource {
    pub(super) log: StoredValue<Log, LocalStorage>,
    waits: StoredValue<Waits, LocalStorage>,
    timer: Timer,
    target: StoredValue<Target>,
    pub(super) path: RwSignal<String>,
    /// Whether the path was replaced by the executor's: a task without a folder of its own has its files there.
    pub(super) is_executors: RwSignal<bool>,
    /// Whether the file belongs to an executor whose tasks have folders of their own.
    pub(super) has_tasks_apart: RwSignal<bool>,
    /// Host of the agent; empty until known, and for the master.
    host: Memo<String>,
    /// Lines that end at or before this offset are hidden.
    pub(super) cleared: RwSignal<u64>,
    /// Increments when there may be something new to draw.
    pub(super) news: RwSignal<u32>,
    /// Size in bytes; `None` until known.
    pub(super) size: RwSignal<Option<u64>>,
    pub(super) failed: RwSignal<Option<ApiError>>,
    /// Time when the file was replaced: truncated or rotated.
    pub(super) replaced: RwSignal<Option<Timestamp>>,
    /// Result of the time search.
    pub(super) found: RwSignal<Option<TimeSearchResult>>,
    pace: StoredValue<FollowMode>,
    /// Rotated predecessors, oldest first, and whether compressed ones exist besides.
    pub(super) older: RwSignal<(Vec<RotatedPart>, bool)>,
    /// Whether the rotated predecessors are read as the file's beginning.
    pub(super) chained: RwSignal<bool>,
    /// The current search; a repeated request for it changes nothing.
    pub(super) asked: StoredValue<Option<SearchedPlace>>,
    budget: RequestBudget,
    /// Known regular files, safe to read.
    files: StoredValue<Vec<RegularFile>>,
    listing: StoredValue<CachePolicy>,
    /// Pauses other searches while this file runs a time search.
    hold: StoredValue<Option<SearchPause>>,
    link: WorkerLink,
}

impl LogSource {
    /// Starts reading. With `chained`, the rotated predecessors are read as the file's beginning.
    pub(super) fn start(target: Target, path: &str, chained: bool, budget: RequestBudget) -> Self {
        let mut log = Log::new(path, now(), (js_sys::Math::random() * 1e15) as u64);
        if is_mesos_log(path) {
            log.tail_mut().keep_quiet();
        }
        let agent = match &target {
            Target::Agent(agent) => agent.clone(),
            Target::Master => AgentId::default(),
        };
        let log_source = Self {
            host: host_of(agent),
            log: StoredValue::new_local(log),
            waits: StoredValue::new_local(Waits::default()),
            timer: Timer::new(),
            target: StoredValue::new(target),
            path: RwSignal::new(path.to_owned()),
            is_executors: RwSignal::new(false),
            has_tasks_apart: RwSignal::new(false),
            cleared: RwSignal::new(0),
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

    /// Sets the poll rate.
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

    /// Wakes the reading task, which may have requests to send.
    pub(super) fn wake(self) {
        let waker = self.waits.try_update_value(|waits| {
            waits.woken = true;
            waits.waker.take()
        });
        waker.flatten().into_iter().for_each(Waker::wake);
    }

    async fn run(self) {
        let mut out: FuturesUnordered<Out> = FuturesUnordered::new();
        // Offsets are known only after the rotated predecessors are.
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

    /// Runs one search slice; returns whether there is more to search.
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

    /// Notifies the views that there may be something new to draw.
    pub(super) fn tell(self) {
        self.news.try_update(|news| *news = news.wrapping_add(1));
    }

    async fn ask(self, mut ask: FileRequest) -> (FileRequest, Result<RotatedReadState, ApiError>) {
        loop {
            let (path, offset, length) = ask.next_read();
            match self.one(path, offset, length).await.map(|reported| ask.answered(reported)) {
                Ok(RotatedReadState::More) => {}
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
            // After a failure, paths are looked up again before the next read.
            self.forget_files();
        }
        reported
    }

    async fn try_one(self, path: &str, offset: u64, length: u64) -> Result<ReadReply, ApiError> {
        let call = ReadFile::window(&self.find_regular_file(path).await?, offset, length);
        let body = ApiRequest::new(&call, self.target.get_value()).ask(self.link).await?;
        let mut reported = files::answer::reported(&body).map_err(|error| ApiError::BadAnswer(error.to_string()))?;
        // An agent may return more bytes than requested.
        reported.bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        Ok(reported)
    }

    /// Returns the regular file at a path from the folder's listing; the lookup is cached until reading restarts.
    async fn find_regular_file(self, path: &str) -> Result<RegularFile, ApiError> {
        let known = self.files.try_with_value(|files| files.iter().find(|file| file.path() == path).cloned());
        if let Some(file) = known.flatten() {
            return Ok(file);
        }
        let listing = self.listing.try_get_value().unwrap_or(CachePolicy::Fresh);
        let file = find_regular_file(self.link, &self.target.get_value(), path, listing).await?;
        self.files.try_update_value(|files| files.push(file.clone()));
        Ok(file)
    }

    /// Clears the cached lookups: a restart may find other files at these paths.
    fn forget_files(self) {
        self.files.try_update_value(Vec::clear);
        self.listing.try_set_value(CachePolicy::Fresh);
    }

    /// Reads bytes across the file and its rotated predecessors; fewer only at the end. Also returns the total size.
    pub(super) async fn read(self, offset: u64, length: u64) -> Result<(Vec<u8>, u64), ApiError> {
        let mut span_read: RotatedRead = self.log.with_value(|log| log.excerpt(offset, length));
        loop {
            let (path, at, most) = span_read.next_read();
            let reported = self.one(path, at, most).await?;
            match span_read.answered(reported) {
                RotatedReadState::More => {}
                RotatedReadState::Whole { size, bytes } => return Ok((bytes, size.unwrap_or(0))),
                RotatedReadState::Stale => {
                    return Err(ApiError::BadAnswer("the files were rotated meanwhile".to_owned()));
                }
            }
        }
    }

    fn take(self, ask: &FileRequest, reported: Result<RotatedReadState, ApiError>) {
        let failed = reported.as_ref().err().cloned();
        // A response for another file says nothing about this one.
        let change = self.log.try_update_value(|log| {
            let is_current = log.is_current(ask);
            let change = log.answered(ask, reported.ok(), now());
            is_current.then(|| (change, log.size(), log.replaced(), log.time_found()))
        });
        let Some(Some((change, size, replaced, found))) = change else { return };
        self.keep_hold();
        set_if_changed(self.failed, failed);
        // Sets `replaced` only once: the user may have dismissed the notice.
        if change == FileChange::Replaced {
            self.forget_files();
            set_if_changed(self.cleared, 0);
            self.replaced.set(replaced);
        }
        set_if_changed(self.size, size);
        if found.is_some() {
            self.found.set(found);
        }
        if change != FileChange::None {
            self.tell();
        }
    }

    /// Looks for the file under other paths.
    ///
    /// A task without a folder of its own has its files in its executor's folder, if the agent confirmed that the task's folder is
    /// absent. Agents before Mesos 1.5 know no virtual paths.
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
            if let Some(instead) = find_real_path(self.link, &target, &path_there).await
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

    /// Looks for rotated predecessors, with a delay if a rotation is in progress.
    async fn look_for_older(self, is_rotating: bool) -> Result<(), ()> {
        let path = self.path.get_untracked();
        if is_mesos_log(&path) {
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
            // A pipe with a matching name is not a rotated predecessor.
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

    /// Sets the number of files that share the search budget.
    pub(super) fn share(self, searches: usize) {
        self.log.update_value(|log| log.share(searches));
    }

    /// Applies the date order and the encoding of the address.
    pub(super) fn choose(self, place: &BrowseParams) {
        self.update(|log| {
            log.choose_dates(place.dates);
            log.set_encoding(place.encoding);
        });
    }

    /// Replaces the search; `None` ends it.
    pub(super) fn search(self, sought: Option<SearchQuery>) {
        self.update(|log| log.seek(sought));
    }

    /// Stops the search and keeps its hits.
    pub(super) fn stop(self) {
        self.update(Log::stop);
    }

    /// Searches for the first line not before a time; the result arrives in `found`.
    pub(super) fn seek(self, time: Timestamp, clock: TimeDefaults) {
        self.found.set(None);
        self.update(|log| log.find_time(time, clock));
    }

    /// Cancels the time search.
    pub(super) fn forget_time(self) {
        self.update(Log::forget_time);
    }

    /// Retries now.
    pub(super) fn retry(self) {
        self.update(|log| log.retry(now()));
    }

    /// Reads the rotated predecessors as the file's beginning; returns their total size in bytes.
    pub(super) fn chain(self, older: Vec<RotatedPart>) -> u64 {
        let chain = RotatedFile::new(&self.path.get_untracked(), older);
        let before = chain.before();
        set_if_changed(self.cleared, 0);
        self.size.set(None);
        self.update(|log| log.set_chain(chain, now()));
        before
    }

    /// Reads the file without its predecessors again.
    pub(super) fn unchain(self) {
        self.chained.set(false);
        self.chain(Vec::new());
    }

    /// Hides all lines that are there now, or shows them again.
    pub(super) fn clear(self, is_cleared: bool) {
        let size = self.size.get_untracked().filter(|_| is_cleared);
        set_if_changed(self.cleared, size.unwrap_or(0));
    }

    /// Name of the file's server: the host of the agent.
    pub(super) fn server(self) -> String {
        match self.target() {
            Target::Master => "master".to_owned(),
            Target::Agent(agent) => text::agents::name(&self.host.read(), agent.as_str()),
        }
    }

    pub(super) fn target(self) -> Target {
        self.target.get_value()
    }
}

//! Host of the frameworks of this browser: their streams, their calls one after another, and where they are kept.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Shared};
use gloo_net::http::Response;
use gloo_timers::callback::Timeout;
use mesoscope_core::engine::io::Input;
use mesoscope_core::mesos::calls;
use mesoscope_core::mesos::calls::answer::Expected;
use mesoscope_core::mesos::calls::scheduler::{CALL_ANSWER, SCHEDULER_PATH, STREAM_ANSWER, STREAM_ID_HEADER};
use mesoscope_core::mesos::credentials::Authorization;
use mesoscope_core::scheduler::claim::RENEW_EVERY;
use mesoscope_core::scheduler::hosted_io::{FrameworkKey, HostedInput, HostedOutput, KeepingState};
use mesoscope_core::scheduler::io::SchedulerOutput;
use mesoscope_core::scheduler::numbers::{CallNumber, StreamNumber};

use crate::clock::now;
use crate::fetch::{self, FetchGuard, HttpCall, Sink};
use crate::indexed_db::Database;
use crate::kept::{ClaimingWorker, Found};

/// Calls of a framework that need not wait for each other, and still are sent so many at a time: browsers have few connections.
const MOST_UNORDERED: usize = 2;

/// The frameworks' host, and where it sends what comes in.
#[derive(Clone)]
pub(crate) struct SharedHost {
    pub(crate) hosting: Rc<RefCell<Hosting>>,
    pub(crate) sink: Rc<dyn Sink>,
}

/// What is done in storage: each thing after the one before.
type StorageStep = Shared<LocalBoxFuture<'static, ()>>;

/// Where calls go, and as whom.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) base: String,
    pub(crate) authorization: Option<Authorization>,
}

pub(crate) struct Hosting {
    streams: BTreeMap<FrameworkKey, (StreamNumber, FetchGuard)>,
    lanes: BTreeMap<(FrameworkKey, Order), CallLane>,
    worker: ClaimingWorker,
    own: BTreeSet<FrameworkKey>,
    database: Option<Database>,
    /// What was asked of the storage last.
    last_step: Option<StorageStep>,
    renewal: Option<Timeout>,
}

/// Whether calls wait for each other's answers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    OneByOne,
    Any,
}

#[derive(Default)]
struct CallLane {
    waiting: VecDeque<(CallNumber, HttpCall)>,
    running: usize,
}

impl Hosting {
    pub(crate) fn new(seed: u64) -> Self {
        let worker = ClaimingWorker { name: format!("{seed:x}"), has_pages: true, scope: String::new() };
        Self {
            streams: BTreeMap::new(),
            lanes: BTreeMap::new(),
            worker,
            own: BTreeSet::new(),
            database: None,
            last_step: None,
            renewal: None,
        }
    }
}

/// Does what the frameworks want.
pub(crate) fn perform(host: &SharedHost, caller: &Caller, output: HostedOutput) {
    match output {
        HostedOutput::Do(key, SchedulerOutput::OpenStream { stream, body }) => open(host, caller, key, stream, body),
        HostedOutput::Do(key, SchedulerOutput::CloseStream(stream)) => {
            let streams = &mut host.hosting.borrow_mut().streams;
            if streams.get(&key).is_some_and(|(open, _)| *open == stream) {
                streams.remove(&key);
            }
        }
        HostedOutput::Do(key, SchedulerOutput::Send { call, stream_id, body, is_ordered }) => {
            let http = caller.call(Some(stream_id), body, CALL_ANSWER);
            let order = if is_ordered { Order::OneByOne } else { Order::Any };
            let lane = (key, order);
            host.hosting.borrow_mut().lanes.entry(lane.clone()).or_default().waiting.push_back((call, http));
            send_next(host, &lane);
        }
        // The engine keeps these for itself.
        HostedOutput::Do(_, SchedulerOutput::WakeAt(_) | SchedulerOutput::Changed) => {}
        HostedOutput::Keep(key, bytes) => {
            host.hosting.borrow_mut().own.insert(key.clone());
            keep(host, key, bytes);
        }
        HostedOutput::Discard(key) => {
            host.hosting.borrow_mut().own.remove(&key);
            store(host, |worker, database, _| async move { _ = worker.discard(&database, &key).await });
        }
        HostedOutput::Release(key) => {
            host.hosting.borrow_mut().own.remove(&key);
            store(host, |worker, database, _| async move { _ = worker.release(&database, &key).await });
        }
        HostedOutput::Pages(has_pages) => {
            host.hosting.borrow_mut().worker.has_pages = has_pages;
            renew(host);
        }
        HostedOutput::Scope(scope) => {
            host.hosting.borrow_mut().worker.scope = scope;
            renew(host);
        }
    }
}

fn open(host: &SharedHost, caller: &Caller, key: FrameworkKey, stream: StreamNumber, body: Vec<u8>) {
    let Some(guard) = FetchGuard::new() else { return };
    let signal = guard.signal();
    host.hosting.borrow_mut().streams.insert(key.clone(), (stream, guard));
    let (host, call) = (host.clone(), caller.call(None, body, STREAM_ANSWER));
    fetch::begin(async move {
        let opened = |response: &Response| {
            let id = response.headers().get(STREAM_ID_HEADER).unwrap_or_default();
            host.sink.give(Input::Hosted(key.clone(), HostedInput::StreamOpened(stream, &id)));
        };
        let take = |bytes: &[u8]| host.sink.give(Input::Hosted(key.clone(), HostedInput::StreamChunk(stream, bytes)));
        let why = fetch::stream(call, &signal, opened, take).await;
        if !signal.aborted() {
            host.sink.give(Input::Hosted(key.clone(), HostedInput::StreamEnded(stream, why)));
        }
    });
}

/// Sends the lane's next call, after what it launches is kept: a browser that did not know of it would launch it again.
fn send_next(host: &SharedHost, lane: &(FrameworkKey, Order)) {
    let (next, kept) = {
        let hosting = &mut host.hosting.borrow_mut();
        let most = if lane.1 == Order::OneByOne { 1 } else { MOST_UNORDERED };
        let calls = hosting.lanes.entry(lane.clone()).or_default();
        if calls.running >= most {
            return;
        }
        let next = calls.waiting.pop_front();
        calls.running += usize::from(next.is_some());
        (next, hosting.last_step.clone().filter(|_| lane.1 == Order::OneByOne))
    };
    let Some((number, call)) = next else { return };
    let (host, lane) = (host.clone(), lane.clone());
    fetch::begin(async move {
        if let Some(kept) = kept {
            kept.await;
        }
        let answer = fetch::write(call).await;
        if let Some(calls) = host.hosting.borrow_mut().lanes.get_mut(&lane) {
            calls.running -= 1;
        }
        host.sink.give(Input::Hosted(lane.0.clone(), HostedInput::CallAnswered(number, answer)));
        send_next(&host, &lane);
    });
}

fn keep(host: &SharedHost, key: FrameworkKey, bytes: Vec<u8>) {
    store(host, |worker, database, host| async move {
        match worker.keep(&database, &key, bytes).await {
            Ok(true) => {}
            Ok(false) => {
                host.hosting.borrow_mut().own.remove(&key);
                host.sink.give(Input::Hosted(key, HostedInput::TakenOver));
            }
            Err(_) => refused(&host),
        }
    });
}

/// Renews claims, claims what is free, and does so again after a while.
fn renew(host: &SharedHost) {
    store(host, |worker, database, host| async move {
        let own = host.hosting.borrow().own.clone();
        let found = worker.renew(&database, &own).await;
        match found {
            Ok(found) if worker.scope == host.hosting.borrow().worker.scope => take(&host, found),
            // Another user has signed in meanwhile.
            Ok(_) => {}
            Err(_) => refused(&host),
        }
    });
    let again = host.clone();
    let wait = u32::try_from(RENEW_EVERY.0 / 1_000_000).unwrap_or(u32::MAX);
    host.hosting.borrow_mut().renewal = Some(Timeout::new(wait, move || renew(&again)));
}

fn take(host: &SharedHost, found: Found) {
    for key in found.taken_over {
        host.hosting.borrow_mut().own.remove(&key);
        host.sink.give(Input::Hosted(key, HostedInput::TakenOver));
    }
    for (key, bytes) in found.claimed {
        host.hosting.borrow_mut().own.insert(key.clone());
        host.sink.give(Input::Hosted(key, HostedInput::Claimed(&bytes)));
    }
    host.sink.give(Input::Keeping(found.keeping));
}

/// Does something in storage after what was asked of it before.
fn store<F: Future<Output = ()> + 'static>(
    host: &SharedHost,
    step: impl FnOnce(ClaimingWorker, Database, SharedHost) -> F + 'static,
) {
    let (before, worker) = {
        let hosting = &host.hosting.borrow();
        (hosting.last_step.clone(), hosting.worker.clone())
    };
    let own = host.clone();
    let step = async move {
        if let Some(before) = before {
            before.await;
        }
        match database(&own).await {
            Some(database) => step(worker, database, own).await,
            None => refused(&own),
        }
    };
    let step = step.boxed_local().shared();
    host.hosting.borrow_mut().last_step = Some(step.clone());
    fetch::begin(step);
}

/// The browser keeps nothing.
fn refused(host: &SharedHost) {
    host.sink.give(Input::Keeping(KeepingState { is_refused: true, ..KeepingState::default() }));
}

/// The database, opened once.
async fn database(host: &SharedHost) -> Option<Database> {
    if let Some(open) = host.hosting.borrow().database.clone() {
        return Some(open);
    }
    let opened = Database::open().await.ok();
    host.hosting.borrow_mut().database.clone_from(&opened);
    opened
}

impl Caller {
    fn call(&self, stream_id: Option<String>, body: Vec<u8>, expected: Expected) -> HttpCall {
        let url = format!("{}{SCHEDULER_PATH}", self.base);
        let (base, authorization) = (self.base.clone(), self.authorization.clone());
        // A second SUBSCRIBE would be another framework, and a second ACCEPT would launch its tasks again.
        let write_id = Some(calls::write_id(now(), (js_sys::Math::random() * 9e15) as u64));
        HttpCall { url, base, authorization, stream_id, write_id, body, expected }
    }
}

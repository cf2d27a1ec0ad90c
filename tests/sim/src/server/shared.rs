//! State shared by all connections of a server: cluster, subscribers and active faults.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::auth::Authenticator;
use super::call_fault::{self, CallFailure, CallFault};
use super::clock::now_nanos;
use super::config::Config;
use super::fault::Fault;
use crate::answer::reply::Answer;
use crate::cluster::Sim;
use crate::pieces::Pieces;
use crate::scheduler::reply::{SchedulerAnswer, SchedulerHead};
use crate::schedulers::StreamNews;

/// Maximum bytes of queued events per subscriber, which may still be reading the snapshot; beyond, it is disconnected.
const WAITING: usize = 64 << 20;

/// Well-framed records that no current client understands: a new event type, a field of another type, an empty event, and invalid
/// UTF-8 in an event of an unknown agent.
const STRANGE: [&[u8]; 4] = [
    b"{\"type\":\"QUOTA_UPDATED\",\"quota_updated\":{\"role\":\"dev\"}}",
    b"{\"type\":\"AGENT_REMOVED\",\"agent_removed\":{\"agent_id\":7}}",
    b"{\"type\":\"TASK_ADDED\",",
    b"{\"type\":\"AGENT_REMOVED\",\"agent_removed\":{\"agent_id\":{\"value\":\"caf\xe9\"}}}",
];

#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    pub(super) master_ports: Vec<u16>,
    pub(super) host: String,
    pub(super) heartbeat: Duration,
    pub(super) bandwidth: Option<u64>,
    pub(super) webui_dir: Option<PathBuf>,
    pub(super) door: Authenticator,
    slow: AtomicBool,
    silent: watch::Sender<bool>,
}

#[derive(Debug)]
struct State {
    sim: Sim,
    subscribers: Vec<Subscriber>,
    /// Streams of the scheduler API by number.
    schedulers: BTreeMap<u64, Subscriber>,
    /// Index of the leading master.
    leader: usize,
    /// Status for every call, if set.
    status: Option<u16>,
    stopped: HashSet<u32>,
    /// Active call faults, newest first.
    trips: Vec<CallFault>,
}

/// Instruction to a stream besides passing on events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StreamOrder {
    Go,
    /// Ends the body and leaves the connection open, as an eviction does.
    Close,
    /// Stops in the middle of a record.
    Cut,
    /// Closes the connection between two records, as a dying master does.
    HangUp,
}

#[derive(Debug)]
struct Subscriber {
    events: mpsc::UnboundedSender<Arc<[u8]>>,
    waiting: Arc<AtomicUsize>,
    order: watch::Sender<StreamOrder>,
}

impl Subscriber {
    /// Sends bytes as one chunk; returns whether the stream is still there and does not lag too far behind.
    fn send(&self, bytes: &Arc<[u8]>) -> bool {
        let waiting = self.waiting.fetch_add(bytes.len(), Ordering::Relaxed);
        waiting < WAITING && self.events.send(Arc::clone(bytes)).is_ok()
    }
}

/// One stream's subscription.
#[derive(Debug)]
pub(super) struct Subscription {
    /// Content of the first record; `None` for the scheduler API, whose records are all events.
    pub(super) snapshot: Option<Pieces>,
    /// Bytes to send; empty at the end of the body.
    pub(super) events: mpsc::UnboundedReceiver<Arc<[u8]>>,
    pub(super) waiting: Arc<AtomicUsize>,
    pub(super) order: watch::Receiver<StreamOrder>,
    pub(super) silent: watch::Receiver<bool>,
}

impl Shared {
    pub(super) fn new(sim: Sim, master_ports: Vec<u16>, host: String, config: &Config) -> Shared {
        let mut sim = sim;
        sim.scheduler_heartbeat = Some(config.heartbeat.as_secs_f64());
        let state = State {
            sim,
            subscribers: Vec::new(),
            schedulers: BTreeMap::new(),
            leader: 0,
            status: None,
            stopped: HashSet::new(),
            trips: Vec::new(),
        };
        Shared {
            state: Mutex::new(state),
            master_ports,
            host,
            heartbeat: config.heartbeat,
            bandwidth: config.bandwidth,
            webui_dir: config.webui_dir.clone(),
            door: Authenticator {
                credentials: config.credentials.clone(),
                token: config.token.clone(),
                guest: config.guest.clone(),
            },
            slow: AtomicBool::new(false),
            silent: watch::Sender::new(false),
        }
    }

    /// After a panic in a caller's closure the cluster is still consistent enough to read.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Advances the cluster to now, runs `f` on it, and sends the resulting events.
    pub(super) fn with<R>(&self, f: impl FnOnce(&mut Sim) -> R) -> R {
        let mut state = self.state();
        state.sim.advance(now_nanos());
        let result = f(&mut state.sim);
        state.pass_on();
        result
    }

    /// Takes a snapshot and all events after it, without duplicates or gaps.
    pub(super) fn subscribe(&self) -> Subscription {
        let mut state = self.state();
        state.sim.advance(now_nanos());
        state.pass_on();
        let (subscriber, subscription) = self.channel();
        state.subscribers.push(subscriber);
        state.count();
        let snapshot = Some(state.sim.snapshot_with(self.heartbeat));
        Subscription { snapshot, ..subscription }
    }

    fn channel(&self) -> (Subscriber, Subscription) {
        let (events, received) = mpsc::unbounded_channel();
        let (order, reported) = watch::channel(StreamOrder::Go);
        let waiting = Arc::new(AtomicUsize::new(0));
        let subscriber = Subscriber { events, waiting: Arc::clone(&waiting), order };
        let silent = self.silent.subscribe();
        (subscriber, Subscription { snapshot: None, events: received, waiting, order: reported, silent })
    }

    /// Answers a call of the scheduler API; a stream comes with its subscription.
    pub(super) fn schedule(
        &self,
        body: &[u8],
        head: SchedulerHead,
        principal: Option<String>,
    ) -> Result<(u64, String, Subscription), Answer> {
        let mut state = self.state();
        state.sim.advance(now_nanos());
        state.sim.principal = principal;
        let answer = match state.sim.scheduler_call(body, head) {
            SchedulerAnswer::Done(answer) => Err(answer),
            SchedulerAnswer::Stream(number, id) => {
                let (subscriber, subscription) = self.channel();
                state.schedulers.insert(number, subscriber);
                Ok((number, id, subscription))
            }
        };
        state.pass_on();
        answer
    }

    /// The connection of a stream of the scheduler API has ended.
    pub(super) fn end_scheduler(&self, number: u64) {
        let mut state = self.state();
        state.schedulers.remove(&number);
        state.sim.advance(now_nanos());
        state.sim.end_scheduler_stream(number);
        state.pass_on();
    }

    pub(super) fn subscribers(&self) -> usize {
        let mut state = self.state();
        state.count();
        state.subscribers.len()
    }

    /// Removes ended streams from the count.
    pub(super) fn forget_ended(&self) {
        self.state().count();
    }

    pub(super) fn leader(&self) -> usize {
        self.state().leader
    }

    pub(super) fn status(&self) -> Option<u16> {
        self.state().status
    }

    /// The fault that applies to a call, if any.
    pub(super) fn trip(&self, body: &[u8]) -> Option<CallFailure> {
        let mut state = self.state();
        let (place, how) = call_fault::trip(&state.trips, body)?;
        if let Some(place) = place.filter(|place| state.trips.get(*place).is_some_and(|trip| trip.once)) {
            state.trips.remove(place);
        }
        Some(how)
    }

    pub(super) fn faults_left(&self) -> usize {
        self.state().trips.len()
    }

    pub(super) fn is_slow(&self) -> bool {
        self.slow.load(Ordering::Relaxed)
    }

    pub(super) fn has_stopped(&self, agent: u32) -> bool {
        self.state().stopped.contains(&agent)
    }

    pub(super) fn fault(&self, fault: &Fault) {
        let mut state = self.state();
        match fault {
            Fault::None => {
                state.status = None;
                state.stopped.clear();
                state.trips.clear();
                self.slow.store(false, Ordering::Relaxed);
                self.silent.send_replace(false);
            }
            Fault::CutMidRecord => state.order(StreamOrder::Cut),
            Fault::CloseStreams => state.order(StreamOrder::Close),
            Fault::CutSchedulers => state.order_schedulers(StreamOrder::Cut),
            Fault::CloseSchedulers => state.order_schedulers(StreamOrder::Close),
            Fault::Silence => drop(self.silent.send_replace(true)),
            Fault::Strange => STRANGE.iter().for_each(|record| state.send_to_all(&framed(record))),
            Fault::Garbage => state.send_to_all(b"<html>502 Bad Gateway</html>\n"),
            Fault::Failover => self.fail_over(&mut state),
            Fault::Replace => {
                state.sim.replace_master();
                self.fail_over(&mut state);
            }
            Fault::Status(status) => state.status = Some(*status),
            Fault::Call(trip) => state.trips.insert(0, trip.clone()),
            Fault::SlowBytes => self.slow.store(true, Ordering::Relaxed),
            Fault::StopAgent(number) => {
                state.stopped.insert(*number);
                state.sim.stop_agent(*number);
                state.pass_on();
            }
        }
    }

    fn fail_over(&self, state: &mut State) {
        state.leader = (state.leader + 1) % self.master_ports.len();
        if let Some(port) = self.master_ports.get(state.leader) {
            state.sim.elect(*port);
        }
        state.order(StreamOrder::HangUp);
    }
}

impl State {
    fn pass_on(&mut self) {
        while let Some(record) = self.sim.next_record() {
            self.send(&framed(&record));
        }
        while let Some((number, news)) = self.sim.next_scheduler_news() {
            let bytes = match news {
                StreamNews::Event(record) => framed(&record),
                StreamNews::End => Vec::new(),
            };
            let Some(subscriber) = self.schedulers.get(&number) else { continue };
            // After its end it stays until it has sent what came before: `end_scheduler` removes it.
            if !subscriber.send(&bytes.into()) {
                self.schedulers.remove(&number);
            }
        }
    }

    /// Sends bytes to every stream as one chunk; disconnects a stream that lags too far behind.
    fn send(&mut self, bytes: &[u8]) {
        if self.subscribers.is_empty() {
            return;
        }
        let bytes: Arc<[u8]> = bytes.into();
        self.subscribers.retain(|subscriber| subscriber.send(&bytes));
    }

    /// Sends bytes that are no event to every stream of either API.
    fn send_to_all(&mut self, bytes: &[u8]) {
        self.send(bytes);
        let bytes: Arc<[u8]> = bytes.into();
        self.schedulers.retain(|_, subscriber| subscriber.send(&bytes));
    }

    fn order(&mut self, order: StreamOrder) {
        self.order_schedulers(order);
        for subscriber in self.subscribers.drain(..) {
            subscriber.order.send_replace(order);
        }
        self.count();
    }

    fn order_schedulers(&mut self, order: StreamOrder) {
        for (_, subscriber) in std::mem::take(&mut self.schedulers) {
            subscriber.order.send_replace(order);
        }
    }

    fn count(&mut self) {
        self.subscribers.retain(|subscriber| !subscriber.events.is_closed());
        self.sim.set_subscribers(self.subscribers.len());
    }
}

fn framed(record: &[u8]) -> Vec<u8> {
    [format!("{}\n", record.len()).as_bytes(), record].concat()
}

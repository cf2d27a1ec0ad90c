//! The simulator: the world with its clock and random generator. Advances with time, or by hand.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};
use std::sync::Arc;

use crate::catalog::ExecutorKind;
use crate::containers::Containers;
use crate::logging::Logging;
use crate::pieces::{Part, Pieces};
use crate::rng::Rng;
use crate::scheduled_steps::{Next, ScheduledStep};
use crate::schedulers::Schedulers;
use crate::size::Size;
use crate::world::cluster::{Addresses, World};
use crate::world::task::{State, Task};

/// Default start time: Sunday, 22 November 2026, 00:08:20 UTC.
pub(crate) const DEFAULT_START: i64 = 1_795_306_100_000_000_000;

/// The simulated cluster. Does no IO and reads no clock; time is an argument.
#[derive(Debug)]
pub struct Sim {
    pub(crate) world: Arc<World>,
    pub(crate) rng: Rng,
    pub(crate) records: VecDeque<Vec<u8>>,
    /// Background events per second.
    pub(crate) rate: f64,
    /// Scheduled background steps, earliest first, then in scheduling order.
    pub(crate) due: BinaryHeap<Reverse<(i64, u64, ScheduledStep)>>,
    /// Scheduled steps of operator calls, independent of the rate.
    pub(crate) ordered: BinaryHeap<Reverse<(i64, u64, ScheduledStep)>>,
    pub(crate) started: u64,
    pub(crate) next: Next,
    pub(crate) logging: Logging,
    /// Log levels of agents by number.
    pub(crate) agents_logging: BTreeMap<u32, Logging>,
    /// Agents blocked by reading a named pipe: they serve no files.
    pub(crate) blocked: BTreeSet<u32>,
    pub(crate) containers: Containers,
    pub(crate) schedulers: Schedulers,
    /// User of the call that is answered, if it is authenticated.
    pub(crate) principal: Option<String>,
    pub(crate) has_aborted: bool,
    /// Seconds between heartbeats, as SUBSCRIBED of the scheduler API says; `None` for Mesos' default.
    pub(crate) scheduler_heartbeat: Option<f64>,
}

impl Sim {
    /// Creates a cluster by seed and size at a fixed time. Nothing happens until a rate is set or an event is triggered.
    pub fn new(seed: u64, size: Size) -> Sim {
        Sim::at(seed, size, DEFAULT_START)
    }

    /// Creates a cluster at a time in nanoseconds since the Unix epoch.
    pub fn at(seed: u64, size: Size, now_nanos: i64) -> Sim {
        Sim::of(World::new(seed, size, now_nanos))
    }

    pub(crate) fn of(world: World) -> Sim {
        let (seed, now_nanos) = (world.seed, world.now);
        let mut sim = Sim {
            world: Arc::new(world),
            rng: Rng::new(seed ^ 0x11fe),
            records: VecDeque::new(),
            rate: 0.0,
            due: BinaryHeap::new(),
            ordered: BinaryHeap::new(),
            started: 0,
            next: Next::after(now_nanos),
            logging: Logging::default(),
            agents_logging: BTreeMap::new(),
            blocked: BTreeSet::new(),
            containers: Containers::default(),
            schedulers: Schedulers::default(),
            principal: None,
            has_aborted: false,
            scheduler_heartbeat: None,
        };
        sim.resume();
        sim
    }

    /// Advances to a time in nanoseconds since the Unix epoch.
    pub fn advance(&mut self, to_nanos: i64) {
        self.live_until(to_nanos);
        if self.has_launched_containers() {
            self.end_orphaned_containers();
        }
    }

    /// Sets the background events per second; 0 freezes the cluster.
    pub fn set_rate(&mut self, events_a_second: f64) {
        self.rate = events_a_second.clamp(0.0, 100_000.0);
        self.next = Next::after(self.world.now);
    }

    /// Sets the masters' Mesos version. Before 1.9 quotas are guarantees only; nothing else differs.
    pub fn set_version(&mut self, version: &str) {
        self.change().set_version(version);
    }

    /// Takes the next unsent event: the JSON of one record.
    pub fn next_record(&mut self) -> Option<Vec<u8>> {
        self.records.pop_front()
    }

    /// Answer to GET_STATE.
    pub fn state(&self) -> serde_json::Value {
        serde_json::from_slice(&self.pieces(Part::State).into_bytes()).expect("what the writer writes is JSON")
    }

    /// Payload of the SUBSCRIBED record in pieces, as of now.
    pub fn snapshot(&self) -> Pieces {
        self.pieces(Part::Subscribed { heartbeat_millis: 15_000 })
    }

    /// Snapshot of a master with a given heartbeat interval.
    pub(crate) fn snapshot_with(&self, heartbeat: std::time::Duration) -> Pieces {
        self.pieces(Part::Subscribed { heartbeat_millis: heartbeat.as_millis() as u64 })
    }

    pub(crate) fn pieces(&self, part: Part) -> Pieces {
        Pieces::new(Arc::clone(&self.world), part)
    }

    /// Ids of a pod's running task: agent, framework, executor, task.
    pub fn some_pod(&self) -> Option<[String; 4]> {
        let world = &self.world;
        let is_pod = |task: &&Task| task.runner(world) == ExecutorKind::Pod && task.state == State::Running;
        let task = world.tasks.live().find(is_pod)?;
        let text = |write: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = Vec::new();
            write(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Some([
            world.agent_id_text(task.agent),
            text(&|out| world.framework_id(out, task.framework)),
            text(&|out| task.executor_id(out, world)),
            task.id_text(world),
        ])
    }

    /// Whether an agent is blocked by reading a named pipe and serves no files.
    pub fn is_blocked(&self, agent: u32) -> bool {
        self.blocked.contains(&agent)
    }

    /// Sets the number of open streams, which no event reports.
    pub fn set_subscribers(&mut self, subscribers: usize) {
        self.change().subscribers = subscribers;
    }

    /// Sets the addresses of masters and agents, as in pids and GET_MASTER.
    pub fn place(&mut self, ip: String, master: u16, agents: Vec<u16>) {
        let world = self.change();
        world.policy.moved(&world.addresses.ip, &ip);
        world.addresses = Addresses { ip, master, agents };
    }

    /// Elects another master.
    pub fn elect(&mut self, port: u16) {
        let now = self.world.now;
        let world = self.change();
        world.addresses.master = port;
        world.elected = now;
    }

    /// Number of the agent that listens as `slave(nth)` on one of the agents' ports.
    pub fn agent_at(&self, port_index: usize, nth: u32) -> Option<u32> {
        let ports = self.world.addresses.agents.len().max(1);
        let number = u32::try_from(ports).ok()?.checked_mul(nth.checked_sub(1)?)?.checked_add(port_index as u32)?;
        ((number as usize) < self.world.agents.len()).then_some(number)
    }

    /// The world for modification; a snapshot in progress keeps its own copy.
    pub(crate) fn change(&mut self) -> &mut World {
        Arc::make_mut(&mut self.world)
    }
}

//! The cluster with its clock and its chance: life goes on when time does, and by hand.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};
use std::sync::Arc;

use crate::catalog::ExecutorKind;
use crate::logging::Logging;
use crate::pieces::{Part, Pieces};
use crate::rng::Rng;
use crate::scheduled_steps::{Next, ScheduledStep};
use crate::size::Size;
use crate::world::cluster::{Addresses, World};
use crate::world::task::{State, Task};

/// When a cluster is found of which nobody said when: Sunday, 22 November 2026, 00:08:20 UTC.
pub(crate) const DEFAULT_START: i64 = 1_795_306_100_000_000_000;

/// The cluster. Does no IO, and knows no time but what it is reported.
#[derive(Debug)]
pub struct Sim {
    pub(crate) world: Arc<World>,
    pub(crate) rng: Rng,
    pub(crate) records: VecDeque<Vec<u8>>,
    /// Events a second that life makes.
    pub(crate) rate: f64,
    /// What has started and will go on: the soonest first, in the order in which it was started.
    pub(crate) due: BinaryHeap<Reverse<(i64, u64, ScheduledStep)>>,
    /// Steps that operators set off, which go on at any rate.
    pub(crate) ordered: BinaryHeap<Reverse<(i64, u64, ScheduledStep)>>,
    pub(crate) started: u64,
    pub(crate) next: Next,
    pub(crate) logging: Logging,
    /// Of agents, by number.
    pub(crate) agents_logging: BTreeMap<u32, Logging>,
    /// Agents of which a named pipe was read: they serve no file any more.
    pub(crate) blocked: BTreeSet<u32>,
}

impl Sim {
    /// The cluster of that seed and size, found at a fixed time. Nothing happens until a rate is set or a hand moves it.
    pub fn new(seed: u64, size: Size) -> Sim {
        Sim::at(seed, size, DEFAULT_START)
    }

    /// A cluster that is found at that time: nanoseconds since the Unix epoch.
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
        };
        sim.resume();
        sim
    }

    /// Lets life go on until `to_nanos` (since the Unix epoch).
    pub fn advance(&mut self, to_nanos: i64) {
        self.live_until(to_nanos);
    }

    /// Events a second that life makes from now on; 0 freezes the cluster.
    pub fn set_rate(&mut self, events_a_second: f64) {
        self.rate = events_a_second.clamp(0.0, 100_000.0);
        self.next = Next::after(self.world.now);
    }

    /// The masters run that version of Mesos from now on. Before 1.9 quotas are guarantees alone; nothing else differs.
    pub fn set_version(&mut self, version: &str) {
        self.change().set_version(version);
    }

    /// The next event that subscribers have not been given yet: the JSON of one record.
    pub fn next_record(&mut self) -> Option<Vec<u8>> {
        self.records.pop_front()
    }

    /// What GET_STATE answers.
    pub fn state(&self) -> serde_json::Value {
        serde_json::from_slice(&self.pieces(Part::State).into_bytes()).expect("what the writer writes is JSON")
    }

    /// A snapshot: the payload of the record SUBSCRIBED, piece by piece, as of now.
    pub fn snapshot(&self) -> Pieces {
        self.pieces(Part::Subscribed { heartbeat_millis: 15_000 })
    }

    /// The snapshot of a master whose heartbeats come so often.
    pub(crate) fn snapshot_with(&self, heartbeat: std::time::Duration) -> Pieces {
        self.pieces(Part::Subscribed { heartbeat_millis: heartbeat.as_millis() as u64 })
    }

    pub(crate) fn pieces(&self, part: Part) -> Pieces {
        Pieces::new(Arc::clone(&self.world), part)
    }

    /// A pod's running task: the ids of its agent, its framework and its executor, and its own.
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

    /// Whether a named pipe of an agent was read, so that the agent serves no file any more.
    pub fn is_blocked(&self, agent: u32) -> bool {
        self.blocked.contains(&agent)
    }

    /// What happened so far, of which no event tells: how many streams are open.
    pub fn set_subscribers(&mut self, subscribers: usize) {
        self.change().subscribers = subscribers;
    }

    /// Where masters and agents listen; their pids and GET_MASTER say so.
    pub fn place(&mut self, ip: String, master: u16, agents: Vec<u16>) {
        let world = self.change();
        world.policy.moved(&world.addresses.ip, &ip);
        world.addresses = Addresses { ip, master, agents };
    }

    /// Another master leads from now on.
    pub fn elect(&mut self, port: u16) {
        let now = self.world.now;
        let world = self.change();
        world.addresses.master = port;
        world.elected = now;
    }

    /// The number of the agent that listens as `slave(nth)` on that one of the agents' ports.
    pub fn agent_at(&self, port_index: usize, nth: u32) -> Option<u32> {
        let ports = self.world.addresses.agents.len().max(1);
        let number = u32::try_from(ports).ok()?.checked_mul(nth.checked_sub(1)?)?.checked_add(port_index as u32)?;
        ((number as usize) < self.world.agents.len()).then_some(number)
    }

    /// The state, to change: a snapshot that is being written keeps the state it was taken of.
    pub(crate) fn change(&mut self) -> &mut World {
        Arc::make_mut(&mut self.world)
    }
}

//! An agent: changing state is stored, everything else derives from its number.

use serde_json::json;

use crate::catalog::{MACHINES, Machine, RECORDED_MACHINE, REGIONS, SITES, ZONES};
use crate::json_out::Out;
use crate::rng::{mix, pick};
use crate::world::pool::{Item, Pool, Quantity};
use crate::world::resources::{Amount, Ports};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AgentState {
    Active,
    /// The process stopped and the master noticed, but has not given it up yet: `active` is false.
    Disconnected,
    Deactivated,
    Draining,
    Drained,
    /// Given up by the master: no longer listed, its tasks are unreachable.
    Unreachable,
    /// Known to a new master only from the registry, until it returns.
    Recovered,
    /// Unregistered or marked gone; never returns.
    Gone,
    /// Its machine is down for maintenance; returns when that ends.
    Down,
}

/// Model of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AgentModel {
    /// A machine of the example's sites.
    Example,
    /// An agent of the recorded cluster.
    Recorded,
}

#[derive(Clone, Debug)]
pub(crate) struct Agent {
    pub(crate) number: u32,
    pub(crate) likeness: AgentModel,
    pub(crate) standing: AgentState,
    /// The registry's state of an absent agent, which applies again on its return.
    pub(crate) kept: AgentState,
    pub(crate) registered: i64,
    /// 0 if it never returned.
    pub(crate) reregistered: i64,
    /// Drain configuration and start time.
    pub(crate) draining: Option<Drain>,
    /// Whether the agent was disconnected at the start of the drain and has not received it.
    pub(crate) away: bool,
    /// Whether the agent is older than Mesos 1.9 and lacks the draining capability.
    pub(crate) old: bool,
    /// Whether the registrar is marking it gone.
    pub(crate) going: bool,
    /// Slots of its tasks, also while it is lost.
    pub(crate) tasks: Vec<u32>,
    /// Resources of its tasks and their executors.
    pub(crate) used: Amount,
    /// Its resources by reservation and volume, once an operator has changed them.
    pub(crate) pool: Option<Pool>,
}

/// A DrainConfig.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Drain {
    pub(crate) since: i64,
    pub(crate) grace: Option<i64>,
    pub(crate) mark_gone: bool,
}

impl AgentState {
    pub(crate) fn deactivated(self) -> bool {
        matches!(self, AgentState::Deactivated | AgentState::Draining | AgentState::Drained)
    }
}

impl Agent {
    pub(crate) fn new(number: u32, registered: i64) -> Agent {
        Agent {
            number,
            likeness: AgentModel::Example,
            standing: AgentState::Active,
            kept: AgentState::Active,
            registered,
            reregistered: 0,
            draining: None,
            away: false,
            old: false,
            going: false,
            tasks: Vec::new(),
            used: Amount::default(),
            pool: None,
        }
    }

    /// Whether GET_AGENTS lists it.
    pub(crate) fn listed(&self) -> bool {
        !matches!(self.standing, AgentState::Unreachable | AgentState::Recovered | AgentState::Gone | AgentState::Down)
    }

    /// Whether the master knows it and it may return: it can be drained and deactivated.
    pub(crate) fn known(&self) -> bool {
        self.listed() || matches!(self.standing, AgentState::Unreachable | AgentState::Recovered)
    }

    /// Its state in the registry, which an absent agent has on return.
    pub(crate) fn entry(&mut self) -> &mut AgentState {
        if self.listed() { &mut self.standing } else { &mut self.kept }
    }

    pub(crate) fn deactivated(&self) -> bool {
        self.standing.deactivated()
    }

    pub(crate) fn connected(&self) -> bool {
        self.listed() && self.standing != AgentState::Disconnected && !self.away
    }

    fn hash(&self, seed: u64) -> u64 {
        mix(seed ^ 0xa6e7, u64::from(self.number))
    }

    pub(crate) fn machine(&self, seed: u64) -> Machine {
        match self.likeness {
            AgentModel::Example => pick(MACHINES, self.hash(seed)),
            AgentModel::Recorded => RECORDED_MACHINE,
        }
    }

    pub(crate) fn total(&self, seed: u64) -> Amount {
        let machine = self.machine(seed);
        Amount {
            cpus: u64::from(machine.cpus) * 1000,
            mem: u64::from(machine.mem),
            disk: u64::from(machine.disk),
            gpus: u64::from(machine.gpus),
            ports: Ports::all(),
        }
    }

    /// Its reserved resources that a filter of roles lets through.
    pub(crate) fn reserved_for(&self, seed: u64, counts: impl Fn(&str) -> bool) -> Amount {
        match &self.pool {
            Some(pool) => pool.sum(|item| item.role().is_some_and(&counts)),
            None => {
                self.reserved(seed).filter(|(role, _)| counts(role)).map_or(Amount::default(), |(_, amount)| amount)
            }
        }
    }

    /// Its dynamic reservation before any change, and the role; one agent in sixteen has one.
    pub(crate) fn reserved(&self, seed: u64) -> Option<(&'static str, Amount)> {
        if self.likeness == AgentModel::Recorded {
            return None;
        }
        let hash = self.hash(seed) >> 16;
        let amount = Amount { cpus: 4000, mem: 16_384, disk: 81_920, ..Amount::default() };
        hash.is_multiple_of(16).then(|| (pick(&["data/streams", "data/etl", "eng/search"], hash >> 4), amount))
    }

    /// Pool before any change; a resource provider's disks are not in it.
    pub(crate) fn first_pool(&self, seed: u64) -> Pool {
        let mut pool = Pool::default();
        let total = self.total(seed);
        let Some((role, reserved)) = self.reserved(seed) else {
            pool.add_amount(&total, &[]);
            return pool;
        };
        let reservation = [json!({"type": "DYNAMIC", "role": role, "principal": "ops"})];
        let volume = Amount { disk: reserved.disk / 2, ..Amount::default() };
        pool.add_amount(&total.minus(&reserved), &[]);
        pool.add_amount(&reserved.minus(&volume), &reservation);
        pool.add(Item {
            reservations: reservation.to_vec(),
            disk: Some(json!({
                "persistence": {"id": format!("data-{}", self.number), "principal": "ops"},
                "volume": {"mode": "RW", "container_path": "data"}
            })),
            ..Item::plain("disk", Quantity::Scalar(volume.disk * 1000))
        });
        pool
    }

    /// Disks of its resource provider in MB; one agent in sixteen has a provider with two.
    pub(crate) fn provided(&self, seed: u64) -> Option<[u64; 2]> {
        let hash = self.hash(seed) >> 32;
        (self.likeness == AgentModel::Example && hash.is_multiple_of(16)).then_some([409_600, 102_400])
    }

    /// Its own resources, without a provider's: the sum of its pool.
    pub(crate) fn own_total(&self, seed: u64) -> Amount {
        self.pool.as_ref().map_or_else(|| self.total(seed), |pool| pool.sum(|_| true))
    }

    /// Free resources for a framework without a reservation.
    pub(crate) fn free(&self, seed: u64) -> Amount {
        if let Some(pool) = &self.pool {
            return pool.unreserved().minus(&self.used);
        }
        let reserved = self.reserved(seed).map_or(Amount::default(), |(_, amount)| amount);
        self.total(seed).minus(&reserved).minus(&self.used)
    }

    pub(crate) fn version(&self, seed: u64) -> &'static str {
        if self.likeness == AgentModel::Example && (self.hash(seed) >> 24).is_multiple_of(12) {
            "1.10.0"
        } else {
            "1.11.0"
        }
    }

    fn site(&self) -> usize {
        self.number as usize % SITES.len()
    }

    /// Hostname: `a0417.ams.example`, or `agent1.local`, which counts from one.
    pub(crate) fn hostname(&self, out: &mut impl Out, _seed: u64) {
        if self.likeness == AgentModel::Recorded {
            out.str("agent");
            out.int(u64::from(self.number) + 1);
            return out.str(".local");
        }
        out.str("a");
        out.padded(u64::from(self.number), if self.number < 10_000 { 4 } else { 5 });
        out.all(&[".", SITES[self.site()], ".example"]);
    }

    pub(crate) fn region(&self) -> &'static str {
        REGIONS[self.site()]
    }

    /// Whether it is in another region than the master, as far as the cluster has regions.
    pub(crate) fn is_remote(&self) -> bool {
        self.likeness == AgentModel::Example && self.region() != REGIONS[0]
    }

    pub(crate) fn zone(&self) -> &'static str {
        pick(ZONES, u64::from(self.number) / SITES.len() as u64)
    }

    /// Rack number, with forty machines per rack.
    pub(crate) fn rack(&self) -> u64 {
        u64::from(self.number) / SITES.len() as u64 / 40 + 1
    }

    /// IP address of a container on the agent.
    pub(crate) fn container_address(&self, out: &mut impl Out, salt: u64) {
        out.str("10.");
        out.int(u64::from(self.number) >> 8 & 255);
        out.str(".");
        out.int(u64::from(self.number) & 255);
        out.str(".");
        out.int(2 + salt % 250);
    }
}

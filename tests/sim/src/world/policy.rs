//! What operators have set: weights, quotas, the maintenance of machines. Knows no call and refuses nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::names::{QUOTAS, WEIGHTS};
use crate::rng::mix;
use crate::world::World;
use crate::world::birth::SECOND;
use crate::world::resources::Amount;

#[derive(Clone, Debug, Default)]
pub(crate) struct Policy {
    pub(crate) weights: BTreeMap<String, f64>,
    /// Of every role that ever had one: a quota that was reset stays, and says nothing.
    pub(crate) quotas: BTreeMap<String, Quota>,
    pub(crate) windows: Vec<Window>,
    /// Machines that START_MAINTENANCE took down.
    pub(crate) down: Vec<Machine>,
    /// Machines that were taken up again: the master knows them still.
    up: Vec<Machine>,
}

/// Amounts by resource.
pub(crate) type Scalars = BTreeMap<String, f64>;

#[derive(Clone, Debug, Default)]
pub(crate) struct Quota {
    pub(crate) guarantees: Scalars,
    pub(crate) limits: Scalars,
}

/// Machines that will be unavailable together; for ever, without a duration.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    pub(crate) machines: Vec<Machine>,
    pub(crate) start: i64,
    pub(crate) duration: Option<i64>,
    /// When it was set.
    pub(crate) since: i64,
}

/// A machine as it was given: a host's name, an address, or both.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) hostname: Option<String>,
    pub(crate) ip: Option<String>,
}

impl Machine {
    /// Whether it is the same: names do not tell cases apart.
    pub(crate) fn is(&self, other: &Machine) -> bool {
        let name = |of: &Machine| of.hostname.as_deref().unwrap_or_default().to_ascii_lowercase();
        name(self) == name(other) && self.ip.as_deref().unwrap_or_default() == other.ip.as_deref().unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        let fields = [("hostname", &self.hostname), ("ip", &self.ip)];
        fields.into_iter().filter_map(|(name, text)| Some((name.to_owned(), Value::String(text.clone()?)))).collect()
    }
}

impl Policy {
    /// As the cluster is found: a tiny one has no policy at all.
    pub(crate) fn found(world: &World) -> Policy {
        if world.agents.len() < 10 {
            return Policy::default();
        }
        let weights = WEIGHTS.iter().map(|(role, weight)| ((*role).to_owned(), *weight as f64 / 1000.0));
        let total = world.total();
        let share = |thousandths: u64| -> Scalars {
            if thousandths == 0 {
                return Scalars::new();
            }
            let cpus = (total.cpus / 1000 * thousandths / 1000) as f64;
            let mem = (total.mem * thousandths / 1000) as f64;
            Scalars::from([("cpus".to_owned(), cpus), ("mem".to_owned(), mem)])
        };
        let quota = |(role, guarantee, limit): &(&str, u64, u64)| {
            ((*role).to_owned(), Quota { guarantees: share(*guarantee), limits: share(*limit) })
        };
        // A master found here has been up for forty days at most: the window is still to come.
        let window = Window {
            machines: (4..6).map(|number| world.machine(number)).collect(),
            start: world.started + 41 * 24 * 3600 * SECOND,
            duration: Some(4 * 3600 * SECOND),
            since: world.started,
        };
        Policy {
            weights: weights.collect(),
            quotas: QUOTAS.iter().map(quota).collect(),
            windows: vec![window],
            ..Policy::default()
        }
    }

    /// The cluster listens elsewhere now.
    pub(crate) fn moved(&mut self, from: &str, to: &str) {
        let machines = self.windows.iter_mut().flat_map(|window| &mut window.machines).chain(&mut self.down);
        for machine in machines.filter(|machine| machine.ip.as_deref() == Some(from)) {
            machine.ip = Some(to.to_owned());
        }
    }

    pub(crate) fn is_down(&self, machine: &Machine) -> bool {
        self.down.iter().any(|down| down.is(machine))
    }

    pub(crate) fn scheduled(&self, machine: &Machine) -> bool {
        self.windows.iter().flat_map(|window| &window.machines).any(|other| other.is(machine))
    }

    /// Whether the master knows the machine: it is scheduled, or was.
    pub(crate) fn knows(&self, machine: &Machine) -> bool {
        self.scheduled(machine) || self.up.iter().any(|up| up.is(machine))
    }

    /// The machine is up again, and in no window any more.
    pub(crate) fn take_up(&mut self, machine: &Machine) {
        self.down.retain(|down| !down.is(machine));
        self.up.push(machine.clone());
        self.windows.iter_mut().for_each(|window| window.machines.retain(|other| !other.is(machine)));
        self.windows.retain(|window| !window.machines.is_empty());
    }
}

impl World {
    /// Whether the masters know quotas as guarantees alone, without limits of their own.
    pub(crate) fn is_before_1_9(&self) -> bool {
        let mut parts = self.version.split('.').map_while(|part| part.parse::<u32>().ok());
        matches!((parts.next(), parts.next()), (Some(major), Some(minor)) if (major, minor) < (1, 9))
    }

    /// The masters run that version from now on. A limit that an older one could not have goes.
    pub(crate) fn set_version(&mut self, version: &str) {
        version.clone_into(&mut self.version);
        if self.is_before_1_9() {
            self.policy.quotas.retain(|_, quota| !quota.guarantees.is_empty());
            self.policy.quotas.values_mut().for_each(|quota| quota.limits.clone_from(&quota.guarantees));
        }
    }

    /// The machine that an agent is on.
    pub(crate) fn machine(&self, number: u32) -> Machine {
        let mut hostname = Vec::new();
        self.agent(number).hostname(&mut hostname, self.seed);
        Machine { hostname: Some(String::from_utf8_lossy(&hostname).into_owned()), ip: Some(self.addresses.ip.clone()) }
    }

    /// The agent on a machine: each has one of its own, and its number is in the host's name, counted from zero or one.
    pub(crate) fn agent_on(&self, machine: &Machine) -> Option<u32> {
        let host = machine.hostname.as_deref()?.split('.').next()?;
        let number = host.trim_start_matches(|it: char| !it.is_ascii_digit()).parse::<u32>().ok()?;
        let is = |number: &u32| (*number as usize) < self.agents.len() && self.machine(*number).is(machine);
        [number, number.saturating_sub(1)].into_iter().find(is)
    }

    /// All resources of registered agents.
    pub(crate) fn total(&self) -> Amount {
        let mut total = Amount::default();
        self.agents.iter().filter(|agent| agent.listed()).for_each(|agent| total.plus(&agent.whole(self.seed)));
        total
    }

    /// What a role, and those below it, use, and what is reserved for them.
    pub(crate) fn consumed(&self, role: &str) -> Amount {
        let below = |name: &str| name == role || name.strip_prefix(role).is_some_and(|rest| rest.starts_with('/'));
        let mut consumed = Amount::default();
        for (framework, held) in self.frameworks.iter().zip(self.held_by_framework()) {
            let roles = framework.kind().roles.iter().zip(held);
            roles.filter(|(name, _)| below(name)).for_each(|(_, amount)| consumed.plus(&amount));
        }
        let reserved = self.agents.iter().filter(|agent| agent.listed()).filter_map(|agent| agent.reserved(self.seed));
        reserved.filter(|(name, _)| below(name)).for_each(|(_, amount)| consumed.plus(&amount));
        consumed
    }
}

impl Amount {
    /// By resource, as Mesos writes amounts; what there is none of is left out.
    pub(crate) fn scalars(&self) -> Scalars {
        let thousandths = |value: u64| value as f64 / 1000.0;
        let all = [
            ("cpus", thousandths(self.cpus)),
            ("disk", self.disk as f64),
            ("gpus", self.gpus as f64),
            ("mem", self.mem as f64),
        ];
        all.into_iter().filter(|(_, value)| *value > 0.0).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// As the JSON of a map of scalars.
pub(crate) fn map(scalars: &Scalars) -> Value {
    scalars.iter().map(|(name, value)| (name.clone(), json!({"value": value}))).collect()
}

impl World {
    /// The frameworks that run something on the machine.
    pub(crate) fn asked(&self, machine: &Machine) -> BTreeSet<u32> {
        let agent = self.agent_on(machine).map(|number| self.agent(number)).filter(|agent| agent.listed());
        let tasks = agent.into_iter().flat_map(|agent| &agent.tasks).map(|slot| self.tasks.at(*slot).framework);
        tasks.filter(|number| self.framework(*number).active).collect()
    }

    /// They answer their inverse offers within eight seconds: most accept, some decline, and some never say.
    pub(crate) fn said(&self, framework: u32, since: i64) -> Option<(&'static str, i64)> {
        let hash = mix(self.seed ^ 0x1f0f, u64::from(framework));
        let at = since + SECOND / 5 + (hash >> 8) as i64 % (8 * SECOND);
        let status = if hash.is_multiple_of(4) { "DECLINE" } else { "ACCEPT" };
        (hash % 9 != 5 && at <= self.now).then_some((status, at))
    }

    /// What the framework is asked to leave and has not answered for: agents, and when they will be unavailable.
    pub(crate) fn unanswered(&self, framework: u32) -> Vec<(u32, i64, Option<i64>)> {
        let windows = &self.policy.windows;
        let windows = windows.iter().flat_map(|window| window.machines.iter().map(move |machine| (window, machine)));
        let open = windows.filter(|(_, machine)| !self.policy.is_down(machine)).take(ASKED);
        let mine = open.filter(|(window, machine)| {
            self.said(framework, window.since).is_none() && self.asked(machine).contains(&framework)
        });
        mine.filter_map(|(window, machine)| Some((self.agent_on(machine)?, window.start, window.duration))).collect()
    }
}

/// Machines for which frameworks are asked at a time.
const ASKED: usize = 200;

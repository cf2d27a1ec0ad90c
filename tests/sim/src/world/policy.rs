//! Operator settings: weights, quotas and the maintenance of machines. Independent of calls; refuses nothing.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::world::resources::Amount;

#[derive(Clone, Debug, Default)]
pub(crate) struct Policy {
    pub(crate) weights: BTreeMap<String, f64>,
    /// Quotas of every role that ever had one: a reset quota stays, but empty.
    pub(crate) quotas: BTreeMap<String, Quota>,
    pub(crate) windows: Vec<Window>,
    /// Machines taken down by START_MAINTENANCE.
    pub(crate) down: Vec<Machine>,
    /// Machines taken up again, which the master still knows.
    pub(super) up: Vec<Machine>,
}

/// Amounts by resource.
pub(crate) type Scalars = BTreeMap<String, f64>;

#[derive(Clone, Debug, Default)]
pub(crate) struct Quota {
    pub(crate) guarantees: Scalars,
    pub(crate) limits: Scalars,
}

/// Machines that are unavailable together; without a duration, forever.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    pub(crate) machines: Vec<Machine>,
    pub(crate) start: i64,
    pub(crate) duration: Option<i64>,
    /// Time when it was set.
    pub(crate) since: i64,
}

/// A machine as given: hostname, address, or both.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) hostname: Option<String>,
    pub(crate) ip: Option<String>,
}

impl Machine {
    /// Whether the machines are equal; hostnames are case-insensitive.
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
    /// Replaces an address after the cluster has moved.
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

    /// Whether the master knows the machine: it is or was scheduled.
    pub(crate) fn knows(&self, machine: &Machine) -> bool {
        self.scheduled(machine) || self.up.iter().any(|up| up.is(machine))
    }

    /// Takes a machine up and removes it from its window.
    pub(crate) fn take_up(&mut self, machine: &Machine) {
        self.down.retain(|down| !down.is(machine));
        self.up.push(machine.clone());
        self.windows.iter_mut().for_each(|window| window.machines.retain(|other| !other.is(machine)));
        self.windows.retain(|window| !window.machines.is_empty());
    }
}

impl Amount {
    /// Scalars by resource in Mesos' format, without zeros.
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

/// JSON of a map of scalars.
pub(crate) fn map(scalars: &Scalars) -> Value {
    scalars.iter().map(|(name, value)| (name.clone(), json!({"value": value}))).collect()
}

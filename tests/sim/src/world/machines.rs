//! Machines of agents, and the frameworks' answers to inverse offers: derived, not stored.

use std::collections::BTreeSet;

use crate::rng::mix;
use crate::time::SECOND;
use crate::world::cluster::World;
use crate::world::policy::{Machine, Window};

impl World {
    /// Machine of an agent.
    pub(crate) fn machine(&self, number: u32) -> Machine {
        let mut hostname = Vec::new();
        self.agent(number).hostname(&mut hostname, self.seed);
        Machine { hostname: Some(String::from_utf8_lossy(&hostname).into_owned()), ip: Some(self.addresses.ip.clone()) }
    }

    /// Agent on a machine: one each, with its number in the hostname, counted from zero or one.
    pub(crate) fn agent_on(&self, machine: &Machine) -> Option<u32> {
        let host = machine.hostname.as_deref()?.split('.').next()?;
        let number = host.trim_start_matches(|it: char| !it.is_ascii_digit()).parse::<u32>().ok()?;
        let is = |number: &u32| (*number as usize) < self.agents.len() && self.machine(*number).is(machine);
        [number, number.saturating_sub(1)].into_iter().find(is)
    }

    /// Maintenance window of an agent's machine.
    pub(crate) fn window_of(&self, agent: u32) -> Option<&Window> {
        if self.policy.windows.is_empty() {
            return None;
        }
        let machine = self.machine(agent);
        self.policy.windows.iter().find(|window| window.machines.iter().any(|other| other.is(&machine)))
    }

    /// Frameworks with tasks on the machine.
    pub(crate) fn asked(&self, machine: &Machine) -> BTreeSet<u32> {
        let agent = self.agent_on(machine).map(|number| self.agent(number)).filter(|agent| agent.listed());
        let tasks = agent.into_iter().flat_map(|agent| &agent.tasks).map(|slot| self.tasks.at(*slot).framework);
        tasks.filter(|number| self.framework(*number).active).collect()
    }

    /// A framework's answer to an inverse offer within eight seconds: most accept, some decline, some never answer.
    ///
    /// A client's is what it said.
    pub(crate) fn said(&self, framework: u32, agent: u32, since: i64) -> Option<(&'static str, i64)> {
        if self.framework(framework).is_clients() {
            return self.inverse.get(&(framework, agent))?.answer;
        }
        let hash = mix(self.seed ^ 0x1f0f, u64::from(framework));
        let at = since + SECOND / 5 + (hash >> 8) as i64 % (8 * SECOND);
        let status = if hash.is_multiple_of(4) { "DECLINE" } else { "ACCEPT" };
        (hash % 9 != 5 && at <= self.now).then_some((status, at))
    }

    /// Unanswered inverse offers of a framework: agent, start and duration of its unavailability.
    pub(crate) fn unanswered(&self, framework: u32) -> Vec<(u32, i64, Option<i64>)> {
        let windows = &self.policy.windows;
        let windows = windows.iter().flat_map(|window| window.machines.iter().map(move |machine| (window, machine)));
        let open = windows.filter(|(_, machine)| !self.policy.is_down(machine)).take(ASKED);
        let mine = open.filter(|(_, machine)| self.asked(machine).contains(&framework));
        let mine = mine.filter_map(|(window, machine)| Some((self.agent_on(machine)?, window)));
        let unanswered = mine.filter(|(agent, window)| self.said(framework, *agent, window.since).is_none());
        unanswered.map(|(agent, window)| (agent, window.start, window.duration)).collect()
    }
}

/// Maximum number of machines with inverse offers at a time.
const ASKED: usize = 200;

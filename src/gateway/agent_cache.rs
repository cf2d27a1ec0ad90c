//! Caches agent addresses from GET_AGENTS answers, with the time and the caller of each read. Sends no requests.
//!
//! An address is valid for every caller, since the agent itself checks credentials. Absence is not: a master may hide agents from a
//! caller, so only a caller's own read shows that an agent is unknown.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use axum::http::Uri;
use tokio::time::Instant;

use crate::address::Address;
use crate::agents_reader::AgentAddresses;

/// Maximum age of a cached address, since an address may pass to another agent.
pub const MAX_AGE: Duration = Duration::from_secs(600);
/// Maximum size of the cache in bytes. Above it, only the newest read is kept.
const MAX_BYTES: usize = 128 << 20;
/// Maximum number of callers whose last read is remembered. Any other caller causes a new read.
const READINGS: usize = 256;

/// A caller, as a hash that reveals nothing about the credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller(pub u64);

/// One completed read of GET_AGENTS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentsRead {
    pub caller: Caller,
    pub started: Instant,
    pub ended: Instant,
    /// URL scheme of the master that answered.
    pub scheme: String,
    /// Whether a master is on this machine.
    pub is_near: bool,
}

impl AgentsRead {
    pub fn times(&self, factor: u32) -> Duration {
        (self.ended - self.started) * factor
    }
}

/// An agent's address, with the read that reported it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentAddress {
    pub address: Address,
    pub reading: Arc<AgentsRead>,
    /// The host and port that answered last.
    pub worked: Option<Box<str>>,
}

impl AgentAddress {
    /// Returns the URLs to try; the one that worked last comes first.
    pub fn urls(&self, scheme: &str) -> Vec<Uri> {
        let mut urls = self.address.urls(scheme);
        let worked = self.worked.as_deref();
        urls.sort_by_key(|url| worked.is_none() || url.authority().map(|at| at.as_str()) != worked);
        urls
    }
}

#[derive(Debug, Default)]
pub struct AgentCache {
    agents: HashMap<Box<str>, AgentAddress>,
    /// The last read of each caller, newest last.
    readings: VecDeque<Arc<AgentsRead>>,
}

impl AgentCache {
    /// Returns the agent's address, if the read that reported it started at `since` or later.
    pub fn look_up(&self, id: &str, since: Instant) -> Option<AgentAddress> {
        self.agents.get(id).filter(|home| home.reading.started >= since).cloned()
    }

    pub fn last(&self) -> Option<Arc<AgentsRead>> {
        self.readings.back().cloned()
    }

    /// Returns true if this caller's own read started at `since` or later.
    pub fn has_read(&self, caller: Caller, since: Instant) -> bool {
        self.readings.iter().any(|reading| reading.caller == caller && reading.started >= since)
    }

    /// Adds a read. Removes agents that this caller saw before and no longer sees.
    pub fn take(&mut self, reading: AgentsRead, roster: AgentAddresses) {
        let reading = Arc::new(reading);
        for (id, address) in roster {
            let same = self.agents.get_mut(&id).filter(|home| home.address == address);
            let worked = same.and_then(|home| home.worked.take());
            self.agents.insert(id, AgentAddress { address, reading: reading.clone(), worked });
        }
        let is_new = |home: &AgentAddress| Arc::ptr_eq(&home.reading, &reading);
        let is_anothers = |home: &AgentAddress| {
            home.reading.caller != reading.caller && reading.started.duration_since(home.reading.started) < MAX_AGE
        };
        self.agents.retain(|_, home| is_new(home) || is_anothers(home));
        if self.agents.iter().map(|(id, home)| cost(id, &home.address)).sum::<usize>() > MAX_BYTES {
            self.agents.retain(|_, home| is_new(home));
        }
        self.readings.retain(|old| old.caller != reading.caller);
        self.readings.push_back(reading);
        self.readings.drain(..self.readings.len().saturating_sub(READINGS));
    }

    /// Records that an agent answered at `at`, one of its addresses.
    pub fn worked(&mut self, id: &str, address: &Address, at: &str) {
        if let Some(home) = self.agents.get_mut(id).filter(|home| home.address == *address) {
            home.worked = Some(at.into());
        }
    }
}

/// Estimates the memory of an entry, in bytes.
fn cost(id: &str, address: &Address) -> usize {
    2 * size_of::<AgentAddress>() + id.len() + address.pid.len() + 2 * address.hostname.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: Caller = Caller(1);
    const BOB: Caller = Caller(2);

    fn address(pid: &str) -> Address {
        Address { pid: pid.into(), hostname: "h".into(), port: 5051 }
    }

    /// Builds a cache from the callers' reads, one second apart.
    fn known(readings: &[(Caller, &[&str])]) -> (AgentCache, Instant) {
        let (mut known, started) = (AgentCache::default(), Instant::now());
        for ((caller, ids), nth) in readings.iter().zip(0..) {
            let started = started + Duration::from_secs(nth);
            let reading =
                AgentsRead { caller: *caller, started, ended: started, scheme: "http".into(), is_near: false };
            known.take(reading, ids.iter().map(|id| ((*id).into(), address("slave(1)@10.0.0.1:5051"))).collect());
        }
        (known, started)
    }

    #[test]
    fn a_filtered_answer_hides_no_agent_from_other_callers() {
        let (known, started) = known(&[(ALICE, &["S0", "S1"]), (BOB, &[])]);
        assert!(known.look_up("S0", started).is_some() && known.look_up("S1", started).is_some());
        assert!(known.has_read(BOB, started + Duration::from_secs(1)));
        assert!(!known.has_read(ALICE, started + Duration::from_secs(1)), "only her own says what she may not see");
    }

    #[test]
    fn agents_missing_from_a_callers_answer_are_dropped() {
        let (known, started) = known(&[(ALICE, &["S0", "S1"]), (BOB, &["S0"]), (ALICE, &["S2"])]);
        let seen = ["S0", "S1", "S2"].map(|id| known.look_up(id, started).is_some());
        assert_eq!(seen, [true, false, true], "Bob still sees S0");
    }

    #[test]
    fn nothing_is_kept_for_ever() {
        let (mut known, started) = known(&[(ALICE, &["S0"])]);
        let later = started + MAX_AGE;
        let reading = AgentsRead { caller: BOB, started: later, ended: later, scheme: "http".into(), is_near: false };
        known.take(reading, Vec::new());
        assert_eq!(known.look_up("S0", started), None);
        for nth in 0..2 * READINGS as u64 {
            let caller = Caller(nth);
            let reading = AgentsRead { caller, started: later, ended: later, scheme: "http".into(), is_near: false };
            known.take(reading, Vec::new());
        }
        assert_eq!(known.readings.len(), READINGS);
    }

    #[test]
    fn the_address_that_worked_is_first_until_the_agent_has_another() {
        let urls = |known: &AgentCache, started| -> Vec<String> {
            let home = known.look_up("S0", started).expect("it is known");
            home.urls("http").iter().map(|url| url.host().unwrap_or_default().to_owned()).collect()
        };
        let (mut known, started) = known(&[(ALICE, &["S0"])]);
        assert_eq!(urls(&known, started), ["10.0.0.1", "h"]);
        known.worked("S0", &address("slave(1)@10.0.0.1:5051"), "h:5051");
        assert_eq!(urls(&known, started), ["h", "10.0.0.1"]);

        let reading = |nth| AgentsRead {
            caller: BOB,
            started: started + Duration::from_secs(nth),
            ended: started,
            scheme: "http".into(),
            is_near: false,
        };
        known.take(reading(1), vec![("S0".into(), address("slave(1)@10.0.0.1:5051"))]);
        assert_eq!(urls(&known, started), ["h", "10.0.0.1"]);
        known.take(reading(2), vec![("S0".into(), address("slave(1)@10.0.0.2:5051"))]);
        assert_eq!(urls(&known, started), ["10.0.0.2", "h"]);
        known.worked("S0", &address("slave(1)@10.0.0.1:5051"), "h:5051");
        assert_eq!(urls(&known, started), ["10.0.0.2", "h"], "that was about another address");
    }
}

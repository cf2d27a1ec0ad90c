//! The reads beside the stream: what it does not tell, and what it tells late. Says when each is due; sends none itself.
//!
//! At the start: the master, its version and its flags. Beside a large snapshot, which tells tasks first and agents last: agents
//! and frameworks, so that their tables fill meanwhile. From then on agents and frameworks again, since no event tells of drains,
//! disconnections and unreachable agents (PROTOCOL.md, A0); slower as the cluster grows, and only while somebody looks.

use std::collections::BTreeMap;

use crate::api;
use crate::api::cluster::{GetAgents, GetFrameworks};
use crate::api::master::GetMaster;
use crate::api::process::GetFlags;
use crate::cluster::{Cluster, Limits, Master};
use crate::units::{Nanoseconds, Timestamp};
use crate::wire::{self, lists};

/// A snapshot of that size takes long enough to be worth two more calls.
const LARGE: u64 = 4 << 20;
const EVERY: Nanoseconds = Nanoseconds::from_secs(10);
/// An agent costs about 2 KB an answer: so many agents a second keep the answers below 500 KB/s.
const AGENTS_A_SECOND: i64 = 200;
const FLAG_CLUSTER: &str = "cluster";
const FLAG_COMPLETED_TASKS: &str = "max_completed_tasks_per_framework";
const FLAG_COMPLETED_FRAMEWORKS: &str = "max_completed_frameworks";

/// A read that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReadId(pub u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Master,
    Flags,
    Agents,
    Frameworks,
}

#[derive(Debug)]
pub(super) struct Reads {
    last: u32,
    under_way: BTreeMap<ReadId, What>,
    due: BTreeMap<What, Timestamp>,
    failures: u64,
    seed: u64,
}

impl Reads {
    pub(super) fn new(seed: u64) -> Self {
        Self { last: 0, under_way: BTreeMap::new(), due: BTreeMap::new(), failures: 0, seed }
    }

    /// A stream begins, with a snapshot of that size.
    pub(super) fn begin(&mut self, size: u64) {
        self.forget();
        let at_once = if size >= LARGE {
            &[What::Master, What::Flags, What::Agents, What::Frameworks][..]
        } else {
            &[What::Master, What::Flags][..]
        };
        self.due = at_once.iter().map(|what| (*what, Timestamp(i64::MIN))).collect();
    }

    /// The snapshot has come whole: what it told need not be read again for a while.
    pub(super) fn arrived(&mut self, now: Timestamp) {
        self.under_way.retain(|_, what| matches!(what, What::Master | What::Flags));
        self.due.insert(What::Agents, now + EVERY);
        self.due.insert(What::Frameworks, now + EVERY);
    }

    /// The stream is gone, and with it what was asked beside it.
    pub(super) fn forget(&mut self) {
        self.under_way.clear();
        self.due.clear();
    }

    /// How often a read failed.
    pub(super) fn failures(&self) -> u64 {
        self.failures
    }

    pub(super) fn wake_at(&self) -> Option<Timestamp> {
        self.due.values().min().copied()
    }

    /// The reads to send now, which are then under way.
    pub(super) fn due(&mut self, watched: bool, agents: usize, now: Timestamp) -> Vec<(ReadId, Vec<u8>)> {
        let due: Vec<What> = self.due.iter().filter(|(_, at)| now >= **at).map(|(what, _)| *what).collect();
        let mut sent = Vec::new();
        for what in due {
            self.schedule(what, agents, now);
            let repeated = matches!(what, What::Agents | What::Frameworks);
            if self.under_way.values().any(|other| *other == what) || repeated && !watched {
                continue;
            }
            self.last = self.last.wrapping_add(1);
            self.under_way.insert(ReadId(self.last), what);
            sent.push((ReadId(self.last), what.body()));
        }
        sent
    }

    fn schedule(&mut self, what: What, agents: usize, now: Timestamp) {
        match what {
            What::Master | What::Flags => drop(self.due.remove(&what)),
            What::Agents | What::Frameworks => {
                let wait =
                    EVERY.0.max(Nanoseconds::from_secs(i64::try_from(agents).unwrap_or(i64::MAX) / AGENTS_A_SECOND).0);
                let wait = Nanoseconds(wait + self.jitter(wait));
                self.due.insert(what, now + wait);
            }
        }
    }

    /// Up to a fifth more, so that many pages do not ask at once.
    fn jitter(&mut self, wait: i64) -> i64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        wait / 5 * i64::from((self.seed >> 56) as u8) / 255
    }

    /// A read failed; its part grows older, and the others are none the worse.
    pub(super) fn failed(&mut self, id: ReadId, _words: String, _now: Timestamp) {
        // Flags may be forbidden (GET_FLAGS answers 403 then), which is no trouble.
        if self.under_way.remove(&id).is_some_and(|what| what != What::Flags) {
            self.failures += 1;
        }
    }

    /// Takes over an answer. Says whether it could be read.
    pub(super) fn answered(&mut self, id: ReadId, body: &[u8], cluster: &mut Cluster, now: Timestamp) -> bool {
        let Some(what) = self.under_way.remove(&id) else { return true };
        let text = wire::mend(body);
        match what {
            What::Master => master(&text).map(|master| cluster.report_master(master)).is_some(),
            What::Flags => flags(&text).map(|(name, limits)| cluster.report_flags(name, limits)).is_some(),
            What::Agents => {
                lists::agents(&text).map(|told| cluster.report_agents(&told.agents, &told.recovered, now)).is_ok()
            }
            What::Frameworks => lists::frameworks(&text).map(|told| cluster.report_frameworks(&told)).is_ok(),
        }
    }
}

impl What {
    fn body(self) -> Vec<u8> {
        match self {
            Self::Master => api::request(&GetMaster),
            Self::Flags => api::request(&GetFlags),
            Self::Agents => api::request(&GetAgents),
            Self::Frameworks => api::request(&GetFrameworks),
        }
    }
}

fn master(body: &str) -> Option<Master> {
    let leader = api::reply::<GetMaster>(body).ok()?;
    let info = leader.master_info;
    Some(Master {
        id: info.id.as_str().to_owned(),
        hostname: info.hostname.as_str().to_owned(),
        port: u16::try_from(info.port.0).unwrap_or(0),
        version: info.version.as_str().to_owned(),
        started: leader.start_time.map(|seconds| Timestamp::from_secs_f64(seconds.0)),
        elected: leader.elected_time.map(|seconds| Timestamp::from_secs_f64(seconds.0)),
    })
}

fn flags(body: &str) -> Option<(Option<String>, Limits)> {
    let flags = api::reply::<GetFlags>(body).ok()?.flags;
    let value = |name: &str| flags.iter().find(|flag| flag.name.as_str() == name).map(|flag| flag.value.as_str());
    let number = |name: &str, default: usize| value(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    let default = Limits::default();
    let limits = Limits {
        completed_tasks_per_framework: number(FLAG_COMPLETED_TASKS, default.completed_tasks_per_framework),
        completed_frameworks: number(FLAG_COMPLETED_FRAMEWORKS, default.completed_frameworks),
    };
    Some((value(FLAG_CLUSTER).filter(|name| !name.is_empty()).map(str::to_owned), limits))
}

//! The frameworks of this browser in the engine: whose they are, and what is done for them.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::Engine;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::engine::io::Output;
use crate::mesos::credentials::Principal;
use crate::scheduler::hosted::HostedFramework;
use crate::scheduler::machine::LinkState;
use crate::views::runs::RunsSummary;

/// Tells tokens apart without keeping one.
fn fingerprint(secret: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    secret.hash(&mut hasher);
    hasher.finish()
}

impl Engine {
    /// Frameworks belong to the user and the cluster that the pages show.
    pub(super) fn own_frameworks(&mut self, now: Timestamp) {
        if self.base.is_empty() {
            return;
        }
        let who = match self.signed_in.credentials().map(|credentials| credentials.who) {
            None => String::new(),
            Some(Principal::User(name)) => format!("user\n{name}"),
            Some(Principal::Token) => {
                let secret = self.signed_in.authorization();
                format!("token\n{:016x}", secret.map_or(0, |secret| fingerprint(secret.reveal())))
            }
        };
        self.frameworks.set_scope(format!("{}\n{who}", self.base), now);
    }

    /// What the frameworks want done goes out.
    pub(super) fn turn_frameworks(&mut self, now: Timestamp) {
        self.frameworks.set_pages(!self.clients.all().is_empty(), now);
        self.frameworks.tick(now);
        while let Some(output) = self.frameworks.poll() {
            self.outputs.push_back(Output::Hosted {
                base: self.base.clone(),
                authorization: self.signed_in.authorization(),
                output,
            });
        }
    }

    /// What closing the pages would do to runs.
    pub(super) fn runs_summary(&self) -> RunsSummary {
        let all = || self.frameworks.iter().map(|(_, hosted)| hosted);
        let needs_pages = |hosted: &&HostedFramework| {
            !hosted.has_ended() && !matches!(hosted.scheduler.link(), LinkState::Left { .. }) && hosted.live_tasks() > 0
        };
        let is_kept = !self.frameworks.keeping().is_refused;
        let outlives = |hosted: &HostedFramework| {
            let timeout = hosted.scheduler.framework().failover_timeout;
            if is_kept && hosted.scheduler.id().is_some() { timeout } else { Nanoseconds(0) }
        };
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        RunsSummary {
            frameworks: count(all().count()),
            open: count(all().filter(|hosted| !hosted.has_ended()).count()),
            live_tasks: count(all().filter(needs_pages).map(HostedFramework::live_tasks).sum()),
            outlive: all().filter(needs_pages).map(outlives).min().unwrap_or_default(),
            pages: count(self.clients.all().into_iter().filter(|page| self.clients.is_awake(*page)).count()),
        }
    }
}

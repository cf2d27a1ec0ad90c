//! Answers to calls: status and body, as Mesos gives them.
//!
//! HTTP checks (method, Content-Type, Accept) belong to the server.

mod agent;
pub(crate) mod call;
mod client_sandbox;
pub(crate) mod containers;
mod entry;
mod files;
mod fixed;
mod logging;
mod maintenance;
pub(crate) mod master;
mod metrics;
mod old_quota;
mod operate;
pub(crate) mod policy;
mod providers;
pub mod reply;
mod reservation_rules;
mod reserve;
mod sandbox;

use crate::answer::reply::{Answer, Target};
use crate::cluster::Sim;

impl Sim {
    /// Answers one call, given as the JSON body of a request.
    pub fn answer(&mut self, target: Target, body: &[u8]) -> Answer {
        let calls = match target {
            Target::Master => call::MASTER,
            Target::Agent(_) => call::AGENT,
        };
        match (call::parse(body, calls), target) {
            (Err(refusal), _) => refusal,
            (Ok(call), Target::Master) => master::answer(self, &call),
            (Ok(call), Target::Agent(number)) => agent::answer(self, number, &call),
        }
    }
}

//! Words for agents: by their hosts, and why one is missing.

use super::{scalar, short_id, span};
use crate::base::units::Nanoseconds;

/// Name of an agent: its host, or the end of its id where the host was never reported. The id comes first, so that agents are still
/// distinguishable when names are cut off.
pub fn name(host: &str, id: &str) -> String {
    if host.is_empty() { format!("{} (unknown host)", short_id(id)) } else { host.to_owned() }
}

/// Tooltip of an agent's name.
pub fn hint(host: &str, id: &str) -> String {
    if host.is_empty() { format!("Agent ID {id}") } else { format!("{host}\nAgent ID {id}") }
}

/// Kind and host of an agent, within a sentence.
pub fn with_host(host: &str) -> String {
    format!("agent {host}")
}

/// What follows the time since when an agent drains: `, then marked gone, grace period 60 s`.
pub fn drain_terms(grace: Option<Nanoseconds>, mark_gone: bool) -> String {
    let grace = grace.map(|grace| format!(", grace period {}", span(grace))).unwrap_or_default();
    format!("{}{grace}", if mark_gone { ", then marked gone" } else { "" })
}

/// A resource provider's name and disk space, in MiB.
pub fn provider(name: &str, disk: f64) -> String {
    if disk > 0.0 { format!("{name}, disk {}", scalar("disk", disk)) } else { name.to_owned() }
}

/// Verbosity of a log: its level, and until when this tab raised it. `None` where it was not reported.
pub fn verbosity(level: Option<&str>, left: Option<Nanoseconds>) -> String {
    match (level, left) {
        (None, _) => "not known".to_owned(),
        (Some(level), Some(left)) => format!("{level}, reverts after {}", span(left)),
        (Some("0"), None) => "0 (default)".to_owned(),
        (Some(level), None) => format!("{level} (not changed in this tab)"),
    }
}

/// Why an agent that tasks, the page's own record or the master's counts know of is in no list of the master.
pub const UNLISTED: &str = "The master does not list it. It may have left the cluster, or be unreachable: the master lists an unreachable agent only by its tasks.";

/// Why nothing is known of an agent.
pub const UNKNOWN: &str = "Neither the master's lists nor any task name this agent. Check the ID. An agent that left long ago is not listed either.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_named_by_its_host() {
        let id = "c3946a13-75b4-4d3c-9d0e-fc10038dca85-S3";
        assert_eq!(name("db.example", id), "db.example");
        assert_eq!(name("", id), "…-S3 (unknown host)");
        assert_eq!(hint("db.example", id), format!("db.example\nAgent ID {id}"));
    }
}

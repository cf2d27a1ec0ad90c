//! What may not be done, and why; what is not known, and why.

use crate::checks::can::{AgentVerb, WhyNot};
use crate::cluster::part::Part;
use crate::cluster::unknown::Unknown;

/// An agent's verb, as on a button.
pub const fn verb(verb: AgentVerb) -> &'static str {
    match verb {
        AgentVerb::Drain => "Drain",
        AgentVerb::Deactivate => "Deactivate",
        AgentVerb::Reactivate => "Reactivate",
        AgentVerb::MarkGone => "Mark gone",
    }
}

/// A part of the state, as it is called on screen.
pub const fn part(part: Part) -> &'static str {
    match part {
        Part::Master => "the master",
        Part::Flags => "the master's flags",
        Part::Agents => "agents",
        Part::Frameworks => "frameworks and offers",
        Part::Executors => "executors",
        Part::Tasks => "tasks",
        Part::Roles => "roles",
        Part::Weights => "weights",
        Part::Quota => "quotas",
        Part::Schedule => "the maintenance schedule",
        Part::Machines => "machines in maintenance",
        Part::Operations => "operations",
        Part::Metrics => "metrics",
    }
}

/// Why a value is not known, in few words, as a cell of a table or of a file has it.
pub const fn unknown(why: &Unknown) -> &'static str {
    match why {
        Unknown::NotYet => "not read yet",
        Unknown::Refused(_) => "not allowed",
        Unknown::Failed(_) => "not readable",
    }
}

/// Why something cannot be done now, in a sentence.
pub fn why_not(why: &WhyNot) -> String {
    let words = match why {
        WhyNot::Drained => "It is drained already, and so deactivated.",
        WhyNot::Deactivated => "It is deactivated already.",
        WhyNot::StillDraining => "It is still draining. Mesos reactivates an agent only once it is drained.",
        WhyNot::NotDeactivated => "It is not deactivated.",
        WhyNot::TooOldToDrain => "It is not capable of draining: its Mesos is older than 1.9.",
        WhyNot::Ended => "It has ended already.",
        WhyNot::QuotaGone => "its role has no quota any more.",
        WhyNot::Unreachable => "The master cannot reach it.",
        WhyNot::NotBack => "It has not come back since the master started.",
        WhyNot::Gone => "It has been marked gone already.",
        WhyNot::GoneFromHere => "The agent was marked gone, and never comes back under its id.",
        WhyNot::NoneScheduled => "None of them is scheduled and still up.",
        WhyNot::NoneDown => "None of them is down.",
        WhyNot::ServedReadOnly => "This console is served read-only.",
        WhyNot::SwitchedReadOnly => "The read-only switch is on.",
        of_one => return of(of_one),
    };
    words.to_owned()
}

/// The reasons that name something; the others have no words here.
fn of(why: &WhyNot) -> String {
    match why {
        WhyNot::Scheduled(machine) => format!(
            "Its machine {machine} is in the maintenance schedule, which asks frameworks to leave it; Mesos drains no agent of such a machine."
        ),
        WhyNot::NestedRole(role) => {
            format!("{role} is a nested role, and Mesos does not support quotas of those yet.")
        }
        WhyNot::Misread(of, misfit) => {
            format!("Mesoscope cannot read all of {} ({misfit}), and a change would lose that.", part(*of))
        }
        WhyNot::NoUpdateQuota(version) => format!(
            "This master runs Mesos {version}. It does not know UPDATE_QUOTA, which came with Mesos 1.9. \
             Set or remove the quota in a new form."
        ),
        WhyNot::OnlyUpdateQuota(version) => {
            format!("This master runs Mesos {version}, which takes quotas by UPDATE_QUOTA. Change it in a new form.")
        }
        WhyNot::HasQuota(role) => {
            format!("{role} has a quota already. This master changes none that is set: remove it first.")
        }
        WhyNot::NoQuota(role) => format!("{role} has no quota. Removing it would abort the master."),
        WhyNot::RoleNotListed(role) => {
            format!("The master was started with --roles, and {role} is not on that list.")
        }
        WhyNot::Down(machine) => format!("{machine} is down already."),
        WhyNot::NotScheduled(machine) => {
            format!("{machine} is not part of the maintenance schedule; only scheduled machines can be taken down.")
        }
        WhyNot::LeavesWhileDown(machine) => format!(
            "{machine} is down, and cannot leave the schedule. Take it up first: that takes it out of the schedule."
        ),
        WhyNot::NotDown(machine) => format!("{machine} is not down."),
        WhyNot::ModeUnknown(machine, why) => {
            let words = if why.words().is_empty() { String::new() } else { format!(": {}", why.words()) };
            format!("Nobody knows how far the maintenance of {machine} is ({}{words}).", unknown(why))
        }
        WhyNot::AgentNotListed(agent) => format!("The master lists no agent {agent}."),
        WhyNot::FrameworkNotListed(framework) => format!("The master lists no framework {framework}."),
        WhyNot::Drained | WhyNot::Deactivated | WhyNot::StillDraining | WhyNot::NotDeactivated => String::new(),
        WhyNot::TooOldToDrain | WhyNot::Ended | WhyNot::QuotaGone | WhyNot::Unreachable => String::new(),
        WhyNot::NotBack | WhyNot::Gone | WhyNot::GoneFromHere | WhyNot::NoneScheduled => String::new(),
        WhyNot::NoneDown | WhyNot::ServedReadOnly | WhyNot::SwitchedReadOnly => String::new(),
    }
}

/// Why something cannot be done now, and what says so.
pub fn why_not_with_source(why: &WhyNot) -> String {
    format!("{} ({})", why_not(why), source(why))
}

/// What says so: a file of Mesos' sources, as of 1.11.0, or what here does.
pub const fn source(why: &WhyNot) -> &'static str {
    match why {
        WhyNot::Drained | WhyNot::Deactivated | WhyNot::StillDraining | WhyNot::NotDeactivated => HTTP,
        WhyNot::TooOldToDrain | WhyNot::Scheduled(_) | WhyNot::Ended | WhyNot::Misread(..) | WhyNot::Gone => HTTP,
        WhyNot::AgentNotListed(_) | WhyNot::FrameworkNotListed(_) => HTTP,
        WhyNot::NestedRole(_) | WhyNot::NoUpdateQuota(_) | WhyNot::OnlyUpdateQuota(_) => QUOTA,
        WhyNot::HasQuota(_) | WhyNot::NoQuota(_) | WhyNot::QuotaGone => QUOTA,
        WhyNot::RoleNotListed(_) => "src/master/master.cpp",
        WhyNot::Down(_) | WhyNot::NotScheduled(_) | WhyNot::NotDown(_) | WhyNot::LeavesWhileDown(_) => MAINTENANCE,
        WhyNot::NoneScheduled | WhyNot::NoneDown => MAINTENANCE,
        WhyNot::Unreachable | WhyNot::NotBack | WhyNot::ModeUnknown(..) => "this console",
        WhyNot::GoneFromHere => "this tab",
        WhyNot::ServedReadOnly => "mesoscope --read-only",
        WhyNot::SwitchedReadOnly => "this browser",
    }
}

const HTTP: &str = "src/master/http.cpp";
const MAINTENANCE: &str = "src/master/maintenance.cpp";
const QUOTA: &str = "src/master/quota_handler.cpp";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_sentence_and_says_who_says_so() {
        let check = |why: WhyNot, words: &str, from: &str| {
            assert_eq!((why_not(&why).as_str(), source(&why)), (words, from));
        };
        check(WhyNot::NotDeactivated, "It is not deactivated.", "src/master/http.cpp");
        check(
            WhyNot::NestedRole("a/b".into()),
            "a/b is a nested role, and Mesos does not support quotas of those yet.",
            "src/master/quota_handler.cpp",
        );
        check(
            WhyNot::Misread(Part::Quota, "quota: a list, not an object".to_owned()),
            "Mesoscope cannot read all of quotas (quota: a list, not an object), and a change would lose that.",
            "src/master/http.cpp",
        );
        let machine = || crate::mesos::calls::maintenance::MachineId { hostname: Some("node-1".to_owned()), ip: None };
        check(
            WhyNot::ModeUnknown(machine(), Unknown::Refused("Forbidden".to_owned())),
            "Nobody knows how far the maintenance of node-1 is (not allowed: Forbidden).",
            "this console",
        );
        check(
            WhyNot::ModeUnknown(machine(), Unknown::NotYet),
            "Nobody knows how far the maintenance of node-1 is (not read yet).",
            "this console",
        );
    }
}

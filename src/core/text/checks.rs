//! What may not be done, and why; what is not known, and why.

use crate::checks::eligibility::{AgentAction, ContainerObstacle, DisabledReason, ProviderReason};
use crate::cluster::topic::Topic;
use crate::cluster::unknown::Unknown;
use crate::text::pooled;

/// An agent's verb, as on a button.
pub const fn agent_action_label(verb: AgentAction) -> &'static str {
    match verb {
        AgentAction::Drain => "Drain",
        AgentAction::Deactivate => "Deactivate",
        AgentAction::Reactivate => "Reactivate",
        AgentAction::MarkGone => "Mark gone",
    }
}

/// What is said of a schedule with a window whose times cannot be read.
pub const UNDATED_WINDOW: &str =
    "The times of a window are not known: they cannot be read. It is not drawn, and a new schedule would lose it.";

/// Words in the place of a machine's agents if its host name or its IP is missing.
pub const INCOMPLETE_MACHINE: &str = "Mesos matches host and IP; no agent is this machine";

/// A part of the state, as it is called on screen.
pub const fn topic(part: Topic) -> &'static str {
    match part {
        Topic::Master => "the master",
        Topic::Flags => "the master's flags",
        Topic::Agents => "agents",
        Topic::Frameworks => "frameworks and offers",
        Topic::Executors => "executors",
        Topic::Tasks => "tasks",
        Topic::Roles => "roles",
        Topic::Weights => "weights",
        Topic::Quota => "quotas",
        Topic::Schedule => "the maintenance schedule",
        Topic::Machines => "machines in maintenance",
        Topic::Operations => "operations",
        Topic::Metrics => "metrics",
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

/// Why a value is not known, in the words of the refusal or of the failure; `None` where there are none.
pub fn reason(why: &Unknown) -> Option<String> {
    let words = match why {
        Unknown::NotYet => return None,
        Unknown::Refused(words) => words.clone(),
        Unknown::Failed(why) => why.to_string(),
    };
    Some(words).filter(|words| !words.is_empty())
}

/// Names of topics that were not read, each with the reason if a read was tried; `None` without any.
pub fn unread_topics(topics: &[(Topic, Unknown)]) -> Option<String> {
    let one = |(part, why): &(Topic, Unknown)| match (reason(why), topic(*part), why) {
        (_, part, Unknown::NotYet) => part.to_owned(),
        (None, part, why) => format!("{part} ({})", unknown(why)),
        (Some(words), part, why) => format!("{part} ({}: {words})", unknown(why)),
    };
    let all: Vec<String> = topics.iter().map(one).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// Why the values of a topic are not those of now; `None` where they were only not read yet. `failing` is how long its reads have failed.
pub fn not_current(part: Topic, why: &Unknown, failing: &str) -> Option<String> {
    match why {
        Unknown::Refused(words) if words.is_empty() => Some(format!("You may not see {}.", topic(part))),
        Unknown::Refused(words) => Some(format!("You may not see {}: {words}", topic(part))),
        Unknown::Failed(why) => Some(format!("{} cannot be read for {failing}: {why}", topic(part))),
        Unknown::NotYet => None,
    }
}

/// Why something cannot be done now, in a sentence.
pub fn disabled_reason(why: &DisabledReason) -> String {
    let words = match why {
        DisabledReason::Drained => "It is already drained, and so deactivated.",
        DisabledReason::Deactivated => "It is already deactivated.",
        DisabledReason::StillDraining => "It is still draining. Mesos reactivates an agent only once it is drained.",
        DisabledReason::NotDeactivated => "It is not deactivated.",
        DisabledReason::TooOldToDrain => "Its Mesos is older than 1.9 and cannot drain.",
        DisabledReason::Ended => "It has already ended.",
        DisabledReason::QuotaGone => "The role no longer has a quota.",
        DisabledReason::Unreachable => "The master cannot reach it.",
        DisabledReason::NotBack => "It has not re-registered since the master started.",
        DisabledReason::Gone => "It is already marked gone.",
        DisabledReason::GoneFromHere => "The agent was marked gone and can never register under its id again.",
        DisabledReason::NoneScheduled => "None of them is scheduled and still up.",
        DisabledReason::NoneDown => "None of them is down.",
        DisabledReason::ServedReadOnly => "This console is served read-only.",
        DisabledReason::ServedWithoutExec => "This gateway runs no commands in containers.",
        DisabledReason::SwitchedReadOnly => "Read-only mode is on. Turn it off in My changes.",
        DisabledReason::Container(why) => container_obstacle(*why),
        DisabledReason::Provider(ProviderReason::HasResources) => {
            "The provider has resources. Mesos marks it gone only without: remove its configuration first."
        }
        of_one => return of(of_one),
    };
    words.to_owned()
}

/// The reasons that name something; the others have no words here.
fn of(why: &DisabledReason) -> String {
    match why {
        DisabledReason::Scheduled(machine) => format!(
            "Its machine {machine} is in the maintenance schedule. Mesos does not drain agents of scheduled machines."
        ),
        DisabledReason::NestedRole(role) => {
            format!("{role} is a nested role. Mesos does not support quotas of nested roles yet.")
        }
        DisabledReason::Misread(of, misfit) => {
            format!("Mesoscope cannot read all of {} ({misfit}); a change would lose the unread part.", topic(*of))
        }
        DisabledReason::NoUpdateQuota(version) => format!(
            "This master runs Mesos {version} and does not know UPDATE_QUOTA, which came with Mesos 1.9. \
             Set or remove the quota in a new form."
        ),
        DisabledReason::OnlyUpdateQuota(version) => {
            format!("This master runs Mesos {version}, which takes quotas by UPDATE_QUOTA. Change it in a new form.")
        }
        DisabledReason::HasQuota(role) => {
            format!("{role} already has a quota. This master cannot change it: remove it first.")
        }
        DisabledReason::NoQuota(role) => format!("{role} has no quota. Removing it would abort the master."),
        DisabledReason::RoleNotListed(role) => {
            format!("The master was started with --roles, and {role} is not in that list.")
        }
        DisabledReason::Down(machine) => format!("{machine} is already down."),
        DisabledReason::NotScheduled(machine) => {
            format!("{machine} is not in the maintenance schedule. Maintenance starts only on scheduled machines.")
        }
        DisabledReason::LeavesWhileDown(machine) => format!(
            "{machine} is down and cannot leave the schedule. Stop its maintenance, which also removes it from the schedule."
        ),
        DisabledReason::NotDown(machine) => format!("{machine} is not down."),
        DisabledReason::ModeUnknown(machine, why) => {
            let words = reason(why).map_or_else(String::new, |words| format!(": {words}"));
            format!("The maintenance state of {machine} is not known ({}{words}).", unknown(why))
        }
        DisabledReason::Provider(_) => String::new(),
        DisabledReason::AgentNotListed(agent) => format!("The master lists no agent {agent}."),
        DisabledReason::FrameworkNotListed(framework) => format!("The master lists no framework {framework}."),
        DisabledReason::Drained
        | DisabledReason::Deactivated
        | DisabledReason::StillDraining
        | DisabledReason::NotDeactivated => String::new(),
        DisabledReason::TooOldToDrain
        | DisabledReason::Ended
        | DisabledReason::QuotaGone
        | DisabledReason::Unreachable => String::new(),
        DisabledReason::NotBack
        | DisabledReason::Gone
        | DisabledReason::GoneFromHere
        | DisabledReason::NoneScheduled => String::new(),
        DisabledReason::NoneDown
        | DisabledReason::ServedReadOnly
        | DisabledReason::ServedWithoutExec
        | DisabledReason::SwitchedReadOnly => String::new(),
        DisabledReason::Reservation(why) => pooled::block(why),
        DisabledReason::Container(_) => String::new(),
    }
}

/// Why a change of a container is refused, in a sentence.
const fn container_obstacle(why: ContainerObstacle) -> &'static str {
    match why {
        ContainerObstacle::NotRunning => "The agent lists no such container: it has ended.",
        ContainerObstacle::StillRunning => "It is still running. Kill it first.",
        ContainerObstacle::Removed => "The agent no longer knows it.",
        ContainerObstacle::Exists => "A container with this ID is already running there.",
        ContainerObstacle::NoParent => "The container around it is not running.",
        ContainerObstacle::Executor => "It is an executor’s container. Its framework stops its tasks.",
        ContainerObstacle::Standalone => {
            "Removing a standalone container aborts the agent. Mesos removes it when it ends."
        }
    }
}

/// Why something cannot be done now, and what says so.
pub fn disabled_reason_with_source(why: &DisabledReason) -> String {
    format!("{} ({})", disabled_reason(why), source(why))
}

/// What says so: a file of Mesos' sources, as of 1.11.0, or what here does.
pub const fn source(why: &DisabledReason) -> &'static str {
    match why {
        DisabledReason::Drained
        | DisabledReason::Deactivated
        | DisabledReason::StillDraining
        | DisabledReason::NotDeactivated => HTTP,
        DisabledReason::TooOldToDrain
        | DisabledReason::Scheduled(_)
        | DisabledReason::Ended
        | DisabledReason::Misread(..)
        | DisabledReason::Gone => HTTP,
        DisabledReason::AgentNotListed(_) | DisabledReason::FrameworkNotListed(_) => HTTP,
        DisabledReason::NestedRole(_) | DisabledReason::NoUpdateQuota(_) | DisabledReason::OnlyUpdateQuota(_) => QUOTA,
        DisabledReason::HasQuota(_) | DisabledReason::NoQuota(_) | DisabledReason::QuotaGone => QUOTA,
        DisabledReason::RoleNotListed(_) => "src/master/master.cpp",
        DisabledReason::Down(_)
        | DisabledReason::NotScheduled(_)
        | DisabledReason::NotDown(_)
        | DisabledReason::LeavesWhileDown(_) => MAINTENANCE,
        DisabledReason::NoneScheduled | DisabledReason::NoneDown => MAINTENANCE,
        DisabledReason::Unreachable | DisabledReason::NotBack | DisabledReason::ModeUnknown(..) => "this console",
        DisabledReason::GoneFromHere => "this tab",
        DisabledReason::Provider(_) => "src/slave/slave.cpp",
        DisabledReason::ServedReadOnly => "mesoscope --read-only",
        DisabledReason::ServedWithoutExec => "mesoscope --no-exec",
        DisabledReason::SwitchedReadOnly => "this browser",
        DisabledReason::Container(_) => "src/slave/http.cpp",
        DisabledReason::Reservation(_) => "src/master/validation.cpp",
    }
}

const HTTP: &str = "src/master/http.cpp";
const MAINTENANCE: &str = "src/master/maintenance.cpp";
const QUOTA: &str = "src/master/quota_handler.cpp";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesos::wire::field::Misfit;
    use crate::mesos::wire::json_form::JsonForm;

    #[test]
    fn a_reason_is_a_sentence_and_says_who_says_so() {
        let check = |why: DisabledReason, words: &str, from: &str| {
            assert_eq!((disabled_reason(&why).as_str(), source(&why)), (words, from));
        };
        check(DisabledReason::NotDeactivated, "It is not deactivated.", "src/master/http.cpp");
        check(
            DisabledReason::NestedRole("a/b".into()),
            "a/b is a nested role. Mesos does not support quotas of nested roles yet.",
            "src/master/quota_handler.cpp",
        );
        let misfit = Misfit { path: "quota".to_owned(), expected: JsonForm::Object, found: JsonForm::List };
        check(
            DisabledReason::Misread(Topic::Quota, misfit),
            "Mesoscope cannot read all of quotas (quota: a list, not an object); a change would lose the unread part.",
            "src/master/http.cpp",
        );
        let machine = || crate::mesos::calls::maintenance::MachineId { hostname: Some("node-1".to_owned()), ip: None };
        check(
            DisabledReason::ModeUnknown(machine(), Unknown::Refused("Forbidden".to_owned())),
            "The maintenance state of node-1 is not known (not allowed: Forbidden).",
            "this console",
        );
        check(
            DisabledReason::ModeUnknown(machine(), Unknown::NotYet),
            "The maintenance state of node-1 is not known (not read yet).",
            "this console",
        );
    }
}

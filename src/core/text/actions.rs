//! What a change would do, what is wrong with its form, how far it is, and how it ended.

use super::pooled::resource_name;
use super::{count, percent, plural, reservations, span};
use crate::actions::Action;
use crate::actions::amount::format_amount;
use crate::actions::draining::{DEFAULT_KILL_GRACE, EstimateBasis};
use crate::actions::execution::{Outcome, Uncertainty};
use crate::actions::form::FormError;
use crate::actions::preview::{Affected, ImpactKind, NameList, PreviewValue, QuotaBound, QuotaCheck};
use crate::actions::quota_removal::QuotaRemoval;
use crate::base::ids::Role;
use crate::base::role;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::mesos::calls::CONTENT_TYPE;
use crate::text::{checks, containers, providers};

/// A value before or after a change.
pub fn value(value: &PreviewValue) -> String {
    let word = match value {
        PreviewValue::Typed(text) => text,
        PreviewValue::Active => "active",
        PreviewValue::Inactive => "inactive",
        PreviewValue::Unreachable => "unreachable",
        PreviewValue::Deactivated => "deactivated",
        PreviewValue::Disconnected => "disconnected",
        PreviewValue::NotBack => "not re-registered since the master started",
        PreviewValue::Recovered => "recovered",
        PreviewValue::Completed => "completed",
        PreviewValue::Gone => "gone",
        PreviewValue::NotListed => "not listed",
        PreviewValue::Drain { is_over, grace, mark_gone } => {
            let word = if *is_over { "drained" } else { "draining" };
            let grace =
                grace.filter(|_| !is_over).map(|grace| format!(" ({grace} s grace period)")).unwrap_or_default();
            return format!("{word}{grace}{}", if *mark_gone { ", then marked gone" } else { "" });
        }
        PreviewValue::Up => "up",
        PreviewValue::Draining => "draining",
        PreviewValue::Down => "down",
        PreviewValue::NotRead => "not read yet",
        PreviewValue::NotAllowed => "not allowed",
        PreviewValue::NotReadable => "not readable",
        PreviewValue::After(length) => return format!("after {}", span(*length)),
        PreviewValue::Container(state) => containers::state(*state),
        PreviewValue::Signal(number) => return containers::signal(*number),
        PreviewValue::Provider(value) => providers::value(*value),
    };
    word.to_owned()
}

/// When a logging level reverts, as the name of a value.
pub const REVERTS: &str = "reverts";

/// What follows from a change, in a sentence.
pub fn impact(impact: &ImpactKind) -> String {
    let words = match impact {
        ImpactKind::NotOffered => "No new offers until reactivation.",
        ImpactKind::OfferedAgain => "Its resources are offered again.",
        ImpactKind::OffersRescinded => "Outstanding offers are rescinded.",
        ImpactKind::StaysUnreachable => {
            "The master sends no event for this. The agent stays listed as unreachable until the master forgets the tasks that were lost with it."
        }
        ImpactKind::PerhapsUnknown => {
            "The master does not list this agent now. It lists no unreachable agents, and refuses an id that it never knew."
        }
        ImpactKind::NeverBack => {
            "The agent shuts down and can never register under its id again. Its volumes and sandboxes are lost to the cluster."
        }
        ImpactKind::FrameworkFails => "The framework receives an error and can never register under its id again.",
        ImpactKind::FrameworkOffers => "Its offers are rescinded, and its resources are offered to others.",
        ImpactKind::DrainedToo => {
            "Agents that were drained (DRAIN_AGENT) are scheduled as well. They cannot be drained again until they leave the schedule."
        }
        ImpactKind::NotAccepted => "Frameworks with tasks there have not accepted an inverse offer.",
        ImpactKind::Reservation(impact) => return reservations::impact(impact),
        ImpactKind::MachinesUp => {
            "They leave the schedule, and their agents may register again. Mesos does not start agents."
        }
        ImpactKind::Provider(impact) => return providers::impact(impact),
        other => {
            let all = [on_tasks, on_roles, on_machines, containers::impact];
            return all.into_iter().find_map(|words| words(other)).unwrap_or_default();
        }
    };
    words.to_owned()
}

/// What follows from several changes alike, in a sentence.
pub fn impact_of_several(kind: &ImpactKind, changes: usize) -> String {
    if changes < 2 {
        return impact(kind);
    }
    let words = match kind {
        ImpactKind::OfferedAgain => "Their resources are offered again.",
        ImpactKind::StaysUnreachable => {
            "The master sends no event for this. The agents stay listed as unreachable until the master forgets the tasks that were lost with them."
        }
        ImpactKind::PerhapsUnknown => {
            "The master does not list some of the agents now. It lists no unreachable agents, and refuses ids that it never knew."
        }
        ImpactKind::NeverBack => {
            "The agents shut down and can never register under their ids again. Their volumes and sandboxes are lost to the cluster."
        }
        ImpactKind::FrameworkFails => "The frameworks receive errors and can never register under their ids again.",
        ImpactKind::FrameworkOffers => "Their offers are rescinded, and their resources are offered to others.",
        ImpactKind::SandboxDeleted => containers::SANDBOXES_DELETED,
        ImpactKind::Reservation(impact) => return reservations::impact_of_several(impact, changes),
        ImpactKind::Provider(impact) => return providers::impact_of_several(impact),
        other => return impact(other),
    };
    words.to_owned()
}

fn on_tasks(impact: &ImpactKind) -> Option<String> {
    let live = |tasks: &u32| plural(*tasks, "live task", "live tasks");
    Some(match impact {
        ImpactKind::TasksKilled(tasks, grace) => {
            format!("{} will be killed, each within {grace} s.", live(tasks))
        }
        ImpactKind::TasksKilledByPolicy(tasks) => {
            format!("{} will be killed, with the grace periods of their kill policies.", live(tasks))
        }
        ImpactKind::TasksEnded(tasks) => {
            format!("{} will be killed at once: marking gone skips the grace period.", live(tasks))
        }
        ImpactKind::TasksGone(tasks) => format!("{} will be killed at once (TASK_GONE_BY_OPERATOR).", live(tasks)),
        ImpactKind::TasksGivenUp(tasks) => {
            format!("{} will never come back.", some(*tasks, ["unreachable task", "unreachable tasks"]))
        }
        ImpactKind::TasksGoOn(tasks) => {
            let keep = some(*tasks, ["live task keeps", "live tasks keep"]);
            format!("{keep} running. No new offers until reactivation.")
        }
        ImpactKind::FrameworkKilled(tasks, agents) => {
            format!("{} on {} and their executors will be killed.", live(tasks), plural(*agents, "agent", "agents"))
        }
        ImpactKind::FallsBack(length) => {
            format!("Reverts to the level of its flags after {}.", span(*length))
        }
        ImpactKind::TasksThere(tasks) => {
            let run = some(*tasks, ["live task runs", "live tasks run"]);
            format!("{run} there; tasks that are still there when maintenance starts are lost.")
        }
        ImpactKind::TasksLost(tasks) => {
            format!("{} will be lost at once, without a grace period.", live(tasks))
        }
        _ => return None,
    })
}

fn on_roles(impact: &ImpactKind) -> Option<String> {
    Some(match impact {
        ImpactKind::RoleUnused(role) => format!("No framework uses {role} yet."),
        ImpactKind::QuotaWaits(role) => {
            format!("No framework uses {role} yet; the guarantee is held back for it.")
        }
        ImpactKind::AboveLimit(role, resource) => format!(
            "{role} uses more {} than the new limit. Nothing is killed; it gets no more offers until it is below.",
            resource_name(resource)
        ),
        ImpactKind::TooManyGuarantees(resource) => {
            format!("Guarantees of {} exceed what the cluster has, so not all can be met.", resource_name(resource))
        }
        ImpactKind::QuotaRemoved(role) => format!("{role} loses its guarantees and limits."),
        ImpactKind::Share(role, before, after) => {
            let beside = role::parent(role.as_str())
                .map_or_else(|| "top-level roles".to_owned(), |above| format!("the children of {above}"));
            format!("Fair share of {role} among {beside}: {} → {}", percent(*before, 1.0), percent(*after, 1.0))
        }
        ImpactKind::MoreShares(roles) => {
            format!("The fair shares of {} change, too.", plural(*roles, "sibling role", "sibling roles"))
        }
        ImpactKind::AllOffersRescinded(offers) => format!(
            "All outstanding offers ({} now) are rescinded and made again with the new weights.",
            count(u64::from(*offers))
        ),
        ImpactKind::WeightWaits(role) => {
            format!("No framework uses {role} yet; the weight applies once one does.")
        }
        _ => return None,
    })
}

fn on_machines(impact: &ImpactKind) -> Option<String> {
    Some(match impact {
        ImpactKind::MachinesDrain(machines) => format!(
            "{} draining. Outstanding offers are rescinded; frameworks receive inverse offers. Nothing is killed yet.",
            some(*machines, ["machine starts", "machines start"])
        ),
        ImpactKind::MachinesLeave(machines) => {
            let leave = ["machine leaves the schedule and stops", "machines leave the schedule and stop"];
            format!("{} draining.", some(*machines, leave))
        }
        ImpactKind::MachinesMove(machines) => format!(
            "{} to other times. Inverse offers are rescinded and sent again.",
            some(*machines, ["machine moves", "machines move"])
        ),
        ImpactKind::StayDown(machines) => {
            format!("Already down; a change of times does not bring them up: {}.", names(machines))
        }
        ImpactKind::WindowsOverlap(machines, agents) => format!(
            "Windows overlap: up to {} of {} are unavailable at the same time.",
            plural(*machines, "machine", "machines"),
            plural(*agents, "registered agent", "registered agents")
        ),
        ImpactKind::NoAgent(machines) => format!("No registered agent runs on {}.", names(machines)),
        ImpactKind::HalfNamed(machines) => format!(
            "{} {}. Mesos matches both, so no agent is drained or shut down.",
            names(machines),
            if machines.first.len() == 1 && machines.more == 0 {
                "lacks its host name or its address"
            } else {
                "lack their host name or their address"
            }
        ),
        ImpactKind::WindowsOver(windows) => format!(
            "{} already over. Mesos keeps such windows until they are removed.",
            some(*windows, ["window is", "windows are"])
        ),
        ImpactKind::WindowsEmpty(windows) => format!("{} no length.", some(*windows, ["window has", "windows have"])),
        ImpactKind::AgentsRemoved(agents) => format!(
            "{} shut down and removed. Mesos does not start an agent again when the maintenance stops.",
            some(*agents, ["agent is", "agents are"])
        ),
        _ => return None,
    })
}

fn some(number: u32, [one, many]: [&str; 2]) -> String {
    plural(number, one, many)
}

fn names(NameList { first, more }: &NameList) -> String {
    let head = first.join(", ");
    if *more == 0 { head } else { format!("{head} and {} more", count(u64::from(*more))) }
}

/// The name of what an effect is about, as on a link.
pub fn affected_name(on: &Affected) -> String {
    let all = |tasks: &u32| plural(*tasks, "task", "tasks");
    match on {
        Affected::Agent(_, name, None) => name.clone(),
        Affected::Agent(_, name, Some(tasks)) | Affected::Framework(_, name, tasks) => format!("{name} ({tasks})"),
        Affected::HostTasks(_, name, tasks) => format!("{name} ({})", count(u64::from(*tasks))),
        Affected::Role(role) => role.0.clone(),
        Affected::Task(_, _, name) => name.clone(),
        Affected::AgentTasks(_, tasks) | Affected::UnreachableTasks(_, tasks) | Affected::FrameworkTasks(_, tasks) => {
            all(tasks)
        }
    }
}

/// What a master would refuse without force, in a sentence.
pub fn check(check: &QuotaCheck) -> String {
    match check {
        QuotaCheck::OverLimit { role, resource, consumed, limit } => format!(
            "{role} already uses {} of {}, more than its new limit of {}.",
            format_amount(resource, *consumed),
            resource_name(resource),
            format_amount(resource, *limit)
        ),
        QuotaCheck::OverCapacity { resource, guaranteed, capacity } => format!(
            "Guarantees of {} add up to {}; the cluster has {}.",
            resource_name(resource),
            format_amount(resource, *guaranteed),
            format_amount(resource, *capacity)
        ),
    }
}

/// An amount of a role's quota as the name of a value: `dev · CPUs guarantee`.
pub fn amount_field(role: &Role, resource: &str, bound: QuotaBound) -> String {
    let bound = match bound {
        QuotaBound::Guarantee => "guarantee",
        QuotaBound::Limit => "limit",
    };
    format!("{role} · {} {bound}", resource_name(resource))
}

/// What is wrong with a form, in a sentence.
pub fn form_error(wrong: &FormError) -> String {
    let words = match wrong {
        FormError::Role(error) => return error.to_string(),
        FormError::Refused(why) => return checks::disabled_reason(why),
        FormError::Amount(error) => return error.to_string(),
        FormError::Container(error) => return error.to_string(),
        FormError::GuaranteeAboveLimit => "The guarantee is above the limit.",
        FormError::RoleTwice => "This role is listed twice.",
        FormError::NothingChanged => NOTHING_CHANGED,
        FormError::DefaultRole => "Mesos before 1.9 supports no quota of the role “*”.",
        FormError::NoAmount => "Enter at least one amount.",
        FormError::Weight => "A weight must be above 0.",
        FormError::NoneChosen => "Select a machine.",
        FormError::NoTime => "The time must be above 0.",
        FormError::NoMachine => "This window has no machines.",
        FormError::NegativeLength => "The window ends before it begins.",
        FormError::MachineTwice(machine) => {
            return format!("{machine} is listed twice. Mesos allows each machine once in the whole schedule.");
        }
        FormError::Unnamed => "A machine needs a host name or an address.",
        FormError::Reservation(fault) => return reservations::fault(fault),
        FormError::NotIpv4(ip) => return format!("“{ip}” is not an IPv4 address. Mesos accepts no other."),
    };
    words.to_owned()
}

/// Words for a form that would change nothing.
pub const NOTHING_CHANGED: &str = "No changes yet.";

/// What the end of a drain is estimated from, in a sentence.
pub fn estimate_basis(grounds: EstimateBasis) -> String {
    match grounds {
        EstimateBasis::Unreachable => "The master cannot reach the agent, so no task ends until it is back.".to_owned(),
        EstimateBasis::NoTask => {
            "No live task is left. The agent is drained once its frameworks have acknowledged the end of each."
                .to_owned()
        }
        EstimateBasis::LongerPolicy { own, most } => format!(
            "A task's kill policy of {} is longer than the grace period of {}. Mesos' command executor follows the kill policy.",
            span(own),
            span(most)
        ),
        EstimateBasis::GracePeriod(most) => {
            format!("Grace period per task: {}, from the start of the drain.", span(most))
        }
        EstimateBasis::LongestPolicy(own) => {
            format!("The longest kill policy of the remaining tasks is {}.", span(own))
        }
        EstimateBasis::Nothing => format!(
            "The drain has no grace period, and the remaining tasks have no kill policy. Mesos' own executors give {}; others decide themselves.",
            span(DEFAULT_KILL_GRACE)
        ),
    }
}

/// How a change ended, in a sentence; `instead` words what the cluster shows in place of what was wanted.
pub fn outcome(outcome: &Outcome, instead: impl FnOnce() -> String) -> String {
    match outcome {
        Outcome::Confirmed => APPLIED.to_owned(),
        Outcome::Started => "Draining. You can close this dialog.".to_owned(),
        Outcome::Diverged(_) => format!("Accepted, but the cluster shows something else: {}.", instead()),
        Outcome::Accepted => "Accepted; its effect cannot be observed.".to_owned(),
        Outcome::NotSeen => reservations::NO_EFFECT_YET.to_owned(),
        Outcome::Refused(status, words) if words.is_empty() => {
            format!("Refused with status {status}, without a message.")
        }
        Outcome::Refused(status, words) => format!("Refused ({status}): {words}"),
        Outcome::Unknown(why) => {
            format!(
                "Outcome unknown: {}. The cluster does not show the change so far.",
                doubt(why).trim_end_matches('.')
            )
        }
        Outcome::Blocked(why) => format!("Not sent: {}", checks::disabled_reason(why)),
        Outcome::Unsent(words) => format!("Not sent: {words}"),
        Outcome::Intercepted(by) => format!("Not applied. {by}"),
    }
}

/// Words for a change that the cluster shows.
pub const APPLIED: &str = "Applied.";

fn doubt(doubt: &Uncertainty) -> String {
    match doubt {
        Uncertainty::Lost(words) => words.clone(),
        Uncertainty::Unread(status) => {
            format!("the request was accepted ({status}), but the cluster could not be read since")
        }
        Uncertainty::Left => "the page was closed before an answer came".to_owned(),
    }
}

/// The request for a shell: `url` is where such requests go. Who is signed in adds `-u` by hand: no secret is ever printed.
/// `None` where there is no request.
pub fn curl(action: &Action, removal: Option<&QuotaRemoval>, url: &str) -> Option<String> {
    let body = action.request(removal)?;
    let body = String::from_utf8_lossy(&body).replace('\'', r"'\''");
    let url = url.replace('\'', r"'\''");
    Some(format!("curl -X POST -H 'Content-Type: {CONTENT_TYPE}' -d '{body}' '{url}'"))
}

/// A framework's response to an inverse offer.
pub fn response(answer: &str) -> String {
    match answer {
        "ACCEPT" => "accepted".to_owned(),
        "DECLINE" => "declined".to_owned(),
        "UNKNOWN" => "no response yet".to_owned(),
        other => other.to_lowercase(),
    }
}

/// How long an agent is unavailable, after “for”. Without a start its times cannot be read.
pub fn unavailable_for(start: Option<Timestamp>, length: Option<Nanoseconds>) -> String {
    match (start, length) {
        (None, _) => "not known".to_owned(),
        (Some(_), None) => "ever".to_owned(),
        (Some(_), Some(length)) => span(length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::THIN_SPACE;

    #[test]
    fn what_follows_is_a_sentence_in_the_right_number() {
        let check = |of: ImpactKind, words: &str| assert_eq!(impact(&of).replace(THIN_SPACE, " "), words);
        check(ImpactKind::TasksGoOn(1), "1 live task keeps running. No new offers until reactivation.");
        check(ImpactKind::TasksKilled(2, 30), "2 live tasks will be killed, each within 30 s.");
        check(ImpactKind::TasksGivenUp(1), "1 unreachable task will never come back.");
        check(ImpactKind::FrameworkKilled(3, 1), "3 live tasks on 1 agent and their executors will be killed.");
        check(ImpactKind::Share("a/b".into(), 0.25, 0.5), "Fair share of a/b among the children of a: 25 % → 50 %");
        check(ImpactKind::MachinesLeave(1), "1 machine leaves the schedule and stops draining.");
        check(ImpactKind::MachinesLeave(2), "2 machines leave the schedule and stop draining.");
        let names = NameList { first: vec!["a".to_owned(), "b".to_owned()], more: 1_234 };
        check(ImpactKind::NoAgent(names), "No registered agent runs on a, b and 1 234 more.");
        let half = |first: &[&str], more| {
            ImpactKind::HalfNamed(NameList { first: first.iter().map(|name| (*name).to_owned()).collect(), more })
        };
        let end = "Mesos matches both, so no agent is drained or shut down.";
        check(half(&["a"], 0), &format!("a lacks its host name or its address. {end}"));
        check(half(&["a", "b"], 0), &format!("a, b lack their host name or their address. {end}"));
        check(half(&["a"], 3), &format!("a and 3 more lack their host name or their address. {end}"));
        check(
            ImpactKind::AgentsRemoved(1),
            "1 agent is shut down and removed. Mesos does not start an agent again when the maintenance stops.",
        );
    }

    #[test]
    fn what_needs_force_names_its_amounts_as_they_are_typed() {
        let (resource, guaranteed) = ("mem".to_owned(), 10_240.0);
        assert_eq!(
            check(&QuotaCheck::OverCapacity { resource, guaranteed, capacity: 1024.5 }),
            "Guarantees of memory add up to 10 GiB; the cluster has 1024.5 MiB."
        );
    }

    #[test]
    fn a_change_that_was_not_done_says_why() {
        let check = |of: Outcome, words: &str| assert_eq!(outcome(&of, String::new), words);
        check(Outcome::Refused(403, String::new()), "Refused with status 403, without a message.");
        check(
            Outcome::Unknown(Uncertainty::Unread(200)),
            "Outcome unknown: the request was accepted (200), but the cluster could not be read since. The cluster does not show the change so far.",
        );
        check(
            Outcome::Blocked(crate::checks::eligibility::DisabledReason::QuotaGone),
            "Not sent: The role no longer has a quota.",
        );
    }

    #[test]
    fn a_drain_is_a_state_with_its_terms() {
        let drain = PreviewValue::Drain { is_over: false, grace: Some(30), mark_gone: true };
        assert_eq!(value(&drain), "draining (30 s grace period), then marked gone");
        assert_eq!(value(&PreviewValue::After(Nanoseconds::from_secs(600))).replace(THIN_SPACE, " "), "after 10 min");
    }
}

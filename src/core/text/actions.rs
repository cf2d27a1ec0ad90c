//! What a change would do, what is wrong with its form, how far it is, and how it ended.

use super::{count, percent, plural, span};
use crate::actions::Action;
use crate::actions::amount::format_amount;
use crate::actions::draining::{DEFAULT_KILL_GRACE, EstimateBasis};
use crate::actions::execution::{Outcome, Uncertainty};
use crate::actions::form::FormError;
use crate::actions::preview::{Affected, ImpactKind, NameList, PreviewValue, QuotaCheck};
use crate::actions::quota_removal::QuotaRemoval;
use crate::base::role;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::mesos::calls::CONTENT_TYPE;
use crate::text::checks;

/// A value before or after a change.
pub fn value(value: &PreviewValue) -> String {
    let word = match value {
        PreviewValue::Typed(text) => text,
        PreviewValue::Active => "active",
        PreviewValue::Inactive => "inactive",
        PreviewValue::Unreachable => "unreachable",
        PreviewValue::Deactivated => "deactivated",
        PreviewValue::Disconnected => "disconnected",
        PreviewValue::NotBack => "not back since the master started",
        PreviewValue::Recovered => "recovered",
        PreviewValue::Completed => "completed",
        PreviewValue::Gone => "gone",
        PreviewValue::NotListed => "not listed",
        PreviewValue::Drain { is_over, grace, mark_gone } => {
            let word = if *is_over { "drained" } else { "draining" };
            let grace = grace.map_or_else(String::new, |grace| format!(", at most {grace} s a task"));
            return format!("{word}{grace}{}", if *mark_gone { ", then marked gone" } else { "" });
        }
        PreviewValue::Up => "up",
        PreviewValue::Draining => "draining",
        PreviewValue::Down => "down",
        PreviewValue::NotRead => "not read yet",
        PreviewValue::NotAllowed => "not allowed",
        PreviewValue::NotReadable => "not readable",
        PreviewValue::After(length) => return format!("after {}", span(*length)),
    };
    word.to_owned()
}

/// When a level falls back, as the name of a value.
pub const FALLS_BACK: &str = "falls back";

/// What follows from a change, in a sentence.
pub fn impact(impact: &ImpactKind) -> String {
    let words = match impact {
        ImpactKind::NotOffered => "It is offered no more, until it is reactivated.",
        ImpactKind::OfferedAgain => "Its resources are offered again.",
        ImpactKind::OffersRescinded => "What is offered of it now is rescinded.",
        ImpactKind::StaysUnreachable => {
            "The master goes on listing tasks that were lost with it, and tells nobody that it is gone: here it stays “unreachable” until those are forgotten."
        }
        ImpactKind::PerhapsUnknown => {
            "The master lists no such agent now. It lists none that it cannot reach; of an id that it never knew it says that it was not found."
        }
        ImpactKind::NeverBack => {
            "The agent is told to shut down, and never comes back under its id. Its volumes and sandboxes are lost to the cluster."
        }
        ImpactKind::FrameworkFails => {
            "The framework is told that it failed, and can never register under this id again."
        }
        ImpactKind::FrameworkOffers => "Its offers are rescinded, and what it holds is offered to others.",
        ImpactKind::DrainedToo => {
            "Agents that were drained (DRAIN_AGENT) are scheduled as well. They cannot be drained again until they leave the schedule."
        }
        ImpactKind::NotAccepted => "Frameworks with tasks there have not accepted an inverse offer for it.",
        ImpactKind::MachinesUp => {
            "They leave the schedule, and their agents may register again. Mesos does not start agents."
        }
        other => return on_tasks(other).or_else(|| on_roles(other)).or_else(|| on_machines(other)).unwrap_or_default(),
    };
    words.to_owned()
}

fn on_tasks(impact: &ImpactKind) -> Option<String> {
    let live = |tasks: &u32| plural(*tasks, "live task", "live tasks");
    Some(match impact {
        ImpactKind::TasksKilled(tasks, grace) => {
            format!("{} are killed, with at most {grace} s to end each.", live(tasks))
        }
        ImpactKind::TasksKilledByPolicy(tasks) => {
            format!("{} are killed, with the time to end that their own kill policies give.", live(tasks))
        }
        ImpactKind::TasksEnded(tasks) => {
            format!("{} are ended at once: marking gone waits for no grace period.", live(tasks))
        }
        ImpactKind::TasksGone(tasks) => format!("{} are gone with it, at once (TASK_GONE_BY_OPERATOR).", live(tasks)),
        ImpactKind::TasksGivenUp(tasks) => {
            format!(
                "{} given up: they never come back.",
                some(*tasks, ["unreachable task is", "unreachable tasks are"])
            )
        }
        ImpactKind::TasksGoOn(tasks) => {
            let go = some(*tasks, ["live task goes", "live tasks go"]);
            format!("Its {go} on, and it is offered no more, until it is reactivated.")
        }
        ImpactKind::FrameworkKilled(tasks, agents) => {
            format!("{} on {} and their executors are killed.", live(tasks), plural(*agents, "agent", "agents"))
        }
        ImpactKind::FallsBack(length) => {
            format!("Falls back to the level of its flags by itself after {}.", span(*length))
        }
        ImpactKind::TasksThere(tasks) => {
            let run = some(*tasks, ["live task runs", "live tasks run"]);
            format!("{run} there; tasks that are still there when maintenance starts are lost.")
        }
        ImpactKind::TasksLost(tasks) => {
            format!("{} lost at once: nothing waits for them.", some(*tasks, ["live task is", "live tasks are"]))
        }
        _ => return None,
    })
}

fn on_roles(impact: &ImpactKind) -> Option<String> {
    Some(match impact {
        ImpactKind::QuotaWaits(role) => {
            format!("The master lists no framework in role {role}; what is guaranteed to it is kept free for one.")
        }
        ImpactKind::AboveLimit(role, resource) => format!(
            "{role} would be above its limit of {resource}: nothing is killed, but it is offered no more until it is below."
        ),
        ImpactKind::TooManyGuarantees(resource) => format!("Not all guarantees of {resource} could be kept at once."),
        ImpactKind::QuotaRemoved(role) => format!("Nothing is guaranteed to {role} any more, and nothing limits it."),
        ImpactKind::Share(role, before, after) => {
            let beside = role::parent(role.as_str())
                .map_or_else(|| "the top roles".to_owned(), |above| format!("those under {above}"));
            format!("Fair share of {role} among {beside}: {} → {}", percent(*before, 1.0), percent(*after, 1.0))
        }
        ImpactKind::MoreShares(roles) => {
            format!("The shares of {} beside them change, too.", plural(*roles, "role", "roles"))
        }
        ImpactKind::AllOffersRescinded(offers) => format!(
            "All outstanding offers are rescinded ({} now), and made anew by the new weights.",
            count(u64::from(*offers))
        ),
        ImpactKind::WeightWaits(role) => {
            format!("The master lists no framework in role {role}; the weight waits for one.")
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
            format!("{} the schedule and stop draining.", some(*machines, ["machine leaves", "machines leave"]))
        }
        ImpactKind::MachinesMove(machines) => format!(
            "{} to other times. Inverse offers are rescinded and sent again.",
            some(*machines, ["machine moves", "machines move"])
        ),
        ImpactKind::StayDown(machines) => {
            format!("Already down; a change of times does not bring them up: {}.", names(machines))
        }
        ImpactKind::WindowsOverlap(machines, agents) => format!(
            "Windows overlap: up to {} are unavailable at the same time, of {}.",
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
        ImpactKind::WindowsEmpty(windows) => format!("{} of no length.", some(*windows, ["window is", "windows are"])),
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
        Affected::AgentTasks(_, tasks) | Affected::UnreachableTasks(_, tasks) | Affected::FrameworkTasks(_, tasks) => {
            all(tasks)
        }
    }
}

/// What a master would refuse without force, in a sentence.
pub fn check(check: &QuotaCheck) -> String {
    match check {
        QuotaCheck::OverLimit { role, resource, consumed, limit } => format!(
            "{role} consumes {} of {resource} already, more than its new limit of {}.",
            format_amount(resource, *consumed),
            format_amount(resource, *limit)
        ),
        QuotaCheck::OverCapacity { resource, guaranteed, capacity } => format!(
            "All guarantees of {resource} together, {}, are more than the cluster has: {}.",
            format_amount(resource, *guaranteed),
            format_amount(resource, *capacity)
        ),
    }
}

/// What is wrong with a form, in a sentence.
pub fn form_error(wrong: &FormError) -> String {
    let words = match wrong {
        FormError::Role(error) => return error.to_string(),
        FormError::Refused(why) => return checks::disabled_reason(why),
        FormError::Amount(error) => return error.to_string(),
        FormError::GuaranteeAboveLimit => "The guarantee is more than the limit.",
        FormError::RoleTwice => "The role is there twice.",
        FormError::NothingChanged => NOTHING_CHANGED,
        FormError::DefaultRole => "Mesos before 1.9 takes no quota of the role “*”.",
        FormError::NoAmount => "A quota needs an amount.",
        FormError::Weight => "A weight is more than nothing.",
        FormError::NoneChosen => "No machine is chosen.",
        FormError::NoTime => "The time must be more than nothing.",
        FormError::NoMachine => "No machine is in this window.",
        FormError::NegativeLength => "It would last less than nothing.",
        FormError::MachineTwice(machine) => {
            return format!("{machine} is there twice: Mesos takes each machine once in the whole schedule.");
        }
        FormError::Unnamed => "A machine needs a host name or an address.",
        FormError::NotIpv4(ip) => return format!("“{ip}” is no IPv4 address, and Mesos takes no other."),
    };
    words.to_owned()
}

/// What a form says that would change nothing.
pub const NOTHING_CHANGED: &str = "Nothing is changed.";

/// What the end of a drain is estimated from, in a sentence.
pub fn estimate_basis(grounds: EstimateBasis) -> String {
    match grounds {
        EstimateBasis::Unreachable => "The master cannot reach it, so nothing on it ends until it is back.".to_owned(),
        EstimateBasis::NoTask => {
            "No live task is left: it counts as drained once its frameworks have acknowledged how each ended."
                .to_owned()
        }
        EstimateBasis::LongerPolicy { own, most } => format!(
            "A task has a kill policy of {}, longer than the drain's grace period of {}; Mesos' command executor keeps to it.",
            span(own),
            span(most)
        ),
        EstimateBasis::GracePeriod(most) => {
            format!("Each task was given at most {} to end, from the drain's beginning.", span(most))
        }
        EstimateBasis::LongestPolicy(own) => {
            format!("The longest kill policy of a task that is left gives it {} to end.", span(own))
        }
        EstimateBasis::Nothing => format!(
            "The drain has no grace period, and no task that is left has a kill policy: Mesos' own executors give {} then, others what they like.",
            span(DEFAULT_KILL_GRACE)
        ),
    }
}

/// How a change ended, in a sentence; `instead` words what the cluster shows in place of what was wanted.
pub fn outcome(outcome: &Outcome, instead: impl FnOnce() -> String) -> String {
    match outcome {
        Outcome::Confirmed => DONE.to_owned(),
        Outcome::Started => "Begun, as the cluster shows; it goes on by itself.".to_owned(),
        Outcome::Diverged(_) => format!("Taken, but the cluster shows something else: {}.", instead()),
        Outcome::Accepted => "Taken. Nothing in the state tells of its effect.".to_owned(),
        Outcome::Refused(status, words) if words.is_empty() => format!("Refused with status {status}, without a word."),
        Outcome::Refused(status, words) => format!("Refused ({status}): {words}"),
        Outcome::Unknown(why) => {
            format!("Outcome unknown: {}. The cluster does not show it so far.", doubt(why).trim_end_matches('.'))
        }
        Outcome::Blocked(why) => format!("Not sent: {}", checks::disabled_reason(why)),
        Outcome::Unsent(words) => format!("Not sent: {words}"),
        Outcome::Intercepted(by) => format!("Not done. {by}"),
    }
}

/// What is said of a change that the cluster shows.
pub const DONE: &str = "Done: the cluster shows it.";

fn doubt(doubt: &Uncertainty) -> String {
    match doubt {
        Uncertainty::Lost(words) => words.clone(),
        Uncertainty::Unread(status) => {
            format!("It was accepted ({status}), but the cluster could not be read again since.")
        }
        Uncertainty::Left => "The page was left before an answer came.".to_owned(),
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
        check(ImpactKind::TasksGoOn(1), "Its 1 live task goes on, and it is offered no more, until it is reactivated.");
        check(ImpactKind::TasksKilled(2, 30), "2 live tasks are killed, with at most 30 s to end each.");
        check(ImpactKind::TasksGivenUp(1), "1 unreachable task is given up: they never come back.");
        check(ImpactKind::FrameworkKilled(3, 1), "3 live tasks on 1 agent and their executors are killed.");
        check(ImpactKind::Share("a/b".into(), 0.25, 0.5), "Fair share of a/b among those under a: 25 % → 50 %");
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
            "All guarantees of mem together, 10 GiB, are more than the cluster has: 1024.5 MiB."
        );
    }

    #[test]
    fn a_change_that_was_not_done_says_why() {
        let check = |of: Outcome, words: &str| assert_eq!(outcome(&of, String::new), words);
        check(Outcome::Refused(403, String::new()), "Refused with status 403, without a word.");
        check(
            Outcome::Unknown(Uncertainty::Unread(200)),
            "Outcome unknown: It was accepted (200), but the cluster could not be read again since. The cluster does not show it so far.",
        );
        check(
            Outcome::Blocked(crate::checks::eligibility::DisabledReason::QuotaGone),
            "Not sent: its role has no quota any more.",
        );
    }

    #[test]
    fn a_drain_is_a_state_with_its_terms() {
        let drain = PreviewValue::Drain { is_over: false, grace: Some(30), mark_gone: true };
        assert_eq!(value(&drain), "draining, at most 30 s a task, then marked gone");
        assert_eq!(value(&PreviewValue::After(Nanoseconds::from_secs(600))).replace(THIN_SPACE, " "), "after 10 min");
    }
}

//! Words for changes: what each is, how far it is, and how far several are.

use super::{count, plural, providers, reservations, short_id, span};
use crate::actions::Action;
use crate::actions::batch::Batch;
use crate::actions::batch::EndedTasks;
use crate::actions::execution::{Outcome, Stage};
use crate::mesos::calls::maintenance::MachineId;
use crate::text::actions::APPLIED;
use crate::text::containers;

/// The change in a few words, with what it is about: `subject` is the host or the framework's name, where that is known.
pub fn title(action: &Action, subject: Option<&str>) -> String {
    let named = |id: &str| match subject {
        Some(subject) => format!("{subject} ({})", short_id(id)),
        None => short_id(id),
    };
    match action {
        Action::Quotas { quotas, .. } => {
            format!("Quota of {}", several(quotas.iter().map(|quota| quota.role.0.clone()), "roles"))
        }
        Action::SetQuota { role, .. } => format!("Quota of {role}"),
        Action::RemoveQuota(role) => format!("Remove the quota of {role}"),
        Action::Weights(weights) => {
            format!("Weight of {}", several(weights.iter().map(|(role, _)| role.0.clone()), "roles"))
        }
        Action::Schedule(windows) => {
            let windows = u32::try_from(windows.len()).unwrap_or(u32::MAX);
            format!("Maintenance schedule of {}", plural(windows, "window", "windows"))
        }
        Action::StartMaintenance(machines) => format!("Start maintenance of {}", machine_names(machines)),
        Action::StopMaintenance(machines) => format!("Stop maintenance of {}", machine_names(machines)),
        Action::Drain { agent, mark_gone: true, .. } => {
            format!("Drain agent {} and mark it gone", named(agent.as_str()))
        }
        Action::Drain { agent, .. } => format!("Drain agent {}", named(agent.as_str())),
        Action::Deactivate(agent) => format!("Deactivate agent {}", named(agent.as_str())),
        Action::Reactivate(agent) => format!("Reactivate agent {}", named(agent.as_str())),
        Action::MarkGone(agent) => format!("Mark agent {} gone", named(agent.as_str())),
        Action::Teardown(framework) => format!("Tear down framework {}", named(framework.as_str())),
        Action::LoggingLevel { agent, level, length } => {
            let of = agent.as_ref().map_or("the master".to_owned(), |agent| format!("agent {}", named(agent.as_str())));
            format!("Log verbosity {level} of {of} for {}", span(*length))
        }
        Action::Container(action) => containers::action_title(action, &named(action.agent.as_str())),
        Action::Provider(action) => providers::title(&action.change, &named(action.agent.as_str())),
        Action::Reservation(action) => reservations::title(action, subject),
    }
}

/// The title of a change that reverts another.
pub fn revert_title(action: &Action, subject: Option<&str>) -> String {
    format!("Revert: {}", title(action, subject))
}

fn machine_names(machines: &[MachineId]) -> String {
    several(machines.iter().map(ToString::to_string), "machines")
}

fn several(mut names: impl ExactSizeIterator<Item = String>, what: &str) -> String {
    match names.len() {
        1 => names.next().unwrap_or_default(),
        more => format!("{} {what}", count(more as u64)),
    }
}

/// How far a change is; empty before it is sent. `outcome` has the words for how one ended.
pub fn stage(stage: &Stage, is_done: bool, outcome: impl FnOnce(&Outcome) -> String) -> String {
    let words = match stage {
        Stage::Review => "",
        Stage::Reading(_) => "Loading current state before sending …",
        Stage::Unread => "The current state could not be read; nothing was sent.",
        Stage::Conflict(_) => "Another user changed this meanwhile; nothing was sent.",
        Stage::Sending => "Sending …",
        Stage::Following(202, _) => "Accepted (202); waiting for the cluster to confirm …",
        Stage::Following(status, _) => return format!("Accepted ({status}); waiting for the cluster to confirm …"),
        Stage::ResponseLost(why, _) => {
            return format!("No answer from Mesos: {why} Checking whether it was applied …");
        }
        Stage::Over(Outcome::Started) if is_done => APPLIED,
        Stage::Over(ended) => return outcome(ended),
    };
    words.to_owned()
}

/// What another operator has changed meanwhile, as `a: 1 → 2`, in a sentence.
pub fn conflict(moved: &[String]) -> String {
    format!("Another user changed this meanwhile ({}); nothing was sent.", moved.join("; "))
}

/// How many of the tasks have ended, and how long it took, as `11 of 11 tasks ended, 8 s`.
pub fn ended_tasks(tasks: &EndedTasks) -> String {
    if tasks.of == 0 {
        return "No task was running there.".to_owned();
    }
    let took = tasks.took.map(|took| format!(", {}", span(took))).unwrap_or_default();
    let of = plural(tasks.of, "task", "tasks");
    format!("{} of {of} ended{took}", count(u64::from(tasks.ended)))
}

/// How many of several are over, how many failed, and how many were not sent.
pub fn so_far(run: &Batch) -> String {
    let of = |number: usize, what: &str| match number {
        0 => String::new(),
        number => format!(", {} {what}", count(number as u64)),
    };
    let not_sent = run.blocked();
    let failed = of(run.failed().len().saturating_sub(not_sent), "failed") + &of(not_sent, "not sent");
    format!("{} of {} finished{failed}", count(run.over() as u64), count(run.actions().len() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_titled_by_what_it_is_about() {
        let check = |action: Action, subject: Option<&str>, words: &str| assert_eq!(title(&action, subject), words);
        check(Action::Deactivate("c3946a13a-S3".into()), None, "Deactivate agent …-S3");
        check(Action::MarkGone("c3946a13a-S3".into()), Some("node-1"), "Mark agent node-1 (…-S3) gone");
        check(Action::Teardown("f".into()), Some("marathon"), "Tear down framework marathon (f)");
        check(Action::RemoveQuota("dev".into()), None, "Remove the quota of dev");
        check(Action::Weights(vec![("a".into(), 1.0), ("b".into(), 2.0)]), None, "Weight of 2 roles");
        check(Action::Schedule(Vec::new()), None, "Maintenance schedule of 0 windows");
    }

    #[test]
    fn ended_tasks_have_their_number_and_the_time_they_took() {
        let took = Some(crate::base::units::Nanoseconds::from_secs(8));
        let check = |ended, of, took, words: &str| {
            assert_eq!(ended_tasks(&EndedTasks { ended, of, took }).replace(crate::text::THIN_SPACE, " "), words);
        };
        check(11, 11, took, "11 of 11 tasks ended, 8 s");
        check(0, 1, None, "0 of 1 task ended");
        check(0, 0, took, "No task was running there.");
    }

    #[test]
    fn a_lost_answer_is_said_with_its_reason() {
        let ended = |_: &Outcome| "It ended.".to_owned();
        assert_eq!(stage(&Stage::Review, false, ended), "");
        assert_eq!(stage(&Stage::Over(Outcome::Started), true, ended), APPLIED);
        assert_eq!(stage(&Stage::Over(Outcome::Started), false, ended), "It ended.");
        assert_eq!(
            conflict(&["a: 1 → 2".to_owned()]),
            "Another user changed this meanwhile (a: 1 → 2); nothing was sent."
        );
    }
}

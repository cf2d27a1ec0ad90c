//! Words of the dialogs that change the cluster: titles, labels with values, errors of fields, and why nothing can be sent.

use super::{checks, count, plural, span, until};
use crate::actions::Action;
use crate::actions::batch::Previews;
use crate::actions::follow_up::FollowUp;
use crate::base::units::Nanoseconds;
use crate::checks::eligibility::AgentAction;
use crate::engine::stream_connection::ConnectionState;

/// Title of an action on agents: `Drain node-1`, `Mark 3 agents gone`.
pub fn agents_title(verb: AgentAction, whom: &str) -> String {
    match verb {
        AgentAction::MarkGone => format!("Mark {whom} gone"),
        AgentAction::Drain | AgentAction::Deactivate | AgentAction::Reactivate => {
            format!("{} {whom}", checks::agent_action_label(verb))
        }
    }
}

/// Title of the teardown of frameworks.
pub fn teardown_title(whom: &str) -> String {
    format!("Tear down {whom}")
}

/// Title of the start of maintenance.
pub fn start_maintenance_title(whom: &str) -> String {
    format!("Start maintenance of {whom}")
}

/// Title of the end of maintenance.
pub fn stop_maintenance_title(whom: &str) -> String {
    format!("Stop maintenance of {whom}")
}

/// Title of the form for log verbosity.
pub fn logging_title(name: &str) -> String {
    format!("Log verbosity of {name}")
}

/// Title of the form for quotas: of one role, of several, or of one yet to be named.
pub fn quota_title(roles: &[&str]) -> String {
    match roles {
        [] => "Set quota".to_owned(),
        [role] => format!("Quota of {role}"),
        many => format!("Quotas of {}", number_of(many.len(), "role", "roles")),
    }
}

/// Title of the form for weights.
pub fn weight_title(roles: &[&str]) -> String {
    match roles {
        [role] => format!("Weight of {role}"),
        many => format!("Weights of {}", number_of(many.len(), "role", "roles")),
    }
}

/// Count with its noun: `5 agents`.
pub fn number_of(count: usize, one: &str, many: &str) -> String {
    plural(u32::try_from(count).unwrap_or(u32::MAX), one, many)
}

/// The name to type before destructive actions are sent: the object's, or the count of those that a master would not refuse.
/// `None` if the actions destroy nothing, or none is left.
pub fn name_to_type(actions: &[Action], plans: &Previews) -> Option<String> {
    let (one, many) = match actions.iter().find(|action| action.is_destructive())? {
        Action::Teardown(_) => ("framework", "frameworks"),
        Action::StartMaintenance(_) => ("machine", "machines"),
        Action::Container(_) => ("container", "containers"),
        Action::Reservation(_) => ("volume", "volumes"),
        _ => ("agent", "agents"),
    };
    if actions.len() == 1 {
        return plans.get(&0)?.name.clone();
    }
    let refused = plans.values().filter(|preview| preview.disabled_reason.is_some()).count();
    let left = actions.len().saturating_sub(refused);
    (left > 0).then(|| number_of(left, one, many))
}

/// Heading of the column that names the objects of several actions.
pub const fn subject_heading(action: &Action) -> &'static str {
    match action {
        Action::Drain { .. } | Action::Deactivate(_) | Action::Reactivate(_) | Action::MarkGone(_) => "Agent",
        Action::Teardown(_) => "Framework",
        Action::Quotas { .. } | Action::SetQuota { .. } | Action::RemoveQuota(_) | Action::Weights(_) => "Role",
        Action::Schedule(_) | Action::StartMaintenance(_) | Action::StopMaintenance(_) => "Machines",
        Action::LoggingLevel { .. } => "Process",
        Action::Container(_) | Action::Reservation(_) => "Change",
        Action::Provider(_) => "Agent",
    }
}

/// Heading of the column with the number of objects that the tasks of an agent or a framework belong to.
pub const fn owners_heading(action: &Action) -> &'static str {
    match action {
        Action::Teardown(_) => "Agents",
        _ => "Frameworks",
    }
}

/// Label of the button for a next step.
pub const fn follow_up(step: &FollowUp) -> &'static str {
    match step {
        FollowUp::Reactivate(_) => "Reactivate",
        FollowUp::ScheduleMaintenance(_) => "Schedule maintenance",
        FollowUp::Revert(action) => revert(action),
    }
}

/// Label of the button that undoes a change by this action.
pub const fn revert(action: &Action) -> &'static str {
    match action {
        Action::Reactivate(_) => "Reactivate",
        Action::Deactivate(_) => "Deactivate",
        Action::StopMaintenance(_) => "Stop maintenance",
        Action::Quotas { .. } | Action::SetQuota { .. } | Action::RemoveQuota(_) | Action::Weights(_) => "Revert",
        Action::Schedule(_) | Action::StartMaintenance(_) | Action::Drain { .. } => "Revert",
        Action::MarkGone(_) | Action::Teardown(_) | Action::LoggingLevel { .. } | Action::Provider(_) => "Revert",
        Action::Container(_) => "Kill",
        Action::Reservation(_) => "Revert",
    }
}

/// Why the current state, and with it the preview, is missing; or that no change can be sent now.
pub fn waiting(link: Option<&ConnectionState>) -> &'static str {
    match link {
        Some(ConnectionState::Arriving { .. }) => "Loading cluster state …",
        Some(ConnectionState::Unauthorised { .. }) => "Sign in first: the master requires authentication.",
        Some(_) if is_cut(link) => "Not connected: changes are possible again once the master answers.",
        Some(_) | None => "Loading current state …",
    }
}

/// Whether no change can be sent, since the master does not answer.
pub fn is_cut(link: Option<&ConnectionState>) -> bool {
    matches!(link, Some(ConnectionState::Lost { .. } | ConnectionState::Connecting { .. }))
}

/// Error of a field for a whole number.
pub fn whole_number(from: u32, to: u32) -> String {
    format!("Enter a whole number from {from} to {to}.")
}

/// Label of the field that confirms a destructive change.
pub fn type_to_confirm(name: &str) -> String {
    format!("Type {name} to confirm")
}

/// The current value beside a field.
pub fn current(value: &str) -> String {
    format!("current {value}")
}

/// Name of a form that was closed before it was sent.
pub fn not_sent(title: &str) -> String {
    format!("Not sent: {title}")
}

/// What a hidden form's button says of its changes: with the form's title, unless the words begin with what they are about.
pub fn of_form(title: &str, words: String) -> String {
    let names_itself = words.chars().next().is_some_and(char::is_alphabetic);
    if names_itself { words } else { format!("{title}: {words}") }
}

/// Title of the request of one of several actions.
pub fn request_title(requests: usize) -> String {
    match requests {
        1 => "Request".to_owned(),
        many => format!("First of {} requests", count(many as u64)),
    }
}

/// What is said while only some of many actions are previewed.
pub fn previewed(known: usize, all: usize) -> String {
    format!(
        "Preview of the next {} of {}. Each is checked again right before it is sent.",
        count(known as u64),
        count(all as u64)
    )
}

/// Number of further items after a list.
pub fn and_more(number: u64) -> String {
    format!("and {} more", count(number))
}

/// Number of further items, as on a button.
pub fn more(number: u64) -> String {
    format!("{} more", count(number))
}

/// Number of tasks that a drain has left.
pub fn tasks_left(left: u32) -> String {
    format!("{} left", plural(left, "task", "tasks"))
}

/// Progress of a drain in a cell: `end` is the time of day at which it should end.
pub fn draining(left: u32, end: Option<&str>) -> String {
    let end = end.map(|end| format!(", until about {end}")).unwrap_or_default();
    format!("draining, {}{end}", tasks_left(left))
}

/// When a drain should end: `end` is that time of day, and `left` is negative once it has passed.
pub fn expected_end(end: &str, left: Nanoseconds) -> String {
    if left.0 > 0 {
        format!("Expected to end by {end}, in {}.", until(left))
    } else {
        format!("Expected to end by {end}, {} ago.", span(Nanoseconds(left.0.saturating_neg())))
    }
}

/// A role that has a quota when a form for a new one is open.
pub fn has_quota(role: &str) -> String {
    format!("{role} already has a quota, shown here. Your values replace it.")
}

/// A role whose quota a master before 1.9 can only remove.
pub fn must_remove(role: &str) -> String {
    format!("{role} has a quota. This master cannot change it: remove it first, then set the new one.")
}

/// Label of the box that removes a quota.
pub fn remove_quota(role: &str) -> String {
    format!("Remove the quota of {role}")
}

/// The quota rules of masters before Mesos 1.9.
pub fn old_quotas(version: &str) -> String {
    format!(
        "This master runs Mesos {version}. Before Mesos 1.9 a guarantee is also the limit, and a quota cannot be changed: \
         remove it first, then set it again."
    )
}

/// Amounts around a quota, as texts with units. `left` is what no guarantee takes.
pub fn budget(used: &str, others: &str, left: Result<&str, &str>, capacity: &str) -> String {
    let left = match left {
        Ok(left) => format!("available {left} of {capacity}"),
        Err(missing) => format!("{missing} more than the {capacity} of the cluster"),
    };
    format!("used {used} · guaranteed to others {others} · {left}")
}

/// Name of an amount's field for screen readers: `CPUs guarantee`.
pub fn amount_label(resource: &str, bound: &str) -> String {
    format!("{} {bound}", super::pooled::resource_label(resource))
}

/// Headline and reason of data that is missing, in one line.
pub fn unread(title: &str, why: &str) -> String {
    format!("{title}. {why}")
}

/// A value that another operator has changed, as `a: 1 → 2`.
pub fn moved(name: &str, before: &str, after: &str) -> String {
    format!("{name}: {before} → {after}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::container_action::{ContainerAction, ContainerChange};
    use crate::actions::preview::Preview;
    use crate::base::units::Timestamp;
    use crate::checks::eligibility::{ContainerObstacle, DisabledReason};
    use crate::text::THIN_SPACE;

    #[test]
    fn the_number_to_type_is_of_those_that_are_not_refused() {
        let remove = |id: &str| {
            let path = vec!["pod".to_owned(), id.to_owned()];
            Action::Container(ContainerAction { agent: "S1".into(), path, change: ContainerChange::Remove })
        };
        let plan = |is_refused: bool, name: Option<&str>| Preview {
            disabled_reason: is_refused.then_some(DisabledReason::Container(ContainerObstacle::Removed)),
            name: name.map(str::to_owned),
            ..Preview::new(Vec::new(), Vec::new())
        };
        let check = |plans: &[Preview], expected: Option<&str>| {
            let actions: Vec<Action> = (0..plans.len()).map(|at| remove(&at.to_string())).collect();
            let plans: Previews = plans.iter().cloned().enumerate().collect();
            assert_eq!(name_to_type(&actions, &plans).as_deref(), expected);
        };
        check(&[plan(false, None), plan(false, None)], Some("2 containers"));
        check(&[plan(true, None), plan(false, None), plan(true, None)], Some("1 container"));
        check(&[plan(true, None), plan(true, None)], None);
        check(&[plan(false, Some("debug-1"))], Some("debug-1"));
        assert_eq!(name_to_type(&[Action::Deactivate("S1".into())], &Previews::new()), None);
    }

    #[test]
    fn titles_name_what_they_are_about() {
        assert_eq!(agents_title(AgentAction::MarkGone, "3 agents"), "Mark 3 agents gone");
        assert_eq!(agents_title(AgentAction::Drain, "node-1"), "Drain node-1");
        assert_eq!((quota_title(&[]), quota_title(&["dev"])), ("Set quota".to_owned(), "Quota of dev".to_owned()));
        assert_eq!(weight_title(&["a", "b"]), "Weights of 2 roles");
        assert_eq!((request_title(1), request_title(3)), ("Request".to_owned(), "First of 3 requests".to_owned()));
    }

    #[test]
    fn a_dialog_without_a_master_does_not_wait_in_silence() {
        let (since, retry_at) = (Timestamp(1), Timestamp(2));
        let cause = crate::checks::disconnect::DisconnectReason::Closed;
        let lost = ConnectionState::Lost { cause, since, retry_at };
        assert!(is_cut(Some(&lost)) && !is_cut(None) && !is_cut(Some(&ConnectionState::Live { since })));
        assert_eq!(waiting(Some(&lost)), "Not connected: changes are possible again once the master answers.");
        assert_eq!(waiting(Some(&ConnectionState::Live { since })), "Loading current state …");
        assert_eq!(waiting(None), "Loading current state …");
    }

    #[test]
    fn amounts_around_a_quota_add_up() {
        assert_eq!(
            budget("0", "6 336", Ok("46 784"), "53 120"),
            "used 0 · guaranteed to others 6 336 · available 46 784 of 53 120"
        );
        assert_eq!(
            budget("0", "60", Err("7"), "53"),
            "used 0 · guaranteed to others 60 · 7 more than the 53 of the cluster"
        );
    }

    #[test]
    fn a_drain_says_when_it_should_end_or_should_have() {
        let check = |seconds, words: &str| {
            assert_eq!(expected_end("12:00", Nanoseconds::from_secs(seconds)).replace(THIN_SPACE, " "), words);
        };
        check(8, "Expected to end by 12:00, in 8 s.");
        check(-8, "Expected to end by 12:00, 8 s ago.");
        assert_eq!(draining(3, Some("12:00")), "draining, 3 tasks left, until about 12:00");
        assert_eq!(draining(1, None), "draining, 1 task left");
    }
}

//! Why an action is disabled.

use mesoscope_core::checks::eligibility::{AgentAction, DisabledReason};
use mesoscope_core::mesos::calls::maintenance::MachineId;
use mesoscope_core::text::checks;

use crate::{Sentence, listed};

fn why(reason: DisabledReason) -> String {
    checks::disabled_reason_with_source(&reason)
}

fn machine() -> MachineId {
    MachineId::named("host7")
}

pub fn all() -> Vec<Sentence> {
    listed![
        checks::agent_action_label(AgentAction::Drain),
        checks::agent_action_label(AgentAction::Deactivate),
        checks::agent_action_label(AgentAction::Reactivate),
        checks::agent_action_label(AgentAction::MarkGone),
        why(DisabledReason::Drained),
        why(DisabledReason::Deactivated),
        why(DisabledReason::StillDraining),
        why(DisabledReason::NotDeactivated),
        why(DisabledReason::TooOldToDrain),
        why(DisabledReason::Scheduled(machine())),
        why(DisabledReason::Ended),
        why(DisabledReason::NestedRole("eng/web".into())),
        why(DisabledReason::HasQuota("eng".into())),
        why(DisabledReason::NoQuota("eng".into())),
        why(DisabledReason::QuotaGone),
        why(DisabledReason::RoleNotListed("eng".into())),
        why(DisabledReason::Unreachable),
        why(DisabledReason::NotBack),
        why(DisabledReason::Down(machine())),
        why(DisabledReason::NotScheduled(machine())),
        why(DisabledReason::LeavesWhileDown(machine())),
        why(DisabledReason::NotDown(machine())),
        why(DisabledReason::AgentNotListed("S7".into())),
        why(DisabledReason::FrameworkNotListed("f".into())),
        why(DisabledReason::Gone),
        why(DisabledReason::GoneFromHere),
        why(DisabledReason::NoneScheduled),
        why(DisabledReason::NoneDown),
        why(DisabledReason::ServedReadOnly),
        why(DisabledReason::ServedWithoutExec),
        why(DisabledReason::SwitchedReadOnly),
    ]
}

//! What a dialog shows once its changes are over: the tasks that ended, and the next steps.

use leptos::prelude::*;
use mesoscope_core::actions::batch::{Batch, EndedTasks, Previews};
use mesoscope_core::actions::follow_up::FollowUp;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::checks::eligibility::AgentAction;
use mesoscope_core::text;
use mesoscope_core::text::dialogs;
use mesoscope_core::views::machines::MachineQuery;

use crate::actions::{Proposal, action_store, own_form};

/// Tasks that the sent changes have ended; `planned` is the number that all of them were to end.
pub(super) fn ended_tasks(run: &Batch, plans: &Previews, planned: u32) -> Option<AnyView> {
    let ended = run.ended_tasks(plans).filter(|_| run.has_started())?;
    // Changes that are yet to be sent end tasks, too.
    let of = if run.is_busy() { ended.of.max(planned) } else { ended.of };
    let words = text::action_progress::ended_tasks(&EndedTasks { of, ..ended });
    Some(view! { <p class="ended"><b>{words}</b></p> }.into_any())
}

/// Buttons for the next steps.
pub(super) fn follow_ups(run: RwSignal<Batch>) -> AnyView {
    let steps = Memo::new(move |_| run.read().follow_ups());
    (move || steps.get().into_iter().map(|step| button(step, run)).collect_view()).into_any()
}

fn button(step: FollowUp, run: RwSignal<Batch>) -> AnyView {
    let name = dialogs::follow_up(&step);
    let proposal = run.with_untracked(|run| proposal(step, run));
    let (actions, form) = (action_store(), own_form());
    let go = move |_| {
        actions.give_up(form);
        actions.propose(proposal.clone());
    };
    view! { <button class="button" on:click=go>{name}" …"</button> }.into_any()
}

fn proposal(step: FollowUp, run: &Batch) -> Proposal {
    match step {
        FollowUp::Reactivate(ids) => {
            Proposal::Agents(AgentAction::Reactivate, ids.into_iter().map(|id| named(id, run)).collect())
        }
        FollowUp::Revert(action) => Proposal::Undo(action, run.subject(0).map(str::to_owned)),
        FollowUp::ScheduleMaintenance(ids) => Proposal::ScheduleFor(MachineQuery::Agents(ids)),
    }
}

/// The agent with its host name, as far as the batch knows it.
fn named(id: AgentId, run: &Batch) -> (AgentId, String) {
    let at = run.actions().iter().position(|action| action.agent() == Some(&id));
    let name = at.and_then(|at| run.subject(at)).unwrap_or_default().to_owned();
    (id, name)
}

//! Notice that a task's agent and the master report different states.

use leptos::prelude::*;
use mesoscope_core::base::ids::{AgentId, FrameworkId, TaskId};
use mesoscope_core::mesos::calls::agent::GetAgentTasks;
use mesoscope_core::mesos::wire::agent_api::{self, AgentTask, Contradiction};
use mesoscope_core::mesos::wire::state::TaskState;

use super::polled::{PollMode, PollTimer, Polled};
use crate::api_client::ApiRequest;
use crate::clock::AgoByAgentClock;
use crate::parts::state_badges::task_state;

/// The last two readings: an update in flight makes a difference for a moment.
type Readings = [Option<Vec<AgentTask>>; 2];

/// Location and ids of the task, and its state at the master.
type Place = (AgentId, FrameworkId, TaskId, TaskState);

/// Polls the agent while the scope lasts; shows nothing while both agree or the agent does not answer.
pub(crate) fn conflicting_report(place: Memo<Option<Place>>) -> impl IntoView {
    let agent = Memo::new(move |_| place.with(|place| place.as_ref().map(|(agent, ..)| agent.clone())));
    move || {
        let agent = agent.get().filter(|agent| !agent.as_str().is_empty())?;
        let dated_by = agent.clone();
        let read = |body: &str, [_, before]: Readings| [before, Some(agent_api::tasks(body))];
        let reading: Polled<Readings> =
            Polled::start(ApiRequest::new(&GetAgentTasks, agent), PollTimer::start(), PollMode::Repeated, read);
        let readings = reading.slice(Clone::clone);
        let contrary = Memo::new(move |_| {
            let (_, framework, task, state) = place.get()?;
            let of = |tasks: &Option<Vec<AgentTask>>| {
                agent_api::contradiction(tasks.as_deref()?, framework.as_str(), task.as_str(), state)
                    .map(|what| (what, state))
            };
            let [before, now] = readings.with(|readings| [of(&readings[0]), of(&readings[1])]);
            now.filter(|now| before.as_ref() == Some(now))
        });
        Some(
            view! { <div role="status">{move || contrary.get().map(|(what, state)| notice(&dated_by, what, state))}</div> },
        )
    }
}

fn notice(agent: &AgentId, what: Contradiction, state: TaskState) -> AnyView {
    let says = match what {
        Contradiction::Unlisted => {
            view! { "The agent does not list this task. It may have ended, or you may not see it there." }.into_any()
        }
        Contradiction::State(says, at) => {
            view! { "The agent reports " {task_state(says)} {at.map(|at| view! { " since "<AgoByAgentClock agent=agent.clone() at/> })} "." }.into_any()
        }
    };
    view! {
        <section class="panel unreadable" aria-label="The agent reports otherwise">
            <header><h2><span class="state" data-tone="warn">"The agent reports otherwise"</span></h2></header>
            <p>{says}" The master reports " {task_state(state)} ". An update may have been lost."</p>
        </section>
    }
    .into_any()
}

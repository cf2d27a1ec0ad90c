//! States as shape, colour and word: no state relies on colour alone.

use leptos::prelude::*;
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::views::agents::AgentState;
use mesoscope_core::views::event_words::EventState;
use mesoscope_core::views::frameworks::FrameworkState;

/// Tone of an agent's state.
pub(super) const fn agent_tone(state: AgentState) -> &'static str {
    match state {
        AgentState::Active => "ok",
        AgentState::Deactivated | AgentState::Drained => "idle",
        AgentState::Draining => "busy",
        AgentState::Disconnected | AgentState::Recovered => "warn",
        AgentState::Unreachable => "lost",
    }
}

/// Tone of a task's state.
pub(super) const fn task_tone(state: TaskState) -> &'static str {
    match state {
        TaskState::Running => "ok",
        TaskState::Staging | TaskState::Starting => "busy",
        TaskState::Killing => "warn",
        TaskState::Failed | TaskState::Error => "bad",
        TaskState::Unreachable | TaskState::Lost | TaskState::Dropped | TaskState::Gone | TaskState::GoneByOperator => {
            "lost"
        }
        TaskState::Finished | TaskState::Killed | TaskState::Unknown | TaskState::Unrecognised => "idle",
    }
}

/// Tone of a framework's state.
const fn framework_tone(state: FrameworkState) -> &'static str {
    match state {
        FrameworkState::Active => "ok",
        FrameworkState::Disconnected | FrameworkState::Recovered => "warn",
        FrameworkState::Inactive | FrameworkState::Completed => "idle",
    }
}

/// State of a framework.
pub(crate) fn framework_state(state: FrameworkState) -> AnyView {
    view! { <span class="state" data-tone=framework_tone(state)>{state.name()}</span> }.into_any()
}

/// Value that an event brought, with the tone of its state. Values that are no state have none.
pub(crate) fn event_state(state: EventState, word: &str) -> AnyView {
    let tone = match state {
        EventState::Task(state) => task_tone(state),
        EventState::Agent(state) => agent_tone(state),
        EventState::Framework(state) => framework_tone(state),
        EventState::Added => "ok",
        EventState::Removed => "idle",
        EventState::Other => return view! { <span title=word.to_owned()>{word.to_owned()}</span> }.into_any(),
    };
    view! { <span class="state" data-tone=tone>{word.to_owned()}</span> }.into_any()
}

/// State of a resource operation, such as `PENDING`.
pub(crate) fn operation_state(state: &str) -> AnyView {
    let tone = match state {
        "PENDING" | "RECOVERING" => "busy",
        "FAILED" | "ERROR" => "bad",
        "DROPPED" | "UNREACHABLE" | "GONE_BY_OPERATOR" => "lost",
        "FINISHED" => "ok",
        _ => "idle",
    };
    view! { <span class="state" data-tone=tone>{state.to_lowercase()}</span> }.into_any()
}

/// Health check result of a task; empty if it has none.
pub(crate) fn health_mark(healthy: Option<bool>) -> AnyView {
    let mark = healthy.map(|healthy| if healthy { ("ok", "healthy") } else { ("bad", "unhealthy") });
    mark.map(|(tone, word)| view! { <span class="state" data-tone=tone>{word}</span> }).into_any()
}

/// State of an agent.
pub(crate) fn agent_state(state: AgentState) -> AnyView {
    view! { <span class="state" data-tone=agent_tone(state)>{state.name()}</span> }.into_any()
}

/// State of a task.
pub(crate) fn task_state(state: TaskState) -> AnyView {
    view! { <span class="state" data-tone=task_tone(state)>{state.name()}</span> }.into_any()
}

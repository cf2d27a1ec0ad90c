//! Page that opens a terminal in the container of a task, of an executor, or of an agent's list.

use leptos::prelude::*;
use mesoscope_core::base::ids::{AgentId, TaskKey};
use mesoscope_core::mesos::calls::container_path::ContainerPath;
use mesoscope_core::mesos::calls::containers::GetContainers;
use mesoscope_core::route::terminal_params::{TerminalParams, TerminalPlace};
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;
use mesoscope_core::views::agent::{AgentDetail, AgentQuery};
use mesoscope_core::views::containers::ContainersReport;
use mesoscope_core::views::executor::{ExecutorDetail, ExecutorKey, ExecutorQuery};
use mesoscope_core::views::task::{TaskDetail, TaskQuery};

use crate::api_client::ApiRequest;
use crate::parts::absent::{NotFoundNotice, known_or_absent};
use crate::parts::agent_live::polled::{PollMode, PollTimer, Polled};
use crate::parts::detail::{DetailResponse, fact, slice};
use crate::parts::links::agent_link;
use crate::parts::terminal::form::{TerminalSubject, terminal_form};
use crate::widgets::copy::Copy;
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;

/// Renders the page.
#[component]
pub(crate) fn TerminalPage(place: TerminalPlace, params: TerminalParams) -> impl IntoView {
    match place {
        TerminalPlace::Task(framework, task) => of_task(TaskKey { framework, task }, params),
        TerminalPlace::Executor(agent, framework, executor) => {
            of_executor(ExecutorKey { agent, framework, executor }, params)
        }
        TerminalPlace::Container(agent, container) => of_container(agent, container, params),
    }
}

fn of_task(key: TaskKey, params: TerminalParams) -> AnyView {
    let asked = key.clone();
    let detail: DetailResponse<TaskDetail> = link().watch(move || TaskQuery(asked.clone()));
    let name = slice(detail, |detail| detail.row.name.clone());
    let id = key.task.0.clone();
    let title = move || name.with(|name| if name.is_empty() { id.clone() } else { name.clone() });
    let subject = slice(detail, |detail| {
        let container = ContainerPath::of(&detail.reported.containers);
        Some((detail.row.agent.clone(), detail.row.hostname.clone(), container, detail.reported.user.clone()))
    });
    let ended = slice(detail, |detail| detail.row.state.is_terminal());
    let notice = NotFoundNotice {
        name: text::tasks::name(&key.task, &key.framework),
        why: text::tasks::NOT_FOUND,
        see_also: (Route::Framework(key.framework.clone()), "Framework"),
    };
    let back = Route::Task(key.framework, key.task).to_string();
    let warning = move || ended.get().then(|| view! { <p class="terminal-link">{text::terminal::TASK_ENDED}</p> });
    let form = move || subject.get().map(|subject| content(subject, &params));
    let body = move || view! { {warning} {form()} }.into_any();
    view! { {head(view! { <a href=back>{title}</a> }.into_any())} {known_or_absent(detail, notice, body)} }.into_any()
}

fn of_executor(key: ExecutorKey, params: TerminalParams) -> AnyView {
    let asked = key.clone();
    let detail: DetailResponse<ExecutorDetail> = link().watch(move || ExecutorQuery(asked.clone()));
    let agent = key.agent.clone();
    let found = slice(detail, |detail| Some((detail.hostname.clone(), detail.container.clone())));
    let subject = move || {
        found.get().map(|(host, id)| {
            let container = (!id.is_empty()).then(|| ContainerPath::top(id.as_str().into()));
            (agent.clone(), host, container, String::new())
        })
    };
    let notice = NotFoundNotice {
        name: text::agents::with_host(key.agent.as_str()),
        why: text::agents::UNKNOWN,
        see_also: (Route::Framework(key.framework.clone()), "Its framework"),
    };
    let name = key.executor.0.clone();
    let back = Route::Executor(key.agent, key.framework, key.executor).to_string();
    let body = move || subject().map(|subject| content(subject, &params)).into_any();
    view! { {head(view! { <a href=back>{name}</a> }.into_any())} {known_or_absent(detail, notice, body)} }.into_any()
}

fn of_container(agent: AgentId, container: ContainerPath, params: TerminalParams) -> AnyView {
    let asked = agent.clone();
    let detail: DetailResponse<AgentDetail> = link().watch(move || AgentQuery(asked.clone()));
    let host = slice(detail, |detail| detail.row.hostname.clone());
    let notice = NotFoundNotice {
        name: text::agents::with_host(agent.as_str()),
        why: text::agents::UNKNOWN,
        see_also: (Route::Agents(TableParams::default()), "All agents"),
    };
    let (shown, id) = (agent.clone(), agent);
    let crumb = move || agent_link(&shown, &host.get());
    let is_standalone = is_standalone(id.clone(), container.clone());
    let subject = move || (id.clone(), host.get(), Some(container.clone()), String::new());
    let body = move || match is_standalone.get() {
        true => not_attachable(),
        false => content(subject(), &params),
    };
    view! { {head(view! { {crumb} }.into_any())} {known_or_absent(detail, notice, body)} }.into_any()
}

/// Whether the agent lists the container, and no executor's container is around it: Mesos refuses each terminal there.
fn is_standalone(agent: AgentId, container: ContainerPath) -> Memo<bool> {
    let all = GetContainers { show_nested: false, show_standalone: true };
    let read = |body: &str, before: ContainersReport| before.after(body);
    let report = Polled::start(ApiRequest::new(&all, agent), PollTimer::start(), PollMode::Once, read);
    let path = container.ids();
    Memo::new(move |_| report.with(|report| report.is_of_executor(&path)).flatten() == Some(false))
}

fn not_attachable() -> AnyView {
    view! { <section class="panel"><EmptyState title="No terminal here" words=text::containers::NOT_ATTACHABLE/></section> }
        .into_any()
}

fn head(parent: AnyView) -> AnyView {
    view! {
        <div class="head">
            <span class="crumb">{parent}</span><span class="crumb" aria-hidden="true">"/"</span>
            <h1 tabindex="-1">"Open terminal"</h1>
        </div>
    }
    .into_any()
}

/// Agent, host, container and user of a terminal.
type Subject = (AgentId, String, Option<ContainerPath>, String);

fn content((agent, host, container, user): Subject, params: &TerminalParams) -> AnyView {
    let Some(container) = container else {
        return view! { <section class="panel"><EmptyState title="Container not known" words=text::terminal::NO_CONTAINER/></section> }
            .into_any();
    };
    let id = text::terminal::container(&container);
    let subject = TerminalSubject { agent: agent.clone(), host: host.clone(), container, user };
    let form = terminal_form(subject, params);
    view! {
        <Panel title="Container">
            <dl class="facts">
                {fact("Agent", agent_link(&agent, &host))}
                {fact("Container", view! { <span class="mono">{id.clone()}</span><Copy text=Signal::stored(id) label="the container's id"/> })}
            </dl>
            {form}
        </Panel>
    }
    .into_any()
}

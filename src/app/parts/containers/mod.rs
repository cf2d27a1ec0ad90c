//! Containers of an agent, an executor or a task: their tree with usage, their ends and output, and the actions on them.

mod cells;
mod keys;
mod more;
mod output;
mod row;
pub(crate) mod state;
mod tree;
mod waits;

use leptos::prelude::*;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::mesos::calls::containers::GetContainers;
use mesoscope_core::mesos::wire::containers::Container;
use mesoscope_core::text;
use mesoscope_core::views::containers::ContainersReport;

use self::state::{ContainerPanel, ContainerSource, ContainerTask, TasksByContainer, tasks_by_container};
use crate::api_client::{ApiError, ApiRequest};
use crate::parts::agent_live::AgentSession;
use crate::parts::agent_live::polled::{PollMode, PollTimer, Polled};
use crate::widgets::panel::{EmptyState, Panel};

/// All containers of an agent.
pub(crate) fn agent_containers(agent: AgentId, session: AgentSession) -> AnyView {
    containers_of(agent, session, true, |_| true)
}

/// Containers of the executors that `is_meant` selects, and those inside them.
pub(crate) fn executor_containers(
    agent: AgentId,
    session: AgentSession,
    is_meant: impl Fn(&Container) -> bool + Send + Sync + 'static,
) -> AnyView {
    containers_of(agent, session, false, is_meant)
}

fn containers_of(
    agent: AgentId,
    session: AgentSession,
    is_whole: bool,
    is_meant: impl Fn(&Container) -> bool + Send + Sync + 'static,
) -> AnyView {
    let inside = session.runs.slice(|runs| tasks_by_container(runs));
    let source = ContainerSource { report: session.containers, inside, beat: session.beat };
    let failed = session.containers.but_for(session.runs);
    let is_meant = move |report: &ContainersReport, path: &[String]| {
        is_whole || report.find(path.get(..1).unwrap_or_default()).is_some_and(&is_meant)
    };
    container_panel(agent, source, failed, is_whole, is_meant).into_any()
}

/// Panel of the containers of one task: its own, which is at `path`, and those inside it.
#[component]
pub(crate) fn TaskContainers(agent: AgentId, path: Vec<String>, task: ContainerTask) -> impl IntoView {
    let beat = PollTimer::start();
    let all = GetContainers { show_nested: true, show_standalone: false };
    let read = |body: &str, before: ContainersReport| before.after(body);
    let report = Polled::start(ApiRequest::new(&all, agent.clone()), beat, PollMode::Repeated, read);
    let own: TasksByContainer = path.last().map(|id| (id.clone(), task)).into_iter().collect();
    let source = ContainerSource { report, inside: Memo::new(move |_| own.clone()), beat };
    let failed = Memo::new(move |_| report.failed.get());
    container_panel(agent, source, failed, false, move |_, of| of.starts_with(&path))
}

/// Panel of the containers that `is_meant` selects, once the agent has answered or failed to. `is_whole` says that it is the
/// panel of the agent itself.
fn container_panel(
    agent: AgentId,
    source: ContainerSource,
    failed: Memo<Option<ApiError>>,
    is_whole: bool,
    is_meant: impl Fn(&ContainersReport, &[String]) -> bool + Send + Sync + 'static,
) -> impl IntoView {
    let panel = ContainerPanel::new(agent, source, is_meant);
    let reported = source.report.is_reported();
    let is_unreadable = Memo::new(move |_| source.report.with(|report| report.is_unreadable) == Some(true));
    // Of an agent whose first answer cannot be read, nobody knows whether it has containers.
    let is_listed = Memo::new(move |_| reported.get() && !(is_unreadable.get() && panel.rows.with(Vec::is_empty)));
    let is_drawn = Memo::new(move |_| reported.get() || failed.with(Option::is_some));
    let aside = move || {
        let launch = (is_whole && reported.get()).then(|| panel.launch_button());
        view! { {panel.remove_button()}{launch} }
    };
    move || {
        is_drawn.get().then(|| {
            view! {
                <Panel title="Containers" aside>
                    {move || failed.get().map(|why| view! { <EmptyState title=why.headline() words=why.to_string()/> })}
                    {move || is_unreadable.get().then(|| view! { <EmptyState title="The answer cannot be read" words=text::containers::TOO_DEEP/> })}
                    {move || is_listed.get().then(|| tree::tree_view(panel))}
                </Panel>
            }
        })
    }
}

//! Panels with data only an agent has, for the pages of agents and of what runs on them.
//!
//! The page polls the agent directly; panels are independent of each other.

pub(crate) mod conflicting_report;
mod containers;
pub(crate) mod logging;
mod operations;
mod polled;
pub(crate) mod process;
mod providers;
pub(crate) mod runs;

use leptos::prelude::*;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::skew::Skew;
use mesoscope_core::base::units::Nanoseconds;
use mesoscope_core::mesos::calls::agent::GetAgentState;
use mesoscope_core::mesos::calls::containers::GetContainers;
use mesoscope_core::mesos::wire::agent_api::{self, ExecutorRun};
use mesoscope_core::mesos::wire::containers::{self as wire_containers, Container};
use mesoscope_core::text;

use self::containers::{Containers, tasks_by_container};

use self::operations::OperationsPanel;
use self::polled::{PollMode, PollTimer, Polled};
use self::process::{AgentBuild, FlagsAndMetrics};
use self::providers::ProvidersPanel;
use crate::api_client::ApiRequest;
use crate::clock::AgoByBrowserClock;
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;

use self::runs::ExecutorEntry;

/// Polls of one agent.
#[derive(Clone, Copy)]
pub(crate) struct AgentSession {
    beat: PollTimer,
    pub(crate) runs: Polled<Vec<ExecutorRun>>,
    containers: Polled<Vec<Container>>,
}

impl AgentSession {
    /// Polls while the scope lasts.
    pub(crate) fn start(agent: &AgentId) -> Self {
        let beat = PollTimer::start();
        let all = GetContainers { show_nested: true, show_standalone: true };
        Self {
            beat,
            runs: Polled::start(ApiRequest::new(&GetAgentState, agent.clone()), beat, PollMode::Repeated, |body, _| {
                agent_api::runs(body)
            }),
            containers: Polled::start(
                ApiRequest::new(&all, agent.clone()),
                beat,
                PollMode::Repeated,
                |body, before| wire_containers::containers(body, before),
            ),
        }
    }

    /// Entries of the selected executors with their usage.
    pub(crate) fn lines(
        self,
        is_meant: impl Fn(&ExecutorRun) -> bool + Send + Sync + 'static,
    ) -> Memo<Vec<ExecutorEntry>> {
        let runs = self.runs.slice(move |runs| runs.iter().filter(|run| is_meant(run)).cloned().collect::<Vec<_>>());
        let containers = self.containers.slice(Vec::clone);
        Memo::new(move |_| {
            containers.with(|all| runs.with(|runs| runs.iter().map(|run| ExecutorEntry::of(run, all)).collect()))
        })
    }

    /// Age of the data, a refresh button, and the error if the agent does not answer.
    fn standing(self) -> impl IntoView {
        let (at, failed) = (self.runs.at(), self.runs.failed);
        let age = move || at.get().map(|at| view! { <span class="dim">"updated "<AgoByBrowserClock at/></span> });
        let stale = move || if at.with(Option::is_some) { " Data of the last answer is shown." } else { "" };
        let why = move || {
            let why = failed.get()?;
            Some(
                view! { <Panel title="No answer"><EmptyState title=why.headline() words=why.to_string() + stale()/></Panel> },
            )
        };
        view! {
            <div class="head">
                <h2>"Reported by the agent"</h2>{age}
                <button class="button" on:click=move |_| self.beat.now()>"Refresh"</button>
            </div>
            <div role="status">{why}</div>
        }
    }

    /// Containers of the executors that `is_meant` selects, including nested ones.
    fn containers(
        self,
        agent: AgentId,
        is_meant: impl Fn(&Container) -> bool + Send + Sync + 'static,
    ) -> impl IntoView {
        let rows = self.containers.slice(move |all| {
            let outer = |row: &Container| {
                all.iter().find(|outer| outer.line.first() == row.line.first()).is_some_and(&is_meant)
            };
            all.iter().filter(|row| outer(row)).cloned().collect::<Vec<_>>()
        });
        let inside = self.runs.slice(|runs| tasks_by_container(runs));
        let failed = self.containers.but_for(self.runs);
        let reported = self.containers.is_reported();
        let shown = StoredValue::new(agent);
        move || {
            (reported.get() || failed.with(Option::is_some)).then(|| {
                view! {
                    <Panel title="Containers">
                        {move || failed.get().map(|why| view! { <EmptyState title=why.headline() words=why.to_string()/> })}
                        {move || reported.get().then(|| view! { <Containers agent=shown.get_value() rows inside/> })}
                    </Panel>
                }
            })
        }
    }
}

/// Notice that the agent's clock differs from the master's by more than a few seconds.
fn clock_notice(agent: AgentId, ahead: Option<Memo<Nanoseconds>>) -> impl IntoView {
    let link = link();
    let words = Memo::new(move |_| {
        let master = link.status.with(|status| status.as_ref().map(|status| status.skew))?;
        let measured = link.clocks.with(|clocks| clocks.get(&agent).copied());
        // An agent that cannot be asked is measured by its events.
        let own = measured.or_else(|| Some(Skew(master.0 + ahead?.get())))?;
        text::agent_skew(own, master)
    });
    move || words.get().map(|words| view! { <p role="status"><span class="state" data-tone="warn">{words}</span></p> })
}

/// Panels of an agent's page.
#[component]
pub(crate) fn AgentLivePanels(id: AgentId, session: AgentSession, ahead: Memo<Nanoseconds>) -> impl IntoView {
    let beat = session.beat;
    view! {
        <section class="own" aria-label="Reported by the agent">
            {session.standing()}
            {clock_notice(id.clone(), Some(ahead))}
            {session.containers(id.clone(), |_| true)}
            <OperationsPanel id=id.clone() beat behind=session.runs/>
            <ProvidersPanel id=id.clone() beat behind=session.runs/>
            <AgentBuild id=id.clone() beat behind=session.runs/>
            <FlagsAndMetrics id beat/>
        </section>
    }
}

/// Panels of the selected containers, for the pages of executors and tasks.
#[component]
pub(crate) fn ExecutorLivePanels(
    agent: AgentId,
    session: AgentSession,
    is_meant: impl Fn(&Container) -> bool + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <section class="own" aria-label="Reported by the agent">
            {session.standing()}
            {clock_notice(agent.clone(), None)}
            {session.containers(agent, is_meant)}
        </section>
    }
}

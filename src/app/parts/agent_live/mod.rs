//! Panels with data only an agent has, for the pages of agents and of what runs on them.
//!
//! The page polls the agent directly; panels are independent of each other.

pub(crate) mod conflicting_report;
pub(crate) mod logging;
mod operations;
pub(crate) mod polled;
pub(crate) mod process;
pub(crate) mod runs;

use leptos::prelude::*;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::skew::Skew;
use mesoscope_core::base::units::Nanoseconds;
use mesoscope_core::mesos::calls::agent::GetAgentState;
use mesoscope_core::mesos::calls::containers::GetContainers;
use mesoscope_core::mesos::wire::agent_api::{self, ExecutorRun};
use mesoscope_core::text;
use mesoscope_core::views::containers::ContainersReport;

use self::operations::OperationsPanel;
use self::polled::{PollMode, PollTimer, Polled};
use self::process::{AgentBuild, FlagsAndMetrics};
use crate::api_client::ApiRequest;
use crate::clock::AgoByBrowserClock;
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;

use self::runs::ExecutorEntry;

/// Polls of one agent.
#[derive(Clone, Copy)]
pub(crate) struct AgentSession {
    pub(crate) beat: PollTimer,
    pub(crate) runs: Polled<Vec<ExecutorRun>>,
    pub(crate) containers: Polled<ContainersReport>,
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
                |body, before: ContainersReport| before.after(body),
            ),
        }
    }

    /// Entries of the selected executors with their usage.
    pub(crate) fn lines(
        self,
        is_meant: impl Fn(&ExecutorRun) -> bool + Send + Sync + 'static,
    ) -> Memo<Vec<ExecutorEntry>> {
        let runs = self.runs.slice(move |runs| runs.iter().filter(|run| is_meant(run)).cloned().collect::<Vec<_>>());
        let containers = self.containers.slice(|report| {
            report.listed.iter().filter(|container| !container.executor.is_empty()).cloned().collect::<Vec<_>>()
        });
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
pub(crate) fn AgentLivePanels(
    id: AgentId,
    session: AgentSession,
    ahead: Memo<Nanoseconds>,
    /// Panels of what only the agent knows.
    children: Children,
) -> impl IntoView {
    let beat = session.beat;
    view! {
        <section class="own" aria-label="Reported by the agent">
            {session.standing()}
            {clock_notice(id.clone(), Some(ahead))}
            {children()}
            <OperationsPanel id=id.clone() beat behind=session.runs/>
            <AgentBuild id=id.clone() beat behind=session.runs/>
            <FlagsAndMetrics id beat/>
        </section>
    }
}

/// Panels with what only the agent knows of an executor.
#[component]
pub(crate) fn ExecutorLivePanels(
    agent: AgentId,
    session: AgentSession,
    /// Panels of what only the agent knows.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="own" aria-label="Reported by the agent">
            {session.standing()}
            {clock_notice(agent, None)}
            {children()}
        </section>
    }
}

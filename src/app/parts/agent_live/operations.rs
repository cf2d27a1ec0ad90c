//! Operations on an agent's resources, as the master and the agent report them.

use leptos::prelude::*;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::mesos::calls::operations::GetOperations;
use mesoscope_core::mesos::wire::agent_api::ExecutorRun;
use mesoscope_core::mesos::wire::detail::Operation;
use mesoscope_core::mesos::wire::lists;
use mesoscope_core::route::Route;
use mesoscope_core::text::providers;
use mesoscope_core::views::agent_operations::{ComparedOperation, compare};
use mesoscope_core::views::filter::Filter;
use mesoscope_core::views::operations::OperationColumn;
use mesoscope_core::views::table::TableQuery;

use super::polled::{PollMode, PollTimer, Polled};
use crate::api_client::ApiRequest;
use crate::parts::data_age::{DataAge, EmptyAgentList};
use crate::parts::detail::{ROWS, untrusted_text};
use crate::parts::links::none;
use crate::parts::state_badges::operation_state;
use crate::widgets::long_list::{ListExtent, long_list};
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;

/// Maximum number of the master's operations that are compared.
const COMPARED: u32 = 2000;

/// Panel of an agent's operations. Errors that `behind` shows too are omitted.
#[component]
pub(super) fn OperationsPanel(id: AgentId, beat: PollTimer, behind: Polled<Vec<ExecutorRun>>) -> impl IntoView {
    let question = ApiRequest::new(&GetOperations, Target::Agent(id.clone()));
    let polled = Polled::start(question, beat, PollMode::Repeated, |body, _| read(body));
    let filter = Filter::word("agent", id.as_str());
    let answer = link().watch(move || TableQuery::<OperationColumn> {
        filter: filter.clone(),
        ..TableQuery::<OperationColumn>::all(COMPARED)
    });
    let own = polled.slice(|own| own.clone());
    let all = Memo::new(move |_| {
        let rows = answer.with(|answer| answer.as_ref().map(|window| window.rows.clone()).unwrap_or_default());
        own.with(|own| compare(&rows, own))
    });
    let (failed, reported) = (polled.but_for(behind), polled.is_reported());
    let differences = move || {
        let differing = all.with(|all| all.iter().filter(|one| one.difference().is_some()).count());
        let words = (differing > 0).then(|| providers::operation_differences(differing))?;
        Some(view! { <p class="note" role="status"><span class="state" data-tone="warn">{words}</span></p> })
    };
    view! {
        <Panel title="Operations" aside=move || view! { <DataAge parts=&[Topic::Operations]/> }>
            {move || failed.get().map(|why| view! { <EmptyState title=why.headline() words=why.to_string()/> })}
            {move || reported.get().then(differences)}
            {move || reported.get().then(|| all.with(|all| table(all)))}
        </Panel>
    }
}

fn read(body: &str) -> Vec<Operation> {
    lists::operations(body).map(|(all, _)| all).unwrap_or_default()
}

fn table(all: &[ComparedOperation]) -> AnyView {
    if all.is_empty() {
        return view! { <EmptyAgentList words="Neither the agent nor the master lists an operation. Operations of operators are never listed."/> }.into_any();
    }
    let says = |one: &ComparedOperation| format!("{} {} {}", one.id, one.kind, one.message);
    let frame = |rows: AnyView| {
        view! {
            <div class="scroll-x" tabindex="0" role="group" aria-label="Operations on this agent"><table class="plain">
                <thead><tr><th>"ID"</th><th>"Operation"</th><th>"State at the master"</th><th>"State at the agent"</th><th>"Difference"</th></tr></thead>
                <tbody>{rows}</tbody></table></div>
        }
        .into_any()
    };
    long_list(ListExtent::first("operations", ROWS), Signal::stored(all.to_vec()), says, line, frame)
}

fn line(one: &ComparedOperation) -> AnyView {
    let state = |state: &Option<String>| state.as_ref().map_or_else(none, |state| operation_state(state));
    // Only the master's have a page.
    let id = match &one.at_master {
        Some(_) => {
            let there = Route::Operation(one.uuid.clone()).to_string();
            view! { <a class="link mono" href=there>{one.id.clone()}</a> }.into_any()
        }
        None => view! { <span class="mono">{untrusted_text(&one.id)}</span> }.into_any(),
    };
    view! {
        <tr>
            <td>{id}</td><td title=one.message.clone()>{one.kind.to_lowercase()}</td>
            <td>{state(&one.at_master)}</td><td>{state(&one.at_agent)}</td>
            <td class="wrap">{providers::operation_difference(one.difference())}</td>
        </tr>
    }
    .into_any()
}

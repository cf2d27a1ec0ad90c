//! Page of the leading master: facts, flags and metrics, and how the flags of agents differ.

use leptos::prelude::*;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::mesos::defaults;
use mesoscope_core::route::Route;
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::views::cluster_summary::MasterSummary;
use mesoscope_core::views::master::MasterQuery;

use crate::actions::Proposal;
use crate::hooks::render_after_paint;
use crate::parts::action::control::{ActionChoice, action_button};
use crate::parts::agent_live::logging::verbosity;
use crate::parts::agent_live::process::MasterBuild;
use crate::parts::data_age::{DataAge, not_reported};
use crate::parts::detail::{ago_or_dash, fact, raw_answer, untrusted_text};
use crate::parts::flag_comparison::AgentFlagComparison;
use crate::parts::masters::Masters;
use crate::parts::metrics::MetricsExplorer;
use crate::parts::name_value_table::FlagTable;
use crate::widgets::copy::Copy;
use crate::widgets::filter::FilterBox;
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;

/// Renders the page.
#[component]
pub(crate) fn MasterPage() -> impl IntoView {
    let answer = link().watch(|| MasterQuery);
    let facts_of = Memo::new(move |_| answer.with(|detail| detail.as_ref()?.leader.clone().ok()));
    // Missing values are explained by their panels.
    let flags_of = Memo::new(move |_| answer.with(|detail| detail.as_ref()?.flags.clone().ok()).unwrap_or_default());
    let metrics_of =
        Memo::new(move |_| answer.with(|detail| detail.as_ref()?.metrics.clone().ok()).unwrap_or_default());
    let filter = RwSignal::new(String::new());
    let on_filter = Callback::new(move |text| filter.set(text));
    let words = move || filter.read().to_lowercase().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let refused = not_reported(&[Topic::Flags]);
    let flags = move || match refused.get() {
        Some((title, why)) => view! { <EmptyState title words=why/> }.into_any(),
        None => {
            view! { <FlagTable flags=flags_of words=Signal::derive(words) default=defaults::of_master/> }.into_any()
        }
    };
    let unreadable_agents = not_reported(&[Topic::Metrics]);
    let (unknown, logs) = (not_reported(&[Topic::Master]), verbosity(None));
    let leader = move || match unknown.get() {
        Some((title, why)) => view! { <EmptyState title words=why/> }.into_any(),
        None => facts_of.get().map(|(id, summary)| facts(&id, &summary, logs)).into_any(),
    };
    let proposal = Proposal::LoggingLevel(None, "the master".to_owned());
    let logging = ActionChoice { name: "Set logging level", disabled_reason: None, proposal };
    view! {
        <div class="head">
            <h1 tabindex="-1">"Master"</h1><DataAge parts=&[Topic::Metrics]/>
            <FilterBox label="Filter flags and metrics".to_owned() hint="quota, slaves_, allocator/mesos …" value=filter.into() on_change=on_filter/>
            <div class="tools">{action_button(logging)}</div>
        </div>
        <Panel title="Leading master">{leader}<MasterBuild/></Panel>
        <Masters/>
        <div class="columns even">
            <Panel title="Flags">{render_after_paint(move || flags().into_any())}</Panel>
            <div class="stack">{move || unreadable_agents.get().map(|(title, words)| view! { <Panel title="Metrics are missing"><EmptyState title words/></Panel> })}{render_after_paint(move || view! { <MetricsExplorer of_master=true metrics=metrics_of words=Signal::derive(words)/> }.into_any())}</div>
        </div>
        <AgentFlagComparison/>
        {raw_answer(Topic::Master, "Raw JSON (GET_MASTER)")}
    }
}

fn facts(id: &str, summary: &MasterSummary, logs: Memo<String>) -> AnyView {
    view! {
        <dl class="facts">
            {fact("ID", view! { <span class="mono">{id.to_owned()}</span><Copy text=Signal::stored(id.to_owned()) label="the master's id"/> })}
            {fact("Address", format!("{}:{}", summary.hostname, summary.port))}
            {fact("Version", untrusted_text(&summary.version))}
            {fact("Started", ago_or_dash(summary.started))}
            {fact("Elected", ago_or_dash(summary.elected))}
            {fact("Log verbosity", logs)}
            {fact("Log", view! { <a class="link" href=Route::MasterBrowse(BrowseParams::of("/master/log")).to_string()>"Master log"</a> })}
        </dl>
    }
    .into_any()
}

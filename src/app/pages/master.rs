//! The leading master: who it is, its flags, its metrics.

use leptos::prelude::*;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::route::Route;
use mesoscope_core::route::place::Place;
use mesoscope_core::views::cluster_summary::MasterSummary;
use mesoscope_core::views::master::MasterQuery;

use crate::acts::Proposal;
use crate::hooks::later;
use crate::link::link;
use crate::parts::act::control::{Choice as ActChoice, act_button};
use crate::parts::agent_live::logging::verbosity;
use crate::parts::agent_live::process::MasterBuild;
use crate::parts::data_age::{DataAge, untold};
use crate::parts::detail::{body, fact, foreign, when};
use crate::parts::metrics::MetricsExplorer;
use crate::parts::named::{flags_table, named};
use crate::widgets::copy::Copy;
use crate::widgets::filter::FilterBox;
use crate::widgets::panel::{Blank, Panel};

/// The page.
#[component]
pub(crate) fn MasterPage() -> impl IntoView {
    let answer = link().watch(|| MasterQuery);
    let facts_of = Memo::new(move |_| answer.with(|detail| detail.as_ref()?.leader.clone().ok()));
    // What stands in their place while they are not known is said by their panels.
    let flags_of = Memo::new(move |_| answer.with(|detail| detail.as_ref()?.flags.clone().ok()).unwrap_or_default());
    let metrics_of =
        Memo::new(move |_| answer.with(|detail| detail.as_ref()?.metrics.clone().ok()).unwrap_or_default());
    let filter = RwSignal::new(String::new());
    let on_filter = Callback::new(move |text| filter.set(text));
    let words = move || filter.read().to_lowercase().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let refused = untold(&[Topic::Flags]);
    let flags = move || {
        let words = words();
        let rows = flags_of.with(|all| named(all, &words, |(name, value)| (name.clone(), value.clone())));
        match refused.get() {
            Some((title, why)) => view! { <Blank title words=why/> }.into_any(),
            None => flags_table(rows, !words.is_empty(), mesoscope_core::mesos::defaults::of_master),
        }
    };
    let unmeasured = untold(&[Topic::Metrics]);
    let (unknown, logs) = (untold(&[Topic::Master]), verbosity(None));
    let leader = move || match unknown.get() {
        Some((title, why)) => view! { <Blank title words=why/> }.into_any(),
        None => facts_of.get().map(|(id, summary)| facts(&id, &summary, logs)).into_any(),
    };
    let proposal = Proposal::LoggingLevel(None, "the master".to_owned());
    let logging = ActChoice { name: "Logging level", why_not: None, proposal };
    view! {
        <div class="head">
            <h1 tabindex="-1">"Master"</h1><DataAge parts=&[Topic::Metrics]/>
            <FilterBox label="Filter flags and metrics".to_owned() hint="quota, slaves_, allocator/mesos …" value=filter.into() on_change=on_filter/>
            <div class="tools">{act_button(logging)}</div>
        </div>
        <Panel title="Leading master">{leader}<MasterBuild/></Panel>
        <div class="columns even">
            <Panel title="Flags">{later(move || flags().into_any())}</Panel>
            <div class="stack">{move || unmeasured.get().map(|(title, words)| view! { <Panel title="Metrics are missing"><Blank title words/></Panel> })}{later(move || view! { <MetricsExplorer of_master=true metrics=metrics_of words=Signal::derive(words)/> }.into_any())}</div>
        </div>
        {body(Topic::Master, "As GET_MASTER tells it")}
    }
}

fn facts(id: &str, summary: &MasterSummary, logs: Memo<String>) -> AnyView {
    view! {
        <dl class="facts">
            {fact("ID", view! { <span class="mono">{id.to_owned()}</span><Copy text=Signal::stored(id.to_owned()) label="the master's id"/> })}
            {fact("Address", format!("{}:{}", summary.hostname, summary.port))}
            {fact("Version", foreign(&summary.version))}
            {fact("Started", when(summary.started))}
            {fact("Elected", when(summary.elected))}
            {fact("Verbosity of its log", logs)}
            {fact("Log", view! { <a class="link" href=Route::MasterBrowse(Place::of("/master/log")).to_string()>"Its own log"</a> })}
        </dl>
    }
    .into_any()
}

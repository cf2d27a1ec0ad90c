//! The agent's process: version and build; flags and metrics on demand.

use leptos::prelude::*;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::mesos::calls::process::{GetFlags, GetMetrics, GetVersion};
use mesoscope_core::mesos::defaults;
use mesoscope_core::mesos::wire::agent_api::{self, ExecutorRun};
use mesoscope_core::text;

use super::polled::{PollMode, PollTimer, Polled};
use crate::api_client::{ApiError, ApiRequest};
use crate::clock::now_signal;
use crate::parts::detail::{ago_or_dash, fact, untrusted_text};
use crate::parts::name_value_table::{FlagTable, filter_by_words, named_table};
use crate::widgets::filter::FilterBox;
use crate::widgets::panel::{EmptyState, Panel};

/// Process and version. Errors that `behind` shows too are omitted.
#[component]
pub(super) fn AgentBuild(id: AgentId, beat: PollTimer, behind: Polled<Vec<ExecutorRun>>) -> impl IntoView {
    let version = ApiRequest::new(&GetVersion, Target::Agent(id.clone()));
    let version = Polled::start(version, beat, PollMode::Once, |body, _| agent_api::version(body));
    let metrics = ApiRequest::new(&GetMetrics::default(), Target::Agent(id));
    let metrics = Polled::start(metrics, beat, PollMode::Repeated, |body, _| agent_api::metrics(body));
    let counted = metrics.slice(|metrics| metrics.clone());
    let now = now_signal();
    let counts = move || counted.with(|counted| process(counted, now.get_untracked()));
    let process = panel("Process", metrics, metrics.but_for(behind), counts);
    let facts = version.slice(|version| version.clone());
    let build = panel("Version and build", version, version.but_for(behind), move || facts.with(|facts| build(facts)));
    view! { <div class="columns even">{process}{build}</div> }
}

/// Start time and task counts: current ones by state, and ended ones since the start by outcome.
fn process(metrics: &[(String, f64)], now: Timestamp) -> AnyView {
    let value = |name: &str| metrics.iter().find(|(other, _)| other == name).map(|(_, value)| *value);
    let started =
        value("slave/uptime_secs").map(|seconds| Timestamp::from_secs_f64(now.as_millis() / 1000.0 - seconds));
    let states = [
        ("staging", "slave/tasks_staging"),
        ("starting", "slave/tasks_starting"),
        ("running", "slave/tasks_running"),
        ("killing", "slave/tasks_killing"),
        ("finished", "slave/tasks_finished"),
        ("killed", "slave/tasks_killed"),
        ("failed", "slave/tasks_failed"),
        ("lost", "slave/tasks_lost"),
    ];
    let counted = states.into_iter().filter_map(|(word, name)| Some((word, value(name)?)));
    let counted: Vec<String> = counted.map(|(word, count)| format!("{} {word}", text::amount(count))).collect();
    view! {
        <dl class="facts">
            {fact("Started", ago_or_dash(started))}
            {fact("Tasks since then", untrusted_text(&counted.join(", ")))}
        </dl>
    }
    .into_any()
}

/// Panel of one polled value, with its error above.
fn panel<T: Clone + Default + PartialEq + Send + Sync + 'static>(
    title: &'static str,
    reading: Polled<T>,
    failed: Memo<Option<ApiError>>,
    view: impl Fn() -> AnyView + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let reported = reading.is_reported();
    move || {
        (reported.get() || failed.with(Option::is_some)).then(|| {
            view! {
                <Panel title>
                    {move || failed.get().map(|why| view! { <EmptyState title=why.headline() words=why.to_string()/> })}
                    {move || reported.get().then(view)}
                </Panel>
            }
        })
    }
}

/// Build information of the leading master.
#[component]
pub(crate) fn MasterBuild() -> impl IntoView {
    let version = ApiRequest::new(&GetVersion, Target::Master);
    let version = Polled::start(version, PollTimer::start(), PollMode::Once, |body, _| agent_api::version(body));
    // The version itself is shown elsewhere on the page.
    let facts =
        version.slice(|version| version.iter().filter(|(name, _)| name != "version").cloned().collect::<Vec<_>>());
    let failed = version.failed;
    move || match failed.get() {
        Some(why) => view! { <EmptyState title="Build not known" words=why.to_string()/> }.into_any(),
        None => facts.with(|facts| build(facts)),
    }
}

fn build(reported: &[(String, String)]) -> AnyView {
    let fact = |(name, value): &(String, String)| view! { <div><dt>{name.replace('_', " ")}</dt><dd>{untrusted_text(value)}</dd></div> };
    view! { <dl class="facts">{reported.iter().map(fact).collect_view()}</dl> }.into_any()
}

/// Flags and metrics, polled only while open.
#[component]
pub(super) fn FlagsAndMetrics(id: AgentId, beat: PollTimer) -> impl IntoView {
    let open = RwSignal::new(false);
    let toggle = move |_| open.update(|open| *open = !*open);
    let word = move || if open.get() { "Hide" } else { "Show" };
    view! {
        <section class="panel" aria-label="Flags and metrics">
            <header>
                <h2>"Flags and metrics"</h2>
                <div class="aside"><button class="text-button" aria-expanded=move || open.get().to_string() on:click=toggle>{word}</button></div>
            </header>
            <Show when=move || open.get()>{tables(&id, beat)}</Show>
        </section>
    }
}

fn tables(id: &AgentId, beat: PollTimer) -> AnyView {
    let flags = ApiRequest::new(&GetFlags, Target::Agent(id.clone()));
    let flags = Polled::start(flags, beat, PollMode::Once, |body, _| agent_api::flags(body));
    let metrics = ApiRequest::new(&GetMetrics::default(), Target::Agent(id.clone()));
    let metrics = Polled::start(metrics, beat, PollMode::Repeated, |body, _| agent_api::metrics(body));
    let filter = RwSignal::new(String::new());
    let on_filter = Callback::new(move |text| filter.set(text));
    let words =
        Memo::new(move |_| filter.read().to_lowercase().split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    let all_flags = flags.slice(|flags| flags.clone());
    let all_metrics = metrics.slice(|metrics| metrics.clone());
    let flag_rows = move || view! { <FlagTable flags=all_flags words default=defaults::of_agent/> };
    let metric_rows = move || {
        let rows = all_metrics.with(|all| {
            filter_by_words(all, &words.read(), |(name, value)| (name.clone(), text::metrics::value(name, *value)))
        });
        named_table(rows, !words.read().is_empty())
    };
    let failed = |reading: RwSignal<Option<ApiError>>| {
        move || reading.get().map(|why| view! { <EmptyState title=why.headline() words=why.to_string()/> })
    };
    let (flags_reported, metrics_reported) = (flags.is_reported(), metrics.is_reported());
    view! {
        <div class="narrowed"><FilterBox label="Filter flags and metrics".to_owned() hint="port, containerizer/ …" value=filter.into() on_change=on_filter/></div>
        <div class="columns even">
            <div>{failed(flags.failed)}{move || flags_reported.get().then(flag_rows)}</div>
            <div>{failed(metrics.failed)}{move || metrics_reported.get().then(metric_rows)}</div>
        </div>
    }
    .into_any()
}

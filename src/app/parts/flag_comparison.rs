//! Panel that compares the flags of all agents. Reads them on request only, a few agents at a time.

use std::collections::VecDeque;

use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope_core::checks::flag_comparison::{FlagComparison, FlagDifferences, FlagVariant, LoginPages, NamedAgent};
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::mesos::calls::answer::Intercepted;
use mesoscope_core::mesos::calls::process::GetFlags;
use mesoscope_core::mesos::wire::agent_api;
use mesoscope_core::text::{flag_comparison as words, tables};
use mesoscope_core::views::agents::AgentState;
use mesoscope_core::views::hosts::AgentHostsQuery;

use crate::api_client::{ApiError, ApiRequest};
use crate::parts::data_age::not_reported;
use crate::parts::links::agent_link;
use crate::widgets::excerpt::excerpt_of_many;
use crate::widgets::long_list::{ListExtent, long_list};
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;

/// Number of agents that are asked at a time.
const AT_ONCE: usize = 4;
/// Number of values, and of agents without an answer, that are drawn at first.
const LINES: usize = 100;
/// Number of hosts of a value that are drawn at first, unless the value is the most common.
const HOSTS: usize = 5;
/// Number of hosts that are added per request.
const MORE_HOSTS: usize = 500;

/// Step of a comparison.
#[derive(Clone, PartialEq)]
enum Phase {
    Idle,
    /// Waits for the list of agents.
    Listing,
    Asking,
    Done(Outcome),
}

/// How a comparison ended.
#[derive(Clone, PartialEq)]
enum Outcome {
    Complete,
    Stopped,
    /// No agent can be asked: a title and the reason.
    Failed(&'static str, String),
}

/// An agent that was not compared, with the reason.
#[derive(Clone)]
struct MissingAgent {
    agent: NamedAgent,
    why: String,
}

/// A value of a flag, as a row.
struct ValueRow {
    flag: String,
    variant: FlagVariant,
}

/// A comparison, from its start to its result.
#[derive(Clone, Copy)]
struct ComparisonRun {
    phase: RwSignal<Phase>,
    queue: StoredValue<VecDeque<NamedAgent>>,
    all: RwSignal<usize>,
    read: RwSignal<usize>,
    comparison: StoredValue<FlagComparison>,
    missing: StoredValue<Vec<MissingAgent>>,
    /// Login pages among the answers so far.
    login_pages: StoredValue<LoginPages>,
}

/// Panel with the comparison and its button.
#[component]
pub(crate) fn AgentFlagComparison() -> impl IntoView {
    let run = ComparisonRun::new();
    let status = move || run.status();
    let body = move || match run.phase.get() {
        Phase::Idle => ().into_any(),
        Phase::Listing => run.list_agents(),
        Phase::Asking => run.ask_agents(),
        Phase::Done(Outcome::Failed(title, words)) => view! { <EmptyState title words/> }.into_any(),
        Phase::Done(Outcome::Complete | Outcome::Stopped) => run.result(),
    };
    let label = move || match run.phase.get() {
        Phase::Idle => "Compare agents' flags",
        Phase::Listing | Phase::Asking => "Stop",
        Phase::Done(_) => "Compare again",
    };
    let button = move || view! { <button class="button" type="button" on:click=move |_| run.toggle()>{label}</button> };
    view! {
        <Panel title="Flags of agents" aside=button>
            <p class="flag-outcome" role="status">{status}</p>
            {body}
        </Panel>
    }
}

impl ComparisonRun {
    fn new() -> Self {
        Self {
            phase: RwSignal::new(Phase::Idle),
            queue: StoredValue::default(),
            all: RwSignal::new(0),
            read: RwSignal::new(0),
            comparison: StoredValue::default(),
            missing: StoredValue::default(),
            login_pages: StoredValue::default(),
        }
    }

    /// Starts, or stops what is in progress: a change of phase cancels its requests.
    fn toggle(self) {
        let next = match self.phase.get_untracked() {
            Phase::Listing | Phase::Asking => Phase::Done(Outcome::Stopped),
            Phase::Idle | Phase::Done(_) => {
                self.queue.set_value(VecDeque::new());
                self.comparison.set_value(FlagComparison::default());
                self.missing.set_value(Vec::new());
                self.login_pages.set_value(LoginPages::default());
                self.all.set(0);
                self.read.set(0);
                Phase::Listing
            }
        };
        self.phase.set(next);
    }

    /// The sentence that a screen reader says at each step. Without the progress, which changes all the time.
    fn status(self) -> String {
        match self.phase.get() {
            Phase::Idle => words::INTRODUCTION.to_owned(),
            Phase::Listing | Phase::Asking => "Reading the flags of agents …".to_owned(),
            Phase::Done(Outcome::Failed(..)) => "The flags of agents could not be read.".to_owned(),
            Phase::Done(Outcome::Complete) => words::outcome(&self.differences()),
            Phase::Done(Outcome::Stopped) => {
                let stopped = words::stopped(self.read.get_untracked(), self.all.get_untracked());
                format!("{stopped} {}", words::outcome(&self.differences()))
            }
        }
    }

    fn differences(self) -> FlagDifferences {
        self.comparison.with_value(FlagComparison::differences)
    }

    /// Waits for the list of agents, and begins with the first that the master lists.
    fn list_agents(self) -> AnyView {
        let answer = link().watch(|| AgentHostsQuery);
        let refused = not_reported(&[Topic::Agents]);
        Effect::new(move |_| {
            if let Some(listed) = answer.get().flatten().filter(|_| refused.read().is_none()) {
                self.begin(listed);
            }
        });
        (move || refused.get().map(|(title, words)| view! { <EmptyState title words/> })).into_any()
    }

    fn begin(self, listed: Vec<(NamedAgent, AgentState)>) {
        let mut missing = Vec::new();
        let mut queue = VecDeque::new();
        for (agent, state) in listed {
            match words::not_asked(state) {
                Some(why) => missing.push(MissingAgent { agent, why: why.to_owned() }),
                None => queue.push_back(agent),
            }
        }
        self.all.set(queue.len());
        let next = if queue.is_empty() { Phase::Done(Outcome::Complete) } else { Phase::Asking };
        self.missing.set_value(missing);
        self.queue.set_value(queue);
        self.phase.set(next);
    }

    /// Asks the agents, a few at a time, until none is left or the view is dropped.
    fn ask_agents(self) -> AnyView {
        for _ in 0..AT_ONCE {
            spawn_local_scoped_with_cancellation(self.ask_in_turn());
        }
        let (all, read) = (self.all, self.read);
        view! {
            <div class="flag-progress">
                <progress class="wide" max=move || all.get() prop:value=move || read.get() aria-label="Agents read"></progress>
                <span class="dim">{move || words::progress(read.get(), all.get())}</span>
            </div>
        }
        .into_any()
    }

    async fn ask_in_turn(self) {
        while let Some(agent) = self.queue.try_update_value(VecDeque::pop_front).flatten() {
            let request = ApiRequest::new(&GetFlags, Target::Agent(agent.id.clone()));
            let answer = request.ask(link()).await;
            self.take(agent, answer);
        }
    }

    fn take(self, agent: NamedAgent, answer: Result<String, ApiError>) {
        let is_login_page = matches!(answer, Err(ApiError::Intercepted(Intercepted { signs_in: true, .. })));
        self.login_pages.try_update_value(|pages| pages.add(is_login_page));
        match answer {
            Ok(body) => {
                self.comparison.try_update_value(|comparison| comparison.add(agent, agent_api::flags(&body)));
            }
            Err(why) if self.is_true_of_all(&why) => {
                self.phase.try_set(Phase::Done(Outcome::Failed(why.headline(), why.to_string())));
                return;
            }
            Err(why) => {
                let why = words::not_answered(why.headline(), &why.to_string());
                self.missing.try_update_value(|missing| missing.push(MissingAgent { agent, why }));
            }
        }
        self.read.try_update(|read| *read += 1);
        if self.read.try_get_untracked() == self.all.try_get_untracked() {
            self.phase.try_set(Phase::Done(Outcome::Complete));
        }
    }

    /// Whether each further agent would fail for the same reason: the page cannot call agents, or the session has expired.
    fn is_true_of_all(self, why: &ApiError) -> bool {
        match why {
            ApiError::NotForwarded => true,
            ApiError::Intercepted(Intercepted { signs_in: true, .. }) => {
                self.login_pages.try_with_value(LoginPages::mean_expired_session).unwrap_or_default()
            }
            ApiError::Refused(_)
            | ApiError::Timeout(_)
            | ApiError::NoConnection
            | ApiError::BrokenOff
            | ApiError::BadAnswer(_)
            | ApiError::OutcomeUnknown(_)
            | ApiError::Intercepted(_)
            | ApiError::TooLong(_)
            | ApiError::WrongAgent(_)
            | ApiError::NotRegularFile(_) => false,
        }
    }

    fn result(self) -> AnyView {
        let FlagDifferences { flags, expected, .. } = self.differences();
        let row = |flag: &str, variant| ValueRow { flag: flag.to_owned(), variant };
        let rows: Vec<ValueRow> = flags
            .into_iter()
            .flat_map(|flag| flag.values.into_iter().map(move |value| row(&flag.name, value)))
            .collect();
        let expected =
            (!expected.is_empty()).then(|| view! { <p class="flag-outcome dim">{words::expected(&expected)}</p> });
        let missing = self.missing.get_value();
        view! {
            {(!rows.is_empty()).then(|| value_table(rows))}
            {expected}
            {(!missing.is_empty()).then(|| missing_table(missing))}
        }
        .into_any()
    }
}

fn value_table(rows: Vec<ValueRow>) -> AnyView {
    let says = |row: &ValueRow| {
        let hosts = row.variant.agents.iter().map(|agent| agent.hostname.as_str());
        let texts = [row.flag.as_str(), row.variant.value.as_deref().unwrap_or("unset")];
        texts.into_iter().chain(hosts).collect::<Vec<_>>().join(" ")
    };
    let frame = |rows: AnyView| {
        view! {
            <div class="scroll-x" tabindex="0" role="group" aria-label="Flags that differ"><table class="plain">
                <thead><tr><th>"Flag"</th><th>"Value"</th><th>"Agents"</th></tr></thead>
                <tbody>{rows}</tbody></table></div>
        }
        .into_any()
    };
    long_list(ListExtent::first("values", LINES), Signal::stored(rows), says, value_row, frame)
}

fn value_row(row: &ValueRow) -> AnyView {
    let FlagVariant { value, agents, is_most_common } = &row.variant;
    let value = match value {
        None => view! { <span class="dim">"unset"</span> }.into_any(),
        Some(value) if value.is_empty() => view! { <span class="dim">"empty"</span> }.into_any(),
        Some(value) => excerpt_of_many(value),
    };
    let note = is_most_common.then(|| view! { <small class="was">"most common"</small> });
    let few = if *is_most_common { 0 } else { HOSTS };
    view! {
        <tr>
            <td class="mono" title=row.flag.clone()>{row.flag.clone()}</td>
            <td class="wrap">{value}{note}</td>
            <td class="wrap">{words::agents(agents.len())}{hosts(agents.clone(), few)}</td>
        </tr>
    }
    .into_any()
}

/// Links to agents: the first few, and a button for more.
fn hosts(agents: Vec<NamedAgent>, few: usize) -> AnyView {
    let number = agents.len();
    let shown = RwSignal::new(few.min(number));
    let links = move || {
        let links = agents.iter().take(shown.get());
        links.map(|agent| view! { <li>{agent_link(&agent.id, &agent.hostname)}</li> }).collect_view()
    };
    let more = move |_| shown.update(|shown| *shown = (*shown + MORE_HOSTS).min(number));
    let button = move || {
        let rest = number.saturating_sub(shown.get());
        (rest > 0).then(|| {
            view! { <button class="text-button" type="button" on:click=more>{tables::show_more(rest, number, MORE_HOSTS)}</button> }
        })
    };
    view! { <ul class="flag-hosts">{links}</ul>{button} }.into_any()
}

fn missing_table(missing: Vec<MissingAgent>) -> AnyView {
    let title = words::missing(missing.len());
    let says = |MissingAgent { agent, why }: &MissingAgent| format!("{} {why}", agent.hostname);
    let row = |MissingAgent { agent, why }: &MissingAgent| {
        view! { <tr><td>{agent_link(&agent.id, &agent.hostname)}</td><td class="wrap">{why.clone()}</td></tr> }
            .into_any()
    };
    let frame = |rows: AnyView| {
        view! {
            <div class="scroll-x" tabindex="0" role="group" aria-label="Agents that were not compared"><table class="plain">
                <thead><tr><th>"Host"</th><th>"Reason"</th></tr></thead>
                <tbody>{rows}</tbody></table></div>
        }
        .into_any()
    };
    let list = long_list(ListExtent::first("agents", LINES), Signal::stored(missing), says, row, frame);
    view! { <h3 class="flag-missing">{title}</h3>{list} }.into_any()
}

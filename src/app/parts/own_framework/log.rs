//! Log of a framework's calls and events, as Mesos has them.

use std::collections::BTreeMap;

use leptos::prelude::*;
use mesoscope_core::base::indent::indented;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::scheduler::call_log::SchedulerMessage;
use mesoscope_core::scheduler::hosted_io::FrameworkKey;
use mesoscope_core::scheduler::io::CallOutcome;
use mesoscope_core::scheduler::numbers::CallNumber;
use mesoscope_core::text::own_frameworks as words;
use mesoscope_core::views::own_frameworks::{FrameworkLogAnswer, FrameworkLogQuery};

use crate::clock::{time_of_day, to_the_millisecond};
use crate::worker_link::link;

/// A call with its outcome, or an event.
#[derive(Clone, PartialEq, Eq, Hash)]
struct LogLine {
    /// Number of the entry since the framework began.
    number: u64,
    at: Timestamp,
    direction: &'static str,
    kind: String,
    /// Outcome of a call, or how often an event came.
    says: String,
    json: String,
}

/// Renders the log; it is read only while it is open.
pub(super) fn call_log(key: FrameworkKey) -> AnyView {
    let is_open = RwSignal::new(false);
    let toggle = move |_| is_open.update(|open| *open = !*open);
    let word = move || if is_open.get() { "Hide log" } else { "Show log" };
    view! {
        <h3>"Calls and events "<button class="text-button" aria-expanded=move || is_open.get().to_string() on:click=toggle>{word}</button></h3>
        <Show when=move || is_open.get()>{lines(key.clone())}</Show>
    }
    .into_any()
}

fn lines(key: FrameworkKey) -> AnyView {
    let answer = link().watch(move || FrameworkLogQuery { framework: key.clone() });
    let all = Memo::new(move |_| answer.with(|answer| Some(log_lines(answer.as_ref()?.as_ref()?))));
    let dropped = Memo::new(move |_| {
        answer.with(|answer| answer.as_ref().and_then(|answer| Some(answer.as_ref()?.dropped)).unwrap_or_default())
    });
    let rest =
        move || (dropped.get() > 0).then(|| view! { <p class="own-none dim">{words::dropped(dropped.get())}</p> });
    let each = move || all.get().unwrap_or_default();
    view! {
        <ol class="call-log"><For each key=|line: &LogLine| (line.number, line.says.clone()) children=log_line/></ol>
        {rest}
    }
    .into_any()
}

fn log_line(line: LogLine) -> AnyView {
    let LogLine { at, direction, kind, says, json, .. } = line;
    let arrow = if direction == SENT { "→" } else { "←" };
    let head = view! {
        <span class="dim" title=to_the_millisecond(at)>{time_of_day(at)}</span>
        <span aria-label=direction title=direction role="img">{arrow}</span>
        <span class="mono">{kind}</span>
        <span class="dim">{says}</span>
    };
    if json.is_empty() {
        return view! { <li class="line">{head}</li> }.into_any();
    }
    let text = indented(&json).unwrap_or(json);
    view! { <li><details><summary>{head}</summary><pre class="code" tabindex="0" role="group" aria-label="JSON">{text}</pre></details></li> }
        .into_any()
}

const SENT: &str = "sent";
const RECEIVED: &str = "received";

/// The entries, with the outcome of each call beside it.
fn log_lines(log: &FrameworkLogAnswer) -> Vec<LogLine> {
    let outcomes: BTreeMap<CallNumber, &CallOutcome> = (log.entries.iter())
        .filter_map(|entry| match &entry.message {
            SchedulerMessage::Answer(call, outcome) => Some((*call, outcome)),
            _ => None,
        })
        .collect();
    let last = log.dropped + log.entries.len() as u64;
    let line = |(number, entry): (u64, &mesoscope_core::scheduler::call_log::LoggedMessage)| {
        let (direction, kind, says, json) = match &entry.message {
            SchedulerMessage::Call { call, kind, json } => {
                let outcome = call.and_then(|call| outcomes.get(&call)).map(|outcome| words::outcome(outcome));
                (SENT, kind.clone(), outcome.unwrap_or_default(), json.clone())
            }
            SchedulerMessage::Event { kind, json, times } => {
                (RECEIVED, words::event_kind(kind).to_owned(), words::times(*times), json.clone())
            }
            SchedulerMessage::StreamEnded => (RECEIVED, words::STREAM_ENDED.to_owned(), String::new(), String::new()),
            SchedulerMessage::Answer(..) => return None,
        };
        Some(LogLine { number, at: entry.at, direction, kind, says, json })
    };
    let numbers = (0..last).rev();
    numbers.zip(&log.entries).filter_map(line).collect()
}

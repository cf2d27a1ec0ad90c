//! One run: what it runs and where, its tasks and their outputs, and the buttons that kill and repeat it.

use leptos::prelude::*;
use mesoscope_core::base::units::Nanoseconds;
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::route::Route;
use mesoscope_core::route::run_params::RunParams;
use mesoscope_core::scheduler::form::{FRAMEWORK_NAME, RunForm};
use mesoscope_core::scheduler::hosted_io::RunMessage;
use mesoscope_core::scheduler::run::{RunId, RunTargets};
use mesoscope_core::text::{own_frameworks, resources, run_results as words};
use mesoscope_core::views::run_preview::RunAmong;
use mesoscope_core::views::runs::{RunAnswer, RunCounts, RunQuery};

use super::outputs;
use super::repeat_form;
use super::state::RepeatedRun;
use super::tasks::RunTable;
use crate::actions::action_store;
use crate::clock::{AgoByBrowserClock, now_signal};
use crate::parts::detail::fact;
use crate::parts::links::{framework_link, none, role_link};
use crate::run_draft::RunDraft;
use crate::widgets::copy::Copy;
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;

/// Rows that outputs are taken of.
const MOST_ROWS: u32 = 10_000;

/// Renders the page's content. `None` while the answer has not come.
pub(crate) fn run_results(run: &RunId) -> AnyView {
    let asked = run.clone();
    let answer = link().watch(move || RunQuery { run: asked.clone() });
    let is_known = Memo::new(move |_| answer.with(|answer| answer.as_ref().map(Option::is_some)));
    let table = RunTable::new(run.clone());
    let id = StoredValue::new(run.clone());
    move_view(move || match is_known.get() {
        None => view! { <p class="dim">"Loading the run …"</p> }.into_any(),
        Some(false) => no_run(),
        Some(true) => known(id.get_value(), answer, table),
    })
}

/// Where this browser has no such run.
pub(crate) fn no_run() -> AnyView {
    view! { <section class="panel"><EmptyState title="Run not found" words=words::NO_RUN/></section> }.into_any()
}

fn move_view(view: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    view.into_any()
}

type Answer = ReadSignal<Option<Option<RunAnswer>>>;

fn slice<T: Clone + PartialEq + Send + Sync + 'static>(answer: Answer, of: fn(&RunAnswer) -> T) -> Memo<Option<T>> {
    Memo::new(move |_| answer.with(|answer| answer.as_ref()?.as_ref().map(of)))
}

fn known(run: RunId, answer: Answer, table: RunTable) -> AnyView {
    let counts = slice(answer, |answer| answer.row.counts);
    let grace = slice(answer, |answer| answer.request.grace);
    let facts_of = slice(answer, |answer| RunAnswer { tasks: Vec::new(), ..answer.clone() });
    let rows = link().watch(move || table.query(0, MOST_ROWS));
    let rows =
        Memo::new(move |_| rows.with(|rows| rows.as_ref().map(|window| window.rows.clone()).unwrap_or_default()));
    let again = Route::Run(RunParams::again(run.as_str())).to_string();
    let progress = move || counts.get().map(words::progress);
    view! {
        <div class="run-bar">
            <p class="run-headline" role="status">{progress}</p>
            <div class="tools">{kill(run, counts, grace)}<a class="button" href=again>"Run again …"</a></div>
        </div>
        <Panel title="Run">{move || facts_of.get().map(|answer| facts(&answer))}</Panel>
        {outputs::panel(rows)}
        <Panel title="Tasks">{table.view(grace)}</Panel>
    }
    .into_any()
}

fn facts(answer: &RunAnswer) -> AnyView {
    let command = words::command(&answer.request.command);
    let now = now_signal();
    let (state, why, timeout) = (answer.link.clone(), answer.why.clone(), answer.framework.failover_timeout);
    let meaning = move || own_frameworks::link_meaning(&state, why.as_ref(), timeout, now.get());
    let framework = answer.framework_id.as_ref().map_or_else(none, |id| framework_link(id, FRAMEWORK_NAME));
    let tone = own_frameworks::tone(&answer.link);
    let refused = answer.refused_call.as_ref().map(|refusal| view! { <p class="wrong">{refusal.to_string()}</p> });
    let image = words::image(&answer.request).map(|image| fact("Image", image));
    view! {
        <div class="run-command">
            <pre class="output" tabindex="0" role="group" aria-label="Command">{command.clone()}</pre>
            <Copy text=Signal::stored(command) label="the command"/>
        </div>
        <dl class="facts">
            {fact("Connection", view! { <span class="state" data-tone=tone>{own_frameworks::link(&answer.link)}</span>" "<span class="dim">{meaning}</span> })}
            {fact("Framework", view! { {framework}" · "<a href=Route::OwnFrameworks.to_string()>"Connection and log"</a> })}
            {fact("Role", role_link(answer.row.role.as_str()))}
            {fact("User", answer.row.user.name().to_owned())}
            {fact("Each task", resources::quantities(answer.request.resources))}
            {image}
            {fact("Started", view! { <AgoByBrowserClock at=answer.row.started/> })}
        </dl>
        {refused}
    }
    .into_any()
}

/// Button that kills the run, once its effect was read.
fn kill(run: RunId, counts: Memo<Option<RunCounts>>, grace: Memo<Option<Option<Nanoseconds>>>) -> AnyView {
    let (link, actions) = (link(), action_store());
    let is_asked = RwSignal::new(false);
    let is_live = Memo::new(move |_| counts.get().is_some_and(|counts| counts.live() > 0));
    let effect = move || words::kill_effect(counts.get().unwrap_or_default(), grace.get().flatten());
    let run = StoredValue::new(run);
    let kill = move |_| {
        is_asked.set(false);
        if !untrack(|| actions.is_read_only()) {
            link.send(&ToEngine::Run(RunMessage::KillRun(run.get_value())));
        }
    };
    let question = move || {
        (is_asked.get() && is_live.get()).then(|| {
            view! {
                <span class="run-kill" role="group" aria-label="Kill the run">
                    <span>{effect}</span>
                    <button class="button" data-danger="" on:click=kill>"Kill"</button>
                    <button class="button" on:click=move |_| is_asked.set(false)>"Keep running"</button>
                </span>
            }
        })
    };
    let button = move || {
        (is_live.get() && !is_asked.get()).then(|| {
            let off = move || actions.is_read_only().then_some("true");
            let click = move |_| is_asked.set(!untrack(|| actions.is_read_only()));
            view! { <button class="button" data-danger="" aria-disabled=off on:click=click>"Kill …"</button> }
        })
    };
    view! { {question}{button} }.into_any()
}

/// Renders the form filled in with an earlier run of this browser.
pub(crate) fn again_form(run: &RunId) -> AnyView {
    let asked = run.clone();
    let answer = link().watch(move || RunQuery { run: asked.clone() });
    // The form is filled in once, whatever becomes of the run meanwhile.
    let earlier = Memo::new(move |last: Option<&Option<Option<RunAnswer>>>| match last {
        Some(Some(Some(found))) => Some(Some(found.clone())),
        _ => answer.get(),
    });
    let has_values = Memo::new(move |_| answer.with(|answer| matches!(answer, Some(Some(it)) if it.has_values)));
    let repeats = StoredValue::new(RepeatedRun { run: run.clone(), has_values });
    move_view(move || match earlier.get() {
        None => view! { <p class="dim">"Loading the run …"</p> }.into_any(),
        Some(None) => no_run(),
        Some(Some(answer)) => {
            let form = RunForm::again(&answer.framework, &answer.request);
            let (among, is_each) = match answer.request.targets {
                RunTargets::Each(agents) => (RunAmong::Chosen(agents), true),
                RunTargets::Any { among: Some(agents), .. } => (RunAmong::Chosen(agents), false),
                RunTargets::Any { among: None, .. } => (RunAmong::Filter(String::new()), false),
            };
            repeat_form(RunDraft { form, among, is_each }, repeats.get_value())
        }
    })
}

//! Review of a change before it is sent: differences, impact, request, and progress.

use leptos::prelude::*;
use mesoscope_core::actions::batch::{Batch, ExecutionReport, Previews};
use mesoscope_core::actions::bulk_impact::BulkImpact;
use mesoscope_core::actions::execution::{Execution, Stage};
use mesoscope_core::actions::preview::{Preview, differences};
use mesoscope_core::actions::{Action, MaintenanceWindow};
use mesoscope_core::base::escaping;
use mesoscope_core::text;
use mesoscope_core::text::dialogs;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::batch_review::batch_review;
use super::bulk_impact::{bulk_impact, placement};
use super::drain_progress::draining_view;
use super::effects::effects;
use super::outcome::{ended_tasks, follow_ups};
use super::runner::BatchRunner;
use super::stage::stage;
use super::texts::{differences_table, request_view};
use super::{ActionForm, focus_on};
use crate::actions::{action_store, own_form};
use crate::hooks::on_change;
use crate::parts::action::focus::focus_first;
use crate::worker_link::link;

/// The form, its preview, and the button that sends it.
#[component]
pub(super) fn Review(form: ActionForm) -> impl IntoView {
    let ActionForm { verb, actions: typed, fault, pace, view, refusal, current, is_undo, .. } = form;
    let (open, force) = (own_form(), RwSignal::new(false));
    let run = RwSignal::new(Batch::default());
    let busy = Memo::new(move |_| run.read().is_busy());
    let is_over = is_over(run);
    let is_past = is_past(run, is_over);
    let is_gone = is_form_gone(run, is_past);
    let desired = desired(typed, force, is_gone);
    let runner = BatchRunner::new((run, refusal), desired.into(), pace, current, is_undo);
    let plans = runner.plans;
    let sights = sights(runner);
    let sum = bulk_impact(runner);
    let forces = forces(run, plans);
    // Consent to force one change does not extend to another. A change that was sent stays as sent.
    on_change(move || forces.get(), move |_| force.update(|force| *force &= run.read().has_started()));
    look_at_the_form(plans);
    let name = Memo::new(move |_| plans.with(|plans| desired.with(|actions| dialogs::name_to_type(actions, plans))));
    let typed_name = RwSignal::new(String::new());
    let checks = SendChecks { runner, desired, fault, force, forces, name, typed_name };
    let disabled_reason = Memo::new(move |_| checks.disabled_reason());
    let send = move || {
        if !busy.get_untracked() && disabled_reason.read_untracked().is_none() && !is_over.get_untracked() {
            runner.go();
        }
    };
    let entered = move |event: KeyboardEvent| {
        if is_entered(&event) {
            event.prevent_default();
            send();
        }
    };
    keep_the_focus(busy);
    let is_many = Memo::new(move |_| run.with(|run| run.actions().len() > 1));
    let request = first_request(run, plans, fault);
    let state = ReviewState { runner, busy, is_over, is_many };
    let is_grave = is_grave(desired, force);
    view! {
        <div class="act-body" on:keydown=entered>
            <fieldset class="form" disabled=busy style:display=move || if is_gone.get() { "none" } else { "" } on:input=move |_| open.is_typed.set(true)>{view}</fieldset>
            {move || (!is_many.get()).then(|| single(sights, desired, sum, is_gone))}
            {move || is_many.get().then(|| batch_review(runner, sum, is_over))}
            <Show when=move || !forces.read().is_empty() && !is_past.get()>{force_box(force, forces, busy)}</Show>
            {move || (!is_gone.get()).then(&request)}
        </div>
        <div class="far" role="status">{move || far(runner, sum)}</div>
        <footer on:keydown=entered>
            <Show when=move || name.read().is_some() && !is_past.get()>
                {name_box(name, typed_name, busy)}
            </Show>
            <p class="dim" role="status">{move || run.with(|run| footer_text(run, disabled_reason.get()))}</p>
            {move || desired.with(|actions| filtered(actions))}
            <div class="tools">
                {move || is_over.get().then(|| follow_ups(run))}
                {state.other_buttons()}
                <Show when=move || !is_over.get()>{state.send_button(verb, is_grave, disabled_reason, send)}</Show>
            </div>
        </footer>
    }
}

/// Whether the request needs care: it cannot be undone, or skips checks.
fn is_grave(desired: Memo<Vec<Action>>, force: RwSignal<bool>) -> Signal<bool> {
    Signal::derive(move || desired.with(|actions| actions.iter().any(Action::is_destructive)) || force.get())
}

/// Preview of a single change, or what it was.
fn single(
    sights: Memo<Vec<ExecutionReport>>,
    desired: Memo<Vec<Action>>,
    sum: Memo<Option<BulkImpact>>,
    is_gone: Memo<bool>,
) -> impl IntoView {
    let preview = sights.with(|sights| sights.first().map(|sight| one(sight, desired)));
    let room = || sum.with(|sum| sum.as_ref()?.placement.as_ref().map(placement));
    (preview, (!is_gone.get()).then(room))
}

/// Progress of a single change, and the tasks that the changes have ended.
fn far(runner: BatchRunner, sum: Memo<Option<BulkImpact>>) -> impl IntoView {
    let BatchRunner { run, plans, .. } = runner;
    run.with(|run| {
        plans.with(|plans| {
            let one = run.executions().first().filter(|_| run.actions().len() == 1);
            let one = one.map(|execution| stage(execution.stage(), run.is_done(0), plans.get(&0)));
            let planned = sum.with(|sum| sum.as_ref().map_or(0, |sum| sum.tasks));
            (one, ended_tasks(run, plans, planned))
        })
    })
}

/// Progress of a batch for the footer's buttons.
#[derive(Clone, Copy)]
struct ReviewState {
    runner: BatchRunner,
    busy: Memo<bool>,
    is_over: Memo<bool>,
    is_many: Memo<bool>,
}

impl ReviewState {
    fn other_buttons(self) -> impl IntoView {
        let Self { runner, busy, is_over, is_many } = self;
        let open = own_form();
        let word = move || match (busy.get(), is_over.get()) {
            (true, _) => "Hide",
            (false, true) => "Close",
            (false, false) => "Cancel",
        };
        view! {
            <Show when=move || busy.get() && is_many.get()><button class="button" on:click=move |_| runner.stop()>"Stop after current"</button></Show>
            <button class="button" on:click=move |_| action_store().give_up(open)>{word}</button>
        }
    }

    fn send_button(
        self,
        verb: Signal<&'static str>,
        is_grave: Signal<bool>,
        disabled_reason: Memo<Option<String>>,
        send: impl Fn() + 'static,
    ) -> impl IntoView {
        let Self { runner, busy, .. } = self;
        let word = move || runner.run.with(|run| if busy.get() { "In progress …" } else { word(run, verb.get()) });
        let is_off = move || (busy.get() || disabled_reason.read().is_some()).then_some("true");
        view! { <button class="button primary" data-grave=move || is_grave.get().then_some("") aria-disabled=is_off on:click=move |_| send()>{word}</button> }
    }
}

/// Whether the form is gone: it does not come back once a change was sent, and perhaps done.
fn is_form_gone(run: RwSignal<Batch>, is_past: Memo<bool>) -> Memo<bool> {
    Memo::new(move |last: Option<&bool>| {
        let stays = || run.with(|run| run.has_started() && run.executions().iter().any(Execution::is_sent));
        is_past.get() || last == Some(&true) && stays()
    })
}

/// Whether all changes are complete.
fn is_over(run: RwSignal<Batch>) -> Memo<bool> {
    Memo::new(move |_| {
        run.with(|run| run.has_started() && !run.is_busy() && !run.is_stopped() && run.failed().is_empty())
    })
}

/// Whether the form is frozen after sending: fresh cluster data would describe the next change.
fn is_past(run: RwSignal<Batch>, is_over: Memo<bool>) -> Memo<bool> {
    Memo::new(move |_| {
        is_over.get()
            || run.with(|run| run.executions().iter().any(|execution| execution.is_busy() && execution.is_sent()))
    })
}

fn sights(runner: BatchRunner) -> Memo<Vec<ExecutionReport>> {
    let BatchRunner { run, plans, .. } = runner;
    Memo::new(move |_| {
        run.with(|run| plans.with(|plans| plans.iter().map(|(at, preview)| run.sight(*at, preview)).collect()))
    })
}

/// The changes to make, with force applied if chosen. After sending, the list stays as sent.
fn desired(typed: Signal<Vec<Action>>, force: RwSignal<bool>, is_gone: Memo<bool>) -> Memo<Vec<Action>> {
    Memo::new(move |last: Option<&Vec<Action>>| match last {
        Some(sent) if is_gone.get() => sent.clone(),
        _ => {
            let force = force.get();
            let forced = |action: Action| if force { action.forced().unwrap_or(action) } else { action };
            typed.get().into_iter().map(forced).collect()
        }
    })
}

/// What Mesos refuses without force: foreseen by the preview, or named in Mesos' refusal.
fn forces(run: RwSignal<Batch>, plans: Memo<Previews>) -> Memo<Vec<String>> {
    Memo::new(move |_| {
        let foreseen = plans.with(|plans| {
            plans.values().flat_map(|preview| preview.forces.iter().map(text::actions::check)).collect::<Vec<_>>()
        });
        let offered = || run.with(|run| run.offered_force().map(str::to_owned)).into_iter().collect();
        if foreseen.is_empty() { offered() } else { foreseen }
    })
}

/// Whether Enter was pressed in a text field.
fn is_entered(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    event.key() == "Enter" && target.is_some_and(|field| field.matches("input[type=text]").unwrap_or(false))
}

fn force_box(force: RwSignal<bool>, forces: Memo<Vec<String>>, busy: Memo<bool>) -> impl IntoView {
    view! {
        <div class="force">
            <p>"Mesos refuses this without force:"</p>
            <ul>{move || forces.get().into_iter().map(|words| view! { <li>{words}</li> }).collect_view()}</ul>
            <label><input type="checkbox" disabled=busy prop:checked=force on:change=move |event| force.set(event_target_checked(&event))/>"Force: skip these checks"</label>
        </div>
    }
}

fn name_box(name: Memo<Option<String>>, typed_name: RwSignal<String>, busy: Memo<bool>) -> impl IntoView {
    view! {
        <label class="name">{move || dialogs::type_to_confirm(&name.get().unwrap_or_default())}
            <input type="text" autocomplete="off" spellcheck="false" prop:value=typed_name disabled=busy on:input=move |event| typed_name.set(event_target_value(&event))/>
        </label>
    }
}

/// Warns about a filtered schedule. Mesos silently omits what the principal may not see, and an update without it deletes it
/// (PROTOCOL.md, "UPDATE_MAINTENANCE_SCHEDULE").
fn filtered(actions: &[Action]) -> Option<AnyView> {
    let is_schedule = actions.iter().any(|action| matches!(action, Action::Schedule(_)));
    (is_schedule && link().identity.read().is_some()).then(|| {
        view! { <p class="state" data-tone="warn">"The master may have omitted windows that you may not see. This replaces the whole schedule and would delete them."</p> }.into_any()
    })
}

/// Focuses the form again once its fields are drawn: fields that wait for cluster data appear after the dialog has opened.
fn look_at_the_form(plans: Memo<Previews>) {
    Effect::new(move |last: Option<bool>| {
        let is_there = !plans.read().is_empty();
        if is_there && last == Some(false) {
            let dialog = document().query_selector("dialog.act[open]").ok().flatten();
            let dialog = dialog.and_then(|dialog| dialog.dyn_into().ok());
            request_animation_frame(move || dialog.iter().for_each(focus_first));
        }
        is_there || last == Some(true)
    });
}

/// Conditions for sending.
#[derive(Clone, Copy)]
struct SendChecks {
    runner: BatchRunner,
    desired: Memo<Vec<Action>>,
    fault: Signal<Option<String>>,
    force: RwSignal<bool>,
    forces: Memo<Vec<String>>,
    name: Memo<Option<String>>,
    typed_name: RwSignal<String>,
}

impl SendChecks {
    /// Why nothing can be sent; empty if the reason is already shown elsewhere, `None` if it can be sent.
    fn disabled_reason(self) -> Option<String> {
        let Self { runner, desired, fault, force, forces, name, typed_name } = self;
        let BatchRunner { plans, is_current, .. } = runner;
        let say = |words: &str| Some(words.to_owned());
        if let Some(why) = action_store().disabled_reason() {
            return Some(text::checks::disabled_reason(&why));
        }
        let link = link().status.with(|status| status.as_ref().map(|status| status.link.clone()));
        if dialogs::is_cut(link.as_ref()) {
            return say(dialogs::waiting(link.as_ref()));
        }
        if let Some(words) = fault.get() {
            return Some(words);
        }
        if let Some(fault) = desired.with(|actions| actions.iter().flat_map(Action::faults).next()) {
            return Some(text::actions::form_error(&fault.wrong));
        }
        if desired.read().is_empty() {
            return say(text::actions::NOTHING_CHANGED);
        }
        // Without a first read, another user's change could not be detected.
        let reads = desired.with(|actions| actions.iter().any(Action::is_followed));
        if plans.with(|plans| plans.is_empty() || reads && plans.values().any(|preview| preview.asked.is_none())) {
            return say(dialogs::waiting(link.as_ref()));
        }
        if !is_current.get() {
            return say("");
        }
        if let Some(words) = plans.with(|plans| all_refused(plans, desired.read().len())) {
            return Some(words);
        }
        if plans.with(changes_nothing) {
            return say(text::actions::NOTHING_CHANGED);
        }
        if !forces.read().is_empty() && !force.get() {
            return say("Mesos refuses this without force.");
        }
        let name = name.get()?;
        let typed = typed_name.get();
        // Invisible characters cannot be typed, so the escaped name is accepted too.
        let is_typed = [name.trim(), escaping::escape_invisible(name.trim()).as_ref()].contains(&typed.trim());
        (!is_typed).then(String::new)
    }
}

fn footer_text(run: &Batch, disabled_reason: Option<String>) -> String {
    let is_one = run.actions().len() == 1;
    // The progress of a single change is shown right above.
    let is_reported = is_one && run.executions().first().is_some_and(|execution| *execution.stage() != Stage::Review);
    match run.has_started() {
        true if is_reported => String::new(),
        true if !is_one => text::action_progress::so_far(run),
        _ => disabled_reason.unwrap_or_default(),
    }
}

/// Label of the button that sends the batch.
fn word(run: &Batch, verb: &'static str) -> &'static str {
    let failed = run.failed();
    let stage = |at: &usize| run.executions().get(*at).map(|execution| execution.stage());
    match (failed.is_empty(), run.is_stopped()) {
        (_, true) => "Resume",
        (true, _) => verb,
        // None of these was sent yet.
        _ if failed.iter().all(|at| matches!(stage(at), Some(Stage::Conflict(_)))) => "Send anyway",
        _ => "Retry",
    }
}

/// Restores the focus when a field is disabled during sending or a finished button disappears.
fn keep_the_focus(busy: Memo<bool>) {
    let focus = || {
        let inside = document().active_element().is_some_and(|at| at.matches("dialog *").unwrap_or(false));
        if !inside {
            focus_on("dialog.act[open] footer .primary, dialog.act[open] footer .tools .button:last-of-type");
        }
    };
    on_change(move || busy.get(), move |_| request_animation_frame(focus));
}

/// The common refusal, if every change is refused; otherwise the rest can still be sent.
fn all_refused(plans: &Previews, all: usize) -> Option<String> {
    let refused: Vec<_> = plans.values().filter_map(|preview| preview.disabled_reason.as_ref()).collect();
    refused.first().filter(|_| refused.len() == all).map(|why| text::checks::disabled_reason(why))
}

fn changes_nothing(plans: &Previews) -> bool {
    plans.values().all(|preview| differences(&preview.current, &preview.desired).is_empty())
}

fn one(sight: &ExecutionReport, desired: Memo<Vec<Action>>) -> AnyView {
    let why = sight.disabled_reason.as_ref().map(|why| {
        view! { <p class="stage" data-tone="bad"><span class="state" data-tone="bad">{text::checks::disabled_reason(why)}</span><small class="dim">{text::checks::source(why)}</small></p> }
    });
    // A sent change of an object's state shows its outcome; one of values shows them.
    let sets_values = desired.with(|actions| actions.iter().any(Action::sets_values));
    let has_table = !sight.differences.is_empty() && (!sight.is_sent || sets_values);
    let table = has_table.then(|| {
        let base = (!sight.is_sent).then(draft_base).flatten();
        differences_table(&sight.differences, sight.is_sent, base.as_deref())
    });
    // A sent change shows its actual progress in place of the preview.
    let follows = sight.draining.as_ref().map_or_else(|| effects(&sight.effects), draining_view);
    view! { {why}{table}{follows} }.into_any()
}

/// The schedule at the start of the draft under review.
fn draft_base() -> Option<Vec<MaintenanceWindow>> {
    let store = action_store();
    store.is_schedule(own_form()).then(|| store.saved_draft.base.get())
}

/// Shows the batch's request, which matches its previews; the form may have changed since.
fn first_request(
    run: RwSignal<Batch>,
    plans: Memo<Previews>,
    fault: Signal<Option<String>>,
) -> impl Fn() -> Option<AnyView> {
    let asked = Memo::new(move |_| run.with(|run| run.actions().to_vec()));
    move || {
        asked.with(|actions| {
            actions
                .first()
                .filter(|_| fault.read().is_none())
                .map(|action| request(action, actions, plans.read().get(&0)))
        })
    }
}

fn request(action: &Action, of: &[Action], preview: Option<&Preview>) -> AnyView {
    let removal = preview.and_then(|preview| preview.removal.as_ref());
    let title = dialogs::request_title(of.len());
    view! { <details class="requests"><summary>{title}" "<span class="mono dim">{action.call()}</span></summary>{request_view(action, removal)}</details> }
        .into_any()
}

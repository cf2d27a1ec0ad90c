//! What is between a form and the cluster: what will change, what follows for whom, the request itself, and how far it is.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::batch::{Batch, ExecutionReport, Previews};
use mesoscope_core::actions::execution::Stage;
use mesoscope_core::actions::preview::{Preview, differences};
use mesoscope_core::base::escaping;
use mesoscope_core::text;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::batch_review::batch_review;
use super::drain_progress::draining_view;
use super::effects::effects;
use super::runner::BatchRunner;
use super::stage::stage;
use super::words::{differences_table, request_view};
use super::{ActionForm, focus_on, number_of};
use crate::actions::{Proposal, action_store};
use crate::hooks::on_change;
use crate::link::link;
use crate::parts::action::focus::focus_first;

/// The form, what it will do, and the button that sends it.
#[component]
pub(super) fn Review(form: ActionForm) -> impl IntoView {
    let ActionForm { verb, actions: typed, is_wrong, pace, view, refusal, current, is_undo, .. } = form;
    let force = RwSignal::new(false);
    let run = RwSignal::new(Batch::default());
    let busy = Memo::new(move |_| run.read().is_busy());
    let is_over = is_over(run);
    let is_past = is_past(run, is_over);
    let desired = desired(typed, force, is_past);
    let runner = BatchRunner::new((run, refusal), desired.into(), pace, current, is_undo);
    let plans = runner.plans;
    let sights = sights(runner);
    let forces = forces(run, plans);
    // Who forced one thing has not agreed to force another. What was sent is left as it was sent.
    on_change(move || forces.get(), move |_| force.update(|force| *force &= run.read().has_started()));
    look_at_the_form(plans);
    let name = Memo::new(move |_| plans.with(|plans| desired.with(|actions| name_to_type(actions, plans))));
    let typed_name = RwSignal::new(String::new());
    let checks = SendChecks { runner, desired, is_wrong, force, forces, name, typed_name };
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
    let request = first_request(run, plans, is_wrong);
    let state = ReviewState { runner, busy, is_over, is_many };
    let is_grave =
        Signal::derive(move || desired.with(|actions| actions.iter().any(Action::is_destructive)) || force.get());
    view! {
        <div class="act-body" on:keydown=entered>
            <fieldset class="form" disabled=busy style:display=move || if is_past.get() { "none" } else { "" } on:input=move |_| action_store().is_typed.set(true)>{view}</fieldset>
            {move || (!is_many.get()).then(|| sights.with(|sights| sights.first().map(one)))}
            {move || is_many.get().then(|| batch_review(runner))}
            <Show when=move || !forces.read().is_empty() && !is_past.get()>{force_box(force, forces, busy)}</Show>
            {request}
        </div>
        <div class="far" role="status">{move || far(runner)}</div>
        <footer on:keydown=entered>
            <Show when=move || name.read().is_some() && !is_past.get()>
                {name_box(name, typed_name, busy)}
            </Show>
            <p class="dim" role="status">{move || run.with(|run| footer_text(run, disabled_reason.get()))}</p>
            {move || desired.with(|actions| filtered(actions))}
            <div class="tools">
                {move || undo_button(is_over.get(), sights, run)}
                {state.other_buttons()}
                <Show when=move || !is_over.get()>{state.send_button(verb, is_grave, disabled_reason, send)}</Show>
            </div>
        </footer>
    }
}

/// How far the only change is.
fn far(runner: BatchRunner) -> Option<impl IntoView> {
    runner.run.with(|run| {
        let execution = run.executions().first().filter(|_| run.actions().len() == 1)?;
        Some(runner.plans.with(|plans| stage(execution.stage(), run.is_done(0), plans.get(&0))))
    })
}

/// How far a run is, as the buttons at the foot have it.
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
        let word = move || match (busy.get(), is_over.get()) {
            (true, _) => "Hide",
            (false, true) => "Close",
            (false, false) => "Cancel",
        };
        view! {
            <Show when=move || busy.get() && is_many.get()><button class="button" on:click=move |_| runner.stop()>"Stop after these"</button></Show>
            <button class="button" on:click=move |_| action_store().give_up()>{word}</button>
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
        let word = move || runner.run.with(|run| if busy.get() { "On its way …" } else { word(run, verb.get()) });
        let is_off = move || (busy.get() || disabled_reason.read().is_some()).then_some("true");
        view! { <button class="button primary" data-grave=move || is_grave.get().then_some("") aria-disabled=is_off on:click=move |_| send()>{word}</button> }
    }
}

/// Whether all was done.
fn is_over(run: RwSignal<Batch>) -> Memo<bool> {
    Memo::new(move |_| {
        run.with(|run| run.has_started() && !run.is_busy() && !run.is_stopped() && run.failed().is_empty())
    })
}

/// Whether the form has nothing more to say, from when it is sent: what it says of the cluster would be about the next change.
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

/// The changes to make: those of the form, forced where that was chosen. What was sent stays as it was sent.
fn desired(typed: Signal<Vec<Action>>, force: RwSignal<bool>, is_past: Memo<bool>) -> Memo<Vec<Action>> {
    Memo::new(move |last: Option<&Vec<Action>>| match last {
        Some(sent) if is_past.get() => sent.clone(),
        _ => {
            let force = force.get();
            let forced = |action: Action| if force { action.forced().unwrap_or(action) } else { action };
            typed.get().into_iter().map(forced).collect()
        }
    })
}

/// What Mesos refuses unless it is forced. What this copy of the cluster did not foresee, Mesos' refusal may say.
fn forces(run: RwSignal<Batch>, plans: Memo<Previews>) -> Memo<Vec<String>> {
    Memo::new(move |_| {
        let foreseen = plans.with(|plans| {
            plans.values().flat_map(|preview| preview.forces.iter().map(text::actions::check)).collect::<Vec<_>>()
        });
        let offered = || run.with(|run| run.offered_force().map(str::to_owned)).into_iter().collect();
        if foreseen.is_empty() { offered() } else { foreseen }
    })
}

/// Whether Enter was pressed in a field of text.
fn is_entered(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    event.key() == "Enter" && target.is_some_and(|field| field.matches("input[type=text]").unwrap_or(false))
}

fn force_box(force: RwSignal<bool>, forces: Memo<Vec<String>>, busy: Memo<bool>) -> impl IntoView {
    view! {
        <div class="force">
            <p>"Mesos refuses this unless it is forced:"</p>
            <ul>{move || forces.get().into_iter().map(|words| view! { <li>{words}</li> }).collect_view()}</ul>
            <label><input type="checkbox" disabled=busy prop:checked=force on:change=move |event| force.set(event_target_checked(&event))/>"Force it past these checks"</label>
        </div>
    }
}

fn name_box(name: Memo<Option<String>>, typed_name: RwSignal<String>, busy: Memo<bool>) -> impl IntoView {
    view! {
        <label class="name">{move || format!("Type “{}” to say that you mean it", name.get().unwrap_or_default())}
            <input type="text" autocomplete="off" spellcheck="false" prop:value=typed_name disabled=busy on:input=move |event| typed_name.set(event_target_value(&event))/>
        </label>
    }
}

/// A schedule silently omits what the principal may not see. Sent back, it deletes that (PROTOCOL.md,
/// "UPDATE_MAINTENANCE_SCHEDULE").
fn filtered(actions: &[Action]) -> Option<AnyView> {
    let is_schedule = actions.iter().any(|action| matches!(action, Action::Schedule(_)));
    (is_schedule && link().identity.read().is_some()).then(|| {
        view! { <p class="state" data-tone="warn">"You are signed in, so the master may have left out windows that you may not see. This replaces the whole schedule, and would delete those."</p> }.into_any()
    })
}

/// Fields that wait for the cluster come after the dialog has opened.
fn look_at_the_form(plans: Memo<Previews>) {
    Effect::new(move |last: Option<bool>| {
        let is_there = !plans.read().is_empty();
        if is_there && last == Some(false) {
            let dialog = document().query_selector("dialog.act").ok().flatten();
            let dialog = dialog.and_then(|dialog| dialog.dyn_into().ok());
            request_animation_frame(move || dialog.iter().for_each(focus_first));
        }
        is_there || last == Some(true)
    });
}

/// All that must hold before anything is sent.
#[derive(Clone, Copy)]
struct SendChecks {
    runner: BatchRunner,
    desired: Memo<Vec<Action>>,
    is_wrong: Signal<bool>,
    force: RwSignal<bool>,
    forces: Memo<Vec<String>>,
    name: Memo<Option<String>>,
    typed_name: RwSignal<String>,
}

impl SendChecks {
    /// Why nothing can be sent, in words; in none where they are elsewhere already.
    fn disabled_reason(self) -> Option<String> {
        let Self { runner, desired, is_wrong, force, forces, name, typed_name } = self;
        let BatchRunner { plans, is_current, .. } = runner;
        let say = |words: &str| Some(words.to_owned());
        if let Some(why) = action_store().disabled_reason() {
            return Some(text::checks::disabled_reason(&why));
        }
        if is_wrong.get() {
            return say("Something that was typed cannot be read.");
        }
        if let Some(fault) = desired.with(|actions| actions.iter().flat_map(Action::faults).next()) {
            return Some(text::actions::form_error(&fault.wrong));
        }
        if desired.read().is_empty() {
            return say(text::actions::NOTHING_CHANGED);
        }
        // What was not read yet could not be reported from what another user changes now.
        let reads = desired.with(|actions| actions.iter().any(|action| !action.topics().is_empty()));
        if plans.with(|plans| plans.is_empty() || reads && plans.values().any(|preview| preview.asked.is_none())) {
            return say("Waiting for what stands now …");
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
            return say("Mesos would refuse this without force.");
        }
        let name = name.get()?;
        let typed = typed_name.get();
        // What cannot be seen cannot be typed: it may be typed as it is spelt out.
        let is_typed = [name.trim(), escaping::escape_invisible(name.trim()).as_ref()].contains(&typed.trim());
        (!is_typed).then(String::new)
    }
}

fn footer_text(run: &Batch, disabled_reason: Option<String>) -> String {
    let is_one = run.actions().len() == 1;
    // The progress of a single change is right above.
    let is_reported = is_one && run.executions().first().is_some_and(|execution| *execution.stage() != Stage::Review);
    match run.has_started() {
        true if is_reported => String::new(),
        true if !is_one => text::changes::so_far(run),
        _ => disabled_reason.unwrap_or_default(),
    }
}

/// What the button does that sends it.
fn word(run: &Batch, verb: &'static str) -> &'static str {
    let failed = run.failed();
    let stage = |at: &usize| run.executions().get(*at).map(|execution| execution.stage());
    match (failed.is_empty(), run.is_stopped()) {
        (_, true) => "Go on",
        (true, _) => verb,
        // Nothing of these was sent yet.
        _ if failed.iter().all(|at| matches!(stage(at), Some(Stage::Conflict(_)))) => "Send anyway",
        _ => "Try again",
    }
}

/// A field that is disabled while it is sent loses the focus, as does a button that has done its work: the next one gets it.
fn keep_the_focus(busy: Memo<bool>) {
    let focus = || {
        let inside = document().active_element().is_some_and(|at| at.matches("dialog *").unwrap_or(false));
        if !inside {
            focus_on("dialog.act footer .primary, dialog.act footer .tools .button:last-of-type");
        }
    };
    on_change(move || busy.get(), move |_| request_animation_frame(focus));
}

/// Of several, the others may go.
fn all_refused(plans: &Previews, all: usize) -> Option<String> {
    let refused: Vec<_> = plans.values().filter_map(|preview| preview.disabled_reason.as_ref()).collect();
    refused.first().filter(|_| refused.len() == all).map(|why| text::checks::disabled_reason(why))
}

fn changes_nothing(plans: &Previews) -> bool {
    plans.values().all(|preview| differences(&preview.current, &preview.desired).is_empty())
}

/// The name of what is lost; of several, how many are, without those that will be left alone.
fn name_to_type(actions: &[Action], plans: &Previews) -> Option<String> {
    let (one, many) = match actions.iter().find(|action| action.is_destructive())? {
        Action::Teardown(_) => ("framework", "frameworks"),
        Action::StartMaintenance(_) => ("machine", "machines"),
        _ => ("agent", "agents"),
    };
    if actions.len() == 1 {
        return plans.get(&0)?.name.clone();
    }
    let refused = plans.values().filter(|preview| preview.disabled_reason.is_some()).count();
    Some(number_of(actions.len().saturating_sub(refused), one, many))
}

/// What can be done next, of one that is done: it can be put back.
fn undo_button(is_over: bool, sights: Memo<Vec<ExecutionReport>>, run: RwSignal<Batch>) -> Option<AnyView> {
    let back = sights.with(|sights| match sights.as_slice() {
        [one] => one.back.clone(),
        _ => None,
    });
    let actions = action_store();
    back.filter(|_| is_over).map(|action| {
        let put_back = move |_| {
            let subject = run.with_untracked(|run| run.subject(0).map(str::to_owned));
            actions.give_up();
            actions.propose(Proposal::Undo(action.clone(), subject));
        };
        view! { <button class="button" on:click=put_back>"Put back …"</button> }.into_any()
    })
}

fn one(sight: &ExecutionReport) -> AnyView {
    let why = sight.disabled_reason.as_ref().map(|why| {
        view! { <p class="stage" data-tone="bad"><span class="state" data-tone="bad">{text::checks::disabled_reason(why)}</span><small class="dim">{text::checks::source(why)}</small></p> }
    });
    let table = (!sight.differences.is_empty()).then(|| differences_table(&sight.differences, sight.is_sent));
    // Once it is on its way, what it does is reported as it happens.
    let follows = sight.draining.as_ref().map_or_else(|| effects(&sight.effects), draining_view);
    view! { {why}{table}{follows} }.into_any()
}

/// The run's own, as its plans are: the form may say less by now.
fn first_request(run: RwSignal<Batch>, plans: Memo<Previews>, is_wrong: Signal<bool>) -> impl Fn() -> Option<AnyView> {
    let asked = Memo::new(move |_| run.with(|run| run.actions().to_vec()));
    move || {
        asked.with(|actions| {
            actions.first().filter(|_| !is_wrong.get()).map(|action| request(action, actions, plans.read().get(&0)))
        })
    }
}

fn request(action: &Action, of: &[Action], preview: Option<&Preview>) -> AnyView {
    let removal = preview.and_then(|preview| preview.removal.as_ref());
    let title = match of.len() {
        1 => "The request".to_owned(),
        many => format!("The first of {} requests", text::count(many as u64)),
    };
    view! { <details class="requests"><summary>{title}" "<span class="mono dim">{action.call()}</span></summary>{request_view(action, removal)}</details> }
        .into_any()
}

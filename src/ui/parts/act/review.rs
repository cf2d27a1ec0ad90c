//! What stands between a form and the cluster: what will change, what follows for whom, the request itself, and how far it is.

use leptos::prelude::*;
use mesoscope::act::{Act, Difference, Outcome, Plan, Run, Stage, differences};
use mesoscope::order;
use mesoscope::text;

use super::effects::effects;
use super::runner::Runner;
use super::stage::{says, stage};
use super::words::{differences_table, request_view};
use super::{Form, words};
use crate::ui::acts::acts;

/// Of many changes so many are shown in full.
const SHOWN: usize = 200;
/// And of their effects so many.
const ALIKE: usize = 8;

/// The form, what it will do, and the button that sends it.
#[component]
pub(super) fn Review(form: Form) -> impl IntoView {
    let Form { verb, acts: typed, faults, pace, view, refusal, .. } = form;
    let force = RwSignal::new(false);
    let wanted = Memo::new(move |_| {
        let force = force.get();
        typed.get().into_iter().map(|act| if force { act.forced().unwrap_or(act) } else { act }).collect::<Vec<Act>>()
    });
    let runner = Runner::new(wanted.into(), pace);
    let Runner { run, plans, .. } = runner;
    Effect::new(move |_| refusal.set(refused(&run.read())));
    let forces =
        Memo::new(move |_| plans.with(|plans| plans.iter().flat_map(|plan| plan.forces.clone()).collect::<Vec<_>>()));
    let name = Memo::new(move |_| plans.with(|plans| wanted.with(|acts| name_to_type(acts, plans))));
    let typed_name = RwSignal::new(String::new());
    let busy = Memo::new(move |_| run.read().is_busy());
    let formal = Memo::new(move |_| {
        wanted.with(|acts| acts.iter().flat_map(Act::faults).map(|fault| fault.words).collect::<Vec<_>>())
    });
    let why_not = Memo::new(move |_| {
        let closed = acts().closed().map(|why| why.words);
        let faults =
            || faults.with(|faults| faults.first().cloned()).or_else(|| formal.with(|faults| faults.first().cloned()));
        let missing = || {
            let words =
                if wanted.read().is_empty() { "Nothing is changed." } else { "Waiting for what stands now …" };
            plans.read().is_empty().then(|| words.to_owned())
        };
        let refused = || plans.with(|plans| all_refused(plans));
        let nothing = || plans.with(|plans| changes_nothing(plans)).then(|| "Nothing is changed.".to_owned());
        let forced =
            || (!forces.read().is_empty() && !force.get()).then(|| "Mesos would refuse this without force.".to_owned());
        let unnamed = || {
            let name = name.get()?;
            (typed_name.get().trim() != name).then(String::new)
        };
        closed.or_else(faults).or_else(missing).or_else(refused).or_else(nothing).or_else(forced).or_else(unnamed)
    });
    let is_over = Memo::new(move |_| {
        run.with(|run| run.has_begun() && !run.is_busy() && !run.is_stopped() && run.failed().is_empty())
    });
    let send = move |_| {
        if !busy.get_untracked() && why_not.read_untracked().is_none() {
            runner.go();
        }
    };
    let close = move |_| {
        let acts = acts();
        acts.shown.set(false);
        if acts.progress.get_untracked().is_none() {
            acts.proposal.set(None);
        }
    };
    let word = move || match (busy.get(), run.with(|run| !run.failed().is_empty()), run.with(Run::is_stopped)) {
        (true, ..) => "On its way …",
        (_, true, false) => "Try again",
        (_, _, true) => "Go on",
        _ => verb,
    };
    let is_grave = move || wanted.with(|acts| acts.iter().any(Act::is_destructive)) || force.get();
    view! {
        <div class="act-body">
            <fieldset class="form" disabled=busy>{view}</fieldset>
            {move || (run.with(|run| run.acts().len() <= 1)).then(|| plans.with(|plans| plans.first().map(one)))}
            {move || (run.with(|run| run.acts().len() > 1)).then(|| many(runner))}
            <Show when=move || !forces.read().is_empty()>
                <div class="force">
                    <p>"Mesos refuses this unless it is forced:"</p>
                    <ul>{move || forces.get().into_iter().map(|words| view! { <li>{words}</li> }).collect_view()}</ul>
                    <label><input type="checkbox" prop:checked=force on:change=move |event| force.set(event_target_checked(&event))/>"Force it past these checks"</label>
                </div>
            </Show>
            {move || wanted.with(|acts| acts.first().filter(|_| formal.read().is_empty()).map(|act| request(act, acts.len())))}
            {move || run.with(|run| (run.acts().len() == 1).then(|| plans.with(|plans| {
                run.courses().first().map(|course| stage(course.stage(), run.is_done(0), plans.first()))
            })))}
        </div>
        <footer>
            <Show when=move || name.read().is_some() && !is_over.get()>
                <label class="name">{move || format!("Type “{}” to say that you mean it", name.get().unwrap_or_default())}
                    <input type="text" autocomplete="off" spellcheck="false" prop:value=typed_name disabled=busy on:input=move |event| typed_name.set(event_target_value(&event))/>
                </label>
            </Show>
            <p class="dim" role="status">{move || says_at_the_foot(&run.read(), why_not.get())}</p>
            <div class="tools">
                <Show when=move || busy.get() && run.with(|run| run.acts().len() > 1)><button class="button" on:click=move |_| runner.stop()>"Stop after these"</button></Show>
                <button class="button" on:click=close>{move || if busy.get() { "Hide" } else if is_over.get() { "Close" } else { "Cancel" }}</button>
                <Show when=move || !is_over.get()>
                    <button class="button primary" data-grave=move || is_grave().then_some("") aria-disabled=move || (busy.get() || why_not.read().is_some()).then_some("true") on:click=send>{word}</button>
                </Show>
            </div>
        </footer>
    }
}

fn says_at_the_foot(run: &Run, why_not: Option<String>) -> String {
    let count = run.acts().len();
    match run.courses().first() {
        Some(course) if count == 1 && run.has_begun() && !matches!(course.stage(), Stage::Review) => {
            says(course.stage(), run.is_done(0)).1
        }
        _ if run.has_begun() && count > 1 => {
            let failed = match run.failed().len() {
                0 => String::new(),
                failed => format!(", {} failed", text::count(failed as u64)),
            };
            format!("{} of {}{failed}", text::count(run.over() as u64), text::count(count as u64))
        }
        _ => why_not.unwrap_or_default(),
    }
}

fn refused(run: &Run) -> Option<String> {
    run.courses().iter().find_map(|course| match course.stage() {
        Stage::Over(Outcome::Refused(_, words)) => Some(words.clone()),
        _ => None,
    })
}

/// Of several, the others may go.
fn all_refused(plans: &[Plan]) -> Option<String> {
    let first = plans.iter().find_map(|plan| plan.why_not.as_ref())?;
    plans.iter().all(|plan| plan.why_not.is_some()).then(|| first.words.clone())
}

fn changes_nothing(plans: &[Plan]) -> bool {
    plans.iter().all(|plan| differences(&plan.stands, &plan.wanted).is_empty())
}

fn name_to_type(acts: &[Act], plans: &[Plan]) -> Option<String> {
    match (acts.iter().filter(|act| act.is_destructive()).count(), acts.len()) {
        (0, _) => None,
        (_, 1) => plans.first()?.name.clone(),
        (_, many) => Some(format!("{many} agents")),
    }
}

fn one(plan: &Plan) -> AnyView {
    let rows = differences(&plan.stands, &plan.wanted);
    let why = plan.why_not.as_ref().map(|why| {
        view! { <p class="stage" data-tone="bad"><span class="state" data-tone="bad">{why.words.clone()}</span><small class="dim">{why.source.clone()}</small></p> }
    });
    let table = (!rows.is_empty()).then(|| differences_table(&rows));
    view! { {why}{table}{effects(&plan.effects)} }.into_any()
}

/// A row for each change, with how far it is; and the effects of all.
fn many(runner: Runner) -> AnyView {
    let Runner { run, plans, .. } = runner;
    let rows = move || {
        let (run, plans) = (run.read(), plans.read());
        let line = |(at, act): (usize, &Act)| {
            let plan = plans.get(at);
            let difference: Option<Difference> =
                plan.and_then(|plan| differences(&plan.stands, &plan.wanted).into_iter().next());
            let name = plan
                .and_then(|plan| plan.stands.first())
                .map_or_else(|| words::act_title(act), |entry| words::key(&entry.key));
            let (tone, says) =
                run.courses().get(at).map(|course| says(course.stage(), run.is_done(at))).unwrap_or_default();
            let says = if says.is_empty() {
                plan.and_then(|plan| plan.why_not.as_ref()).map(|why| why.words.clone()).unwrap_or_default()
            } else {
                says
            };
            let value = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
            let (before, after) =
                difference.map_or((String::new(), String::new()), |row| (value(row.before), value(row.after)));
            view! { <tr><th scope="row">{name}</th><td>{before}</td><td class="after">{after}</td><td class="wrap"><span class="state" data-tone=tone>{says}</span></td></tr> }
        };
        run.acts().iter().enumerate().take(SHOWN).map(line).collect_view()
    };
    let rest = move || {
        let rest = run.read().acts().len().saturating_sub(SHOWN);
        (rest > 0).then(|| view! { <p class="dim">{format!("and {} more", text::count(rest as u64))}</p> })
    };
    let gravest = move || {
        let all: Vec<_> = plans.with(|plans| plans.iter().flat_map(|plan| plan.effects.clone()).collect());
        let sorted = order::sorted(all, |a, b| b.tone.cmp(&a.tone).then_with(|| a.words.cmp(&b.words)));
        let mut once: Vec<mesoscope::act::Effect> = Vec::new();
        for effect in sorted {
            let at = once.iter().position(|known| known.words == effect.words);
            if let Some(known) = at.and_then(|at| once.get_mut(at)) {
                known.more += 1 + effect.more;
            } else if once.len() < ALIKE {
                once.push(effect);
            }
        }
        effects(&once)
    };
    view! {
        {gravest}
        <div class="scroll-x run" tabindex="0" role="group" aria-label="Each change"><table class="plain changes">
            <thead><tr><th>"Of"</th><th>"Now"</th><th>"Then"</th><th>"How far"</th></tr></thead>
            <tbody>{rows}</tbody></table></div>
        {rest}
    }
    .into_any()
}

fn request(act: &Act, of: usize) -> AnyView {
    let title =
        if of == 1 { "The request".to_owned() } else { format!("The first of {} requests", text::count(of as u64)) };
    view! { <details class="requests"><summary>{title}" "<span class="mono dim">{act.call()}</span></summary>{request_view(act)}</details> }
        .into_any()
}

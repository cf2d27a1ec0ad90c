//! Several changes at once: a row for each, with how far it is, those that failed first; and what follows from all of them.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::effects::gravest;
use mesoscope_core::actions::execution::Stage;
use mesoscope_core::actions::plan::{Effect, PlanValue};
use mesoscope_core::base::order;
use mesoscope_core::text;

use super::draining::in_a_row;
use super::effects::effects;
use super::runner::Runner;
use super::stage::says_in_a_row;
use super::words;

/// So many rows are drawn, and so many more at each request.
const ROWS: usize = 200;
/// So many effects are listed.
const EFFECTS: usize = 8;

pub(super) fn many(runner: Runner) -> AnyView {
    let Runner { run, plans, .. } = runner;
    let most = RwSignal::new(ROWS);
    let lines = move || {
        let run = run.read();
        let failed = run.failed();
        let rank = |at: usize| match run.courses().get(at).map(|course| course.stage()) {
            _ if failed.contains(&at) => 0,
            Some(Stage::Over(_)) => 3,
            Some(Stage::Review) | None => 2,
            Some(_) => 1,
        };
        let places: Vec<usize> = (0..run.acts().len()).collect();
        let places = order::sorted(places, |a, b| rank(*a).cmp(&rank(*b)).then_with(|| a.cmp(b)));
        places.into_iter().take(most.get()).filter_map(|at| Some(line(runner, at, run.acts().get(at)?))).collect_view()
    };
    let rest = move || {
        let rest = run.read().acts().len().saturating_sub(most.get());
        (rest > 0).then(|| {
            let more = move |_| most.update(|most| *most += ROWS);
            view! { <button class="text-button" type="button" on:click=more>{format!("{} more", text::count(rest as u64))}</button> }
        })
    };
    let over = move || {
        run.with(|run| {
            run.has_started().then(|| {
                view! { <progress class="wide" max=run.acts().len() value=run.over() aria-label="How many are over"></progress> }
            })
        })
    };
    let gravest = move || {
        // Of those that were sent nothing is still to come.
        let all = run.with(|run| {
            plans
                .with(|plans| plans.iter().flat_map(|(at, plan)| run.sight(*at, plan).effects).collect::<Vec<Effect>>())
        });
        effects(&gravest(all, EFFECTS, text::actions::impact))
    };
    let heads = move || words::heads(run.read().has_started());
    view! {
        {gravest}
        {move || partly(plans.read().len(), run.read().acts().len())}
        {over}
        <div class="scroll-x run" tabindex="0" role="group" aria-label="Each change"><table class="plain changes">
            <thead><tr><th>"Of"</th><th>{move || heads().0}</th><th>{move || heads().1}</th><th>"How far"</th></tr></thead>
            <tbody>{lines}</tbody></table></div>
        {rest}
    }
    .into_any()
}

/// What is said where not all plans are known.
fn partly(known: usize, all: usize) -> Option<AnyView> {
    (0 < known && known < all).then(|| {
        let words = format!(
            "What follows was worked out for the next {} of {}; of each it is worked out again right before it is sent.",
            text::count(known as u64),
            text::count(all as u64)
        );
        view! { <p class="dim">{words}</p> }.into_any()
    })
}

fn line(runner: Runner, at: usize, act: &Action) -> AnyView {
    let (run, plans) = (runner.run.read(), runner.plans.read());
    let plan = plans.get(&at);
    let of = plan.and_then(|plan| plan.desired.first()).map(|entry| words::key(&entry.key));
    // What is gone keeps the name that it had.
    let name = run.subject(at).map(str::to_owned).or(of).unwrap_or_else(|| text::changes::title(act, None));
    let (tone, says) =
        run.courses().get(at).map(|course| says_in_a_row(course.stage(), run.is_done(at), plan)).unwrap_or_default();
    let draining = plan.and_then(|plan| plan.draining.as_ref()).filter(|_| matches!(tone, "busy"));
    let says = draining.map_or(says, in_a_row);
    let sight = plan.map(|plan| run.sight(at, plan)).unwrap_or_default();
    let says =
        if says.is_empty() { sight.why_not.as_ref().map(text::checks::why_not).unwrap_or_default() } else { says };
    let difference = sight.differences.into_iter().next();
    let value = |value: Option<PlanValue>| words::value(value.as_ref());
    let (before, after) =
        difference.map_or((String::new(), String::new()), |row| (value(row.before), value(row.after)));
    view! { <tr><th scope="row">{name}</th><td>{before}</td><td class="after">{after}</td><td class="wrap"><span class="state" data-tone=tone>{says}</span></td></tr> }
        .into_any()
}

//! Review of several changes: one row each with its progress, failures first, and the combined impact.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::effects::gravest;
use mesoscope_core::actions::execution::Stage;
use mesoscope_core::actions::preview::{Impact, PreviewValue};
use mesoscope_core::base::order;
use mesoscope_core::text;

use super::drain_progress::drain_text_in_table;
use super::effects::effects;
use super::runner::BatchRunner;
use super::stage::stage_text_in_table;
use super::texts;

/// Rows drawn at first, and added per request.
const ROWS: usize = 200;
/// Maximum number of listed effects.
const EFFECTS: usize = 8;

pub(super) fn batch_review(runner: BatchRunner) -> AnyView {
    let BatchRunner { run, plans, .. } = runner;
    let most = RwSignal::new(ROWS);
    let lines = move || {
        let run = run.read();
        let failed = run.failed();
        let rank = |at: usize| match run.executions().get(at).map(|execution| execution.stage()) {
            _ if failed.contains(&at) => 0,
            Some(Stage::Over(_)) => 3,
            Some(Stage::Review) | None => 2,
            Some(_) => 1,
        };
        let places: Vec<usize> = (0..run.actions().len()).collect();
        let places = order::sorted(places, |a, b| rank(*a).cmp(&rank(*b)).then_with(|| a.cmp(b)));
        places
            .into_iter()
            .take(most.get())
            .filter_map(|at| Some(line(runner, at, run.actions().get(at)?)))
            .collect_view()
    };
    let rest = move || {
        let rest = run.read().actions().len().saturating_sub(most.get());
        (rest > 0).then(|| {
            let more = move |_| most.update(|most| *most += ROWS);
            view! { <button class="text-button" type="button" on:click=more>{format!("{} more", text::count(rest as u64))}</button> }
        })
    };
    let over = move || {
        run.with(|run| {
            run.has_started().then(|| {
                view! { <progress class="wide" max=run.actions().len() value=run.over() aria-label="How many are over"></progress> }
            })
        })
    };
    let gravest = move || {
        // Changes that were sent have no effects left to preview.
        let all = run.with(|run| {
            plans.with(|plans| {
                plans.iter().flat_map(|(at, preview)| run.sight(*at, preview).effects).collect::<Vec<Impact>>()
            })
        });
        effects(&gravest(all, EFFECTS, text::actions::impact))
    };
    let heads = move || texts::column_headings(run.read().has_started());
    view! {
        {gravest}
        {move || partly(plans.read().len(), run.read().actions().len())}
        {over}
        <div class="scroll-x run" tabindex="0" role="group" aria-label="Each change"><table class="plain changes">
            <thead><tr><th>"Of"</th><th>{move || heads().0}</th><th>{move || heads().1}</th><th>"How far"</th></tr></thead>
            <tbody>{lines}</tbody></table></div>
        {rest}
    }
    .into_any()
}

/// Notice that previews of some changes are still missing.
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

fn line(runner: BatchRunner, at: usize, action: &Action) -> AnyView {
    let (run, plans) = (runner.run.read(), runner.plans.read());
    let preview = plans.get(&at);
    let of = preview.and_then(|preview| preview.desired.first()).map(|entry| texts::key(&entry.key));
    // A removed object keeps its last known name.
    let name = run.subject(at).map(str::to_owned).or(of).unwrap_or_else(|| text::action_progress::title(action, None));
    let (tone, says) = run
        .executions()
        .get(at)
        .map(|execution| stage_text_in_table(execution.stage(), run.is_done(at), preview))
        .unwrap_or_default();
    let draining = preview.and_then(|preview| preview.draining.as_ref()).filter(|_| matches!(tone, "busy"));
    let says = draining.map_or(says, drain_text_in_table);
    let sight = preview.map(|preview| run.sight(at, preview)).unwrap_or_default();
    let says = if says.is_empty() {
        sight.disabled_reason.as_ref().map(text::checks::disabled_reason).unwrap_or_default()
    } else {
        says
    };
    let difference = sight.differences.into_iter().next();
    let value = |value: Option<PreviewValue>| texts::value(value.as_ref());
    let (before, after) =
        difference.map_or((String::new(), String::new()), |row| (value(row.before), value(row.after)));
    view! { <tr><th scope="row">{name}</th><td>{before}</td><td class="after">{after}</td><td class="wrap"><span class="state" data-tone=tone>{says}</span></td></tr> }
        .into_any()
}

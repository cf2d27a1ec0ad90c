//! Review of several changes: their sum, then one row each with its progress, failures first.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::batch::{Batch, Previews};
use mesoscope_core::actions::bulk_impact::BulkImpact;
use mesoscope_core::actions::effects::gravest;
use mesoscope_core::actions::execution::{Outcome, Stage};
use mesoscope_core::actions::preview::PreviewValue;
use mesoscope_core::base::order;
use mesoscope_core::text;
use mesoscope_core::text::dialogs;

use super::bulk_impact::{placement, total};
use super::drain_progress::drain_text_in_table;
use super::effects::effects_of_several;
use super::runner::BatchRunner;
use super::stage::stage_text_in_table;
use super::texts;

/// Rows drawn at first, and added per request.
const ROWS: usize = 200;
/// Maximum number of listed effects.
const EFFECTS: usize = 8;

pub(super) fn batch_review(runner: BatchRunner, sum: Memo<Option<BulkImpact>>, is_over: Memo<bool>) -> AnyView {
    let BatchRunner { run, plans, .. } = runner;
    let most = RwSignal::new(ROWS);
    let columns = move |run: &Batch| {
        // What happens to a reservation is in its name, with all amounts.
        let is_named = matches!(run.actions().first(), Some(Action::Reservation(_)));
        Columns { counts: sum.read().is_some(), plan: !is_over.get() && !is_named }
    };
    let lines = move || {
        let run = run.read();
        let failed = run.failed();
        let rank = |at: usize| match run.executions().get(at).map(|execution| execution.stage()) {
            _ if failed.contains(&at) => 0,
            Some(Stage::Over(Outcome::Started)) if !run.is_done(at) => 1,
            Some(Stage::Over(_)) => 3,
            Some(Stage::Review) | None => 2,
            Some(_) => 1,
        };
        let places: Vec<usize> = (0..run.actions().len()).collect();
        let places = order::sorted(places, |a, b| rank(*a).cmp(&rank(*b)).then_with(|| a.cmp(b)));
        let columns = columns(&run);
        places
            .into_iter()
            .take(most.get())
            .filter_map(|at| Some(line(runner, at, run.actions().get(at)?, columns)))
            .collect_view()
    };
    let rest = move || {
        let rest = run.read().actions().len().saturating_sub(most.get());
        (rest > 0).then(|| {
            let more = move |_| most.update(|most| *most += ROWS);
            view! { <button class="text-button" type="button" on:click=more>{dialogs::more(rest as u64)}</button> }
        })
    };
    let over = move || {
        run.with(|run| {
            (run.has_started() && !is_over.get()).then(|| {
                view! { <progress class="wide" max=run.actions().len() value=run.over() aria-label="Progress"></progress> }
            })
        })
    };
    let heads = move || {
        run.with(|run| {
            run.actions().first().map(|action| heads(action, columns(run), run.has_started(), is_over.get()))
        })
    };
    view! {
        {move || sum.read().as_ref().filter(|_| !run.read().has_started()).map(total)}
        {move || sum.read().as_ref().filter(|_| !run.read().has_started())?.placement.as_ref().map(placement)}
        {move || run.with(|run| plans.with(|plans| gravest_effects(run, plans)))}
        {move || partly(plans.read().len(), run.read().actions().len())}
        {over}
        <div class="scroll-x run" tabindex="0" role="group" aria-label="Each change"><table class="plain changes">
            <thead>{heads}</thead>
            <tbody>{lines}</tbody></table></div>
        {rest}
    }
    .into_any()
}

/// Effects besides those on tasks. Changes that were sent have none left to preview.
fn gravest_effects(run: &Batch, plans: &Previews) -> AnyView {
    let all = plans.iter().flat_map(|(at, preview)| run.sight(*at, preview).effects).collect();
    effects_of_several(&gravest(all, EFFECTS, text::actions::impact))
}

/// Optional columns of the table.
#[derive(Clone, Copy)]
struct Columns {
    /// Number of tasks, and of their owners.
    counts: bool,
    /// Current and new value.
    plan: bool,
}

fn heads(action: &Action, columns: Columns, is_sent: bool, is_over: bool) -> AnyView {
    let (before, after) = texts::column_headings(is_sent);
    let counts = columns.counts.then(|| {
        view! { <th class="count">"Tasks"</th><th class="count owners">{dialogs::owners_heading(action)}</th> }
    });
    let plan = columns.plan.then(|| view! { <th class="before">{before}</th><th class="after">{after}</th> });
    let last = if is_over { "Result" } else { "Progress" };
    view! { <tr><th>{dialogs::subject_heading(action)}</th>{counts}{plan}<th>{last}</th></tr> }.into_any()
}

/// Notice that previews of some changes are still missing.
fn partly(known: usize, all: usize) -> Option<AnyView> {
    (0 < known && known < all).then(|| view! { <p class="dim">{dialogs::previewed(known, all)}</p> }.into_any())
}

fn line(runner: BatchRunner, at: usize, action: &Action, columns: Columns) -> AnyView {
    let (run, plans) = (runner.run.read(), runner.plans.read());
    let preview = plans.get(&at);
    let of = preview.and_then(|preview| preview.desired.first()).map(|entry| texts::key(&entry.key));
    // A removed object keeps its last known name. An agent has several containers, reservations and volumes.
    let name = match action {
        Action::Container(_) | Action::Reservation(_) => text::action_progress::title(action, run.subject(at)),
        _ => run.subject(at).map(str::to_owned).or(of).unwrap_or_else(|| text::action_progress::title(action, None)),
    };
    let (tone, says) = run
        .executions()
        .get(at)
        .map(|execution| stage_text_in_table(execution.stage(), run.is_done(at), preview))
        .unwrap_or_default();
    let draining = preview.and_then(|preview| preview.draining.as_ref()).filter(|_| matches!(tone, "busy"));
    let says = draining.map_or(says, drain_text_in_table);
    let ended = run.ended_tasks_at(at, &plans).filter(|_| run.is_done(at));
    let ended = ended.map(|tasks| view! { <span class="dim">" "{text::action_progress::ended_tasks(&tasks)}</span> });
    let sight = preview.map(|preview| run.sight(at, preview)).unwrap_or_default();
    let says = if says.is_empty() {
        sight.disabled_reason.as_ref().map(text::checks::disabled_reason).unwrap_or_default()
    } else {
        says
    };
    // Without a word there is nothing to mark.
    let says = (!says.is_empty()).then(|| view! { <span class="state" data-tone=tone>{says}</span> });
    let difference = sight.differences.into_iter().next();
    let value = |value: Option<PreviewValue>| texts::value(value.as_ref());
    let (before, after) =
        difference.map_or((String::new(), String::new()), |row| (value(row.before), value(row.after)));
    let counts = columns.counts.then(|| {
        let affected = run.affected(at).or_else(|| preview?.affected);
        let owners = |tasks: mesoscope_core::actions::preview::AffectedTasks| {
            if matches!(action, Action::Teardown(_)) { tasks.agents } else { tasks.frameworks }
        };
        let number = |number: Option<u32>| number.map(|number| text::count(u64::from(number)));
        view! { <td class="count">{number(affected.map(|it| it.tasks))}</td><td class="count owners">{number(affected.map(owners))}</td> }
    });
    let plan = columns.plan.then(|| view! { <td class="before">{before}</td><td class="after">{after}</td> });
    view! { <tr><th scope="row">{name}</th>{counts}{plan}<td class="wrap">{says}{ended}</td></tr> }.into_any()
}

//! Table of the tree of containers: the first rows, a filter over all, and a button for more.

use leptos::prelude::*;
use mesoscope_core::text::tables;
use mesoscope_core::views::containers::{ContainerRow, ContainersReport, visible};

use super::row::ContainerRowView;
use super::state::{ContainerPanel, ContainerPath};
use crate::parts::data_age::EmptyAgentList;

/// Number of rows that are drawn at first, and that each request adds.
const ROWS: usize = 60;
const MORE: usize = 200;

/// The table, or that there is none.
pub(super) fn tree_view(panel: ContainerPanel) -> AnyView {
    let none = Memo::new(move |_| panel.rows.with(Vec::is_empty));
    (move || match none.get() {
        true => view! { <EmptyAgentList words="No container runs here."/> }.into_any(),
        false => table(panel),
    })
    .into_any()
}

fn table(panel: ContainerPanel) -> AnyView {
    let (sought, most) = (RwSignal::new(String::new()), RwSignal::new(ROWS));
    let fitting = Memo::new(move |_| {
        let sought = sought.read().to_lowercase();
        let matches = |row: &ContainerRow| words(panel, row).contains(&sought);
        let filter: Option<&dyn Fn(&ContainerRow) -> bool> = if sought.is_empty() { None } else { Some(&matches) };
        panel.rows.with(|rows| visible(rows, &panel.collapsed.read(), filter))
    });
    let shown = Memo::new(move |_| fitting.with(|rows| rows.iter().take(most.get()).cloned().collect::<Vec<_>>()));
    let keys = move || shown.with(|rows| rows.iter().map(|row| (row.path.clone(), row.depth)).collect::<Vec<_>>());
    let has_network = Memo::new(move |_| {
        let measured =
            |report: &ContainersReport| report.listed.iter().any(|container| container.usage.network.is_some());
        panel.source.report.with(measured).unwrap_or_default()
    });
    let row =
        move |(path, depth): (ContainerPath, usize)| view! { <ContainerRowView panel shown path depth has_network/> };
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-label="Containers, listed">
            <table class="plain containers" role="treegrid" aria-label="Tree of containers">
                <thead><tr><th>"Container"</th><th class="num">"CPUs in use"</th><th class="num">"Memory in use"</th><th class="num">"Disk in use"</th>
                    <th class="num" hidden=move || !has_network.get()>"Network"</th><th>"Sandbox"</th><th><span class="unseen">"Details"</span></th></tr></thead>
                <tbody><For each=keys key=Clone::clone children=row/></tbody>
            </table>
        </div>
        {tools(panel, fitting, sought, most)}
    }
    .into_any()
}

/// Words that a filter finds a container by, in lower case.
fn words(panel: ContainerPanel, row: &ContainerRow) -> String {
    let executor =
        panel.source.report.with(|report| report.find(&row.path).map(|found| found.executor.clone())).flatten();
    let task = panel.source.inside.with(|inside| {
        let task = inside.get(row.path.last()?)?;
        Some(format!("{} {}", task.task, task.name))
    });
    let words = [row.path.join(" "), executor.unwrap_or_default(), task.unwrap_or_default()];
    words.join(" ").to_lowercase()
}

/// Filter and number of rows of a long tree.
fn tools(
    panel: ContainerPanel,
    fitting: Memo<Vec<ContainerRow>>,
    sought: RwSignal<String>,
    most: RwSignal<usize>,
) -> impl IntoView {
    let is_long = Memo::new(move |_| panel.rows.with(Vec::len) > ROWS);
    let counts = move || {
        let fits = fitting.read().len();
        let filtered = (!sought.read().is_empty()).then_some(fits);
        tables::shown_of(fits.min(most.get()), filtered, panel.rows.with(Vec::len), false)
    };
    let more = move || {
        let fits = fitting.read().len();
        let rest = fits.saturating_sub(most.get());
        (rest > 0).then(|| {
            let words = tables::show_more(rest, fits, MORE);
            view! { <button class="text-button" type="button" on:click=move |_| most.update(|most| *most += MORE)>{words}</button> }
        })
    };
    move || {
        is_long.get().then(|| {
            view! {
                <div class="long-tools">
                    <span class="dim" role="status">{counts}</span>
                    <input class="inline" type="search" aria-label="Filter containers" placeholder="Filter" autocomplete="off" spellcheck="false"
                        prop:value=sought on:input=move |event| sought.set(event_target_value(&event))/>
                    {more}
                </div>
            }
        })
    }
}

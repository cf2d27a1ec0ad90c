//! Map of all agents, one cell each, grouped by an attribute and coloured by state or allocation.
//!
//! The cell under the pointer is covered by a link; arrow keys move between cells.

mod paint;

use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use mesoscope_core::base::units::{Bytes, Quantities};
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::route::Route;
use mesoscope_core::text;
use mesoscope_core::views::agents::{AgentRow, AgentState};
use mesoscope_core::views::map::CellQuery;
use mesoscope_core::views::map::{AgentMap, ColourBy, MapQuery};
use mesoscope_core::views::map_layout::Layout;
use wasm_bindgen::JsCast;
use web_sys::{KeyboardEvent, PointerEvent};

use super::state_badges::agent_tone;
use crate::hooks::{on_layout, set_if_changed};
use crate::parts::data_age::EmptyMasterList;
use crate::storage::{load, save};
use crate::theme;
use crate::widgets::panel::EmptyState;
use crate::worker_link::link;

const GROUP: &str = "map.group";
const COLOUR: &str = "map.colour";

/// A cell: its group, and its index in the group.
type Cell = (u32, u32);

/// The map with its controls.
#[component]
pub(crate) fn Agents() -> impl IntoView {
    let chosen = load(COLOUR).and_then(|name| ColourBy::ALL.into_iter().find(|colour| colour.name() == name));
    let query = RwSignal::new(MapQuery {
        filter: String::new(),
        group: load(GROUP).unwrap_or_default(),
        colour: chosen.unwrap_or_default(),
    });
    let map = link().watch(move || query.get());
    let by = Memo::new(move |_| map.with(|map| map.as_ref().map(|map| map.by.clone()).unwrap_or_default()));
    let none = move || map.with(|map| map.as_ref().is_some_and(|map| map.groups.is_empty() && !map.arriving));
    let blank = move || blank(query.with(|query| query.filter.trim().is_empty()));
    view! {
        <div class="map-head">
            {colour_choice(query)}
            {group_choice(query, by)}
            <input type="search" class="inline wide" aria-label="Agents on the map" placeholder="rack:r1, free.cpus>8, role:web …" autocomplete="off" spellcheck="false"
                on:input=move |event| query.update(|query| query.filter = event_target_value(&event))/>
            {move || key(query.with(|query| query.colour))}
        </div>
        <Show when=move || !none() fallback=blank>
            <Cells query map/>
        </Show>
    }
}

fn blank(is_all: bool) -> AnyView {
    if is_all {
        view! { <EmptyMasterList list=FilteredList::Agents title="No agents" words="No agent is registered with this master."/> }.into_any()
    } else {
        view! { <EmptyState title="No matches" words="No agents match this filter."/> }.into_any()
    }
}

fn colour_choice(query: RwSignal<MapQuery>) -> impl IntoView {
    let choose = move |event| {
        let name = event_target_value(&event);
        let chosen = ColourBy::ALL.into_iter().find(|colour| colour.name() == name).unwrap_or_default();
        query.update(|query| query.colour = chosen);
        save(COLOUR, (chosen != ColourBy::State).then_some(chosen.name()));
    };
    let colours = ColourBy::ALL.map(|colour| {
        let selected = query.with_untracked(|query| query.colour == colour);
        view! { <option value=colour.name() selected=selected>{words(colour)}</option> }
    });
    view! { <label>"Colour "<select aria-label="Colour" on:change=choose>{colours}</select></label> }
}

fn group_choice(query: RwSignal<MapQuery>, by: Memo<Vec<String>>) -> impl IntoView {
    let choose = move |event| {
        query.update(|query| query.group = event_target_value(&event));
        query.with_untracked(|query| save(GROUP, Some(query.group.as_str()).filter(|group| !group.is_empty())));
    };
    let option = move |name: &str, words: String| {
        let selected = query.with_untracked(|query| query.group == name);
        view! { <option value=name.to_owned() selected=selected>{words}</option> }
    };
    let groups = move || {
        let mut by = by.get();
        // The chosen attribute stays an option even if no agent has it now.
        query.with_untracked(|query| {
            if !query.group.is_empty() && !by.contains(&query.group) {
                by.push(query.group.clone())
            }
        });
        by.iter().map(|name| option(name, name.clone())).collect_view()
    };
    view! { <label>"Group by "<select aria-label="Group by" on:change=choose>{option("", "nothing".to_owned())}{groups}</select></label> }
}

const fn words(colour: ColourBy) -> &'static str {
    match colour {
        ColourBy::State => "state",
        ColourBy::Cpus => "CPUs allocated",
        ColourBy::Mem => "memory allocated",
        ColourBy::Disk => "disk allocated",
        ColourBy::Gpus => "GPUs allocated",
    }
}

const STATES: [AgentState; 7] = [
    AgentState::Active,
    AgentState::Deactivated,
    AgentState::Draining,
    AgentState::Drained,
    AgentState::Disconnected,
    AgentState::Recovered,
    AgentState::Unreachable,
];

/// Colour key; painting takes its colours from these swatches.
fn key(colour: ColourBy) -> AnyView {
    if colour == ColourBy::State {
        let states = STATES.map(|state| view! { <span data-tone=agent_tone(state)><i></i>{state.name()}</span> });
        return view! { <div class="map-key">{states.collect_view()}</div> }.into_any();
    }
    let steps = (0..10).map(|step| view! { <i data-step=step></i> });
    view! { <div class="map-key shares"><span><i data-step="none"></i>"none or unknown"</span><span>"0 % "{steps.collect_view()}" 100 %"</span></div> }.into_any()
}

#[component]
fn Cells(query: RwSignal<MapQuery>, map: ReadSignal<Option<AgentMap>>) -> impl IntoView {
    let (holder, canvas): (NodeRef<Div>, NodeRef<Canvas>) = (NodeRef::new(), NodeRef::new());
    let width = width_of(holder);
    let sizes = Memo::new(move |_| {
        map.with(|map| {
            let groups = map.iter().flat_map(|map| &map.groups);
            groups.map(|group| u32::try_from(group.cells.len()).unwrap_or(u32::MAX)).collect::<Vec<_>>()
        })
    });
    let layout = Memo::new(move |_| Layout::of(&sizes.read(), width.get().max(1.0)));
    paint_changes(query, map, (holder, canvas), layout, width);
    let pointed = RwSignal::new(None::<Cell>);
    let moved = move |event: PointerEvent| {
        let Some(place) = canvas.get_untracked().map(|canvas| canvas.get_bounding_client_rect()) else { return };
        let (x, y) = (f64::from(event.client_x()) - place.left(), f64::from(event.client_y()) - place.top());
        let cell = layout.with_untracked(|layout| layout.at(x, y));
        set_if_changed(pointed, cell);
    };
    let pressed = move |event: KeyboardEvent| go_on(&event, pointed, layout, holder);
    let of =
        move || map.with(|map| map.iter().flat_map(|map| &map.groups).map(|group| group.cells.len()).sum::<usize>());
    view! {
        <div class="map" node_ref=holder tabindex="0" role="group" aria-label=move || text::overview::map_label(of())
            on:keydown=pressed on:pointermove=moved on:pointerleave=move |_| pointed.set(None)>
            <canvas node_ref=canvas aria-hidden="true" style:width=move || format!("{}px", width.get()) style:height=move || format!("{}px", layout.read().height)></canvas>
            <Show when=move || pointed.read().is_some()><Pointed query pointed layout width/></Show>
        </div>
    }
}

/// Available width in pixels; 0 until known.
fn width_of(holder: NodeRef<Div>) -> RwSignal<f64> {
    let width = RwSignal::new(0.0);
    on_layout(holder, move || {
        let wide = holder.try_get_untracked().flatten().map_or(0.0, |holder| f64::from(holder.client_width()));
        if wide > 0.0 {
            set_if_changed(width, wide);
        }
    });
    width
}

/// Repaints the map when its data or layout change.
fn paint_changes(
    query: RwSignal<MapQuery>,
    map: ReadSignal<Option<AgentMap>>,
    (holder, canvas): (NodeRef<Div>, NodeRef<Canvas>),
    layout: Memo<Layout>,
    width: RwSignal<f64>,
) {
    let themes = theme::colour_changes();
    Effect::new(move |_| {
        themes.track();
        let (Some(canvas), Some(holder), true) = (canvas.get(), holder.get(), width.get() > 0.0) else { return };
        let Some(key) = holder.parent_element().and_then(|panel| panel.query_selector(".map-key").ok().flatten())
        else {
            return;
        };
        let colour = query.with(|query| query.colour);
        map.with(|map| {
            let map = map.as_ref()?;
            paint::paint(&canvas, &key, map, colour, &layout.read(), width.get())
        });
    });
}

/// Moves to the next cell by key, or opens the current one.
fn go_on(event: &KeyboardEvent, pointed: RwSignal<Option<Cell>>, layout: Memo<Layout>, holder: NodeRef<Div>) {
    let step = match event.key().as_str() {
        "ArrowRight" => (1, 0),
        "ArrowLeft" => (-1, 0),
        "ArrowDown" => (0, 1),
        "ArrowUp" => (0, -1),
        "Escape" => return pointed.set(None),
        "Enter" => return click_cell(holder),
        _ => return,
    };
    event.prevent_default();
    let now = pointed.get_untracked();
    let next = layout.with_untracked(|layout| now.map_or(Some((0, 0)), |cell| layout.next(cell, step)));
    pointed.set(next.or(now));
}

/// Follows the link over the current cell.
fn click_cell(holder: NodeRef<Div>) {
    let cell = holder.get_untracked().and_then(|holder| holder.query_selector("a.cell").ok().flatten());
    let cell = cell.and_then(|cell| cell.dyn_into::<web_sys::HtmlElement>().ok());
    cell.iter().for_each(web_sys::HtmlElement::click);
}

/// The link over the current cell, with its details.
#[component]
fn Pointed(
    query: RwSignal<MapQuery>,
    pointed: RwSignal<Option<Cell>>,
    layout: Memo<Layout>,
    width: RwSignal<f64>,
) -> impl IntoView {
    let answer = link().watch(move || {
        let (group, cell) = pointed.get().unwrap_or_default();
        CellQuery { map: query.get(), group, cell }
    });
    let agent = Memo::new(move |_| answer.get().flatten());
    let place = move || {
        let (group, number) = pointed.get()?;
        layout.with(|layout| layout.place(group, number).map(|(x, y)| (x, y, layout.step)))
    };
    let pixels = move |of: fn((f64, f64, f64)) -> f64| move || format!("{}px", place().map_or(0.0, of));
    let href = move || agent.with(|agent| agent.as_ref().map(|agent| Route::Agent(agent.id.clone()).to_string()));
    let name = move || agent.with(|agent| agent.as_ref().map(|agent| agent.hostname.clone()));
    let right = move || place().is_some_and(|(x, ..)| x > width.get() / 2.0);
    let side = move || {
        let (x, _, step) = place().unwrap_or_default();
        if right() { inset(None, Some(width.get() - x + 8.0)) } else { inset(Some(x + step + 8.0), None) }
    };
    view! {
        <a class="cell" href=href aria-label=name style:left=pixels(|(x, ..)| x - 2.0) style:top=pixels(|(_, y, _)| y - 2.0)
            style:width=pixels(|(.., step)| step + 2.0) style:height=pixels(|(.., step)| step + 2.0)></a>
        <div class="cell-card" role="status" style:inset=side style:top=pixels(|(_, y, _)| y)>{move || agent.get().map(card)}</div>
    }
}

/// Distances from the left and the right edge, in pixels.
fn inset(left: Option<f64>, right: Option<f64>) -> String {
    let side = |distance: Option<f64>| distance.map_or_else(|| "auto".to_owned(), |distance| format!("{distance}px"));
    ["auto".to_owned(), side(right), "auto".to_owned(), side(left)].join(" ")
}

fn card(agent: AgentRow) -> AnyView {
    let AgentRow { id, hostname, state, allocated, total, tasks, attributes, .. } = agent;
    let line = |name: &'static str, of: fn(Quantities) -> f64, words: fn(f64) -> String| {
        let [part, whole] =
            [allocated, total].map(|amounts| amounts.map_or_else(|| "?".to_owned(), |amounts| words(of(amounts))));
        let share = allocated.zip(total).map(|(part, whole)| text::percent(of(part), of(whole)));
        view! { <div><dt>{name}</dt><dd>{part}" of "{whole}<small>{share}</small></dd></div> }
    };
    let bytes = |bytes: f64| text::bytes_summed(Bytes::new(bytes as i64));
    view! {
        <b>{text::agents::name(&hostname, id.as_str())}</b><span class="state" data-tone=agent_tone(state)>{state.name()}</span>
        <dl>
            {line("CPUs", |of| of.cpus.as_f64(), text::amount)}
            {line("Memory", |of| of.mem.as_f64(), bytes)}
            {line("Disk", |of| of.disk.as_f64(), bytes)}
        </dl>
        <p class="dim">{text::plural(tasks, "live task", "live tasks")}</p>
        <p class="dim">{attributes}</p>
    }
    .into_any()
}

//! Panel of resources: a row each with its allocated share. The other amounts are in a tooltip that opens on hover and on focus.

use leptos::ev;
use leptos::prelude::*;
use mesoscope_core::base::units::Bytes;
use mesoscope_core::route::Route;
use mesoscope_core::text;
use mesoscope_core::text::overview;
use mesoscope_core::views::overview::Capacity;

use crate::hooks::on_window;
use crate::widgets::meter::Track;
use crate::widgets::panel::Panel;

/// One resource, with numbers for the bar and texts for the figures.
struct ResourceRow {
    allocated: f64,
    offered: f64,
    total: f64,
    /// Rounded: `1 094 of 5 104`.
    figure: String,
    amounts: Vec<Amount>,
    /// Measured use; `None` without a measurement.
    in_use: Option<String>,
}

/// An exact amount of the tooltip.
struct Amount {
    name: &'static str,
    text: String,
    note: &'static str,
}

/// CPUs, memory and disk bytes in use, if measured.
pub(crate) type InUse = [Option<f64>; 3];

/// Pages with the agents that have most room, by the name of the resource.
pub(crate) type RoomLink = fn(&str) -> Route;

/// Renders the panel.
#[component]
pub(crate) fn CapacityPanel(
    title: &'static str,
    #[prop(into)] capacity: Signal<Option<Capacity>>,
    #[prop(optional, into)] in_use: Option<Signal<InUse>>,
    /// Number of agents with an unreadable amount.
    #[prop(optional)]
    unreadable_agents: Option<Memo<u32>>,
    /// Makes each row a link.
    #[prop(optional)]
    room: Option<RoomLink>,
) -> impl IntoView {
    let key = || {
        view! {
            <span class="key" data-key="allocated">"allocated"</span>
            <span class="key" data-key="offered">"offered"</span>
            <span class="key" data-key="free">"free"</span>
        }
    };
    // The rows stay while their figures change, so that an open tooltip and the focus stay, too.
    let row = move |at: usize| {
        let row = Signal::derive(move || {
            let capacity = capacity.get();
            let measured = in_use.map(|in_use| in_use.get()).unwrap_or_default();
            capacity.map(|capacity| resource(at, &capacity, measured))
        });
        resource_row(at, row, room)
    };
    let lacks = move || {
        let words = overview::sums_without_agents(unreadable_agents?.get())?;
        Some(view! { <p class="dim lacks">{words}</p> })
    };
    view! { <Panel title aside=key><ul class="capacity">{(0..NAMES.len()).map(row).collect_view()}</ul>{lacks}</Panel> }
}

const NAMES: [&str; 4] = ["CPUs", "Memory", "Disk", "GPUs"];
/// Names of the resources in filters and columns.
const FIELDS: [&str; 4] = ["cpus", "mem", "disk", "gpus"];

fn resource(at: usize, capacity: &Capacity, in_use: InUse) -> ResourceRow {
    let Capacity { total, allocated, offered, reserved, withheld } = *capacity;
    let all = [allocated, offered, total, reserved, withheld];
    let in_use = in_use.get(at).copied().flatten();
    match at {
        0 => amount(all.map(|of| of.cpus.as_f64()), in_use),
        1 => bytes(all.map(|of| of.mem), in_use),
        2 => bytes(all.map(|of| of.disk), in_use),
        _ => amount(all.map(|of| of.gpus.as_f64()), in_use),
    }
}

fn amount([allocated, offered, total, reserved, withheld]: [f64; 5], in_use: Option<f64>) -> ResourceRow {
    let in_use = in_use.map(|cpus| format!("{cpus:.2}"));
    let free = (total - allocated - offered).max(0.0);
    let texts = [allocated, offered, free, withheld, reserved, total].map(text::amount);
    let figure = overview::amount_of(allocated, total);
    let amounts = amounts(texts, [withheld > 0.0, reserved > 0.0], &in_use);
    ResourceRow { allocated, offered, total, figure, amounts, in_use }
}

fn bytes([allocated, offered, total, reserved, withheld]: [Bytes; 5], in_use: Option<f64>) -> ResourceRow {
    let in_use = in_use.map(|used| {
        let (number, unit) = text::bytes(Bytes::new(used as i64));
        format!("{number} {unit}")
    });
    let free = (total - allocated - offered).max(Bytes::new(0));
    let texts = [allocated, offered, free, withheld, reserved, total].map(text::bytes_summed);
    let figure = overview::bytes_of(allocated, total);
    let amounts = amounts(texts, [withheld.get() > 0, reserved.get() > 0], &in_use);
    let [allocated, offered, total] = [allocated, offered, total].map(Bytes::as_f64);
    ResourceRow { allocated, offered, total, figure, amounts, in_use }
}

/// The tooltip's amounts; zero amounts of what is rare are left out.
fn amounts(texts: [String; 6], [has_withheld, has_reserved]: [bool; 2], in_use: &Option<String>) -> Vec<Amount> {
    let [allocated, offered, free, withheld, reserved, total] = texts;
    let one = |name, text, note| Some(Amount { name, text, note });
    let all = [
        one("allocated", allocated, ""),
        in_use.clone().map(|text| Amount { name: "in use", text, note: "by the containers' statistics" }),
        one("offered", offered, ""),
        one("free", free, ""),
        one("not offerable", withheld, NOT_OFFERABLE).filter(|_| has_withheld),
        one("reserved", reserved, "for roles, allocated or not").filter(|_| has_reserved),
        one("total", total, ""),
    ];
    all.into_iter().flatten().collect()
}

const NOT_OFFERABLE: &str = "free on agents that are deactivated, draining or disconnected";

/// A row with its tooltip, which Escape closes.
fn resource_row(at: usize, row: Signal<Option<ResourceRow>>, room: Option<RoomLink>) -> AnyView {
    let is_open = RwSignal::new(false);
    on_window(ev::keydown, move |event| {
        if event.key() == "Escape" && is_open.try_get_untracked() == Some(true) {
            is_open.set(false);
        }
    });
    let name = NAMES.get(at).copied().unwrap_or_default();
    let id = format!("capacity-{name}");
    let body = move || row.with(|row| row_body(name, row.as_ref()));
    let amounts = move || row.with(|row| row.as_ref().map(|row| tooltip(&row.amounts)));
    let field = FIELDS.get(at).copied().unwrap_or_default();
    let trigger = match room {
        Some(room) => view! { <a class="resource" href=room(field).to_string() aria-describedby=id.clone()>{body}</a> }.into_any(),
        None => view! { <div class="resource" role="group" tabindex="0" aria-label=name aria-describedby=id.clone()>{body}</div> }.into_any(),
    };
    view! {
        <li on:pointerenter=move |_| is_open.set(true) on:pointerleave=move |_| is_open.set(false)
            on:focusin=move |_| is_open.set(true) on:focusout=move |_| is_open.set(false)>
            {trigger}
            <div class="tip" id=id role="tooltip" data-open=move || is_open.get().then_some("")>{amounts}</div>
        </li>
    }
    .into_any()
}

fn row_body(name: &'static str, row: Option<&ResourceRow>) -> AnyView {
    let (allocated, offered, total) = row.map_or((0.0, 0.0, 0.0), |row| (row.allocated, row.offered, row.total));
    let (share, figure) = match row {
        None => ("–".to_owned(), String::new()),
        Some(row) if row.total <= 0.0 => ("–".to_owned(), "none".to_owned()),
        Some(row) => (text::percent(row.allocated, row.total), row.figure.clone()),
    };
    let in_use =
        row.and_then(|row| row.in_use.clone()).map(|text| view! { <span class="in-use">{text}" in use"</span> });
    view! {
        <span class="name">{name}</span>
        <Track taken=allocated promised=offered whole=total/>
        <b>{share}</b>
        <span class="of">{figure}{in_use}</span>
    }
    .into_any()
}

fn tooltip(amounts: &[Amount]) -> AnyView {
    let line = |amount: &Amount| {
        let note = (!amount.note.is_empty()).then(|| view! { <small>{amount.note}</small> });
        view! { <div><dt>{amount.name}{note}</dt><dd>{amount.text.clone()}</dd></div> }
    };
    view! { <dl>{amounts.iter().map(line).collect_view()}</dl> }.into_any()
}

//! Meters of an agent's resources: allocated and offered of the total. An unknown amount has no meter.

use leptos::prelude::*;
use mesoscope_core::base::units::{Bytes, Quantities};
use mesoscope_core::text::{self, compact_amounts, tables};
use mesoscope_core::views::agents::{AgentRow, AgentState};

use crate::widgets::meter::Meter;

/// CPU meter.
pub(crate) fn cpus_meter(row: &AgentRow) -> AnyView {
    amounts(row, |of| of.cpus.as_f64(), text::amount, compact_amounts::tenths)
}

/// GPU meter; GPUs are integers.
pub(crate) fn gpus_meter(row: &AgentRow) -> AnyView {
    amounts(row, |of| of.gpus.as_f64(), text::amount, text::amount)
}

/// Memory or disk meter in GiB, so that all rows of a column have one unit.
pub(crate) fn bytes_meter(row: &AgentRow, of: fn(&Quantities) -> Bytes) -> AnyView {
    let (Some(total), allocated) = (row.total.as_ref().map(of), row.allocated.as_ref().map(of)) else {
        return unknown();
    };
    let whole = tables::of_gibibytes(&compact_amounts::whole_gibibytes(total));
    let amounts = Amounts { allocated, offered: row.offered.as_ref().map(of), total };
    meter(amounts, Bytes::as_f64, text::bytes_exactly, compact_amounts::gibibytes, whole)
}

/// Free CPUs or GPUs of an agent that has any.
pub(crate) fn free_amount(row: &AgentRow, of: fn(&Quantities) -> f64) -> AnyView {
    if row.total.as_ref().is_some_and(|total| of(total) <= 0.0) {
        return view! { <span class="dim">"–"</span> }.into_any();
    }
    let free = row.free().map(|free| of(&free));
    free_cell(row, free.map(|free| (text::amount(free), text::amount(free))), "")
}

/// Free memory or disk space in GiB.
pub(crate) fn free_bytes(row: &AgentRow, of: fn(&Quantities) -> Bytes) -> AnyView {
    let free = row.free().map(|free| of(&free));
    free_cell(row, free.map(|free| (compact_amounts::gibibytes(free), text::bytes_exactly(free))), "GiB")
}

/// A free amount, brief and exact; dim if the agent is not in offers.
fn free_cell(row: &AgentRow, free: Option<(String, String)>, unit: &'static str) -> AnyView {
    let Some((brief, exact)) = free else { return view! { <span class="dim">"not known"</span> }.into_any() };
    let is_offered = row.state == AgentState::Active;
    let title = tables::free_hint(&exact, is_offered, row.state.name());
    let unit = (!unit.is_empty()).then(|| view! { <span class="dim">" "{unit}</span> });
    view! { <span class:dim=!is_offered title=title>{brief}{unit}</span> }.into_any()
}

fn amounts(
    row: &AgentRow,
    of: fn(&Quantities) -> f64,
    exactly: fn(f64) -> String,
    briefly: fn(f64) -> String,
) -> AnyView {
    let (Some(total), allocated) = (row.total.as_ref().map(of), row.allocated.as_ref().map(of)) else {
        return unknown();
    };
    let amounts = Amounts { allocated, offered: row.offered.as_ref().map(of), total };
    meter(amounts, |amount| amount, exactly, briefly, format!("/ {}", text::amount(total)))
}

/// Amounts of one resource on an agent; `None` if unreadable.
struct Amounts<T> {
    allocated: Option<T>,
    offered: Option<T>,
    total: T,
}

/// Renders a meter. The figure may be rounded; the tooltip has the exact amounts.
fn meter<T: Copy + Default>(
    of: Amounts<T>,
    number: fn(T) -> f64,
    exactly: fn(T) -> String,
    briefly: impl Fn(T) -> String,
    whole: String,
) -> AnyView {
    let Amounts { allocated, offered, total } = of;
    let Some(allocated) = allocated else {
        return view! { <span title=tables::AMOUNT_UNKNOWN><Meter taken=0.0 promised=0.0 whole=number(total) figure="?".to_owned() of=whole/></span> }.into_any();
    };
    let title = tables::meter_hint(&exactly(allocated), offered.map(exactly).as_deref(), &exactly(total));
    let [taken, promised, of] = [allocated, offered.unwrap_or_default(), total].map(number);
    view! { <Meter taken promised whole=of figure=briefly(allocated) of=whole title/> }.into_any()
}

fn unknown() -> AnyView {
    view! { <span class="meter" title=tables::AMOUNT_UNKNOWN><span class="dim">"not known"</span></span> }.into_any()
}

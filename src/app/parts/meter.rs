//! Meters of an agent's resources: allocated and offered of the total. An unknown amount has no meter.

use leptos::prelude::*;
use mesoscope_core::base::units::{Bytes, Quantities};
use mesoscope_core::text::{self, compact_amounts};
use mesoscope_core::views::agents::AgentRow;

use crate::widgets::meter::Meter;

/// CPU meter.
pub(crate) fn cpus_meter(row: &AgentRow) -> AnyView {
    amounts(row, |of| of.cpus.as_f64(), text::amount, compact_amounts::tenths)
}

/// GPU meter; GPUs are integers.
pub(crate) fn gpus_meter(row: &AgentRow) -> AnyView {
    amounts(row, |of| of.gpus.as_f64(), text::amount, text::amount)
}

/// Memory or disk meter, in the unit of the total.
pub(crate) fn bytes_meter(row: &AgentRow, of: fn(&Quantities) -> Bytes) -> AnyView {
    let (Some(total), allocated) = (row.total.as_ref().map(of), row.allocated.as_ref().map(of)) else {
        return unknown();
    };
    let (whole, unit) = text::bytes(total);
    let (amounts, figure) = (Amounts { allocated, offered: row.offered.as_ref().map(of), total }, |allocated| {
        compact_amounts::bytes_like(allocated, total)
    });
    meter(amounts, Bytes::as_f64, text::bytes_exactly, figure, format!("/ {whole} {unit}"))
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
        return view! { <span title=UNKNOWN><Meter taken=0.0 promised=0.0 whole=number(total) figure="?".to_owned() of=whole/></span> }.into_any();
    };
    let promised = offered.map(exactly).map(|offered| format!(" and {offered} offered")).unwrap_or_default();
    let title = format!("{} allocated{promised} of {}", exactly(allocated), exactly(total));
    let [taken, promised, of] = [allocated, offered.unwrap_or_default(), total].map(number);
    view! { <Meter taken promised whole=of figure=briefly(allocated) of=whole title/> }.into_any()
}

fn unknown() -> AnyView {
    view! { <span class="meter" title=UNKNOWN><span class="dim">"not known"</span></span> }.into_any()
}

const UNKNOWN: &str =
    "The master has not sent this amount in a form that can be read. It is not zero: the agent's page says more.";

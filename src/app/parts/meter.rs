//! Meters of an agent's resources: what is allocated and offered of its total.

use leptos::prelude::*;
use mesoscope_core::base::units::Bytes;
use mesoscope_core::text;
use mesoscope_core::views::agents::AgentRow;

use crate::widgets::meter::Meter;

/// Processors.
pub(crate) fn cpus_meter(row: &AgentRow) -> AnyView {
    amounts(row.allocated.cpus.as_f64(), row.offered.cpus.as_f64(), row.total.cpus.as_f64(), text::tenths)
}

/// Graphics processors, which come whole.
pub(crate) fn gpus_meter(row: &AgentRow) -> AnyView {
    amounts(row.allocated.gpus.as_f64(), row.offered.gpus.as_f64(), row.total.gpus.as_f64(), text::amount)
}

/// Memory or disk, in the unit that suits the total.
pub(crate) fn bytes_meter(allocated: Bytes, offered: Bytes, total: Bytes) -> AnyView {
    let (whole, unit) = text::bytes(total);
    let figure = text::bytes_like(allocated, total);
    let of = format!("/ {whole} {unit}");
    view! { <Meter taken=allocated.as_f64() promised=offered.as_f64() whole=total.as_f64() figure of/> }.into_any()
}

fn amounts(allocated: f64, offered: f64, total: f64, words: fn(f64) -> String) -> AnyView {
    let of = format!("/ {}", text::amount(total));
    view! { <Meter taken=allocated promised=offered whole=total figure=words(allocated) of/> }.into_any()
}

//! Meters of an agent's resources: what is allocated and offered of its total. What is not known is no meter.

use leptos::prelude::*;
use mesoscope_core::base::units::{Bytes, Quantities};
use mesoscope_core::text;
use mesoscope_core::views::agents::AgentRow;

use crate::widgets::meter::Meter;

/// Processors.
pub(crate) fn cpus_meter(row: &AgentRow) -> AnyView {
    amounts(row, |of| of.cpus.as_f64(), text::tenths)
}

/// Graphics processors, which come whole.
pub(crate) fn gpus_meter(row: &AgentRow) -> AnyView {
    amounts(row, |of| of.gpus.as_f64(), text::amount)
}

/// Memory or disk, in the unit that suits the total.
pub(crate) fn bytes_meter(row: &AgentRow, of: fn(&Quantities) -> Bytes) -> AnyView {
    let (Some(total), allocated) = (row.total.as_ref().map(of), row.allocated.as_ref().map(of)) else {
        return unknown();
    };
    let (whole, unit) = text::bytes(total);
    let figure = allocated.map(|allocated| text::bytes_like(allocated, total));
    let offered = row.offered.as_ref().map(of).unwrap_or_default();
    let numbers = [allocated.unwrap_or_default(), offered, total].map(Bytes::as_f64);
    meter(numbers, figure, format!("/ {whole} {unit}"))
}

fn amounts(row: &AgentRow, of: fn(&Quantities) -> f64, words: fn(f64) -> String) -> AnyView {
    let (Some(total), allocated) = (row.total.as_ref().map(of), row.allocated.as_ref().map(of)) else {
        return unknown();
    };
    let offered = row.offered.as_ref().map(of).unwrap_or_default();
    meter([allocated.unwrap_or_default(), offered, total], allocated.map(words), format!("/ {}", text::amount(total)))
}

fn meter([allocated, offered, total]: [f64; 3], figure: Option<String>, of: String) -> AnyView {
    match figure {
        Some(figure) => view! { <Meter taken=allocated promised=offered whole=total figure of/> }.into_any(),
        None => {
            view! { <span title=UNKNOWN><Meter taken=0.0 promised=0.0 whole=total figure="?".to_owned() of/></span> }
                .into_any()
        }
    }
}

fn unknown() -> AnyView {
    view! { <span class="meter" title=UNKNOWN><span class="dim">"not known"</span></span> }.into_any()
}

const UNKNOWN: &str =
    "The master has not sent this amount in a form that can be read. It is not zero: the agent's page says more.";

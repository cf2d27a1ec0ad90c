//! Memory and disk in tables: one unit for all rows of a column, rounded; the exact amount is the tooltip.

use leptos::prelude::*;
use mesoscope_core::base::units::{Bytes, Quantities};
use mesoscope_core::text::{self, compact_amounts};

/// Unit of a column.
#[derive(Clone, Copy)]
pub(crate) enum ByteUnit {
    /// For executors and tasks.
    Mebibytes,
    /// For agents, frameworks and the cluster.
    Gibibytes,
}

impl ByteUnit {
    fn number(self, of: Bytes) -> String {
        match self {
            Self::Mebibytes => compact_amounts::mebibytes(of),
            Self::Gibibytes => compact_amounts::gibibytes(of),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Mebibytes => "MiB",
            Self::Gibibytes => "GiB",
        }
    }
}

/// An amount; empty for 0, and "not known" for amounts that are not known.
pub(crate) fn byte_cell(all: Option<Quantities>, of: fn(Quantities) -> Bytes, unit: ByteUnit) -> AnyView {
    match all.map(of) {
        None => not_known(),
        Some(bytes) if bytes.get() == 0 => ().into_any(),
        Some(bytes) => bytes_in(bytes, unit),
    }
}

/// An amount in the unit of its column or row, 0 too.
pub(crate) fn bytes_in(bytes: Bytes, unit: ByteUnit) -> AnyView {
    amount(unit.number(bytes), text::bytes_exactly(bytes), unit)
}

/// What is used of an allocated amount: `0.46 / 0.78 GiB`; the allocated amount alone where usage is not reported.
pub(crate) fn used_byte_cell(
    used: Option<f64>,
    allocated: Option<Quantities>,
    of: fn(Quantities) -> Bytes,
    unit: ByteUnit,
) -> AnyView {
    let (Some(used), Some(whole)) = (used.map(|used| Bytes::new(used as i64)), allocated.map(of)) else {
        return byte_cell(allocated, of, unit);
    };
    let pair = |part: String, whole: String| format!("{part} / {whole}");
    let exact = pair(text::bytes_exactly(used), text::bytes_exactly(whole));
    amount(pair(unit.number(used), unit.number(whole)), exact, unit)
}

fn amount(number: String, exact: String, unit: ByteUnit) -> AnyView {
    view! { <span title=exact>{number}<span class="dim">" "{unit.name()}</span></span> }.into_any()
}

fn not_known() -> AnyView {
    view! { <span class="dim">"not known"</span> }.into_any()
}

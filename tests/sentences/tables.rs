//! Tables: counts, selections, and why a filter matches nothing.

use mesoscope_core::text::tables;
use mesoscope_core::views::table::EmptyReason;

use crate::{Sentence, listed};

fn reason(alone: u32, unknown: Option<&str>) -> EmptyReason {
    EmptyReason { word: "rakc:r1".to_owned(), alone, unknown: unknown.map(str::to_owned), no_number: None }
}

fn no_number(word: &str, limit: &str) -> EmptyReason {
    EmptyReason { word: word.to_owned(), alone: 7, unknown: None, no_number: Some(limit.to_owned()) }
}

pub fn all() -> Vec<Sentence> {
    listed![
        tables::counted(12, 1004, false, false),
        tables::actions_on("v1 on node-1"),
        tables::select_row("v1 on node-1"),
        tables::name_with_id("spark", "F-0003"),
        tables::counted(1004, 1004, true, false),
        tables::counted(0, 0, true, false),
        tables::counted(0, 0, false, true),
        tables::live_rows(19_906),
        tables::selected(2, 0),
        tables::selected(3, 2),
        tables::select_all(1004),
        tables::pause_label(None),
        tables::pause_label(Some("10:02:11 EST")),
        tables::sort_hint("CPUs", Some("% used")),
        tables::sort_hint("Host", None),
        tables::free_hint("8 GiB", true, "active"),
        tables::free_hint("8 GiB", false, "draining"),
        tables::meter_hint("4", Some("2"), "16"),
        tables::meter_hint("4", None, "16"),
        tables::of_gibibytes("64"),
        tables::AMOUNT_UNKNOWN,
        tables::opens_new_tab("https://web.example/"),
        tables::no_rows_match("agents"),
        tables::no_field(&reason(0, Some("rakc"))),
        tables::empty_reason(&reason(1, None), "agents"),
        tables::empty_reason(&reason(7, None), "agents"),
        tables::empty_reason(&reason(0, Some("rakc")), "agents"),
        tables::empty_reason(&no_number("mem>8GiB", "8GiB"), "agents"),
        tables::empty_reason(&no_number("cpus>", ""), "agents"),
        tables::shown_of(100, None, 1004, false),
        tables::shown_of(100, Some(1), 1004, true),
        tables::show_more(7, 107, 100),
        tables::show_more(700, 807, 100),
    ]
}

//! Notices about what is uncertain in a file: its encoding, ambiguous dates, and time zones that cannot be read.

use leptos::prelude::*;
use mesoscope_core::files::log::Log;
use mesoscope_core::files::text_format::Encoding;
use mesoscope_core::files::zone::{Date, DateOrder};
use mesoscope_core::text;

use super::log_source::LogSource;
use super::merged_files;
use super::scroll::Scroller;

/// Names the encoding of the shown text when it is not UTF-8, or says why UTF-32 is shown as bytes; `None` if there is nothing to
/// say.
pub(super) fn encoding_notice(scroller: Scroller) -> Option<String> {
    let is_hex = scroller.options.with(|options| options.hex);
    let one = |log_source: &LogSource| {
        log_source.news.track();
        log_source.log.with_value(|log| match log.tail().format().encoding {
            _ if is_hex => log.tail().is_utf32().then_some("UTF-32 (shown as bytes)"),
            Encoding::Utf8 => None,
            encoding => Some(encoding.name()),
        })
    };
    let names = scroller.log_sources().iter().filter_map(one).collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then_some(names)
}

/// Says how ambiguous dates and unreadable zones were read, where times are compared or converted, with a button for the other date
/// order.
pub(super) fn ambiguity_notice(scroller: Scroller, choose: Callback<DateOrder>) -> impl IntoView {
    let matters = Memo::new(move |_| scroller.stream.is_some() || scroller.options.with(|options| options.local));
    let one = move |log_source: LogSource| {
        let doubts = Memo::new(move |_| {
            log_source.news.track();
            let reported = |log: &Log| (log.assumed_dates(), log.unread_zones().join(", "));
            matters.get().then(|| log_source.log.with_value(reported))
        });
        move || {
            let (assumed, zones) = doubts.get()?;
            let is_merged = scroller.stream.is_some();
            let before = if is_merged { format!("{}: ", merged_files::name(log_source)) } else { String::new() };
            let assumed = assumed.map(|assumed| {
                let other = |(order, is): (DateOrder, Date)| {
                    let click = move |_| choose.run(order);
                    view! { " "<button class="text-button" on:click=click>{text::log_viewer::read_date_as(is)}</button> }
                };
                let words = text::log_viewer::assumed_date(&before, &assumed.text, assumed.is_read_as);
                view! { <p>{words}{assumed.others.into_iter().map(other).collect_view()}</p> }
            });
            let zones = (!zones.is_empty()).then(|| {
                let assumed = move || scroller.options.with(|options| options.zone.to_string());
                let before = before.clone();
                view! { <p>{move || text::log_viewer::unknown_zones(&before, &zones, &assumed())}</p> }
            });
            Some(view! { {assumed}{zones} })
        }
    };
    scroller.log_sources().into_iter().map(one).collect_view()
}

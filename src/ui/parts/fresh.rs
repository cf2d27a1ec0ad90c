//! How old that is which no event tells, and whether reading it fails: one quiet line, loud only when it must be.

use leptos::prelude::*;
use mesoscope::cluster::Part;
use mesoscope::message::PartStatus;
use mesoscope::text;

use crate::ui::clock::now_signal;
use crate::ui::link::link;

/// Of these parts the oldest, in a few words; and each that cannot be read, with Mesos' own words.
#[component]
pub(crate) fn Fresh(parts: &'static [Part]) -> impl IntoView {
    let link = link();
    let now = now_signal();
    let told = Memo::new(move |_| {
        link.status.with(|status| {
            let all = status.as_ref().map(|status| status.parts.clone()).unwrap_or_default();
            all.into_iter().filter(|status| parts.contains(&status.part)).collect::<Vec<_>>()
        })
    });
    let oldest = move || {
        let oldest = told.with(|told| told.iter().filter_map(|part| part.told).min())?;
        Some(format!("read {} ago", text::age(now.get().since(oldest))))
    };
    let title = move || {
        let told = told.get();
        let lines = told
            .iter()
            .filter_map(|part| Some(format!("{}: {} ago", part.part.name(), text::age(now.get().since(part.told?)))));
        format!("The stream does not tell all; what it leaves out was read:\n{}", lines.collect::<Vec<_>>().join("\n"))
    };
    let failing = move || {
        let lines = told.get().into_iter().filter_map(|part| words(part, now.get()));
        lines.map(|line| view! { <span class="state" data-tone="warn">{line}</span> }).collect_view()
    };
    view! { <span class="fresh"><span class="dim" title=title>{oldest}</span>{failing}</span> }
}

/// What cannot be read of these parts and was never told: an empty table says it in place of "none". In Mesos' own words.
pub(crate) fn untold(parts: &'static [Part]) -> Memo<Option<(Part, String)>> {
    let link = link();
    Memo::new(move |_| {
        link.status.with(|status| {
            let all = status.iter().flat_map(|status| &status.parts);
            let mut failing = all.filter(|status| parts.contains(&status.part) && status.told.is_none());
            failing.find_map(|status| Some((status.part, status.failing.as_ref()?.1.clone())))
        })
    })
}

fn words(status: PartStatus, now: mesoscope::units::Timestamp) -> Option<String> {
    let (since, why) = status.failing?;
    Some(format!("{} cannot be read for {}: {why}", status.part.name(), text::age(now.since(since))))
}

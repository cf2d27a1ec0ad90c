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

/// Parts that were never told, each with Mesos' own words if it is refused, and without if it is still to be read.
fn missing(parts: &'static [Part]) -> Memo<Vec<(Part, Option<String>)>> {
    let link = link();
    Memo::new(move |_| {
        let known = link.status.with(|status| status.as_ref().map(|status| status.parts.clone()).unwrap_or_default());
        let missing = |part: &Part| match known.iter().find(|status| status.part == *part) {
            Some(PartStatus { told: Some(_), .. }) => None,
            Some(PartStatus { failing, .. }) => Some((*part, failing.as_ref().map(|(_, why)| why.clone()))),
            None => Some((*part, None)),
        };
        parts.iter().filter_map(missing).collect()
    })
}

/// A headline and words for what stands there while one of these parts was never told, in place of "none": it is refused, in
/// Mesos' own words, or still to be read.
pub(crate) fn untold(parts: &'static [Part]) -> Memo<Option<(String, String)>> {
    let missing = missing(parts);
    Memo::new(move |_| {
        let missing = missing.read();
        let refused = missing.iter().find_map(|(part, why)| Some((part, why.clone()?)));
        if let Some((part, why)) = refused {
            return Some((format!("The master does not tell {}", part.name()), why));
        }
        let (part, _) = missing.first()?;
        let words = format!("No event tells of them: the answer to {} is waited for.", part.call());
        Some((format!("Reading {}", part.name()), words))
    })
}

/// Which of these parts nobody could look at, in a sentence.
pub(crate) fn unseen(parts: &'static [Part]) -> Memo<Option<String>> {
    let missing = missing(parts);
    Memo::new(move |_| {
        let missing = missing.read();
        let one = |(part, why): &(Part, Option<String>)| {
            format!("{} ({})", part.name(), why.as_deref().unwrap_or("not read yet"))
        };
        let all: Vec<String> = missing.iter().map(one).collect();
        (!all.is_empty()).then(|| format!("Not looked at: {}", all.join(", ")))
    })
}

fn words(status: PartStatus, now: mesoscope::units::Timestamp) -> Option<String> {
    let (since, why) = status.failing?;
    Some(format!("{} cannot be read for {}: {why}", status.part.name(), text::age(now.since(since))))
}

//! Age of data that no event updates, and read errors. Quiet unless something is wrong.

use leptos::prelude::*;
use mesoscope_core::checks::visibility::{FilteredList, Visibility, VisibilityLevel};
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::cluster::unknown::Unknown;
use mesoscope_core::engine::poller::TopicStatus;
use mesoscope_core::text;
use mesoscope_core::text::checks;

use crate::clock::now_signal;
use crate::parts::waiting::is_cut_off;
use crate::widgets::panel::EmptyState;
use crate::worker_link::link;

/// Age of the oldest of these topics, and each read error in Mesos' own words.
#[component]
pub(crate) fn DataAge(parts: &'static [Topic]) -> impl IntoView {
    let link = link();
    let now = now_signal();
    let reported = Memo::new(move |_| {
        link.status.with(|status| {
            let all = status.as_ref().map(|status| status.topics.clone()).unwrap_or_default();
            all.into_iter().filter(|status| parts.contains(&status.part)).collect::<Vec<_>>()
        })
    });
    let oldest = move || {
        let oldest = reported.with(|reported| reported.iter().filter_map(|part| part.reported).min())?;
        Some(text::data_age::updated(now.get().since(oldest)))
    };
    let title = move || {
        let reported = reported.get();
        let lines = reported
            .iter()
            .filter_map(|part| Some(text::data_age::topic_updated(part.part, now.get().since(part.reported?))));
        text::data_age::polled(&lines.collect::<Vec<_>>())
    };
    let failing = move || {
        let lines = reported.get().into_iter().filter_map(|part| words(part, now.get()));
        lines.map(|line| view! { <span class="state" data-tone="warn">{line}</span> }).collect_view()
    };
    view! { <span class="fresh"><span class="dim" title=title>{oldest}</span>{failing}</span> }
}

/// Topics that were never read, with the reason.
fn missing(parts: &'static [Topic]) -> Memo<Vec<(Topic, Unknown)>> {
    let link = link();
    Memo::new(move |_| {
        let known = link.status.with(|status| status.as_ref().map(|status| status.topics.clone()).unwrap_or_default());
        let missing = |part: &Topic| match known.iter().find(|status| status.part == *part) {
            Some(TopicStatus { reported: Some(_), .. }) => None,
            Some(TopicStatus { failing: Some((_, why)), .. }) => Some((*part, why.clone())),
            Some(TopicStatus { failing: None, .. }) | None => Some((*part, Unknown::NotYet)),
        };
        parts.iter().filter_map(missing).collect()
    })
}

/// Headline and text in place of "none" while one of these topics was never read.
pub(crate) fn not_reported(parts: &'static [Topic]) -> Memo<Option<(String, String)>> {
    let (missing, is_cut_off) = (missing(parts), is_cut_off());
    Memo::new(move |_| {
        let missing = missing.read();
        let refused = missing.iter().find(|(_, why)| *why != Unknown::NotYet);
        let (part, why) = refused.or_else(|| missing.first())?;
        Some(text::unknown(*part, why, !is_cut_off.get()))
    })
}

/// Names of the topics that were not read, with the reasons.
pub(crate) fn unread_topics(parts: &'static [Topic]) -> Memo<Option<String>> {
    let missing = missing(parts);
    Memo::new(move |_| checks::unread_topics(&missing.read()))
}

/// Whether the master may omit objects from its lists; Mesos does so silently.
pub(crate) fn may_be_filtered() -> bool {
    visibility(Visibility::may_be_filtered)
}

fn visibility<T>(of: impl Fn(&Visibility) -> T) -> T {
    let status = link().status;
    // The memo limits redraws to changes of visibility.
    let known = Memo::new(move |_| {
        status.with(|status| status.as_ref().map(|status| status.visibility.clone()).unwrap_or_default())
    });
    known.with(of)
}

/// Empty state of a list from the master: none, or none that the principal may see.
#[component]
pub(crate) fn EmptyMasterList(list: FilteredList, title: &'static str, words: &'static str) -> impl IntoView {
    move || {
        let (title, words) = empty_list_text(list, title, words);
        view! { <EmptyState title words/> }
    }
}

/// Headline and text of an empty list from the master.
pub(crate) fn empty_list_text(list: FilteredList, title: &str, words: &str) -> (String, String) {
    visibility(|visibility| text::empty_master_list(list, (title, words), visibility))
}

/// Empty state of a list from an agent, which has its own authorizer.
#[component]
pub(crate) fn EmptyAgentList(words: &'static str) -> impl IntoView {
    move || {
        let (title, words) = match visibility(|visibility| visibility.sight == VisibilityLevel::Restricted) {
            true => text::none_visible("None", "The agent"),
            false => ("None".to_owned(), words.to_owned()),
        };
        view! { <EmptyState title words/> }
    }
}

fn words(status: TopicStatus, now: mesoscope_core::base::units::Timestamp) -> Option<String> {
    let (since, why) = status.failing?;
    checks::not_current(status.part, &why, &text::age(now.since(since)))
}

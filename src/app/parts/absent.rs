//! The page of one object that may be missing: the object, or a notice that says why nothing is shown.
//!
//! Independent of the kind of object.

use leptos::prelude::*;
use mesoscope_core::route::Route;
use mesoscope_core::text::{self, absent, agents};
use mesoscope_core::views::view::AbsentReason;

use super::data_age::may_be_filtered;
use super::detail::DetailResponse;
use super::waiting::is_cut_off;
use crate::widgets::panel::EmptyState;

/// Text of a page whose object is not found.
pub(crate) struct NotFoundNotice {
    /// Kind and id, such as `agent S1`.
    pub(crate) name: String,
    /// Why the master may not know the object.
    pub(crate) why: &'static str,
    /// A page to continue on, and its label.
    pub(crate) see_also: (Route, &'static str),
}

impl NotFoundNotice {
    /// Kind and host of an agent, where its host is known.
    fn named_by(&self, host: &str) -> String {
        if host.is_empty() { self.name.clone() } else { agents::with_host(host) }
    }
}

/// Shows the object once it is known; until then, or if it does not exist, the notice.
pub(crate) fn known_or_absent<T>(
    detail: DetailResponse<T>,
    sought: NotFoundNotice,
    known: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView
where
    T: PartialEq + Send + Sync + 'static,
{
    let is_cut_off = is_cut_off();
    let state = Memo::new(move |_| detail.with(|detail| detail.as_ref().map(|detail| detail.as_ref().err().cloned())));
    (move || match state.get() {
        Some(None) => known(),
        Some(Some(AbsentReason::Unknown)) => {
            unknown(&sought, absent::not_listed(&sought.name, may_be_filtered()), sought.why)
        }
        Some(Some(AbsentReason::Unlisted(host))) => {
            unknown(&sought, absent::not_listed(&sought.named_by(&host), may_be_filtered()), agents::UNLISTED)
        }
        Some(Some(AbsentReason::Gone(host))) => {
            unknown(&sought, absent::marked_gone(&sought.named_by(&host)), absent::GONE)
        }
        Some(Some(AbsentReason::Unread(part, why))) => {
            let (title, words) = text::unknown(part, &why, !is_cut_off.get());
            view! { <section class="panel" role="status"><EmptyState title words/></section> }.into_any()
        }
        None | Some(Some(AbsentReason::Arriving)) => arriving(&sought.name),
    })
    .into_any()
}

/// Note beside the heading while the cluster's state is still loading.
pub(crate) fn partial_notice(arriving: Memo<bool>) -> impl IntoView {
    move || arriving.get().then(|| view! { <small class="dim">"partial data"</small> })
}

fn unknown(sought: &NotFoundNotice, title: String, why: &'static str) -> AnyView {
    let (place, words) = &sought.see_also;
    view! {
        <section class="panel">
            <EmptyState title words=why/>
            <div class="blank"><a class="link" href=place.to_string()>{*words}</a></div>
        </section>
    }
    .into_any()
}

/// Hidden at first: most responses arrive within this time.
fn arriving(name: &str) -> AnyView {
    let is_cut_off = is_cut_off();
    let words = move || absent::loading_hint(!is_cut_off.get());
    let name = name.to_owned();
    let title = move || absent::loading(&name, !is_cut_off.get());
    view! { <section class="panel late" role="status"><div class="blank"><b>{title}</b><p>{words}</p></div></section> }
        .into_any()
}

//! Navigation: all pages at the left, or the first few at the bottom of a phone and the others under "More".

use leptos::html::Details;
use leptos::prelude::*;
use mesoscope_core::route::Route;
use mesoscope_core::text;
use mesoscope_core::text::places::Place;
use mesoscope_core::views::cluster_summary::ClusterSummary;
use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, KeyboardEvent, Node};

use super::actions::action_store;
use super::hooks::on_change;
use super::icon::Icon;
use super::router::route;
use super::worker_link::link;

/// Pages on the bar of a phone.
const FIRST: [Place; 4] = [Place::Overview, Place::Agents, Place::Frameworks, Place::Tasks];
/// First of the pages at the lower end of the navigation.
const LOWER: Place = Place::MyChanges;

/// Renders the navigation.
#[component]
pub(super) fn Rail() -> impl IntoView {
    let number = numbers();
    let here = place();
    let more: NodeRef<Details> = NodeRef::new();
    let close = move || _ = more.get_untracked().map(|more| more.set_open(false));
    let page = route();
    on_change(move || page.get(), move |_| close());
    let left = move |event: FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        if more.get_untracked().is_some_and(|more| !more.contains(to.as_ref())) {
            close();
        }
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    let is_more = move || here.get().is_some_and(|here| !FIRST.contains(&here)).then_some("true");
    let all = Place::ALL.into_iter().map(|place| nav_link(place, here, number)).collect_view();
    let rest = Place::ALL.into_iter().filter(|place| !FIRST.contains(place));
    let rest = rest.map(|place| nav_link(place, here, number)).collect_view();
    view! {
        <nav class="rail" aria-label="Pages">
            {all}
            <details node_ref=more on:focusout=left on:keydown=key>
                <summary data-current=is_more>{Icon::More.view()}"More"</summary>
                <div on:click=move |_| close()>{rest}</div>
            </details>
        </nav>
    }
}

/// Page of the navigation that the current page belongs to.
fn place() -> Memo<Option<Place>> {
    let here = route();
    Memo::new(move |_| here.read().place())
}

type Number = Callback<Place, Option<String>>;

/// Number or word beside each page; `None` for none.
fn numbers() -> Number {
    let (link, actions) = (link(), action_store());
    let standing =
        Memo::new(move |_| link.status.with(|status| status.as_ref().and_then(|status| status.standing.clone())));
    let trouble = Memo::new(move |_| link.status.with(|status| status.as_ref().map(|status| status.trouble)));
    let count = move |of: fn(&ClusterSummary) -> Option<u32>| {
        standing.with(|standing| standing.as_ref().and_then(of).map(|number| text::count(u64::from(number))))
    };
    Callback::new(move |place| match place {
        Place::Agents => count(|standing| standing.agents),
        Place::Frameworks => count(|standing| standing.frameworks),
        Place::Tasks => count(|standing| standing.tasks),
        Place::Roles => count(|standing| standing.roles),
        Place::Maintenance => actions.saved_draft.windows.read().is_some().then(|| "draft".to_owned()),
        Place::MyChanges => match actions.journal.read().len() {
            _ if actions.is_read_only() => Some("read-only".to_owned()),
            0 => None,
            changes => Some(text::count(changes as u64)),
        },
        Place::Diagnostics => trouble.get().map(text::count),
        Place::Overview
        | Place::Events
        | Place::Offers
        | Place::Executors
        | Place::Operations
        | Place::Volumes
        | Place::Master
        | Place::Help => None,
    })
}

fn nav_link(place: Place, here: Memo<Option<Place>>, number: Number) -> AnyView {
    let current = move || (here.get() == Some(place)).then_some("page");
    let title = format!("{} (g {})", place.name(), place.key());
    view! {
        <a href=Route::from(place).to_string() title=title class:rest=!FIRST.contains(&place) class:end=place == LOWER aria-current=current>
            {Icon::Page(place).view()}<span>{place.name()}</span><small>{move || number.run(place)}</small>
        </a>
    }
    .into_any()
}

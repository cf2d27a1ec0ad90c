//! Frame around every page: cluster, connection and navigation.

use std::time::Duration;

use leptos::html::Main;
use leptos::prelude::*;
use mesoscope_core::base::escaping;
use mesoscope_core::route::Route;
use mesoscope_core::views::search::object_names::ObjectNamesQuery;

use super::account::Account;
use super::connection::{Differences, Notice, is_stale, pill};
use super::download::downloads;
use super::go_keys::GoKeys;
use super::hooks::on_change;
use super::palette::Palette;
use super::rail::Rail;
use super::router::route;
use super::sign_in::{SignIn, SignInRequest};
use super::theme::ThemeSwitch;
use super::worker_link::link;
use crate::pages::is_loaded;
use crate::parts::action::dialog::ActionDialogs;
use crate::parts::terminal::dock::TerminalDock;
use crate::times_menu::TimesMenu;

/// Renders the frame.
#[component]
pub(crate) fn Shell(children: ChildrenFn) -> impl IntoView {
    let link = link();
    let here = route();
    let page = Memo::new(move |_| here.read().page());
    let main: NodeRef<Main> = NodeRef::new();
    title_and_focus(page, main);
    // The page is rendered in a later task, after its frame.
    let is_ready = RwSignal::new(false);
    set_timeout(move || is_ready.set(true), Duration::ZERO);
    let stale = move || link.status.with(|status| status.as_ref().is_some_and(is_stale)).then_some("");
    let asks = SignInRequest::here().shown();
    let table = move || {
        let mut page = page.get();
        page.table().is_some() || matches!(page, Route::AgentBrowse(..) | Route::MasterBrowse(_))
    };
    let fills = move || (table() && !asks.get()).then_some("");
    view! {
        <div class="shell" data-stale=stale>
            <header class="bar">
                    <a class="unseen" href="#main" on:click=move |event| { event.prevent_default(); focus(main, "h1"); }>"Skip to content"</a>
                    <a class="brand" href=Route::Overview.to_string() aria-label="Mesoscope, overview">{mark()}<b>"Mesoscope"</b></a>
                {cluster}
                {downloads().menu()}
                <Palette/>
                {pill}
                <Account/>
                <TimesMenu/>
                <ThemeSwitch/>
            </header>
            <ActionDialogs/>
            <GoKeys/>
            <Rail/>
            <div class="notices"><Notice/><Differences/></div>
            <main id="main" class="page" node_ref=main data-fill=fills>
                {move || if asks.get() { view! { <SignIn/> }.into_any() } else if is_ready.get() { children().into_any() } else { ().into_any() }}
            </main>
            <TerminalDock/>
            {downloads().list()}
        </div>
    }
}

fn mark() -> impl IntoView {
    view! { <svg viewBox="0 0 22 22" aria-hidden="true"><circle cx="11" cy="11" r="9.2"/><path d="M4.5 13.5 8 8.5l3 4 2.6-3.6 3.9 4.6"/></svg> }
}

/// Sets the title and focuses the new page's heading for screen readers, except on the first page. A table that the user comes
/// back to has the focus instead.
fn title_and_focus(page: Memo<Route>, main: NodeRef<Main>) {
    let names = link().watch(move || ObjectNamesQuery(page.read().objects()));
    let name = Memo::new(move |_| names.with(|names| page.read().title(names.as_deref().unwrap_or_default())));
    Effect::new(move |_| {
        let name = name.get();
        document().set_title(&if name.is_empty() {
            "Mesoscope".to_owned()
        } else {
            format!("{} · Mesoscope", escaping::escape_invisible(&name))
        });
    });
    let first = page.get_untracked();
    let has_left = StoredValue::new(false);
    on_change(
        // A page whose code is still loading has no heading yet.
        move || (page.get(), is_loaded(&page.read())),
        move |(page, is_loaded)| {
            if *page != first {
                has_left.set_value(true);
            }
            if *is_loaded && has_left.get_value() {
                request_animation_frame(move || _ = focus(main, "[data-focus]") || focus(main, "h1"));
            }
        },
    );
}

/// Focuses the first such element of the page, if there is one.
fn focus(main: NodeRef<Main>, selector: &str) -> bool {
    use wasm_bindgen::JsCast;
    let found = main.get_untracked().and_then(|main| main.query_selector(selector).ok().flatten());
    found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()).is_some_and(|found| found.focus().is_ok())
}

fn cluster() -> impl IntoView {
    let link = link();
    let standing =
        Memo::new(move |_| link.status.with(|status| status.as_ref().and_then(|status| status.standing.clone())));
    let name = move || {
        standing.with(|standing| {
            standing.as_ref().map(|standing| standing.cluster.clone().unwrap_or_else(|| "unnamed cluster".into()))
        })
    };
    let master = move || standing.with(|standing| standing.as_ref().and_then(|standing| standing.master.clone()));
    // A master may omit the leader.
    let words = move || {
        master().map(|master| match master.hostname.as_str() {
            "" => master.version,
            host => format!("{} · leader {host}:{}", master.version, master.port),
        })
    };
    view! { <div class="cluster"><b title=name>{name}</b><span class="dim" title=words>{words}</span></div> }
}

//! Account badge: the principal, the effect on what is visible, and sign-out.

use leptos::prelude::*;
use mesoscope_core::engine::message::{Status, ToEngine};
use mesoscope_core::mesos::credentials::Principal;
use mesoscope_core::text::{account, own_frameworks};

use super::icon::Icon;
use super::worker_link::link;

/// Badge in the top bar; hidden if the master neither authenticates nor filters.
#[component]
pub(crate) fn Account() -> impl IntoView {
    let link = link();
    let who = Memo::new(move |_| link.identity.with(|identity| identity.as_ref().map(|identity| identity.who.clone())));
    let is_noticed = Memo::new(move |_| {
        link.status.with(|status| status.as_ref().is_some_and(|status| status.visibility.is_noticed()))
    });
    move || match who.get() {
        Some(who) => view! { <Badge who=Some(who)/> }.into_any(),
        None if is_noticed.get() => view! { <Badge who=None/> }.into_any(),
        None => ().into_any(),
    }
}

/// The details are in a popover, which the browser closes by Escape or an outside click.
#[component]
fn Badge(who: Option<Principal>) -> impl IntoView {
    let link = link();
    let signing_out = |status: &Status| own_frameworks::signing_out(&status.runs);
    let signs_out = who.is_some();
    let runs =
        Memo::new(move |_| link.status.with(|status| status.as_ref().filter(|_| signs_out).and_then(signing_out)));
    let name = account::name(who.as_ref());
    let out = who.is_some().then(|| {
        view! { <button class="button" on:click=move |_| link.send(&ToEngine::SignOut)>"Sign out"</button> }
    });
    view! {
        <button class="account" popovertarget="account">
            {Icon::Person.view()}<b>{name.clone()}</b>" "<span class="more dim">"may be filtered"</span>
        </button>
        <section id="account" class="popover" popover="auto" aria-label="Account">
            <p><b>{name}</b></p>
            <p>{account::explanation(who.as_ref())}</p>
            {move || runs.get().map(|words| view! { <p>{words}</p> })}
            {out}
        </section>
    }
}

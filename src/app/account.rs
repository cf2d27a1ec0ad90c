//! Account badge: the principal, the effect on what is visible, and sign-out.

use leptos::prelude::*;
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::mesos::credentials::Principal;

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
    let name = who.as_ref().map_or_else(|| "Not signed in".to_owned(), name);
    let out = who.is_some().then(|| {
        view! { <button class="button" on:click=move |_| link.send(&ToEngine::SignOut)>"Sign out"</button> }
    });
    view! {
        <button class="account" popovertarget="account">
            {Icon::Person.view()}<b>{name.clone()}</b>" "<span class="more dim">"may be filtered"</span>
        </button>
        <section id="account" class="popover" popover="auto" aria-label="Who asks">
            <p><b>{name}</b></p>
            <p>{explanation(who.as_ref())}</p>
            {out}
        </section>
    }
}

fn name(who: &Principal) -> String {
    match who {
        Principal::User(name) => name.clone(),
        Principal::Token => "Signed in by token".to_owned(),
    }
}

fn explanation(who: Option<&Principal>) -> String {
    let whom = match who {
        Some(Principal::User(name)) => format!("what the master lets {name} see"),
        Some(Principal::Token) => "what the master lets the bearer of this token see".to_owned(),
        None => "what the master lets everybody see".to_owned(),
    };
    format!(
        "Shown is {whom}. It leaves out the rest without a word: a list may be shorter, and a sum smaller, than the cluster's."
    )
}

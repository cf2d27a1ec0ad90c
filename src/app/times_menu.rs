//! Menu for the display of times.

use super::icon::Icon;
use crate::clock::{TimeDisplay, Zone, time_display};
use crate::widgets::menu::Menu;
use leptos::prelude::*;

/// Menu for the display of times.
#[component]
pub(crate) fn TimesMenu() -> impl IntoView {
    let TimeDisplay { ages, zone } = time_display();
    let content = move || {
        view! {
            <div class="checks" role="radiogroup" aria-label="Times as">
                {option("times-as", "How long ago", Signal::derive(move || ages.get()), move || ages.set(true))}
                {option("times-as", "Date and time", Signal::derive(move || !ages.get()), move || ages.set(false))}
            </div>
            <div class="checks" role="radiogroup" aria-label="By the clock of">
                {option("times-by", "Local time", Signal::derive(move || zone.get() == Zone::Local), move || zone.set(Zone::Local))}
                {option("times-by", "UTC", Signal::derive(move || zone.get() == Zone::Utc), move || zone.set(Zone::Utc))}
            </div>
        }
    };
    view! { <Menu label="Times" title=|| Icon::Clock.view() picture=true content/> }
}

fn option(name: &'static str, title: &'static str, chosen: Signal<bool>, choose: impl Fn() + 'static) -> impl IntoView {
    view! { <label><input type="radio" name=name prop:checked=move || chosen.get() on:change=move |_| choose()/>{title}</label> }
}

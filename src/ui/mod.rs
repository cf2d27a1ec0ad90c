//! The page, in the order in which it is built: link and router below, then pages -> parts -> widgets.
//! Nothing here knows how to read Mesos' JSON, and nothing counts or sorts.

mod account;
mod acts;
mod ask;
mod clock;
mod download;
mod icon;
mod kept;
mod link;
mod pages;
mod parts;
mod router;
mod search;
mod shell;
mod sign_in;
mod spelt;
mod theme;
mod tooltip;
mod widgets;

use leptos::prelude::*;

/// The whole page.
#[component]
pub(crate) fn App() -> impl IntoView {
    spelt::guard();
    tooltip::provide();
    clock::provide();
    theme::provide();
    router::provide();
    link::provide();
    sign_in::provide();
    acts::provide();
    download::provide();
    view! { <shell::Shell><pages::Page/></shell::Shell> }
}

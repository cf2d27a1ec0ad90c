//! The page, in build order: link and router, then pages -> parts -> widgets.
//!
//! Shows responses and sends messages. Parses no Mesos JSON, and neither counts nor sorts.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::indexing_slicing))]

mod account;
pub(crate) mod actions;
mod api_client;
#[macro_use]
mod chunks;
mod clock;
mod connection;
pub(crate) mod dialog_history;
pub(crate) mod directory_listing;
pub(crate) mod download;
mod go_keys;
pub(crate) mod hooks;
mod icon;
mod kept_pages;
pub(crate) mod lost_focus;
mod pages;
mod palette;
pub(crate) mod parts;
mod rail;
mod router;
mod run_draft;
mod shell;
mod sign_in;
mod spell_out_invisible;
mod storage;
mod theme;
pub(crate) mod times_menu;
mod tooltip;
mod widgets;
mod worker_link;
mod zone_names;

use leptos::prelude::*;

fn main() {
    console_error_panic_hook::set_once();
    // In the same task as the page is drawn, so that nothing blinks.
    if let Some(frame) = leptos::prelude::document().get_element_by_id("frame") {
        frame.remove();
    }
    leptos::mount::mount_to_body(App);
}

/// The whole page.
#[component]
fn App() -> impl IntoView {
    spell_out_invisible::watch_document();
    lost_focus::provide();
    tooltip::provide();
    theme::provide();
    router::provide();
    worker_link::provide();
    clock::provide();
    sign_in::provide();
    actions::provide();
    download::provide();
    parts::terminal::provide();
    kept_pages::provide();
    view! { <shell::Shell><pages::Page/></shell::Shell> }
}

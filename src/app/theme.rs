//! Colour theme: light, dark or the system's; stored if the browser allows it.

use leptos::prelude::*;
use mesoscope_core::text::account::theme_label;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

use super::icon::Icon;
use super::storage::{load, save};

const KEY: &str = "theme";

/// A colour theme.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    const fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

#[derive(Clone, Copy)]
struct Chosen(RwSignal<Theme>);

#[derive(Clone, Copy)]
struct Changes(Signal<u32>);

/// Applies the stored theme.
pub(crate) fn provide() {
    let kept = load(KEY);
    let theme = [Theme::Light, Theme::Dark]
        .into_iter()
        .find(|theme| kept.as_deref() == Some(theme.name()))
        .unwrap_or(Theme::System);
    show(theme);
    let chosen = RwSignal::new(theme);
    provide_context(Chosen(chosen));
    let system = RwSignal::new(0);
    let changes = Signal::derive(move || {
        chosen.track();
        system.get()
    });
    provide_context(Changes(changes));
    let dark = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
    let moved = Closure::<dyn FnMut()>::new(move || system.update(|changes| *changes += 1));
    dark.into_iter().for_each(|dark| dark.set_onchange(Some(moved.as_ref().unchecked_ref())));
    // Lives as long as the page.
    moved.forget();
}

/// Increments whenever colours change.
pub(crate) fn colour_changes() -> Signal<u32> {
    expect_context::<Changes>().0
}

/// The chosen theme.
pub(crate) fn theme() -> RwSignal<Theme> {
    expect_context::<Chosen>().0
}

/// Applies and stores a theme.
pub(crate) fn choose(chosen: RwSignal<Theme>, theme: Theme) {
    show(theme);
    chosen.set(theme);
}

fn show(theme: Theme) {
    let root = document().document_element();
    let _ = root.map(|root| match theme {
        Theme::System => root.remove_attribute("data-theme"),
        theme => root.set_attribute("data-theme", theme.name()),
    });
    // Without storage the theme still applies.
    save(KEY, Some(theme.name()));
}

/// Button that cycles through the themes.
#[component]
pub(crate) fn ThemeSwitch() -> impl IntoView {
    let chosen = theme();
    let label = move || theme_label(chosen.get().name(), chosen.get().next().name());
    let next = move |_| choose(chosen, chosen.get_untracked().next());
    let icon = move || match chosen.get() {
        Theme::System => Icon::Screen,
        Theme::Light => Icon::Sun,
        Theme::Dark => Icon::Moon,
    };
    view! {
        <button class="button" aria-label=label title=label on:click=next>
            {move || icon().view()}
        </button>
    }
}

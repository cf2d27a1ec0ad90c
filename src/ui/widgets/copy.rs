//! A button that copies a text. Off loopback over plain http a browser has no clipboard API, so there is an older way too.

use std::time::Duration;

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlElement, HtmlTextAreaElement};

use crate::ui::icon::Icon;

/// Copies `text`; `label` says what it is. In a table with keys of its own it is no stop for Tab.
#[component]
pub(crate) fn Copy(
    #[prop(into)] text: Signal<String>,
    label: &'static str,
    #[prop(optional)] in_table: bool,
) -> impl IntoView {
    let done = RwSignal::new(false);
    let click = move |_| {
        copy(&text.get_untracked());
        done.set(true);
        set_timeout(
            move || {
                let _ = done.try_set(false);
            },
            Duration::from_millis(1200),
        );
    };
    let label = move || if done.get() { "Copied".to_owned() } else { format!("Copy {label}") };
    view! {
        <button class="quiet" tabindex=in_table.then_some("-1") aria-label=label title=label on:click=click>
            {move || if done.get() { Icon::Done.view() } else { Icon::Copy.view() }}
        </button>
    }
}

/// Copies a text in whatever way there is.
pub(crate) fn copy(text: &str) {
    let navigator = window().navigator();
    if Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_object()) {
        let _ = navigator.clipboard().write_text(text);
    } else {
        copy_as_of_old(text);
    }
}

fn copy_as_of_old(text: &str) -> Option<()> {
    let area: HtmlTextAreaElement = document().create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_value(text);
    area.set_class_name("unseen");
    let focused = document().active_element();
    let body = document().body()?;
    body.append_child(&area).ok()?;
    area.select();
    let _ = document().dyn_into::<HtmlDocument>().ok()?.exec_command("copy");
    body.remove_child(&area).ok()?;
    focused.and_then(|element| element.dyn_into::<HtmlElement>().ok()).map(|element| element.focus());
    Some(())
}

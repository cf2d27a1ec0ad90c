//! Copy button. Plain http off loopback has no clipboard API, so there is an older fallback.
//!
//! Both may be refused, mostly when the user activation has expired: the result is reported.

use std::time::Duration;

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlElement, HtmlTextAreaElement};

use crate::hooks::spawn_unscoped;
use crate::icon::Icon;

/// Copies `text`; `label` names it. In a table with its own keys, the button is not a tab stop.
#[component]
pub(crate) fn Copy(
    #[prop(into)] text: Signal<String>,
    label: &'static str,
    #[prop(optional)] in_table: bool,
) -> impl IntoView {
    let done = RwSignal::new(None::<bool>);
    let click = move |_| {
        copy(&text.get_untracked(), move |is_copied| {
            done.try_set(Some(is_copied));
            set_timeout(
                move || {
                    let _ = done.try_set(None);
                },
                Duration::from_millis(if is_copied { 1200 } else { 4000 }),
            );
        });
    };
    let label = move || match done.get() {
        None => format!("Copy {label}"),
        Some(true) => "Copied".to_owned(),
        Some(false) => "The browser does not let the page copy".to_owned(),
    };
    let icon = move || match done.get() {
        None => Icon::Copy.view(),
        Some(true) => Icon::Done.view(),
        Some(false) => Icon::Cross.view(),
    };
    view! {
        <button class="quiet" type="button" tabindex=in_table.then_some("-1") aria-label=label title=label on:click=click>{icon}</button>
    }
}

/// Copies a text by any available API and reports whether that succeeded.
pub(crate) fn copy(text: &str, reported: impl FnOnce(bool) + 'static) {
    let navigator = window().navigator();
    if !Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_object()) {
        return reported(copy_as_of_old(text).unwrap_or(false));
    }
    let promise = navigator.clipboard().write_text(text);
    spawn_unscoped(async move { reported(JsFuture::from(promise).await.is_ok()) });
}

fn copy_as_of_old(text: &str) -> Option<bool> {
    let area: HtmlTextAreaElement = document().create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_value(text);
    area.set_class_name("unseen");
    let focused = document().active_element();
    // Elements outside an open modal dialog cannot be selected.
    let dialog = document().query_selector("dialog:modal").ok().flatten();
    let place = dialog.or_else(|| document().body().map(Into::into))?;
    place.append_child(&area).ok()?;
    area.select();
    let is_copied = document().dyn_into::<HtmlDocument>().ok()?.exec_command("copy").unwrap_or(false);
    place.remove_child(&area).ok()?;
    focused.and_then(|element| element.dyn_into::<HtmlElement>().ok()).map(|element| element.focus());
    Some(is_copied)
}

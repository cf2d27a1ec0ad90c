//! A form field with its error beside it, linked for screen readers.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::prelude::*;

/// Counter for element ids that are unique on the page.
static LAST: AtomicU32 = AtomicU32::new(0);

/// An element id that no other element of the page has, in this form or another one.
pub(crate) fn unique_id() -> String {
    format!("field-{}", LAST.fetch_add(1, Ordering::Relaxed))
}

/// Appearance and input mode of a field.
#[derive(Clone, Copy, Default)]
pub(crate) struct FieldKind {
    pub(crate) is_short: bool,
    /// Input mode `numeric` or `decimal`, for on-screen keyboards.
    pub(crate) mode: Option<&'static str>,
    pub(crate) placeholder: &'static str,
    /// Whether the field is disabled now.
    pub(crate) is_off: Option<Signal<bool>>,
    /// Values to suggest; others may be typed as well.
    pub(crate) known: Option<Signal<Vec<String>>>,
}

/// Renders a field of several lines with a visible label.
pub(crate) fn text_area(
    label: &'static str,
    hint: Signal<&'static str>,
    text: RwSignal<String>,
    fault: Signal<Option<String>>,
) -> AnyView {
    let id = unique_id();
    let (described, of) = (id.clone(), id);
    view! {
        <label class="area"><span>{label}" "<small class="dim">{hint}</small></span>
            <textarea rows="2" aria-label=label autocomplete="off" autocapitalize="none" spellcheck="false" aria-invalid=move || fault.read().is_some().then_some("true")
                aria-describedby=move || fault.read().is_some().then(|| described.clone()) prop:value=text on:input=move |event| text.set(event_target_value(&event))></textarea>
            <span class="wrong" id=of>{move || fault.get()}</span></label>
    }
    .into_any()
}

/// Renders the field; `label` names a field that has no visible label.
pub(crate) fn field(
    label: Option<String>,
    kind: FieldKind,
    text: Signal<String>,
    fault: Signal<Option<String>>,
    on_input: impl Fn(String) + 'static,
) -> AnyView {
    let id = unique_id();
    let list = kind.known.map(|known| (format!("known-{id}"), known));
    let names = list.as_ref().map(|(list, _)| list.clone());
    let known = list.map(|(list, known)| {
        let options =
            move || known.get().into_iter().map(|value| view! { <option value=value></option> }).collect_view();
        view! { <datalist id=list>{options}</datalist> }
    });
    let (described, of) = (id.clone(), id);
    let class = if kind.is_short { "inline short" } else { "inline" };
    view! {
        <span class="typed">
            <input class=class type="text" autocomplete="off" autocapitalize="none" spellcheck="false" inputmode=kind.mode list=names placeholder=kind.placeholder aria-label=label
                aria-invalid=move || fault.read().is_some().then_some("true") aria-describedby=move || fault.read().is_some().then(|| described.clone())
                disabled=move || kind.is_off.is_some_and(|is_off| is_off.get()) prop:value=move || text.get() on:input=move |event| on_input(event_target_value(&event))/>
            {known}
            <span class="wrong" id=of>{move || fault.get()}</span>
        </span>
    }
    .into_any()
}

//! Button with a popover below. The browser closes it by Escape or an outside click, and restores the focus.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, MouseEvent};

/// `title` is the button's text; `label` names the panel, whose content exists only while open.
#[component]
pub(crate) fn Menu(
    label: &'static str,
    #[prop(into)] title: ViewFn,
    #[prop(into)] content: ViewFn,
    /// Whether the title is an icon, which needs the label for screen readers.
    #[prop(optional)]
    picture: bool,
) -> impl IntoView {
    let id = format!("menu-{}", label.to_lowercase());
    let open = RwSignal::new(false);
    let inset = RwSignal::new(String::new());
    let click = move |event: MouseEvent| {
        let button = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        button.into_iter().for_each(|button| inset.set(below(&button)));
        open.set(true);
    };
    let toggled = move |event: Event| {
        let panel = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        open.set(panel.is_some_and(|panel| panel.matches(":popover-open").unwrap_or(false)));
    };
    view! {
        <button class="button menu" title=picture.then_some(label) aria-label=picture.then_some(label) popovertarget=id.clone() on:click=click>{move || title.run()}</button>
        <section id=id class="popover" popover="auto" aria-label=label style:inset=move || inset.get() on:toggle=toggled>
            <Show when=move || open.get()>{let content = content.clone(); move || content.run()}</Show>
        </section>
    }
}

/// Position below the element: aligned left in the left half of the window, otherwise right.
fn below(element: &Element) -> String {
    let (place, width) = (element.get_bounding_client_rect(), window().inner_width().ok());
    let width = width.and_then(|width| width.as_f64()).unwrap_or_default();
    let top = place.bottom() + 4.0;
    if place.left() < width / 2.0 {
        format!("{top}px auto auto {}px", place.left())
    } else {
        format!("{top}px {}px auto auto", width - place.right())
    }
}

//! Button with a popover below. The browser closes it by Escape or an outside click, and restores the focus. It also
//! closes when the focus leaves it.

use std::time::Duration;

use leptos::ev;
use leptos::html::Section;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FocusEvent, HtmlElement, MouseEvent};

use crate::hooks::on_window;

/// Minimum distance between a panel and a side of the window, in pixels.
const MARGIN: f64 = 8.0;

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
    let (open, panel) = (RwSignal::new(false), NodeRef::<Section>::new());
    let place = RwSignal::new(Place::default());
    let click = move |event: MouseEvent| {
        let button = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        button.into_iter().for_each(|button| place.set(Place::below(&button)));
        open.set(true);
    };
    let toggled = move |event: Event| {
        let panel = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        let panel = panel.filter(|panel| panel.matches(":popover-open").unwrap_or(false));
        open.set(panel.is_some());
        panel.as_ref().and_then(Place::within_window).into_iter().for_each(|inside| place.set(inside));
    };
    // A click on nothing focusable within the panel leaves the focus nowhere: the menu stays until something else gets it.
    on_window(ev::focusin, move |event: FocusEvent| {
        let panel = panel.get_untracked().filter(|_| open.get_untracked());
        let to = event.target().and_then(|to| to.dyn_into::<Element>().ok());
        if let (Some(panel), Some(to)) = (panel, to)
            && !panel.contains(Some(&to))
            && !to.matches(&format!("[popovertarget={:?}]", panel.id())).unwrap_or(false)
        {
            // Only once the focus has moved, so that the browser does not take it back.
            set_timeout(move || _ = panel.hide_popover(), Duration::ZERO);
        }
    });
    view! {
        <button class="button menu" title=picture.then_some(label) aria-label=picture.then_some(label) popovertarget=id.clone() on:click=click>{move || title.run()}</button>
        <section id=id class="popover" popover="auto" aria-label=label node_ref=panel style:top=move || place.read().top.clone()
            style:left=move || place.read().left.clone() style:right=move || place.read().right.clone() on:toggle=toggled>
            <Show when=move || open.get()>{let content = content.clone(); move || content.run()}</Show>
        </section>
    }
}

/// Closes the menu that an event came from.
pub(crate) fn close_menu(event: &Event) {
    let from = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let panel = from.and_then(|from| from.closest("[popover]").ok().flatten());
    let panel = panel.and_then(|panel| panel.dyn_into::<HtmlElement>().ok());
    panel.into_iter().for_each(|panel| _ = panel.hide_popover());
}

/// Position of a panel, as CSS lengths.
#[derive(Clone, Default)]
struct Place {
    top: String,
    left: String,
    right: String,
}

impl Place {
    /// Position below the element: aligned left in the left half of the window, otherwise right.
    fn below(element: &Element) -> Self {
        let (place, width) = (element.get_bounding_client_rect(), window_width());
        let (left, right) = match place.left() < width / 2.0 {
            true => (px(place.left()), auto()),
            false => (auto(), px(width - place.right())),
        };
        Self { top: px(place.bottom() + 4.0), left, right }
    }

    /// Position of a panel that is drawn beyond a side of the window, moved inside.
    fn within_window(panel: &Element) -> Option<Self> {
        let place = panel.get_bounding_client_rect();
        let last = window_width() - MARGIN - place.width();
        let left = place.left().min(last).max(MARGIN);
        ((left - place.left()).abs() >= 1.0).then(|| Self { top: px(place.top()), left: px(left), right: auto() })
    }
}

fn window_width() -> f64 {
    window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or_default()
}

fn auto() -> String {
    "auto".to_owned()
}

fn px(length: f64) -> String {
    format!("{length}px")
}

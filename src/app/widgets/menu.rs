//! Button with a popover below. The browser closes it by Escape or an outside click, and restores the focus. It also
//! closes when the focus leaves it.

use std::time::Duration;

use leptos::ev;
use leptos::html::Section;
use leptos::prelude::*;
use mesoscope_core::text::tables::actions_on;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FocusEvent, HtmlElement, MouseEvent};

use crate::hooks::on_window;
use crate::icon::Icon;

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
    let menu = MenuPanel::new();
    view! {
        <button class="button menu" title=picture.then_some(label) aria-label=picture.then_some(label) popovertarget=id.clone() on:click=move |event| menu.pressed(&event)>{move || title.run()}</button>
        {menu.view(id, move || label.to_owned(), content)}
    }
}

/// A menu that the rows of a table share: each row has a button, and the one that was pressed is the subject.
pub(crate) struct RowMenu<T: 'static> {
    menu: MenuPanel,
    subject: RwSignal<Option<T>>,
    /// Name of the subject.
    name: RwSignal<String>,
}

impl<T: 'static> Clone for RowMenu<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: 'static> Copy for RowMenu<T> {}

/// Id of the panel: a page has one table.
pub(crate) const ROW_MENU: &str = "menu-row";

impl<T: Clone + Send + Sync + 'static> RowMenu<T> {
    pub(crate) fn new() -> Self {
        Self { menu: MenuPanel::new(), subject: RwSignal::new(None), name: RwSignal::new(String::new()) }
    }

    /// The button of a row. It is not a tab stop: the table has a key for it.
    pub(crate) fn button(self, subject: T, name: String) -> AnyView {
        let label = actions_on(&name);
        let pressed = move |event: MouseEvent| {
            self.subject.set(Some(subject.clone()));
            self.name.set(name.clone());
            self.menu.pressed(&event);
        };
        view! { <button class="quiet row-menu" type="button" tabindex="-1" popovertarget=ROW_MENU aria-label=label.clone() title=label on:click=pressed>{Icon::More.view()}</button> }
            .into_any()
    }

    /// The panel, once for all rows.
    pub(crate) fn panel(self, content: impl Fn(T) -> AnyView + Send + Sync + 'static) -> AnyView {
        let content = ViewFn::from(move || self.subject.get().map(&content));
        self.menu.view(ROW_MENU.to_owned(), move || actions_on(&self.name.read()), content).into_any()
    }
}

/// The open panel of a menu.
#[derive(Clone, Copy)]
struct MenuPanel {
    open: RwSignal<bool>,
    panel: NodeRef<Section>,
    place: RwSignal<Place>,
}

impl MenuPanel {
    fn new() -> Self {
        Self { open: RwSignal::new(false), panel: NodeRef::new(), place: RwSignal::new(Place::default()) }
    }

    /// A button was pressed: the panel opens below it.
    fn pressed(self, event: &MouseEvent) {
        let button = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        button.into_iter().for_each(|button| self.place.set(Place::below(&button)));
        self.open.set(true);
    }

    fn toggled(self, event: &Event) {
        let panel = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        let panel = panel.filter(|panel| panel.matches(":popover-open").unwrap_or(false));
        self.open.set(panel.is_some());
        panel.as_ref().and_then(Place::within_window).into_iter().for_each(|inside| self.place.set(inside));
    }

    /// Closes the panel when something else gets the focus. A click on nothing focusable within it leaves the focus nowhere: it stays.
    fn close_when_left(self) {
        on_window(ev::focusin, move |event: FocusEvent| {
            let panel = self.panel.get_untracked().filter(|_| self.open.get_untracked());
            let to = event.target().and_then(|to| to.dyn_into::<Element>().ok());
            if let (Some(panel), Some(to)) = (panel, to)
                && !panel.contains(Some(&to))
                && !to.matches(&format!("[popovertarget={:?}]", panel.id())).unwrap_or(false)
            {
                // Only once the focus has moved, so that the browser does not take it back.
                set_timeout(move || _ = panel.hide_popover(), Duration::ZERO);
            }
        });
    }

    fn view(self, id: String, label: impl Fn() -> String + Send + Sync + 'static, content: ViewFn) -> impl IntoView {
        self.close_when_left();
        let Self { open, panel, place } = self;
        view! {
            <section id=id class="popover" popover="auto" tabindex="-1" aria-label=label node_ref=panel style:top=move || place.read().top.clone()
                style:left=move || place.read().left.clone() style:right=move || place.read().right.clone() on:toggle=move |event| self.toggled(&event)>
                <Show when=move || open.get()>{let content = content.clone(); move || content.run()}</Show>
            </section>
        }
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

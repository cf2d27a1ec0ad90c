//! Terminals in containers: several as tabs of one dock, which stays while the user goes from page to page.
//!
//! The gateway runs the sessions; this keeps their state.

pub(crate) mod dock;
mod emulator;
pub(crate) mod form;
mod keys;
mod panel;
mod session;
mod tab;
mod tabs;
mod ticket;
mod touch_keys;

use leptos::ev;
use leptos::prelude::*;

use self::tab::{TabId, TabState, TerminalOrder, TerminalTab};
use crate::hooks::{on_change, on_window};
use crate::worker_link::link;

/// Size of the dock.
#[derive(Clone, Copy, PartialEq, Eq)]
enum DockSize {
    Part,
    Full,
    /// Only the tabs are visible.
    Minimised,
}

/// All terminals of the page.
#[derive(Clone, Copy)]
pub(crate) struct Terminals {
    tabs: RwSignal<Vec<TerminalTab>>,
    active: RwSignal<TabId>,
    size: RwSignal<DockSize>,
    /// Terminal whose end the user has to confirm.
    closing: RwSignal<Option<TabId>>,
    count: StoredValue<TabId>,
}

/// Provides an empty dock.
pub(crate) fn provide() {
    let terminals = Terminals {
        tabs: RwSignal::new(Vec::new()),
        active: RwSignal::new(0),
        size: RwSignal::new(DockSize::Part),
        closing: RwSignal::new(None),
        count: StoredValue::new(0),
    };
    provide_context(terminals);
    // Leaving the page ends the commands.
    on_window(ev::beforeunload, move |event| {
        if terminals.tabs.with_untracked(|tabs| tabs.iter().any(TerminalTab::is_running)) {
            event.prevent_default();
        }
    });
    // Terminals of one user must not be visible to the next.
    let signed_out = link().signed_out;
    on_change(move || signed_out.get(), move |_| terminals.close_all());
}

/// All terminals of the page.
pub(crate) fn terminals() -> Terminals {
    expect_context()
}

impl Terminals {
    /// Opens a terminal and shows it.
    pub(crate) fn open(self, order: TerminalOrder) {
        let tab = self.tab(order);
        self.active.set(tab.id);
        self.tabs.update(|tabs| tabs.push(tab));
        if self.size.get_untracked() == DockSize::Minimised {
            self.size.set(DockSize::Part);
        }
    }

    /// Opens an ended terminal again, in its place.
    fn reopen(self, id: TabId) {
        let Some(order) =
            self.tabs.with_untracked(|tabs| tabs.iter().find(|tab| tab.id == id).map(|tab| tab.order.clone()))
        else {
            return;
        };
        session::close(id);
        let tab = self.tab(order);
        self.active.set(tab.id);
        self.tabs.update(|tabs| {
            if let Some(place) = tabs.iter_mut().find(|tab| tab.id == id) {
                *place = tab;
            }
        });
    }

    fn tab(self, order: TerminalOrder) -> TerminalTab {
        let id = self.count.try_update_value(|count| {
            *count += 1;
            *count
        });
        TerminalTab {
            id: id.unwrap_or_default(),
            order,
            state: ArcRwSignal::new(TabState::Opening),
            container: ArcRwSignal::new(None),
            input_refused: ArcRwSignal::new(None),
            said: ArcRwSignal::new(String::new()),
            searches: ArcRwSignal::new(false),
            holds_control: ArcRwSignal::new(false),
        }
    }

    /// Closes a terminal, after a question if it still runs.
    fn ask_to_close(self, tab: &TerminalTab) {
        if tab.is_running() { self.closing.set(Some(tab.id)) } else { self.close(tab.id) }
    }

    fn close(self, id: TabId) {
        session::close(id);
        self.closing.set(None);
        let place = self.tabs.with_untracked(|tabs| tabs.iter().position(|tab| tab.id == id));
        self.tabs.update(|tabs| tabs.retain(|tab| tab.id != id));
        let next = self.tabs.with_untracked(|tabs| {
            let place = place.unwrap_or_default().min(tabs.len().saturating_sub(1));
            tabs.get(place).map(|tab| tab.id)
        });
        if let Some(next) = next.filter(|_| self.active.get_untracked() == id) {
            self.active.set(next);
        }
    }

    fn close_all(self) {
        self.tabs.with_untracked(|tabs| tabs.iter().for_each(|tab| session::close(tab.id)));
        self.closing.set(None);
        self.tabs.update(Vec::clear);
    }
}

//! Recent pages, favourites and saved views of this browser. Other tabs follow each change.

use leptos::ev;
use leptos::prelude::*;
use mesoscope_core::palette::kept_pages::{
    KeepError, RECENT, SavedView, add_favourite, read_addresses, read_views, restore_view, save_view, view_named, visit,
};
use mesoscope_core::route::Route;
use serde::Serialize;

use super::hooks::{on_change, on_update, on_window, set_if_changed};
use super::router::route;
use super::storage::{StorageArea, load};
use super::worker_link::link;

const RECENTS: &str = "recent";
const FAVOURITES: &str = "favourites";
const VIEWS: &str = "views";

/// The kept pages.
#[derive(Clone, Copy)]
pub(crate) struct KeptPages {
    /// Addresses of objects, the one visited last first.
    pub(crate) recent: RwSignal<Vec<String>>,
    /// Addresses of favourites, oldest first.
    pub(crate) favourites: RwSignal<Vec<String>>,
    /// Saved views, oldest first.
    pub(crate) views: RwSignal<Vec<SavedView>>,
    /// Name of the table on screen, and the names of its visible columns; `None` on a page without one.
    columns: RwSignal<Option<(&'static str, Callback<(), String>)>>,
}

/// Loads the kept pages, and records visits from now on.
pub(crate) fn provide() {
    let kept = KeptPages {
        recent: RwSignal::new(Vec::new()),
        favourites: RwSignal::new(Vec::new()),
        views: RwSignal::new(Vec::new()),
        columns: RwSignal::new(None),
    };
    kept.read_storage();
    provide_context(kept);
    on_window(ev::storage, move |_| kept.read_storage());
    let here = route();
    on_update(move || here.get().page(), move |page| kept.visited(&page));
    // The objects that one user has looked at must not be visible to the next.
    let signed_out = link().signed_out;
    on_change(move || signed_out.get(), move |_| _ = change(RECENTS, kept.recent, |recent| recent.clear()));
}

/// The kept pages of this browser.
pub(crate) fn kept_pages() -> KeptPages {
    expect_context()
}

impl KeptPages {
    fn read_storage(self) {
        let addresses = |name| read_addresses(&load(name).unwrap_or_default());
        let mut recent = addresses(RECENTS);
        recent.truncate(RECENT);
        set_if_changed(self.recent, recent);
        set_if_changed(self.favourites, addresses(FAVOURITES));
        set_if_changed(self.views, read_views(&load(VIEWS).unwrap_or_default()));
    }

    fn visited(self, page: &Route) {
        let mut recent = self.recent.get_untracked();
        visit(&mut recent, page);
        if recent != self.recent.get_untracked() {
            let _ = change(RECENTS, self.recent, |now| *now = recent);
        }
    }

    /// Sets the table whose columns a saved view includes, until the scope ends.
    pub(crate) fn set_columns(self, table: &'static str, names: Callback<(), String>) {
        self.columns.set(Some((table, names)));
        // The next table may be there before this one is gone.
        let is_own = move || self.columns.read_untracked().is_some_and(|(name, _)| name == table);
        on_cleanup(move || {
            if is_own() {
                self.columns.set(None);
            }
        });
    }

    /// Address of the table on screen with its columns, which is the same view in every browser.
    pub(crate) fn shared_view(self, here: &Route) -> Route {
        let mut route = here.clone();
        let names = self.columns.get_untracked().map(|(_, names)| names.run(()));
        if let Some((table, columns)) = route.table().zip(names) {
            table.columns = columns;
        }
        route
    }

    /// Saves the table's address under a name. Returns the view of that name that it replaces.
    pub(crate) fn save_view(self, name: &str, route: &Route) -> Result<Option<SavedView>, KeepError> {
        let mut views = self.views.get_untracked();
        let replaced = save_view(&mut views, name, &self.shared_view(route))?;
        change(VIEWS, self.views, |now| *now = views).map(|()| replaced)
    }

    /// Name of the view that saving under this name would replace. Reads the views.
    pub(crate) fn replaces(self, name: &str) -> Option<String> {
        self.views.with(|views| view_named(views, name).map(|view| view.name.clone()))
    }

    /// Restores a replaced or deleted view.
    pub(crate) fn restore_view(self, old: SavedView) -> Result<(), KeepError> {
        change(VIEWS, self.views, |views| restore_view(views, old))
    }

    /// Deletes the view of that name.
    pub(crate) fn delete_view(self, name: &str) -> Result<(), KeepError> {
        change(VIEWS, self.views, |views| views.retain(|view| view.name != name))
    }

    /// Adds a page to the favourites.
    pub(crate) fn add_favourite(self, route: &Route) -> Result<(), KeepError> {
        let mut favourites = self.favourites.get_untracked();
        add_favourite(&mut favourites, route)?;
        change(FAVOURITES, self.favourites, |now| *now = favourites)
    }

    /// Removes a page from the favourites.
    pub(crate) fn remove_favourite(self, route: &Route) -> Result<(), KeepError> {
        let address = route.to_string();
        change(FAVOURITES, self.favourites, |favourites| favourites.retain(|other| *other != address))
    }
}

/// Changes a list, and stores it. If the browser refuses, the change lasts as long as the page.
fn change<T: Serialize + Send + Sync + 'static>(
    name: &str,
    list: RwSignal<Vec<T>>,
    with: impl FnOnce(&mut Vec<T>),
) -> Result<(), KeepError> {
    list.update(with);
    let json = list.with_untracked(serde_json::to_string).map_err(|_| KeepError::NotStored)?;
    if StorageArea::Local.save(name, Some(&json)) { Ok(()) } else { Err(KeepError::NotStored) }
}

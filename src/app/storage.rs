//! What the browser keeps until next time, where it lets anything be kept; otherwise it lasts as long as the page.

use leptos::prelude::window;
use web_sys::Storage;

/// Where, and so for how long.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum StorageArea {
    /// In this browser, for all its tabs.
    Local,
    /// In this tab, until it is closed.
    Session,
}

impl StorageArea {
    fn storage(self) -> Option<Storage> {
        match self {
            Self::Local => window().local_storage().ok().flatten(),
            Self::Session => window().session_storage().ok().flatten(),
        }
    }

    /// What was kept there under that name.
    pub(crate) fn load(self, name: &str) -> Option<String> {
        self.storage()?.get_item(&format!("mesoscope.{name}")).ok().flatten()
    }

    /// Keeps it there, or, if there is nothing to keep, forgets.
    pub(crate) fn save(self, name: &str, value: Option<&str>) {
        let name = format!("mesoscope.{name}");
        let _ = self.storage().map(|storage| match value {
            Some(value) => storage.set_item(&name, value),
            None => storage.remove_item(&name),
        });
    }
}

/// What the browser kept under that name.
pub(crate) fn load(name: &str) -> Option<String> {
    StorageArea::Local.load(name)
}

/// Keeps it in this browser, or, if there is nothing to keep, forgets.
pub(crate) fn save(name: &str, value: Option<&str>) {
    StorageArea::Local.save(name, value);
}

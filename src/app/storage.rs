//! Browser storage. If the browser refuses it, settings last as long as the page.

use leptos::prelude::window;
use web_sys::Storage;

/// Storage area, which determines the lifetime.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum StorageArea {
    /// All tabs of this browser.
    Local,
    /// This tab, until it is closed.
    Session,
}

impl StorageArea {
    fn storage(self) -> Option<Storage> {
        match self {
            Self::Local => window().local_storage().ok().flatten(),
            Self::Session => window().session_storage().ok().flatten(),
        }
    }

    /// Loads a value.
    pub(crate) fn load(self, name: &str) -> Option<String> {
        self.storage()?.get_item(&format!("mesoscope.{name}")).ok().flatten()
    }

    /// Stores a value; `None` removes it. Returns whether the browser did so.
    pub(crate) fn save(self, name: &str, value: Option<&str>) -> bool {
        let name = format!("mesoscope.{name}");
        let saved = self.storage().map(|storage| match value {
            Some(value) => storage.set_item(&name, value),
            None => storage.remove_item(&name),
        });
        matches!(saved, Some(Ok(())))
    }
}

/// Loads a value of this browser.
pub(crate) fn load(name: &str) -> Option<String> {
    StorageArea::Local.load(name)
}

/// Stores a value in this browser; `None` removes it. Settings that are not stored last as long as the page.
pub(crate) fn save(name: &str, value: Option<&str>) {
    let _ = StorageArea::Local.save(name, value);
}

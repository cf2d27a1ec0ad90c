//! What the browser keeps until next time, where it lets anything be kept; otherwise it lasts as long as the page.

use leptos::prelude::window;
use web_sys::Storage;

/// Where, and so for how long.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Where {
    /// In this browser, for all its tabs.
    Browser,
    /// In this tab, until it is closed.
    Tab,
}

impl Where {
    fn storage(self) -> Option<Storage> {
        match self {
            Self::Browser => window().local_storage().ok().flatten(),
            Self::Tab => window().session_storage().ok().flatten(),
        }
    }

    /// What was kept there under that name.
    pub(crate) fn kept(self, name: &str) -> Option<String> {
        self.storage()?.get_item(&format!("mesoscope.{name}")).ok().flatten()
    }

    /// Keeps it there, or, if there is nothing to keep, forgets.
    pub(crate) fn keep(self, name: &str, value: Option<&str>) {
        let name = format!("mesoscope.{name}");
        let _ = self.storage().map(|storage| match value {
            Some(value) => storage.set_item(&name, value),
            None => storage.remove_item(&name),
        });
    }
}

/// What the browser kept under that name.
pub(crate) fn kept(name: &str) -> Option<String> {
    Where::Browser.kept(name)
}

/// Keeps it in this browser, or, if there is nothing to keep, forgets.
pub(crate) fn keep(name: &str, value: Option<&str>) {
    Where::Browser.keep(name, value);
}

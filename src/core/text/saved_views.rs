//! Why a view or a favourite was not saved.

/// The name is empty.
pub const NO_NAME: &str = "Enter a name for the view.";
/// The page is no table.
pub const NO_TABLE: &str = "Only tables can be saved as a view. Add this page to favourites instead.";
/// The address is too long.
pub const LONG_ADDRESS: &str = "The filter is too long to be kept. Shorten it first.";
/// The browser refused to store it.
pub const NOT_STORED: &str =
    "The browser did not store it: its storage is full or blocked for this page. It lasts until you close this page.";

/// The name is too long.
pub fn long_name(most: usize) -> String {
    format!("The name is too long. Use at most {most} characters.")
}

/// There are as many views as may be kept.
pub fn too_many_views(most: usize) -> String {
    format!("There are {most} saved views already. Delete one first.")
}

/// There are as many favourites as may be kept.
pub fn too_many_favourites(most: usize) -> String {
    format!("There are {most} favourites already. Remove one first.")
}

/// Title of the command that saves a view.
pub fn save_as(name: &str) -> String {
    format!("Save this view as “{name}”")
}

/// Title of the command that saves a view under a name that another has.
pub fn replace(name: &str) -> String {
    format!("Replace the view “{name}”")
}

/// Says what the form would replace.
pub fn would_replace(name: &str) -> String {
    format!("A view “{name}” exists already.")
}

/// Confirms that a view of the same name was replaced.
pub fn replaced(name: &str) -> String {
    format!("Replaced the view “{name}”.")
}

/// Confirms that a replaced view is as before.
pub fn restored(name: &str) -> String {
    format!("Restored the view “{name}”.")
}

/// Title of the command that deletes a view.
pub fn delete(name: &str) -> String {
    format!("Delete the view “{name}”")
}

/// Confirms that a view was saved.
pub fn saved(name: &str) -> String {
    format!("Saved the view “{name}”.")
}

/// Confirms that a view was deleted.
pub fn deleted(name: &str) -> String {
    format!("Deleted the view “{name}”.")
}

/// Label of the button that deletes a view.
pub fn delete_label(name: &str) -> String {
    format!("Delete the view {name}")
}

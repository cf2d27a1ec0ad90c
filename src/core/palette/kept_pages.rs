//! Pages that a browser keeps by their addresses: recent ones, favourites, and views with a name.
//!
//! Storage is untrusted: what cannot be read is left out.

use serde::{Deserialize, Serialize};

use crate::route::Route;
use crate::text::saved_views;

/// Maximum number of recent pages.
pub const RECENT: usize = 12;
/// Maximum number of favourites.
pub const FAVOURITES: usize = 50;
/// Maximum number of saved views.
pub const VIEWS: usize = 50;
/// Maximum length of a view's name, in characters.
pub const NAME_LENGTH: usize = 60;
/// Maximum length of a kept address, in bytes. Longer ones come from filters that no user types.
const ADDRESS_LENGTH: usize = 4000;

/// A table's address under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// Name, without blanks at its ends.
    pub name: String,
    /// Address of the table: filter, order and columns.
    pub address: String,
}

/// Why a view or a favourite is not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeepError {
    /// The name is empty.
    #[error("{}", saved_views::NO_NAME)]
    NoName,
    /// The name has more than [`NAME_LENGTH`] characters.
    #[error("{}", saved_views::long_name(NAME_LENGTH))]
    LongName,
    /// The page is no table.
    #[error("{}", saved_views::NO_TABLE)]
    NoTable,
    /// The address is too long.
    #[error("{}", saved_views::LONG_ADDRESS)]
    LongAddress,
    /// There are as many views as may be kept.
    #[error("{}", saved_views::too_many_views(VIEWS))]
    TooManyViews,
    /// There are as many favourites as may be kept.
    #[error("{}", saved_views::too_many_favourites(FAVOURITES))]
    TooManyFavourites,
    /// The browser refused to store it.
    #[error("{}", saved_views::NOT_STORED)]
    NotStored,
}

/// Whether a page is worth keeping as a recent one: an object, but no table and no file.
fn is_object(route: &Route) -> bool {
    match route {
        Route::Agent(_)
        | Route::AgentFramework(..)
        | Route::Executor(..)
        | Route::Framework(_)
        | Route::Task(..)
        | Route::Role(_) => true,
        Route::Overview
        | Route::Agents(_)
        | Route::AgentBrowse(..)
        | Route::ExecutorBrowse(..)
        | Route::TaskBrowse(..)
        | Route::Terminal(..)
        | Route::Executors(_)
        | Route::Frameworks(_)
        | Route::Tasks(_)
        | Route::Roles(_)
        | Route::Offers(_)
        | Route::Offer(_)
        | Route::Operations(_)
        | Route::Operation(_)
        | Route::Volumes(_)
        | Route::Maintenance
        | Route::Master
        | Route::MasterBrowse(_)
        | Route::Diagnostics
        | Route::Events(_)
        | Route::MyChanges
        | Route::Run(_)
        | Route::RunResults(..)
        | Route::OwnFrameworks
        | Route::Help
        | Route::Unknown(_) => false,
    }
}

/// Puts an object's page first among the recent ones. Other pages change nothing.
pub fn visit(recent: &mut Vec<String>, route: &Route) {
    let address = route.to_string();
    if !is_object(route) || address.len() > ADDRESS_LENGTH {
        return;
    }
    recent.retain(|other| *other != address);
    recent.insert(0, address);
    recent.truncate(RECENT);
}

/// Adds a page to the favourites, or does nothing if it is one.
///
/// # Errors
/// Too many favourites, or too long an address.
pub fn add_favourite(favourites: &mut Vec<String>, route: &Route) -> Result<(), KeepError> {
    let address = route.to_string();
    if favourites.contains(&address) {
        return Ok(());
    }
    if address.len() > ADDRESS_LENGTH {
        return Err(KeepError::LongAddress);
    }
    if favourites.len() >= FAVOURITES {
        return Err(KeepError::TooManyFavourites);
    }
    favourites.push(address);
    Ok(())
}

/// A view's name as it is kept: without blanks at its ends, and with single ones inside.
fn tidy_name(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The view that saving under this name would replace.
pub fn view_named<'a>(views: &'a [SavedView], name: &str) -> Option<&'a SavedView> {
    let name = tidy_name(name);
    views.iter().find(|view| view.name == name)
}

/// Saves a table's address under a name. Returns the view of that name that it replaces, if its address differs.
///
/// # Errors
/// Bad name, no table, too many views, or too long an address.
pub fn save_view(views: &mut Vec<SavedView>, name: &str, route: &Route) -> Result<Option<SavedView>, KeepError> {
    let name = tidy_name(name);
    let address = route.to_string();
    if name.is_empty() {
        return Err(KeepError::NoName);
    }
    if name.chars().count() > NAME_LENGTH {
        return Err(KeepError::LongName);
    }
    if route.clone().table().is_none() {
        return Err(KeepError::NoTable);
    }
    if address.len() > ADDRESS_LENGTH {
        return Err(KeepError::LongAddress);
    }
    let is_full = views.len() >= VIEWS;
    match views.iter_mut().find(|view| view.name == name) {
        Some(view) if view.address == address => Ok(None),
        Some(view) => Ok(Some(std::mem::replace(view, SavedView { name, address }))),
        None if is_full => Err(KeepError::TooManyViews),
        None => {
            views.push(SavedView { name, address });
            Ok(None)
        }
    }
}

/// Restores the address of a view that was replaced, or the view itself if it was deleted meanwhile.
pub fn restore_view(views: &mut Vec<SavedView>, old: SavedView) {
    match views.iter_mut().find(|view| view.name == old.name) {
        Some(view) => *view = old,
        None => views.push(old),
    }
}

/// Views from storage. Those that lead to no table are left out.
pub fn read_views(json: &str) -> Vec<SavedView> {
    let all: Vec<SavedView> = serde_json::from_str(json).unwrap_or_default();
    let is_table = |view: &SavedView| Route::parse(&view.address).table().is_some() && !view.name.trim().is_empty();
    all.into_iter().filter(is_table).take(VIEWS).collect()
}

/// Addresses from storage. Those that lead to no page are left out.
pub fn read_addresses(json: &str) -> Vec<String> {
    let all: Vec<String> = serde_json::from_str(json).unwrap_or_default();
    let leads = |address: &String| !matches!(Route::parse(address), Route::Unknown(_));
    all.into_iter().filter(leads).take(FAVOURITES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::TableParams;

    fn tasks(filter: &str) -> Route {
        Route::Tasks(TableParams { filter: filter.to_owned(), ..TableParams::default() })
    }

    #[test]
    fn a_view_of_the_same_name_is_replaced_and_can_be_restored() {
        let mut views = Vec::new();
        let view = |address: &str| SavedView { name: "my view".to_owned(), address: address.to_owned() };
        let (failed, lost) = (view("#/tasks?filter=state:failed"), view("#/tasks?filter=state:lost"));
        assert_eq!(view_named(&views, "my view"), None);
        assert_eq!(save_view(&mut views, "  my   view ", &tasks("state:failed")), Ok(None));
        assert_eq!(save_view(&mut views, "my view", &tasks("state:failed")), Ok(None), "nothing is replaced");
        assert_eq!(view_named(&views, " my  view "), Some(&failed));
        assert_eq!(save_view(&mut views, "my view", &tasks("state:lost")), Ok(Some(failed.clone())));
        assert_eq!(views, [lost]);
        restore_view(&mut views, failed.clone());
        assert_eq!(views, std::slice::from_ref(&failed));
        views.clear();
        restore_view(&mut views, failed.clone());
        assert_eq!(views, [failed]);
    }

    #[test]
    fn bad_views_are_refused_with_a_reason() {
        let mut views = Vec::new();
        let mut check = |name: &str, route: &Route, error| assert_eq!(save_view(&mut views, name, route), Err(error));
        check(" ", &tasks(""), KeepError::NoName);
        check(&"é".repeat(NAME_LENGTH + 1), &tasks(""), KeepError::LongName);
        check("x", &Route::Overview, KeepError::NoTable);
        check("x", &tasks(&"x".repeat(ADDRESS_LENGTH)), KeepError::LongAddress);
        for nth in 0..VIEWS {
            assert_eq!(save_view(&mut views, &nth.to_string(), &tasks("")), Ok(None));
        }
        assert_eq!(save_view(&mut views, "one more", &tasks("")), Err(KeepError::TooManyViews));
        assert!(save_view(&mut views, "7", &tasks("x")).is_ok(), "one that exists can be replaced");
    }

    #[test]
    fn the_page_that_was_visited_last_comes_first() {
        let mut recent = Vec::new();
        for nth in 0..RECENT + 3 {
            visit(&mut recent, &Route::Agent(format!("S{nth}").as_str().into()));
        }
        visit(&mut recent, &Route::Agent("S9".into()));
        visit(&mut recent, &tasks(""));
        assert_eq!(recent.len(), RECENT);
        assert_eq!(recent.first().map(String::as_str), Some("#/agents/S9"));
        assert_eq!(recent.iter().filter(|address| *address == "#/agents/S9").count(), 1);
    }

    #[test]
    fn a_favourite_is_kept_once_and_within_the_limit() {
        let mut favourites = Vec::new();
        for nth in 0..FAVOURITES {
            assert_eq!(add_favourite(&mut favourites, &tasks(&nth.to_string())), Ok(()));
        }
        assert_eq!(add_favourite(&mut favourites, &tasks("7")), Ok(()));
        assert_eq!(add_favourite(&mut favourites, &tasks("other")), Err(KeepError::TooManyFavourites));
    }

    #[test]
    fn what_storage_holds_is_not_trusted() {
        for json in ["", "null", "{", "[1]", "{\"name\":1}", "[{\"name\":\"x\"}]"] {
            assert_eq!(read_views(json), Vec::new(), "{json}");
            assert_eq!(read_addresses(json), Vec::<String>::new(), "{json}");
        }
        let views = r##"[{"name":"a","address":"#/tasks"},{"name":"b","address":"javascript:alert(1)"},{"name":"","address":"#/tasks"}]"##;
        assert_eq!(read_views(views).len(), 1);
        assert_eq!(read_addresses(r##"["#/agents/x","https://example.com","#/nowhere"]"##), ["#/agents/x"]);
    }
}

//! Search pattern of a viewer's address.

use mesoscope_core::files::pattern::Pattern;
use mesoscope_core::route::browse_params::BrowseParams;

/// The search parameters of an address; all others have their defaults.
pub(super) type SearchedPlace = BrowseParams;

/// Compiles the search pattern; `None` if the text is empty.
pub(super) fn pattern(find: &str, is_regex: bool) -> Result<Option<Pattern>, String> {
    match (find.is_empty(), is_regex) {
        (true, _) => Ok(None),
        (false, true) => Pattern::regex(find).map(Some).map_err(|error| error.to_string()),
        (false, false) => Ok(Some(Pattern::text(find))),
    }
}

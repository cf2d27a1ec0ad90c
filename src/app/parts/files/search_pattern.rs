//! What a reader asks to be found.

use mesoscope_core::files::pattern::Pattern;
use mesoscope_core::route::browse_params::BrowseParams;

/// What of a place says what is searched for.
pub(super) type SearchedPlace = BrowseParams;

/// What is to be found; nothing if nothing was typed.
pub(super) fn pattern(find: &str, is_regex: bool) -> Result<Option<Pattern>, String> {
    match (find.is_empty(), is_regex) {
        (true, _) => Ok(None),
        (false, true) => Pattern::regex(find).map(Some).map_err(|error| error.to_string()),
        (false, false) => Ok(Some(Pattern::text(find))),
    }
}

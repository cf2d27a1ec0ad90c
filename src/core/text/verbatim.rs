//! Words beside text that is shown verbatim: JSON, messages, labels.

use super::{bytes, count};
use crate::base::units::Bytes;

/// Label of the search in a text.
pub fn search_in(title: &str) -> String {
    format!("Search in {title}")
}

/// Result of a search in a text: which line of those that match, counted from 0, is the current one.
pub fn lines_found(current: usize, found: usize) -> String {
    match found {
        0 => "no matches".to_owned(),
        1 => "1 line".to_owned(),
        _ => format!("{} of {} lines", count(current as u64 + 1), count(found as u64)),
    }
}

/// Label of the button that shows a whole text.
pub fn show_whole(length: Bytes) -> String {
    let (number, unit) = bytes(length);
    format!("Show all {number} {unit}")
}

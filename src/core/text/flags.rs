//! Words for flags: how a value relates to its default, and how flags of agents differ.

use super::{count, plural};
use crate::mesos::defaults::FlagDefault;

/// How a value relates to the flag's default; `None` if it is the default, or the default is not known.
pub fn note(default: FlagDefault, value: &str) -> Option<String> {
    match default {
        FlagDefault::Value(default) if default == value => None,
        FlagDefault::Value("") => Some("default: empty".to_owned()),
        FlagDefault::Value(default) => Some(format!("default: {default}")),
        FlagDefault::Unset => Some("set (no default)".to_owned()),
        FlagDefault::Machine => None,
        FlagDefault::Unlisted => Some("not a flag of Mesos 1.11.0".to_owned()),
    }
}

/// How many flags differ from their defaults.
pub fn differing(number: usize, all: usize) -> String {
    let differ = plural(u32::try_from(number).unwrap_or(u32::MAX), "flag differs", "flags differ");
    format!("{differ} from the default, of {}", count(all as u64))
}

/// Why no flag is listed: the switch or the filter hides all, or the answer has none.
pub fn none_listed(is_narrowed: bool, only_differing: bool) -> &'static str {
    match (is_narrowed, only_differing) {
        (true, _) => "No flags match this filter.",
        (false, true) => "All flags have their default values.",
        (false, false) => "The answer has no flags.",
    }
}

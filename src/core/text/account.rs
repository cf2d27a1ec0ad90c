//! Words for who is signed in, and for the settings of the page's header.

use crate::mesos::credentials::Principal;

/// Name of who is signed in.
pub fn name(who: Option<&Principal>) -> String {
    match who {
        Some(Principal::User(name)) => name.clone(),
        Some(Principal::Token) => "Signed in by token".to_owned(),
        None => "Not signed in".to_owned(),
    }
}

/// What the master shows to who is signed in, or to anyone.
pub fn explanation(who: Option<&Principal>) -> String {
    let whom = match who {
        Some(Principal::User(name)) => name.as_str(),
        Some(Principal::Token) => "the bearer of this token",
        None => "users who are not signed in",
    };
    format!(
        "This page shows what the master shows to {whom}. The master silently omits other objects. \
         Lists may be shorter than the cluster's, and sums smaller."
    )
}

/// Label of the button for the next theme.
pub fn theme_label(now: &str, next: &str) -> String {
    format!("Theme: {now}. Change to {next}")
}

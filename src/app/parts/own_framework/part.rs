//! Parts of a framework of this browser, each of which is drawn for itself.

use leptos::prelude::*;
use mesoscope_core::views::own_frameworks::OwnFramework;

/// A part of the framework, which notifies only when it changes.
pub(super) fn part<S>(own: Memo<Option<OwnFramework>>, of: fn(&OwnFramework) -> S) -> Memo<Option<S>>
where
    S: PartialEq + Clone + Send + Sync + 'static,
{
    Memo::new(move |_| own.with(|own| own.as_ref().map(of)))
}

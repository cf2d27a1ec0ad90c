//! Notes about the open files, each said once, behind an icon.

use leptos::prelude::*;
use mesoscope_core::text;

use super::log_source::LogSource;
use super::merged_files;
use super::open_files::OpenFiles;
use crate::icon::Icon;
use crate::widgets::menu::Menu;

/// A note, and the files that it is about.
type Note = (&'static str, Vec<String>);

/// Menu with the notes; none if there are no notes.
pub(super) fn notes_menu(opened: OpenFiles) -> impl IntoView {
    let notes = Memo::new(move |_| notes(&opened.log_sources()));
    let some = Memo::new(move |_| !notes.read().is_empty());
    let content = move || {
        let many = opened.log_sources().len() > 1;
        let one = move |(words, files): Note| {
            let files = many.then(|| view! { <p class="dim">{files.join(", ")}</p> });
            view! { <p>{words}</p>{files} }
        };
        notes.get().into_iter().map(one).collect_view().into_any()
    };
    move || some.get().then(|| view! { <Menu label="Notes" title=|| Icon::Info.view() content picture=true/> })
}

fn notes(log_sources: &[LogSource]) -> Vec<Note> {
    let about = |words: &'static str, is: fn(&LogSource) -> bool| {
        let names: Vec<String> =
            log_sources.iter().filter(|log_source| is(log_source)).copied().map(merged_files::name).collect();
        (!names.is_empty()).then_some((words, names))
    };
    let shared = about(text::files::SHARED_LOG, |log_source| log_source.is_executors.get());
    let apart = about(text::files::EXECUTORS_LOG, |log_source| log_source.has_tasks_apart.get());
    shared.into_iter().chain(apart).collect()
}

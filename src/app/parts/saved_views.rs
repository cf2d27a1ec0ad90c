//! Menu of a table's saved views: filter, order and columns under a name.

use leptos::prelude::*;
use mesoscope_core::palette::kept_pages::SavedView;
use mesoscope_core::route::Route;
use mesoscope_core::text::commands::copied;
use mesoscope_core::text::saved_views;

use crate::icon::Icon;
use crate::kept_pages::{KeptPages, kept_pages};
use crate::router::route;
use crate::widgets::copy::copy;
use crate::widgets::menu::Menu;

/// Renders the menu.
pub(crate) fn views_menu() -> AnyView {
    view! { <Menu label="Views" title=|| "Views" content=content/> }.into_any()
}

fn content() -> AnyView {
    let (kept, here) = (kept_pages(), route());
    let (name, said) = (RwSignal::new(String::new()), RwSignal::new(Said::default()));
    let own = Memo::new(move |_| {
        let place = here.read().place();
        let views = kept.views.get().into_iter();
        views.filter(|view| Route::parse(&view.address).place() == place).collect::<Vec<_>>()
    });
    let list = move || match own.get() {
        none if none.is_empty() => view! { <p class="dim">"No saved views of this table."</p> }.into_any(),
        views => {
            let lines = views.into_iter().map(|view| line(kept, view, said)).collect_view();
            view! { <ul class="views" aria-label="Saved views">{lines}</ul> }.into_any()
        }
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let typed = name.get_untracked();
        said.set(match kept.save_view(&typed, &here.get_untracked()) {
            Ok(replaced) => {
                name.set(String::new());
                Said::saved(typed.trim(), replaced)
            }
            Err(error) => Said::words(error.to_string()),
        });
    };
    let replaces = Memo::new(move |_| kept.replaces(&name.read()));
    let verb = move || if replaces.read().is_some() { "Replace" } else { "Save" };
    let share = move |_| {
        let address = kept.shared_view(&here.get_untracked()).to_string();
        let page = window().location().href().unwrap_or_default();
        let page = page.split('#').next().unwrap_or_default();
        copy(&format!("{page}{address}"), move |is_copied| _ = said.try_set(Said::words(copied(is_copied).to_owned())));
    };
    // What would be replaced is said before; afterwards, what was done, and the way back.
    let status = move || match replaces.get() {
        Some(name) => saved_views::would_replace(&name),
        None => said.read().words.clone(),
    };
    let undo = move || {
        let old = said.read().undo.clone().filter(|_| replaces.read().is_none())?;
        let restore = move |_| {
            let words = saved_views::restored(&old.name);
            said.set(Said::words(kept.restore_view(old.clone()).map_or_else(|error| error.to_string(), |()| words)));
        };
        Some(view! { <button class="text-button" type="button" on:click=restore>"Undo"</button> })
    };
    view! {
        {list}
        <form class="save-view" on:submit=submit>
            <input type="text" aria-label="Name of the view" placeholder="Name of this view" autocomplete="off" maxlength="60"
                prop:value=name on:input=move |event| name.set(event_target_value(&event))/>
            <button class="button">{verb}</button>
        </form>
        <button class="text-button" on:click=share>"Copy a link to this view"</button>
        <p class="dim"><span role="status">{status}</span>" "{undo}</p>
    }
    .into_any()
}

/// Result of the last command.
#[derive(Clone, Default)]
struct Said {
    words: String,
    /// The view that it replaced or deleted.
    undo: Option<SavedView>,
}

impl Said {
    fn words(words: String) -> Self {
        Self { words, undo: None }
    }

    fn saved(name: &str, replaced: Option<SavedView>) -> Self {
        let words = if replaced.is_some() { saved_views::replaced(name) } else { saved_views::saved(name) };
        Self { words, undo: replaced }
    }
}

fn line(kept: KeptPages, saved: SavedView, said: RwSignal<Said>) -> AnyView {
    let label = saved_views::delete_label(&saved.name);
    let SavedView { name, address } = saved.clone();
    let delete = move |_| {
        said.set(match kept.delete_view(&saved.name) {
            Ok(()) => Said { words: saved_views::deleted(&saved.name), undo: Some(saved.clone()) },
            Err(error) => Said::words(error.to_string()),
        });
    };
    view! {
        <li><a href=address.clone() title=address>{name}</a><button class="quiet" aria-label=label on:click=delete>{Icon::Cross.view()}</button></li>
    }
    .into_any()
}

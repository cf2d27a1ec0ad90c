//! "What fits": agents with room for a task, by the amounts that it needs.

use leptos::prelude::*;
use mesoscope_core::views::room::{RESOURCES, Room};

use super::table::FilterControl;
use crate::widgets::field::Field;
use crate::widgets::menu::{Menu, close_menu};

/// Label, id and example of each amount, in the order of [`RESOURCES`].
const FIELDS: [(&str, &str, &str); RESOURCES.len()] = [
    ("Free CPUs", "room-cpus", "any"),
    ("Free memory, GiB", "room-mem", "any"),
    ("Free disk, GiB", "room-disk", "any"),
    ("Free GPUs", "room-gpus", "any"),
];

/// Renders the menu.
pub(crate) fn room_menu(control: FilterControl) -> AnyView {
    view! { <Menu label="Room" title=|| "What fits" content=move || form(control)/> }.into_any()
}

fn form(FilterControl { filter, on_filter }: FilterControl) -> AnyView {
    let room = RwSignal::new(filter.with_untracked(|filter| Room::of(filter)));
    let errors = RwSignal::new(Vec::new());
    let field = move |(at, (label, id, example)): (usize, (&'static str, &'static str, &'static str))| {
        let problem = Memo::new(move |_| {
            errors.with(|errors: &Vec<(usize, _)>| {
                errors.iter().find(|(of, _)| *of == at).map(|(_, error): &(usize, _)| message(error))
            })
        });
        let text = move || room.with(|Room(amounts)| amounts.get(at).cloned().unwrap_or_default());
        let typed = move |event| {
            let text = event_target_value(&event);
            room.update(|Room(amounts)| amounts.iter_mut().skip(at).take(1).for_each(|amount| *amount = text.clone()));
        };
        view! {
            <Field label id problem=problem.into()>
                <input id=id type="text" inputmode="decimal" autocomplete="off" placeholder=example autofocus=at == 0 aria-describedby=format!("{id}-problem")
                    aria-invalid=move || problem.read().is_some().then_some("true") prop:value=text on:input=typed/>
            </Field>
        }
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        match room.with_untracked(|room| filter.with_untracked(|filter| room.filter(filter))) {
            Ok(filter) => {
                close_menu(&event);
                on_filter.run(filter);
            }
            Err(found) => errors.set(found),
        }
    };
    view! {
        <form class="room" on:submit=submit>
            <p class="dim">"Active agents with at least this much free. Reserved resources count as free."</p>
            {FIELDS.into_iter().enumerate().map(field).collect_view()}
            <button class="button primary">"Show agents"</button>
        </form>
    }
    .into_any()
}

fn message(error: &mesoscope_core::actions::amount::AmountError) -> String {
    error.to_string()
}

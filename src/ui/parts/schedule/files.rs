//! The schedule in and out: JSON as Mesos writes it, and iCalendar.

use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;
use mesoscope::act::{read_schedule, to_calendar, to_json};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Event, HtmlInputElement};

use super::Draft;
use crate::ui::clock::{now, today};
use crate::ui::download::give;
use crate::ui::widgets::Menu;

/// A schedule is text of some lines; what is larger is something else.
const MOST: f64 = 8e6;

/// The menu of both ways. What is read becomes a draft.
pub(super) fn files(draft: Draft, problem: RwSignal<Option<String>>) -> AnyView {
    let json = move |_| save(&to_json(&draft.shown.get_untracked()), "json");
    let calendar = move |_| save(&untrack(|| to_calendar(&draft.shown.get_untracked(), now())), "ics");
    let read = move |event: Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let file = input.as_ref().and_then(HtmlInputElement::files).and_then(|files| files.get(0));
        let Some(file) = file else { return };
        input.into_iter().for_each(|input| input.set_value(""));
        if file.size() > MOST {
            return problem.set(Some("The file is larger than any schedule.".to_owned()));
        }
        spawn_local(async move {
            let bytes = JsFuture::from(file.array_buffer()).await.map(|buffer| Uint8Array::new(&buffer).to_vec());
            match read_schedule(&String::from_utf8_lossy(&bytes.unwrap_or_default())) {
                Ok(_) if draft.is_editing_untracked() && untrack(|| draft.is_changed()) => {
                    let words = "There is a draft already, which the file would replace. Send or discard it first.";
                    problem.set(Some(words.to_owned()));
                }
                Ok(_) if untrack(|| draft.stands()).is_none() => {
                    problem.set(Some("The schedule that stands was not read yet; try again in a moment.".to_owned()));
                }
                Ok(windows) => {
                    draft.begin();
                    draft.change(|now| *now = windows);
                    problem.set(None);
                }
                Err(error) => problem.set(Some(error.to_string())),
            }
        });
    };
    let content = move || {
        view! {
            <button class="text-button" on:click=json>"Export as JSON"</button>
            <button class="text-button" on:click=calendar>"Export as iCalendar"</button>
            <label class="text-button">"Import JSON or iCalendar"<input class="unseen" type="file" accept=".json,.ics,application/json,text/calendar" on:change=read/></label>
        }
    };
    view! { <Menu label="Files" title=|| "Files" content/> }.into_any()
}

fn save(text: &str, ending: &str) {
    if let Ok(file) = Blob::new_with_str_sequence(&Array::of1(&text.into())) {
        let _ = give(&file, &format!("maintenance-{}.{ending}", today()));
    }
}

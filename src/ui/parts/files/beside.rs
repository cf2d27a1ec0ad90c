//! Other files beside the one that is looked at, in panes of their own or as one stream with it.

use leptos::prelude::*;
use mesoscope::file::{self, Order};
use mesoscope::ids::AgentId;
use mesoscope::route::Place;
use web_sys::KeyboardEvent;

use super::viewer::{Around, MOST};
use crate::ui::widgets::Menu;

/// The button, for a file of an agent.
pub(super) fn beside_menu(agent: AgentId, around: Around) -> AnyView {
    let add = {
        let agent = agent.clone();
        Callback::new(move |path: String| {
            let mut place = around.place.get_untracked();
            if place.beside.len() + 1 < MOST && !path.is_empty() {
                place.beside.push((agent.clone(), path));
                around.go.run((place, true));
            }
        })
    };
    let content = move || {
        let here = around.place.get_untracked();
        let is_shown = |path: &String| *path == here.path || here.beside.iter().any(|(_, other)| other == path);
        let folder = file::parent(&here.path).unwrap_or_default().to_owned();
        let usual = ["stdout", "stderr"].map(|name| (name, format!("{folder}/{name}")));
        let usual = usual.into_iter().filter(|(_, path)| !is_shown(path)).map(|(name, path)| {
            view! { <button class="button" on:click=move |_| add.run(path.clone())>{name}</button> }
        });
        let typed = move |event: KeyboardEvent| {
            if event.key() == "Enter" {
                let path = event_target_value(&event);
                let path = if path.starts_with('/') || path.is_empty() { path } else { format!("{folder}/{path}") };
                add.run(path);
            }
        };
        let way = |merged: Option<Order>, words: &'static str| {
            let choose = move |_| around.go.run((Place { merged, ..around.place.get_untracked() }, true));
            view! { <label><input type="radio" name="together" prop:checked=here.merged == merged on:change=choose/>{words}</label> }
        };
        view! {
            <div class="buttons">{usual.collect_view()}</div>
            <div class="field"><label for="beside-path">"Another file of this agent"</label><input id="beside-path" type="text" autocomplete="off" spellcheck="false" placeholder="a path, then Enter" on:keydown=typed/></div>
            {(!here.beside.is_empty()).then(|| view! {
                <div class="checks" role="radiogroup" aria-label="Together">
                    {way(None, "Each in a pane of its own")}
                    {way(Some(Order::Time), "As one stream, by time")}
                    {way(Some(Order::Arrival), "As one stream, as lines arrive")}
                </div>
            })}
        }
    };
    view! { <Menu label="Beside" title=|| "Beside" content/> }.into_any()
}

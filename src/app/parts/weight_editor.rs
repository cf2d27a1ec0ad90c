//! Inline editor of role weights: a field per table row, with the resulting share beside it.
//!
//! Sends nothing itself: all changes are reviewed together.

use std::collections::BTreeMap;

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::execution::Outcome;
use mesoscope_core::actions::weights::parse_weight;
use mesoscope_core::base::ids::Role;
use mesoscope_core::text;
use mesoscope_core::views::previews::SharesQuery;
use mesoscope_core::views::roles::RoleRow;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};

use crate::actions::{Proposal, TypedWeights as Typed, action_store};
use crate::hooks::on_change;
use crate::worker_link::link;

/// Selector of the weight fields, in row order.
const FIELDS: &str = "[role=grid] input.weight";

/// Number of frames to wait for the first field: a few seconds.
const FRAMES: u32 = 200;

/// Shares of each role that would result from the input; `None` until known.
#[derive(Clone, Copy)]
struct Shares(Memo<Option<Answer>>);

type Answer = ReadSignal<Option<BTreeMap<String, f64>>>;

/// Provides the resulting shares for the page's table while weights are edited.
pub(crate) fn provide_shares() {
    let (link, typed) = (link(), action_store().weights);
    let is_on = is_on(typed);
    let desired = move || {
        let typed = typed.get().unwrap_or_default();
        SharesQuery(
            typed.iter().filter_map(|(role, text)| Some((Role(role.clone()), parse_weight(text).ok()?))).collect(),
        )
    };
    provide_context(Shares(Memo::new(move |_| is_on.get().then(|| link.watch(desired)))));
}

fn is_on(typed: Typed) -> Memo<bool> {
    Memo::new(move |_| typed.read().is_some())
}

/// Input for a role.
fn text_of(typed: Typed, role: &str) -> Option<String> {
    typed.with(|typed| typed.as_ref()?.get(role).cloned())
}

/// Error in the input for a role.
fn fault_of(typed: Typed, role: &str) -> Option<String> {
    parse_weight(&text_of(typed, role)?).err().map(|error| error.to_string())
}

/// Weight cell: an input field while weights are edited.
pub(crate) fn weight_cell(row: &RoleRow, says: Memo<String>) -> AnyView {
    let typed = action_store().weights;
    let (role, is_on) = (row.name.0.clone(), is_on(typed));
    // No field until the weight is known: a later value would overwrite the input.
    let is_known = Memo::new(move |_| parse_weight(&says.read()).is_ok());
    (move || if is_on.get() && is_known.get() { input(typed, role.clone(), says) } else { says.get().into_any() })
        .into_any()
}

fn input(typed: Typed, role: String, says: Memo<String>) -> AnyView {
    let of = StoredValue::new(role);
    let label = text::roles::weight_of(&of.read_value());
    let described = described(&of.read_value());
    let wrong = Memo::new(move |_| fault_of(typed, &of.read_value()).is_some());
    let text = move || text_of(typed, &of.read_value()).unwrap_or_else(|| says.get());
    let is_touched = move || text_of(typed, &of.read_value()).is_some().then_some("");
    let forget = move || {
        typed.update(|typed| drop(typed.as_mut().and_then(|typed| typed.remove(&*of.read_value()))));
    };
    let put = move |text: String| {
        typed.update(|typed| drop(typed.as_mut().map(|typed| typed.insert(of.get_value(), text))));
    };
    // An unchanged value counts as untouched.
    let left = move |event| {
        if event_target_value(&event) == says.get_untracked() {
            forget();
        }
    };
    let pressed = move |event: KeyboardEvent| {
        event.stop_propagation();
        match event.key().as_str() {
            "Enter" => review(typed),
            "Escape" if untrack(|| text_of(typed, &of.read_value())).is_some() => forget(),
            "Escape" => end(typed),
            "ArrowUp" => step(&event, false),
            "ArrowDown" => step(&event, true),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <input class="inline weight" type="text" inputmode="decimal" autocomplete="off" spellcheck="false" aria-label=label aria-describedby=described
            aria-invalid=move || wrong.get().then_some("true") data-new=is_touched prop:value=text
            on:input=move |event| put(event_target_value(&event)) on:change=left on:keydown=pressed/>
    }
    .into_any()
}

fn described(role: &str) -> String {
    format!("share-{role}")
}

/// Share cell: the resulting share, or the error in the weight's input.
pub(crate) fn share_cell(row: &RoleRow, says: Memo<String>) -> AnyView {
    let (typed, Shares(shares)) = (action_store().weights, expect_context());
    let (role, id) = (row.name.0.clone(), described(row.name.as_str()));
    let then = Memo::new(move |_| {
        if let Some(fault) = fault_of(typed, &role) {
            return Err(fault);
        }
        let share = shares.get().and_then(|shares| shares.with(|shares| shares.as_ref()?.get(&role).copied()));
        let then = share.map(|share| text::percent(share, 1.0));
        Ok(then.filter(|then| *then != says.get()))
    });
    let view = move || match then.get() {
        Err(fault) => view! { <span class="wrong">{fault}</span> }.into_any(),
        Ok(None) => says.get().into_any(),
        Ok(Some(then)) => view! { <span>{says.get()}" → "</span><b>{then}</b> }.into_any(),
    };
    view! { <span id=id>{view}</span> }.into_any()
}

/// Moves the focus to the field of the row above or below.
fn step(event: &KeyboardEvent, down: bool) {
    let Some(here) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else { return };
    let Ok(fields) = document().query_selector_all(FIELDS) else { return };
    let is_here = |at: &u32| fields.get(*at).is_some_and(|field| field.is_same_node(Some(&here)));
    let next =
        (0..fields.length()).find(is_here).and_then(|at| if down { at.checked_add(1) } else { at.checked_sub(1) });
    next.and_then(|next| fields.get(next)).and_then(|field| field.dyn_into().ok()).iter().for_each(enter);
}

fn enter(field: &HtmlInputElement) {
    let _ = field.focus();
    field.select();
}

/// Turns the weights of the table of roles into fields, and focuses the first.
pub(crate) fn edit_weights() {
    begin(action_store().weights);
}

fn begin(typed: Typed) {
    typed.set(Some(BTreeMap::new()));
    enter_first(FRAMES);
}

/// Focuses the first field as soon as it is drawn: rows may still be loading.
fn enter_first(frames: u32) {
    request_animation_frame(move || {
        let first = document().query_selector(FIELDS).ok().flatten().and_then(|field| field.dyn_into().ok());
        match first {
            Some(field) => enter(&field),
            None if frames > 0 => enter_first(frames - 1),
            None => {}
        }
    });
}

fn end(typed: Typed) {
    typed.set(None);
    request_animation_frame(|| super::action::focus_on("[data-weights]"));
}

fn review(typed: Typed) {
    if untrack(|| disabled_reason(typed)).is_none() {
        let all = typed.get_untracked().unwrap_or_default();
        action_store()
            .propose(Proposal::Weights(all.into_iter().map(|(role, text)| (Role(role), Some(text))).collect()));
    }
}

fn disabled_reason(typed: Typed) -> Option<String> {
    if let Some(why) = action_store().disabled_reason() {
        return Some(text::checks::disabled_reason(&why));
    }
    let typed = typed.read();
    let typed = typed.as_ref()?;
    if typed.is_empty() {
        return Some(text::actions::NOTHING_CHANGED.to_owned());
    }
    let wrong = |(role, text): (&String, &String)| Some(format!("{role}: {}", parse_weight(text).err()?));
    typed.iter().find_map(wrong)
}

/// Button that starts editing; while editing, the summary with buttons to review or cancel.
pub(crate) fn weight_editor() -> AnyView {
    let actions = action_store();
    let typed = actions.weights;
    let is_on = is_on(typed);
    let reason = move || actions.disabled_reason().map(|why| text::checks::disabled_reason_with_source(&why));
    let edit = move |_| {
        if untrack(|| actions.disabled_reason()).is_none() {
            begin(typed);
        }
    };
    let view = move || {
        if is_on.get() {
            return bar(typed);
        }
        view! {
            <button class="button" data-weights="" aria-disabled=move || actions.disabled_reason().map(|_| "true") title=reason aria-description=reason on:click=edit>"Edit weights"</button>
        }
        .into_any()
    };
    view.into_any()
}

fn bar(typed: Typed) -> AnyView {
    // Drops input that was sent and confirmed.
    let sent = Memo::new(move |_| {
        let is_done = |entry: &&crate::actions::journal::JournalEntry| {
            matches!(entry.action, Action::Weights(_)) && entry.outcome == Some(Outcome::Confirmed)
        };
        action_store().journal.read().iter().rev().find(is_done).map(|entry| entry.at)
    });
    on_change(move || sent.get(), move |_| end(typed));
    let why = Memo::new(move |_| disabled_reason(typed));
    let count = move || typed.with(|typed| typed.as_ref().map_or(0, BTreeMap::len));
    let says = move || text::roles::new_weights(count());
    view! {
        <b role="status">{says}</b>
        <button class="button primary" aria-disabled=move || why.read().is_some().then_some("true") aria-description=move || why.get() on:click=move |_| review(typed)>"Review …"</button>
        <button class="button" on:click=move |_| end(typed)>"Discard"</button>
        <span class="wrong">{move || why.get().filter(|_| count() > 0)}</span>
        <span class="dim">"Tab or arrows go from field to field, Enter reviews, Escape undoes."</span>
    }
    .into_any()
}

//! The schedule as a whole: what is told, or the draft of another, and the way to review it.

use leptos::prelude::*;
use mesoscope::act::{Act, Fault, Field, Window, print_length, read_length};
use mesoscope::query::Maintenance;
use mesoscope::text;
use mesoscope::units::Nanoseconds;

use super::axis::axis;
use super::choose::machines;
use super::files::files;
use super::list::list;
use super::{Draft, next_hour};
use crate::ui::acts::{Proposal, acts};
use crate::ui::clock::{from_input, now, to_input, zone_name};
use crate::ui::widgets::{Blank, Panel};

const TWO_HOURS: Nanoseconds = Nanoseconds::from_secs(7200);

/// The schedule, and all that is done with it.
pub(crate) fn schedule(told: Memo<Option<Maintenance>>) -> AnyView {
    let draft =
        Draft { told, base: RwSignal::new(Vec::new()), windows: RwSignal::new(None), chosen: RwSignal::new(None) };
    let problem = RwSignal::new(None::<String>);
    let editing = Memo::new(move |_| draft.is_editing());
    // The cluster shows what was drawn up: the draft has done its work.
    Effect::new(move |_| {
        let stands = draft.stands();
        let is_done = draft.windows.with_untracked(|windows| windows.as_ref() == Some(&stands));
        if is_done && draft.base.with_untracked(|base| *base != stands) {
            draft.end();
        }
    });
    let nothing = move || {
        let is_blank = draft.shown().is_empty() && !editing.get();
        (is_blank && told.read().is_some()).then(|| {
            let words = "No machine is in maintenance, and none will be. A window says when machines will be unavailable: frameworks are then asked to leave them.";
            view! { <Blank title="Nothing is scheduled" words/> }
        })
    };
    let some = move || (!draft.shown().is_empty()).then(|| axis(draft));
    let tools = move || {
        let closed = acts().closed();
        view! { {new_window(draft, closed.map(|why| why.words))}{files(draft, problem)} }
    };
    view! {
        <Panel title="Schedule" aside=tools>
            <p class="wrong note" role="alert">{move || problem.get()}</p>
            {nothing}
            {some}
            <Show when=move || editing.get()>{bar(draft)}</Show>
        </Panel>
        {move || draft.chosen.get().filter(|_| editing.get()).map(|at| form(draft, at))}
        {list(draft)}
    }
    .into_any()
}

fn new_window(draft: Draft, closed: Option<String>) -> AnyView {
    let is_closed = closed.is_some();
    let edit = move |_| {
        if !is_closed {
            draft.begin();
        }
    };
    let add = move |_| {
        if !is_closed {
            draft.add(Window { machines: Vec::new(), start: next_hour(untrack(now)), duration: Some(TWO_HOURS) });
        }
    };
    let editing = move || draft.is_editing();
    let disabled = is_closed.then_some("true");
    view! {
        <Show when=move || !editing()><button class="button" aria-disabled=disabled title=closed.clone() on:click=edit>"Edit"</button></Show>
        <button class="button" aria-disabled=disabled on:click=add>"New window"</button>
    }
    .into_any()
}

/// What the draft changes, and the ways out of it.
fn bar(draft: Draft) -> AnyView {
    let windows = move || draft.windows.get().unwrap_or_default();
    let faults = Memo::new(move |_| {
        Act::Schedule(windows()).faults().into_iter().map(|fault| (fault.field, fault.words)).collect::<Vec<_>>()
    });
    let overtaken = move || {
        let base = draft.base.get();
        (base != draft.stands()).then(|| {
            view! {
                <div class="stage" data-tone="warn">
                    <p class="state" data-tone="warn">"Somebody else has changed the schedule since you began. What you send replaces the whole of it, theirs too; the review shows every difference."</p>
                    <div class="tools"><button class="button" on:click=move |_| draft.begin()>"Begin again from theirs"</button><button class="button" on:click=move |_| take_theirs(draft)>"Add their new windows to mine"</button></div>
                </div>
            }
        })
    };
    let says = move || {
        let count = u32::try_from(windows().len()).unwrap_or(u32::MAX);
        let changed = windows() != draft.base.get();
        let words = if changed { "not sent yet" } else { "nothing is changed" };
        format!("Draft of {}, {words}", text::plural(count, "window", "windows"))
    };
    let wrong = move || {
        let line = |(field, words): (Field, String)| {
            let at = if let Field::Window(at) = field { Some(at) } else { None };
            let name = at.map_or("All".to_owned(), |at| format!("Window {}", at + 1));
            view! { <li><button class="text-button" on:click=move |_| draft.chosen.set(at)>{name}</button>": "{words}</li> }
        };
        faults.get().into_iter().map(line).collect_view()
    };
    let review = move |_| {
        if faults.read_untracked().is_empty() {
            acts().propose(Proposal::Schedule(untrack(windows)));
        }
    };
    view! {
        <div class="draft">
            {overtaken}
            <ul class="wrong">{wrong}</ul>
            <div class="tools"><span class="dim">{says}</span>
                <button class="button" on:click=move |_| draft.end()>"Discard"</button>
                <button class="button primary" aria-disabled=move || (!faults.read().is_empty()).then_some("true") on:click=review>"Review …"</button></div>
        </div>
    }
    .into_any()
}

/// Their windows whose machines the draft does not have.
fn take_theirs(draft: Draft) {
    let base = draft.base.get_untracked();
    let stands = untrack(|| draft.stands());
    let new: Vec<Window> = stands.iter().filter(|window| !base.contains(window)).cloned().collect();
    draft.change(|windows| {
        for mut window in new {
            window.machines.retain(|machine| !windows.iter().any(|mine| mine.machines.contains(machine)));
            if !window.machines.is_empty() {
                windows.push(window);
            }
        }
    });
    draft.base.set(stands);
}

/// The chosen window's form.
fn form(draft: Draft, at: usize) -> AnyView {
    let Some(window) = untrack(|| draft.window(at)) else { return ().into_any() };
    let start = Memo::new(move |_| draft.window(at).map(|window| window.start));
    let duration = Memo::new(move |_| draft.window(at).and_then(|window| window.duration));
    let typed = RwSignal::new(window.duration.map(print_length).unwrap_or_else(|| print_length(TWO_HOURS)));
    // A bar that is stretched is told in the field; what is typed there is not told back.
    Effect::new(move |_| {
        if let Some(length) = duration.get()
            && read_length(&typed.read_untracked()) != Ok(length)
        {
            typed.set(print_length(length));
        }
    });
    let problem = move || {
        let wrong = read_length(&typed.read()).err().map(|error| error.to_string());
        wrong.filter(|_| duration.get().is_some())
    };
    let lasts = move |text: String| {
        typed.set(text);
        if let Ok(length) = read_length(&typed.read_untracked()) {
            draft.change_one(at, |window| window.duration = Some(length));
        }
    };
    let open = move |is_open: bool| {
        let length = read_length(&typed.read_untracked()).unwrap_or(TWO_HOURS);
        draft.change_one(at, |window| window.duration = (!is_open).then_some(length));
    };
    let starts = move |text: String| {
        if let Some(start) = from_input(&text) {
            draft.change_one(at, |window| window.start = start);
        }
    };
    let faults = move || {
        let all = Act::Schedule(draft.windows.get().unwrap_or_default()).faults();
        let here = |fault: &Fault| fault.field == Field::Window(at);
        all.into_iter().filter(here).map(|fault| view! { <p class="wrong">{fault.words}</p> }).collect_view()
    };
    let aside = move || {
        view! {
            <button class="text-button" on:click=move |_| draft.copy(at)>"Copy the times"</button>
            <button class="text-button" on:click=move |_| draft.split(at)>"Split its machines"</button>
            <button class="text-button" on:click=move |_| draft.remove(at)>"Delete"</button>
            <button class="text-button" on:click=move |_| draft.chosen.set(None)>"Close"</button>
        }
    };
    view! {
        <Panel title="The chosen window" aside=aside>
            <div class="window-form">
                <div class="times">
                    <label>{move || format!("Begins ({})", zone_name())}<input class="inline" type="datetime-local" prop:value=move || start.get().map(to_input) on:change=move |event| starts(event_target_value(&event))/></label>
                    <label>"Lasts"<input class="inline" type="text" prop:value=typed disabled=move || duration.read().is_none() aria-invalid=move || problem().is_some().then_some("true") on:input=move |event| lasts(event_target_value(&event))/></label>
                    <label class="check"><input type="checkbox" prop:checked=move || duration.read().is_none() on:change=move |event| open(event_target_checked(&event))/>"Without an end"</label>
                    <p class="wrong">{problem}</p>
                </div>
                {faults}
                {machines(draft, at)}
            </div>
        </Panel>
    }
    .into_any()
}

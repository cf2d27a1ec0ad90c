//! The rows that are drawn. A keyed row does not redraw when only its value changes, so each has a signal of its own.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::MouseEvent;

use super::{Choice, Head, Line, Seen};

/// A row that is drawn: its key, and its number and value.
#[derive(Clone)]
pub(super) struct Drawn {
    pub(super) key: String,
    pub(super) value: ArcRwSignal<(u32, Line)>,
}

pub(super) struct Lines;

impl Lines {
    /// The lines of the window as it is; those that stay keep their signals. While they are held, they keep their places too:
    /// what they say goes on, and what comes and goes waits.
    pub(super) fn follow(window: Signal<Option<Seen>>, held: Signal<bool>) -> RwSignal<Vec<Drawn>> {
        let lines = RwSignal::new(Vec::<Drawn>::new());
        let first = StoredValue::new(None::<u32>);
        Effect::new(move |_| {
            let held = held.get();
            let Some(window) = window.get() else { return };
            let arriving = window.arriving;
            let old = lines.get_untracked();
            if held && !arriving && first.get_value() == Some(window.first) && !window.lines.is_empty() {
                return refresh(&old, window.lines);
            }
            first.set_value(Some(window.first));
            let new: Vec<_> =
                window.lines.into_iter().zip(window.first..).map(|(line, at)| drawn(&old, (at, line))).collect();
            mark(!new.is_empty(), arriving);
            if !new.iter().map(|line| &line.key).eq(old.iter().map(|line| &line.key)) {
                lines.set(new);
            }
        });
        lines
    }
}

/// What the lines say now, where they stand.
fn refresh(drawn: &[Drawn], lines: Vec<Line>) {
    for line in lines {
        let Some(kept) = drawn.iter().find(|kept| kept.key == line.key) else { continue };
        let shown = kept.value.read_untracked();
        let (at, same) = (shown.0, shown.1.says == line.says && shown.1.opens == line.opens);
        drop(shown);
        if !same {
            kept.value.set((at, line));
        }
    }
}

fn drawn(old: &[Drawn], value: (u32, Line)) -> Drawn {
    let Some(kept) = old.iter().find(|line| line.key == value.1.key) else {
        return Drawn { key: value.1.key.clone(), value: ArcRwSignal::new(value) };
    };
    let same = {
        let shown = kept.value.read_untracked();
        shown.0 == value.0 && shown.1.says == value.1.says && shown.1.opens == value.1.opens
    };
    if !same {
        kept.value.set(value);
    }
    kept.clone()
}

/// For `cargo measure`: when the first row and all rows were painted.
fn mark(filled: bool, arriving: bool) {
    request_animation_frame(move || {
        let Some(clock) = leptos::prelude::window().performance() else { return };
        for (name, due) in [("rows:first", filled), ("rows:all", filled && !arriving)] {
            if due && clock.get_entries_by_name(name).length() == 0 {
                let _ = clock.mark(name);
            }
        }
    });
}

/// A row's view.
pub(super) fn row(
    choice: Choice,
    value: ArcRwSignal<(u32, Line)>,
    active: RwSignal<Option<u32>>,
    arriving: Memo<bool>,
) -> impl IntoView {
    let at = {
        let value = value.clone();
        Memo::new(move |_| value.read().0)
    };
    let drawn = value.clone();
    let cells =
        move || choice.heads().into_iter().map(|(at, head)| cell(head, at, drawn.clone(), arriving)).collect_view();
    let opens = {
        let value = value.clone();
        move || value.read_untracked().1.opens.href.clone()
    };
    let (opens_too, clicked) = (opens.clone(), move |event: MouseEvent| open(&event, at, active, &opens));
    view! {
        <tr role="row" id=move || format!("row-{}", at.get()) aria-rowindex=move || at.get() + 2
            data-active=move || (active.get() == Some(at.get())).then_some("") on:click=clicked
            on:auxclick=move |event| if event.button() == 1 && is_plain(&event) { beside(&opens_too()) }>
            {cells}
        </tr>
    }
}

/// A click on a row leads to what it is about, unless it was on something with a use of its own, or selected a text.
fn open(event: &MouseEvent, at: Memo<u32>, active: RwSignal<Option<u32>>, href: &impl Fn() -> String) {
    active.set(Some(at.get_untracked()));
    if !is_plain(event) || selects() {
        return;
    }
    if event.ctrl_key() || event.meta_key() {
        beside(&href());
    } else if !event.shift_key() {
        let _ = leptos::prelude::window().location().set_hash(&href());
    }
}

/// In a tab of its own.
fn beside(href: &str) {
    let _ = leptos::prelude::window().open_with_url_and_target(href, "_blank");
}

fn is_plain(event: &MouseEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.closest("a, button").ok().flatten().is_none())
}

/// Whether a text is selected.
pub(super) fn selects() -> bool {
    let selection = document().get_selection().ok().flatten();
    selection.is_some_and(|selection| !selection.is_collapsed())
}

/// A cell is drawn anew only when what it says has changed; then it is tinted for a moment, unless all is new anyway.
fn cell(head: Head, column: usize, value: ArcRwSignal<(u32, Line)>, arriving: Memo<bool>) -> impl IntoView {
    let says = {
        let value = value.clone();
        Memo::new(move |old: Option<&(String, u32)>| {
            let text = value.read().1.says.get(column).cloned().unwrap_or_default();
            let changes =
                old.map_or(0, |(before, changes)| changes + u32::from(*before != text && !arriving.get_untracked()));
            (text, changes)
        })
    };
    // Two names for one motion: under its own name it would not begin again.
    let touched = move || match says.read().1 {
        0 => None,
        changes if changes % 2 == 0 => Some("even"),
        _ => Some("odd"),
    };
    let view = move || {
        let words = says.with(|says| says.0.clone());
        let draw = value.read_untracked().1.draw.clone();
        draw(column).unwrap_or_else(|| words.into_any())
    };
    view! { <td role="gridcell" class:num=head.numeric data-wide=head.narrow.is_none().then_some("") data-touched=touched>{view}</td> }
}

//! Rendered rows. A keyed row does not redraw when only its value changes, so each has a signal of its own.

use leptos::prelude::*;

use crate::hooks::{after_paint, on_update};
use crate::widgets::TINT;
use crate::widgets::grid::column::{RowModel, RowWindow};
use mesoscope_core::views::scroll::RowRange;

/// Changes are tinted only if at most one row in this number changed at once: values that a read brings late are no news.
const MANY: usize = 4;
/// Rows drawn in the first frame of an empty table, when no row was ever drawn.
const FEW: usize = 5;
/// Rows added per frame after that; a busy machine draws them slowly while a snapshot loads.
const MORE: usize = 10;

/// A rendered row.
#[derive(Clone)]
pub(super) struct RenderedRow {
    pub(super) key: String,
    pub(super) state: ArcRwSignal<RowState>,
}

/// State of a row: index, model, and for each tinted cell the view that changed it.
pub(super) struct RowState {
    pub(super) at: u32,
    pub(super) row: RowModel,
    pub(super) changed: Vec<Option<u32>>,
}

/// A numbered view update and whether it tints changes.
#[derive(Clone, Copy)]
struct View {
    number: u32,
    tints: bool,
}

pub(super) struct RenderedRows;

impl RenderedRows {
    /// Follows the window; remaining rows keep their signals. While `held`, rows keep their positions: texts update, additions and
    /// removals wait.
    pub(super) fn follow(
        window: Signal<Option<RowWindow>>,
        held: Signal<bool>,
        range: RwSignal<RowRange>,
    ) -> RwSignal<Vec<RenderedRow>> {
        let drawn_rows = RwSignal::new(Vec::<RenderedRow>::new());
        let first = StoredValue::new(None::<u32>);
        let (latest, views) = (StoredValue::new(0), StoredValue::new(0_u32));
        let reported = move || (held.get(), window.get());
        on_update(reported, move |(held, window)| {
            let Some(window) = window else { return };
            let (arriving, old) = (window.arriving, drawn_rows.get());
            let changed = changed_rows(&old, &window.rows);
            let number = views.get_value().wrapping_add(1);
            views.set_value(number);
            let view = View { number, tints: !arriving && changed <= old.len() / MANY };
            if held && !arriving && first.get_value() == Some(window.first) && !window.rows.is_empty() {
                refresh(&old, window.rows, view);
            } else {
                first.set_value(Some(window.first));
                let all = window.rows.into_iter().zip(window.first..);
                let new: Vec<_> = all.map(|(row, at)| drawn(&old, at, row, view)).collect();
                mark(!new.is_empty(), arriving);
                latest.set_value(view.number);
                let wanted = move || latest.try_get_value() == Some(view.number);
                if old.len() < FEW {
                    fill(drawn_rows, new, FEW, wanted);
                } else if are_others(&old, &new) {
                    fill(drawn_rows, new, range.get().in_sight(window.first), wanted);
                } else if !new.iter().map(|row| &row.key).eq(old.iter().map(|row| &row.key)) {
                    drawn_rows.set(new);
                }
            }
            if view.tints && changed > 0 {
                set_timeout(move || clear(drawn_rows, view.number), TINT);
            }
        });
        drawn_rows
    }
}

/// Number of rows whose text differs from what is drawn.
fn changed_rows(old: &[RenderedRow], rows: &[RowModel]) -> usize {
    let differs = |row: &&RowModel| {
        let kept = old.iter().find(|kept| kept.key == row.key);
        kept.is_some_and(|kept| kept.state.read_untracked().row.says != row.says)
    };
    rows.iter().filter(differs).count()
}

/// Whether most rows were replaced, such as by a new order.
fn are_others(old: &[RenderedRow], new: &[RenderedRow]) -> bool {
    let kept = new.iter().filter(|row| old.iter().any(|other| other.key == row.key)).count();
    kept < new.len() / 2
}

/// Draws some rows now and the rest in the next frames. `wanted` says whether the rows are still current.
fn fill(
    drawn_rows: RwSignal<Vec<RenderedRow>>,
    mut rows: Vec<RenderedRow>,
    now: usize,
    wanted: impl Fn() -> bool + 'static,
) {
    let rest = rows.split_off(rows.len().min(now));
    drawn_rows.set(rows.clone());
    if !rest.is_empty() {
        after_paint(move || {
            if wanted() {
                rows.extend(rest);
                fill(drawn_rows, rows, now + MORE, wanted);
            }
        });
    }
}

/// Updates the rendered rows in place.
fn refresh(drawn: &[RenderedRow], rows: Vec<RowModel>, view: View) {
    for row in rows {
        let Some(kept) = drawn.iter().find(|kept| kept.key == row.key) else { continue };
        kept.update(kept.at(), row, view);
    }
}

fn drawn(old: &[RenderedRow], at: u32, row: RowModel, view: View) -> RenderedRow {
    let Some(kept) = old.iter().find(|drawn| drawn.key == row.key) else {
        let changed = vec![None; row.says.len()];
        return RenderedRow { key: row.key.clone(), state: ArcRwSignal::new(RowState { at, row, changed }) };
    };
    kept.update(at, row, view);
    kept.clone()
}

impl RenderedRow {
    /// Index of the row.
    pub(super) fn at(&self) -> u32 {
        self.state.read_untracked().at
    }

    fn update(&self, at: u32, row: RowModel, view: View) {
        let shown = self.state.read_untracked();
        let same = shown.row.says == row.says && shown.at == at && shown.row.opens == row.opens;
        drop(shown);
        if !same {
            let tint = view.tints.then_some(view.number);
            self.state.update(|shown| shown.turn_into(at, row, tint));
        }
    }
}

impl RowState {
    fn turn_into(&mut self, at: u32, row: RowModel, tint: Option<u32>) {
        for ((changed, was), is) in self.changed.iter_mut().zip(&self.row.says).zip(&row.says) {
            *changed = if was == is { *changed } else { tint };
        }
        (self.at, self.row) = (at, row);
    }
}

/// Removes the tint of cells that were last changed by that view.
fn clear(drawn_rows: RwSignal<Vec<RenderedRow>>, view: u32) {
    for row in drawn_rows.try_get_untracked().into_iter().flatten() {
        if row.state.read_untracked().changed.contains(&Some(view)) {
            row.state.update(|shown| {
                shown.changed.iter_mut().filter(|changed| **changed == Some(view)).for_each(|changed| *changed = None);
            });
        }
    }
}

/// Performance marks for `cargo measure`: first row painted, all rows painted.
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

//! Where a table was left: a return to its history entry restores scroll position, active row and selection.

use leptos::html::Div;
use leptos::prelude::*;
use mesoscope_core::views::scroll::{RowRange, Scale};

use super::active::{ActiveRow, Chosen};
use super::column::RowWindow;
use super::marks::{MarkedRows, Marks};
use crate::hooks::on_change;
use crate::router::{keep_on_leave, returned};

/// State of a table at the time when its history entry was left.
#[derive(Clone)]
struct LeftPlace {
    subject: String,
    /// Index of the first visible row.
    top: f64,
    active: Option<Chosen>,
    column: Option<usize>,
    marks: MarkedRows,
}

/// Place of a table, kept for each history entry.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) label: &'static str,
    pub(super) subject: Signal<String>,
    pub(super) range: RwSignal<RowRange>,
    pub(super) active: ActiveRow,
    pub(super) column: RwSignal<Option<usize>>,
    pub(super) marks: Option<Marks>,
}

/// First visible row that the box does not show yet, since its rows are not known.
#[derive(Clone, Copy)]
pub(super) struct AwaitedTop(RwSignal<Option<f64>>);

impl AwaitedTop {
    /// Index of the first visible row to show.
    pub(super) fn get(self) -> Option<f64> {
        self.0.try_get_untracked().flatten()
    }
}

impl Place {
    /// Restores the table of this history entry, and keeps its place when the entry is left. A new subject starts at the top.
    pub(super) fn follow(
        self,
        window: Signal<Option<RowWindow>>,
        scroller: NodeRef<Div>,
        scale: Memo<Scale>,
    ) -> AwaitedTop {
        let awaited = RwSignal::new(None::<f64>);
        let first = self.left_here();
        if let Some(place) = first {
            self.marks.into_iter().for_each(|marks| marks.restore(place.marks.clone()));
            self.show(place, awaited);
        }
        keep_on_leave(self.label, move || self.now());
        let subject = self.subject;
        on_change(
            move || subject.get(),
            move |_| match self.left_here() {
                Some(place) => self.show(place, awaited),
                None => {
                    awaited.set(None);
                    _ = scroller.get().map(|scroller| scroller.set_scroll_top(0));
                }
            },
        );
        Effect::new(move |_| {
            let Some(top) = awaited.get() else { return };
            let range = self.range;
            let has_come = window.with(|window| {
                window.as_ref().is_some_and(|window| window.matched > 0 && window.first == range.read().first)
            });
            if has_come {
                request_animation_frame(move || {
                    let (Some(scroller), Some(scale)) =
                        (scroller.try_get_untracked().flatten(), scale.try_get_untracked())
                    else {
                        return;
                    };
                    awaited.set(None);
                    scroller.set_scroll_top(scale.scroll(top).round() as i32);
                });
            }
        });
        AwaitedTop(awaited)
    }

    /// Whether a row is active that the user left: it gets the focus in place of the heading.
    pub(super) fn is_returned(self) -> bool {
        untrack(|| self.active.is_returned())
    }

    fn left_here(self) -> Option<LeftPlace> {
        returned::<LeftPlace>(self.label).filter(|place| place.subject == self.subject.get_untracked())
    }

    fn show(self, place: LeftPlace, awaited: RwSignal<Option<f64>>) {
        self.range.update(|range| *range = RowRange::at(place.top, range.height, range.row_height));
        self.active.restore(place.active);
        self.column.set(place.column);
        awaited.set(Some(place.top));
    }

    fn now(self) -> Option<LeftPlace> {
        Some(LeftPlace {
            subject: self.subject.try_get_untracked()?,
            top: self.range.try_get_untracked()?.top,
            active: self.active.chosen(),
            column: self.column.try_get_untracked()?,
            marks: self.marks.map(Marks::rows).unwrap_or_default(),
        })
    }
}

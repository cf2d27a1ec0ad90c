//! Selected rows of a table: how many, and the actions on them.

use leptos::prelude::*;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::text::tables;
use mesoscope_core::views::bulk_eligibility::{BulkEligibilityQuery, BulkSubjects};

use crate::parts::action::control::{ActionChoice, action_button};
use crate::widgets::grid::marks::{MarkedRow, Marks};
use crate::worker_link::link;

/// Actions for selected rows, and those that need no selection.
#[derive(Clone, Copy)]
pub(crate) struct BulkActions {
    pub(crate) marked: fn(Vec<MarkedRow>) -> Vec<ActionChoice>,
    /// Query for the selected rows: which still exist, and which actions apply to any of them.
    pub(crate) whom: fn(&[MarkedRow]) -> BulkSubjects,
    pub(crate) always: fn() -> AnyView,
}

/// Selection of a table.
#[derive(Clone, Copy)]
pub(super) struct Selection {
    pub(super) marks: Marks,
    actions: BulkActions,
    /// Selects all rows that match the filter.
    all: Callback<Marks>,
    /// Selected rows that the table still lists.
    listed: Memo<Vec<MarkedRow>>,
    /// Per action, why it applies to none of the rows.
    choices: Memo<Vec<ActionChoice>>,
    /// Number of selected rows that the filter hides.
    hidden: Memo<u32>,
}

impl Selection {
    pub(super) fn new(actions: BulkActions, all: Callback<Marks>, filter: Signal<String>) -> Self {
        let marks = Marks::new();
        let answer =
            link().watch(move || BulkEligibilityQuery { whom: (actions.whom)(&marks.all()), filter: filter.get() });
        let cannot = Memo::new(move |_| answer.get().unwrap_or_default());
        let journal = crate::actions::action_store().journal;
        // A row that has left the table is deselected, as is an agent that was marked gone from this page.
        let listed = Memo::new(move |_| {
            let gone = journal.gone();
            let is_gone = |row: &MarkedRow| gone.contains(&AgentId::from(row.id.as_str()));
            let is_listed = |row: &MarkedRow| !is_gone(row) && cannot.with(|cannot| !cannot.unlisted.contains(&row.id));
            marks.all().into_iter().filter(is_listed).collect::<Vec<_>>()
        });
        let choices = Memo::new(move |_| {
            let mut cannot = cannot.get().disabled_reason.into_iter();
            let choices = (actions.marked)(listed.get()).into_iter();
            let enabled = |choice: ActionChoice| {
                let disabled_reason = choice.disabled_reason.clone().or(cannot.next().flatten());
                ActionChoice { disabled_reason, ..choice }
            };
            choices.map(enabled).collect()
        });
        let hidden = Memo::new(move |_| cannot.read().hidden);
        Self { marks, actions, all, listed, choices, hidden }
    }

    /// Whether any row is selected.
    pub(super) fn is_open(self) -> Memo<bool> {
        Memo::new(move |_| !self.listed.read().is_empty())
    }

    /// Actions that need no selection.
    pub(super) fn always(self) -> AnyView {
        view! { <div class="table-actions" role="group" aria-label="Actions">{(self.actions.always)()}</div> }
            .into_any()
    }

    /// The bar of the selection; `matched` is the number of rows that match the filter.
    pub(super) fn bar(self, matched: Memo<u32>) -> AnyView {
        let Self { marks, all, listed, choices, hidden, .. } = self;
        let count = Memo::new(move |_| listed.read().len());
        let rest = Memo::new(move |_| Some(matched.get()).filter(|matched| *matched as usize > count.get()));
        let select_all = move || {
            rest.get().map(|matched| {
                view! { <button class="text-button" on:click=move |_| all.run(marks)>{tables::select_all(matched)}</button> }
            })
        };
        let buttons = move || choices.get().into_iter().map(action_button).collect_view();
        view! {
            <div class="marked" role="group" aria-label="Selected rows">
                <b role="status">{move || tables::selected(count.get(), hidden.get())}</b>{select_all}
                <button class="text-button" on:click=move |_| marks.clear()>"Clear"</button>{buttons}
            </div>
        }
        .into_any()
    }
}

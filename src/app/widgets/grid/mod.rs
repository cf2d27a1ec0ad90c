//! Virtual table: of 400,000 rows it renders about 60 and requests others as they come near.
//!
//! Knows neither the type nor the source of rows.

mod active;
pub(crate) mod column;
pub(crate) mod column_choice;
mod fit;
mod head;
mod hold;
mod keys;
pub(crate) mod marks;
mod place;
mod rendered_rows;
pub(crate) mod row_range;
mod row_view;

use crate::widgets::grid::column::{Order, RowWindow};

use leptos::html::Div;
use leptos::prelude::*;

use self::active::ActiveRow;
use self::head::header;
use self::hold::RowMovePause;
use self::keys::Keys;
use self::place::Place;
use self::rendered_rows::RenderedRows;
use self::row_view::row_view;

use self::column_choice::ColumnChoice;
use self::marks::{Marks, repeated};
use mesoscope_core::views::scroll::{RowRange, Scale};

/// Renders the table. A new `subject` scrolls to the top; a return to a history entry, to where the table was left. Scrolling updates
/// `range`.
#[component]
pub(crate) fn Grid(
    label: &'static str,
    choice: ColumnChoice,
    seen: Signal<Option<RowWindow>>,
    range: RwSignal<RowRange>,
    order: Order,
    /// Row selection, if enabled.
    marks: Option<Marks>,
    /// Whether the bar of the selection is shown.
    #[prop(optional, into)]
    covered: Signal<bool>,
    /// Actions on the selected rows. They cover the column headers, so that no row moves.
    #[prop(optional, into)]
    selection: ViewFn,
    #[prop(into)] subject: Signal<String>,
    #[prop(into)] empty: ViewFn,
    /// Shown without rows until the first have arrived.
    #[prop(optional, into)]
    waiting: ViewFn,
) -> impl IntoView {
    let window = seen;
    let scroller: NodeRef<Div> = NodeRef::new();
    let hold = RowMovePause::new(subject);
    let rows = RenderedRows::follow(window, hold.held(), range);
    let (active, column) = (ActiveRow::new(subject, rows), RwSignal::new(None::<usize>));
    let matched = Memo::new(move |_| window.with(|window| window.as_ref().map_or(0, |window| window.matched)));
    let scale = Memo::new(move |_| Scale::of(matched.get(), range.get()));
    let shown = Memo::new(move |_| {
        window.with(|window| window.as_ref().map(|window| (window.first, window.rows.len())).unwrap_or_default())
    });
    let before = Memo::new(move |_| scale.get().before(shown.get().0, range.read().top));
    let place = Place { label, subject, range, active, column, marks };
    let awaited = place.follow(window, scroller, scale);
    let look = row_range::update_range(scroller, range, scale, awaited);
    let (said, ticks) = (RwSignal::new(None::<String>), marks.map(|marks| (marks, repeated(rows))));
    let keys = Keys { active, column, marks, choice, scroller, rows, matched, scale, said };
    let is_empty = move |arriving: bool| {
        window.with(|window| window.as_ref().is_some_and(|window| window.matched == 0 && window.arriving == arriving))
    };
    let headers = move || choice.heads().into_iter().map(|(_, head)| header(head, order, covered)).collect_view();
    view! {
        <div class="grid-frame">
        {move || covered.get().then(|| selection.run())}
        <div class="grid-box" node_ref=scroller on:scroll=move |_| look() data-matched=move || matched.get() data-first=move || shown.get().0>
            <table class="grid" role="grid" tabindex="0" aria-multiselectable=marks.map(|_| "true") aria-label=label data-focus=place.is_returned().then_some("") data-column=move || column.get().map(|column| column + 1) aria-rowcount=move || matched.get() + 1
                aria-activedescendant=move || active.get().map(|row| format!("row-{row}")) on:keydown=move |event| keys.pressed(&event)>
                <thead><tr role="row" aria-rowindex="1">{headers}</tr></thead>
                <tbody on:pointermove=move |event| hold.moved(&event) on:pointerleave=move |_| hold.release() on:focusin=move |_| hold.typed(true) on:focusout=move |_| hold.typed(false)>
                    {space(move || before.get())}
                    <For each=move || rows.get() key=|row| row.key.clone() let:row>{row_view(choice, row.state, active, ticks)}</For>
                    {space(move || scale.get().after(before.get(), rows.read().len()))}
                </tbody>
            </table>
            <div class="said" role="status">{move || said.get()}</div>
            <Show when=move || is_empty(true)>{let waiting = waiting.clone(); move || view! { <div class="empty late" role="status">{waiting.run()}</div> }}</Show>
            <Show when=move || is_empty(false)>{let empty = empty.clone(); move || view! { <div class="empty" role="status">{empty.run()}</div> }}</Show>
        </div>
        </div>
    }
}

/// Spacer in place of rows that are not rendered.
fn space(height: impl Fn() -> f64 + Send + Sync + 'static) -> impl IntoView {
    view! { <tr class="space" aria-hidden="true"><td style:height=move || format!("{:.0}px", height())></td></tr> }
}

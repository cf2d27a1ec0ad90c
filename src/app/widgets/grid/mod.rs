//! The virtual table: of 400,000 rows it holds the 60 that can be seen, and asks for others as they come near.
//! Knows neither what a row is nor where rows come from.

pub(crate) mod choice;
mod head;
mod hold;
mod keys;
mod lines;
pub(crate) mod marks;
pub(crate) mod place;

use std::sync::Arc;

use leptos::html::Div;
use leptos::prelude::*;
use mesoscope_core::views::table::Window;

use self::head::header;
use self::hold::Hold;
use self::keys::Keys;
use self::lines::{Drawn, Lines, row};
use self::place::Scale;

use self::choice::Choice;
use self::marks::Marks;
use self::place::Range;

/// A column: how it is called, how wide it is, and what stands in it.
pub(crate) struct Column<R: 'static> {
    /// Its name in addresses.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) width: &'static str,
    /// The width on a narrow screen; a column without one is left out there.
    pub(crate) narrow: Option<&'static str>,
    /// Figures, which stand at the right.
    pub(crate) numeric: bool,
    /// It is shown unless somebody chose otherwise.
    pub(crate) usual: bool,
    /// What the cell says, in plain words: while they stay the same, the cell does.
    pub(crate) says: fn(&R) -> String,
    /// How it stands there; without it, as the words.
    pub(crate) cell: Option<fn(&R) -> AnyView>,
    /// In place of that: drawn once, with its words as they change, for what must outlast them, as a field that is typed in.
    pub(crate) live: Option<fn(&R, Memo<String>) -> AnyView>,
    /// What stands for it in a file, under which headings; without it, the words under its title.
    pub(crate) file: Option<&'static [InFile<R>]>,
}

/// A column of a file: its heading, which names the unit, and what stands in it for a machine to read.
pub(crate) type InFile<R> = (&'static str, fn(&R) -> String);

impl<R> Column<R> {
    /// A column of words.
    pub(crate) const fn words(
        name: &'static str,
        title: &'static str,
        width: &'static str,
        narrow: Option<&'static str>,
        says: fn(&R) -> String,
    ) -> Self {
        Self { name, title, width, narrow, numeric: false, usual: true, says, cell: None, live: None, file: None }
    }

    /// A column of figures.
    pub(crate) const fn figures(
        name: &'static str,
        title: &'static str,
        width: &'static str,
        narrow: Option<&'static str>,
        says: fn(&R) -> String,
    ) -> Self {
        Self { name, title, width, narrow, numeric: true, usual: true, says, cell: None, live: None, file: None }
    }

    /// The same, whose cells are more than their words.
    pub(crate) const fn drawn(mut self, cell: fn(&R) -> AnyView) -> Self {
        self.cell = Some(cell);
        self
    }

    /// The same, whose cells outlast a change of their words.
    pub(crate) const fn living(mut self, cell: fn(&R, Memo<String>) -> AnyView) -> Self {
        self.live = Some(cell);
        self
    }

    /// The same, shown only to those who ask for it.
    pub(crate) const fn at_need(mut self) -> Self {
        self.usual = false;
        self
    }

    /// The same, said otherwise in a file.
    pub(crate) const fn in_file(mut self, file: &'static [InFile<R>]) -> Self {
        self.file = Some(file);
        self
    }

    /// The same, which a file leaves out.
    pub(crate) const fn not_in_file(self) -> Self {
        self.in_file(&[])
    }
}

/// What a row leads to: its address, empty if nothing, and the id that is copied.
#[derive(Clone, PartialEq)]
pub(crate) struct Opens {
    pub(crate) href: String,
    pub(crate) id: String,
}

/// Draws the cell of that column, whose words are those.
type Draw = Arc<dyn Fn(usize, Memo<String>) -> Option<AnyView> + Send + Sync>;

/// A row, whatever it is of: the words of its cells, and how they are drawn.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) key: String,
    /// One for each column; while they stay the same, the cells do.
    pub(crate) says: Vec<String>,
    pub(crate) opens: Opens,
    /// How the cell of that column stands there, if not as its words.
    pub(crate) draw: Draw,
}

/// The window of a table.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) matched: u32,
    pub(crate) first: u32,
    pub(crate) lines: Vec<Line>,
    pub(crate) arriving: bool,
}

impl Seen {
    /// A window whose rows are of any kind.
    pub(crate) fn of<R: Clone + Send + Sync + 'static>(
        window: Window<R>,
        columns: &'static [Column<R>],
        key: fn(&R) -> String,
        opens: fn(&R) -> Opens,
    ) -> Self {
        let line = |row: R| Line {
            key: key(&row),
            says: columns.iter().map(|column| (column.says)(&row)).collect(),
            opens: opens(&row),
            draw: Arc::new(move |at, says| {
                let column = columns.get(at)?;
                column.live.map(|live| live(&row, says)).or_else(|| column.cell.map(|cell| cell(&row)))
            }),
        };
        Self {
            matched: window.matched,
            first: window.first,
            lines: window.rows.into_iter().map(line).collect(),
            arriving: window.arriving,
        }
    }
}

/// What a table needs to know of a column, whatever its rows are.
#[derive(Clone, Copy)]
pub(crate) struct Head {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) width: &'static str,
    pub(crate) narrow: Option<&'static str>,
    pub(crate) numeric: bool,
    pub(crate) usual: bool,
    /// Rows can be put in its order.
    pub(crate) sorts: bool,
    /// Its cells outlast a change of their words.
    pub(crate) lives: bool,
}

impl<R> Column<R> {
    pub(crate) const fn head(&self) -> Head {
        let Self { name, title, width, narrow, numeric, usual, .. } = *self;
        Head { name, title, width, narrow, numeric, usual, sorts: true, lives: self.live.is_some() }
    }
}

/// The order of a table.
#[derive(Clone, Copy)]
pub(crate) struct Order {
    /// The column and direction as the address has it: `cpus` or `-cpus`.
    pub(crate) sort: Signal<String>,
    pub(crate) on_sort: Callback<String>,
}

/// The table. When `subject` changes, it is another table, and begins at its top. It writes `range` as it is scrolled.
#[component]
pub(crate) fn Grid(
    label: &'static str,
    choice: Choice,
    seen: Signal<Option<Seen>>,
    range: RwSignal<Range>,
    order: Order,
    /// Rows may be marked.
    marks: Option<Marks>,
    #[prop(into)] subject: Signal<String>,
    #[prop(into)] empty: ViewFn,
) -> impl IntoView {
    let window = seen;
    let scroller: NodeRef<Div> = NodeRef::new();
    let hold = Hold::new();
    let lines = Lines::follow(window, hold.held(), range);
    let (active, column) = (RwSignal::new(None::<u32>), RwSignal::new(None::<usize>));
    let matched = Memo::new(move |_| window.with(|window| window.as_ref().map_or(0, |window| window.matched)));
    let scale = Memo::new(move |_| Scale::of(matched.get(), range.read().height));
    let shown = Memo::new(move |_| {
        window.with(|window| window.as_ref().map(|window| (window.first, window.lines.len())).unwrap_or_default())
    });
    let before = Memo::new(move |_| scale.get().before(shown.get().0, range.read().top));
    let after = move || scale.get().after(before.get(), lines.read().len());
    let look = place::look(scroller, range, scale);
    begin_at_the_top(subject, scroller, active, hold);
    stay_with_the_row(active, lines);
    let said = RwSignal::new(None::<String>);
    let keys = Keys { active, column, marks, choice, scroller, lines, matched, scale, said };
    let is_empty = move |arriving: bool| {
        window.with(|window| window.as_ref().is_some_and(|window| window.matched == 0 && window.arriving == arriving))
    };
    let headers = move || choice.heads().into_iter().map(|(_, head)| header(head, order)).collect_view();
    view! {
        <div class="grid-box" node_ref=scroller on:scroll=move |_| look() data-matched=move || matched.get() data-first=move || shown.get().0>
            <table class="grid" role="grid" tabindex="0" aria-multiselectable=marks.map(|_| "true") aria-label=label data-column=move || column.get().map(|column| column + 1) aria-rowcount=move || matched.get() + 1
                aria-activedescendant=move || active.get().map(|row| format!("row-{row}")) on:keydown=move |event| keys.pressed(&event)>
                <thead><tr role="row" aria-rowindex="1">{headers}</tr></thead>
                <tbody on:pointermove=move |event| hold.moved(&event) on:pointerleave=move |_| hold.release() on:focusin=move |_| hold.typed(true) on:focusout=move |_| hold.typed(false)>
                    {space(move || before.get())}
                    <For each=move || lines.get() key=|line| line.key.clone() let:line>{row(choice, line.value, active, marks)}</For>
                    {space(after)}
                </tbody>
            </table>
            <div class="said" role="status">{move || said.get()}</div>
            <Show when=move || is_empty(true)><div class="empty late" role="status"><b>"Nothing has come yet"</b><p class="dim">"Rows appear here as the cluster's state arrives."</p></div></Show>
            <Show when=move || is_empty(false)>{let empty = empty.clone(); move || view! { <div class="empty" role="status">{empty.run()}</div> }}</Show>
        </div>
    }
}

/// When rows come and go, the row that was chosen stays chosen, wherever it stands then.
fn stay_with_the_row(active: RwSignal<Option<u32>>, lines: RwSignal<Vec<Drawn>>) {
    let at = |of: &Drawn| of.value.read_untracked().at;
    let key = StoredValue::new(None::<String>);
    Effect::new(move |_| {
        let active = active.get();
        let chosen = lines
            .with_untracked(|lines| lines.iter().find(|line| Some(at(line)) == active).map(|line| line.key.clone()));
        key.set_value(chosen);
    });
    Effect::new(move |_| {
        let now =
            lines.with(|lines| key.with_value(|key| lines.iter().find(|line| Some(&line.key) == key.as_ref()).map(at)));
        if now.is_some() && active.get_untracked() != now {
            active.set(now);
        }
    });
}

/// Stands for the rows that are not drawn.
fn space(height: impl Fn() -> f64 + Send + Sync + 'static) -> impl IntoView {
    view! { <tr class="space" aria-hidden="true"><td style:height=move || format!("{:.0}px", height())></td></tr> }
}

fn begin_at_the_top(subject: Signal<String>, scroller: NodeRef<Div>, active: RwSignal<Option<u32>>, hold: Hold) {
    Effect::new(move |before: Option<String>| {
        let now = subject.get();
        if before.is_some_and(|before| before != now) {
            active.set(None);
            hold.release();
            let _ = scroller.get_untracked().map(|scroller| scroller.set_scroll_top(0));
        }
        now
    });
}

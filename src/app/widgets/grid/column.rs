//! What a table is made of: columns, their heads, rows as they are drawn.

use leptos::prelude::*;
use mesoscope_core::views::table::TableWindow;
use std::sync::Arc;

/// A column: how it is called, how wide it is, and what is in it.
pub(crate) struct Column<R: 'static> {
    /// Its name in addresses.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) width: &'static str,
    /// The width on a narrow screen; a column without one is left out there.
    pub(crate) narrow: Option<&'static str>,
    /// Figures, which are at the right.
    pub(crate) numeric: bool,
    /// Whether the column is shown unless the user chose otherwise.
    pub(crate) usual: bool,
    /// What the cell says, in plain words: while they stay the same, the cell does.
    pub(crate) says: fn(&R) -> String,
    /// How it is shown; without it, as the words.
    pub(crate) cell: Option<fn(&R) -> AnyView>,
    /// In place of that: drawn once, with its words as they change, for what must outlast them, as a field that is typed in.
    pub(crate) live: Option<fn(&R, Memo<String>) -> AnyView>,
    /// What represents it in a file, under which headings; without it, the words under its title.
    pub(crate) file: Option<&'static [ExportColumn<R>]>,
}

/// A column of a file: its heading, which names the unit, and what is in it for a machine to read.
pub(crate) type ExportColumn<R> = (&'static str, fn(&R) -> String);

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

    /// Makes a column whose cells are more than their words.
    pub(crate) const fn drawn(mut self, cell: fn(&R) -> AnyView) -> Self {
        self.cell = Some(cell);
        self
    }

    /// Makes a column whose cells outlast a change of their words.
    pub(crate) const fn with_live_cell(mut self, cell: fn(&R, Memo<String>) -> AnyView) -> Self {
        self.live = Some(cell);
        self
    }

    /// Makes a column that is hidden until the user asks for it.
    pub(crate) const fn hidden_by_default(mut self) -> Self {
        self.usual = false;
        self
    }

    /// Makes a column that an exported file says otherwise.
    pub(crate) const fn exported_as(mut self, file: &'static [ExportColumn<R>]) -> Self {
        self.file = Some(file);
        self
    }

    /// Makes a column that an exported file leaves out.
    pub(crate) const fn not_exported(self) -> Self {
        self.exported_as(&[])
    }
}

/// What a row leads to: its address, empty if nothing, and the id that is copied.
#[derive(Clone, PartialEq)]
pub(crate) struct RowLink {
    pub(crate) href: String,
    pub(crate) id: String,
}

/// Draws the cell of that column, whose words are those.
type Draw = Arc<dyn Fn(usize, Memo<String>) -> Option<AnyView> + Send + Sync>;

/// A row, whatever it is of: the words of its cells, and how they are drawn.
#[derive(Clone)]
pub(crate) struct RowModel {
    pub(crate) key: String,
    /// One for each column; while they stay the same, the cells do.
    pub(crate) says: Vec<String>,
    pub(crate) opens: RowLink,
    /// How the cell of that column is shown, if not as its words.
    pub(crate) draw: Draw,
}

/// The window of a table.
#[derive(Clone)]
pub(crate) struct RowWindow {
    pub(crate) matched: u32,
    pub(crate) first: u32,
    pub(crate) rows: Vec<RowModel>,
    pub(crate) arriving: bool,
}

impl RowWindow {
    /// A window whose rows are of any kind.
    pub(crate) fn of<R: Clone + Send + Sync + 'static>(
        window: TableWindow<R>,
        columns: &'static [Column<R>],
        key: fn(&R) -> String,
        opens: fn(&R) -> RowLink,
    ) -> Self {
        let row = |row: R| RowModel {
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
            rows: window.rows.into_iter().map(row).collect(),
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

//! Table definitions: columns, headers and row models.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;
use mesoscope_core::text::tables;
use mesoscope_core::views::table::TableWindow;

/// A column: name, width and content.
pub(crate) struct Column<R: 'static> {
    /// Name in addresses.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) width: &'static str,
    /// Width on a narrow screen; `None` hides the column there.
    pub(crate) narrow: Option<&'static str>,
    /// Whether the column has figures, which are aligned right.
    pub(crate) numeric: bool,
    /// Whether the column is visible by default.
    pub(crate) usual: bool,
    /// What rows are sorted by, if the title does not say it.
    pub(crate) sorted_by: Option<&'static str>,
    /// Plain text of the cell; the cell is redrawn only when it changes.
    pub(crate) says: fn(&R) -> String,
    /// View of the cell; `None` shows the text.
    pub(crate) cell: Option<fn(&R) -> AnyView>,
    /// View that is drawn once and follows its text, for a cell that must survive changes, such as an input.
    pub(crate) live: Option<fn(&R, Memo<String>) -> AnyView>,
    /// Columns in an exported file; `None` exports the text under the title.
    pub(crate) file: Option<&'static [ExportColumn<R>]>,
}

/// A column of an exported file: heading with unit, and a machine-readable value.
pub(crate) type ExportColumn<R> = (&'static str, fn(&R) -> String);

impl<R> Column<R> {
    /// Column of words.
    pub(crate) const fn words(
        name: &'static str,
        title: &'static str,
        width: &'static str,
        narrow: Option<&'static str>,
        says: fn(&R) -> String,
    ) -> Self {
        Self {
            name,
            title,
            width,
            narrow,
            numeric: false,
            usual: true,
            sorted_by: None,
            says,
            cell: None,
            live: None,
            file: None,
        }
    }

    /// Column of figures.
    pub(crate) const fn figures(
        name: &'static str,
        title: &'static str,
        width: &'static str,
        narrow: Option<&'static str>,
        says: fn(&R) -> String,
    ) -> Self {
        let mut column = Self::words(name, title, width, narrow, says);
        column.numeric = true;
        column
    }

    /// Gives the cells a view.
    pub(crate) const fn drawn(mut self, cell: fn(&R) -> AnyView) -> Self {
        self.cell = Some(cell);
        self
    }

    /// Gives the cells a view that survives changes of their text.
    pub(crate) const fn with_live_cell(mut self, cell: fn(&R, Memo<String>) -> AnyView) -> Self {
        self.live = Some(cell);
        self
    }

    /// Says what rows are sorted by, in the header while they are.
    pub(crate) const fn sorted_by(mut self, by: &'static str) -> Self {
        self.sorted_by = Some(by);
        self
    }

    /// Hides the column by default.
    pub(crate) const fn hidden_by_default(mut self) -> Self {
        self.usual = false;
        self
    }

    /// Replaces the column's export.
    pub(crate) const fn exported_as(mut self, file: &'static [ExportColumn<R>]) -> Self {
        self.file = Some(file);
        self
    }

    /// Excludes the column from exports.
    pub(crate) const fn not_exported(self) -> Self {
        self.exported_as(&[])
    }
}

/// Link of a row: its address, empty for none, and the id to copy.
#[derive(Clone, PartialEq)]
pub(crate) struct RowLink {
    pub(crate) href: String,
    pub(crate) id: String,
    /// Name that no other row has; empty if the first column and the id say what the row is.
    pub(crate) name: String,
}

impl RowLink {
    pub(crate) const fn new(href: String, id: String) -> Self {
        Self { href, id, name: String::new() }
    }
}

/// Draws the cell of a column with the given text.
type Draw = Arc<dyn Fn(usize, Memo<String>) -> Option<AnyView> + Send + Sync>;

/// A row independent of its type: cell texts, and how to draw them.
#[derive(Clone)]
pub(crate) struct RowModel {
    pub(crate) key: String,
    /// One text per column; a cell is redrawn only when its text changes.
    pub(crate) says: Vec<String>,
    pub(crate) opens: RowLink,
    /// Draws the cell of a column; `None` shows its text.
    pub(crate) draw: Draw,
}

impl RowModel {
    /// What the row is: the text of its first column, with its id if another row has that text too.
    pub(crate) fn name(&self, repeated: &BTreeSet<String>) -> String {
        let first = self.says.first().cloned().unwrap_or_default();
        match self.opens.name.as_str() {
            "" if repeated.contains(&first) && self.opens.id != first => tables::name_with_id(&first, &self.opens.id),
            "" => first,
            name => name.to_owned(),
        }
    }
}

/// The loaded window of a table.
#[derive(Clone)]
pub(crate) struct RowWindow {
    pub(crate) matched: u32,
    pub(crate) first: u32,
    pub(crate) rows: Vec<RowModel>,
    pub(crate) arriving: bool,
}

impl RowWindow {
    /// Converts typed rows to row models.
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

/// What a table needs to know of a column, independent of the row type.
#[derive(Clone, Copy)]
pub(crate) struct Head {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) width: &'static str,
    pub(crate) narrow: Option<&'static str>,
    pub(crate) numeric: bool,
    pub(crate) usual: bool,
    pub(crate) sorted_by: Option<&'static str>,
    /// Whether rows can be sorted by the column.
    pub(crate) sorts: bool,
    /// Whether the cells survive changes of their text.
    pub(crate) lives: bool,
    /// Window width up to which the column is hidden, as a step of the style sheet.
    pub(crate) hidden_to: Option<&'static str>,
}

impl<R> Column<R> {
    pub(crate) const fn head(&self) -> Head {
        let Self { name, title, width, narrow, numeric, usual, sorted_by, .. } = *self;
        let (lives, hidden_to) = (self.live.is_some(), None);
        Head { name, title, width, narrow, numeric, usual, sorted_by, sorts: true, lives, hidden_to }
    }
}

/// Sort order of a table.
#[derive(Clone, Copy)]
pub(crate) struct Order {
    /// Column and direction as in the address: `cpus` or `-cpus`.
    pub(crate) sort: Signal<String>,
    pub(crate) on_sort: Callback<String>,
}

//! Exports a table as a file. Chunks are stored as browser blobs, so that no string holds the whole file.

use js_sys::Array;
use leptos::prelude::*;
use mesoscope_core::base::csv;
use mesoscope_core::engine::message::ViewId;
use mesoscope_core::views::query::Query;
use mesoscope_core::views::table::TableWindow;
use web_sys::{Blob, BlobPropertyBag};

use crate::clock::today;
use crate::download::save_blob;
use crate::widgets::grid::column::{Column, ExportColumn};
use crate::widgets::grid::column_choice::{ColumnChoice, Columns};
use crate::widgets::menu::Menu;
use crate::worker_link::link;

/// File format of an export.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExportFormat {
    Csv,
    /// A list of objects with column titles as keys and texts as values.
    Json,
}

impl ExportFormat {
    const fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Json => "JSON",
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    const fn kind(self) -> &'static str {
        match self {
            Self::Csv => "text/csv;charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// A chunk of a file, independent of the row type.
pub(crate) struct ExportChunk {
    text: String,
    first: u32,
    /// Total number of rows in the file.
    matched: u32,
    more: bool,
}

impl ExportChunk {
    /// Formats the rows with the visible columns. The first chunk starts the document, the last one ends it.
    pub(crate) fn of<R>(window: &TableWindow<R>, columns: &[Column<R>], shown: Columns, form: ExportFormat) -> Self {
        let columns: Vec<_> = columns
            .iter()
            .enumerate()
            .filter(|(at, _)| shown.has(*at))
            .flat_map(|(_, column)| exported_as(column))
            .collect();
        let mut text = String::new();
        let (begins, ends) = (window.first == 0, !window.arriving);
        match form {
            ExportFormat::Csv => {
                if begins {
                    csv::push_line(&mut text, columns.iter().map(|(title, _)| title));
                }
                for row in &window.rows {
                    csv::push_line(&mut text, columns.iter().map(|(_, says)| says(row)));
                }
            }
            ExportFormat::Json => {
                for (nth, row) in window.rows.iter().enumerate() {
                    text.push_str(if begins && nth == 0 { "[\n" } else { ",\n" });
                    csv::push_object(&mut text, columns.iter().map(|(title, says)| (*title, says(row))));
                }
                text.push_str(match (ends, begins && window.rows.is_empty()) {
                    (true, true) => "[]\n",
                    (true, false) => "\n]\n",
                    (false, _) => "",
                });
            }
        }
        Self { text, first: window.first, matched: window.matched, more: window.arriving }
    }
}

fn exported_as<R>(column: &Column<R>) -> Vec<ExportColumn<R>> {
    column.file.map_or_else(|| vec![(column.title, column.says)], <[_]>::to_vec)
}

/// What a table supplies for its export.
#[derive(Clone, Copy)]
pub(crate) struct ExportSource {
    /// Name of the table, used in the file name.
    pub(crate) name: &'static str,
    /// The visible table as an engine query.
    pub(crate) query: Callback<(), Query>,
    /// Formats one response as a chunk.
    pub(crate) piece: Callback<(Vec<u8>, Columns, ExportFormat), Option<ExportChunk>>,
    /// Whether rows are still loading: an export now would be incomplete.
    pub(crate) arriving: Signal<bool>,
}

/// Format menu; during a large export it shows progress and a stop button.
pub(crate) fn export_menu(source: ExportSource, choice: ColumnChoice) -> AnyView {
    let link = link();
    let progress = RwSignal::new(None::<u32>);
    let under_way = StoredValue::new(None::<ViewId>);
    let stop = move || {
        under_way.try_update_value(Option::take).flatten().into_iter().for_each(|view| link.stop(view));
        progress.try_set(None);
    };
    on_cleanup(stop);
    let begin = move |form: ExportFormat| {
        if source.arriving.get_untracked() {
            return;
        }
        let (shown, parts) = (choice.shown_untracked(), Array::new());
        let view = link.export(source.query.run(()), move |bytes| {
            let Some(piece) = source.piece.run((bytes, shown, form)) else { return false };
            if piece.first == 0 {
                parts.set_length(0);
            }
            let _ = Blob::new_with_str_sequence(&Array::of1(&piece.text.into())).map(|blob| parts.push(&blob));
            let done = u64::from(piece.first) * 100 / u64::from(piece.matched.max(1));
            progress.try_set(piece.more.then_some(done as u32));
            if !piece.more {
                save(&parts, &format!("mesoscope-{}-{}.{}", source.name, today(), form.ending()), form.kind());
            }
            piece.more
        });
        under_way.set_value(Some(view));
    };
    let one = move |form: ExportFormat| {
        view! {
            <button class="facet" aria-disabled=move || source.arriving.get().then_some("true") on:click=move |_| begin(form)>{form.name()}</button>
        }
    };
    let content = move || {
        let words = if source.arriving.get() {
            "Available once the master has sent all rows."
        } else {
            "Exports filtered rows and visible columns."
        };
        view! { <div class="values">{one(ExportFormat::Csv)}{one(ExportFormat::Json)}</div><p class="dim note">{words}</p> }
    };
    view! {
        {move || match progress.get() {
            None => view! { <Menu label="Download" title=|| "Download" content/> }.into_any(),
            Some(_) => view! {
                <button class="button" aria-label="Stop the download" on:click=move |_| stop()>
                    "Stop "<progress max="100" prop:value=move || progress.get().unwrap_or(100) aria-label="Rows written"></progress>
                </button>
            }.into_any(),
        }}
    }
    .into_any()
}

/// Passes the file to the browser as a download.
fn save(parts: &Array, name: &str, form: &str) -> Option<()> {
    let kind = BlobPropertyBag::new();
    kind.set_type(form);
    let file = Blob::new_with_blob_sequence_and_options(parts, &kind).ok()?;
    save_blob(&file, name)
}

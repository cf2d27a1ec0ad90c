//! Previews of pictures and JSON up to a few MiB.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope_core::base::indent::Indent;
use mesoscope_core::files::{self, WINDOW};
use mesoscope_core::mesos::wire;
use mesoscope_core::text;

use super::log_source::LogSource;
use crate::download::size_text;
use crate::hooks::{now, wait};

/// Maximum size in bytes of a previewed file.
const MOST: u64 = 8 << 20;
/// Number of JSON lines per block; the browser skips layout of blocks outside the viewport.
const TOGETHER: usize = 200;
/// Maximum number of bytes per JSON line: browsers take seconds to lay out a line of megabytes.
const LONGEST: usize = 10_000;
/// Maximum number of bytes of indented JSON: in deep JSON most of them are indentation.
const MOST_LINES: usize = 64 << 20;
/// Milliseconds of the page's thread per indent slice.
const SLICE: f64 = 12.0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Media type of the picture.
    Picture(&'static str),
    Json,
}

fn kind(path: &str) -> Option<Kind> {
    let name = files::entry::base_name(path).to_ascii_lowercase();
    Some(match name.rsplit_once('.')?.1 {
        "png" => Kind::Picture("image/png"),
        "jpg" | "jpeg" => Kind::Picture("image/jpeg"),
        "gif" => Kind::Picture("image/gif"),
        "webp" => Kind::Picture("image/webp"),
        "svg" => Kind::Picture("image/svg+xml"),
        "json" => Kind::Json,
        _ => return None,
    })
}

/// Content of a preview.
#[derive(Clone, PartialEq)]
enum Seen {
    Picture(String),
    /// Blocks of lines, appended until complete.
    Text(RwSignal<Vec<String>>),
    No(String),
}

/// Preview above the file's bytes, if its type has one. Pictures are open at first.
pub(super) fn preview(log_source: LogSource) -> Option<AnyView> {
    let kind = kind(&log_source.path.get_untracked())?;
    let open = RwSignal::new(matches!(kind, Kind::Picture(_)));
    let seen = RwSignal::new(None::<Seen>);
    let reading = StoredValue::new(false);
    // Reading continues if the preview is closed meanwhile.
    let owner = Owner::current()?;
    Effect::new(move |_| {
        if open.get() && seen.with_untracked(Option::is_none) && !reading.get_value() {
            reading.set_value(true);
            owner.with(|| {
                spawn_local_scoped_with_cancellation(async move {
                    seen.set(Some(read(log_source, kind).await));
                    reading.set_value(false);
                });
            });
        }
    });
    let content = move || {
        seen.get().map(|seen| match seen {
            Seen::Picture(url) => view! { <img src=url alt="The file as a picture"/> }.into_any(),
            Seen::Text(blocks) => {
                let each = move || (0..blocks.with(Vec::len)).collect::<Vec<_>>();
                let block = move |nth: &usize| blocks.with_untracked(|blocks| blocks.get(*nth).cloned());
                view! {
                    <pre class="code" tabindex="0" role="group" aria-label="The JSON, indented">
                        <For each key=|nth| *nth let:nth><span class="block">{block(&nth)}</span></For>
                    </pre>
                }
                .into_any()
            }
            Seen::No(words) => view! { <p class="dim">{words}</p> }.into_any(),
        })
    };
    let click = move |_| {
        // Retries after a failure.
        if seen.with_untracked(|seen| matches!(seen, Some(Seen::No(_)))) {
            seen.set(None);
        }
        open.update(|open| *open = !*open);
    };
    Some(
        view! {
            <section class="preview" aria-label="Preview">
                <button class="button small" aria-expanded=move || open.get().to_string() on:click=click>"Preview"</button>
                <Show when=move || open.get()>{content}</Show>
            </section>
        }
        .into_any(),
    )
}

async fn read(log_source: LogSource, kind: Kind) -> Seen {
    let mut bytes = Vec::new();
    loop {
        let (more, size) = match log_source.read(bytes.len() as u64, WINDOW).await {
            Ok(reported) => reported,
            Err(why) => return Seen::No(why.to_string()),
        };
        if size > MOST {
            let (size, most) = (size_text(size), size_text(MOST));
            return Seen::No(match kind {
                Kind::Json => text::log_viewer::json_too_large(&size, &most),
                Kind::Picture(_) => text::log_viewer::picture_too_large(&size, &most),
            });
        }
        let is_end = more.is_empty() || bytes.len() as u64 + more.len() as u64 >= size;
        bytes.extend_from_slice(&more);
        if is_end {
            break;
        }
    }
    match kind {
        Kind::Picture(media) => Seen::Picture(format!("data:{media};base64,{}", STANDARD.encode(bytes))),
        Kind::Json => spread(bytes),
    }
}

/// Indents the first lines now, the rest in slices.
fn spread(bytes: Vec<u8>) -> Seen {
    let text = wire::decode_lossy::decode_lossy(&bytes).into_owned();
    if let Err(why) = Indent::of(&text) {
        return Seen::No(text::log_viewer::not_json(&why.to_string()));
    }
    let blocks = RwSignal::new(Vec::new());
    spawn_local_scoped_with_cancellation(async move {
        let mut indent = Indent::of_json(&text);
        let mut held = 0;
        loop {
            let until = now().as_millis() + SLICE;
            let mut more = Vec::new();
            while now().as_millis() < until
                && let Some(block) = indent.next_lines(TOGETHER)
            {
                held += block.len();
                if held > MOST_LINES {
                    more.push("… the rest is not indented; the raw file is below".to_owned());
                    blocks.try_update(|blocks: &mut Vec<String>| blocks.extend(more));
                    return;
                }
                more.push(shortened(block));
            }
            if more.is_empty() || blocks.try_update(|blocks: &mut Vec<String>| blocks.extend(more)).is_none() {
                return;
            }
            wait(0).await;
        }
    });
    Seen::Text(blocks)
}

/// Truncates the lines that are too long.
fn shortened(block: String) -> String {
    if block.lines().all(|line| line.len() <= LONGEST) {
        return block;
    }
    let line = |line: &str| match line.char_indices().nth(LONGEST) {
        Some((at, _)) => [&line[..at], &text::log_viewer::left_out(&size_text((line.len() - at) as u64))].concat(),
        None => line.to_owned(),
    };
    block.lines().map(line).collect::<Vec<_>>().join("\n")
}

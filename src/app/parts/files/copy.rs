//! Copies linked lines to the clipboard as the file has them, including lines that are not drawn.

use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope_core::files::WINDOW;
use mesoscope_core::files::followed_file::ReadReply;
use mesoscope_core::files::line_range_read::LineRangeRead;
use mesoscope_core::text;

use super::log_source::LogSource;
use crate::download::size_text;
use crate::widgets::copy::copy;

/// Maximum number of bytes per copy.
const MOST: u64 = 16 << 20;

/// Progress of a copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum CopyState {
    #[default]
    Idle,
    /// Number of bytes read so far.
    Reading(u64),
    /// Number of lines copied.
    Done(u64),
    /// The text is ready, but the browser lost the user activation: the next press copies it.
    NeedsPress(String),
    Failed(String),
}

/// Copies the lines from offset `from` up to offset `to`.
pub(super) fn copy_lines(log_source: LogSource, (from, to): (u64, u64), copied: RwSignal<CopyState>) {
    match copied.get_untracked() {
        CopyState::Reading(_) => return,
        CopyState::NeedsPress(text) => return give(text, copied, true),
        CopyState::Idle | CopyState::Done(_) | CopyState::Failed(_) => {}
    }
    if to - from > MOST {
        return copied.set(CopyState::Failed(text::log_viewer::too_long_to_copy(&size_text(MOST))));
    }
    copied.set(CopyState::Reading(0));
    spawn_local_scoped_with_cancellation(async move {
        let format = log_source.log.with_value(|log| log.tail().format());
        match read(log_source, LineRangeRead::new(from, to, format), copied).await {
            Ok((at, bytes)) => {
                give(String::from_utf8_lossy(&format.decode(at, &bytes)).into_owned(), copied, false);
            }
            Err(why) => copied.set(CopyState::Failed(why)),
        }
    });
}

fn give(text: String, copied: RwSignal<CopyState>, pressed: bool) {
    let kept = text.clone();
    copy(&text, move |is_copied| {
        copied.try_set(match (is_copied, pressed) {
            (true, _) => CopyState::Done(kept.split_inclusive('\n').count() as u64),
            (false, false) => CopyState::NeedsPress(kept),
            (false, true) => CopyState::Failed("The browser does not allow copying".to_owned()),
        });
    });
}

async fn read(
    log_source: LogSource,
    mut excerpt: LineRangeRead,
    copied: RwSignal<CopyState>,
) -> Result<(u64, Vec<u8>), String> {
    while let Some(at) = excerpt.next_read() {
        let (bytes, size) = log_source.read(at, WINDOW).await.map_err(|why| why.to_string())?;
        excerpt.answered(ReadReply { size, bytes });
        copied.set(CopyState::Reading(excerpt.read()));
    }
    Ok((excerpt.from(), excerpt.into_bytes()))
}

//! Linked lines as text for the clipboard, as the file has them, also where they are many more than are drawn.

use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope::file::WINDOW;

use super::feed::Feed;
use super::pane::words;
use crate::ui::widgets::copy;

/// No more than this is copied at a time.
const MOST: u64 = 16 << 20;
/// How far behind its start the end of the last line is looked for.
const LAST: u64 = WINDOW;

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Copied {
    #[default]
    No,
    /// So many bytes are read.
    Reading(u64),
    /// So many lines were copied.
    Whole(u64),
    Failed(String),
}

/// Copies the lines from the one that begins at the first offset to the one that begins at the second.
pub(super) fn copy_lines(feed: Feed, (from, to): (u64, u64), copied: RwSignal<Copied>) {
    if matches!(copied.get_untracked(), Copied::Reading(_)) {
        return;
    }
    if to - from > MOST {
        let most = words(MOST);
        return copied.set(Copied::Failed(format!("More than {most}: download the file instead")));
    }
    copied.set(Copied::Reading(0));
    spawn_local_scoped_with_cancellation(async move {
        let told = match read(feed, from, to, copied).await {
            Ok(bytes) => {
                copy(&String::from_utf8_lossy(&bytes));
                Copied::Whole(bytes.split_inclusive(|byte| *byte == b'\n').count() as u64)
            }
            Err(why) => Copied::Failed(why),
        };
        copied.set(told);
    });
}

async fn read(feed: Feed, from: u64, to: u64, copied: RwSignal<Copied>) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    loop {
        let at = from + bytes.len() as u64;
        let told = feed.read(at, WINDOW).await.map_err(|why| why.to_string())?;
        bytes.extend_from_slice(&told.bytes);
        copied.set(Copied::Reading(bytes.len() as u64));
        let last = (to - from) as usize;
        let end = bytes.get(last..).and_then(|rest| rest.iter().position(|byte| *byte == b'\n'));
        let is_over = told.bytes.is_empty() || bytes.len() as u64 > to - from + LAST;
        if let Some(end) = end.map(|end| last + end + 1).or(is_over.then_some(bytes.len())) {
            bytes.truncate(end);
            return Ok(bytes);
        }
    }
}

//! Linked lines as text for the clipboard, as the file has them, also where they are many more than are drawn.

use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope_core::files::WINDOW;
use mesoscope_core::files::excerpt::Excerpt;
use mesoscope_core::files::tail::Reported;

use super::log_source::LogSource;
use crate::download::words;
use crate::widgets::copy::copy;

/// No more than this is copied at a time.
const MOST: u64 = 16 << 20;

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Copied {
    #[default]
    No,
    /// So many bytes are read.
    Reading(u64),
    /// So many lines were copied.
    Whole(u64),
    /// They are read, but the browser copies only just after a press: another one does it.
    Ready(String),
    Failed(String),
}

/// Copies the lines from the one that begins at the first offset to the one that begins at the second.
pub(super) fn copy_lines(feed: LogSource, (from, to): (u64, u64), copied: RwSignal<Copied>) {
    match copied.get_untracked() {
        Copied::Reading(_) => return,
        Copied::Ready(text) => return give(text, copied, true),
        Copied::No | Copied::Whole(_) | Copied::Failed(_) => {}
    }
    if to - from > MOST {
        let most = words(MOST);
        return copied.set(Copied::Failed(format!("More than {most}: download the file instead")));
    }
    copied.set(Copied::Reading(0));
    spawn_local_scoped_with_cancellation(async move {
        let format = feed.log.with_value(|log| log.tail().format());
        match read(feed, Excerpt::new(from, to, format), copied).await {
            Ok((at, bytes)) => {
                give(String::from_utf8_lossy(&format.decode(at, &bytes)).into_owned(), copied, false);
            }
            Err(why) => copied.set(Copied::Failed(why)),
        }
    });
}

fn give(text: String, copied: RwSignal<Copied>, pressed: bool) {
    let kept = text.clone();
    copy(&text, move |is_copied| {
        copied.try_set(match (is_copied, pressed) {
            (true, _) => Copied::Whole(kept.split_inclusive('\n').count() as u64),
            (false, false) => Copied::Ready(kept),
            (false, true) => Copied::Failed("The browser does not let the page copy".to_owned()),
        });
    });
}

async fn read(feed: LogSource, mut excerpt: Excerpt, copied: RwSignal<Copied>) -> Result<(u64, Vec<u8>), String> {
    while let Some(at) = excerpt.next_read() {
        let (bytes, size) = feed.read(at, WINDOW).await.map_err(|why| why.to_string())?;
        excerpt.answered(Reported { size, bytes });
        copied.set(Copied::Reading(excerpt.read()));
    }
    Ok((excerpt.from(), excerpt.into_bytes()))
}

//! Pictures and JSON as what they are, up to a few MiB.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope::file::{self, WINDOW};
use mesoscope::indent::indented;
use mesoscope::wire;

use super::feed::Feed;
use super::pane::words;

/// What is read for a preview at most: of a picture, and of JSON, each line of which costs the page.
const MOST: u64 = 8 << 20;
const MOST_JSON: u64 = 1 << 20;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// With its media type.
    Picture(&'static str),
    Json,
}

fn kind(path: &str) -> Option<Kind> {
    let name = file::base_name(path).to_ascii_lowercase();
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

/// What a preview says, or why there is none.
#[derive(Clone, PartialEq)]
enum Seen {
    Picture(String),
    Text(String),
    No(String),
}

/// The preview of a file that has one, above its bytes. A picture's is open at first.
pub(super) fn preview(feed: Feed) -> Option<AnyView> {
    let kind = kind(&feed.path.get_untracked())?;
    let open = RwSignal::new(matches!(kind, Kind::Picture(_)));
    let seen = RwSignal::new(None::<Seen>);
    Effect::new(move |_| {
        if open.get() && seen.with_untracked(Option::is_none) {
            spawn_local_scoped_with_cancellation(async move { seen.set(Some(read(feed, kind).await)) });
        }
    });
    let content = move || {
        seen.get().map(|seen| match seen {
            Seen::Picture(url) => view! { <img src=url alt="The file as a picture"/> }.into_any(),
            Seen::Text(text) => {
                view! { <pre class="code" tabindex="0" role="group" aria-label="The JSON, indented">{text}</pre> }
                    .into_any()
            }
            Seen::No(words) => view! { <p class="dim">{words}</p> }.into_any(),
        })
    };
    let click = move |_| {
        // What could not be read is read again.
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

async fn read(feed: Feed, kind: Kind) -> Seen {
    let mut bytes = Vec::new();
    loop {
        let (more, size) = match feed.read(bytes.len() as u64, WINDOW).await {
            Ok(told) => told,
            Err(why) => return Seen::No(why.to_string()),
        };
        let most = if kind == Kind::Json { MOST_JSON } else { MOST };
        if size > most {
            let (size, most) = (words(size), words(most));
            return Seen::No(match kind {
                Kind::Json => format!(
                    "It has {size}. JSON is indented up to {most}, since the page holds each line of that at once. Below it is as it is written, at any size."
                ),
                Kind::Picture(_) => {
                    format!("It has {size}. Pictures are shown up to {most}: larger ones can be downloaded.")
                }
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
        Kind::Json => match indented(&wire::mend(&bytes)) {
            Ok(text) => Seen::Text(text),
            Err(why) => Seen::No(format!("It is no JSON: {why}.")),
        },
    }
}

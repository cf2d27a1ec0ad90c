//! The last lines of several files as one stream, by the times that they begin with. A line without one follows the line before it.

use leptos::html::Div;
use leptos::prelude::*;
use mesoscope::file::{Form, Shown, Stamp, base_name};
use mesoscope::text;
use mesoscope::units::Timestamp;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::feed::now;
use super::rows::{Row, Rows};
use super::scroll::Sight;

/// Lines of each file.
const LAST: usize = 300;
/// How near to its end the stream is followed, in pixels.
const NEAR: i32 = 40;

/// The pane. `sights` are of the files, with their paths.
pub(super) fn merged(sights: Vec<(Sight, String)>, wrap: RwSignal<bool>) -> AnyView {
    let (scroller, sheet) = (NodeRef::<Div>::new(), NodeRef::<Div>::new());
    let rows = StoredValue::new_local(None::<Rows>);
    let files = StoredValue::new(sights);
    Effect::new(move |_| {
        files.with_value(|files| {
            files.iter().for_each(|(sight, _)| {
                sight.feed.news.track();
                sight.dress.track();
            });
        });
        let (Some(scroller), Some(sheet)) = (scroller.get(), sheet.get()) else { return };
        let follows = scroller.scroll_height() - scroller.scroll_top() - scroller.client_height() < NEAR;
        let (all, dress) = files.with_value(|files| {
            let dress = files.first().map(|(sight, _)| sight.dress.get_untracked()).unwrap_or_default();
            (woven(files), dress)
        });
        rows.update_value(|rows| {
            let rows = rows.get_or_insert_with(|| Rows::new(sheet.clone().unchecked_into::<HtmlElement>()));
            rows.draw(&all, &dress, now());
        });
        if follows {
            scroller.set_scroll_top(scroller.scroll_height());
        }
    });
    let words = files.with_value(|files| format!("The last {LAST} lines of each of {} files, by time", files.len()));
    let failed = move || {
        files.with_value(|files| {
            let one =
                |(sight, path): &(Sight, String)| {
                    sight.feed.failed.get().map(
                        |why| view! { <p class="failed"><b>{base_name(path).to_owned()}": "</b>{why.to_string()}</p> },
                    )
                };
            files.iter().filter_map(one).collect_view()
        })
    };
    view! {
        <div class="pane">
            <div class="file merged" node_ref=scroller tabindex="0" role="group" aria-label="The files as one, text" data-wrap=move || wrap.get().then_some("")>
                <div class="lines" node_ref=sheet></div>
            </div>
            <div class="foot"><span class="dim">{words}</span><div role="status">{failed}</div></div>
        </div>
    }
    .into_any()
}

/// The lines of all, in order of their times.
fn woven(files: &[(Sight, String)]) -> Vec<Row> {
    let mut all: Vec<(Timestamp, Row)> = Vec::new();
    for (nth, (sight, path)) in files.iter().enumerate() {
        let screen = sight.feed.source.try_update_value(|source| source.tail.screen(u64::MAX, LAST, 0, Form::Lines));
        sight.feed.wake();
        let mut at = Timestamp::default();
        for line in screen.map(|screen| screen.lines).unwrap_or_default() {
            let shown = Shown::of(&line.bytes, false);
            at = Stamp::parse(&shown.text, now()).map_or(at, |stamp| stamp.at);
            let key = (nth as u64) << 56 | line.span.start;
            all.push((at, Row { key, source: Some((nth as u8 % 6 + 1, name(sight, path))), ..Row::of(line) }));
        }
    }
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, row)| row).collect()
}

/// What tells a file from the others: its name, and whose it is.
pub(super) fn name(sight: &Sight, path: &str) -> String {
    let whose = match sight.feed.target() {
        mesoscope::api::Target::Master => "master".to_owned(),
        mesoscope::api::Target::Agent(agent) => text::short_id(agent.as_str()).to_owned(),
    };
    format!("{whose} {}", base_name(path))
}

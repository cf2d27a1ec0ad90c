//! Display settings of lines: the user's choices, their menu, and the highlighted words.

use leptos::prelude::*;
use mesoscope_core::files::log::Log;
use mesoscope_core::files::pattern::Pattern;
use mesoscope_core::files::text_format::Encoding;
use mesoscope_core::files::viewport::ScrollAnchor;
use mesoscope_core::files::zone::UtcOffset;
use mesoscope_core::route::browse_params::BrowseParams;
use web_sys::KeyboardEvent;

use super::log_source::LogSource;
use super::merged_files::MergedFiles;
use super::rows::RenderOptions;
use super::scroll::Scroller;
use crate::clock;
use crate::hooks::on_update;
use crate::icon::Icon;
use crate::parts::files::search_pattern::pattern;
use crate::parts::files::viewer_context::ViewerContext;
use crate::storage::{load, save};
use crate::widgets::menu::Menu;

/// The user's display settings; lasting preferences are stored in the browser.
#[derive(Clone, Copy)]
pub(super) struct DisplaySettings {
    pub(super) wrap: RwSignal<bool>,
    local: RwSignal<bool>,
    offsets: RwSignal<bool>,
    all: RwSignal<bool>,
}

impl DisplaySettings {
    pub(super) fn load() -> Self {
        let is = |name: &str| RwSignal::new(load(&format!("file.{name}")).is_some());
        Self { wrap: is("wrap"), local: is("local"), offsets: is("offsets"), all: RwSignal::new(false) }
    }
}

/// Derives the render options from the address and the settings. `file` is the address index of the first drawn file.
pub(super) fn render_options(
    (log_source, stream): (LogSource, Option<MergedFiles>),
    file: RwSignal<usize>,
    looks: DisplaySettings,
    place: Signal<BrowseParams>,
) -> Memo<RenderOptions> {
    let is_stream = stream.is_some();
    let binary = binary(log_source);
    Memo::new_owning(move |last: Option<RenderOptions>| {
        // Times depend on the browser's zone.
        clock::zone_name()();
        let place = place.get();
        let hex = !is_stream && place.hex.unwrap_or(binary.get().unwrap_or(false));
        let find = pattern(&place.find, place.is_regex).ok().flatten().map(|pattern| (pattern, 0));
        let marks = place.marks.iter().filter(|mark| !mark.is_empty()).zip((1..=6).cycle());
        let marks = marks.map(|(mark, nth)| (Pattern::text(mark), nth));
        // Linked lines, if they belong to a drawn file.
        let drawn = if is_stream { place.of } else { 0 };
        let linked = place.linked(file.get_untracked() + drawn).map(|(from, to)| (drawn, from, to));
        let options = RenderOptions {
            hex,
            all: looks.all.get(),
            local: looks.local.get(),
            zone: place.zone,
            offsets: looks.offsets.get(),
            patterns: find.into_iter().chain(marks).collect(),
            linked,
            print: place.print,
            version: last.map_or(0, |last| last.version) + 1,
        };
        (options, true)
    })
}

/// Whether the file is binary; `None` until known.
fn binary(log_source: LogSource) -> Memo<Option<bool>> {
    Memo::new(move |known: Option<&Option<bool>>| {
        log_source.news.track();
        let decided = known.copied().flatten();
        let look = |log: &Log| log.tail().is_binary();
        decided.or_else(|| log_source.log.with_value(look))
    })
}

/// Scrolls a binary file to its start.
pub(super) fn begin_at_the_start(scroller: Scroller) {
    let binary = binary(scroller.log_source);
    let is_binary = move || binary.get();
    on_update(is_binary, move |binary| {
        if binary == Some(true) && scroller.stream.is_none() && scroller.anchor.get() == ScrollAnchor::End {
            scroller.go(ScrollAnchor::Line(0, 0.0));
        }
    });
}

pub(super) fn display_menu(looks: DisplaySettings, active: Signal<Scroller>, around: ViewerContext) -> AnyView {
    let wrong = RwSignal::new(false);
    let content = move || {
        let hex = move || active.get().options.with(|options| options.hex);
        let to_hex = move |_| around.change(|place| place.hex = Some(!untrack(hex)));
        let check = |label: &'static str, name: &'static str, signal: RwSignal<bool>| {
            let change = move |_| {
                signal.update(|is| *is = !*is);
                save(&format!("file.{name}"), signal.get_untracked().then_some("1"));
            };
            view! { <label><input type="checkbox" prop:checked=signal on:change=change/>{label}</label> }
        };
        let mark = move |event: KeyboardEvent| {
            if event.key() == "Enter" {
                let mark = event_target_value(&event);
                around.change(|place| {
                    if !mark.trim().is_empty() && !place.marks.contains(&mark) {
                        place.marks.push(mark);
                    }
                });
            }
        };
        let to_zone = move |event| {
            let text = event_target_value(&event);
            let zone = if text.trim() == "local" { clock::browser_zone() } else { UtcOffset::parse(&text) };
            wrong.set(zone.is_none());
            zone.into_iter().for_each(|zone| around.change(|place| place.zone = zone));
        };
        let lines = around.place.with_untracked(|place| place.context.unwrap_or(2));
        let context = move |event| {
            let lines = event_target_value(&event).parse().ok();
            around.change(|place| place.context = lines);
        };
        let zone = move || around.place.with(|place| place.zone.to_string());
        view! {
            <div class="checks" role="group" aria-label="Lines">
                {check("Wrap long lines", "wrap", looks.wrap)}
                {check("Convert times to my time zone", "local", looks.local)}
                {check("Byte offsets", "offsets", looks.offsets)}
                <label><input type="checkbox" prop:checked=looks.all on:change=move |_| looks.all.update(|all| *all = !*all)/>"Show overwritten text"</label>
                <label><input type="checkbox" prop:checked=hex on:change=to_hex/>"Hex view"</label>
            </div>
            <div class="field"><label for="mark-words">"Highlight words"</label><input id="mark-words" type="text" autocomplete="off" placeholder="a word, then Enter" on:keydown=mark/></div>
            <div class="field"><label for="context-lines">"Context lines"</label><input id="context-lines" type="number" min="0" max="10" value=lines.to_string() on:change=context/></div>
            <div class="field">
                <label for="log-zone">"Assume time zone"</label>
                <input id="log-zone" type="text" autocomplete="off" placeholder="UTC, local or +02:00" prop:value=zone aria-invalid=move || wrong.get().then_some("true") on:change=to_zone/>
            </div>
            {encoding_choice(around)}
            <p class="wrong" role="status">{move || wrong.get().then_some("Not a time zone. Use UTC, local or +02:00.")}</p>
            <p class="dim keys">{KEYS}</p>
        }
    };
    view! { <Menu label="View" title=|| "View" content/> }.into_any()
}

fn encoding_choice(around: ViewerContext) -> impl IntoView {
    let chosen = around.place.with_untracked(|place| place.encoding);
    let choose = move |event| {
        let encoding = Encoding::parse(&event_target_value(&event));
        around.change(|place| (place.encoding, place.hex) = (encoding, None));
    };
    let one = move |(of, name): (Encoding, &'static str)| view! { <option value=name selected=chosen == Some(of)>{name}</option> };
    view! {
        <div class="field">
            <label for="log-encoding">"Encoding"</label>
            <select id="log-encoding" on:change=choose><option value="">"Detected"</option>{Encoding::ALL.map(one)}</select>
        </div>
    }
}

/// Short description of the keyboard shortcuts.
const KEYS: &str = "Keys: / search, n N next and previous match, g G top and end, c clear, f pause, w wrap, l link the first visible line, j k link the next or previous line, J K extend the link.";

/// Chips of the highlighted words, each with a button that removes the highlight.
pub(super) fn highlight_chips(around: ViewerContext) -> impl IntoView {
    let chip = move |(nth, mark): (usize, String)| {
        let remove = move |_| {
            around.change(|place| {
                if nth < place.marks.len() {
                    place.marks.remove(nth);
                }
            });
        };
        let label = format!("Remove {mark}");
        view! { <span class="chip" data-mark=(nth % 6 + 1).to_string()>{mark}<button class="quiet" aria-label=label on:click=remove>{Icon::Cross.view()}</button></span> }
    };
    move || {
        let marks = around.place.with(|place| place.marks.clone());
        (!marks.is_empty())
            .then(|| view! { <div class="chips">{marks.into_iter().enumerate().map(chip).collect_view()}</div> })
    }
}

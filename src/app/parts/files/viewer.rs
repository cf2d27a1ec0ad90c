//! File viewer: one or several files with search and display settings above, lines below.

use crate::parts::files::viewer_context::ViewerContext;
use std::collections::BTreeMap;
use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use mesoscope_core::files;
use mesoscope_core::files::viewport::ScrollAnchor;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::text;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::copy::CopyState;
use super::display_settings::{DisplaySettings, display_menu, highlight_chips};
use super::jump::jump_menu;
use super::level_filter::{level_choice, source_menu};
use super::log_source::LogSource;
use super::merged_files::{self, MergedFiles};
use super::notes::notes_menu;
use super::open_files::OpenFiles;
use super::pane::{LinkedLine, PaneCallbacks, pane};
use super::preview::preview;
use super::rotated::read_older_button;
use super::save::download_button;
use super::scroll::Scroller;
use super::search_bar::SearchBar;
use super::side_by_side::beside_menu;
use crate::clock;
use crate::hooks::{Timer, on_change, on_window};
use crate::icon::Icon;

/// Debounce interval before the position is written to the address.
const REST: Duration = Duration::from_millis(150);

/// Renders the viewer. `of` is the server of the first file.
pub(crate) fn viewer(of: Target, around: ViewerContext) -> AnyView {
    let looks = DisplaySettings::load();
    let paused = RwSignal::new(false);
    let opened = OpenFiles::start(of.clone(), around, looks, paused);
    let (panes, active) = (opened.panes(), opened.active());
    let seek = SearchBar::new(around);
    seek.keep_searching(opened);
    seek.keep_wish(active);
    keep_seen(active, around);
    on_change(move || around.back.get().0, move |_| opened.come_back(around.back.get().1));
    let hooks = hooks((around, opened), seek, active, (paused, looks.wrap));
    keys_everywhere(active, hooks);
    let many = Memo::new(move |_| panes.with(|panes| panes.len() > 1));
    let alone = Memo::new(move |_| opened.log_sources().len() == 1);
    let preview = move || alone.get().then(|| preview(untrack(|| active.get()).log_source));
    let one = move |scroller: Scroller| {
        let name = scroller.stream.map_or_else(
            || files::entry::base_name(&scroller.log_source.path.get_untracked()).to_owned(),
            |_| "Merged files".to_owned(),
        );
        let head = move || many.get().then(|| head(around, scroller));
        view! { <div class="pane-box" on:focusin=move |_| opened.choose(scroller)>{head}{pane(scroller, name, hooks, read_older_button(scroller, around))}</div> }
    };
    view! {
        <div class="viewer">
            <div class="view-tools">
                {seek.view(active)}
                <div class="menus">
                    {level_choice(around)}
                    {source_menu(active, around)}
                    {jump_menu(active, around)}
                    {display_menu(looks, active, around)}
                    {beside_menu(of, around)}
                    {move || { let log_source = active.get().log_source; download_button(log_source.target(), log_source.path.get(), "Download") }}
                    {clear_button(opened, active)}
                    {follow_button(active, paused)}
                    {notes_menu(opened)}
                </div>
                {move || opened.stream().map(|stream| sources(around, stream))}
                {highlight_chips(around)}
                {clock_notice(opened)}
            </div>
            {preview}
            <div class="panes" data-count=move || panes.with(Vec::len)>
                <For each=move || panes.get() key=|scroller| scroller.id let:scroller>{one(scroller)}</For>
            </div>
        </div>
    }
    .into_any()
}

/// Writes the resting position to the address, so that going back restores it.
fn keep_seen(active: Signal<Scroller>, around: ViewerContext) {
    let timer = Timer::new();
    Effect::new(move |before: Option<()>| {
        let scroller = active.get();
        scroller.anchor.track();
        scroller.top.track();
        if before.is_none() {
            return;
        }
        let say = move || {
            let is_end = scroller.anchor.try_get_untracked().is_none_or(|anchor| anchor == ScrollAnchor::End);
            let first = scroller.first().filter(|_| !is_end).map(|(file, at)| (scroller.file_of(file), at));
            // A binary file opens at its top by default.
            let is_top = |(_, at): &(usize, u64)| *at == 0 && scroller.options.with_untracked(|options| options.hex);
            around.rest.try_run(first.filter(|first| !is_top(first)));
        };
        timer.start(REST, say);
    });
}

/// Forwards keys to the active pane from anywhere on the page, except from elements that use these keys themselves.
fn keys_everywhere(active: Signal<Scroller>, hooks: PaneCallbacks) {
    on_window(ev::keydown, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let is_in = |selector: &str| target.as_ref().is_some_and(|it| it.closest(selector).ok().flatten().is_some());
        let is_letter = event.key().chars().count() == 1 && event.key() != " ";
        let others = if is_letter { OTHERS_LETTERS } else { OTHERS_KEYS };
        if event.default_prevented() || is_in(".file") || is_in(others) {
            return;
        }
        if !active.get_untracked().pressed(&event) {
            hooks.key.run(event);
        }
    });
}

/// Elements that handle letters, or other keys, themselves.
const OTHERS_LETTERS: &str = "input, select, textarea, dialog, [popover]";
const OTHERS_KEYS: &str = "input, select, textarea, dialog, [popover], button, a, summary, [tabindex='0']";

fn hooks(
    (around, opened): (ViewerContext, OpenFiles),
    seek: SearchBar,
    active: Signal<Scroller>,
    (paused, wrap): (RwSignal<bool>, RwSignal<bool>),
) -> PaneCallbacks {
    let copied = RwSignal::new(CopyState::Idle);
    let link = Callback::new(move |(line, up_to): (Option<LinkedLine>, bool)| {
        copied.set(CopyState::Idle);
        around.change(|place| match line.filter(|_| up_to) {
            Some(line) => place.link_up_to(line),
            None => place.link(line),
        });
    });
    let key = Callback::new(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let scroller = active.get_untracked();
        match event.key().as_str() {
            "/" => {
                event.prevent_default();
                let _ = seek.input.get_untracked().map(|input| input.focus());
            }
            "n" => seek.next(scroller),
            "N" => seek.previous(scroller),
            "g" => scroller.go(ScrollAnchor::Line(0, 0.0)),
            "G" => scroller.go(ScrollAnchor::End),
            "w" => wrap.update(|wrap| *wrap = !*wrap),
            "c" => clear(opened, active),
            "f" => paused.update(|paused| *paused = !*paused),
            "l" => {
                let is_linked = around.place.with_untracked(|place| place.at.is_some());
                link.run((scroller.first_line().filter(|_| !is_linked), false));
            }
            key @ ("j" | "k" | "J" | "K") => {
                let last = around.place.with_untracked(|place| Some((place.of, place.to.or(place.at)?)));
                let is_down = key.eq_ignore_ascii_case("j");
                if let Some(line) = scroller.next_line(last, is_down) {
                    link.run((Some(line), matches!(key, "J" | "K")));
                }
            }
            _ => {}
        }
    });
    let dates = Callback::new(move |order| around.change(|place| place.dates = Some(order)));
    PaneCallbacks { link, key, dates, paused, wrap, copied }
}

/// Hides the lines of all open files that are there now, or shows them again.
fn clear_button(opened: OpenFiles, active: Signal<Scroller>) -> impl IntoView {
    let is_cleared = move || opened.log_sources().iter().any(|log_source| log_source.cleared.get() > 0);
    let title = move || match is_cleared() {
        true => "Show the hidden lines again (c)",
        false => "Hide the lines above; the file is not changed (c)",
    };
    let click = move |_| clear(opened, active);
    view! { <button class="button" title=title on:click=click>{move || if is_cleared() { "Show all" } else { "Clear" }}</button> }
}

fn clear(opened: OpenFiles, active: Signal<Scroller>) {
    let log_sources = untrack(|| opened.log_sources());
    let is_cleared = log_sources.iter().any(|log_source| log_source.cleared.get_untracked() > 0);
    log_sources.iter().for_each(|log_source| log_source.clear(!is_cleared));
    active.get_untracked().go(ScrollAnchor::End);
}

fn follow_button(active: Signal<Scroller>, paused: RwSignal<bool>) -> impl IntoView {
    let word = move || match (paused.get(), active.get().anchor.get()) {
        (true, _) => "Resume",
        (false, ScrollAnchor::End) => "Pause",
        (false, ScrollAnchor::Line(..)) => "Follow",
    };
    let click = move |_| match (paused.get_untracked(), active.get_untracked().anchor.get_untracked()) {
        (true, _) => {
            paused.set(false);
            active.get_untracked().go(ScrollAnchor::End);
        }
        (false, ScrollAnchor::End) => paused.set(true),
        (false, ScrollAnchor::Line(..)) => active.get_untracked().go(ScrollAnchor::End),
    };
    view! { <button class="button" on:click=click>{word}</button> }
}

/// Notice that a log's clock differs from the user's by more than a few seconds.
fn clock_notice(opened: OpenFiles) -> impl IntoView {
    let clocks = clock::clocks();
    let words = Memo::new(move |_| {
        let servers = opened.log_sources().into_iter().map(|log_source| (log_source.target(), log_source.server()));
        let servers: BTreeMap<Target, String> = servers.collect();
        let is_alone = servers.len() == 1;
        let whose = |target: &Target, server: &str| match target {
            Target::Master => "The master's".to_owned(),
            Target::Agent(_) if is_alone => "This agent's".to_owned(),
            Target::Agent(_) => format!("{server}'s"),
        };
        let says = |(target, server): (&Target, &String)| text::log_skew(&whose(target, server), clocks.skew(target));
        servers.iter().filter_map(says).collect::<Vec<_>>()
    });
    let one = |words: String| view! { <p role="status"><span class="state" data-tone="warn">{words}</span></p> };
    move || words.get().into_iter().map(one).collect_view()
}

/// Chips of the merged files in their colours, each except the first with a close button.
fn sources(around: ViewerContext, stream: MergedFiles) -> impl IntoView {
    let chip = |(nth, log_source): (usize, LogSource)| {
        let (name, path) = (Memo::new(move |_| merged_files::name(log_source)), log_source.path.get_untracked());
        let close = (nth > 0).then(|| close_button(around, RwSignal::new(nth), name));
        view! { <span class="chip" data-mark=(nth % 6 + 1).to_string() title=path>{name}{close}</span> }
    };
    view! { <div class="chips" role="group" aria-label="Files">{stream.log_sources().into_iter().enumerate().map(chip).collect_view()}</div> }
}

fn close_button(around: ViewerContext, nth: RwSignal<usize>, name: Memo<String>) -> AnyView {
    let close = move |_| {
        // The position in the other files is reported again after they are drawn.
        around.rest.run(None);
        around.step(|place| place.close(nth.get_untracked()));
    };
    view! { <button class="quiet" aria-label=move || format!("Close {}", name.read()) on:click=close>{Icon::Cross.view()}</button> }
        .into_any()
}

/// Header of each of several panes: name, id of the executor, and close button. Executors on one agent have files of one name.
fn head(around: ViewerContext, scroller: Scroller) -> AnyView {
    let name = Memo::new(move |_| merged_files::name(scroller.log_source));
    let id = |path: &String| files::entry::Owner::of(path).map(|owner| owner.executor.to_owned());
    let executor = move || scroller.log_source.path.with(id);
    let close = (scroller.file_of(0) > 0).then(|| close_button(around, scroller.file, name));
    view! { <div class="pane-head"><b title=scroller.log_source.path>{name}</b><small class="dim">{executor}</small>{close}</div> }
        .into_any()
}

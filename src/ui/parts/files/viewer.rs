//! A file, or several beside one another: what is searched and how lines look above, the lines below.

use leptos::prelude::*;
use mesoscope::api::Target;
use mesoscope::file::{self, Log, Pace, Pattern, Sighted};
use mesoscope::route::Place;
use mesoscope::units::Timestamp;
use web_sys::KeyboardEvent;

use super::beside::beside_menu;
use super::copy::Copied;
use super::feed::Feed;
use super::jump::jump_menu;
use super::narrow::{level_choice, source_choice};
use super::older::older;
use super::pane::{Hooks, pane};
use super::preview::preview;
use super::rows::Dress;
use super::save::download_button;
use super::scroll::{Sight, Spot};
use super::seek::{Seek, pattern};
use super::stream::{self, Stream};
use crate::ui::icon::Icon;
use crate::ui::kept::{keep, kept};
use crate::ui::widgets::Menu;

/// Panes at a time.
pub(super) const MOST: usize = 8;

/// What the page around a viewer is for it.
#[derive(Clone, Copy)]
pub(crate) struct Around {
    /// The file, and how it is looked at.
    pub(crate) place: Signal<Place>,
    /// To another place; whether as a step that "back" undoes.
    pub(crate) go: Callback<(Place, bool)>,
}

/// How lines look, as the reader chose; kept for next time where it is a matter of taste.
#[derive(Clone, Copy)]
struct Looks {
    wrap: RwSignal<bool>,
    local: RwSignal<bool>,
    offsets: RwSignal<bool>,
    all: RwSignal<bool>,
    /// Nobody chose: what the bytes look like decides.
    hex: RwSignal<Option<bool>>,
}

impl Looks {
    fn kept() -> Self {
        let is = |name: &str| RwSignal::new(kept(&format!("file.{name}")).is_some());
        Self {
            wrap: is("wrap"),
            local: is("local"),
            offsets: is("offsets"),
            all: RwSignal::new(false),
            hex: RwSignal::new(None),
        }
    }
}

/// The viewer. `of` is whose the file is; others may stand beside it.
pub(crate) fn viewer(of: Target, around: Around) -> AnyView {
    let looks = Looks::kept();
    let first = around.place.get_untracked();
    let only = Memo::new(move |_| {
        around.place.with(|place| place.only || !place.level.is_empty() || !place.source.is_empty())
    });
    let others = first.beside.iter().take(MOST - 1).map(|(agent, path)| (Target::Agent(agent.clone()), path));
    let files = std::iter::once((of, &first.path)).chain(others).enumerate();
    let is_merged = first.merged.is_some() && !first.beside.is_empty();
    let feeds: Vec<Feed> =
        files.map(|(nth, (of, path))| Feed::start(of, path, !is_merged && first.older.contains(&nth))).collect();
    let sight = |nth: usize, feed: Feed| {
        let spot = first.linked(nth).filter(|_| !is_merged).or(first.at.zip(Some(0)).filter(|_| is_merged));
        let spot = spot.map_or(Spot::End, |(at, _)| Spot::Line(at, -120.0));
        let shown = RwSignal::new(false);
        Effect::new(move |_| shown.set(only.get()));
        Sight::new(feed, nth, spot, shown)
    };
    let all: Vec<Sight> = match first.merged.filter(|_| is_merged) {
        Some(order) => {
            let named = feeds.iter().map(|feed| (*feed, stream::name(*feed))).collect();
            let stream = Stream::start(named, order, first.at.map(|at| (first.of, at)));
            vec![sight(0, feeds[0]).of_stream(stream)]
        }
        None => feeds.iter().enumerate().map(|(nth, feed)| sight(nth, *feed)).collect(),
    };
    let chosen = RwSignal::new(if is_merged { 0 } else { first.of.min(all.len() - 1) });
    let main = StoredValue::new(all.clone());
    let active = Signal::derive(move || main.with_value(|all| all.get(chosen.get()).copied().unwrap_or(all[0])));
    let seek = Seek::new(around.place, around.go);
    seek.keep_searching(all.clone());
    seek.keep_wish(active);
    let paused = RwSignal::new(false);
    all.iter().for_each(|sight| keep_up(*sight, looks, around.place, paused));
    let hooks = hooks(around, seek, active, (paused, looks.wrap));
    let many = all.len() > 1;
    let preview = feeds.first().filter(|_| feeds.len() == 1).and_then(|feed| preview(*feed));
    let beside = match feeds.first().map(|feed| feed.target()) {
        Some(Target::Agent(agent)) => Some(beside_menu(agent, around)),
        Some(Target::Master) | None => None,
    };
    let count = all.len();
    let stream = all.first().and_then(|sight| sight.stream);
    let panes = all.into_iter().enumerate().map(|(nth, sight)| {
        let name = sight.stream.map_or_else(
            || file::base_name(&sight.feed.path.get_untracked()).to_owned(),
            |_| "The files as one".to_owned(),
        );
        let head = many.then(|| head(around, nth, sight.feed));
        view! { <div class="pane-box" on:focusin=move |_| chosen.set(nth)>{head}{pane(sight, name, hooks)}</div> }
    });
    let panes = panes.collect_view();
    view! {
        <div class="viewer">
            <div class="view-tools">
                {seek.view(active)}
                <div class="menus">
                    {level_choice(around)}
                    {source_choice(active, around)}
                    {jump_menu(active, around)}
                    {look_menu(looks, active, around)}
                    {beside}
                    {move || { let feed = active.get().feed; download_button(feed.target(), feed.path.get(), "Download") }}
                    {follow_button(active, paused)}
                </div>
                {stream.map(|stream| sources(around, stream))}
                {marks(around)}
                {older(active, around)}
            </div>
            {preview}
            <div class="panes" data-count=count>{panes}</div>
        </div>
    }
    .into_any()
}

/// What a line looks like follows the place and the choices; how eagerly the file is read, where the reader is.
fn keep_up(sight: Sight, looks: Looks, place: Signal<Place>, paused: RwSignal<bool>) {
    let feed = sight.feed;
    let binary = Memo::new(move |known: Option<&Option<bool>>| {
        feed.news.track();
        let decided = known.copied().flatten();
        let look = |log: &Log| Some(log.tail().sample()).filter(|bytes| !bytes.is_empty()).map(file::is_binary);
        decided.or_else(|| feed.log.with_value(look))
    });
    // What is no log is read from its start.
    Effect::new(move |_| {
        if binary.get() == Some(true) && sight.stream.is_none() && sight.spot.get_untracked() == Spot::End {
            sight.go(Spot::Line(0, 0.0));
        }
    });
    Effect::new(move |_| {
        let place = place.get();
        let hex = sight.stream.is_none() && looks.hex.get().unwrap_or(binary.get().unwrap_or(false));
        let find = pattern(&place.find, place.is_regex).ok().flatten().map(|pattern| (pattern, 0));
        let marks = place
            .marks
            .iter()
            .filter(|mark| !mark.is_empty())
            .zip((1..=6).cycle())
            .map(|(mark, nth)| (Pattern::text(mark), nth));
        sight.dress.update(|dress| {
            *dress = Dress {
                hex,
                all: looks.all.get(),
                local: looks.local.get(),
                offsets: looks.offsets.get(),
                patterns: find.into_iter().chain(marks).collect(),
                linked: linked(sight, &place),
                version: dress.version + 1,
            };
        });
    });
    Effect::new(move |_| {
        let pace = match (paused.get(), sight.spot.get()) {
            (true, _) => Pace::Paused,
            (false, Spot::End) => Pace::Follow,
            (false, Spot::Line(..)) => Pace::Look,
        };
        for feed in sight.feeds().into_iter().filter(|feed| feed.pace.get_untracked() != pace) {
            feed.pace.set(pace);
        }
    });
    Effect::new(move |_| {
        if let Some(Sighted::At(place)) = feed.found.get().filter(|_| sight.stream.is_none()) {
            sight.go(Spot::Line(place, 0.0));
        }
    });
    // Of another file in its place nothing is where it was: who read elsewhere than at the end reads it from its start.
    Effect::new(move |before: Option<Option<Timestamp>>| {
        let anew = feed.anew.get();
        let is_news = anew.is_some() && before.is_some_and(|before| before != anew) && sight.stream.is_none();
        if let Spot::Line(at, _) = sight.spot.get_untracked()
            && is_news
            && !feed.chained.get_untracked()
        {
            sight.was_at.set_value(Some(at));
            sight.go(Spot::Line(0, 0.0));
        }
        anew
    });
}

/// The lines that are linked, as far as they are of what is seen here: of which of the files that are drawn.
fn linked(sight: Sight, place: &Place) -> Option<(usize, u64, u64)> {
    let drawn = if sight.stream.is_some() { place.of } else { 0 };
    place.linked(sight.file_of(drawn)).map(|(from, to)| (drawn, from, to))
}

fn hooks(around: Around, seek: Seek, active: Signal<Sight>, (paused, wrap): (RwSignal<bool>, RwSignal<bool>)) -> Hooks {
    let copied = RwSignal::new(Copied::No);
    let link = Callback::new(move |(of, line, up_to): (usize, u64, bool)| {
        let place = around.place.get_untracked();
        let up_to = up_to && place.at.is_some() && place.of == of;
        let (at, to) = if up_to { (place.at, Some(line)) } else { (Some(line), None) };
        copied.set(Copied::No);
        around.go.run((Place { at, to, of, ..place }, false));
    });
    let key = Callback::new(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match event.key().as_str() {
            "/" => {
                event.prevent_default();
                let _ = seek.input.get_untracked().map(|input| input.focus());
            }
            "n" => seek.next(active.get_untracked()),
            "N" => seek.previous(active.get_untracked()),
            "g" => active.get_untracked().go(Spot::Line(0, 0.0)),
            "G" => active.get_untracked().go(Spot::End),
            "w" => wrap.update(|wrap| *wrap = !*wrap),
            "f" => paused.update(|paused| *paused = !*paused),
            _ => {}
        }
    });
    Hooks { link, key, paused, wrap, copied }
}

fn follow_button(active: Signal<Sight>, paused: RwSignal<bool>) -> impl IntoView {
    let word = move || match (paused.get(), active.get().spot.get()) {
        (true, _) => "Resume",
        (false, Spot::End) => "Pause",
        (false, Spot::Line(..)) => "Follow",
    };
    let click = move |_| match (paused.get_untracked(), active.get_untracked().spot.get_untracked()) {
        (true, _) => {
            paused.set(false);
            active.get_untracked().go(Spot::End);
        }
        (false, Spot::End) => paused.set(true),
        (false, Spot::Line(..)) => active.get_untracked().go(Spot::End),
    };
    view! { <button class="button" on:click=click>{word}</button> }
}

fn look_menu(looks: Looks, active: Signal<Sight>, around: Around) -> AnyView {
    let content = move || {
        let hex = move || active.get().dress.with(|dress| dress.hex);
        let check = |label: &'static str, name: &'static str, signal: RwSignal<bool>| {
            let change = move |_| {
                signal.update(|is| *is = !*is);
                keep(&format!("file.{name}"), signal.get_untracked().then_some("1"));
            };
            view! { <label><input type="checkbox" prop:checked=signal on:change=change/>{label}</label> }
        };
        let mark = move |event: KeyboardEvent| {
            if event.key() == "Enter" {
                let mark = event_target_value(&event);
                let mut place = around.place.get_untracked();
                if !mark.trim().is_empty() && !place.marks.contains(&mark) {
                    place.marks.push(mark);
                    around.go.run((place, false));
                }
            }
        };
        view! {
            <div class="checks" role="group" aria-label="Lines">
                {check("Wrap long lines", "wrap", looks.wrap)}
                {check("Times in my zone", "local", looks.local)}
                {check("Offsets, not line numbers", "offsets", looks.offsets)}
                <label><input type="checkbox" prop:checked=looks.all on:change=move |_| looks.all.update(|all| *all = !*all)/>"What was overwritten, too"</label>
                <label><input type="checkbox" prop:checked=hex on:change=move |_| looks.hex.set(Some(!hex()))/>"Bytes in hexadecimal"</label>
            </div>
            <div class="field"><label for="mark-words">"Mark words in a colour"</label><input id="mark-words" type="text" autocomplete="off" placeholder="a word, then Enter" on:keydown=mark/></div>
        }
    };
    view! { <Menu label="View" title=|| "View" content/> }.into_any()
}

/// The files of a stream in their colours, each but the first with the way to leave it out.
fn sources(around: Around, stream: Stream) -> impl IntoView {
    let chip = |(nth, feed): (usize, Feed)| {
        let (name, path) = (stream::name(feed), feed.path.get_untracked());
        let close = (nth > 0).then(|| close_button(around, nth, &name));
        view! { <span class="chip" data-mark=(nth % 6 + 1).to_string() title=path>{name}{close}</span> }
    };
    view! { <div class="chips" role="group" aria-label="Files">{stream.feeds().into_iter().enumerate().map(chip).collect_view()}</div> }
}

fn close_button(around: Around, nth: usize, name: &str) -> AnyView {
    let close = move |_| {
        let mut place = around.place.get_untracked();
        place.close(nth);
        around.go.run((place, true));
    };
    view! { <button class="quiet" aria-label=format!("Close {name}") on:click=close>{Icon::Cross.view()}</button> }
        .into_any()
}

/// The words that are marked, each with the way to mark it no more.
fn marks(around: Around) -> impl IntoView {
    let chip = move |(nth, mark): (usize, String)| {
        let remove = move |_| {
            let mut place = around.place.get_untracked();
            if nth < place.marks.len() {
                place.marks.remove(nth);
            }
            around.go.run((place, false));
        };
        let label = format!("Do not mark {mark}");
        view! { <span class="chip" data-mark=(nth % 6 + 1).to_string()>{mark}<button class="quiet" aria-label=label on:click=remove>{Icon::Cross.view()}</button></span> }
    };
    move || {
        let marks = around.place.with(|place| place.marks.clone());
        (!marks.is_empty())
            .then(|| view! { <div class="chips">{marks.into_iter().enumerate().map(chip).collect_view()}</div> })
    }
}

/// Above each of several panes: what it is, and the way to close it.
fn head(around: Around, nth: usize, feed: Feed) -> AnyView {
    let name = stream::name(feed);
    let close = (nth > 0).then(|| close_button(around, nth, &name));
    view! { <div class="pane-head"><b title=feed.path>{name}</b>{close}</div> }.into_any()
}

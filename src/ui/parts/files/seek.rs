//! The search in a file: what is typed, how far it is, and from one line found to the next.

use std::time::Duration;

use leptos::html::Input;
use leptos::prelude::*;
use mesoscope::file::{Level, Pattern, Sought};
use mesoscope::route::Place;
use mesoscope::text;
use web_sys::KeyboardEvent;

use super::feed::Feed;
use super::scroll::Sight;
use crate::ui::icon::Icon;

/// Typing that goes on is not searched for yet.
const PAUSE: Duration = Duration::from_millis(250);

/// The search of a viewer.
#[derive(Clone, Copy)]
pub(super) struct Seek {
    pub(super) place: Signal<Place>,
    /// To another place; whether as a step that "back" undoes.
    pub(super) go: Callback<(Place, bool)>,
    pub(super) wrong: RwSignal<Option<String>>,
    pub(super) input: NodeRef<Input>,
    /// The line that was gone to last.
    at: RwSignal<Option<(usize, u64)>>,
    /// Somebody asked for the next line, or the one before, and none is found yet.
    wish: RwSignal<Option<bool>>,
}

impl Seek {
    pub(super) fn new(place: Signal<Place>, go: Callback<(Place, bool)>) -> Self {
        Self {
            place,
            go,
            wrong: RwSignal::new(None),
            input: NodeRef::new(),
            at: RwSignal::new(None),
            wish: RwSignal::new(None),
        }
    }

    /// Searches all of these whenever what is searched for changes.
    pub(super) fn keep_searching(self, sights: Vec<Sight>) {
        let of = |place: &Place| (place.find.clone(), place.is_regex, place.level.clone(), place.source.clone());
        let asked = Memo::new(move |_| self.place.with(of));
        let timer = StoredValue::new(None::<TimeoutHandle>);
        Effect::new(move |before: Option<()>| {
            let (find, is_regex, level, source) = asked.get();
            let sights = sights.clone();
            let begin = move || {
                let pattern = pattern(&find, is_regex);
                self.wrong.try_set(pattern.as_ref().err().cloned());
                let Ok(pattern) = pattern else { return };
                let level = Level::parse(&level);
                let sought = (pattern.is_some() || level.is_some() || !source.is_empty()).then(|| Sought {
                    pattern,
                    level,
                    source: source.clone(),
                });
                let feeds: Vec<Feed> = sights.iter().flat_map(|sight| sight.feeds()).collect();
                feeds.iter().for_each(|feed| feed.search(sought.clone(), feeds.len()));
                self.at.try_set(None);
                if sought.is_none() {
                    self.wish.try_set(None);
                }
            };
            let wait = if before.is_some() { PAUSE } else { Duration::ZERO };
            let new = set_timeout_with_handle(begin, wait).ok();
            timer.update_value(|timer| std::mem::replace(timer, new).iter().for_each(TimeoutHandle::clear));
        });
        on_cleanup(move || {
            timer.try_update_value(|timer| timer.take().iter().for_each(TimeoutHandle::clear));
        });
    }

    pub(super) fn next(self, sight: Sight) {
        self.step(sight, true);
    }

    pub(super) fn previous(self, sight: Sight) {
        self.step(sight, false);
    }

    fn step(self, sight: Sight, forward: bool) {
        let is_found = self.step_now(sight, forward);
        self.wish.set((!is_found).then_some(forward));
    }

    /// Goes on where somebody asked for a line before any was found.
    pub(super) fn keep_wish(self, sight: Signal<Sight>) {
        Effect::new(move |_| {
            let (Some(forward), sight) = (self.wish.get(), sight.get()) else { return };
            sight.feeds().iter().for_each(|feed| feed.news.track());
            let is_over =
                |feed: &Feed| feed.log.with_value(|log| log.search().is_some_and(|search| !search.is_going()));
            let is_over = sight.feeds().iter().all(is_over);
            if untrack(|| self.step_now(sight, forward)) || is_over {
                self.wish.set(None);
            }
        });
    }

    /// Whether there is such a line.
    fn step_now(self, sight: Sight, forward: bool) -> bool {
        let hit = sight.step(self.at.get_untracked(), forward);
        if let Some(hit) = sight.step(self.at.get_untracked(), forward) {
            self.at.set(Some(hit));
            let (file, at) = hit;
            let (at, of) = (Some(at), sight.file_of(file));
            self.go.run((Place { at, of, to: None, ..self.place.get_untracked() }, false));
        }
        hit.is_some()
    }

    /// The box with all that belongs to it.
    pub(super) fn view(self, sight: Signal<Sight>) -> impl IntoView {
        let type_ = move |event| {
            let find = event_target_value(&event);
            self.go.run((Place { find, ..self.place.get_untracked() }, false));
        };
        let press = move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" if event.shift_key() => self.next(sight.get_untracked()),
            "Enter" => self.previous(sight.get_untracked()),
            "Escape" => self.go.run((Place { find: String::new(), only: false, ..self.place.get_untracked() }, false)),
            _ => {}
        };
        let flag = move |of: fn(&Place) -> bool, set: fn(&mut Place, bool)| {
            let pressed = move || self.place.with(of).to_string();
            let click = move |_| {
                let mut place = self.place.get_untracked();
                let now = !of(&place);
                set(&mut place, now);
                self.go.run((place, false));
            };
            (pressed, click)
        };
        let (regex, on_regex) = flag(|place| place.is_regex, |place, is| place.is_regex = is);
        let (only, on_only) = flag(|place| place.only, |place, is| place.only = is);
        let has_words = move || {
            self.place.with(|place| !place.find.is_empty() || !place.level.is_empty() || !place.source.is_empty())
        };
        view! {
            <div class="filter" role="search">
                {Icon::Search.view()}
                <input node_ref=self.input type="text" aria-label="Search in the file" placeholder="Search in the file" autocomplete="off" spellcheck="false"
                    aria-invalid=move || self.wrong.with(Option::is_some).then_some("true")
                    prop:value=move || self.place.with(|place| place.find.clone()) on:input=type_ on:keydown=press/>
                <button class="quiet toggle" aria-label="Regular expression" title="Regular expression" aria-pressed=regex on:click=on_regex>".*"</button>
            </div>
            <Show when=has_words>
                <div class="found">
                    {move || self.found(sight.get())}
                    <button class="quiet" aria-label="Previous, upwards" title="Previous, upwards (Enter)" on:click=move |_| self.previous(sight.get_untracked())>"↑"</button>
                    <button class="quiet" aria-label="Next, downwards" title="Next, downwards (Shift and Enter)" on:click=move |_| self.next(sight.get_untracked())>"↓"</button>
                    <button class="button small" aria-pressed=only on:click=on_only>"Only these lines"</button>
                </div>
            </Show>
            <p class="wrong" role="status">{move || self.wrong.get()}</p>
        }
    }
}

impl Seek {
    /// How many lines were found, and which of them one was gone to last; how far the search is, and the way to stop it.
    fn found(self, sight: Sight) -> AnyView {
        let one = |feed: &Feed| {
            feed.news.track();
            feed.log
                .with_value(|log| log.search().map(|search| (search.found(), search.progress(), !search.is_going())))
        };
        let told = Memo::new(move |_| {
            sight.feeds().iter().filter_map(one).reduce(|(found, (done, of), is_done), more| {
                (found + more.0, (done + more.1.0, of + more.1.1), is_done && more.2)
            })
        });
        let rank = move || {
            let (_, at) = self.at.get().filter(|_| sight.stream.is_none())?;
            sight.feed.log.with_value(|log| log.search()?.rank(at)).map(|rank| format!("{} of ", text::count(rank)))
        };
        let words = move || {
            told.get().map(|(found, (done, of), is_done)| {
                let lines = if found == 1 { "line" } else { "lines" };
                let share = text::percent(done as f64, of as f64);
                let so_far = match (is_done, done < of) {
                    (true, true) => format!(", stopped at {share}"),
                    (true, false) => String::new(),
                    (false, _) => format!(", {share} searched"),
                };
                format!("{}{} {lines}{so_far}", rank().unwrap_or_default(), text::count(found))
            })
        };
        let going = move || {
            told.get().filter(|(.., is_done)| !is_done).map(|(_, (done, of), _)| done as f64 / of.max(1) as f64)
        };
        let going_on = Memo::new(move |_| going().is_some());
        let stop = move |_| sight.feeds().into_iter().for_each(Feed::stop);
        view! {
            <span role="status">{words}</span>
            <Show when=move || going_on.get()>
                <progress max="1" prop:value=move || going().unwrap_or(1.0) aria-label="Searched"></progress>
                <button class="quiet" aria-label="Stop the search" title="Stop the search" on:click=stop>{Icon::Cross.view()}</button>
            </Show>
        }
        .into_any()
    }
}

/// What is to be found; nothing if nothing was typed.
pub(super) fn pattern(find: &str, is_regex: bool) -> Result<Option<Pattern>, String> {
    match (find.is_empty(), is_regex) {
        (true, _) => Ok(None),
        (false, true) => Pattern::regex(find).map(Some).map_err(|error| error.to_string()),
        (false, false) => Ok(Some(Pattern::text(find))),
    }
}

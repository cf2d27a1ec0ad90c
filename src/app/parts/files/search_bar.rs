//! Search bar of a file viewer: input, progress and navigation between hits.

use crate::parts::files::search_pattern::{SearchedPlace, pattern};
use std::time::Duration;

use leptos::html::Input;
use leptos::prelude::*;
use mesoscope_core::files;
use mesoscope_core::files::level::Level;
use mesoscope_core::files::search::Search;
use mesoscope_core::files::search_query::SearchQuery;
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::text;
use mesoscope_core::text::log_viewer::SearchProgress;
use web_sys::KeyboardEvent;

use super::log_source::LogSource;
use super::open_files::OpenFiles;
use super::scroll::Scroller;
use crate::hooks::{Timer, on_update};
use crate::icon::Icon;
use crate::parts::files::viewer_context::ViewerContext;

/// Debounce interval of typing.
const PAUSE: Duration = Duration::from_millis(250);

/// The search bar of a viewer.
#[derive(Clone, Copy)]
pub(super) struct SearchBar {
    around: ViewerContext,
    pub(super) wrong: RwSignal<Option<String>>,
    pub(super) input: NodeRef<Input>,
    /// The hit visited last.
    at: RwSignal<Option<(usize, u64)>>,
    /// A requested step, forward or back, that found no hit yet.
    wish: RwSignal<Option<bool>>,
}

fn asked(place: &BrowseParams) -> SearchedPlace {
    let BrowseParams { find, is_regex, context, level, source, thread, .. } = place.clone();
    BrowseParams { find, is_regex, context, level, source, thread, ..BrowseParams::default() }
}

impl SearchBar {
    pub(super) fn new(around: ViewerContext) -> Self {
        Self {
            around,
            wrong: RwSignal::new(None),
            input: NodeRef::new(),
            at: RwSignal::new(None),
            wish: RwSignal::new(None),
        }
    }

    /// Restarts the search of all files when the query changes, and searches newly opened files.
    pub(super) fn keep_searching(self, opened: OpenFiles) {
        let wanted = Memo::new(move |_| self.around.place.with(asked));
        let timer = Timer::new();
        Effect::new(move |before: Option<SearchedPlace>| {
            let (now, log_sources) = (wanted.get(), opened.log_sources());
            let wait = if before.is_some_and(|before| before != now) { PAUSE } else { Duration::ZERO };
            let asked = now.clone();
            timer.start(wait, move || self.begin(&asked, &log_sources));
            now
        });
    }

    fn begin(self, asked: &SearchedPlace, log_sources: &[LogSource]) {
        let pattern = pattern(&asked.find, asked.is_regex);
        self.wrong.try_set(pattern.as_ref().err().cloned());
        let Ok(pattern) = pattern else { return };
        let level = Level::parse(&asked.level);
        let sought = SearchQuery {
            pattern,
            level,
            source: asked.source.clone(),
            thread: asked.thread.clone(),
            context: asked.context.map(usize::from),
        };
        let is_any = sought.pattern.is_some() || asked.narrows();
        for log_source in log_sources {
            log_source.share(log_sources.len());
            let before = log_source.asked.try_update_value(|before| before.replace(asked.clone())).flatten();
            if before.as_ref() != Some(asked) {
                log_source.search(is_any.then(|| sought.clone()));
                self.at.try_set(None);
            }
        }
        if !is_any {
            self.wish.try_set(None);
        }
    }

    pub(super) fn next(self, scroller: Scroller) {
        self.step(scroller, true);
    }

    pub(super) fn previous(self, scroller: Scroller) {
        self.step(scroller, false);
    }

    fn step(self, scroller: Scroller, forward: bool) {
        let is_found = self.step_now(scroller, forward);
        self.wish.set((!is_found).then_some(forward));
    }

    /// Performs a pending step once a hit is found.
    pub(super) fn keep_wish(self, scroller: Signal<Scroller>) {
        let wished = move || {
            let (forward, scroller) = (self.wish.get()?, scroller.get());
            scroller.log_sources().iter().for_each(|log_source| log_source.news.track());
            Some((forward, scroller))
        };
        on_update(wished, move |wished| {
            let Some((forward, scroller)) = wished else { return };
            let is_over = |log_source: &LogSource| {
                log_source.log.with_value(|log| log.search().is_some_and(|search| !search.is_going()))
            };
            let is_over = scroller.log_sources().iter().all(is_over);
            if self.step_now(scroller, forward) || is_over {
                self.wish.set(None);
            }
        });
    }

    /// Steps to the next or previous hit; returns whether there is one.
    fn step_now(self, scroller: Scroller, forward: bool) -> bool {
        let hit = scroller.step(self.at.get_untracked(), forward);
        if let Some(hit) = hit {
            self.at.set(Some(hit));
            let (file, at) = hit;
            let print = scroller.log_sources().get(file).and_then(|log_source| {
                log_source.log.with_value(|log| files::lines::line_hash(log.search()?.line(at)?))
            });
            self.around.change(|place| place.link(Some((scroller.file_of(file), at, print))));
        }
        hit.is_some()
    }

    /// Renders the input with its buttons.
    pub(super) fn view(self, scroller: Signal<Scroller>) -> impl IntoView {
        let type_ = move |event| {
            let find = event_target_value(&event);
            self.around.change(|place| place.find = find);
        };
        let press = move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" if event.shift_key() => self.next(scroller.get_untracked()),
            "Enter" => self.previous(scroller.get_untracked()),
            "Escape" => self.around.change(|place| (place.find, place.only) = (String::new(), false)),
            _ => {}
        };
        let flag = move |of: fn(&BrowseParams) -> bool, set: fn(&mut BrowseParams, bool)| {
            let pressed = move || self.around.place.with(of).to_string();
            let click = move |_| {
                self.around.change(|place| {
                    let now = !of(place);
                    set(place, now);
                });
            };
            (pressed, click)
        };
        let (regex, on_regex) = flag(|place| place.is_regex, |place, is| place.is_regex = is);
        let (only, on_only) = flag(|place| place.only, |place, is| place.only = is);
        let has_words = move || self.around.place.with(|place| !place.find.is_empty() || place.narrows());
        view! {
            <div class="filter" role="search">
                {Icon::Search.view()}
                <input node_ref=self.input type="text" aria-label="Search in the file" placeholder="Search in the file" autocomplete="off" spellcheck="false"
                    aria-invalid=move || self.wrong.with(Option::is_some).then_some("true")
                    prop:value=move || self.around.place.with(|place| place.find.clone()) on:input=type_ on:keydown=press/>
                <button class="quiet toggle" aria-label="Regular expression" title="Regular expression" aria-pressed=regex on:click=on_regex>".*"</button>
            </div>
            <Show when=has_words>
                <div class="found">
                    {move || self.found(scroller.get())}
                    <button class="quiet" aria-label="Previous match" title="Previous match (Enter)" on:click=move |_| self.previous(scroller.get_untracked())>"↑"</button>
                    <button class="quiet" aria-label="Next match" title="Next match (Shift+Enter)" on:click=move |_| self.next(scroller.get_untracked())>"↓"</button>
                    <button class="button small" aria-pressed=only on:click=on_only>"Matches only"</button>
                </div>
            </Show>
            <p class="wrong" role="status">{move || self.wrong.get()}</p>
        }
    }
}

impl SearchBar {
    /// Shows the number of hits, the current one, the progress, and a stop button.
    fn found(self, scroller: Scroller) -> AnyView {
        let one = |log_source: &LogSource| {
            log_source.news.track();
            log_source
                .log
                .with_value(|log| log.search().map(|search| (search.found(), search.progress(), !search.is_going())))
        };
        let reported = Memo::new(move |_| {
            scroller.log_sources().iter().filter_map(one).reduce(|(found, (done, of), is_done), more| {
                (found + more.0, (done + more.1.0, of + more.1.1), is_done && more.2)
            })
        });
        let is_bounded = Memo::new(move |_| {
            let of = |log_source: &LogSource| {
                log_source.news.track();
                log_source.log.with_value(|log| log.search().is_some_and(Search::is_bounded))
            };
            scroller.log_sources().iter().any(of)
        });
        let bounded = move || {
            is_bounded.get().then(|| view! { <span class="dim" role="status">{text::log_viewer::BOUNDED}</span> })
        };
        let rank = move || {
            let (_, at) = self.at.get().filter(|_| scroller.stream.is_none())?;
            scroller.log_source.log.with_value(|log| log.search()?.rank(at))
        };
        let words = move || {
            reported.get().map(|(found, (done, of), is_done)| {
                let (matches, rank, searched, size) = (found, rank(), done, of);
                text::log_viewer::search_progress(SearchProgress { matches, rank, searched, size, is_over: is_done })
            })
        };
        let going = move || {
            reported.get().filter(|(.., is_done)| !is_done).map(|(_, (done, of), _)| done as f64 / of.max(1) as f64)
        };
        let going_on = Memo::new(move |_| going().is_some());
        let stop = move |_| scroller.log_sources().into_iter().for_each(LogSource::stop);
        view! {
            <span role="status">{words}</span>{bounded}
            <Show when=move || going_on.get()>
                <progress max="1" prop:value=move || going().unwrap_or(1.0) aria-label="Searched"></progress>
                <button class="quiet" aria-label="Stop search" title="Stop search" on:click=stop>{Icon::Cross.view()}</button>
            </Show>
        }
        .into_any()
    }
}

//! Chunks: code of the page that the browser loads when it is needed.
//!
//! Only a build with `cfg(split)` (build.rs) has them; in any other all code is in one file. Knows none of the views in them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use leptos::prelude::*;

use crate::hooks::{has_elapsed, spawn_unscoped};

/// Makes `$view`, a function of one argument that returns a view, the root of a chunk of this name. All that only this function
/// uses is in the chunk. `view!` and components may call it by `lazily`, and by nothing else.
macro_rules! chunk {
    ($(#[$doc:meta])* $vis:vis $chunk:ident, $file:ident, $name:ident, $preload:ident, $view:path, $of:ty) => {
        #[cfg(split)]
        #[::leptos::wasm_split::wasm_split($file, wasm_split_path = ::leptos::wasm_split, fallible, preload($preload))]
        fn $name(of: $of) -> Result<::leptos::prelude::AnyView, ::leptos::wasm_split::SplitLoaderError> {
            Ok($view(of))
        }

        $(#[$doc])*
        $vis const $chunk: $crate::chunks::Chunk<$of> = $crate::chunks::Chunk {
            name: stringify!($name),
            #[cfg(split)]
            preload: || Box::pin(async { $preload().await.is_ok() }),
            #[cfg(split)]
            view: |of| ::futures_util::FutureExt::now_or_never($name(of))?.ok(),
            #[cfg(not(split))]
            preload: || Box::pin(std::future::ready(true)),
            #[cfg(not(split))]
            view: |of| Some($view(of)),
        };
    };
}

/// A chunk, whose view needs a `T`.
pub(crate) struct Chunk<T: 'static> {
    pub(crate) name: &'static str,
    /// Loads the chunk, and returns whether it is there.
    pub(crate) preload: Preload,
    /// Renders the view; `None` while the chunk is not loaded.
    pub(crate) view: fn(T) -> Option<AnyView>,
}

impl<T> Clone for Chunk<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Chunk<T> {}

pub(crate) type Preload = fn() -> LocalBoxFuture<'static, bool>;

/// Name and loader of a chunk.
type Listed = (&'static str, Preload);

#[derive(Clone, Copy, PartialEq, Eq)]
enum LoadState {
    NotAsked,
    Loading,
    Loaded,
    Failed,
}

thread_local! {
    static STATES: RefCell<BTreeMap<&'static str, ArcRwSignal<LoadState>>> = RefCell::default();
}

impl<T: Clone + Send + Sync + 'static> Chunk<T> {
    /// Renders the chunk's view once it is loaded. Until then, or if it does not come, `frame` puts a notice where the view will be.
    pub(crate) fn lazily(self, of: T, frame: impl Fn(&T, AnyView) -> AnyView + Send + Sync + 'static) -> AnyView {
        let state = load(self.listed());
        (move || match state.get() {
            LoadState::NotAsked | LoadState::Loading => frame(&of, waiting()),
            LoadState::Loaded => (self.view)(of.clone()).unwrap_or_else(|| frame(&of, failed(self.listed()))),
            LoadState::Failed => frame(&of, failed(self.listed())),
        })
        .into_any()
    }

    /// Whether the chunk is loaded; reactive.
    pub(crate) fn is_loaded(self) -> bool {
        state(self.name).get() == LoadState::Loaded
    }

    /// The chunk without its type.
    fn listed(self) -> Listed {
        (self.name, self.preload)
    }
}

fn state(name: &'static str) -> ArcRwSignal<LoadState> {
    STATES.with_borrow_mut(|states| states.entry(name).or_insert_with(|| ArcRwSignal::new(LoadState::NotAsked)).clone())
}

/// Starts to load a chunk, unless it is loaded or on its way.
fn load((name, preload): Listed) -> ArcRwSignal<LoadState> {
    let state = state(name);
    if matches!(state.get_untracked(), LoadState::Loading | LoadState::Loaded) {
        return state;
    }
    let mut loads = preload();
    match (&mut loads).now_or_never() {
        Some(is_there) => state.set(outcome(is_there)),
        None => {
            state.set(LoadState::Loading);
            let state = state.clone();
            spawn_unscoped(async move { state.set(outcome(loads.await)) });
        }
    }
    state
}

fn outcome(is_there: bool) -> LoadState {
    if is_there { LoadState::Loaded } else { LoadState::Failed }
}

/// Loading text, hidden for the first half second, by when most chunks have arrived.
fn waiting() -> AnyView {
    let late = has_elapsed(Duration::from_millis(500));
    view! { <p class="dim" role="status">{move || late.get().then_some("Loading …")}</p> }.into_any()
}

fn failed(chunk: Listed) -> AnyView {
    // Set by the loader (src/dev/split.js) where the server answers but has no such file.
    let is_outdated = document().document_element().is_some_and(|root| root.has_attribute("data-outdated"));
    let (words, reload) = if is_outdated {
        ("The server has another version of Mesoscope now. Reload the page to get it.", "button primary")
    } else {
        ("The server did not answer, or a proxy answered in its place.", "button")
    };
    let retry = (!is_outdated).then(|| {
        view! { <button class="button primary" on:click=move |_| _ = load(chunk)>"Retry"</button> }
    });
    view! {
        <section class="panel" role="alert">
            <div class="blank"><b>"This part of the page could not be loaded"</b><p>{words}</p>
                <div class="tools">{retry}<button class=reload on:click=move |_| _ = window().location().reload()>"Reload"</button></div></div>
        </section>
    }
    .into_any()
}

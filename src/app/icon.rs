//! Icon set, 16 px strokes. An icon always has a word or a label.

use leptos::prelude::*;
use mesoscope_core::text::places::Place;

/// Meaning of an icon.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    /// The icon of a page in the navigation.
    Page(Place),
    More,
    Filter,
    Search,
    Copy,
    Done,
    Cross,
    Sun,
    Moon,
    Screen,
    Person,
    Clock,
    Folder,
    Log,
    ErrorLog,
    Info,
    Download,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Page(place) => page_path(place),
            Self::More => {
                "M3 7.7a.3.3 0 1 0 0 .6.3.3 0 0 0 0-.6ZM8 7.7a.3.3 0 1 0 0 .6.3.3 0 0 0 0-.6ZM13 7.7a.3.3 0 1 0 0 .6.3.3 0 0 0 0-.6Z"
            }
            Self::Filter => "M2 3h12l-5 6v5l-2-1V9z",
            Self::Search => "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3 14 14",
            Self::Copy => "M5.5 5.5h8v8h-8zM3 10.5H2.5v-8h8V3",
            Self::Done => "M3 8.5 6.5 12 13 4.5",
            Self::Cross => "M4 4l8 8M12 4l-8 8",
            Self::Sun => {
                "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7"
            }
            Self::Moon => "M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5Z",
            Self::Screen => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 2v12M8 5l4.6-1M8 8h6M8 11l4.6 1",
            Self::Clock => CLOCK,
            Self::Folder => "M1.8 3.5h4.4l1.6 2h6.4v7.5H1.8z",
            Self::Log => "M3 2.5h10v11H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3",
            Self::ErrorLog => "M3 2.5h10v11H3zM8 5v4M8 11.2v.2",
            Self::Info => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 7.2v4M8 4.9v.2",
            Self::Download => "M8 2.5v8M4.5 7.5 8 11l3.5-3.5M2.5 13.5h11",
            Self::Person => "M8 2.5a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4ZM2.8 13.5a5.2 4.2 0 0 1 10.4 0",
        }
    }

    /// Renders the icon, hidden from screen readers: the word beside it is equal.
    pub(crate) fn view(self) -> impl IntoView {
        view! { <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=self.path()/></svg> }
    }
}

const CLOCK: &str = "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 4.5V8l2.5 1.5";

const fn page_path(place: Place) -> &'static str {
    match place {
        Place::Overview => "M2 13V3m0 10h12M5 10l3-4 2 2 3-4",
        Place::Agents => "M2 3.5h12v4H2zM2 9h12v4H2zM4.5 5.5h.1M4.5 11h.1",
        Place::Frameworks => "M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z",
        Place::Tasks => "M3 4h10M3 8h10M3 12h6",
        Place::Roles => "M8 2.5v4.5M8 7 4 12M8 7l4 5M8 2v.5M4 12v1M12 12v1",
        Place::Maintenance => "M2.5 3.5h11v10h-11zM2.5 6.5h11M5 2v2.5M11 2v2.5",
        Place::Offers => "M3 8h10M9 4l4 4-4 4",
        Place::Executors => "M2.5 2.5h11v11h-11zM6.5 5.5 10.5 8l-4 2.5z",
        Place::Operations => "M2.5 5h8M8 2.5 10.5 5 8 7.5M13.5 11h-8M8 8.5 5.5 11 8 13.5",
        Place::Volumes => {
            "M8 2c3.3 0 5.5.9 5.5 2S11.3 6 8 6 2.5 5.1 2.5 4 4.7 2 8 2ZM2.5 4v8c0 1.1 2.2 2 5.5 2s5.5-.9 5.5-2V4M2.5 8c0 1.1 2.2 2 5.5 2s5.5-.9 5.5-2"
        }
        Place::Master => "M8 5.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4ZM8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2",
        Place::Diagnostics => "M8 2 1.8 13.5h12.4zM8 6.5v3M8 11.5v.2",
        Place::Help => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM6.2 6.4a1.8 1.8 0 1 1 2.6 1.6c-.5.3-.8.6-.8 1.2M8 11.3v.1",
        Place::MyChanges => "M3.5 2.5h9v11h-9zM6 5.5h4M6 8h4M6 10.5h2.5",
        Place::Events => CLOCK,
    }
}

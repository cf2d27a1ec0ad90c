//! Import and export of the schedule: Mesos' JSON and iCalendar.

use std::sync::Arc;

use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use mesoscope_core::actions::MaintenanceWindow;
use mesoscope_core::actions::calendar::import_error::{ImportError, SkippedEvent};
use mesoscope_core::actions::calendar::{Imported, read_schedule, to_calendar, to_json};
use mesoscope_core::text;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Event, HtmlInputElement};

use super::zones;
use crate::clock::{now, today};
use crate::download::save_blob;
use crate::hooks::spawn_unscoped;
use crate::parts::schedule::draft::Draft;
use crate::widgets::menu::Menu;

/// Maximum file size in bytes; a real schedule is far smaller.
const MOST: f64 = 8e6;
/// Maximum number of listed entries that cannot be imported.
const LISTED: usize = 200;

/// An import in progress: an error, or a file to confirm.
#[derive(Clone, Copy)]
pub(super) struct Import {
    problem: RwSignal<Option<String>>,
    open: RwSignal<Option<Opened>>,
    /// Headline and text while the schedule was not read.
    untold: Memo<Option<(String, String)>>,
}

/// A parsed file that is not applied yet.
#[derive(Clone)]
struct Opened {
    bytes: Arc<Vec<u8>>,
    /// Zone chosen for times that name none; empty for none.
    zone: String,
    imported: Imported,
}

impl Import {
    pub(super) fn new(untold: Memo<Option<(String, String)>>) -> Self {
        Self { problem: RwSignal::new(None), open: RwSignal::new(None), untold }
    }

    /// The error, or the preview of the import.
    pub(super) fn view(self, draft: Draft) -> AnyView {
        let preview = move || self.open.get().map(|opened| self.preview(draft, opened));
        view! { <p class="wrong note" role="alert">{move || self.problem.get()}</p>{preview} }.into_any()
    }

    fn read(self, draft: Draft, bytes: Arc<Vec<u8>>, zone: String) {
        let floating = Some(zone.as_str()).filter(|zone| !zone.is_empty());
        let read = read_schedule(&bytes, &zones::BrowserZones::default(), floating);
        self.problem.set(None);
        match read {
            Ok(_) if draft.is_editing_untracked() && untrack(|| draft.is_changed()) => {
                let words = "The import would replace your draft. Send or discard the draft first.";
                self.problem.set(Some(words.to_owned()));
            }
            Ok(_) if untrack(|| draft.current()).is_none() => {
                self.problem.set(Some(text::schedule::not_known(self.untold.get_untracked())));
            }
            Ok(imported) => match imported.windows() {
                Some(windows) if imported.left_out.is_empty() && zone.is_empty() => take(draft, windows),
                Some(_) | None => self.open.set(Some(Opened { bytes, zone, imported })),
            },
            Err(error) => self.refuse(&error),
        }
    }

    fn refuse(self, error: &ImportError) {
        self.open.set(None);
        self.problem.set(Some(error.to_string()));
    }

    /// Preview of the import, including entries that are left out.
    fn preview(self, draft: Draft, opened: Opened) -> AnyView {
        let Opened { bytes, zone, imported } = opened;
        let left_out = &imported.left_out;
        let line =
            |SkippedEvent { name, why }: &SkippedEvent| view! { <li><b>{name.clone()}</b>": "{why.to_string()}</li> };
        let lines = left_out.iter().take(LISTED).map(line).collect_view();
        let rest = left_out.len().saturating_sub(LISTED);
        let rest = (rest > 0).then(|| view! { <li>{text::schedule::more(rest)}</li> });
        let windows = imported.windows().map(<[MaintenanceWindow]>::to_vec);
        let says = text::schedule::importable(windows.as_ref().map(Vec::len), left_out.len());
        let import = windows.map(|windows| {
            let words = text::schedule::import(windows.len());
            let go = move |_| {
                take(draft, &windows);
                self.open.set(None);
            };
            view! { <button class="button primary" on:click=go>{words}</button> }
        });
        let choice = (imported.without_zone() > 0 || !zone.is_empty()).then(|| {
            let choose = move |event: Event| self.read(draft, bytes.clone(), event_target_value(&event));
            zone_choice(zone.clone(), choose)
        });
        view! {
            <div class="stage" data-tone="warn" role="region" aria-label="Import">
                <p role="status">{says}</p>
                <ul class="left-out" tabindex="0" aria-label="Not imported">{lines}{rest}</ul>
                <div class="tools">{choice}{import}<button class="button" on:click=move |_| self.open.set(None)>"Cancel"</button></div>
            </div>
        }
        .into_any()
    }
}

/// Zone of times that name none; only the user knows it.
fn zone_choice(zone: String, choose: impl Fn(Event) + 'static) -> AnyView {
    let own = zones::browser_zone().filter(|own| own != "UTC");
    let option = |value: String, words: String| {
        let is_chosen = zone == value;
        view! { <option value=value selected=is_chosen>{words}</option> }
    };
    let options = [("".to_owned(), "Leave them out".to_owned()), ("UTC".to_owned(), "UTC".to_owned())];
    let own = own.map(|own| (own.clone(), text::schedule::browser_zone(&own)));
    let options = options.into_iter().chain(own).map(|(value, words)| option(value, words)).collect_view();
    view! { <label>"Times without a zone: "<select on:change=choose>{options}</select></label> }.into_any()
}

fn take(draft: Draft, windows: &[MaintenanceWindow]) {
    let windows = windows.to_vec();
    draft.begin();
    draft.change(|now| *now = windows);
}

/// Menu for import and export. An imported file becomes a draft.
pub(super) fn files(draft: Draft, import: Import) -> AnyView {
    let json = move |_| save(&to_json(&draft.shown.get_untracked()), "json");
    let calendar = move |_| save(&untrack(|| to_calendar(&draft.shown.get_untracked(), now())), "ics");
    let read = move |event: Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let file = input.as_ref().and_then(HtmlInputElement::files).and_then(|files| files.get(0));
        let Some(file) = file else { return };
        input.into_iter().for_each(|input| input.set_value(""));
        import.open.set(None);
        if file.size() > MOST {
            return import.problem.set(Some("The file is too large for a schedule (limit 8 MB).".to_owned()));
        }
        spawn_unscoped(async move {
            match JsFuture::from(file.array_buffer()).await {
                Ok(buffer) => import.read(draft, Arc::new(Uint8Array::new(&buffer).to_vec()), String::new()),
                Err(_) => import.problem.set(Some("The browser could not read the file.".to_owned())),
            }
        });
    };
    let content = move || {
        view! {
            <button class="text-button" on:click=json>"Export as JSON"</button>
            <button class="text-button" on:click=calendar>"Export as iCalendar"</button>
            <label class="text-button">"Import JSON or iCalendar"<input class="unseen" type="file" accept=".json,.ics,application/json,text/calendar" on:change=read/></label>
        }
    };
    view! { <Menu label="Files" title=|| "Files" content/> }.into_any()
}

fn save(text: &str, ending: &str) {
    if let Ok(file) = Blob::new_with_str_sequence(&Array::of1(&text.into())) {
        let _ = save_blob(&file, &format!("maintenance-{}.{ending}", today()));
    }
}

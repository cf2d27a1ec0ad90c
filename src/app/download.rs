//! Downloads of files and folders. The gateway streams them by ticket, so that the browser writes them straight to disk.
//!
//! Without a gateway the page reads a file in windows, up to a memory limit. One list shows all downloads, wherever they were
//! started. The engine schedules them across tabs.

use mesoscope_core::base::escaping;

use gloo_net::http::Request;
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use mesoscope_core::base::units::Bytes;
use mesoscope_core::engine::message::DownloadId;
use mesoscope_core::files::{self, WINDOW};
use mesoscope_core::mesos::calls::download::DownloadProgress;
use mesoscope_core::mesos::calls::files::{FileKind, ReadFile};
use mesoscope_core::mesos::calls::{self, Refusal, Target, answer};
use mesoscope_core::text;
use mesoscope_core::text::connection::SESSION_EXPIRED;
use wasm_bindgen::JsCast;
use web_sys::{Blob, HtmlAnchorElement, RequestRedirect, Url};

use super::api_client::{ApiError, ApiRequest};
use super::icon::Icon;
use super::worker_link::{WorkerLink, base_url};
use crate::directory_listing::{CachePolicy, find_regular_file};
use crate::hooks::{spawn_unscoped, wait};
use crate::widgets::menu::Menu;

/// Maximum number of bytes held in memory for one download.
const HELD: u64 = 256 << 20;

/// State of a download.
#[derive(Clone, Debug, Default, PartialEq)]
struct DownloadState {
    progress: DownloadProgress,
    /// Whether it waits for others to end.
    is_queued: bool,
    /// Whether it was requested and has no response yet.
    is_new: bool,
    is_stopped: bool,
}

/// A download. The page shows it until shortly after its end; the menu of downloads keeps it.
#[derive(Clone)]
struct Download {
    id: DownloadId,
    link: WorkerLink,
    name: String,
    standing: ArcRwSignal<DownloadState>,
    /// Whether only the menu shows it.
    is_left: ArcRwSignal<bool>,
}

/// A queued download.
struct Job {
    id: DownloadId,
    link: WorkerLink,
    target: Target,
    path: String,
    standing: ArcRwSignal<DownloadState>,
    is_left: ArcRwSignal<bool>,
}

/// All downloads of the page.
#[derive(Clone, Copy)]
pub(crate) struct Downloads {
    all: RwSignal<Vec<Download>>,
    count: StoredValue<u32>,
    running: StoredValue<usize>,
}

/// Provides an empty list.
pub(crate) fn provide() {
    provide_context(Downloads {
        all: RwSignal::new(Vec::new()),
        count: StoredValue::new(0),
        running: StoredValue::new(0),
    });
}

/// All downloads of the page.
pub(crate) fn downloads() -> Downloads {
    expect_context()
}

impl Downloads {
    /// Queues the download of a file, or of a folder as tar. Continues across pages.
    pub(crate) fn begin(self, link: WorkerLink, target: Target, path: String) {
        let id = self.count.try_update_value(|count| std::mem::replace(count, *count + 1)).unwrap_or_default();
        let id = DownloadId(id);
        let standing = ArcRwSignal::new(DownloadState { is_new: true, is_queued: true, ..DownloadState::default() });
        let name = files::entry::download_name(&path);
        let is_left = ArcRwSignal::new(false);
        let download = Download { id, link, name, standing: standing.clone(), is_left: is_left.clone() };
        self.all.update(|all| all.push(download));
        let job = Job { id, link, target, path, standing, is_left };
        link.queue_download(id, move || spawn_unscoped(self.work(job)));
    }

    /// Number of running downloads.
    pub(crate) fn running(self) -> usize {
        self.running.try_get_value().unwrap_or_default()
    }

    async fn work(self, job: Job) {
        let Job { id, link, target, path, standing, is_left } = job;
        standing.update(|standing| standing.is_queued = false);
        self.running.update_value(|running| *running += 1);
        let failed = run(link, target, path, standing.clone()).await.err();
        self.running.update_value(|running| *running -= 1);
        link.end_download(id);
        let is_well = failed.is_none();
        standing.update(|standing| {
            standing.is_new = false;
            standing.progress.ended = true;
            standing.progress.why = failed.or(standing.progress.why.take());
        });
        if is_well && standing.with_untracked(|standing| standing.progress.why.is_none()) {
            wait(TOAST).await;
            is_left.set(true);
        }
    }

    /// Stops a download: removes it from the queue, or cancels it.
    fn stop(self, Download { id, link, standing, .. }: &Download) {
        if standing.with_untracked(|standing| standing.is_queued) {
            link.end_download(*id);
            self.forget(*id);
        } else {
            standing.update(|standing| standing.is_stopped = true);
        }
    }

    fn forget(self, id: DownloadId) {
        self.all.update(|all| all.retain(|download| download.id != id));
    }

    /// Lists running, failed and just finished downloads.
    pub(crate) fn list(self) -> AnyView {
        let shown = move || {
            let is_shown = |download: &Download| !download.is_left.get();
            self.all.with(|all| all.iter().filter(|download| is_shown(download)).cloned().collect::<Vec<_>>())
        };
        let some = Memo::new(move |_| !shown().is_empty());
        let list = move || {
            some.get().then(|| {
                view! {
                    <section class="downloads" aria-label="Downloads in progress">
                        <ul><For each=shown key=|download| download.id let:download>{self.line(download, false)}</For></ul>
                    </section>
                }
            })
        };
        list.into_any()
    }

    /// Menu of all downloads since the page opened, newest first; none before the first one.
    pub(crate) fn menu(self) -> impl IntoView {
        let some = Memo::new(move |_| self.all.with(|all| !all.is_empty()));
        let newest_first = move || self.all.with(|all| all.iter().rev().cloned().collect::<Vec<_>>());
        let content = move || {
            view! { <ul class="download-list"><For each=newest_first key=|download| download.id let:download>{self.line(download, true)}</For></ul> }
                .into_any()
        };
        move || {
            some.get().then(|| view! { <Menu label="Downloads" title=|| Icon::Download.view() content picture=true/> })
        }
    }

    /// A line of a list of downloads, with a button that stops the download or removes the line.
    fn line(self, download: Download, in_menu: bool) -> impl IntoView {
        let Download { id, name, standing, is_left, .. } = download.clone();
        let reported = standing.clone();
        let words = move || reported.with(words);
        let (of, over) = (standing.clone(), standing.clone());
        let share = move || of.with(|it| it.progress.size.map(|size| it.progress.sent as f64 / size.max(1) as f64));
        let is_over = Memo::new(move |_| over.with(|standing| standing.progress.ended));
        let label = {
            let name = name.clone();
            move || if is_over.get() { format!("Dismiss {name}") } else { format!("Stop {name}") }
        };
        let click = move |_| match is_over.get_untracked() {
            true if in_menu => self.forget(id),
            true => is_left.set(true),
            false => self.stop(&download),
        };
        view! {
            <li>
                <b title=name.clone()>{name.clone()}</b><span role="status">{words}</span>
                <button class="quiet" aria-label=label on:click=click>{Icon::Cross.view()}</button>
                {move || share().filter(|_| !is_over.get()).map(|share| view! { <progress max="1" value=share.to_string() aria-label="Downloaded"></progress> })}
            </li>
        }
    }
}

/// Milliseconds that a finished download stays on the page.
const TOAST: i32 = 6_000;

/// State of a download in words.
fn words(state: &DownloadState) -> String {
    let DownloadState { progress, is_queued, is_new, is_stopped } = state;
    match (progress, is_new) {
        (DownloadProgress { why: Some(why), .. }, _) => why.clone(),
        (DownloadProgress { ended: true, sent, .. }, _) => text::log_viewer::downloaded(&size_text(*sent)),
        _ if *is_queued => text::log_viewer::QUEUED.to_owned(),
        (_, true) => "Starting …".to_owned(),
        _ if *is_stopped => "Stopping …".to_owned(),
        (DownloadProgress { sent, size: Some(size), .. }, _) => {
            text::log_viewer::downloading(&text::percent(*sent as f64, *size as f64), &size_text(*size))
        }
        (DownloadProgress { sent, .. }, _) => size_text(*sent),
    }
}

/// Size in a suitable unit.
pub(crate) fn size_text(bytes: u64) -> String {
    let (number, unit) = text::bytes(Bytes::new(i64::try_from(bytes).unwrap_or(i64::MAX)));
    format!("{number} {unit}")
}

async fn run(
    link: WorkerLink,
    target: Target,
    path: String,
    standing: ArcRwSignal<DownloadState>,
) -> Result<(), String> {
    match announce(link, &target, &path).await {
        Ok(ticket) => {
            follow(&format!("{}download/{ticket}", base_url()), None);
            watch(&ticket, standing).await;
            Ok(())
        }
        Err(refusal) if matches!(refusal.status, 404 | 405) && !refusal.words.is_empty() => {
            by_windows(link, target, path, standing).await
        }
        Err(refusal) => Err(refusal.to_string()),
    }
}

/// Polls the progress from the gateway, since the stream bypasses the page.
async fn watch(ticket: &str, standing: ArcRwSignal<DownloadState>) {
    let state = format!("{}download/{ticket}/state", base_url());
    let mut unheard = 0;
    while unheard < UNHEARD {
        wait(700).await;
        if standing.with_untracked(|standing| standing.is_stopped)
            && let Ok(stop) = Request::post(&state).build()
        {
            let _ = stop.send().await;
        }
        let reported = match Request::get(&state).send().await {
            Ok(response) => response.text().await.ok().and_then(|body| DownloadProgress::parse(&body)),
            Err(_) => None,
        };
        let Some(progress) = reported else {
            unheard += 1;
            continue;
        };
        unheard = 0;
        let is_over = progress.ended;
        standing.update(|standing| (standing.progress, standing.is_new) = (progress, false));
        if is_over {
            return;
        }
    }
}

/// Number of consecutive failed polls after which the browser is assumed not to have started the download.
const UNHEARD: u32 = 20;

/// Requests a ticket from the gateway.
async fn announce(link: WorkerLink, target: &Target, path: &str) -> Result<String, Refusal> {
    let agent = match target {
        Target::Master => serde_json::Value::Null,
        Target::Agent(id) => id.as_str().into(),
    };
    let body = serde_json::json!({ "agent": agent, "path": path }).to_string();
    let broken = |why: ApiError| Refusal { status: 0, words: why.to_string() };
    let request = Request::post(&format!("{}download", base_url())).header("Content-Type", "application/json");
    let request = request.redirect(RequestRedirect::Manual);
    let request = match link.identity.get_untracked() {
        Some(who) => request.header("Authorization", who.authorization.reveal()),
        None => request,
    };
    let request = request.body(body).map_err(|_| broken(ApiError::NoConnection))?;
    let response = request.send().await.map_err(|_| broken(ApiError::NoConnection))?;
    let is_ours = response.headers().has(calls::GATEWAY_HEADER);
    let kind = response.headers().get("content-type");
    let body = response.binary().await.map_err(|_| broken(ApiError::BrokenOff))?;
    match response.status() {
        200 if is_ours => Ok(String::from_utf8_lossy(&body).trim().to_owned()),
        // A login page, or a redirect to one.
        0 | 200 => Err(Refusal { status: 0, words: SESSION_EXPIRED.to_owned() }),
        status => Err(Refusal { status, words: answer::refusal_text(status, kind.as_deref(), &body) }),
    }
}

async fn by_windows(
    link: WorkerLink,
    target: Target,
    path: String,
    standing: ArcRwSignal<DownloadState>,
) -> Result<(), String> {
    let file = find_regular_file(link, &target, &path, CachePolicy::Fresh).await.map_err(|why| reported(&why))?;
    let parts = Array::new();
    let (mut at, mut size) = (0, u64::MAX);
    while at < size {
        if standing.with_untracked(|standing| standing.is_stopped) {
            return Err("Stopped.".into());
        }
        let call = ReadFile::window(&file, at, WINDOW);
        let body = ApiRequest::new(&call, target.clone()).ask(link).await.map_err(|why| reported(&why))?;
        let window = files::answer::reported(&body).map_err(|why| why.to_string())?;
        // Reads up to the current size: a growing file would never end.
        if at > 0 && window.size < size {
            return Err(text::log_viewer::CHANGED_WHILE_READ.into());
        }
        size = size.min(window.size);
        if size > HELD {
            return Err(text::log_viewer::TOO_LARGE.into());
        }
        if window.bytes.is_empty() {
            break;
        }
        at += window.bytes.len() as u64;
        let piece = Array::of1(&Uint8Array::from(window.bytes.as_slice()));
        Blob::new_with_u8_array_sequence(&piece)
            .map(|blob| parts.push(&blob))
            .map_err(|_| "The browser is out of memory.")?;
        let progress = DownloadProgress { sent: at, size: Some(size), ..DownloadProgress::default() };
        standing.update(|standing| (standing.progress, standing.is_new) = (progress, false));
    }
    let whole = Blob::new_with_blob_sequence(&parts).map_err(|_| "The browser is out of memory.")?;
    save_blob(&whole, &files::entry::download_name(&path)).ok_or("The browser does not accept downloads.")?;
    Ok(())
}

fn reported(why: &ApiError) -> String {
    match why {
        ApiError::NotRegularFile(FileKind::Directory) => text::log_viewer::NO_FOLDERS.to_owned(),
        other => other.to_string(),
    }
}

/// Saves a blob as a file of that name.
pub(crate) fn save_blob(file: &Blob, name: &str) -> Option<()> {
    let url = Url::create_object_url_with_blob(file).ok()?;
    follow(&url, Some(name))?;
    // The browser reads the blob some time after the click and does not report when.
    set_timeout(move || drop(Url::revoke_object_url(&url)), std::time::Duration::from_secs(60));
    Some(())
}

fn follow(url: &str, name: Option<&str>) -> Option<()> {
    let anchor: HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
    anchor.set_href(url);
    anchor.set_download(&name.map(escaping::file_name).unwrap_or_default());
    anchor.click();
    Some(())
}

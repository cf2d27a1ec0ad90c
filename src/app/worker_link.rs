//! Connection of the page to the worker: messages out, responses in. Reconnects the page, not the master.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use crate::hooks::{self, every, on_window};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Shared};
use js_sys::{Array, ArrayBuffer, Reflect, Uint8Array};
use leptos::ev;
use leptos::prelude::*;
use mesoscope_core::base::encoding::{DecodeError, decode, encode};
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::skew::{Skew, SkewEstimator};
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::engine::message::{DownloadId, DownloadStage, FromEngine, Status, ToEngine, ViewId};
use mesoscope_core::engine::stream_connection::ConnectionState;
use mesoscope_core::engine::wire_choice::worker_name;
use mesoscope_core::mesos::calls::agent::WrongAgent;
use mesoscope_core::mesos::credentials::Credentials;
use mesoscope_core::route;
use mesoscope_core::views::query::Query;
use mesoscope_core::views::view::View;
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, MessagePort, SharedWorker, Worker, WorkerOptions};

const LOADER: &str = "assets/loader.js";
/// The worker must have an equal build: its files carry no hash, and an old worker may outlive its page.
const BUILD: &str = mesoscope_core::build!();
const HELLO_EVERY: Duration = Duration::from_millis(1000);
/// Number of unanswered hellos after which the page reports a problem.
const PATIENCE: u32 = 8;

/// Milliseconds for which an agent's identity check is cached.
const KNOWN_FOR: f64 = 10_000.0;

/// Identity check of an agent: another agent that answers at its address, if any.
type AgentCheck = Shared<LocalBoxFuture<'static, Option<WrongAgent>>>;

enum Port {
    Shared(MessagePort),
    Dedicated(Worker),
    /// The browser failed to start a worker.
    None,
}

/// Consumes a chunk of an export; returns whether to continue.
type ExportSink = Box<dyn FnMut(Vec<u8>) -> bool>;

/// Decodes and shows a response.
type Show = Rc<dyn Fn(&[u8]) -> Result<(), DecodeError>>;

/// A queued download with its start function; `None` while running.
type Turn = Option<Box<dyn FnOnce()>>;

struct Inner {
    port: Port,
    downloads: BTreeMap<DownloadId, Turn>,
    exports: BTreeMap<ViewId, ExportSink>,
    views: BTreeMap<ViewId, (Query, Show)>,
    last: u32,
    welcomed: bool,
    hellos: u32,
}

/// The connection, as pages use it.
#[derive(Clone, Copy)]
pub(crate) struct WorkerLink {
    inner: StoredValue<Inner, LocalStorage>,
    /// Connection status; `None` until the worker reports it.
    pub(crate) status: RwSignal<Option<Status>>,
    /// Credentials for the page's own calls. Held only here and in the worker.
    pub(crate) identity: RwSignal<Option<Credentials>>,
    /// Why there is no connection to a worker.
    pub(crate) failure: RwSignal<Option<String>>,
    /// Whether a login page answered the page's last call.
    pub(crate) expired: RwSignal<bool>,
    /// Cached identity checks by agent, with their time.
    answering: StoredValue<BTreeMap<AgentId, (f64, AgentCheck)>, LocalStorage>,
    /// Measured clock skew of agents, and the estimators behind it.
    pub(crate) clocks: RwSignal<BTreeMap<AgentId, Skew>>,
    measures: StoredValue<BTreeMap<AgentId, SkewEstimator>, LocalStorage>,
    /// Number of sign-outs: each clears the state that belongs to the user.
    pub(crate) signed_out: RwSignal<u32>,
}

/// Starts the worker, or joins the one of other tabs.
pub(crate) fn provide() {
    let inner = Inner {
        port: start(),
        downloads: BTreeMap::new(),
        exports: BTreeMap::new(),
        views: BTreeMap::new(),
        last: 0,
        welcomed: false,
        hellos: 0,
    };
    let link = WorkerLink {
        inner: StoredValue::new_local(inner),
        status: RwSignal::new(None),
        identity: RwSignal::new(None),
        failure: RwSignal::new(None),
        expired: RwSignal::new(false),
        answering: StoredValue::new_local(BTreeMap::new()),
        clocks: RwSignal::new(BTreeMap::new()),
        measures: StoredValue::new_local(BTreeMap::new()),
        signed_out: RwSignal::new(0),
    };
    provide_context(link);
    link.listen();
    link.hello();
    every(HELLO_EVERY, move || link.insist());
    // The browser reports a restored network; a resumed machine shows its pages again.
    on_window(ev::online, move |_| link.send(&ToEngine::Online));
    // The browser may cache the page: the credentials are sent again on return.
    on_window(ev::pagehide, move |_| {
        link.identity.set(None);
        link.send(&ToEngine::Bye);
    });
    // A page restored from the browser's cache had said goodbye.
    on_window(ev::pageshow, move |event| {
        if event.persisted() {
            link.again();
        }
    });
}

/// The connection of the page.
pub(crate) fn link() -> WorkerLink {
    expect_context()
}

/// Base URL of the page, with a trailing slash.
pub(super) fn base_url() -> String {
    let page = document().base_uri().ok().flatten().unwrap_or_default();
    let end = page.find(['#', '?']).unwrap_or(page.len());
    let page = page.get(..end).unwrap_or_default();
    page.rfind('/').and_then(|slash| page.get(..=slash)).unwrap_or_default().to_owned()
}

fn start() -> Port {
    let url = format!("{}{LOADER}", base_url());
    let search = window().location().search().unwrap_or_default();
    let name = worker_name(BUILD, route::encoding(&search));
    if let Some(worker) = early(&name) {
        return Port::Shared(worker.port());
    }
    let options = WorkerOptions::new();
    options.set_name(&name);
    let shared = Reflect::has(&window(), &"SharedWorker".into()).unwrap_or(false);
    if shared && let Ok(worker) = SharedWorker::new_with_worker_options(&url, &options) {
        return Port::Shared(worker.port());
    }
    Worker::new_with_options(&url, &options).map_or(Port::None, Port::Dedicated)
}

/// The worker that index.html already started, if its name matches.
fn early(name: &str) -> Option<SharedWorker> {
    let early = Reflect::get(&window(), &"early".into()).ok().filter(JsValue::is_object)?;
    let is_ours = Reflect::get(&early, &"name".into()).ok()?.as_string().as_deref() == Some(name);
    Reflect::get(&early, &"worker".into()).ok().filter(|_| is_ours)?.dyn_into().ok()
}

impl WorkerLink {
    /// State of the connection. An attempt after a failure is still that failure until something arrives: a screen that changed at each
    /// attempt and back would flicker.
    pub(crate) fn settled(self) -> Memo<Option<ConnectionState>> {
        Memo::new(move |last: Option<&Option<ConnectionState>>| {
            let now = self.status.with(|status| status.as_ref().map(|status| status.link.clone()));
            match (&now, last) {
                (Some(ConnectionState::Connecting { .. }), Some(lost @ Some(ConnectionState::Lost { .. }))) => {
                    lost.clone()
                }
                _ => now,
            }
        })
    }

    /// Response to a query, updated until the scope ends, also when the query changes.
    pub(crate) fn watch<V: View + Into<Query>>(self, query: impl Fn() -> V + 'static) -> ReadSignal<Option<V::Answer>> {
        self.watch_as(move || query().into(), decode::<V::Answer>)
    }

    /// Response decoded by `read`, for callers with a type that only they know.
    pub(crate) fn watch_as<T: Send + Sync + 'static>(
        self,
        query: impl Fn() -> Query + 'static,
        read: fn(&[u8]) -> Result<T, DecodeError>,
    ) -> ReadSignal<Option<T>> {
        let answer = ArcRwSignal::new(None);
        let shown = answer.clone();
        self.show_all(Box::new(query), Rc::new(move |bytes| read(bytes).map(|answer| shown.set(Some(answer)))));
        answer.read_only().into()
    }

    fn show_all(self, query: Box<dyn Fn() -> Query>, show: Show) {
        let view = self.next();
        on_cleanup(move || {
            self.inner.try_update_value(|inner| inner.views.remove(&view));
            self.send(&ToEngine::Unwatch(view));
        });
        Effect::new(move |last: Option<Query>| {
            let query = query();
            // Scrolling by a pixel updates the inputs, but rarely the query.
            if last.as_ref() != Some(&query) {
                self.inner.try_update_value(|inner| inner.views.insert(view, (query.clone(), show.clone())));
                self.send(&ToEngine::Watch(view, query.clone()));
            }
            query
        });
    }

    fn next(self) -> ViewId {
        let view = self.inner.try_update_value(|inner| {
            inner.last += 1;
            ViewId(inner.last)
        });
        view.unwrap_or(ViewId(0))
    }

    /// Requests all rows of a table in chunks, while `take` returns true.
    pub(crate) fn export(self, query: Query, take: impl FnMut(Vec<u8>) -> bool + 'static) -> ViewId {
        let view = self.next();
        self.inner.try_update_value(|inner| inner.exports.insert(view, Box::new(take)));
        self.send(&ToEngine::Export(view, query));
        view
    }

    /// Cancels an export.
    pub(crate) fn stop(self, view: ViewId) {
        if self.inner.try_update_value(|inner| inner.exports.remove(&view)).flatten().is_some() {
            self.send(&ToEngine::Unwatch(view));
        }
    }

    /// Queues a download; `begin` is called at its turn.
    pub(crate) fn queue_download(self, id: DownloadId, begin: impl FnOnce() + 'static) {
        self.inner.try_update_value(|inner| inner.downloads.insert(id, Some(Box::new(begin))));
        self.send(&ToEngine::Download(id, DownloadStage::Waiting));
    }

    /// Releases a download's slot or its place in the queue.
    pub(crate) fn end_download(self, id: DownloadId) {
        self.inner.try_update_value(|inner| inner.downloads.remove(&id));
        self.send(&ToEngine::Download(id, DownloadStage::Over));
    }

    fn begin_download(self, id: DownloadId) {
        let begin = self.inner.try_update_value(|inner| inner.downloads.get_mut(&id).and_then(Option::take)).flatten();
        begin.into_iter().for_each(|begin| begin());
    }

    /// Passes a chunk on; the page draws between two chunks.
    fn take(self, view: ViewId, mut take: ExportSink, bytes: Vec<u8>) {
        if take(bytes) {
            self.inner.try_update_value(|inner| inner.exports.insert(view, take));
            set_timeout(move || self.send(&ToEngine::Rendered(view)), Duration::ZERO);
        } else {
            self.send(&ToEngine::Unwatch(view));
        }
    }

    /// Sends a message to the engine.
    pub(crate) fn send(self, message: &ToEngine) {
        let bytes: ArrayBuffer = Uint8Array::from(encode(message).as_slice()).buffer();
        let moved = Array::of1(&bytes);
        self.inner.try_with_value(|inner| match &inner.port {
            Port::Shared(port) => port.post_message_with_transferable(&bytes, &moved),
            Port::Dedicated(worker) => worker.post_message_with_transfer(&bytes, &moved),
            Port::None => Ok(()),
        });
    }

    /// Reports whether a login page answered one of the page's own calls.
    pub(super) fn expire(self, is_expired: bool) {
        if self.expired.try_get_untracked() == Some(!is_expired) {
            self.expired.set(is_expired);
        }
    }

    /// Checks whether another agent answers at this address. The result is cached and shared by concurrent callers.
    pub(super) fn stranger<F>(self, agent: &AgentId, ask: impl FnOnce() -> F) -> AgentCheck
    where
        F: Future<Output = Option<WrongAgent>> + 'static,
    {
        let now = hooks::now().as_millis();
        let known = self.answering.try_with_value(|known| known.get(agent).cloned()).flatten();
        if let Some((asked, answering)) = known
            && (0.0..KNOWN_FOR).contains(&(now - asked))
        {
            return answering;
        }
        let answering = ask().boxed_local().shared();
        self.answering.try_update_value(|known| {
            known.retain(|_, (asked, _)| now - *asked < KNOWN_FOR);
            known.insert(agent.clone(), (now, answering.clone()))
        });
        answering
    }

    /// Updates an agent's clock skew from the date header of its response.
    pub(super) fn dated(self, agent: &AgentId, date: &str, sent: Timestamp) {
        let now = hooks::now();
        let skew = self.measures.try_update_value(|measures| {
            let measure = measures.entry(agent.clone()).or_default();
            measure.tick(now);
            measure.dated(date, sent, now);
            measure.skew()
        });
        if let Some(skew) = skew
            && self.clocks.try_with_untracked(|clocks| clocks.get(agent) != Some(&skew)) == Some(true)
        {
            self.clocks.update(|clocks| _ = clocks.insert(agent.clone(), skew));
            self.send(&ToEngine::AgentClock(agent.clone(), skew));
        }
    }

    fn hello(self) {
        self.send(&ToEngine::Hello { build: BUILD.to_owned(), base: base_url() });
    }

    /// Repeats the hello: a worker that is still starting may have lost messages.
    fn insist(self) {
        let waited = self.inner.try_update_value(|inner| {
            inner.hellos += u32::from(!inner.welcomed);
            (inner.welcomed, inner.hellos)
        });
        if let Some((false, hellos)) = waited {
            self.hello();
            if hellos >= PATIENCE {
                self.failure.set(Some("The part of the page that talks to the cluster does not start. Does the browser allow workers and WebAssembly?".into()));
            }
        }
    }

    /// Sends all state again to an engine that does not know this page.
    fn again(self) {
        self.hello();
        self.say_all();
    }

    fn say_all(self) {
        let stage = |turn: &Turn| if turn.is_some() { DownloadStage::Waiting } else { DownloadStage::Running };
        let all = self.inner.try_with_value(|inner| {
            let views = inner.views.iter().map(|(view, (query, _))| ToEngine::Watch(*view, query.clone()));
            let downloads = inner.downloads.iter().map(|(id, turn)| ToEngine::Download(*id, stage(turn)));
            views.chain(downloads).collect::<Vec<_>>()
        });
        all.unwrap_or_default().iter().for_each(|message| self.send(message));
    }

    fn listen(self) {
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Ok(buffer) = event.data().dyn_into::<ArrayBuffer>() {
                self.heard(&Uint8Array::new(&buffer).to_vec());
            }
        });
        self.inner.try_with_value(|inner| match &inner.port {
            Port::Shared(port) => port.set_onmessage(Some(heard.as_ref().unchecked_ref())),
            Port::Dedicated(worker) => worker.set_onmessage(Some(heard.as_ref().unchecked_ref())),
            Port::None => self.failure.set(Some("This browser starts no workers, and Mesoscope needs one.".into())),
        });
        heard.forget();
    }

    fn heard(self, bytes: &[u8]) {
        match decode::<FromEngine>(bytes) {
            Ok(FromEngine::Welcome { build }) if build != BUILD => self.is_outdated(),
            Ok(FromEngine::Welcome { .. }) => self.welcomed(),
            Ok(FromEngine::Status(status)) => {
                expose(&status);
                self.status.set(Some(*status));
            }
            Ok(FromEngine::View(view, bytes)) => self.show(view, bytes),
            Ok(FromEngine::Ping) => self.send(&ToEngine::Pong),
            Ok(FromEngine::StartDownload(id)) => self.begin_download(id),
            Ok(FromEngine::Identity(identity)) => self.identity.set(identity),
            Ok(FromEngine::SignedOut) => self.signed_out.update(|times| *times = times.wrapping_add(1)),
            Err(DecodeError) => self.is_outdated(),
        }
    }

    fn is_outdated(self) {
        let words = "Mesoscope was updated. Please close its other tabs and load this page again.";
        self.failure.set(Some(words.to_owned()));
    }

    fn welcomed(self) {
        let first = self.inner.try_update_value(|inner| !std::mem::replace(&mut inner.welcomed, true));
        self.failure.set(None);
        // Queries from before the worker's start are sent again.
        if first == Some(true) {
            self.say_all();
        }
    }

    /// Shows a response, then grants one credit: the next one comes after the paint, and a hidden page gets none.
    fn show(self, view: ViewId, bytes: Vec<u8>) {
        if let Some(take) = self.inner.try_update_value(|inner| inner.exports.remove(&view)).flatten() {
            return self.take(view, take, bytes);
        }
        let show = self.inner.try_with_value(|inner| inner.views.get(&view).map(|(_, show)| show.clone())).flatten();
        if let Some(show) = show {
            match show(&bytes) {
                Ok(()) => request_animation_frame(move || self.send(&ToEngine::Rendered(view))),
                Err(DecodeError) => self.is_outdated(),
            }
        }
    }
}

/// Exposes the snapshot's decoding figures to `cargo measure`.
fn expose(status: &Status) {
    let figures = js_sys::Object::new();
    let set = |name: &str, value: u64| Reflect::set(&figures, &name.into(), &JsValue::from_f64(value as f64));
    let _ = set("bytes", status.decoding.bytes);
    let _ = set("millis", status.decoding.millis);
    let _ = Reflect::set(&window(), &"__mesoscope".into(), &figures);
}

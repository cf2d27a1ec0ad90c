//! The page's end of the line to the worker: messages out, answers in. Reconnects the page, not the master.

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
use mesoscope_core::mesos::calls::agent::WrongAgent;
use mesoscope_core::mesos::credentials::Credentials;
use mesoscope_core::views::query::Query;
use mesoscope_core::views::view::View;
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, MessagePort, SharedWorker, Worker, WorkerOptions};

const LOADER: &str = "assets/loader.js";
/// The worker's build must be the same: its files carry no hash, and an old worker may outlive its page.
const BUILD: &str = mesoscope_core::build!();
const HELLO_EVERY: Duration = Duration::from_millis(1000);
/// Hellos without an answer after which the page says so.
const PATIENCE: u32 = 8;

/// So many milliseconds an agent is taken for the one that it was.
const KNOWN_FOR: f64 = 10_000.0;

/// Who answers where an agent is asked: another one, if it says so.
type AgentCheck = Shared<LocalBoxFuture<'static, Option<WrongAgent>>>;

enum Port {
    Shared(MessagePort),
    Dedicated(Worker),
    /// The browser would start no worker.
    None,
}

/// What becomes of a piece of an export; whether another is wanted.
type ExportSink = Box<dyn FnMut(Vec<u8>) -> bool>;

/// Shows the answer in the bytes.
type Show = Rc<dyn Fn(&[u8]) -> Result<(), DecodeError>>;

/// A download that waits for its turn, with what begins it, or that runs.
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

/// The line, as pages use it.
#[derive(Clone, Copy)]
pub(crate) struct Link {
    inner: StoredValue<Inner, LocalStorage>,
    /// State of the connection, once the worker said so.
    pub(crate) status: RwSignal<Option<Status>>,
    /// Who is signed in: what the page's own calls carry, too. Held here and in the worker, and nowhere else.
    pub(crate) identity: RwSignal<Option<Credentials>>,
    /// Why there is no line at all, in words.
    pub(crate) failure: RwSignal<Option<String>>,
    /// Whether a login page answered the page's own last call in Mesos' place.
    pub(crate) expired: RwSignal<bool>,
    /// Who answers where an agent is asked, and since when that is known.
    answering: StoredValue<BTreeMap<AgentId, (f64, AgentCheck)>, LocalStorage>,
    /// How far agents' clocks are from this machine's, of those that the page asked, and what was measured of each.
    pub(crate) clocks: RwSignal<BTreeMap<AgentId, Skew>>,
    measures: StoredValue<BTreeMap<AgentId, SkewEstimator>, LocalStorage>,
    /// How often a user has signed out: what the page keeps of whom it was is forgotten then.
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
    let link = Link {
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
    // The browser says when it has a network again; a machine that awakes shows its pages again.
    on_window(ev::online, move |_| link.send(&ToEngine::Online));
    // Should the browser keep the page for a way back, it is reported again who is signed in then.
    on_window(ev::pagehide, move |_| {
        link.identity.set(None);
        link.send(&ToEngine::Bye);
    });
    // A page that comes back from the browser's cache said goodbye when it went.
    on_window(ev::pageshow, move |event| {
        if event.persisted() {
            link.again();
        }
    });
}

/// The line.
pub(crate) fn link() -> Link {
    expect_context()
}

/// Where the page is served from, with a slash at its end.
pub(super) fn base() -> String {
    let page = document().base_uri().ok().flatten().unwrap_or_default();
    let end = page.find(['#', '?']).unwrap_or(page.len());
    let page = page.get(..end).unwrap_or_default();
    page.rfind('/').and_then(|slash| page.get(..=slash)).unwrap_or_default().to_owned()
}

fn start() -> Port {
    let url = format!("{}{LOADER}", base());
    let name = format!("mesoscope-{BUILD}");
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

/// The worker that index.html has started already, if it is of that name.
fn early(name: &str) -> Option<SharedWorker> {
    let early = Reflect::get(&window(), &"early".into()).ok().filter(JsValue::is_object)?;
    let is_ours = Reflect::get(&early, &"name".into()).ok()?.as_string().as_deref() == Some(name);
    Reflect::get(&early, &"worker".into()).ok().filter(|_| is_ours)?.dyn_into().ok()
}

impl Link {
    /// The answer to the query once it has come, from now until the scope ends, and again whenever the query changes.
    pub(crate) fn watch<V: View + Into<Query>>(self, query: impl Fn() -> V + 'static) -> ReadSignal<Option<V::Answer>> {
        self.watch_as(move || query().into(), decode::<V::Answer>)
    }

    /// What `read` makes of the answer, where only the caller knows its type.
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
            // A scroll by a pixel moves what the query is made of, and not the query.
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

    /// Asks for all rows of a table, which come in pieces, as long as `take` wants another.
    pub(crate) fn export(self, query: Query, take: impl FnMut(Vec<u8>) -> bool + 'static) -> ViewId {
        let view = self.next();
        self.inner.try_update_value(|inner| inner.exports.insert(view, Box::new(take)));
        self.send(&ToEngine::Export(view, query));
        view
    }

    /// Ends an export.
    pub(crate) fn stop(self, view: ViewId) {
        if self.inner.try_update_value(|inner| inner.exports.remove(&view)).flatten().is_some() {
            self.send(&ToEngine::Unwatch(view));
        }
    }

    /// Begins a download once it is its turn.
    pub(crate) fn queue_download(self, id: DownloadId, begin: impl FnOnce() + 'static) {
        self.inner.try_update_value(|inner| inner.downloads.insert(id, Some(Box::new(begin))));
        self.send(&ToEngine::Download(id, DownloadStage::Waiting));
    }

    /// Gives back the place of a download, or its place in the queue.
    pub(crate) fn end_download(self, id: DownloadId) {
        self.inner.try_update_value(|inner| inner.downloads.remove(&id));
        self.send(&ToEngine::Download(id, DownloadStage::Over));
    }

    fn begin_download(self, id: DownloadId) {
        let begin = self.inner.try_update_value(|inner| inner.downloads.get_mut(&id).and_then(Option::take)).flatten();
        begin.into_iter().for_each(|begin| begin());
    }

    /// The page draws between two pieces.
    fn take(self, view: ViewId, mut take: ExportSink, bytes: Vec<u8>) {
        if take(bytes) {
            self.inner.try_update_value(|inner| inner.exports.insert(view, take));
            set_timeout(move || self.send(&ToEngine::Rendered(view)), Duration::ZERO);
        } else {
            self.send(&ToEngine::Unwatch(view));
        }
    }

    /// Says something to the engine.
    pub(crate) fn send(self, message: &ToEngine) {
        let bytes: ArrayBuffer = Uint8Array::from(encode(message).as_slice()).buffer();
        let moved = Array::of1(&bytes);
        self.inner.try_with_value(|inner| match &inner.port {
            Port::Shared(port) => port.post_message_with_transferable(&bytes, &moved),
            Port::Dedicated(worker) => worker.post_message_with_transfer(&bytes, &moved),
            Port::None => Ok(()),
        });
    }

    /// Whether a login page answers in Mesos' place, as a call of the page's own shows.
    pub(super) fn expire(self, is_expired: bool) {
        if self.expired.try_get_untracked() == Some(!is_expired) {
            self.expired.set(is_expired);
        }
    }

    /// Who answers where that agent is asked, if it is another. It is asked again after a while only, by all who ask at a time together.
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

    /// An agent has answered what was sent then, with that date.
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
        self.send(&ToEngine::Hello { build: BUILD.to_owned(), base: base() });
    }

    /// A worker that has not started yet may have lost what was said to it.
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

    /// Says all again to an engine that does not know this page (any more).
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
        // What was watched before the worker had started is said again.
        if first == Some(true) {
            self.say_all();
        }
    }

    /// Credit of one: the next answer comes when this one is on screen, and a hidden page, which draws nothing, gets none.
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

/// For `cargo measure`, and for who wonders: what decoding the snapshot took.
fn expose(status: &Status) {
    let figures = js_sys::Object::new();
    let set = |name: &str, value: u64| Reflect::set(&figures, &name.into(), &JsValue::from_f64(value as f64));
    let _ = set("bytes", status.decoding.bytes);
    let _ = set("millis", status.decoding.millis);
    let _ = Reflect::set(&window(), &"__mesoscope".into(), &figures);
}

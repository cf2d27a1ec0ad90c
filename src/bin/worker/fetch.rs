//! The network: one stream, and reads beside it. Says what came; what that means is the engine's.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::StreamExt;
use gloo_net::http::{Request, Response};
use js_sys::{Function, Promise, Reflect, Uint8Array};
use mesoscope::api::{self, Target};
use mesoscope::credentials::Authorization;
use mesoscope::engine::{Failure, Input, ReadId};
use mesoscope::session::Cause;
use mesoscope::units::Timestamp;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use wasm_streams::ReadableStream;
use web_sys::{AbortController, AbortSignal, MessageChannel, RequestRedirect, ResponseType};

use crate::host::{Host, give};
use crate::now;

/// So long chunks may be folded without a look at what pages say.
const SLICE_MILLIS: f64 = 12.0;
/// So much is taken at a time: a part of what a browser holds ready, so that more comes while this is folded.
const CHUNK: usize = 512 << 10;

/// Opens the stream; the guard's end aborts it.
pub(crate) fn open(
    host: &Rc<RefCell<Host>>,
    base: &str,
    authorization: Option<Authorization>,
    body: Vec<u8>,
) -> Option<Fetching> {
    let fetching = Fetching::new()?;
    let (host, signal) = (Rc::clone(host), fetching.0.signal());
    let call = Post { url: url(base, &Target::Master), authorization, body };
    spawn_local(async move {
        let cause = stream(&host, call, &signal).await;
        // An abort is the engine's own doing; it wants to hear nothing of it.
        if !signal.aborted() {
            give(&host, Input::Ended(cause));
        }
    });
    Some(fetching)
}

/// Where the API of the master or of an agent is.
pub(crate) fn url(base: &str, to: &Target) -> String {
    match to {
        Target::Master => format!("{base}api/v1"),
        Target::Agent(agent) => format!("{base}agent/{}/api/v1", js_sys::encode_uri_component(agent.as_str())),
    }
}

/// Asks one call.
pub(crate) fn read(
    host: &Rc<RefCell<Host>>,
    id: ReadId,
    url: String,
    authorization: Option<Authorization>,
    body: Vec<u8>,
) {
    let host = Rc::clone(host);
    spawn_local(async move {
        match answer(&host, id, Post { url, authorization, body }).await {
            Ok(()) => give(&host, Input::Answered(id, Ok(&[]))),
            Err(failure) => give(&host, Input::Answered(id, Err(failure))),
        }
    });
}

async fn stream(host: &Rc<RefCell<Host>>, call: Post, signal: &AbortSignal) -> Cause {
    let sent = now();
    let response = match call.send(Some(signal)).await {
        Ok(response) => response,
        Err(words) => return Cause::Unreachable(words),
    };
    if response.type_() == ResponseType::Opaqueredirect {
        return Cause::Standby;
    }
    if response.status() != 200 {
        let words = response.binary().await.unwrap_or_default();
        return Cause::Refused { status: response.status(), words: api::refusal(response.status(), &words).words };
    }
    dated(host, &response, sent);
    give(host, Input::Opened);
    let Some(body) = response.body() else { return Cause::Closed };
    let chunk = |bytes: &[u8]| {
        if !signal.aborted() {
            host.borrow_mut().chunk(bytes);
            crate::host::pump(host);
        }
        !signal.aborted()
    };
    match chunks(body, chunk).await {
        Ok(()) => Cause::Closed,
        Err(error) => Cause::Broken(words_of(&error)),
    }
}

/// Hands out the body as it comes, until it ends or `take` wants no more.
async fn chunks(body: web_sys::ReadableStream, mut take: impl FnMut(&[u8]) -> bool) -> Result<(), JsValue> {
    let mut body = ReadableStream::from_raw(body);
    let mut pace = Pace::default();
    let mut buffer = vec![0; CHUNK];
    // Who takes all that there is waits for what comes next. Not every browser lets one take less.
    let Ok(mut reader) = body.try_get_byob_reader() else { return all_chunks(body, take).await };
    let mut view = Uint8Array::new_with_length(CHUNK as u32);
    loop {
        let (length, back) = reader.read_with_buffer(&mut buffer, view).await?;
        let (Some(back), Some(bytes)) = (back, buffer.get(..length).filter(|bytes| !bytes.is_empty())) else {
            return Ok(());
        };
        view = back;
        if !pace.keep(|| take(bytes)).await {
            return Ok(());
        }
    }
}

/// The same, in what pieces the browser likes.
async fn all_chunks(body: ReadableStream, mut take: impl FnMut(&[u8]) -> bool) -> Result<(), JsValue> {
    let mut chunks = body.into_stream();
    let mut pace = Pace::default();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?.unchecked_into::<Uint8Array>().to_vec();
        if !pace.keep(|| take(&chunk)).await {
            return Ok(());
        }
    }
    Ok(())
}

/// Reads of a stream that has data ready resolve at once, and starve the messages that wait.
#[derive(Default)]
struct Pace {
    spent: f64,
}

impl Pace {
    /// Does what is to be done, and lets others come first now and then.
    async fn keep(&mut self, work: impl FnOnce() -> bool) -> bool {
        let began = js_sys::Date::now();
        let more = work();
        self.spent += js_sys::Date::now() - began;
        if self.spent > SLICE_MILLIS {
            self.spent = 0.0;
            turn().await;
        }
        more
    }
}

/// Lets the messages that wait come first. A timer would do, but browsers hold nested ones back for 4 ms. Where a browser
/// has no scheduler yet, a message to ourselves takes a good millisecond.
async fn turn() {
    let scheduler = Reflect::get(&js_sys::global(), &"scheduler".into()).unwrap_or_default();
    let post = Reflect::get(&scheduler, &"postTask".into()).ok().and_then(|post| post.dyn_into::<Function>().ok());
    let channel = if post.is_none() { MessageChannel::new().ok() } else { None };
    let mut comes = false;
    let promise = Promise::new(&mut |resolve, _| {
        comes = match (&post, &channel) {
            (Some(post), _) => post.call1(&scheduler, &resolve).is_ok(),
            (None, Some(channel)) => {
                channel.port1().set_onmessage(Some(&resolve));
                channel.port2().post_message(&JsValue::NULL).is_ok()
            }
            (None, None) => false,
        };
    });
    if comes {
        let _ = JsFuture::from(promise).await;
    }
    channel.into_iter().for_each(|channel| channel.port1().close());
}

/// Brings the answer in pieces.
async fn answer(host: &Rc<RefCell<Host>>, id: ReadId, call: Post) -> Result<(), Failure> {
    let failure = |words| Failure { status: None, words };
    let sent = now();
    let response = call.send(None).await.map_err(failure)?;
    if response.type_() == ResponseType::Opaqueredirect {
        return Err(failure(Cause::Standby.to_string()));
    }
    if response.status() != 200 {
        let words = response.binary().await.map_err(|error| failure(error.to_string()))?;
        let words = api::refusal(response.status(), &words).to_string();
        return Err(Failure { status: Some(response.status()), words });
    }
    dated(host, &response, sent);
    let Some(body) = response.body() else { return Ok(()) };
    let piece = |bytes: &[u8]| {
        give(host, Input::Piece(id, bytes));
        true
    };
    chunks(body, piece).await.map_err(|error| failure(words_of(&error)))
}

/// An answer tells what its clock says.
fn dated(host: &Rc<RefCell<Host>>, response: &Response, sent: Timestamp) {
    if let Some(date) = response.headers().get("date") {
        give(host, Input::Dated(&date, sent));
    }
}

/// A call, ready to be sent. By the Fetch standard no browser asks for credentials itself when a worker is refused, since a
/// worker has no window to ask in: so the page's own form is the only one.
struct Post {
    url: String,
    authorization: Option<Authorization>,
    body: Vec<u8>,
}

impl Post {
    async fn send(self, signal: Option<&AbortSignal>) -> Result<Response, String> {
        let headers = [("Content-Type", api::CONTENT_TYPE), ("Accept", api::CONTENT_TYPE)];
        let who = self.authorization.as_ref().map(|authorization| ("Authorization", authorization.reveal()));
        let request = headers
            .into_iter()
            .chain(who)
            .fold(Request::post(&self.url), |request, (name, value)| request.header(name, value));
        // A standby master points to the leader, where a browser may not follow; the gateway has followed already.
        let request = request.redirect(RequestRedirect::Manual);
        let body = Uint8Array::from(self.body.as_slice());
        let request = request.abort_signal(signal).body(body).map_err(|error| error.to_string())?;
        request.send().await.map_err(|error| error.to_string())
    }
}

fn words_of(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(|| "no reason given".to_owned(), |error| String::from(error.message()))
}

/// A stream that is open; dropping a future alone would not end its fetch.
pub(crate) struct Fetching(AbortController);

impl Fetching {
    fn new() -> Option<Self> {
        AbortController::new().ok().map(Self)
    }
}

impl Drop for Fetching {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    /// What is taken of a body, as far as it is wanted.
    async fn taken(body: web_sys::ReadableStream, most: usize) -> Vec<u8> {
        let mut all = Vec::new();
        let take = |bytes: &[u8]| {
            all.extend_from_slice(bytes);
            all.len() < most
        };
        chunks(body, take).await.expect("the body can be read");
        all
    }

    fn bytes() -> Vec<u8> {
        (0..3 * CHUNK + 77).map(|at| (at % 251) as u8).collect()
    }

    #[wasm_bindgen_test]
    async fn a_body_is_taken_in_parts() {
        let body = || {
            let response = web_sys::Response::new_with_opt_js_u8_array(Some(&Uint8Array::from(bytes().as_slice())));
            response.expect("bytes make an answer").body().expect("it has a body")
        };
        assert!(taken(body(), usize::MAX).await == bytes());
        let some = taken(body(), 1).await;
        assert!((1..=CHUNK).contains(&some.len()) && bytes().starts_with(&some), "{}", some.len());
    }

    #[wasm_bindgen_test]
    async fn a_browser_that_gives_what_it_likes_does_as_well() {
        let body = || {
            let pieces: Vec<_> =
                bytes().chunks(70_000).map(|piece| Ok::<_, JsValue>(Uint8Array::from(piece).into())).collect();
            ReadableStream::from_stream(futures_util::stream::iter(pieces)).into_raw()
        };
        assert!(taken(body(), usize::MAX).await == bytes());
        assert_eq!(taken(body(), 1).await.len(), 70_000);
    }
}

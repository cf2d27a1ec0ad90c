//! The network: one stream, and reads beside it. Says what came; what that means is the engine's.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::StreamExt;
use gloo_net::http::{Request, Response};
use js_sys::Uint8Array;
use mesoscope::api::{self, Target};
use mesoscope::engine::{Input, ReadId};
use mesoscope::session::Cause;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use wasm_streams::ReadableStream;
use web_sys::{AbortController, AbortSignal, MessageChannel, RequestRedirect, ResponseType};

use crate::host::{Host, give};

/// So long chunks may be folded without a look at what pages say: reads of a stream that has data ready resolve at once,
/// and starve the messages that wait.
const SLICE_MILLIS: f64 = 12.0;

/// Opens the stream; the guard's end aborts it.
pub(crate) fn open(host: &Rc<RefCell<Host>>, base: &str, body: Vec<u8>) -> Option<Fetching> {
    let fetching = Fetching::new()?;
    let (host, signal, url) = (Rc::clone(host), fetching.0.signal(), format!("{base}api/v1"));
    spawn_local(async move {
        let cause = stream(&host, &url, body, &signal).await;
        // An abort is the engine's own doing; it wants to hear nothing of it.
        if !signal.aborted() {
            give(&host, Input::Ended(cause));
        }
    });
    Some(fetching)
}

/// Asks one call.
pub(crate) fn read(host: &Rc<RefCell<Host>>, id: ReadId, base: &str, to: &Target, body: Vec<u8>) {
    let url = match to {
        Target::Master => format!("{base}api/v1"),
        Target::Agent(agent) => format!("{base}agent/{}/api/v1", js_sys::encode_uri_component(agent.as_str())),
    };
    let host = Rc::clone(host);
    spawn_local(async move {
        match answer(&url, body).await {
            Ok(bytes) => give(&host, Input::Answered(id, Ok(&bytes))),
            Err(words) => give(&host, Input::Answered(id, Err(words))),
        }
    });
}

async fn stream(host: &Rc<RefCell<Host>>, url: &str, body: Vec<u8>, signal: &AbortSignal) -> Cause {
    let response = match post(url, body, Some(signal)).await {
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
    give(host, Input::Opened);
    let Some(body) = response.body() else { return Cause::Closed };
    match chunks(host, body, signal).await {
        Ok(()) => Cause::Closed,
        Err(error) => Cause::Broken(words_of(&error)),
    }
}

async fn chunks(host: &Rc<RefCell<Host>>, body: web_sys::ReadableStream, signal: &AbortSignal) -> Result<(), JsValue> {
    let mut chunks = ReadableStream::from_raw(body).into_stream();
    let mut buffer = Vec::new();
    let mut spent = 0.0;
    while let Some(chunk) = chunks.next().await {
        let chunk: Uint8Array = chunk?.unchecked_into();
        if signal.aborted() {
            return Ok(());
        }
        let began = js_sys::Date::now();
        buffer.resize(chunk.length() as usize, 0);
        chunk.copy_to(&mut buffer);
        host.borrow_mut().chunk(&buffer);
        crate::host::pump(host);
        spent += js_sys::Date::now() - began;
        if spent > SLICE_MILLIS {
            spent = 0.0;
            turn().await;
        }
    }
    Ok(())
}

/// Lets the messages that wait come first. A timer would do, but browsers hold nested ones back for 4 ms.
async fn turn() {
    let Ok(channel) = MessageChannel::new() else { return };
    let promise = js_sys::Promise::new(&mut |resolve, _| channel.port1().set_onmessage(Some(&resolve)));
    if channel.port2().post_message(&JsValue::NULL).is_ok() {
        let _ = JsFuture::from(promise).await;
    }
    channel.port1().close();
}

async fn answer(url: &str, body: Vec<u8>) -> Result<Vec<u8>, String> {
    let response = post(url, body, None).await?;
    let bytes = response.binary().await.map_err(|error| error.to_string())?;
    match response.status() {
        _ if response.type_() == ResponseType::Opaqueredirect => Err(Cause::Standby.to_string()),
        200 => Ok(bytes),
        status => Err(api::refusal(status, &bytes).to_string()),
    }
}

async fn post(url: &str, body: Vec<u8>, signal: Option<&AbortSignal>) -> Result<Response, String> {
    let request = Request::post(url).header("Content-Type", api::CONTENT_TYPE).header("Accept", api::CONTENT_TYPE);
    // A standby master points to the leader, where a browser may not follow; the gateway has followed already.
    let request = request.redirect(RequestRedirect::Manual);
    let request =
        request.abort_signal(signal).body(Uint8Array::from(body.as_slice())).map_err(|error| error.to_string())?;
    request.send().await.map_err(|error| error.to_string())
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

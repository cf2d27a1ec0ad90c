//! Network of the worker: one stream, and reads beside it. Reports what arrived; the engine interprets it.

use futures_util::StreamExt;
use gloo_net::http::{Request, Response};
use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise, Reflect, Uint8Array};
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::checks::disconnect::DisconnectReason;
use mesoscope_core::cluster::unknown::ReadFailure;
use mesoscope_core::engine::io::{AnswerSource, FailedRead, Input};
use mesoscope_core::engine::poller::ReadId;
use mesoscope_core::mesos::calls::answer::{CallError, Expected, PageServer, ResponseHead, is_page};
use mesoscope_core::mesos::calls::scheduler::STREAM_ID_HEADER;
use mesoscope_core::mesos::calls::{self, Target};
use mesoscope_core::mesos::credentials::Authorization;
use mesoscope_core::scheduler::hosted_io::CallFailure;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use wasm_streams::ReadableStream;
use web_sys::{AbortController, AbortSignal, MessageChannel, RequestCache, RequestRedirect, ResponseType};

use crate::clock::{millis, now};

/// Milliseconds of stream work before waiting messages are handled.
const SLICE_MILLIS: f64 = 12.0;
/// A call that was not answered by then may have been taken.
const WRITE_TIMEOUT_MILLIS: u32 = 15_000;
/// Bytes per read: less than a browser buffers, so that more arrives meanwhile.
const CHUNK: usize = 512 << 10;

/// Receiver of network events.
pub(crate) trait Sink: 'static {
    fn give(&self, input: Input<'_>);

    /// Handles the next bytes of the stream.
    fn chunk(&self, bytes: &[u8]);
}

/// A call and its URL.
pub(crate) struct HttpCall {
    pub(crate) url: String,
    /// Base URL of the page.
    pub(crate) base: String,
    pub(crate) authorization: Option<Authorization>,
    /// Value of `Mesos-Stream-Id`, for calls of the scheduler API.
    pub(crate) stream_id: Option<String>,
    /// Value of `WRITE_ID_HEADER`. `None` for reads, which may be repeated.
    pub(crate) write_id: Option<String>,
    pub(crate) body: Vec<u8>,
    pub(crate) expected: Expected,
}

/// Opens the stream; dropping the guard aborts it.
pub(crate) fn open(
    sink: impl Sink,
    base: &str,
    authorization: Option<Authorization>,
    body: Vec<u8>,
    expected: Expected,
) -> Option<FetchGuard> {
    let fetching = FetchGuard::new()?;
    let signal = fetching.signal();
    let url = Target::Master.url(base);
    let call = HttpCall { url, base: base.to_owned(), authorization, stream_id: None, write_id: None, body, expected };
    begin(async move {
        let sent = now();
        let opened = |response: &Response| {
            dated(&sink, response, sent);
            typed(&sink, AnswerSource::Stream, response);
            sink.give(Input::StreamOpened);
        };
        let cause = stream(call, &signal, opened, |bytes| sink.chunk(bytes)).await;
        // The engine itself caused the abort and expects no event.
        if !signal.aborted() {
            sink.give(Input::StreamEnded(cause));
        }
    });
    Some(fetching)
}

/// Spawns a task that ends with its response or an abort.
#[expect(clippy::disallowed_methods, reason = "a worker has no components that could own it")]
pub(crate) fn begin(task: impl Future<Output = ()> + 'static) {
    spawn_local(task);
}

/// Performs a read.
pub(crate) fn read(sink: impl Sink, id: ReadId, call: HttpCall) {
    begin(async move {
        match answer(&sink, id, call).await {
            Ok(()) => sink.give(Input::ReadFinished(id, Ok(&[]))),
            Err(failure) => sink.give(Input::ReadFinished(id, Err(failure))),
        }
    });
}

/// Passes the records of a stream on until it ends.
pub(crate) async fn stream(
    call: HttpCall,
    signal: &AbortSignal,
    opened: impl FnOnce(&Response),
    mut take: impl FnMut(&[u8]),
) -> DisconnectReason {
    let (response, head) = match call.send(signal).await {
        Ok(answered) => answered,
        Err(NoConnection) => return DisconnectReason::NoConnection,
    };
    if !head.promises(&call.expected) {
        return match refused(&response, &head, &call.expected).await {
            Ok(why) => why.into(),
            Err(_) => DisconnectReason::BrokenOff,
        };
    }
    opened(&response);
    let Some(body) = response.body() else { return DisconnectReason::Closed };
    let (mut is_started, mut wrong) = (false, None);
    let chunk = |bytes: &[u8]| {
        // A web page may have any content type.
        if !std::mem::replace(&mut is_started, true) {
            wrong = head.judge(&call.expected, bytes).err();
        }
        if wrong.is_none() && !signal.aborted() {
            take(bytes);
        }
        wrong.is_none() && !signal.aborted()
    };
    let ended = chunks(body, chunk).await;
    match (wrong, ended) {
        (Some(wrong), _) => wrong.into(),
        (None, Ok(())) => DisconnectReason::Closed,
        (None, Err(_)) => DisconnectReason::BrokenOff,
    }
}

/// Identifies an unexpected response, reading no more of its body than necessary.
async fn refused(response: &Response, head: &ResponseHead, expected: &Expected) -> Result<CallError, JsValue> {
    let words = start_of(response, usize::try_from(head.longest(expected)).unwrap_or(usize::MAX)).await?;
    Ok(head
        .judge(expected, &words)
        .err()
        .unwrap_or_else(|| CallError::NotMesos { status: head.status, words: String::new() }))
}

/// The body's first bytes.
async fn start_of(response: &Response, longest: usize) -> Result<Vec<u8>, JsValue> {
    let mut words = Vec::new();
    if let Some(body) = response.body() {
        let take = |bytes: &[u8]| {
            let room = longest.saturating_sub(words.len()).min(bytes.len());
            words.extend_from_slice(bytes.get(..room).unwrap_or_default());
            words.len() < longest
        };
        chunks(body, take).await?;
    }
    Ok(words)
}

/// Passes the body on in chunks until it ends or `take` returns false.
async fn chunks(body: web_sys::ReadableStream, mut take: impl FnMut(&[u8]) -> bool) -> Result<(), JsValue> {
    let mut body = ReadableStream::from_raw(body);
    let mut pace = Yielder::default();
    let mut buffer = vec![0; CHUNK];
    // A BYOB reader takes less than all buffered data, so that reads overlap with network. Not every browser has one.
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

/// Reads a body in chunks of the browser's size.
async fn all_chunks(body: ReadableStream, mut take: impl FnMut(&[u8]) -> bool) -> Result<(), JsValue> {
    let mut chunks = body.into_stream();
    let mut pace = Yielder::default();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?.unchecked_into::<Uint8Array>().to_vec();
        if !pace.keep(|| take(&chunk)).await {
            return Ok(());
        }
    }
    Ok(())
}

/// Yields regularly: reads with buffered data resolve at once and starve waiting messages.
#[derive(Default)]
struct Yielder {
    spent: f64,
}

impl Yielder {
    /// Runs a piece of work, and yields when the slice is used up.
    async fn keep(&mut self, work: impl FnOnce() -> bool) -> bool {
        let began = millis();
        let more = work();
        self.spent += millis() - began;
        if self.spent > SLICE_MILLIS {
            self.spent = 0.0;
            turn().await;
        }
        more
    }
}

/// Yields to waiting messages through the scheduler, since browsers delay nested timers by 4 ms.
///
/// Without a scheduler, a message to itself takes about a millisecond.
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

/// Sends a call whose answer is empty.
pub(crate) async fn write(call: HttpCall) -> Result<(), CallFailure> {
    let asking = FetchGuard::new().ok_or(CallFailure::NoConnection)?;
    let signal = asking.signal();
    let _late = Timeout::new(WRITE_TIMEOUT_MILLIS, move || drop(asking));
    let (response, head) = call.send(&signal).await.map_err(|NoConnection| CallFailure::NoConnection)?;
    let longest = usize::try_from(head.longest(&call.expected)).unwrap_or(usize::MAX);
    let words = start_of(&response, longest).await.map_err(|_| CallFailure::NoConnection)?;
    head.judge(&call.expected, &words).map_err(CallFailure::Answer)
}

/// Passes a response on in chunks. Dropping the guard aborts one that is not read to its end.
async fn answer(sink: &impl Sink, id: ReadId, call: HttpCall) -> Result<(), FailedRead> {
    let asking = FetchGuard::new().ok_or(FailedRead::silent(ReadFailure::NoConnection))?;
    let sent = now();
    let (response, head) =
        call.send(&asking.signal()).await.map_err(|NoConnection| FailedRead::silent(ReadFailure::NoConnection))?;
    if !head.promises(&call.expected) {
        let refused = refused(&response, &head, &call.expected).await;
        return Err(refused.map_or_else(|_| FailedRead::silent(ReadFailure::BrokenOff), FailedRead::from));
    }
    dated(sink, &response, sent);
    typed(sink, AnswerSource::Read(id), &response);
    let Some(body) = response.body() else { return Ok(()) };
    let (mut length, mut wrong) = (0, None);
    let piece = |bytes: &[u8]| {
        if length == 0 && is_page(bytes) {
            wrong = head.judge(&call.expected, bytes).err();
        }
        length += bytes.len() as u64;
        if length > call.expected.longest {
            wrong = Some(CallError::TooLong(call.expected.call.to_owned(), call.expected.longest));
        }
        if wrong.is_none() {
            sink.give(Input::AnswerChunk(id, bytes));
        }
        wrong.is_none()
    };
    chunks(body, piece).await.map_err(|_| FailedRead::silent(ReadFailure::BrokenOff))?;
    wrong.map_or(Ok(()), |wrong| Err(wrong.into()))
}

/// Reports the response's date header.
fn dated(sink: &impl Sink, response: &Response, sent: Timestamp) {
    if let Some(date) = response.headers().get("date") {
        sink.give(Input::DateHeader(&date, sent));
    }
}

/// Reports the type of the response's content.
fn typed(sink: &impl Sink, source: AnswerSource, response: &Response) {
    if let Some(kind) = response.headers().get("content-type") {
        sink.give(Input::ContentType(source, &kind));
    }
}

impl HttpCall {
    /// Sends a call and returns the response with its head.
    ///
    /// By the Fetch standard, a rejected worker request opens no browser sign-in, since a worker has no window: the page's form is
    /// the only one.
    async fn send(&self, signal: &AbortSignal) -> Result<(Response, ResponseHead), NoConnection> {
        let headers = [("Content-Type", calls::CONTENT_TYPE), ("Accept", self.expected.accept.content_type())];
        let who = self.authorization.as_ref().map(|authorization| ("Authorization", authorization.reveal()));
        let stream = self.stream_id.as_deref().map(|id| (STREAM_ID_HEADER, id));
        let write = self.write_id.as_deref().map(|id| (calls::WRITE_ID_HEADER, id));
        let request = headers
            .into_iter()
            .chain(who)
            .chain(stream)
            .chain(write)
            .fold(Request::post(&self.url), |request, (name, value)| request.header(name, value));
        // A redirected POST loses its body or takes effect elsewhere; the gateway has already followed the leader.
        let request = request.redirect(RequestRedirect::Manual);
        let body = Uint8Array::from(self.body.as_slice());
        let request = request.abort_signal(Some(signal)).body(body).map_err(|_| NoConnection)?;
        let response = request.send().await.map_err(|_| NoConnection)?;
        let mut head = head(&response);
        if head.needs_front(&self.expected) {
            head.front = front(&self.base).await;
        }
        Ok((response, head))
    }
}

fn head(response: &Response) -> ResponseHead {
    let is_redirect = response.type_() == ResponseType::Opaqueredirect;
    ResponseHead::read(response.status(), is_redirect, |name| response.headers().get(name))
}

/// Identifies the server of the page by a request for it.
async fn front(base: &str) -> PageServer {
    let request = Request::get(base).redirect(RequestRedirect::Manual).cache(RequestCache::NoStore);
    request.send().await.map_or(PageServer::Unknown, |page| PageServer::of(&head(&page)))
}

/// The browser reached no server. Its own message differs by browser and adds nothing.
struct NoConnection;

/// An open request; dropping a future alone would not abort its fetch.
pub(crate) struct FetchGuard(AbortController);

impl FetchGuard {
    pub(crate) fn new() -> Option<Self> {
        AbortController::new().ok().map(Self)
    }

    /// Aborted when the guard is dropped.
    pub(crate) fn signal(&self) -> AbortSignal {
        self.0.signal()
    }
}

impl Drop for FetchGuard {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    /// Reads a body up to a limit.
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

//! API client of the page: one call to an agent or the master, one response. Uses the worker only for the credentials.
//!
//! Does not interpret responses.

use std::time::Duration;

use futures_util::future::join;
use gloo_net::http::{Request, Response};
use js_sys::{Promise, Reflect, Uint8Array};
use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::execution::SendFailure;
use mesoscope_core::actions::quota_removal::QuotaRemoval;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::mesos::calls::agent::{GetAgent, WrongAgent, wrong_agent};
use mesoscope_core::mesos::calls::answer::{self, CallError, Content, Expected, Intercepted, PageServer, ResponseHead};
use mesoscope_core::mesos::calls::files::FileKind;
use mesoscope_core::mesos::calls::masters::{self, MASTERS_PATH, MasterReport};
use mesoscope_core::mesos::calls::{self, Call, Refusal, Target};
use mesoscope_core::mesos::wire;
use mesoscope_core::text::api_errors;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, ReadableStreamDefaultReader, RequestCache, RequestRedirect, ResponseType};

use super::worker_link::{WorkerLink, base_url};
use crate::hooks;

/// Timeout of a read; a healthy agent answers sooner, and the next poll comes two seconds later.
const READ_TIMEOUT: Duration = Duration::from_secs(8);
/// Timeout of a write; longer, since afterwards its outcome is unknown.
const WRITE_TIMEOUT: Duration = Duration::from_secs(15);
/// Timeout of a read that is slow by nature.
const SLOW_READ_TIMEOUT: Duration = Duration::from_secs(60);

/// Timeout of a read that is answered once something has happened.
const LONG_POLL_TIMEOUT: Duration = Duration::from_secs(600);
/// Timeout of a read that is answered as long as the connection lasts; browsers keep no longer times.
const ENDLESS: Duration = Duration::from_secs(20 * 86_400);

/// Maximum bytes of the gateway's list of masters.
const LONGEST_LIST: u64 = 64 * 1024;

/// A call and its target.
#[derive(Clone)]
pub(crate) struct ApiRequest {
    to: Target,
    body: Vec<u8>,
    expected: Expected,
    limit: Duration,
}

/// Why a call has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApiError {
    /// The server of the page forwards no calls to agents.
    #[error("{}", api_errors::NOT_FORWARDED)]
    NotForwarded,
    #[error("{}", api_errors::timeout(.0.as_secs()))]
    Timeout(Duration),
    #[error("{}", api_errors::NO_CONNECTION)]
    NoConnection,
    #[error("{}", api_errors::BROKEN_OFF)]
    BrokenOff,
    /// What is wrong with the response.
    #[error("{0}")]
    BadAnswer(String),
    /// No response from Mesos arrived, but the call may have been executed.
    #[error("{0}")]
    OutcomeUnknown(String),
    /// The path is not a regular file and was not opened.
    #[error("{}", api_errors::not_regular(*.0))]
    NotRegularFile(FileKind),
    /// Refused by the target or by a proxy.
    #[error("{0}")]
    Refused(Refusal),
    /// A proxy answered instead and forwarded nothing.
    #[error("{0}")]
    Intercepted(Intercepted),
    /// The response exceeds the limit for its kind.
    #[error("{0}")]
    TooLong(String),
    /// Another agent answers at this address: its data is not shown, and nothing is sent to it.
    #[error("{0}")]
    WrongAgent(WrongAgent),
}

impl ApiError {
    /// Short description for an agent.
    pub(crate) fn headline(&self) -> &'static str {
        self.of(&Target::Agent(AgentId::default()))
    }

    /// Short description for a target.
    pub(crate) fn of(&self, asked: &Target) -> &'static str {
        let either = |agent: &'static str, master: &'static str| match asked {
            Target::Agent(_) => agent,
            Target::Master => master,
        };
        match self {
            Self::NotForwarded => either("This page cannot call agents", "This page cannot call the master"),
            Self::NotRegularFile(_) => "Not a regular file",
            Self::Timeout(_) | Self::NoConnection | Self::BrokenOff => {
                either("The agent does not answer", "The master does not answer")
            }
            Self::BadAnswer(_) => "The answer cannot be read",
            Self::OutcomeUnknown(_) => either("The agent cannot be reached", "The master cannot be reached"),
            Self::Intercepted(Intercepted { signs_in: true, .. }) => "Your session has expired",
            Self::Intercepted(_) => "A proxy refused the call",
            Self::TooLong(_) => "The answer is too long",
            Self::WrongAgent(_) => "Another agent answers",
            // LIST_FILES and READ_FILE send a 404 without a body.
            Self::Refused(Refusal { status: 404, words }) if words.is_empty() => "Not found",
            Self::Refused(Refusal { status: 403, .. }) => "Not allowed",
            // The gateway knows the target and did not reach it.
            Self::Refused(Refusal { status: 404 | 502 | 503 | 504, .. }) => {
                either("The agent cannot be reached", "The master cannot be reached")
            }
            Self::Refused(_) => either("The agent refused the call", "The master refused the call"),
        }
    }

    fn new(to: &Target, head: &ResponseHead, why: CallError) -> Self {
        match why {
            CallError::Intercepted(Intercepted { status: 404 | 405, .. }) if *to != Target::Master => {
                Self::NotForwarded
            }
            // Without a gateway, such a status means an unknown address. An agent's own 404 has no body.
            // The gateway passes on an agent's own words, as of a container that it does not know.
            CallError::Refused(Refusal { status: 404 | 405, words })
                if *to != Target::Master && !words.is_empty() && !head.by_gateway =>
            {
                Self::NotForwarded
            }
            CallError::Refused(refusal) | CallError::NotSent(refusal) => Self::Refused(refusal),
            CallError::Intercepted(by) => Self::Intercepted(by),
            CallError::Standby => Self::Refused(Refusal { status: 307, words: why.to_string() }),
            CallError::Unclear(_) | CallError::NotMesos { .. } => Self::OutcomeUnknown(why.to_string()),
            CallError::TooLong(..) => Self::TooLong(why.to_string()),
        }
    }
}

impl From<ApiError> for SendFailure {
    fn from(why: ApiError) -> Self {
        match why {
            ApiError::Refused(refusal) => Self::Refused(refusal),
            ApiError::Intercepted(by) => Self::Intercepted(by),
            ApiError::NotForwarded | ApiError::Timeout(_) | ApiError::NoConnection | ApiError::BrokenOff => {
                Self::Lost(why.to_string())
            }
            ApiError::BadAnswer(_)
            | ApiError::OutcomeUnknown(_)
            | ApiError::TooLong(_)
            | ApiError::WrongAgent(_)
            | ApiError::NotRegularFile(_) => Self::Lost(why.to_string()),
        }
    }
}

impl ApiRequest {
    pub(crate) fn new<C: Call>(call: &C, to: C::To) -> Self {
        Self { to: to.into(), body: calls::request(call), expected: answer::expected(call), limit: READ_TIMEOUT }
    }

    /// Extends the timeout for a long response, such as a folder with a hundred thousand files.
    pub(crate) fn patient(self) -> Self {
        Self { limit: SLOW_READ_TIMEOUT, ..self }
    }

    /// Extends the timeout for a response that comes once something has happened, such as the end of a container.
    pub(crate) fn long_poll(self) -> Self {
        Self { limit: LONG_POLL_TIMEOUT, ..self }
    }

    /// Request of an action; `None` for the removal of a quota without a preview.
    pub(crate) fn of(action: &Action, removal: Option<&QuotaRemoval>) -> Option<Self> {
        let body = action.request(removal)?;
        Some(Self { to: action.target(), body, expected: action.expected(), limit: WRITE_TIMEOUT })
    }

    /// Sends a change and returns the HTTP status. Dropping the future stops waiting; the change may be executed anyway.
    pub(crate) async fn send(self, link: WorkerLink) -> Result<u16, ApiError> {
        self.exchange(link).await.map(|(status, _)| status)
    }

    /// Sends a read and returns the raw body, for long responses that are parsed in parts.
    pub(crate) async fn ask_bytes(self, link: WorkerLink) -> Result<Vec<u8>, ApiError> {
        self.exchange(link).await.map(|(_, bytes)| bytes)
    }

    /// Sends a read and returns the body. Dropping the future cancels the request.
    pub(crate) async fn ask(self, link: WorkerLink) -> Result<String, ApiError> {
        let expected = self.expected;
        let (_, bytes) = self.exchange(link).await?;
        let body = wire::decode_lossy::decode_lossy(&bytes).into_owned();
        expected.check_content(&body).map_err(|fault| ApiError::BadAnswer(fault.to_string()))?;
        Ok(body)
    }

    async fn exchange(self, link: WorkerLink) -> Result<(u16, Vec<u8>), ApiError> {
        let answer = match &self.to {
            Target::Agent(agent) => self.from(agent, link).await,
            Target::Master => self.answer(link).await,
        };
        match &answer {
            Ok(_) => link.expire(false),
            Err(ApiError::Intercepted(Intercepted { signs_in: true, .. })) => link.expire(true),
            Err(_) => {}
        }
        answer
    }

    /// Sends a call to an agent and rejects the response of any other at its address. A change is only sent to the right agent.
    async fn from(&self, agent: &AgentId, link: WorkerLink) -> Result<(u16, Vec<u8>), ApiError> {
        let stranger = link.stranger(agent, || who_answers(agent.clone(), link));
        if self.expected.content == Content::Nothing {
            return match stranger.await {
                Some(other) => Err(ApiError::WrongAgent(other)),
                None => self.answer(link).await,
            };
        }
        let (answer, stranger) = join(self.answer(link), stranger).await;
        stranger.map_or(answer, |other| Err(ApiError::WrongAgent(other)))
    }

    /// Sends a read whose answer lasts as long as the connection. Dropping the answer ends it.
    pub(crate) async fn follow(self, link: WorkerLink) -> Result<StreamedAnswer, ApiError> {
        if let Target::Agent(agent) = &self.to
            && let Some(other) = link.stranger(agent, || who_answers(agent.clone(), link)).await
        {
            return Err(ApiError::WrongAgent(other));
        }
        let asking = RequestTimer::new(ENDLESS).ok_or(ApiError::NoConnection)?;
        let response = self.sent(link, &asking).await?;
        let head = head(&response);
        if !head.promises(&self.expected) {
            let bytes = body_of(&response, head.longest(&self.expected)).await.map_err(|_| ApiError::BrokenOff)?;
            let refused = head.judge(&self.expected, &bytes).err();
            return Err(refused.map_or(ApiError::BrokenOff, |why| ApiError::new(&self.to, &head, why)));
        }
        let reader = response.body().ok_or(ApiError::BrokenOff)?.get_reader().unchecked_into();
        Ok(StreamedAnswer { reader, _asking: asking })
    }

    async fn answer(&self, link: WorkerLink) -> Result<(u16, Vec<u8>), ApiError> {
        let asking = RequestTimer::new(self.limit).ok_or(ApiError::Timeout(self.limit))?;
        let unless_late = |why: ApiError| if asking.is_over() { ApiError::Timeout(self.limit) } else { why };
        let sent = hooks::now();
        let response = self.sent(link, &asking).await.map_err(unless_late)?;
        let mut head = head(&response);
        if head.needs_front(&self.expected) {
            head.front = front().await;
        }
        let bytes = body_of(&response, head.longest(&self.expected)).await;
        let bytes = bytes.map_err(|_| unless_late(ApiError::BrokenOff))?;
        match head.judge(&self.expected, &bytes) {
            Ok(()) => {
                if let (Target::Agent(agent), Some(date)) = (&self.to, response.headers().get("date")) {
                    link.dated(agent, &date, sent);
                }
                Ok((head.status, bytes))
            }
            Err(why) => Err(ApiError::new(&self.to, &head, why)),
        }
    }

    /// Sends the request, and returns the response once its head has come.
    async fn sent(&self, link: WorkerLink, asking: &RequestTimer) -> Result<Response, ApiError> {
        let request = Request::post(&url(&self.to))
            .header("Content-Type", calls::CONTENT_TYPE)
            .header("Accept", calls::CONTENT_TYPE);
        // The gateway strips challenges, so that the browser opens no sign-in popup.
        let request = match link.identity.get_untracked() {
            Some(who) => request.header("Authorization", who.authorization.reveal()),
            None => request,
        };
        let request = match self.expected.content {
            Content::Nothing | Content::Accepted => {
                request.header(calls::WRITE_ID_HEADER, &calls::write_id(hooks::now(), random()))
            }
            Content::Object | Content::Records => request,
        };
        // A redirected POST loses its body, and the redirect's target would seem to answer it.
        let request = request.redirect(RequestRedirect::Manual).abort_signal(Some(&asking.controller.signal()));
        let body = Uint8Array::from(self.body.as_slice());
        let request = request.body(body).map_err(|_| ApiError::NoConnection)?;
        request.send().await.map_err(|_| ApiError::NoConnection)
    }
}

fn random() -> u64 {
    (js_sys::Math::random() * 9e15) as u64
}

/// An answer that is read as it comes.
pub(crate) struct StreamedAnswer {
    reader: ReadableStreamDefaultReader,
    /// Ends the request when dropped.
    _asking: RequestTimer,
}

impl StreamedAnswer {
    /// The next bytes; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, ApiError> {
        let part = JsFuture::from(self.reader.read()).await.map_err(|_| ApiError::BrokenOff)?;
        let part = Reflect::get(&part, &"value".into()).map_err(|_| ApiError::BrokenOff)?;
        Ok(part.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec))
    }
}

/// Identifies another agent that answers at this agent's address. Agents before Mesos 1.4 do not report their id.
async fn who_answers(agent: AgentId, link: WorkerLink) -> Option<WrongAgent> {
    let (_, body) = ApiRequest::new(&GetAgent, agent.clone()).answer(link).await.ok()?;
    wrong_agent(&agent, &wire::decode_lossy::decode_lossy(&body))
}

fn head(response: &Response) -> ResponseHead {
    let is_redirect = response.type_() == ResponseType::Opaqueredirect;
    ResponseHead::read(response.status(), is_redirect, |name| response.headers().get(name))
}

/// Identifies the server of the page by a request for it.
async fn front() -> PageServer {
    let request = Request::get(&base_url()).redirect(RequestRedirect::Manual).cache(RequestCache::NoStore);
    request.send().await.map_or(PageServer::Unknown, |page| PageServer::of(&head(&page)))
}

/// Why the gateway's list of masters is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoMasters {
    /// The server of the page is no gateway.
    NoGateway,
    /// The gateway has no such list.
    OldGateway,
    /// No list came, or none that can be read.
    Unreadable,
}

/// Reads the gateway's list of masters. It makes no call to a master.
pub(crate) async fn masters() -> Result<Vec<MasterReport>, NoMasters> {
    let asking = RequestTimer::new(READ_TIMEOUT).ok_or(NoMasters::Unreadable)?;
    let request = Request::get(&format!("{}{MASTERS_PATH}", base_url()));
    let request = request.redirect(RequestRedirect::Manual).cache(RequestCache::NoStore);
    let request = request.abort_signal(Some(&asking.controller.signal()));
    let response = request.send().await.map_err(|_| NoMasters::Unreadable)?;
    let is_ours = response.headers().has(calls::GATEWAY_HEADER);
    match response.status() {
        404 | 405 if is_ours => return Err(NoMasters::OldGateway),
        404 | 405 => return Err(NoMasters::NoGateway),
        200 if is_ours => {}
        _ => return Err(NoMasters::Unreadable),
    }
    let body = body_of(&response, LONGEST_LIST).await.map_err(|_| NoMasters::Unreadable)?;
    masters::parse(&body).ok_or(NoMasters::Unreadable)
}

/// Reads the body, up to just over `longest` bytes: the caller then cancels the request.
async fn body_of(response: &Response, longest: u64) -> Result<Vec<u8>, JsValue> {
    let Some(body) = response.body() else { return Ok(Vec::new()) };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    while bytes.len() as u64 <= longest {
        let part = JsFuture::from(reader.read()).await?;
        let part = Reflect::get(&part, &"value".into())?;
        // The last read has no value.
        let Some(part) = part.dyn_ref::<Uint8Array>() else { break };
        let at = bytes.len();
        bytes.resize(at + part.length() as usize, 0);
        bytes.get_mut(at..).into_iter().for_each(|room| part.copy_to(room));
    }
    Ok(bytes)
}

/// Yields the page's thread to other tasks.
pub(crate) async fn yield_to_browser() {
    let mut comes = false;
    let promise = Promise::new(&mut |resolve, _| comes = window().set_timeout_with_callback(&resolve).is_ok());
    if comes {
        let _ = JsFuture::from(promise).await;
    }
}

/// URL of calls to a target.
pub(crate) fn url(to: &Target) -> String {
    to.url(&base_url())
}

/// A request in flight with its timeout.
struct RequestTimer {
    controller: AbortController,
    limit: Option<TimeoutHandle>,
}

impl RequestTimer {
    fn new(limit: Duration) -> Option<Self> {
        let controller = AbortController::new().ok()?;
        let late = controller.clone();
        let limit = set_timeout_with_handle(move || late.abort(), limit).ok();
        Some(Self { controller, limit })
    }

    fn is_over(&self) -> bool {
        self.controller.signal().aborted()
    }
}

impl Drop for RequestTimer {
    fn drop(&mut self) {
        self.limit.iter().for_each(TimeoutHandle::clear);
        self.controller.abort();
    }
}

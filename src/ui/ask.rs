//! A question of the page's own to an agent, or to the master: one call, one answer. The worker has no part in it but to say who is signed in.
//! Understands no answer.

use std::time::Duration;

use gloo_net::http::Request;
use js_sys::{Promise, Uint8Array};
use leptos::prelude::*;
use mesoscope::act::Act;
use mesoscope::api::{self, Call, Refusal, Target};
use mesoscope::ids::AgentId;
use mesoscope::wire;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

use super::link::{Link, base};

/// After so long an agent that is well has answered; the next question comes two seconds later.
const LIMIT: Duration = Duration::from_secs(8);
/// A change is waited for longer: after that nobody knows what became of it.
const WRITING: Duration = Duration::from_secs(15);
/// And to what takes long by itself.
const PATIENCE: Duration = Duration::from_secs(60);

/// A call and whom it is for.
#[derive(Clone)]
pub(crate) struct Question {
    to: Target,
    body: Vec<u8>,
    limit: Duration,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoAnswer {
    /// What serves the page passes nothing on to agents.
    #[error(
        "Agents answer to no page of another origin, and what serves this one passes no calls on to them: a master does not. Served by the mesoscope executable, this page reaches every agent that the master knows."
    )]
    NoWay,
    #[error("It did not answer within {} seconds.", .0.as_secs())]
    Late(Duration),
    /// The network's own words.
    #[error("The question did not get through: {0}.")]
    Broken(String),
    /// The connection behind what serves the page broke: whether the call was heard, nobody knows.
    #[error("{0}")]
    Unheard(String),
    /// A no, by the agent or on the way to it.
    #[error("{0}")]
    Refused(Refusal),
}

impl NoAnswer {
    /// In a few words, of an agent that was asked.
    pub(crate) fn headline(&self) -> &'static str {
        self.of(&Target::Agent(AgentId::default()))
    }

    /// In a few words, of whom was asked.
    pub(crate) fn of(&self, asked: &Target) -> &'static str {
        let either = |agent: &'static str, master: &'static str| match asked {
            Target::Agent(_) => agent,
            Target::Master => master,
        };
        match self {
            Self::NoWay => either("This page has no way to the agent", "This page has no way to the master"),
            Self::Late(_) | Self::Broken(_) => either("The agent does not answer", "The master does not answer"),
            Self::Unheard(_) => either("The agent cannot be reached", "The master cannot be reached"),
            // LIST_FILES and READ_FILE say no without a word.
            Self::Refused(Refusal { status: 404, words }) if words.is_empty() => "Nothing is there",
            Self::Refused(Refusal { status: 403, .. }) => "Not allowed",
            // The gateway knows whom it asks, and did not find it there.
            Self::Refused(Refusal { status: 404 | 502 | 503 | 504, .. }) => {
                either("The agent cannot be reached", "The master cannot be reached")
            }
            Self::Refused(_) => either("The agent refuses to tell", "The master refuses to tell"),
        }
    }
}

impl Question {
    pub(crate) fn new<C: Call>(call: &C, to: C::To) -> Self {
        Self { to: to.into(), body: api::request(call), limit: LIMIT }
    }

    /// The same, of which even a busy agent may make a long answer, such as a folder of a hundred thousand files.
    pub(crate) fn patient(self) -> Self {
        Self { limit: PATIENCE, ..self }
    }

    /// A change.
    pub(crate) fn of(act: &Act) -> Self {
        Self { to: act.target(), body: act.request(), limit: WRITING }
    }

    /// Sends a change, and gives the status with which it was taken. Whoever drops the future gives up waiting, and may find that it
    /// was done all the same.
    pub(crate) async fn send(self, link: Link) -> Result<u16, NoAnswer> {
        self.exchange(link).await.map(|(status, _)| status)
    }

    /// A long answer's bytes, which are better read in parts.
    pub(crate) async fn ask_bytes(self, link: Link) -> Result<Vec<u8>, NoAnswer> {
        self.exchange(link).await.map(|(_, bytes)| bytes)
    }

    /// The answer's body. Whoever drops the future ends the question, too.
    pub(crate) async fn ask(self, link: Link) -> Result<String, NoAnswer> {
        self.exchange(link).await.map(|(_, bytes)| wire::mend(&bytes).into_owned())
    }

    async fn exchange(self, link: Link) -> Result<(u16, Vec<u8>), NoAnswer> {
        let asking = Asking::new(self.limit).ok_or(NoAnswer::Late(self.limit))?;
        let broken = |error: gloo_net::Error| {
            if asking.is_over() { NoAnswer::Late(self.limit) } else { NoAnswer::Broken(error.to_string()) }
        };
        let request =
            Request::post(&url(&self.to)).header("Content-Type", api::CONTENT_TYPE).header("Accept", api::CONTENT_TYPE);
        // The gateway has seen to it that a challenge opens no pop-up of the browser's.
        let request = match link.identity.get_untracked() {
            Some(who) => request.header("Authorization", who.authorization.reveal()),
            None => request,
        };
        let body = Uint8Array::from(self.body.as_slice());
        let request = request.abort_signal(Some(&asking.controller.signal())).body(body).map_err(broken)?;
        let response = request.send().await.map_err(broken)?;
        let bytes = response.binary().await.map_err(broken)?;
        match response.status() {
            // 202: it was taken, and is yet to be done.
            status @ (200 | 202) => Ok((status, bytes)),
            status => {
                let refusal = api::refusal(status, &bytes);
                let is_unknown = response.headers().get(api::OUTCOME).as_deref() == Some(api::OUTCOME_UNKNOWN);
                Err(if is_unknown { NoAnswer::Unheard(refusal.words) } else { no(&self.to, refusal) })
            }
        }
    }
}

/// Lets everything else come first that waits for the page's thread.
pub(crate) async fn breathe() {
    let mut comes = false;
    let promise = Promise::new(&mut |resolve, _| comes = window().set_timeout_with_callback(&resolve).is_ok());
    if comes {
        let _ = JsFuture::from(promise).await;
    }
}

/// The gateway's 404 names the agent; that of anything else means that it knows no such address.
fn no(to: &Target, refusal: Refusal) -> NoAnswer {
    match refusal.status {
        404 | 405
            if *to != Target::Master && !refusal.words.is_empty() && !refusal.words.contains("knows no agent") =>
        {
            NoAnswer::NoWay
        }
        _ => NoAnswer::Refused(refusal),
    }
}

/// Where calls to it go.
pub(crate) fn url(to: &Target) -> String {
    match to {
        Target::Master => format!("{}api/v1", base()),
        Target::Agent(agent) => format!("{}agent/{}/api/v1", base(), js_sys::encode_uri_component(agent.as_str())),
    }
}

/// A question that is out, and ends with this at the latest.
struct Asking {
    controller: AbortController,
    limit: Option<TimeoutHandle>,
}

impl Asking {
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

impl Drop for Asking {
    fn drop(&mut self) {
        self.limit.iter().for_each(TimeoutHandle::clear);
        self.controller.abort();
    }
}

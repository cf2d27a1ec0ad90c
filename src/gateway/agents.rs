//! Looks up agents' addresses, as the master reports them. Caches ids and addresses, never a caller's credentials.
//!
//! At XL size, one GET_AGENTS is tens of MB and blocks the master while it is produced. So only one runs at a time, and a cooldown
//! that grows with its duration follows, whatever ids are requested.

use std::hash::{BuildHasher, RandomState};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue,
};
use axum::http::{Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use mesoscope_core::mesos::calls::cluster::GetAgents;
use tokio::sync::{Mutex as Turn, MutexGuard as TurnGuard, Notify};
use tokio::time::{Instant, sleep_until, timeout};

use crate::access::PermittedCall;
use crate::agent_cache::{AgentAddress, AgentCache, AgentsRead, Caller, MAX_AGE};
use crate::agents_reader::{AgentAddresses, AgentsReader};
use crate::leader::{Masters, NoLeader};
use crate::network::NetworkScope;
use crate::upstream::{self, UpstreamCall};
use crate::{loop_detection, text_responses};

/// Timeout for reading the body of an answer.
const BODY_WAIT: Duration = Duration::from_secs(60);
/// Minimum delay between two GET_AGENTS calls.
const COOLDOWN: Duration = Duration::from_secs(3);
/// Cooldown as a multiple of the last call's duration.
const COOLDOWN_FACTOR: u32 = 10;
/// Maximum delay between two GET_AGENTS calls.
const MAX_COOLDOWN: Duration = Duration::from_secs(30);
/// Minimum TTL of a cached address, since an address may pass to another agent.
const TTL: Duration = Duration::from_secs(60);
/// TTL as a multiple of the last call's duration, at most `MAX_AGE`.
const TTL_FACTOR: u32 = 200;
/// Timeout for waiting behind other GET_AGENTS calls.
const TURN_WAIT: Duration = Duration::from_secs(120);

#[derive(Debug)]
pub struct Agents {
    masters: Arc<Masters>,
    known: Mutex<AgentCache>,
    turn: Turn<()>,
    /// Notifies after each update of the cache.
    news: Notify,
    /// Start time and error of the last failed search for a master.
    failed: Mutex<Option<(Instant, Arc<NoLeader>)>>,
    callers: RandomState,
}

#[derive(Debug, thiserror::Error)]
pub enum NoAgent {
    #[error("The master knows no agent '{0}'.")]
    Unknown(String),
    #[error("{0}")]
    NoLeader(Arc<NoLeader>),
    /// The master refused, for example because the caller may not view agents. Its own answer is forwarded.
    #[error("the master refused to name its agents: {}", .0.status())]
    Refused(Box<Response<Incoming>>),
    #[error("What the master said of its agents could not be read: {0}.")]
    Unreadable(String),
    #[error("Too many others ask the master for its agents. Please try again.")]
    Busy,
}

/// A lookup: the agent's id, the caller and the arrival time.
#[derive(Clone, Copy)]
struct AgentLookup<'a> {
    id: &'a str,
    headers: &'a HeaderMap,
    caller: Caller,
    come: Instant,
}

impl Agents {
    pub fn new(masters: Arc<Masters>) -> Agents {
        Agents {
            masters,
            known: Mutex::default(),
            turn: Turn::default(),
            news: Notify::new(),
            failed: Mutex::default(),
            callers: RandomState::new(),
        }
    }

    /// Returns the agent's address, from the cache or else from the master with the caller's own credentials.
    pub async fn find(&self, id: &str, caller: &HeaderMap, come: Instant) -> Result<AgentAddress, NoAgent> {
        let since = come.checked_sub(self.fresh_for()).unwrap_or(come);
        self.find_since(since, self.question(id, caller, come)).await
    }

    /// Returns the agent's current address after the cached one failed. Ignores everything that was read before `come`.
    pub async fn find_replaced(&self, id: &str, caller: &HeaderMap, come: Instant) -> Result<AgentAddress, NoAgent> {
        self.find_since(come, self.question(id, caller, come)).await
    }

    /// Records the address at which an agent answered.
    pub fn worked(&self, id: &str, home: &AgentAddress, at: &str) {
        if home.worked.as_deref() != Some(at) {
            self.known().worked(id, &home.address, at);
        }
    }

    fn question<'a>(&self, id: &'a str, headers: &'a HeaderMap, come: Instant) -> AgentLookup<'a> {
        let caller = Caller(self.callers.hash_one(headers.get(AUTHORIZATION).map(HeaderValue::as_bytes)));
        AgentLookup { id, headers, caller, come }
    }

    /// Returns an address that was read at `since` or later. An agent is unknown only if the caller's own GET_AGENTS, started after
    /// the request arrived, does not list it.
    async fn find_since(&self, since: Instant, question: AgentLookup<'_>) -> Result<AgentAddress, NoAgent> {
        let unknown = || NoAgent::Unknown(text_responses::visible(question.id));
        if question.id.is_empty() {
            return Err(unknown());
        }
        let turn = match timeout(TURN_WAIT, self.known_or_turn(since, question.id)).await {
            Ok(Ok(home)) => return Ok(home),
            Ok(Err(turn)) => turn,
            Err(_) => return Err(NoAgent::Busy),
        };
        if !self.known().has_read(question.caller, question.come) {
            self.rest().await;
            self.read(question).await?;
        }
        drop(turn);
        self.known().look_up(question.id, question.come).ok_or_else(unknown)
    }

    /// Returns the agent's address as soon as any read reports it, or else the lock that permits a read.
    async fn known_or_turn(&self, since: Instant, id: &str) -> Result<AgentAddress, TurnGuard<'_, ()>> {
        let mut turn = pin!(self.turn.lock());
        loop {
            let news = self.news.notified();
            if let Some(home) = self.known().look_up(id, since) {
                return Ok(home);
            }
            tokio::select! {
                turn = &mut turn => return self.known().look_up(id, since).ok_or(turn),
                () = news => {}
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, AgentCache> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self) -> MutexGuard<'_, Option<(Instant, Arc<NoLeader>)>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fresh_for(&self) -> Duration {
        self.known().last().map_or(TTL, |reading| reading.times(TTL_FACTOR).clamp(TTL, MAX_AGE))
    }

    /// Waits for the cooldown. A lookup of an agent that has just joined is delayed rather than answered wrongly.
    async fn rest(&self) {
        let last = self.known().last();
        if let Some(reading) = last {
            sleep_until(reading.ended + reading.times(COOLDOWN_FACTOR).clamp(COOLDOWN, MAX_COOLDOWN)).await;
        }
    }

    /// Reads GET_AGENTS into the cache. Waiting lookups share the error if no master answers; a refusal applies only to its caller.
    async fn read(&self, question: AgentLookup<'_>) -> Result<(), NoAgent> {
        let failed = self.failed().clone();
        if let Some((_, why)) = failed.filter(|(started, _)| *started >= question.come) {
            return Err(NoAgent::NoLeader(why));
        }
        let started = Instant::now();
        let found = match self.masters.call(&call_of(question.headers)).await {
            Ok(found) => found,
            Err(why) => {
                let why = Arc::new(why);
                *self.failed() = Some((started, why.clone()));
                return Err(NoAgent::NoLeader(why));
            }
        };
        if found.answer.status() != StatusCode::OK {
            return Err(NoAgent::Refused(Box::new(found.answer)));
        }
        let scheme = found.master.scheme().to_owned();
        let is_near = upstream::answer_scope(&found.answer) == NetworkScope::Machine || self.masters.any_is_near();
        let roster = read_in_time(found.answer).await.map_err(NoAgent::Unreadable)?;
        tracing::debug!(agents = roster.len(), took = ?started.elapsed(), "read the agents' addresses");
        let reading = AgentsRead { caller: question.caller, started, ended: Instant::now(), scheme, is_near };
        self.known().take(reading, roster);
        self.news.notify_waiters();
        Ok(())
    }
}

fn call_of(caller: &HeaderMap) -> UpstreamCall {
    let json = HeaderValue::from_static("application/json");
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, json.clone());
    headers.insert(ACCEPT, json);
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    if let Some(credentials) = caller.get(AUTHORIZATION) {
        headers.insert(AUTHORIZATION, credentials.clone());
    }
    loop_detection::copy_marks(caller, &mut headers);
    UpstreamCall { headers, call: PermittedCall::read(&GetAgents) }
}

async fn read_in_time(answer: Response<Incoming>) -> Result<AgentAddresses, String> {
    let read = timeout(BODY_WAIT, read(answer)).await;
    read.unwrap_or_else(|_| Err(format!("it took more than {} s", BODY_WAIT.as_secs())))
}

async fn read(answer: Response<Incoming>) -> Result<AgentAddresses, String> {
    let is_gzipped = answer.headers().get(CONTENT_ENCODING).is_some_and(|coding| coding == "gzip");
    let (mut reader, mut body) = (AgentsReader::new(is_gzipped), answer.into_body());
    while let Some(frame) = body.frame().await {
        let data = frame.map_err(|error| text_responses::root_cause(&error))?.into_data().unwrap_or_default();
        // An answer may have 100 MB, and a compression bomb as much in one chunk. `block_in_place` keeps browser streams running.
        tokio::task::block_in_place(|| reader.feed(&data)).map_err(|error| error.to_string())?;
    }
    reader.finish().map_err(|error| error.to_string())
}

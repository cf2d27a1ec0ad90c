//! Which agent lives where, as the master says. Remembers ids and addresses, never a caller's credentials.
//!
//! One GET_AGENTS at XL is tens of MB and stops the master while it is made, so: one at a time, for all who wait; not
//! again for some time, whatever ids are asked for; and the longer one took, the more seldom.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue,
};
use axum::http::{Response, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use tokio::sync::Mutex as Turn;
use tokio::time::{Instant, sleep_until, timeout};

use crate::leader::{Masters, NoLeader};
use crate::roster::{self, Address, Roster};
use crate::upstream::Ask;

const BODY: usize = 512 << 20;
const BODY_WAIT: Duration = Duration::from_secs(60);
/// Between two readings, and how many times longer than a reading took.
const REST: Duration = Duration::from_secs(3);
const REST_FACTOR: u32 = 10;
const REST_MOST: Duration = Duration::from_secs(30);
/// An address may pass to another agent. So a known one is good for this long, or so many times what a reading took.
const FRESH: Duration = Duration::from_secs(60);
const FRESH_FACTOR: u32 = 200;
const FRESH_MOST: Duration = Duration::from_secs(600);

#[derive(Debug)]
pub struct Agents {
    masters: Arc<Masters>,
    known: Mutex<Known>,
    turn: Turn<()>,
}

#[derive(Debug, Default)]
struct Known {
    roster: Roster,
    scheme: String,
    read: Option<Reading>,
    /// When a search for a master began that ended in vain, and why.
    failed: Option<(Instant, Arc<NoLeader>)>,
}

#[derive(Clone, Copy, Debug)]
struct Reading {
    begun: Instant,
    ended: Instant,
}

/// An agent's address, and how its master is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    pub address: Address,
    pub scheme: String,
    /// When the reading began that says so.
    pub read: Instant,
}

#[derive(Debug, thiserror::Error)]
pub enum NoAgent {
    #[error("The master knows no agent '{0}'.")]
    Unknown(String),
    #[error("{0}")]
    NoLeader(Arc<NoLeader>),
    /// The caller may not see agents, say; the master's own answer says it best.
    #[error("the master refused to name its agents: {}", .0.status())]
    Refused(Box<Response<Incoming>>),
    #[error("What the master said of its agents could not be read: {0}.")]
    Unreadable(String),
}

impl Agents {
    pub fn new(masters: Arc<Masters>) -> Agents {
        Agents { masters, known: Mutex::default(), turn: Turn::default() }
    }

    /// The agent's address, if need be by asking the master with the caller's own credentials.
    pub async fn find(&self, id: &str, caller: &HeaderMap, come: Instant) -> Result<Home, NoAgent> {
        let since = come.checked_sub(self.fresh_for()).unwrap_or(come);
        self.find_since(since, id, caller, come).await
    }

    /// The same where what was known until `come` has turned out wrong.
    pub async fn find_anew(&self, id: &str, caller: &HeaderMap, come: Instant) -> Result<Home, NoAgent> {
        self.find_since(come, id, caller, come).await
    }

    /// That an agent is unknown is believed only of a reading that began after the question came.
    async fn find_since(&self, since: Instant, id: &str, caller: &HeaderMap, come: Instant) -> Result<Home, NoAgent> {
        if id.is_empty() {
            return Err(NoAgent::Unknown(String::new()));
        }
        if let Some(home) = self.look_up(id, since) {
            return Ok(home);
        }
        let _turn = self.turn.lock().await;
        if let Some(home) = self.look_up(id, since) {
            return Ok(home);
        }
        if self.last().is_none_or(|reading| reading.begun < come) {
            self.rest().await;
            self.read(caller, come).await?;
        }
        self.look_up(id, come).ok_or_else(|| NoAgent::Unknown(id.chars().take(200).collect()))
    }

    fn look_up(&self, id: &str, since: Instant) -> Option<Home> {
        let known = self.known();
        let read = known.read.filter(|reading| reading.begun >= since)?.begun;
        let address = known.roster.get(id)?.clone();
        Some(Home { address, scheme: known.scheme.clone(), read })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn last(&self) -> Option<Reading> {
        self.known().read
    }

    fn fresh_for(&self) -> Duration {
        self.last().map_or(FRESH, |reading| reading.times(FRESH_FACTOR).clamp(FRESH, FRESH_MOST))
    }

    /// Who asks for an agent that joined a moment ago gets the right answer a little later, rather than a wrong one.
    async fn rest(&self) {
        if let Some(reading) = self.last() {
            sleep_until(reading.ended + reading.times(REST_FACTOR).clamp(REST, REST_MOST)).await;
        }
    }

    /// Those who waited while no master answered share the words; those who were refused ask for themselves.
    async fn read(&self, caller: &HeaderMap, come: Instant) -> Result<(), NoAgent> {
        if let Some((_, why)) = self.known().failed.clone().filter(|(begun, _)| *begun >= come) {
            return Err(NoAgent::NoLeader(why));
        }
        let begun = Instant::now();
        let found = match self.masters.call(&question(caller)).await {
            Ok(found) => found,
            Err(why) => return Err(self.failed(begun, why)),
        };
        if found.answer.status() != StatusCode::OK {
            return Err(NoAgent::Refused(Box::new(found.answer)));
        }
        let scheme = found.master.scheme().to_owned();
        let roster = parsed(found.answer).await.map_err(NoAgent::Unreadable)?;
        tracing::debug!(agents = roster.len(), took = ?begun.elapsed(), "read the agents' addresses");
        *self.known() = Known { roster, scheme, read: Some(Reading { begun, ended: Instant::now() }), failed: None };
        Ok(())
    }

    fn failed(&self, begun: Instant, why: NoLeader) -> NoAgent {
        let why = Arc::new(why);
        self.known().failed = Some((begun, why.clone()));
        NoAgent::NoLeader(why)
    }
}

impl Reading {
    fn times(&self, factor: u32) -> Duration {
        (self.ended - self.begun) * factor
    }
}

fn question(caller: &HeaderMap) -> Ask {
    let json = HeaderValue::from_static("application/json");
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, json.clone());
    headers.insert(ACCEPT, json);
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    if let Some(credentials) = caller.get(AUTHORIZATION) {
        headers.insert(AUTHORIZATION, credentials.clone());
    }
    Ask { headers, body: Bytes::from_static(br#"{"type":"GET_AGENTS"}"#) }
}

async fn parsed(answer: Response<Incoming>) -> Result<Roster, String> {
    let gzipped = answer.headers().get(CONTENT_ENCODING).is_some_and(|coding| coding == "gzip");
    let body = timeout(BODY_WAIT, Limited::new(answer.into_body(), BODY).collect()).await;
    let body = body.map_err(|_| format!("it took more than {} s", BODY_WAIT.as_secs()))?;
    let body = body.map_err(|error| crate::words::root(&*error))?.to_bytes();
    // Tens of MB of text: off the threads that stream to browsers.
    let read = tokio::task::spawn_blocking(move || roster::read(&body, gzipped));
    read.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}

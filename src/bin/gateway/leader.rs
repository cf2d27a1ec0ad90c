//! Finds the leading master, call by call: the one that led last, then each that was configured, and whom they name.
//! Keeps nothing but who led last. Does not read answers, apart from the few words of a refusal.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde::Deserialize;
use tokio::time::{Instant, timeout, timeout_at};

use crate::base::{BadRedirect, Base};
use crate::upstream::{Ask, NoAnswer, Upstream};

/// How much of a refusal's body is read, and for how long.
const WORDS: usize = 1024;
const WORDS_WAIT: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub struct Masters {
    upstream: Upstream,
    configured: Vec<Base>,
    led_last: Mutex<Option<Base>>,
    patience: Duration,
}

/// Who answered, and what; the body is still on its way.
#[derive(Debug)]
pub struct Found {
    pub master: Base,
    pub answer: Response<Incoming>,
}

/// Whom we asked, and what came of it.
#[derive(Debug)]
pub struct Tried {
    master: Base,
    said: Said,
}

#[derive(Debug, thiserror::Error)]
enum Said {
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    #[error("did not begin its answer within {} s", .0.as_secs())]
    Late(Duration),
    #[error("is no leader, and names {0}")]
    Named(Base),
    #[error("is no leader, and sends on {0}")]
    BadRedirect(#[from] BadRedirect),
    #[error("names {0} as leader, which only a configured master may")]
    Hearsay(Base),
    #[error("is not ready: {0}")]
    NotReady(String),
    /// It leads, and does not do what is asked of it now: such as to mark gone what is being marked already.
    #[error("says: {0}")]
    NotNow(String),
}

/// What a master says that does not lead, or not yet (src/master/http.cpp).
const NOT_LEADING: [&str; 2] = ["No leader elected", "has not finished recovery"];

/// No master leads, or none that could be reached.
#[derive(Debug)]
pub struct NoLeader {
    tried: Vec<Tried>,
    /// A call that changes something may have been heard before the connection broke.
    perhaps_done: bool,
}

/// A redirect is believed once: what a configured master names may be sent the caller's credentials, what such a one
/// names in turn may not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    Configured,
    Named,
}

impl Masters {
    pub fn new(upstream: Upstream, configured: Vec<Base>, patience: Duration) -> Masters {
        Masters { upstream, configured, led_last: Mutex::new(None), patience }
    }

    pub async fn call(&self, ask: &Ask) -> Result<Found, NoLeader> {
        let (mut queue, mut asked, mut tried) = (self.candidates(), HashSet::new(), Vec::new());
        let until = Instant::now() + self.patience * 2;
        while let Some((master, trust)) = queue.pop_front() {
            if !asked.insert(master.clone()) {
                continue;
            }
            let said = match self.try_one(&master, ask, until).await {
                Ok(answer) => {
                    self.remember(&master);
                    return Ok(Found { master, answer });
                }
                Err(Said::Named(leader)) => self.believe(leader, trust, &mut queue),
                Err(said) => said,
            };
            tracing::info!(%master, %said, "asked in vain");
            let perhaps_done = said.perhaps_heard() && !only_reads(&ask.body);
            let is_answer = matches!(said, Said::NotNow(_));
            tried.push(Tried { master, said });
            if perhaps_done || is_answer {
                return Err(NoLeader { tried, perhaps_done });
            }
        }
        self.forget();
        Err(NoLeader { tried, perhaps_done: false })
    }

    fn candidates(&self) -> VecDeque<(Base, Trust)> {
        let last = self.led_last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let last = last.map(|base| (self.trust(&base), base)).map(|(trust, base)| (base, trust));
        last.into_iter().chain(self.configured.iter().map(|base| (base.clone(), Trust::Configured))).collect()
    }

    fn trust(&self, base: &Base) -> Trust {
        if self.configured.contains(base) { Trust::Configured } else { Trust::Named }
    }

    /// Sets the named leader before all others, unless it is hearsay.
    fn believe(&self, leader: Base, from: Trust, queue: &mut VecDeque<(Base, Trust)>) -> Said {
        let trust = self.trust(&leader);
        if from == Trust::Named && trust == Trust::Named {
            return Said::Hearsay(leader);
        }
        queue.push_front((leader.clone(), trust));
        Said::Named(leader)
    }

    /// Each master has the same time, and the search as a whole twice that.
    async fn try_one(&self, master: &Base, ask: &Ask, until: Instant) -> Result<Response<Incoming>, Said> {
        let begun = Instant::now();
        let answer = timeout_at(until.min(begun + self.patience), self.upstream.post(master.api(), ask)).await;
        let answer = answer.map_err(|_| Said::Late(begun.elapsed()))??;
        match answer.status() {
            StatusCode::TEMPORARY_REDIRECT => {
                let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
                Err(Said::Named(master.leader_at(location)?))
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                let words = few_words(answer).await;
                let leads = !words.is_empty() && !NOT_LEADING.iter().any(|other| words.contains(other));
                Err(if leads && !only_reads(&ask.body) { Said::NotNow(words) } else { Said::NotReady(words) })
            }
            _ => Ok(answer),
        }
    }

    fn remember(&self, master: &Base) {
        *self.led_last.lock().unwrap_or_else(PoisonError::into_inner) = Some(master.clone());
    }

    fn forget(&self) {
        *self.led_last.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Said {
    fn perhaps_heard(&self) -> bool {
        match self {
            Said::NoAnswer(NoAnswer::Broken(_)) | Said::Late(_) => true,
            Said::NoAnswer(NoAnswer::Unreachable(_)) => false,
            Said::Named(_) | Said::BadRedirect(_) | Said::Hearsay(_) | Said::NotReady(_) | Said::NotNow(_) => false,
        }
    }
}

impl NoLeader {
    /// A call that changes something may have been heard before the connection broke.
    pub fn is_perhaps_done(&self) -> bool {
        self.perhaps_done
    }

    /// Whether it is what the leading master said.
    pub fn is_masters_own(&self) -> bool {
        matches!(self.tried.last(), Some(Tried { said: Said::NotNow(_), .. }))
    }

    /// 503 where a master is there but none leads, which passes by itself; 502 where none answers.
    pub fn status(&self) -> StatusCode {
        let alive = |tried: &Tried| !matches!(tried.said, Said::NoAnswer(_) | Said::Late(_));
        if self.tried.iter().any(alive) { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::BAD_GATEWAY }
    }
}

impl std::fmt::Display for NoLeader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(Tried { said: Said::NotNow(words), .. }) = self.tried.last() {
            return f.write_str(words);
        }
        match self.perhaps_done {
            true => {
                writeln!(f, "The master did not answer. Whether it heard the call is not known; it was not repeated.")?
            }
            false => writeln!(f, "No leading master could be reached.")?,
        }
        let lines: Vec<_> = self.tried.iter().map(|tried| format!("{} {}", tried.master, tried.said)).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// Whether a call may be sent to a second master after a first one took it and fell silent.
fn only_reads(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Call<'a> {
        #[serde(borrow, rename = "type")]
        name: std::borrow::Cow<'a, str>,
    }
    let reads = |name: &str| name == "SUBSCRIBE" || ["GET_", "LIST_", "READ_"].iter().any(|p| name.starts_with(p));
    serde_json::from_slice::<Call<'_>>(body).is_ok_and(|call| reads(&call.name))
}

async fn few_words(answer: Response<Incoming>) -> String {
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = Limited::new(answer.into_body(), WORDS).collect();
    match timeout(WORDS_WAIT, body).await {
        Ok(Ok(body)) => mesoscope::api::answer::words(503, kind.as_deref(), &body.to_bytes()),
        Ok(Err(_)) | Err(_) => "503 Service Unavailable".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_may_be_repeated() {
        for call in ["GET_AGENTS", "SUBSCRIBE", "LIST_FILES", "READ_FILE"] {
            assert!(only_reads(format!("{{\"type\":\"{call}\",\"x\":{{}}}}").as_bytes()), "{call}");
        }
        for call in [r#"{"type":"TEARDOWN"}"#, r#"{"type":"MARK_AGENT_GONE","GET_":1}"#, "GET_", "", "{}"] {
            assert!(!only_reads(call.as_bytes()), "{call}");
        }
    }
}

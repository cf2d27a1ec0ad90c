//! Finds the leading master for each call. Tries the last known leader, then the configured masters, and follows their redirects.
//! Caches only the last leader and the configured master that named it. Parses no answer except the short text of a refusal.
//!
//! Sends a caller's credentials only to configured masters and to a leader that one of them named within `NAMED_LEADER_TTL`.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use mesoscope_core::mesos::calls::masters::MasterReport;
use rustls::ClientConfig;
use tokio::time::{Instant, timeout, timeout_at};

use crate::contacts::{Contacts, Outcome};
use crate::loop_detection::GatewayId;
use crate::master_url::{BadRedirect, MasterUrl};
use crate::metrics::Metrics;
use crate::network::{AllowedAddresses, NetworkScope};
use crate::text_responses;
use crate::upstream::{ScreenedUpstream, Upstream, UpstreamCall, UpstreamError, answer_scope};

/// Maximum bytes read from a refusal's body.
const WORDS: usize = 1024;
/// Timeout for reading a refusal's body.
const WORDS_WAIT: Duration = Duration::from_secs(2);
/// How long a leader that is not configured is tried first. After that, the configured masters must confirm it.
const NAMED_LEADER_TTL: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub struct Masters {
    upstream: Upstream,
    /// Clients for leaders that are not configured, by the network scope of the master that named them.
    named: [(NetworkScope, ScreenedUpstream); 4],
    configured: Vec<MasterUrl>,
    led_last: Mutex<Option<Candidate>>,
    contacts: Contacts,
    patience: Duration,
    metrics: Arc<Metrics>,
}

/// A master that may receive a call and the caller's credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate {
    master: MasterUrl,
    trust: Trust,
}

/// Why an address is trusted to be a master. A named leader cannot name another one.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Trust {
    Configured,
    /// Named at time `at` by the configured master `by`, which answered from the scope `place`.
    Named {
        by: MasterUrl,
        place: NetworkScope,
        at: Instant,
    },
}

/// A master and its answer. The body has not been read yet.
#[derive(Debug)]
pub struct LeaderAnswer {
    pub master: MasterUrl,
    pub answer: Response<Incoming>,
}

/// A master that was tried, and why it failed.
#[derive(Debug)]
pub struct Attempt {
    candidate: Candidate,
    said: AttemptError,
}

#[derive(Debug, thiserror::Error)]
enum AttemptError {
    #[error(transparent)]
    UpstreamError(#[from] UpstreamError),
    #[error("did not begin its answer within {} s", .0.as_secs())]
    Timeout(Duration),
    #[error("is no leader, and names {0}")]
    Named(MasterUrl, NetworkScope),
    #[error("is no leader, and sends on {0}")]
    BadRedirect(#[from] BadRedirect),
    #[error("names {0} as leader, which only a configured master may")]
    NotConfigured(MasterUrl),
    #[error("is not ready: {0}")]
    NotReady(String),
    /// The leader refuses the call for now: for example, the agent is already being marked gone.
    #[error("says: {0}")]
    RefusedForNow(String),
    /// A 503 without words, which no master sends: a proxy may have lost the answer to a write.
    #[error("answers 503 without a reason, as no master does")]
    NoReason,
    #[error("led last, but no configured master confirms it now; name it with --master if it is one of yours")]
    Unconfirmed,
    #[error("leads back to this gateway")]
    Loop,
    #[error("answers as no master does: {}", described(.0))]
    NotAMaster(Box<Response<Incoming>>),
}

/// The kind of an answer, by its status and content type.
enum AnswerKind {
    /// The result of a call.
    Result,
    /// An error from a master or from another server.
    Refusal,
    /// A page, a redirect or an unknown content type. Redirects to a leader are handled earlier.
    NotAMaster,
}

/// Content types of a master's results (PROTOCOL.md, "Answers").
const TYPES: [&str; 3] = ["application/json", "application/x-protobuf", "application/recordio"];

/// Texts by which a master reports that it does not lead, or not yet (src/master/http.cpp).
const NOT_LEADING: [&str; 2] = ["No leader elected", "has not finished recovery"];

/// The error when no master leads or no leader could be reached.
#[derive(Debug)]
pub struct NoLeader {
    tried: Vec<Attempt>,
    /// Whether a call that writes may have been received before the connection broke.
    perhaps_done: bool,
}

impl Masters {
    pub fn new(
        tls: &ClientConfig,
        mark: &GatewayId,
        configured: Vec<MasterUrl>,
        patience: Duration,
        metrics: Arc<Metrics>,
    ) -> Masters {
        let places = [NetworkScope::Machine, NetworkScope::Link4, NetworkScope::Link6, NetworkScope::Elsewhere];
        let named = |place| (place, ScreenedUpstream::new(tls, mark.clone(), AllowedAddresses::of_leader(place)));
        Masters {
            upstream: Upstream::new(tls, mark.clone()),
            named: places.map(named),
            configured,
            led_last: Mutex::new(None),
            contacts: Contacts::default(),
            patience,
            metrics,
        }
    }

    /// Returns true if a configured master is on this machine, by its name or its address.
    pub fn any_is_near(&self) -> bool {
        self.configured.iter().any(MasterUrl::is_near)
    }

    /// Returns the masters, with the last answer of each.
    pub fn report(&self) -> Vec<MasterReport> {
        self.contacts.report(&self.configured)
    }

    /// Timeout for the first byte of a master's answer.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    pub async fn call(&self, ask: &UpstreamCall) -> Result<LeaderAnswer, NoLeader> {
        let last = self.led_last().clone();
        let mut queue = candidates(last.clone(), &self.configured, Instant::now());
        let lapsed = last.filter(|last| queue.iter().all(|other| other.master != last.master));
        let (mut asked, mut tried) = (HashSet::new(), Vec::new());
        let until = Instant::now() + self.patience * 2;
        while let Some(candidate) = queue.pop_front() {
            if !asked.insert(candidate.master.clone()) {
                continue;
            }
            let result = self.try_one(&candidate, ask, until).await;
            if self.contacts.record(&candidate.master, outcome(&result), &self.configured) {
                self.metrics.leader_changes.inc();
            }
            let said = match result {
                Ok(answer) => return Ok(LeaderAnswer { master: candidate.master, answer }),
                Err(AttemptError::Named(leader, place)) => self.believe(leader, place, &candidate, &mut queue),
                Err(said) => said,
            };
            tracing::info!(master = %candidate.master, %said, "asked in vain");
            if let Some(reason) = said.reason() {
                self.metrics.upstream_failed("master", reason);
            }
            let is_over = matches!(said, AttemptError::RefusedForNow(_)) || (said.perhaps_heard() && !ask.call.reads());
            tried.push(Attempt { candidate, said });
            if is_over {
                return NoLeader::new(tried, ask).or_answer();
            }
        }
        match lapsed.filter(|lapsed| !asked.contains(&lapsed.master)) {
            Some(candidate) => tried.push(Attempt { candidate, said: AttemptError::Unconfirmed }),
            None => *self.led_last() = None,
        }
        NoLeader::new(tried, ask).or_answer()
    }

    /// Queues the named leader first, if it is configured or a configured master named it.
    fn believe(
        &self,
        leader: MasterUrl,
        place: NetworkScope,
        from: &Candidate,
        queue: &mut VecDeque<Candidate>,
    ) -> AttemptError {
        let trust = match (self.configured.contains(&leader), &from.trust) {
            (true, _) => Trust::Configured,
            (false, Trust::Configured) => Trust::Named { by: from.master.clone(), place, at: Instant::now() },
            (false, Trust::Named { .. }) => return AttemptError::NotConfigured(leader),
        };
        queue.push_front(Candidate { master: leader.clone(), trust });
        AttemptError::Named(leader, place)
    }

    /// Sends the call to one master. The timeout is `patience` for each master and twice that for the whole search.
    async fn try_one(
        &self,
        candidate: &Candidate,
        ask: &UpstreamCall,
        until: Instant,
    ) -> Result<Response<Incoming>, AttemptError> {
        let started = Instant::now();
        let until = until.min(started + self.patience);
        let answer = timeout_at(until, self.post(candidate, ask)).await;
        let answer = answer.map_err(|_| AttemptError::Timeout(started.elapsed()))??;
        match answer.status() {
            StatusCode::TEMPORARY_REDIRECT => {
                let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
                match candidate.master.leader_at(ask.call.api(), location) {
                    Ok(leader) => Err(AttemptError::Named(leader, answer_scope(&answer))),
                    // A sign-in proxy may redirect with 307, the status that masters use to name the leader.
                    Err(BadRedirect::Nowhere | BadRedirect::Elsewhere(_) | BadRedirect::Form(_)) => {
                        self.weighed(candidate, answer)
                    }
                    Err(wrong) => Err(wrong.into()),
                }
            }
            StatusCode::SERVICE_UNAVAILABLE if ask.call.reads() || !is_page(&answer) => {
                let words = few_words(answer).await;
                let is_standby = NOT_LEADING.iter().any(|other| words.contains(other));
                Err(if ask.call.reads() || is_standby {
                    AttemptError::NotReady(text_responses::visible(&words))
                } else if words.is_empty() {
                    AttemptError::NoReason
                } else {
                    AttemptError::RefusedForNow(words)
                })
            }
            StatusCode::LOOP_DETECTED => Err(AttemptError::Loop),
            _ => self.weighed(candidate, answer),
        }
    }

    async fn post(&self, candidate: &Candidate, ask: &UpstreamCall) -> Result<Response<Incoming>, UpstreamError> {
        let to = candidate.master.api(ask.call.api());
        let named = match &candidate.trust {
            Trust::Configured => None,
            Trust::Named { place, .. } => self.named.iter().find(|(other, _)| other == place),
        };
        match named {
            Some((_, screened)) => screened.post(to, ask).await,
            None => self.upstream.post(to, ask).await,
        }
    }

    /// Updates the last known leader after an answer. A configured master becomes the first choice when it answers; a named leader
    /// must return a result. A named leader that refuses may be any server, so the next call asks the configured masters again.
    fn weighed(&self, candidate: &Candidate, answer: Response<Incoming>) -> Result<Response<Incoming>, AttemptError> {
        let is_named = candidate.trust != Trust::Configured;
        match manner(&answer) {
            AnswerKind::Refusal if is_named => self.forget(&candidate.master),
            // Any web server may answer 404.
            AnswerKind::Refusal if answer.status() == StatusCode::NOT_FOUND => {}
            AnswerKind::Result | AnswerKind::Refusal => *self.led_last() = Some(candidate.clone()),
            AnswerKind::NotAMaster => {
                self.forget(&candidate.master);
                return Err(AttemptError::NotAMaster(Box::new(answer)));
            }
        }
        Ok(answer)
    }

    fn forget(&self, master: &MasterUrl) {
        let mut last = self.led_last();
        if last.as_ref().is_some_and(|last| last.master == *master) {
            *last = None;
        }
    }

    fn led_last(&self) -> MutexGuard<'_, Option<Candidate>> {
        self.led_last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the masters to try, in order. The last known leader comes first; after its TTL, the configured master that named it
/// takes its place.
fn candidates(last: Option<Candidate>, configured: &[MasterUrl], now: Instant) -> VecDeque<Candidate> {
    let plain = |master: MasterUrl| Candidate { master, trust: Trust::Configured };
    let first = last.map(|last| match last.trust {
        Trust::Named { by, at, .. } if now.duration_since(at) >= NAMED_LEADER_TTL => plain(by),
        Trust::Named { .. } | Trust::Configured => last,
    });
    first.into_iter().chain(configured.iter().cloned().map(plain)).collect()
}

/// Returns what may be shown to every caller. The words of a refusal were meant for one caller.
fn outcome(result: &Result<Response<Incoming>, AttemptError>) -> Outcome {
    match result {
        Ok(answer) => match manner(answer) {
            AnswerKind::Result => Outcome::Result,
            AnswerKind::Refusal | AnswerKind::NotAMaster => Outcome::Refused(answer.status()),
        },
        Err(AttemptError::RefusedForNow(_)) => Outcome::Refused(StatusCode::SERVICE_UNAVAILABLE),
        Err(AttemptError::Named(leader, _)) => Outcome::Named(leader.clone()),
        Err(AttemptError::NotReady(words)) => {
            Outcome::Failed(match NOT_LEADING.iter().find(|it| words.contains(*it)) {
                Some(known) => format!("is not ready: {known}"),
                None => format!("is not ready: it answered {}", StatusCode::SERVICE_UNAVAILABLE),
            })
        }
        Err(said) => Outcome::Failed(said.to_string()),
    }
}

fn manner(answer: &Response<Incoming>) -> AnswerKind {
    let (status, kind) = (answer.status(), kind(answer));
    let is_other = status.is_success() && kind.as_deref().is_some_and(|kind| !TYPES.contains(&kind));
    if is_page(answer) || status.is_redirection() || is_other {
        return AnswerKind::NotAMaster;
    }
    if status.is_success() { AnswerKind::Result } else { AnswerKind::Refusal }
}

fn is_page(answer: &Response<Incoming>) -> bool {
    matches!(kind(answer).as_deref(), Some("text/html" | "application/xhtml+xml"))
}

/// Returns the content type in lower case, without its parameters.
fn kind(answer: &Response<Incoming>) -> Option<String> {
    let kind = String::from_utf8_lossy(answer.headers().get(CONTENT_TYPE)?.as_bytes());
    Some(kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

fn described(answer: &Response<Incoming>) -> String {
    format!("{} {}", answer.status(), text_responses::visible(&kind(answer).unwrap_or_default())).trim_end().to_owned()
}

impl AttemptError {
    /// Returns which part of the way the call has gone.
    fn reached(&self) -> Reached {
        match self {
            AttemptError::UpstreamError(UpstreamError::Broken(_))
            | AttemptError::Timeout(_)
            | AttemptError::NoReason
            | AttemptError::NotAMaster(_) => Reached::Perhaps,
            AttemptError::UpstreamError(UpstreamError::Unreachable(_) | UpstreamError::AddressNotAllowed(_))
            | AttemptError::Loop
            | AttemptError::Unconfirmed => Reached::Nowhere,
            AttemptError::Named(..)
            | AttemptError::BadRedirect(_)
            | AttemptError::NotConfigured(_)
            | AttemptError::NotReady(_)
            | AttemptError::RefusedForNow(_) => Reached::Answered,
        }
    }

    /// Value of a label in metrics. `None` for a standby master, which works.
    fn reason(&self) -> Option<&'static str> {
        match self {
            AttemptError::UpstreamError(error) => Some(error.reason()),
            AttemptError::Timeout(_) => Some("timeout"),
            AttemptError::NotReady(_) | AttemptError::RefusedForNow(_) => Some("not_ready"),
            AttemptError::Named(..) => None,
            AttemptError::BadRedirect(_)
            | AttemptError::NotConfigured(_)
            | AttemptError::NoReason
            | AttemptError::Unconfirmed
            | AttemptError::Loop
            | AttemptError::NotAMaster(_) => Some("other"),
        }
    }

    fn perhaps_heard(&self) -> bool {
        self.reached() == Reached::Perhaps
    }

    /// Returns true if a master wrote the answer that failed.
    fn is_a_masters(&self) -> bool {
        self.reached() == Reached::Answered
    }
}

/// How far a failed call went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reached {
    /// No master got the call.
    Nowhere,
    /// A master may have carried out the call.
    Perhaps,
    /// A master answered, and declined the call.
    Answered,
}

impl NoLeader {
    fn new(tried: Vec<Attempt>, ask: &UpstreamCall) -> NoLeader {
        let last_heard = tried.last().is_some_and(|last| last.said.perhaps_heard());
        NoLeader { perhaps_done: last_heard && !ask.call.reads(), tried }
    }

    /// Returns the answer of a proxy in front of a configured master, such as its sign-in page. If any master answered, returns the
    /// error instead.
    fn or_answer(mut self) -> Result<LeaderAnswer, NoLeader> {
        let is_page = |tried: &Attempt| {
            tried.candidate.trust == Trust::Configured && matches!(tried.said, AttemptError::NotAMaster(_))
        };
        let page = self.tried.iter().position(is_page);
        let page = page.filter(|_| !self.tried.iter().any(|tried| tried.said.is_a_masters()));
        match page.map(|at| self.tried.swap_remove(at)) {
            Some(Attempt { candidate, said: AttemptError::NotAMaster(answer) }) => {
                Ok(LeaderAnswer { master: candidate.master, answer: *answer })
            }
            Some(_) | None => Err(self),
        }
    }

    /// Returns true if a call that writes may have been received before the connection broke.
    pub fn is_perhaps_done(&self) -> bool {
        self.perhaps_done
    }

    /// Returns true if the error is the leading master's own refusal.
    pub fn is_masters_own(&self) -> bool {
        matches!(self.tried.last(), Some(Attempt { said: AttemptError::RefusedForNow(_), .. }))
    }

    /// Returns 503 if a master answered but none leads, 508 if the call loops back here, else 502. A 503 resolves by itself.
    pub fn status(&self) -> StatusCode {
        if self.tried.iter().any(|tried| tried.said.is_a_masters()) {
            StatusCode::SERVICE_UNAVAILABLE
        } else if self.tried.iter().any(|tried| matches!(tried.said, AttemptError::Loop)) {
            StatusCode::LOOP_DETECTED
        } else {
            StatusCode::BAD_GATEWAY
        }
    }
}

impl std::fmt::Display for NoLeader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(Attempt { said: AttemptError::RefusedForNow(words), .. }) = self.tried.last() {
            return f.write_str(words);
        }
        f.write_str(match self.perhaps_done {
            true => "The master did not answer. Whether it heard the call is not known; it was not repeated: ",
            false => "No leading master could be reached: ",
        })?;
        let each = self.tried.iter().map(|tried| format!("{} {}", tried.candidate.master, tried.said));
        f.write_str(each.collect::<Vec<_>>().join("; ").trim_end_matches('.'))?;
        f.write_str(".")
    }
}

async fn few_words(answer: Response<Incoming>) -> String {
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = Limited::new(answer.into_body(), WORDS).collect();
    match timeout(WORDS_WAIT, body).await {
        Ok(Ok(body)) => mesoscope_core::mesos::calls::answer::refusal_text(503, kind.as_deref(), &body.to_bytes()),
        Ok(Err(_)) | Err(_) => "503 Service Unavailable".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> MasterUrl {
        text.parse().expect("the case is a good address")
    }

    fn asked_first(last: Candidate, now: Instant) -> Vec<String> {
        let configured = [base("http://m1:5050"), base("http://m2:5050")];
        let queue = candidates(Some(last), &configured, now);
        queue.into_iter().map(|candidate| candidate.master.to_string()).collect()
    }

    #[test]
    fn a_named_leader_is_confirmed_by_the_master_that_named_it() {
        let named = Instant::now();
        let last = || Candidate {
            master: base("http://m3:5050"),
            trust: Trust::Named { by: base("http://m2:5050"), place: NetworkScope::Elsewhere, at: named },
        };
        let soon = asked_first(last(), named + NAMED_LEADER_TTL - Duration::from_millis(1));
        assert_eq!(soon, ["http://m3:5050", "http://m1:5050", "http://m2:5050"]);
        let later = asked_first(last(), named + NAMED_LEADER_TTL);
        assert_eq!(later, ["http://m2:5050", "http://m1:5050", "http://m2:5050"], "it gets no credentials");
    }

    #[test]
    fn a_configured_leader_is_asked_first_for_as_long_as_it_leads() {
        let last = Candidate { master: base("http://m2:5050"), trust: Trust::Configured };
        let asked = asked_first(last, Instant::now() + NAMED_LEADER_TTL * 1000);
        assert_eq!(asked, ["http://m2:5050", "http://m1:5050", "http://m2:5050"]);
    }
}

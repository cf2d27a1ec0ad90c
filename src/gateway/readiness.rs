//! Finds out whether a leading master answers. Many probes cost one call to a master every two seconds at most.

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use mesoscope_core::mesos::calls::process::GetHealth;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::access::PermittedCall;
use crate::leader::Masters;
use crate::upstream::UpstreamCall;

/// How long a result is valid.
const TTL: Duration = Duration::from_secs(2);
/// Timeout of a check. Probes usually have one of a few seconds themselves.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The last result, with its time. A check in progress makes all others wait for it.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, Result<String, String>)>>);

impl Readiness {
    /// Returns which master leads, or why none does.
    pub async fn check(&self, masters: &Masters) -> Result<String, String> {
        let mut last = self.0.lock().await;
        if let Some((at, result)) = &*last
            && at.elapsed() < TTL
        {
            return result.clone();
        }
        let late = Err(format!("No master answered within {} s.", TIMEOUT.as_secs()));
        let result = timeout(TIMEOUT, ask(masters)).await.unwrap_or(late);
        *last = Some((Instant::now(), result.clone()));
        result
    }
}

async fn ask(masters: &Masters) -> Result<String, String> {
    let json = HeaderValue::from_static("application/json");
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, json.clone()), (ACCEPT, json.clone())]);
    let found = masters.call(&UpstreamCall { headers, call: PermittedCall::read(&GetHealth) }).await;
    let found = found.map_err(|why| why.to_string())?;
    let (status, master) = (found.answer.status(), found.master);
    match status {
        StatusCode::OK if found.answer.headers().get(CONTENT_TYPE) == Some(&json) => Ok(format!("{master} leads.")),
        // A standby master refuses first, too: without credentials, more cannot be known.
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Ok(format!("{master} answers, and needs credentials.")),
        _ => Err(format!("{master} answered {status}, as no leading master does.")),
    }
}

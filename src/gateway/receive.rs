//! Receives every request body before a handler runs. Limits total time, idle time, size, and the memory of all bodies together.
//! Does not parse bodies.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{EXPECT, HeaderMap, HeaderValue, RETRY_AFTER};
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body as HttpBody;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::limits::Limits;
use crate::text_responses::plain;

/// Maximum bytes of a request body. The largest call is a maintenance schedule; one for 40,000 machines has about 3 MiB.
const CALL: usize = 8 << 20;
/// Maximum bytes read from a body that is refused.
const TOLERATED: usize = 4 * CALL;
/// Bytes of each body that are exempt from the budget, so that large bodies do not delay ordinary calls.
const FREE: usize = 64 << 10;
/// Budget increment in bytes. Memory is reserved as bytes arrive, since the declared length is untrusted.
const STEP: usize = 256 << 10;

/// Memory budget for request bodies that are being received or forwarded.
#[derive(Debug)]
pub struct BodyReceiver {
    /// One permit per byte.
    budget: Arc<Semaphore>,
    limits: Limits,
}

#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("The request did not arrive in time.")]
    Late,
    #[error("The request broke off.")]
    Broken,
    #[error("A request has at most 8 MiB.")]
    TooLarge,
    #[error("Too many large requests arrive at the same time. Please try again in a moment.")]
    NoMemory,
}

/// Reads the whole body and passes the request on, or answers with a refusal.
pub async fn receive(State(receiver): State<Arc<BodyReceiver>>, request: Request, next: Next) -> Response<Body> {
    let (parts, body) = request.into_parts();
    if body.size_hint().lower() > CALL as u64 {
        receiver.discard(&parts.headers, body);
        return Refused::TooLarge.answer();
    }
    match receiver.whole(body).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(refused) => refused.answer(),
    }
}

impl BodyReceiver {
    pub fn new(limits: &Limits) -> BodyReceiver {
        let budget = limits.bodies.min(Semaphore::MAX_PERMITS);
        BodyReceiver { budget: Arc::new(Semaphore::new(budget)), limits: limits.clone() }
    }

    /// Reads a body that was refused because of its declared length, after its answer: a browser reads that only after it has sent the
    /// body. A client that waits for "100 Continue" sends none, and reading would ask for it.
    fn discard(&self, headers: &HeaderMap, mut body: Body) {
        if headers.contains_key(EXPECT) {
            return;
        }
        let (idle, mut left) = (self.limits.body_idle, TOLERATED);
        let read = async move {
            while let Ok(Some(Ok(frame))) = timeout(idle, body.frame()).await {
                let length = frame.data_ref().map_or(0, Bytes::len);
                let Some(less) = left.checked_sub(length) else { return };
                left = less;
            }
        };
        tokio::spawn(timeout(self.limits.body, read));
    }

    async fn whole(&self, body: Body) -> Result<Bytes, Refused> {
        timeout(self.limits.body, self.collected(body)).await.map_err(|_| Refused::Late)?
    }

    async fn collected(&self, mut body: Body) -> Result<Bytes, Refused> {
        let mut kept = Ok(Kept::default());
        let mut length = 0;
        while let Some(frame) = timeout(self.limits.body_idle, body.frame()).await.map_err(|_| Refused::Late)? {
            let data = frame.map_err(|_| Refused::Broken)?.into_data().unwrap_or_default();
            length += data.len();
            kept = match kept {
                Ok(kept) if length <= CALL => self.more(kept, &data).await,
                Ok(_) => Err(Refused::TooLarge),
                // A browser reads the refusal only after it has sent the whole body.
                refused if length <= TOLERATED => refused,
                refused => return refused.map(Bytes::from_owner),
            };
        }
        kept.map(Bytes::from_owner)
    }

    async fn more(&self, mut kept: Kept, data: &[u8]) -> Result<Kept, Refused> {
        self.room(&mut kept, data.len()).await?;
        kept.bytes.extend_from_slice(data);
        Ok(kept)
    }

    /// Reserves memory from the budget for `more` bytes.
    async fn room(&self, kept: &mut Kept, more: usize) -> Result<(), Refused> {
        let wanted = kept.bytes.len() + more;
        if wanted <= kept.bytes.capacity() {
            return Ok(());
        }
        let capacity = if wanted <= FREE { wanted } else { wanted.next_multiple_of(STEP) };
        let unpaid = capacity.saturating_sub(FREE + kept.paid.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
        if unpaid > 0 {
            let unpaid = u32::try_from(unpaid).map_err(|_| Refused::TooLarge)?;
            let permits = timeout(self.limits.memory, self.budget.clone().acquire_many_owned(unpaid)).await;
            let permits = permits.map_err(|_| Refused::NoMemory)?.map_err(|_| Refused::NoMemory)?;
            match &mut kept.paid {
                Some(paid) => paid.merge(permits),
                none => *none = Some(permits),
            }
        }
        kept.bytes.reserve_exact(capacity - kept.bytes.len());
        Ok(())
    }
}

/// Bytes of a body, with the budget permits that they hold until dropped.
#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    paid: Option<OwnedSemaphorePermit>,
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Refused {
    fn answer(self) -> Response<Body> {
        let status = match self {
            Refused::Late => StatusCode::REQUEST_TIMEOUT,
            Refused::Broken => StatusCode::BAD_REQUEST,
            Refused::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Refused::NoMemory => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut answer = plain(status, self.to_string());
        if status == StatusCode::SERVICE_UNAVAILABLE {
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("2"));
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::stream;

    use super::*;

    fn receiver(bodies: usize) -> BodyReceiver {
        BodyReceiver::new(&Limits {
            connections: 1,
            headless: 1,
            head: Duration::from_secs(9),
            body_idle: Duration::from_secs(9),
            body: Duration::from_secs(9),
            bodies,
            memory: Duration::from_millis(1),
            sessions: 1,
            heartbeat: Duration::from_secs(9),
            reload: Duration::from_secs(9),
        })
    }

    fn of(pieces: usize, piece: usize) -> Body {
        let piece = Bytes::from(vec![b'x'; piece]);
        Body::from_stream(stream::iter((0..pieces).map(move |_| Ok::<_, std::io::Error>(piece.clone()))))
    }

    #[tokio::test]
    async fn a_body_holds_its_part_of_the_budget_as_long_as_it_lives() {
        let receiver = receiver(2 << 20);
        let large = receiver.whole(of(30, 50_000)).await.expect("there is memory");
        assert_eq!(large.len(), 1_500_000);
        assert!(receiver.budget.available_permits() < (1 << 20));
        assert!(matches!(receiver.whole(of(30, 50_000)).await, Err(Refused::NoMemory)));
        assert!(receiver.whole(of(6, 10_000)).await.is_ok(), "ordinary calls need none");
        let clone = large.clone();
        drop(large);
        assert!(matches!(receiver.whole(of(30, 50_000)).await, Err(Refused::NoMemory)), "it is still held");
        drop(clone);
        assert_eq!(receiver.budget.available_permits(), 2 << 20);
        assert!(receiver.whole(of(30, 50_000)).await.is_ok());
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_holds_nothing() {
        let receiver = receiver(64 << 20);
        assert!(matches!(receiver.whole(of(9, 1 << 20)).await, Err(Refused::TooLarge)));
        assert_eq!(receiver.budget.available_permits(), 64 << 20);
    }
}

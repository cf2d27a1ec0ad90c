//! Answer to SUBSCRIBE: the snapshot, an immediate heartbeat, then events and heartbeats until the connection closes.
//!
//! A stream of the scheduler API is served alike, without a snapshot.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, interval_at};

use super::clock::now_nanos;
use super::http::{Requests, stream_head};
use super::pipe::Pipe;
use super::shared::{Shared, StreamOrder, Subscription};
use crate::pieces::Pieces;
use crate::protobuf::{self, Encoding};
use crate::write::event::HEARTBEAT;

/// Maximum size of a record in one chunk, as in the recordings and small enough to hold.
const WHOLE: u64 = 1 << 20;
/// Chunk size of larger records.
const PIECE: usize = 64 << 10;

/// Serves a stream; returns whether the connection is reusable, which it is after a clean end of the body.
pub(super) async fn serve<R, W>(
    shared: &Arc<Shared>,
    encoding: Encoding,
    requests: &mut Requests<R>,
    pipe: &mut Pipe<W>,
) -> io::Result<bool>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut subscription = shared.subscribe();
    if encoding == Encoding::Protobuf {
        subscription.snapshot = subscription.snapshot.take().map(Pieces::in_protobuf);
    }
    let head = stream_head(now_nanos(), None, encoding);
    let end = until_end(shared, (subscription, encoding), head, requests, pipe).await;
    shared.forget_ended();
    end
}

/// Serves a stream of the scheduler API, by its number and id.
pub(super) async fn serve_scheduler<R, W>(
    shared: &Arc<Shared>,
    (number, id, subscription): (u64, String, Subscription),
    requests: &mut Requests<R>,
    pipe: &mut Pipe<W>,
) -> io::Result<bool>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let head = stream_head(now_nanos(), Some(&id), Encoding::Json);
    let end = until_end(shared, (subscription, Encoding::Json), head, requests, pipe).await;
    shared.end_scheduler(number);
    end
}

async fn until_end<R, W>(
    shared: &Arc<Shared>,
    (mut subscription, encoding): (Subscription, Encoding),
    head: Vec<u8>,
    requests: &mut Requests<R>,
    pipe: &mut Pipe<W>,
) -> io::Result<bool>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let end = tokio::select! {
        end = write(shared, (&mut subscription, encoding), &head, pipe) => end,
        () = requests.hung_up() => Ok(StreamOrder::HangUp),
    };
    match end? {
        StreamOrder::Close => pipe.write(b"0\r\n\r\n").await.map(|()| true),
        // The head of a heartbeat: announces twenty bytes and sends half of them.
        StreamOrder::Cut => pipe.write(b"17\r\n20\n{\"type\":\"HE").await.map(|()| false),
        StreamOrder::HangUp | StreamOrder::Go => Ok(false),
    }
}

async fn write<W>(
    shared: &Arc<Shared>,
    (subscription, encoding): (&mut Subscription, Encoding),
    head: &[u8],
    pipe: &mut Pipe<W>,
) -> io::Result<StreamOrder>
where
    W: AsyncWrite + Unpin,
{
    pipe.write(head).await?;
    if let Some(order) = speak(subscription).await {
        return Ok(order);
    }
    if let Some(pieces) = subscription.snapshot.take() {
        if let Some(order) = snapshot(pieces, subscription, pipe).await? {
            return Ok(order);
        }
        heartbeat(encoding, pipe).await?;
    }
    let mut beats = interval_at(Instant::now() + shared.heartbeat, shared.heartbeat);
    loop {
        tokio::select! {
            biased;
            changed = subscription.order.changed() => {
                let order = *subscription.order.borrow();
                // The sender is dropped without an instruction if this stream lagged too far behind.
                return Ok(if changed.is_ok() { order } else { StreamOrder::HangUp });
            }
            event = subscription.events.recv() => {
                let Some(event) = event else { return Ok(last_order(subscription)) };
                if event.is_empty() {
                    return Ok(StreamOrder::Close);
                }
                if let Some(order) = speak(subscription).await {
                    return Ok(order);
                }
                subscription.waiting.fetch_sub(event.len(), Ordering::Relaxed);
                match encoding {
                    Encoding::Json => pipe.chunk(&event).await?,
                    Encoding::Protobuf => pipe.chunk(&protobuf::record(&event)).await?,
                }
            }
            _ = beats.tick() => {
                if let Some(order) = speak(subscription).await {
                    return Ok(order);
                }
                heartbeat(encoding, pipe).await?;
            }
        }
    }
}

/// The channels of events and instructions close together, in no fixed order.
fn last_order(subscription: &Subscription) -> StreamOrder {
    match *subscription.order.borrow() {
        StreamOrder::Go => StreamOrder::HangUp,
        order => order,
    }
}

/// Waits while the master is silent; an instruction interrupts the wait.
async fn speak(subscription: &mut Subscription) -> Option<StreamOrder> {
    let gone = tokio::select! {
        biased;
        spoken = subscription.silent.wait_for(|silent| !silent) => Some(spoken.is_err()),
        _ = subscription.order.changed() => None,
    };
    match gone {
        Some(false) => None,
        Some(true) => Some(StreamOrder::HangUp),
        None => Some(last_order(subscription)),
    }
}

async fn heartbeat<W: AsyncWrite + Unpin>(encoding: Encoding, pipe: &mut Pipe<W>) -> io::Result<()> {
    let record = [format!("{}\n", HEARTBEAT.len()).as_bytes(), HEARTBEAT].concat();
    match encoding {
        Encoding::Json => pipe.chunk(&record).await,
        Encoding::Protobuf => pipe.chunk(&protobuf::record(&record)).await,
    }
}

/// Writes the SUBSCRIBED record: its length, counted first, then the payload while it is generated.
async fn snapshot<W>(
    mut pieces: Pieces,
    subscription: &Subscription,
    pipe: &mut Pipe<W>,
) -> io::Result<Option<StreamOrder>>
where
    W: AsyncWrite + Unpin,
{
    let length = pieces.length();
    let mut buffer = format!("{length}\n").into_bytes();
    let full = if length <= WHOLE { usize::MAX } else { PIECE };
    loop {
        let more = pieces.fill(&mut buffer, full);
        if !buffer.is_empty() {
            pipe.chunk(&buffer).await?;
        }
        if !more {
            return Ok(None);
        }
        buffer.clear();
        if *subscription.order.borrow() != StreamOrder::Go {
            return Ok(Some(last_order(subscription)));
        }
        // With a fast peer this is pure computing: lets other tasks run.
        tokio::task::yield_now().await;
    }
}

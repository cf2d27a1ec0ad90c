//! Tracks the progress of downloads that are running or ended recently. Any client that has the ticket may query or stop its
//! download. Holds counters, no content.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt};
use mesoscope_core::mesos::calls::download::DownloadProgress;

/// How long the progress of an ended download stays available.
const REPORTED_FOR: Duration = Duration::from_secs(60);

/// A download that is running or has ended.
#[derive(Debug)]
pub struct ActiveDownload {
    sent: AtomicU64,
    size: Option<u64>,
    end: Mutex<Option<(Instant, Option<String>)>>,
}

impl ActiveDownload {
    fn end(&self, why: Option<&str>) {
        let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        // The first reason wins.
        end.get_or_insert_with(|| (Instant::now(), why.map(str::to_owned)));
    }

    fn ended(&self) -> Option<(Instant, Option<String>)> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Ends a download when its stream is dropped.
struct Watched(Arc<ActiveDownload>);

impl Drop for Watched {
    fn drop(&mut self) {
        // A client that has all announced bytes may stop reading before the stream ends.
        let is_whole = self.0.size == Some(self.0.sent.load(Ordering::Relaxed));
        self.0.end((!is_whole).then_some("The browser took no more of it."));
    }
}

#[derive(Debug, Default)]
pub struct Downloads(Mutex<HashMap<String, Arc<ActiveDownload>>>);

impl Downloads {
    /// Registers a download and returns its stream, which counts the bytes sent. `size` is `None` if the length is unknown.
    pub fn begin(
        &self,
        name: &str,
        size: Option<u64>,
        bytes: BoxStream<'static, std::io::Result<Bytes>>,
    ) -> BoxStream<'static, std::io::Result<Bytes>> {
        let going = Arc::new(ActiveDownload { sent: AtomicU64::new(0), size, end: Mutex::new(None) });
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, going| going.ended().is_none_or(|(at, _)| at.elapsed() < REPORTED_FOR));
        all.insert(name.to_owned(), going.clone());
        let watched = Watched(going);
        futures_util::stream::unfold((bytes, watched), |(mut bytes, watched)| async move {
            let going = &watched.0;
            if going.ended().is_some() {
                return None;
            }
            match bytes.next().await {
                // The download was stopped while this chunk was read.
                Some(_) if going.ended().is_some() => Some((Err(std::io::Error::other("stopped")), (bytes, watched))),
                Some(Ok(piece)) => {
                    going.sent.fetch_add(piece.len() as u64, Ordering::Relaxed);
                    Some((Ok(piece), (bytes, watched)))
                }
                Some(Err(why)) => {
                    going.end(Some(&format!("It broke off: {why}.")));
                    Some((Err(why), (bytes, watched)))
                }
                None => {
                    going.end(None);
                    None
                }
            }
        })
        .boxed()
    }

    /// Returns the progress of a download. `None` if it was never fetched or ended long ago.
    pub fn reported(&self, name: &str) -> Option<DownloadProgress> {
        let going = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name)?.clone();
        let end = going.ended();
        let sent = going.sent.load(Ordering::Relaxed);
        Some(DownloadProgress { sent, size: going.size, ended: end.is_some(), why: end.and_then(|(_, why)| why) })
    }

    /// Stops a download. Returns false if there is none with this name.
    pub fn stop(&self, name: &str) -> bool {
        let going = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        going.map(|going| going.end(Some("It was stopped."))).is_some()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn pieces(count: usize) -> BoxStream<'static, std::io::Result<Bytes>> {
        stream::iter((0..count).map(|_| Ok(Bytes::from_static(b"12345")))).boxed()
    }

    #[tokio::test]
    async fn what_was_sent_is_counted() {
        let downloads = Downloads::default();
        let mut bytes = downloads.begin("a", Some(10), pieces(2));
        assert!(downloads.reported("b").is_none());
        assert_eq!(
            downloads.reported("a"),
            Some(DownloadProgress { sent: 0, size: Some(10), ended: false, why: None })
        );
        assert!(bytes.next().await.is_some());
        assert_eq!(downloads.reported("a").map(|reported| (reported.sent, reported.ended)), Some((5, false)));
        assert!(bytes.next().await.is_some() && bytes.next().await.is_none());
        drop(bytes);
        assert_eq!(
            downloads.reported("a"),
            Some(DownloadProgress { sent: 10, size: Some(10), ended: true, why: None })
        );
    }

    #[tokio::test]
    async fn a_stopped_or_abandoned_download_ends() {
        let downloads = Downloads::default();
        let mut bytes = downloads.begin("a", None, pieces(9));
        assert!(bytes.next().await.is_some_and(|piece| piece.is_ok()));
        assert!(downloads.stop("a") && !downloads.stop("b"));
        assert!(bytes.next().await.is_none_or(|piece| piece.is_err()));
        assert_eq!(downloads.reported("a").and_then(|reported| reported.why).as_deref(), Some("It was stopped."));
        let mut whole = downloads.begin("d", Some(5), pieces(1));
        assert!(whole.next().await.is_some());
        drop(whole);
        assert_eq!(downloads.reported("d").map(|reported| (reported.ended, reported.why)), Some((true, None)));
        drop(downloads.begin("c", None, pieces(9)));
        assert!(downloads.reported("c").is_some_and(|reported| reported.ended && reported.why.is_some()));
    }
}

//! A line of so many bytes a second between the browser and the executable. Chromium's own throttle does not reach into
//! workers, and counts bytes after they were unpacked.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

const PIECE: usize = 16 << 10;

pub struct Line {
    port: u16,
    bytes: Arc<AtomicU64>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Line {
    pub async fn start(to: u16, bytes_a_second: u64) -> io::Result<Line> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let bytes = Arc::new(AtomicU64::new(0));
        let pace = Arc::new(Pace { bytes_a_second, free_at: Mutex::new(Instant::now()), bytes: bytes.clone() });
        let accepting = tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                let pace = pace.clone();
                tokio::spawn(async move { carry(browser, to, &pace).await });
            }
        });
        Ok(Line { port, bytes, accepting })
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Towards the browser, so far.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// All connections share the line.
struct Pace {
    bytes_a_second: u64,
    free_at: Mutex<Instant>,
    bytes: Arc<AtomicU64>,
}

impl Pace {
    async fn pass(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let mut free_at = self.free_at.lock().await;
        *free_at = (*free_at).max(Instant::now()) + Duration::from_nanos(bytes * 1_000_000_000 / self.bytes_a_second);
        let until = *free_at;
        drop(free_at);
        sleep_until(until).await;
    }
}

async fn carry(browser: TcpStream, to: u16, pace: &Pace) -> io::Result<()> {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, to)).await?;
    let (mut from_browser, mut to_browser) = browser.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let upwards = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_browser, &mut to_server).await;
        to_server.shutdown().await
    });
    let mut piece = vec![0; PIECE];
    loop {
        let read = from_server.read(&mut piece).await?;
        if read == 0 {
            break;
        }
        pace.pass(read as u64).await;
        if to_browser.write_all(&piece[..read]).await.is_err() {
            break;
        }
    }
    upwards.abort();
    to_browser.shutdown().await
}

//! SUBSCRIBE: chunk for chunk, compressed or not, and how it ends on either side.

use super::ask::{Answer, SUBSCRIBE, call, within};
use super::executable::Gateway;
use super::script::{Broken, Feed, Reply, Script, feed, stream};
use super::unpack::Unpack;

const RECORD: &str = "20\n{\"type\":\"HEARTBEAT\"}";

async fn streaming(args: &[&str], coding: Option<&str>) -> (Script, Gateway, Feed, Answer) {
    let (feed, reply) = stream();
    let mut reply = Some(reply);
    let master = Script::start(move |_| reply.take().expect("asked once")).await;
    let gateway = Gateway::start(&[args, &["--master", &master.url()]].concat()).await;
    let asked = call(&gateway.at, SUBSCRIBE);
    let answer = match coding {
        Some(coding) => asked.with("accept-encoding", coding).send().await,
        None => asked.send().await,
    };
    assert_eq!(answer.status, 200);
    (master, gateway, feed, answer)
}

/// The next record is sent only after the last one was read, so anything held back would be waited for in vain.
#[tokio::test]
async fn each_chunk_is_forwarded_at_once() {
    let (_master, _gateway, master, mut answer) = streaming(&[], Some("gzip, br, zstd")).await;
    assert_eq!(answer.header("content-encoding"), None, "not over loopback");
    for n in 0..20 {
        let record = format!("{n} {RECORD}");
        feed(&master, record.clone()).await;
        assert_eq!(answer.next().await.expect("it goes on").expect("unbroken"), record);
    }
}

async fn flushed(accepted: &str, coding: &str) {
    let (_master, _gateway, master, mut answer) = streaming(&["--compress", "always"], Some(accepted)).await;
    assert_eq!(answer.header("content-encoding"), Some(coding));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let mut unpack = Unpack::new(coding);
    for n in 0..20 {
        let record = format!("{n} {RECORD}");
        feed(&master, record.clone()).await;
        let mut read = Vec::new();
        while read.len() < record.len() {
            read.extend(unpack.read(&answer.next().await.expect("it goes on").expect("unbroken")));
        }
        assert_eq!(String::from_utf8_lossy(&read), record);
    }
}

#[tokio::test]
async fn zstd_is_flushed_at_every_record() {
    flushed("gzip, deflate, br, zstd", "zstd").await;
}

#[tokio::test]
async fn brotli_is_flushed_at_every_record() {
    flushed("br", "br").await;
}

#[tokio::test]
async fn gzip_is_flushed_at_every_record() {
    flushed("gzip, deflate, br", "gzip").await;
}

/// Many megabytes at once, in pieces that fit nothing, and every byte comes out.
#[tokio::test]
async fn a_snapshot_comes_out_as_it_went_in() {
    for coding in ["zstd", "br", "gzip"] {
        let (_master, _gateway, master, mut answer) = streaming(&["--compress", "always"], Some(coding)).await;
        let sent: Vec<u8> =
            (0..6_000_000u32).flat_map(|n| (n.wrapping_mul(2_654_435_761) >> 20).to_le_bytes()).collect();
        let pieces: Vec<Vec<u8>> = sent.chunks(77_777).map(<[u8]>::to_vec).collect();
        let feeding = tokio::spawn(async move {
            for piece in pieces {
                feed(&master, piece).await;
            }
        });
        let (mut unpack, mut read) = (Unpack::new(coding), Vec::with_capacity(sent.len()));
        while let Some(bytes) = answer.next().await {
            read.extend(unpack.read(&bytes.expect("unbroken")));
        }
        feeding.await.expect("all was fed");
        assert!(read == sent, "{coding}: {} bytes of {}", read.len(), sent.len());
    }
}

#[tokio::test]
async fn a_stream_is_left_alone_on_request() {
    let (_master, _gateway, master, mut answer) = streaming(&["--compress", "never"], Some("gzip")).await;
    assert_eq!(answer.header("content-encoding"), None);
    feed(&master, RECORD).await;
    assert_eq!(answer.next().await.expect("it goes on").expect("unbroken"), RECORD);
}

#[tokio::test]
async fn a_browser_that_leaves_frees_the_master() {
    for compress in ["never", "always"] {
        let (_master, _gateway, master, mut answer) = streaming(&["--compress", compress], Some("gzip")).await;
        feed(&master, RECORD).await;
        answer.next().await.expect("it goes on").expect("unbroken");
        drop(answer);
        within(master.closed()).await;
    }
}

#[tokio::test]
async fn a_browser_that_leaves_before_the_answer_frees_the_master() {
    let (held, mut left) = tokio::sync::mpsc::channel(1);
    let mut held = Some(held);
    let master = Script::start(move |_| Reply::Silence(held.take().expect("asked once"))).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let at = gateway.at.clone();
    let asking = tokio::spawn(async move { call(&at, SUBSCRIBE).send().await });
    within(master.asked()).await;
    asking.abort();
    assert_eq!(within(left.recv()).await, None);
}

#[tokio::test]
async fn a_clean_end_is_a_clean_end() {
    for compress in ["never", "always"] {
        let (_master, _gateway, master, answer) = streaming(&["--compress", compress], Some("gzip")).await;
        feed(&master, RECORD).await;
        drop(master);
        let body = answer.all().await.expect("it ended cleanly");
        let read = if compress == "always" { Unpack::new("gzip").read(&body) } else { body.to_vec() };
        assert_eq!(String::from_utf8_lossy(&read), RECORD);
    }
}

#[tokio::test]
async fn a_broken_stream_is_not_ended_cleanly() {
    for compress in ["never", "always"] {
        let (_master, _gateway, master, mut answer) = streaming(&["--compress", compress], Some("gzip")).await;
        feed(&master, RECORD).await;
        answer.next().await.expect("it goes on").expect("unbroken");
        within(master.send(Err(Broken))).await.expect("the stream is open");
        assert!(answer.all().await.is_err(), "{compress}");
    }
}

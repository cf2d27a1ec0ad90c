//! Behind a reverse proxy: streams arrive as they are sent, and what a proxy changes is explained.

use axum::http::Method;

use super::ask::{GET_AGENTS, SUBSCRIBE, TEARDOWN, ask, call, get};
use super::executable::Gateway;
use super::nginx::Nginx;
use super::script::{Script, feed, reply, stream};

/// With all of its defaults.
const PLAIN: &str = "location / { proxy_pass http://GATEWAY; }";

/// Each record is sent only after the last one was read, so one that a buffer keeps would be waited for in vain.
#[tokio::test]
async fn records_pass_through_nginx_one_by_one() {
    for compress in ["never", "always"] {
        let (master, reply) = stream();
        let mut reply = Some(reply);
        let script = Script::start(move |_| reply.take().expect("asked once")).await;
        let gateway = Gateway::start(&["--master", &script.url(), "--compress", compress]).await;
        let Some(nginx) = Nginx::before(&gateway.at, &format!("stream-{compress}"), PLAIN).await else { return };
        let mut answer = call(&nginx.at, SUBSCRIBE).with("accept-encoding", "gzip").send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("cache-control"), Some("no-store, no-transform"));
        let mut unpack = super::unpack::Unpack::new("gzip");
        for n in 0..5 {
            let record = format!("{n} 20\n{{\"type\":\"HEARTBEAT\"}}");
            feed(&master, record.clone()).await;
            let mut read = Vec::new();
            while read.len() < record.len() {
                let bytes = answer.next().await.expect("it goes on").expect("unbroken");
                read.extend(if compress == "always" { unpack.read(&bytes) } else { bytes.to_vec() });
            }
            assert_eq!(String::from_utf8_lossy(&read), record);
        }
    }
}

#[tokio::test]
async fn answers_that_are_no_streams_keep_their_buffers() {
    let master = Script::start(|_| reply(200, "{}")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let answer = call(&gateway.at, GET_AGENTS).send().await;
    assert_eq!((answer.header("x-accel-buffering"), answer.header("cache-control")), (None, Some("no-store")));
}

/// nginx sends the gateway's own address as Host, while the browser's Origin names the proxy.
#[tokio::test]
async fn a_host_that_the_proxy_changed_is_explained_and_can_be_allowed() {
    let master = Script::start(|_| reply(200, "{}")).await;
    let asked = |nginx: &Nginx| {
        let host = format!("console.example:{}", nginx.at.rsplit(':').next().unwrap_or_default());
        call(&nginx.at, GET_AGENTS).with("origin", &format!("http://{host}")).with("host", &host)
    };
    let gateway = Gateway::before(&[&master.url()]).await;
    let Some(nginx) = Nginx::before(&gateway.at, "host", PLAIN).await else { return };
    let answer = asked(&nginx).send().await;
    assert_eq!(answer.status, 403);
    let words = answer.words().await;
    assert!(words.contains("--host") && words.contains("proxy_set_header Host $http_host"), "{words}");

    let gateway = Gateway::start(&["--master", &master.url(), "--host", "console.example"]).await;
    let nginx = Nginx::before(&gateway.at, "host-allowed", PLAIN).await.expect("it was there a moment ago");
    assert_eq!(asked(&nginx).send().await.status, 200);
    let kept = "location / { proxy_pass http://GATEWAY; proxy_set_header Host $http_host; }";
    let nginx = Nginx::before(&gateway.at, "host-kept", kept).await.expect("it was there a moment ago");
    assert_eq!(asked(&nginx).send().await.status, 200);
}

/// A visitor sees a page, a script reads words.
#[tokio::test]
async fn a_name_that_is_not_ours_is_explained_on_a_page() {
    let gateway = Gateway::before(&["http://127.0.0.1:1"]).await;
    let renamed = "location / { proxy_pass http://GATEWAY; proxy_set_header Host backend; }";
    let Some(nginx) = Nginx::before(&gateway.at, "renamed", renamed).await else { return };
    let page = get(&nginx.at, "/").with("sec-fetch-dest", "document").send().await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (421, Some("text/html; charset=utf-8")));
    let words = page.words().await;
    assert!(words.contains("<h1>") && words.contains("--host backend"), "{words}");
    let script = get(&nginx.at, "/x.js").with("sec-fetch-dest", "script").send().await;
    assert_eq!(script.header("content-type"), Some("text/plain; charset=utf-8"));
    let name = get(&gateway.at, "/").with("host", "<b>x").with("accept", "text/html").send().await;
    assert!(name.status.is_client_error() && !name.words().await.contains("<b>"));
}

#[tokio::test]
async fn a_path_without_its_slash_gets_one() {
    let gateway = Gateway::before(&["http://127.0.0.1:1"]).await;
    let below =
        "location /tools/mesoscope { proxy_pass http://GATEWAY/; proxy_set_header X-Original-URI $request_uri; }";
    let Some(nginx) = Nginx::before(&gateway.at, "slash", below).await else { return };
    let answer = get(&nginx.at, "/tools/mesoscope?x=1").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (307, Some("./mesoscope/?x=1")));
    let answer = get(&nginx.at, "/tools/mesoscope/").send().await;
    assert_ne!(answer.status, 307);
}

/// The page at an address with a slash too many asks for the API there.
#[tokio::test]
async fn slashes_before_a_path_are_one() {
    let master = Script::start(|_| reply(200, r#"{"type":"GET_AGENTS"}"#)).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let posted =
        |at: &str, path: &str, body| ask(at, Method::POST, path, body).with("content-type", "application/json");
    for path in ["//api/v1", "///api/v1"] {
        assert_eq!(posted(&gateway.at, path, GET_AGENTS).send().await.status, 200, "{path}");
    }
    assert_eq!(master.seen().len(), 2);
    let read_only = Gateway::start(&["--master", &master.url(), "--read-only"]).await;
    assert_eq!(posted(&read_only.at, "//api/v1", TEARDOWN).send().await.status, 403);
    assert_eq!(master.seen().len(), 2);
    let page = get(&gateway.at, "/tools/mesoscope/").send().await;
    assert_eq!(page.status, 404);
    assert!(page.words().await.contains("must take that path off"));
}

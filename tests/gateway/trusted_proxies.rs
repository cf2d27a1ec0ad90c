//! `--trusted-proxy`: whose headers count, for the Origin check, for links, and in the audit log.

use hyper::Method;
use serde_json::json;

use super::ask::{Ask, GET_AGENTS, TEARDOWN, ask, call, get};
use super::executable::Gateway;
use super::nginx::Nginx;
use super::script::{Script, reply};

async fn behind(proxy: &str) -> (Script, Gateway) {
    let master = Script::start(|_| reply(200, "{}")).await;
    let flags = ["--master", &master.url(), "--trusted-proxy", proxy, "--host", "console.example"];
    let gateway = Gateway::start(&flags).await;
    (master, gateway)
}

/// A call as a proxy with TLS forwards it, which names itself as Host.
fn forwarded(at: &str) -> Ask {
    call(at, GET_AGENTS)
        .with("x-forwarded-host", "console.example")
        .with("x-forwarded-proto", "https")
        .with("x-forwarded-for", "192.0.2.7")
}

#[tokio::test]
async fn the_origin_is_compared_with_the_forwarded_host_and_scheme() {
    let (_master, gateway) = behind("127.0.0.0/8").await;
    for (origin, status) in [
        ("https://console.example", 200),
        ("https://console.example:443", 200),
        ("http://console.example", 403),
        ("https://console.example:8443", 403),
        ("https://evil.example", 403),
        ("https://127.0.0.1", 403),
    ] {
        let answer = forwarded(&gateway.at).with("origin", origin).send().await;
        assert_eq!(answer.status, status, "{origin}");
    }
    let standard = call(&gateway.at, GET_AGENTS).with("forwarded", "for=192.0.2.7;host=console.example;proto=https");
    assert_eq!(standard.with("origin", "https://console.example").send().await.status, 200);
}

/// A proxy passes on any name that leads to it, so DNS rebinding is still possible.
#[tokio::test]
async fn a_forwarded_host_has_to_be_listed() {
    let (master, gateway) = behind("127.0.0.1").await;
    let other = call(&gateway.at, GET_AGENTS).with("x-forwarded-host", "evil.example");
    assert_eq!(other.with("origin", "http://evil.example").send().await.status, 421);
    let renamed = forwarded(&gateway.at).with("host", "backend");
    assert_eq!(renamed.send().await.status, 200, "only the browser's name counts");
    assert_eq!(master.seen().len(), 1);
}

#[tokio::test]
async fn headers_of_other_clients_are_ignored() {
    let (_master, mut gateway) = behind("10.0.0.0/8").await;
    let spoofed = call(&gateway.at, TEARDOWN)
        .with("x-forwarded-host", "console.example")
        .with("x-forwarded-for", "192.0.2.7")
        .with("x-forwarded-user", "mallory")
        .with("x-request-id", "chosen");
    let answer = spoofed.with("origin", "https://127.0.0.1").send().await;
    assert_eq!(answer.status, 403, "the origin is compared with the Host header");
    assert_ne!(answer.header("x-request-id"), Some("chosen"));
    let spoofed = call(&gateway.at, TEARDOWN).with("x-forwarded-for", "192.0.2.7").with("x-forwarded-user", "mallory");
    spoofed.send().await;
    let line = gateway.line().await;
    assert!(line["peer"].as_str().is_some_and(|peer| peer.starts_with("127.0.0.1:")), "{line}");
    assert_eq!(line.get("proxy_user"), None, "{line}");
}

#[tokio::test]
async fn headers_that_contradict_each_other_are_refused() {
    let (master, gateway) = behind("127.0.0.1").await;
    let answer = forwarded(&gateway.at).with("forwarded", "for=6.6.6.6;host=console.example").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("x-content-type-options")), (400, Some("nosniff")));
    assert!(answer.words().await.contains("must delete"));
    assert_eq!(master.seen().len(), 0);
    let metrics = get(&gateway.at, "/metrics").send().await.words().await;
    assert!(metrics.contains("{route=\"master\",method=\"POST\",status=\"400\"} 1\n"), "{metrics}");
}

#[tokio::test]
async fn the_audit_log_names_the_client_and_the_user_of_the_proxy() {
    let (_master, mut gateway) = behind("127.0.0.1").await;
    let asked = call(&gateway.at, TEARDOWN)
        .with("x-forwarded-for", "6.6.6.6, 192.0.2.7")
        .with("x-forwarded-user", "alice")
        .with("x-request-id", "41bc30b2-e948");
    let answer = asked.send().await;
    assert_eq!(answer.header("x-request-id"), Some("41bc30b2-e948"));
    let line = gateway.line().await;
    assert!(line["peer"].as_str().is_some_and(|peer| peer.starts_with("192.0.2.7:")), "{line}");
    assert_eq!((&line["request"], &line["user"]), (&json!("41bc30b2-e948"), &json!(null)));
    assert_eq!(line["proxy_user"], json!("alice"));
    let odd = call(&gateway.at, TEARDOWN).with("x-request-id", "{\"forged\":1}").send().await;
    assert_eq!(odd.header("x-request-id").map(str::len), Some(16));
}

#[tokio::test]
async fn the_access_log_names_the_user_of_the_proxy() {
    let flags = ["--master", "http://127.0.0.1:1", "--trusted-proxy", "127.0.0.1", "--access-log", "stdout"];
    let mut gateway = Gateway::start(&flags).await;
    let asked = || get(&gateway.at, "/healthz").with("x-forwarded-for", "192.0.2.7");
    asked().with("x-forwarded-user", "alice\"\\").send().await;
    asked().with("forwarded", "for=192.0.2.8").send().await;
    let line = gateway.line().await;
    assert_eq!((&line["proxy_user"], &line["user"]), (&json!("alice\"\\"), &json!(null)));
    let refused = gateway.line().await;
    assert_eq!((&refused["status"], refused.get("proxy_user")), (&json!(400), None));
    assert!(refused["peer"].as_str().is_some_and(|peer| peer.starts_with("127.0.0.1:")), "{refused}");
}

#[tokio::test]
async fn a_path_that_the_proxy_leaves_is_taken_off() {
    let (master, gateway) = behind("127.0.0.1").await;
    let below = |method, path: &str, body: &'static str| {
        ask(&gateway.at, method, path, body).with("x-forwarded-prefix", "/tools/mesoscope")
    };
    let answer = below(Method::GET, "/tools/mesoscope?x=1", "").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (307, Some("/tools/mesoscope/?x=1")));
    let posted = below(Method::POST, "/tools/mesoscope/api/v1", GET_AGENTS).with("content-type", "application/json");
    assert_eq!(posted.send().await.status, 200);
    assert_eq!(below(Method::GET, "/healthz", "").send().await.status, 200, "the proxy has taken it off");
    assert_eq!(below(Method::GET, "/tools/mesoscopes/healthz", "").send().await.status, 404);
    assert_eq!(get(&gateway.at, "/tools/mesoscope/healthz").send().await.status, 404);
    assert_eq!(master.seen().len(), 1);
}

/// A client on another machine gets a compressed stream, although the proxy is on this one.
#[tokio::test]
async fn the_client_decides_about_compression() {
    for (client, coding) in [("192.0.2.7", Some("gzip")), ("127.0.0.1", None)] {
        let (_events, reply) = super::script::stream();
        let mut reply = Some(reply);
        let master = Script::start(move |_| reply.take().expect("it is asked once")).await;
        let gateway = Gateway::start(&["--master", &master.url(), "--trusted-proxy", "127.0.0.1"]).await;
        let asked = call(&gateway.at, super::ask::SUBSCRIBE).with("x-forwarded-for", client);
        let answer = asked.with("accept-encoding", "gzip").send().await;
        assert_eq!(answer.header("content-encoding"), coding, "{client}");
    }
}

#[tokio::test]
async fn nginx_reports_the_browsers_host() {
    let (_master, gateway) = behind("127.0.0.1").await;
    let config = "location / { proxy_pass http://GATEWAY; proxy_set_header X-Forwarded-Host $http_host; \
        proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; \
        proxy_set_header Forwarded \"\"; }";
    let Some(nginx) = Nginx::before(&gateway.at, "trusted", config).await else { return };
    let host = format!("console.example:{}", nginx.at.rsplit(':').next().unwrap_or_default());
    let asked = |origin: &str| call(&nginx.at, GET_AGENTS).with("host", &host).with("origin", origin);
    assert_eq!(asked(&format!("http://{host}")).send().await.status, 200);
    assert_eq!(asked("http://127.0.0.1").with("forwarded", "host=127.0.0.1").send().await.status, 403);
}

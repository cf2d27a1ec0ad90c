//! `/metrics`, `/healthz` and `/readyz`: what they report, and that probes cost the masters little.

use std::collections::BTreeMap;

use super::ask::{GET_AGENTS, SUBSCRIBE, TEARDOWN, call, get, within};
use super::executable::Gateway;
use super::script::{Script, feed, nobody, reply, stream};

const HEALTHY: &str = r#"{"type":"GET_HEALTH","get_health":{"healthy":true}}"#;

async fn text(gateway: &Gateway) -> String {
    let answer = get(&gateway.at, "/metrics").send().await;
    assert_eq!(answer.status, 200);
    let kind = answer.header("content-type").map(str::to_owned);
    assert_eq!(kind.as_deref(), Some("application/openmetrics-text; version=1.0.0; charset=utf-8"));
    answer.words().await
}

/// The samples by name and labels. Checks the grammar of OpenMetrics: descriptors first, one number a sample, and the end.
fn parsed(text: &str) -> BTreeMap<String, f64> {
    let body = text.strip_suffix("# EOF\n").unwrap_or_else(|| panic!("no end: {text}"));
    let (mut families, mut samples) = (Vec::new(), BTreeMap::new());
    for line in body.lines() {
        if let Some(descriptor) = line.strip_prefix("# ") {
            let mut words = descriptor.splitn(3, ' ');
            let (kind, name, rest) =
                (words.next().unwrap_or(""), words.next().unwrap_or(""), words.next().unwrap_or(""));
            assert!(matches!(kind, "HELP" | "TYPE" | "UNIT") && !rest.is_empty(), "{line}");
            assert!(kind != "UNIT" || name.ends_with(&format!("_{rest}")), "{line}");
            families.push(name.to_owned());
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no sample: {line}"));
        let name = sample.split('{').next().unwrap_or_default();
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{line}");
        assert!(families.iter().any(|family| name.starts_with(family.as_str())), "no descriptor: {line}");
        assert!(samples.insert(sample.to_owned(), value.parse().expect("a number")).is_none(), "twice: {line}");
    }
    samples
}

async fn samples(gateway: &Gateway) -> BTreeMap<String, f64> {
    parsed(&text(gateway).await)
}

#[tokio::test]
async fn requests_are_counted() {
    let master = Script::start(|_| reply(200, "12345")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    for body in [GET_AGENTS, GET_AGENTS, TEARDOWN] {
        call(&gateway.at, body).send().await.words().await;
    }
    get(&gateway.at, "/x").with("host", "evil.example").send().await;
    let samples = samples(&gateway).await;
    assert_eq!(samples["mesoscope_requests_total{route=\"master\",method=\"POST\",status=\"200\"}"], 3.0);
    assert_eq!(samples["mesoscope_requests_total{route=\"page\",method=\"GET\",status=\"421\"}"], 1.0);
    assert_eq!(samples["mesoscope_request_latency_seconds_count{route=\"master\"}"], 3.0);
    assert_eq!(samples["mesoscope_request_latency_seconds_bucket{le=\"+Inf\",route=\"master\"}"], 3.0);
    assert_eq!(samples["mesoscope_response_bytes_total{route=\"master\"}"], 15.0);
    assert_eq!(samples["mesoscope_open_answers{route=\"probe\"}"], 1.0, "that of the metrics themselves");
    assert_eq!(samples[concat!("mesoscope_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"}")], 1.0);
    assert_eq!(samples["mesoscope_log_lines_lost_total"], 0.0);
}

#[tokio::test]
async fn a_stream_is_open_and_its_compression_is_counted() {
    let (events, reply) = stream();
    let mut reply = Some(reply);
    let master = Script::start(move |_| reply.take().expect("it is asked once")).await;
    let gateway = Gateway::start(&["--master", &master.url(), "--compress", "always"]).await;
    let mut answer = call(&gateway.at, SUBSCRIBE).with("accept-encoding", "gzip").send().await;
    feed(&events, "x".repeat(100_000)).await;
    answer.next().await.expect("it goes on").expect("unbroken");
    // The gateway may read the event in several pieces and pass on the first before it has the last.
    let whole = async {
        loop {
            let samples = samples(&gateway).await;
            if samples["mesoscope_compression_input_bytes_total"] >= 100_000.0 {
                break samples;
            }
        }
    };
    let during = within(whole).await;
    assert_eq!(during["mesoscope_open_answers{route=\"master\"}"], 1.0);
    assert_eq!(during["mesoscope_compression_input_bytes_total"], 100_000.0);
    let after = during["mesoscope_compression_output_bytes_total"];
    assert!(after > 0.0 && after < 10_000.0, "{after}");
    drop((answer, events));
    let closed = async { while samples(&gateway).await["mesoscope_open_answers{route=\"master\"}"] != 0.0 {} };
    within(closed).await;
}

#[tokio::test]
async fn failures_and_changes_of_the_leader_are_counted() {
    let dead = format!("http://{}", nobody().await);
    let mut leads = true;
    let first = Script::start(move |_| match std::mem::replace(&mut leads, false) {
        true => reply(200, "{}"),
        false => reply(503, "No leader elected"),
    })
    .await;
    let second = Script::start(|_| reply(200, "{}")).await;
    let gateway = Gateway::before(&[&dead, &first.url(), &second.url()]).await;
    for _ in 0..3 {
        assert_eq!(call(&gateway.at, GET_AGENTS).send().await.status, 200);
    }
    let samples = samples(&gateway).await;
    assert_eq!(samples["mesoscope_leader_changes_total"], 1.0);
    assert_eq!(samples["mesoscope_upstream_failures_total{target=\"master\",reason=\"not_ready\"}"], 1.0);
    assert_ne!(samples["mesoscope_upstream_failures_total{target=\"master\",reason=\"unreachable\"}"], 0.0);
}

#[tokio::test]
async fn the_gateway_is_ready_if_a_master_leads() {
    let leader = Script::start(|_| reply(200, HEALTHY).with("content-type", "application/json")).await;
    let at = format!("//{}/api/v1", leader.at);
    let standby = Script::start(move |_| reply(307, "").with("location", &at)).await;
    let signs_in = Script::start(|_| reply(401, "").with("www-authenticate", "Basic realm=\"m\"")).await;
    for (master, words) in [(standby.url(), " leads."), (signs_in.url(), " answers, and needs credentials.")] {
        let gateway = Gateway::before(&[&master]).await;
        let answer = get(&gateway.at, "/readyz").send().await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, Some("no-store")));
        assert!(answer.words().await.contains(words));
    }
}

#[tokio::test]
async fn the_gateway_is_not_ready_without_a_leader() {
    let lost = Script::start(|_| reply(503, "No leader elected")).await;
    let page = Script::start(|_| reply(200, "<title>Sign in</title>").with("content-type", "text/html")).await;
    let dead = format!("http://{}", nobody().await);
    for master in [lost.url(), page.url(), dead] {
        let gateway = Gateway::before(&[&master]).await;
        assert_eq!(get(&gateway.at, "/readyz").send().await.status, 503, "{master}");
        assert_eq!(get(&gateway.at, "/healthz").send().await.status, 200);
    }
}

#[tokio::test]
async fn many_probes_are_one_call() {
    let master = Script::start(|_| reply(200, HEALTHY).with("content-type", "application/json")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let probes: Vec<_> = (0..20).map(|_| tokio::spawn(get(&gateway.at, "/readyz").send())).collect();
    for probe in probes {
        assert_eq!(probe.await.expect("it does not panic").status, 200);
    }
    assert!(master.seen().len() <= 3, "{}", master.seen().len());
    assert_eq!(master.seen()[0].header("authorization"), None);
}

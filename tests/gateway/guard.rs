//! Who is refused: the executable's own answer for each kind; the fine cases are beside the code.

use hyper::Method;

use super::ask::{GET_AGENTS, ask, call, get};
use super::executable::Gateway;
use super::script::{Script, reply};

async fn guarded() -> (Script, Gateway) {
    let master = Script::start(|_| reply(200, "{}")).await;
    let gateway = Gateway::start(&["--master", &master.url(), "--host", "Console.Example"]).await;
    (master, gateway)
}

#[tokio::test]
async fn names_that_are_not_ours() {
    let (master, gateway) = guarded().await;
    for host in ["evil.example", "127.0.0.1.evil.example", "console.example.evil"] {
        let answer = call(&gateway.at, GET_AGENTS).with("host", host).send().await;
        assert_eq!(answer.status, 421, "{host}");
        assert!(answer.words().await.contains("--host"));
        assert_eq!(get(&gateway.at, "/").with("host", host).send().await.status, 421, "{host}");
    }
    assert_eq!(call(&gateway.at, GET_AGENTS).without_host().send().await.status, 400);
    assert_eq!(master.seen().len(), 0);
    for host in ["localhost", "127.0.0.1:1", "[::1]:5080", "192.168.1.2", "console.example:5080"] {
        assert_eq!(call(&gateway.at, GET_AGENTS).with("host", host).send().await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn requests_that_another_page_makes() {
    let (master, gateway) = guarded().await;
    for (name, value) in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:1"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let answer = call(&gateway.at, GET_AGENTS).with(name, value).send().await;
        assert_eq!(answer.status, 403, "{name}: {value}");
        assert!(answer.words().await.contains("another site"));
    }
    assert_eq!(master.seen().len(), 0);
    let origin = format!("http://{}", gateway.at);
    let own = call(&gateway.at, GET_AGENTS).with("origin", &origin).with("sec-fetch-site", "same-origin");
    assert_eq!(own.send().await.status, 200);
}

#[tokio::test]
async fn a_link_may_lead_here_but_not_post() {
    let (master, gateway) = guarded().await;
    let visit = get(&gateway.at, "/nothing").with("sec-fetch-site", "cross-site").with("sec-fetch-mode", "navigate");
    assert_eq!(visit.send().await.status, 404, "not refused, only not there");
    let form = ask(&gateway.at, Method::POST, "/api/v1", GET_AGENTS);
    let form = form.with("sec-fetch-site", "cross-site").with("sec-fetch-mode", "navigate");
    assert_eq!(form.send().await.status, 403);
    let image = get(&gateway.at, "/nothing").with("sec-fetch-site", "cross-site").with("sec-fetch-mode", "no-cors");
    assert_eq!(image.send().await.status, 403);
    assert_eq!(master.seen().len(), 0);
}

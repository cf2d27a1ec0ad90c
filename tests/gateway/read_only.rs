//! `--read-only`: what reads is passed on, and nothing else is, to masters and to agents; the page is told.

use hyper::Method;

use super::ask::{GET_AGENTS, TEARDOWN, ask, call, get};
use super::executable::Gateway;
use super::script::{Script, reply};

async fn read_only() -> (Script, Gateway) {
    let master = Script::start(|_| reply(200, "{}")).await;
    let gateway = Gateway::start(&["--master", &master.url(), "--read-only"]).await;
    (master, gateway)
}

#[tokio::test]
async fn reads_are_passed_on_and_writes_are_not() {
    let (master, gateway) = read_only().await;
    assert_eq!(call(&gateway.at, GET_AGENTS).send().await.status, 200);
    assert_eq!(master.seen().len(), 1);
    for body in [TEARDOWN, "", "{}", r#"{"type":"GET_STATE","type":"TEARDOWN"}"#, r#"{"type":"SOMETHING_NEW"}"#] {
        let answer = call(&gateway.at, body).send().await;
        assert_eq!(answer.status, 403, "{body}");
        assert!(answer.words().await.contains("read-only"), "{body}");
    }
    let records = ask(&gateway.at, Method::POST, "/api/v1", "20\n{\"type\":\"GET_STATE\"}");
    assert_eq!(records.with("content-type", "application/recordio").send().await.status, 403);
    assert_eq!(master.seen().len(), 1, "none of them was sent");
}

#[tokio::test]
async fn nor_to_agents_nor_anywhere_else() {
    let (master, gateway) = read_only().await;
    let level = r#"{"type":"SET_LOGGING_LEVEL","set_logging_level":{"level":1,"duration":{"nanoseconds":1}}}"#;
    for path in ["/agent/a-S1/api/v1", "/master/teardown", "/machine/down", "/", "/quota/dev"] {
        let asked = ask(&gateway.at, Method::POST, path, level).with("content-type", "application/json");
        let answer = asked.send().await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(answer.words().await.contains("read-only"), "{path}");
    }
    assert_eq!(ask(&gateway.at, Method::DELETE, "/quota/dev", "").send().await.status, 403);
    assert_eq!(master.seen().len(), 0, "the master is not even asked where the agent is");
    assert_eq!(get(&gateway.at, "/healthz").send().await.status, 200);
}

#[tokio::test]
async fn without_the_flag_all_is_passed_on() {
    let master = Script::start(|_| reply(200, "{}")).await;
    let gateway = Gateway::start(&["--master", &master.url()]).await;
    assert_eq!(call(&gateway.at, TEARDOWN).send().await.status, 200);
    assert_eq!(master.seen().len(), 1);
}

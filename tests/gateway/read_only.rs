//! `--read-only`: what reads is passed on, and nothing else is, to masters and to agents; the page is reported.

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
    for body in [
        TEARDOWN,
        "",
        "{}",
        r#"{"type":"GET_STATE","type":"TEARDOWN"}"#,
        r#"{"type":"GET_VERSION","type\u0000":"LAUNCH_CONTAINER","launch_container":{}}"#,
        r#"{"type":"GET_VERSION","launch_container":{}}"#,
        r#"{"type":"SOMETHING_NEW"}"#,
    ] {
        let answer = call(&gateway.at, body).send().await;
        assert_eq!(answer.status, 403, "{body}");
        assert!(answer.words().await.contains("read-only"), "{body}");
    }
    let records = ask(&gateway.at, Method::POST, "/api/v1", "20\n{\"type\":\"GET_STATE\"}");
    assert_eq!(records.with("content-type", "application/recordio").send().await.status, 403);
    assert_eq!(master.seen().len(), 1, "none of them was sent");
}

/// What arrives is printed from what was understood, with the headers that a read has.
#[tokio::test]
async fn no_byte_of_the_caller_arrives() {
    let (master, gateway) = read_only().await;
    let body = "\n{ \"read_file\" : {\"offset\":0, \"p\\u0061th\":\"/a\\u0001b\"},\"type\":\"READ\\u005fFILE\"}\t";
    let asked = call(&gateway.at, body)
        .with("accept", "application/json")
        .with("authorization", "Basic YTpi")
        .with("message-accept", "application/json")
        .with("message-content-type", "application/json")
        .with("content-encoding", "identity");
    assert_eq!(asked.send().await.status, 200);
    let seen = &master.seen()[0];
    assert_eq!(seen.text(), r#"{"type":"READ_FILE","read_file":{"path":"/a\u0001b","offset":0}}"#);
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!((seen.header("message-content-type"), seen.header("content-encoding")), (None, None));
    assert_eq!((seen.header("accept"), seen.header("authorization")), (Some("application/json"), Some("Basic YTpi")));
}

/// Mesos would open what is named before the NUL: a pipe, say, which blocks an agent's file service.
#[tokio::test]
async fn a_text_with_a_nul_is_not_sent() {
    let (master, gateway) = read_only().await;
    for body in [
        r#"{"type":"READ_FILE","read_file":{"path":"/s/pipe\u0000x","offset":0}}"#,
        r#"{"type":"LIST_FILES","list_files":{"path":"\u0000"}}"#,
        r#"{"type":"WAIT_CONTAINER","wait_container":{"container_id":{"value":"c","parent":{"value":"p\u0000"}}}}"#,
    ] {
        let answer = call(&gateway.at, body).send().await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.words().await.contains("NUL"), "{body}");
    }
    assert_eq!(master.seen().len(), 0);
}

#[tokio::test]
async fn one_content_type_and_one_way_to_an_agent() {
    let (master, gateway) = read_only().await;
    let twice = call(&gateway.at, GET_AGENTS).with("content-type", "application/x-protobuf");
    assert_eq!(twice.send().await.status, 403);
    for path in ["/agent/a%2Fb/../api/v1", "/agent/a/b/api/v1", "/master/api/v1", "/agent//api/v1"] {
        let asked = ask(&gateway.at, Method::POST, path, GET_AGENTS).with("content-type", "application/json");
        assert_eq!(asked.send().await.status, 403, "{path}");
    }
    assert_eq!(master.seen().len(), 0);
}

#[tokio::test]
async fn agents_and_other_paths_take_no_writes() {
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

//! A browser that sends a write again after its connection broke: the write is forwarded once.

use super::ask::{GET_AGENTS, TEARDOWN, call};
use super::executable::Gateway;
use super::script::{Script, reply};

const ID: &str = "x-mesoscope-write";

#[tokio::test]
async fn a_write_with_the_same_id_is_forwarded_once() {
    let master = Script::start(|_| reply(200, "")).await;
    let gateway = Gateway::start(&["--master", &master.url()]).await;
    assert_eq!(call(&gateway.at, TEARDOWN).with(ID, "1").send().await.status, 200);
    let again = call(&gateway.at, TEARDOWN).with(ID, "1").send().await;
    assert_eq!((again.status.as_u16(), again.header("x-mesoscope-outcome")), (502, Some("unknown")));
    assert!(again.words().await.contains("the browser sent the call again"));
    assert_eq!(master.seen().len(), 1);
    assert_eq!(master.seen()[0].header(ID), None, "the id is for the gateway");
    assert_eq!(call(&gateway.at, TEARDOWN).with(ID, "2").send().await.status, 200);
    assert_eq!(call(&gateway.at, TEARDOWN).send().await.status, 200);
    assert_eq!(call(&gateway.at, TEARDOWN).send().await.status, 200);
    // A read may be repeated.
    assert_eq!(call(&gateway.at, GET_AGENTS).with(ID, "2").send().await.status, 200);
    assert_eq!(master.seen().len(), 5);
}

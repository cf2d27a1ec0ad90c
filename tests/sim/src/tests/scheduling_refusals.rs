//! What the scheduler API refuses, in the words of a real master.

use serde_json::{Value, json};

use super::scheduling::{Client, info};
use crate::cluster::Sim;
use crate::scheduler::reply::{SchedulerAnswer, SchedulerHead};

/// Subscribes as that user. The refusal's status and words; status 200 for an ERROR on a stream, and empty words for a framework.
fn subscribe(
    sim: &mut Sim,
    user: Option<&str>,
    framework: &str,
    info: &Value,
    head: SchedulerHead<'_>,
) -> (u16, String) {
    sim.principal = user.map(str::to_owned);
    let mut call = json!({"type": "SUBSCRIBE", "subscribe": {"framework_info": info}});
    if !framework.is_empty() {
        call["framework_id"] = json!({"value": framework});
        call["subscribe"]["framework_info"]["id"] = call["framework_id"].clone();
    }
    let stream = match sim.scheduler_call(call.to_string().as_bytes(), head) {
        SchedulerAnswer::Done(refusal) => return (refusal.status, text(refusal.body.into_bytes())),
        SchedulerAnswer::Stream(stream, _) => stream,
    };
    let mut words = String::new();
    while let Some((of, news)) = sim.next_scheduler_news() {
        if let crate::schedulers::StreamNews::Event(record) = news
            && of == stream
        {
            let event: Value = serde_json::from_slice(&record).expect("JSON");
            words.push_str(event["error"]["message"].as_str().unwrap_or_default());
        }
    }
    (200, words)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text")
}

#[test]
fn a_framework_is_of_the_principal_that_subscribed_it() {
    let mut client = Client::new(60.0);
    let head = SchedulerHead::default();
    let of = |principal: &str| {
        let mut of = info(60.0);
        of["principal"] = json!(principal);
        of
    };
    let other = "Authenticated principal 'bob' does not match principal 'alice' set in `FrameworkInfo`";
    let validation = format!("Failed to validate scheduler::Call: {other}");
    assert_eq!(subscribe(&mut client.sim, Some("bob"), "", &of("alice"), head), (400, validation));
    assert_eq!(subscribe(&mut client.sim, None, "", &of("alice"), head), (200, String::new()));
    let changed = "Changing framework's principal is not allowed.".to_owned();
    let framework = client.framework.clone();
    assert_eq!(subscribe(&mut client.sim, Some("bob"), &framework, &info(60.0), head), (200, changed));
    // Each later call is checked, too.
    client.sim.principal = None;
    assert_eq!(client.call("REVIVE", Value::Null), 202);
    client.sim.principal = Some("bob".to_owned());
    assert_eq!(client.call("REVIVE", Value::Null), 400);
}

#[test]
fn a_framework_keeps_its_user_when_it_subscribes_again() {
    let mut client = Client::new(60.0);
    let mut other = info(60.0);
    (other["user"], other["name"]) = (json!("web"), json!("renamed"));
    // The offers of the first stream end with it.
    client.offers();
    client.subscribe(&other);
    client.launch("t", "whoami");
    client.wait(500);
    client.states();
    assert_eq!(client.file("t", "stdout"), "ops\n");
    assert!(client.sim.state().to_string().contains("\"name\":\"renamed\""));
    other["id"] = json!({"value": client.framework});
    assert_eq!(client.call("UPDATE_FRAMEWORK", json!({"framework_info": other})), 400);
}

#[test]
fn a_description_is_refused_for_its_first_fault() {
    let mut sim = Sim::recorded(1);
    let multi = json!([{"type": "MULTI_ROLE"}]);
    let guest = SchedulerHead { is_guest: true, ..SchedulerHead::default() };
    for (more, head, words) in [
        (
            json!({"roles": ["a", "b", "a"]}),
            SchedulerHead::default(),
            "'FrameworkInfo.roles' contains duplicate items: { a }",
        ),
        (
            json!({"failover_timeout": 1e12}),
            SchedulerHead::default(),
            "The framework failover_timeout (1000000000000) is invalid",
        ),
        (json!({"roles": ["b", "a"]}), guest, "Not authorized to register framework  with roles { a, b }"),
        (json!({"roles": ["b"]}), SchedulerHead::default(), ""),
    ] {
        let mut info = json!({"user": "ops", "name": "x", "capabilities": multi});
        for (name, field) in more.as_object().expect("fields") {
            info[name] = field.clone();
        }
        assert_eq!(subscribe(&mut sim, None, "", &info, head), (200, words.to_owned()), "{more}");
    }
}

#[test]
fn a_task_group_is_refused_as_a_whole() {
    let mut client = Client::new(60.0);
    let offer = client.offers().into_iter().next().expect("an offer");
    let scalar = |name: &str, value: f64| json!({"name": name, "type": "SCALAR", "scalar": {"value": value}});
    let task = |id: &str, cpus: f64| {
        json!({"name": id, "task_id": {"value": id}, "agent_id": offer["agent_id"],
        "command": {"value": "true"}, "resources": [scalar("cpus", cpus), scalar("mem", 32.0)]})
    };
    let framework = client.framework.clone();
    let executor = |more: Value| {
        let mut executor = json!({"executor_id": {"value": "e"}, "type": "DEFAULT", "framework_id": {"value": framework},
            "resources": [scalar("cpus", 0.1), scalar("mem", 32.0), scalar("disk", 1.0)]});
        for (name, field) in more.as_object().expect("fields") {
            executor[name] = field.clone();
        }
        executor
    };
    for (executor, tasks, why) in [
        (executor(json!({})), vec![task("a", 0.1), task("b/", 0.1)], "'b/' contains invalid characters"),
        (
            executor(json!({"command": {}})),
            vec![task("a", 0.1)],
            "'ExecutorInfo.command' must not be set for 'DEFAULT' executor",
        ),
        (executor(json!({"framework_id": {}})), vec![task("a", 0.1)], "'ExecutorInfo.framework_id' must be set"),
        (
            executor(json!({"resources": []})),
            vec![task("a", 0.1)],
            "Executor 'e' uses less CPUs (None) than the minimum required (0.01)",
        ),
        (
            executor(json!({"resources": [scalar("cpus", 1.0), scalar("mem", 16.0)]})),
            vec![task("a", 0.1)],
            "Executor 'e' uses less memory (16MB) than the minimum required (32MB)",
        ),
        (
            executor(json!({})),
            vec![task("a", 2.0), task("b", 2.0)],
            "Total resources cpus(allocated: dev):4.1; mem(allocated: dev):96; disk(allocated: dev):1 required by task group and its \
             executor are more than available",
        ),
    ] {
        client.wait(1_500);
        let offers: Vec<Value> = client.offers().iter().map(|offer| offer["id"].clone()).collect();
        let own = if offers.is_empty() { vec![offer["id"].clone()] } else { offers.into_iter().take(1).collect() };
        let number = tasks.len();
        let operation =
            json!({"type": "LAUNCH_GROUP", "launch_group": {"executor": executor, "task_group": {"tasks": tasks}}});
        let fields = json!({"offer_ids": own, "operations": [operation], "filters": {"refuse_seconds": 0}});
        assert_eq!(client.call("ACCEPT", fields), 202);
        let (message, reason) = client.message("TASK_ERROR");
        assert!(message.starts_with(why) && reason == "REASON_TASK_GROUP_INVALID", "{message} {reason}");
        assert_eq!(client.states(), vec!["TASK_ERROR"; number]);
    }
}

#[test]
fn a_user_that_the_agent_lacks_drops_the_task() {
    let mut client = Client::new(60.0);
    client.launch_with("t", json!({"value": "true", "user": "missing"}), &json!({}));
    client.wait(500);
    let (message, reason) = client.message("TASK_DROPPED");
    assert!(message.starts_with("Failed to create executor directory '"), "{message}");
    assert!(message.ends_with("Failed to chown directory to 'missing': No such user 'missing'"), "{message}");
    assert_eq!((reason.as_str(), client.states()), ("REASON_EXECUTOR_TERMINATED", vec!["TASK_DROPPED".to_owned()]));
}

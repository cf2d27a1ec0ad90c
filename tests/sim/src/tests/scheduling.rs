//! The scheduler API by hand, at times that the test sets.

use serde_json::{Value, json};

use crate::answer::reply::Target;
use crate::cluster::{DEFAULT_START, Sim};
use crate::scheduler::reply::{SchedulerAnswer, SchedulerHead};
use crate::schedulers::StreamNews;
use crate::size::Size;
use crate::time::SECOND;

/// A client with one stream.
pub(super) struct Client {
    pub(super) sim: Sim,
    now: i64,
    pub(super) framework: String,
    stream: u64,
    id: String,
    events: Vec<Value>,
    has_ended: bool,
}

pub(super) fn info(timeout: f64) -> Value {
    json!({"user": "ops", "name": "console", "roles": ["dev"], "failover_timeout": timeout, "capabilities": [
        {"type": "MULTI_ROLE"}, {"type": "PARTITION_AWARE"}, {"type": "TASK_KILLING_STATE"}]})
}

impl Client {
    pub(super) fn new(timeout: f64) -> Client {
        Client::of(Sim::recorded(2), &info(timeout))
    }

    fn of(sim: Sim, info: &Value) -> Client {
        let (framework, id, events) = Default::default();
        let now = sim.world.now.max(DEFAULT_START);
        let mut client = Client { sim, now, framework, stream: 0, id, events, has_ended: false };
        client.subscribe(info);
        client
    }

    pub(super) fn subscribe(&mut self, info: &Value) {
        let mut call = json!({"type": "SUBSCRIBE", "subscribe": {"framework_info": info}});
        if !self.framework.is_empty() {
            call["framework_id"] = json!({"value": self.framework});
            call["subscribe"]["framework_info"]["id"] = call["framework_id"].clone();
        }
        match self.sim.scheduler_call(call.to_string().as_bytes(), SchedulerHead::default()) {
            SchedulerAnswer::Stream(stream, id) => (self.stream, self.id, self.has_ended) = (stream, id, false),
            SchedulerAnswer::Done(refusal) => panic!("{refusal:?}"),
        }
        self.wait(0);
        if let Some(event) = self.events.iter().rfind(|event| event["type"] == "SUBSCRIBED") {
            self.framework = event["subscribed"]["framework_id"]["value"].as_str().expect("an id").to_owned();
        }
    }

    /// Lets milliseconds pass.
    pub(super) fn wait(&mut self, millis: i64) {
        self.now += millis * SECOND / 1000;
        self.sim.advance(self.now);
        while let Some((stream, news)) = self.sim.next_scheduler_news() {
            match news {
                _ if stream != self.stream => {}
                StreamNews::Event(record) => self.events.push(serde_json::from_slice(&record).expect("JSON")),
                StreamNews::End => self.has_ended = true,
            }
        }
    }

    pub(super) fn call(&mut self, kind: &str, fields: Value) -> u16 {
        let mut call = json!({"type": kind, "framework_id": {"value": self.framework}});
        if !fields.is_null() {
            call[kind.to_lowercase()] = fields;
        }
        let head = SchedulerHead { stream_id: Some(&self.id), ..SchedulerHead::default() };
        let SchedulerAnswer::Done(answer) = self.sim.scheduler_call(call.to_string().as_bytes(), head) else {
            panic!("no stream is expected")
        };
        self.wait(0);
        answer.status
    }

    fn take(&mut self, kind: &str) -> Vec<Value> {
        let (taken, rest) = std::mem::take(&mut self.events).into_iter().partition(|event| event["type"] == kind);
        self.events = rest;
        taken
    }

    pub(super) fn offers(&mut self) -> Vec<Value> {
        let events = self.take("OFFERS");
        events.iter().flat_map(|event| event["offers"]["offers"].as_array().expect("offers").clone()).collect()
    }

    /// States of the updates since the last look, each acknowledged.
    pub(super) fn states(&mut self) -> Vec<String> {
        let mut states = Vec::new();
        loop {
            let updates = self.take("UPDATE");
            if updates.is_empty() {
                return states;
            }
            for update in updates {
                let status = &update["update"]["status"];
                states.push(status["state"].as_str().expect("a state").to_owned());
                if status["uuid"].is_string() {
                    let fields =
                        json!({"agent_id": status["agent_id"], "task_id": status["task_id"], "uuid": status["uuid"]});
                    assert_eq!(self.call("ACKNOWLEDGE", fields), 202);
                }
            }
        }
    }

    /// Launches a command on the first agent that is offered; returns its offer.
    pub(super) fn launch(&mut self, id: &str, line: &str) -> Value {
        self.launch_with(id, json!({"value": line}), &json!({}))
    }

    pub(super) fn launch_with(&mut self, id: &str, command: Value, more: &Value) -> Value {
        self.wait(1500);
        let offer = self.offers().into_iter().next().expect("an offer");
        let mut task = json!({"name": id, "task_id": {"value": id}, "agent_id": offer["agent_id"], "command": command,
            "resources": [{"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.5}}, {"name": "mem", "type": "SCALAR", "scalar": {"value": 64}}]});
        for (name, field) in more.as_object().expect("fields") {
            task[name] = field.clone();
        }
        let launch = json!([{"type": "LAUNCH", "launch": {"task_infos": [task]}}]);
        let fields = json!({"offer_ids": [offer["id"]], "operations": launch, "filters": {"refuse_seconds": 0}});
        assert_eq!(self.call("ACCEPT", fields), 202);
        offer
    }

    pub(super) fn file(&mut self, id: &str, name: &str) -> String {
        let path = format!("/frameworks/{}/executors/{id}/runs/latest/{name}", self.framework);
        let call = json!({"type": "READ_FILE", "read_file": {"path": path, "offset": 0}});
        for agent in 0..2 {
            let answer = self.sim.answer(Target::Agent(agent), call.to_string().as_bytes());
            if answer.status == 200 {
                let body: Value = serde_json::from_slice(&answer.body.into_bytes()).expect("JSON");
                let data = body["read_file"]["data"].as_str().expect("data");
                let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data);
                return String::from_utf8(bytes.expect("base64")).expect("text");
            }
        }
        panic!("no agent has {path}");
    }

    pub(super) fn message(&self, state: &str) -> (String, String) {
        let statuses = self.events.iter().map(|event| &event["update"]["status"]);
        let status = statuses.into_iter().rfind(|status| status["state"] == *state).expect("an update");
        let text = |name: &str| status[name].as_str().unwrap_or_default().to_owned();
        (text("message"), text("reason"))
    }

    /// States of a task in the events of the operator API.
    fn operator_states(&mut self, id: &str) -> Vec<String> {
        let records: Vec<Value> = std::iter::from_fn(|| self.sim.next_record())
            .map(|record| serde_json::from_slice(&record).expect("JSON"))
            .collect();
        let state = |record: &Value| match record["type"].as_str() {
            Some("TASK_ADDED") => Some(&record["task_added"]["task"])
                .filter(|task| task["task_id"]["value"] == *id)
                .map(|task| task["state"].clone()),
            Some("TASK_UPDATED") => Some(&record["task_updated"])
                .filter(|it| it["status"]["task_id"]["value"] == *id)
                .map(|it| it["state"].clone()),
            _ => None,
        };
        records.iter().filter_map(state).map(|state| state.as_str().expect("a state").to_owned()).collect()
    }
}

#[test]
fn a_command_runs_and_writes_into_its_sandbox() {
    let mut client = Client::new(60.0);
    client.launch("t", "echo hello; sleep 3; echo bye; exit 7");
    assert_eq!(client.states(), Vec::<String>::new());
    client.wait(500);
    assert_eq!(client.states(), ["TASK_STARTING", "TASK_RUNNING"]);
    assert_eq!(client.file("t", "stdout"), "hello\n");
    let used = client.sim.state().to_string();
    assert!(used.contains("\"name\":\"t\""), "GET_STATE has the task");
    client.wait(3_000);
    assert_eq!(client.message("TASK_FAILED"), ("Command exited with status 7".to_owned(), String::new()));
    assert_eq!(client.states(), ["TASK_FAILED"]);
    assert_eq!(client.file("t", "stdout"), "hello\nbye\n");
    assert!(client.file("t", "stderr").contains("Command exited with status 7"));
    assert_eq!(client.operator_states("t"), ["TASK_STAGING", "TASK_STARTING", "TASK_RUNNING", "TASK_FAILED"]);
}

#[test]
fn an_update_is_repeated_and_later_ones_wait() {
    let mut client = Client::new(60.0);
    client.launch("t", "true");
    client.wait(9_000);
    assert_eq!(client.take("UPDATE").len(), 1, "TASK_STARTING is not acknowledged");
    client.wait(2_000);
    assert_eq!(client.events.iter().filter(|event| event["type"] == "UPDATE").count(), 1, "it comes again");
    assert_eq!(client.states(), ["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]);
    client.wait(60_000);
    assert_eq!(client.states(), Vec::<String>::new());
}

#[test]
fn a_kill_is_soft_or_hard() {
    let mut client = Client::new(60.0);
    for (id, line, message) in [
        ("soft", "sleep 1000", "Command terminated with signal Terminated"),
        ("hard", "trap '' TERM; sleep 1000", "Command terminated with signal Killed"),
    ] {
        client.launch(id, line);
        client.wait(500);
        client.states();
        let policy = json!({"grace_period": {"nanoseconds": 2 * SECOND}});
        client.call("KILL", json!({"task_id": {"value": id}, "kill_policy": policy}));
        client.wait(1_000);
        assert_eq!(client.states().first().map(String::as_str), Some("TASK_KILLING"), "{id}");
        client.wait(2_000);
        client.states();
        let state = client.sim.state();
        let completed = state
            .pointer("/get_state/get_tasks/completed_tasks")
            .or_else(|| state.pointer("/get_tasks/completed_tasks"));
        let task = completed
            .and_then(Value::as_array)
            .expect("tasks")
            .iter()
            .find(|task| task["name"] == *id)
            .expect("the task");
        let last = task["statuses"].as_array().and_then(|all| all.last()).expect("a status");
        assert_eq!((&last["state"], &last["message"]), (&json!("TASK_KILLED"), &json!(message)), "{id}");
    }
}

#[test]
fn a_task_ends_by_its_limit() {
    let mut client = Client::new(60.0);
    client.launch_with("t", json!({"value": "sleep 100"}), &json!({"max_completion_time": {"nanoseconds": SECOND}}));
    client.wait(500);
    assert_eq!(client.states(), ["TASK_STARTING", "TASK_RUNNING"]);
    client.wait(1_000);
    assert_eq!(client.message("TASK_FAILED").1, "REASON_MAX_COMPLETION_TIME_REACHED");
}

#[test]
fn what_is_missing_is_not_launched() {
    let mut client = Client::new(60.0);
    let uri = json!({"value": "true", "uris": [{"value": "http://files.example/missing.tar"}]});
    client.launch_with("uri", uri, &json!({}));
    client.wait(500);
    assert_eq!(client.message("TASK_FAILED").1, "REASON_CONTAINER_LAUNCH_FAILED");
    assert_eq!(client.states(), ["TASK_FAILED"]);
    let image = json!({"container": {"type": "MESOS", "mesos": {"image": {"type": "DOCKER", "docker": {"name": "missing:1"}}}}});
    client.launch_with("image", json!({"value": "true"}), &image);
    client.wait(500);
    assert_eq!(client.states(), ["TASK_FAILED"]);
}

#[test]
fn a_framework_has_its_failover_timeout_to_return() {
    let mut client = Client::new(30.0);
    client.launch("t", "sleep 1000");
    client.wait(500);
    client.states();
    client.sim.end_scheduler_stream(client.stream);
    client.wait(29_000);
    client.subscribe(&info(30.0));
    client.call("RECONCILE", json!({"tasks": []}));
    assert_eq!(client.states(), ["TASK_RUNNING"]);
    client.sim.end_scheduler_stream(client.stream);
    client.wait(31_000);
    client.subscribe(&info(30.0));
    assert_eq!(client.take("ERROR")[0]["error"]["message"], "Framework has been removed");
    assert!(client.has_ended);
    assert_eq!(client.operator_states("t").last().map(String::as_str), Some("TASK_KILLED"));
}

#[test]
fn a_second_subscriber_wins() {
    let mut client = Client::new(30.0);
    let (first, framework) = (client.stream, client.framework.clone());
    let mut info = info(30.0);
    info["id"] = json!({"value": framework});
    let call =
        json!({"type": "SUBSCRIBE", "framework_id": {"value": framework}, "subscribe": {"framework_info": info}});
    let answer = client.sim.scheduler_call(call.to_string().as_bytes(), SchedulerHead::default());
    assert!(matches!(answer, SchedulerAnswer::Stream(stream, _) if stream != first));
    client.wait(0);
    assert_eq!(client.take("ERROR")[0]["error"]["message"], "Framework failed over");
    assert!(client.has_ended);
    assert_eq!(client.call("REVIVE", Value::Null), 400);
}

#[test]
fn offers_respect_filters_suppression_and_quota() {
    let mut client = Client::new(60.0);
    let offers = client.offers();
    assert_eq!(offers.len(), 2);
    let ids: Vec<&Value> = offers.iter().map(|offer| &offer["id"]).collect();
    client.call("DECLINE", json!({"offer_ids": ids, "filters": {"refuse_seconds": 20}}));
    client.wait(19_000);
    assert_eq!(client.offers().len(), 0);
    client.wait(3_000);
    let offers = client.offers();
    assert_eq!(offers.len(), 2);
    client.call("SUPPRESS", Value::Null);
    let ids: Vec<&Value> = offers.iter().map(|offer| &offer["id"]).collect();
    client.call("DECLINE", json!({"offer_ids": ids, "filters": {"refuse_seconds": 0}}));
    client.wait(5_000);
    assert_eq!(client.offers().len(), 0);
    let quota = json!({"type": "UPDATE_QUOTA", "update_quota": {"force": true, "quota_configs": [{"role": "dev", "limits": {"cpus": {"value": 5.0}}}]}});
    assert_eq!(client.sim.answer(Target::Master, quota.to_string().as_bytes()).status, 200);
    client.call("REVIVE", Value::Null);
    let cpus = |offer: &Value| {
        let resources = offer["resources"].as_array().expect("resources");
        resources.iter().find(|it| it["name"] == "cpus").map_or(0.0, |it| it["scalar"]["value"].as_f64().expect("cpus"))
    };
    assert_eq!(client.offers().iter().map(cpus).collect::<Vec<f64>>(), [4.0, 1.0]);
}

#[test]
fn lost_agents_and_their_return_are_reported() {
    let mut client = Client::new(600.0);
    let offer = client.launch("t", "sleep 10000");
    client.wait(500);
    client.states();
    let agent = client.sim.world.agent_number(offer["agent_id"]["value"].as_str().expect("an id")).expect("an agent");
    client.sim.lose_agent(agent);
    client.wait(0);
    assert_eq!(client.message("TASK_UNREACHABLE").1, "REASON_AGENT_REMOVED");
    assert_eq!(client.take("FAILURE")[0]["failure"]["agent_id"], offer["agent_id"]);
    assert_eq!(client.states(), ["TASK_UNREACHABLE"]);
    client.sim.return_agent(agent);
    client.wait(0);
    assert_eq!(client.states(), ["TASK_RUNNING"]);
    client.sim.mark_agent_gone(agent);
    client.wait(0);
    assert_eq!(client.states(), ["TASK_GONE_BY_OPERATOR"]);
}

#[test]
fn a_drained_agent_kills_and_is_offered_no_more() {
    let mut client = Client::new(600.0);
    let offer = client.launch("t", "sleep 10000");
    client.wait(2_000);
    client.states();
    client.take("OFFERS");
    let call = json!({"type": "DRAIN_AGENT", "drain_agent": {"agent_id": offer["agent_id"]}});
    assert_eq!(client.sim.answer(Target::Master, call.to_string().as_bytes()).status, 200);
    client.wait(0);
    assert!(!client.take("RESCIND").is_empty(), "its offer is rescinded");
    let mut states = Vec::new();
    for _ in 0..30 {
        client.wait(1_000);
        states.extend(client.states());
    }
    assert_eq!(states, ["TASK_KILLING", "TASK_KILLED"]);
    assert!(client.offers().iter().all(|other| other["agent_id"] != offer["agent_id"]));
}

#[test]
fn a_maintenance_window_asks_to_leave() {
    let mut client = Client::new(600.0);
    let offer = client.launch("t", "sleep 10000");
    client.wait(2_000);
    client.states();
    let machine = json!({"hostname": offer["hostname"], "ip": "127.0.0.1"});
    let window = |machines: Value| {
        json!({"type": "UPDATE_MAINTENANCE_SCHEDULE", "update_maintenance_schedule": {"schedule": {"windows": [
        {"machine_ids": machines, "unavailability": {"start": {"nanoseconds": 1_895_306_100_000_000_000_i64}}}]}}})
    };
    assert_eq!(client.sim.answer(Target::Master, window(json!([machine])).to_string().as_bytes()).status, 200);
    client.wait(1_500);
    let asked = client.take("INVERSE_OFFERS");
    let inverse = &asked[0]["inverse_offers"]["inverse_offers"][0];
    assert_eq!(inverse["agent_id"], offer["agent_id"]);
    assert!(
        client
            .offers()
            .iter()
            .any(|other| other["agent_id"] == offer["agent_id"] && other.get("unavailability").is_some())
    );
    client.call(
        "DECLINE_INVERSE_OFFERS",
        json!({"inverse_offer_ids": [inverse["id"]], "filters": {"refuse_seconds": 5}}),
    );
    let status = json!({"type": "GET_MAINTENANCE_STATUS"});
    let answer = client.sim.answer(Target::Master, status.to_string().as_bytes());
    assert!(String::from_utf8_lossy(&answer.body.into_bytes()).contains("\"DECLINE\""));
    client.wait(7_000);
    assert_eq!(client.take("INVERSE_OFFERS").len(), 1, "it is asked again");
    let none = json!({"type": "UPDATE_MAINTENANCE_SCHEDULE", "update_maintenance_schedule": {"schedule": {}}});
    assert_eq!(client.sim.answer(Target::Master, none.to_string().as_bytes()).status, 200);
    client.wait(1_500);
    assert_eq!(client.take("RESCIND_INVERSE_OFFER").len(), 1);
}

#[test]
fn a_new_master_knows_a_framework_again() {
    let mut client = Client::new(600.0);
    client.launch("t", "sleep 10000");
    client.wait(500);
    client.states();
    client.sim.replace_master();
    client.wait(1_000);
    client.events.clear();
    client.subscribe(&info(600.0));
    assert_eq!(client.take("SUBSCRIBED").len(), 1);
    client.call("RECONCILE", json!({"tasks": []}));
    client.call("RECONCILE", json!({"tasks": [{"task_id": {"value": "t"}}, {"task_id": {"value": "other"}}]}));
    assert_eq!(client.states(), Vec::<String>::new(), "its agent has not returned");
    (0..2).for_each(|agent| client.sim.return_agent(agent));
    client.wait(0);
    client.states();
    client.call("RECONCILE", json!({"tasks": [{"task_id": {"value": "t"}}]}));
    assert_eq!(client.states(), ["TASK_RUNNING"]);
}

#[test]
fn nothing_of_a_busy_cluster_touches_a_clients_tasks() {
    let mut sim = Sim::new(3, Size::Small);
    sim.set_rate(200.0);
    let info = json!({"user": "ops", "name": "console", "roles": ["dev"], "failover_timeout": 600, "capabilities": [
        {"type": "MULTI_ROLE"}, {"type": "PARTITION_AWARE"}, {"type": "REGION_AWARE"}, {"type": "GPU_RESOURCES"}]});
    let mut client = Client::of(sim, &info);
    client.launch("t", "sleep 15; echo done");
    client.wait(500);
    assert_eq!(client.states(), ["TASK_STARTING", "TASK_RUNNING"]);
    client.wait(14_000);
    assert_eq!(client.states(), Vec::<String>::new());
    client.call("TEARDOWN", Value::Null);
    assert!(client.has_ended);
    assert_eq!(client.call("REVIVE", Value::Null), 400);
}

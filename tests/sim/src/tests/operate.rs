//! Effects and timing of operator calls: drains, agents marked gone, torn down frameworks, machines down and up.

use serde_json::{Value, json};

use super::fold::{Copy, check_copy};
use super::{LATER, SECOND, TINY, ask, events, id, list};
use crate::answer::reply::Target;
use crate::cluster::Sim;
use crate::size::Size;
use crate::world::agent::AgentState;

/// Sends a write; returns status and text.
fn write(sim: &mut Sim, kind: &str, fields: Value) -> (u16, String) {
    let call = json!({"type": kind, kind.to_lowercase(): fields}).to_string();
    let answer = sim.answer(Target::Master, call.as_bytes());
    (answer.status, String::from_utf8_lossy(&answer.body.into_bytes()).into_owned())
}

fn agent(sim: &Sim, number: u32) -> Value {
    json!({"agent_id": {"value": sim.world.agent_id_text(number)}})
}

/// Entry of an agent in GET_AGENTS.
fn entry(sim: &Sim, number: u32) -> Option<Value> {
    let id_of = |entry: &&Value| id(&entry["agent_info"], "id") == sim.world.agent_id_text(number);
    list(&sim.state(), "/get_state/get_agents/agents").iter().find(id_of).cloned()
}

fn busiest(sim: &Sim) -> u32 {
    let active = sim.world.agents.iter().filter(|agent| agent.standing == AgentState::Active);
    active.max_by_key(|agent| agent.tasks.len()).expect("an agent").number
}

fn reported(events: &[Value], state: &str) -> usize {
    events.iter().filter(|event| event["task_updated"]["state"] == state).count()
}

fn after(sim: &mut Sim, seconds: f64) {
    sim.advance(LATER + (seconds * SECOND as f64) as i64);
}

#[test]
fn an_agent_drains_in_the_time_that_it_has_whatever_the_rate_is() {
    let mut sim = Sim::new(6, Size::Small);
    let mut copy = Copy::of(&sim.state());
    let number = busiest(&sim);
    let tasks = sim.world.agent(number).tasks.len();
    let mut call = agent(&sim, number);
    call["max_grace_period"] = json!({"seconds": 4});
    assert_eq!(write(&mut sim, "DRAIN_AGENT", call).0, 200);
    let mut all = events(&mut sim);
    assert_eq!((all.len(), reported(&all, "TASK_KILLING")), (tasks, tasks));
    assert!(all.iter().all(|event| event["task_updated"]["status"]["reason"] == "REASON_AGENT_DRAINING"));
    let draining = entry(&sim, number).expect("it is listed");
    assert_eq!((&draining["active"], &draining["deactivated"]), (&json!(false), &json!(true)));
    let config = json!({"max_grace_period": {"nanoseconds": 4 * SECOND}, "mark_gone": false});
    assert_eq!(draining["drain_info"], json!({"state": "DRAINING", "config": config}));
    after(&mut sim, 2.0);
    let left = sim.world.agent(number).tasks.len();
    assert!(0 < left && left < tasks, "{left} of {tasks} are left in the middle");
    after(&mut sim, 4.5);
    all.extend(events(&mut sim));
    assert_eq!(reported(&all, "TASK_KILLED"), tasks);
    assert_eq!(entry(&sim, number).expect("it is listed")["drain_info"]["state"], "DRAINED");
    all.iter().for_each(|event| copy.apply(event));
    check_copy(copy, &sim);
    let call = agent(&sim, number);
    assert_eq!(write(&mut sim, "REACTIVATE_AGENT", call), (200, String::new()));
    assert_eq!(entry(&sim, number).expect("it is listed")["drain_info"], Value::Null);
}

#[test]
fn another_drain_replaces_the_first() {
    let mut sim = Sim::new(6, Size::Small);
    let number = busiest(&sim);
    let call = |seconds: i64| {
        let mut call = agent(&sim, number);
        call["max_grace_period"] = json!({"seconds": seconds});
        call
    };
    let (slow, quick) = (call(3600), call(0));
    assert_eq!(write(&mut sim, "DRAIN_AGENT", slow).0, 200);
    assert_eq!(write(&mut sim, "DRAIN_AGENT", quick).0, 200);
    after(&mut sim, 0.5);
    let drain = entry(&sim, number).expect("it is listed")["drain_info"].take();
    assert_eq!(
        (&drain["state"], &drain["config"]["max_grace_period"]),
        (&json!("DRAINED"), &json!({"nanoseconds": 0}))
    );
}

#[test]
fn a_drain_that_marks_gone_does_not_wait() {
    let mut sim = Sim::new(6, Size::Small);
    let mut copy = Copy::of(&sim.state());
    let number = busiest(&sim);
    let mut call = agent(&sim, number);
    call["mark_gone"] = json!(true);
    assert_eq!(write(&mut sim, "DRAIN_AGENT", call.clone()).0, 200);
    assert_eq!(entry(&sim, number).expect("it is listed")["drain_info"]["config"], json!({"mark_gone": true}));
    let all = events(&mut sim);
    assert!(reported(&all, "TASK_GONE_BY_OPERATOR") > 0 && reported(&all, "TASK_KILLING") == 0);
    after(&mut sim, 0.5);
    assert!(entry(&sim, number).is_none() && events(&mut sim).is_empty(), "there is no AGENT_REMOVED");
    all.iter().for_each(|event| copy.apply(event));
    assert_eq!(write(&mut sim, "DRAIN_AGENT", call).1, "Unknown agent");
    let call = agent(&sim, number);
    assert_eq!(write(&mut sim, "REACTIVATE_AGENT", call.clone()).1, "Agent is still in the DRAINING state");
    assert_eq!(write(&mut sim, "MARK_AGENT_GONE", call).0, 200);
}

#[test]
fn a_lost_agent_that_is_reported_to_drain_does_so_when_it_is_back() {
    let mut sim = Sim::new(6, TINY);
    let number = busiest(&sim);
    sim.lose_agent(number);
    let call = agent(&sim, number);
    assert_eq!(write(&mut sim, "DRAIN_AGENT", call.clone()).0, 200);
    assert_eq!(write(&mut sim, "REACTIVATE_AGENT", call).0, 400);
    sim.return_agent(number);
    assert_eq!(entry(&sim, number).expect("it is back")["drain_info"]["state"], "DRAINING");
    after(&mut sim, 6.0);
    assert_eq!(entry(&sim, number).expect("it is back")["drain_info"]["state"], "DRAINED");
}

#[test]
fn an_agent_in_a_window_of_maintenance_cannot_drain() {
    let mut sim = Sim::new(6, Size::Small);
    let call = agent(&sim, 4);
    let (status, words) = write(&mut sim, "DRAIN_AGENT", call);
    let id = sim.world.agent_id_text(4);
    let machine = "a0004.ams.example (127.0.0.1)";
    assert_eq!((status, words), (400, format!("Agent {id} is part of a maintenance schedule under Machine {machine}")));
}

#[test]
fn a_machine_that_was_down_is_back_with_its_agent() {
    let mut sim = Sim::new(6, Size::Small);
    let mut copy = Copy::of(&sim.state());
    let machines = json!({"machines": [{"hostname": "a0004.ams.example", "ip": "127.0.0.1"}]});
    let tasks = sim.world.agent(4).tasks.len();
    assert_eq!(write(&mut sim, "START_MAINTENANCE", machines.clone()).0, 200);
    let mut all = events(&mut sim);
    assert_eq!((all.len(), reported(&all, "TASK_LOST")), (tasks + 1, tasks));
    let status = &all[0]["task_updated"]["status"];
    assert_eq!(status["message"], "Agent a0004.ams.example removed: Operator initiated 'Machine DOWN'");
    assert_eq!(status["reason"], "REASON_AGENT_REMOVED");
    after(&mut sim, 20.0);
    assert!(entry(&sim, 4).is_none(), "it is refused as long as its machine is down");
    assert_eq!(write(&mut sim, "STOP_MAINTENANCE", machines).0, 200);
    after(&mut sim, 40.0);
    assert_eq!(entry(&sim, 4).expect("it is back")["active"], true);
    all.extend(events(&mut sim));
    all.iter().for_each(|event| copy.apply(event));
    check_copy(copy, &sim);
}

#[test]
fn frameworks_answer_their_inverse_offers() {
    let mut sim = Sim::new(6, Size::Small);
    let statuses = |sim: &mut Sim| {
        let status = ask(sim, Target::Master, json!({"type": "GET_MAINTENANCE_STATUS"}));
        list(&status, "/get_maintenance_status/status/draining_machines")[0]["statuses"].clone()
    };
    let number = busiest(&sim);
    let window =
        json!({"machine_ids": [sim.world.machine(number).json()], "unavailability": {"start": {"nanoseconds": LATER}}});
    let schedule = json!({"schedule": {"windows": [window]}});
    assert_eq!(write(&mut sim, "UPDATE_MAINTENANCE_SCHEDULE", schedule).0, 200);
    assert_eq!(statuses(&mut sim), Value::Null);
    let open = |sim: &mut Sim| {
        let reported = ask(sim, Target::Master, json!({"type": "GET_FRAMEWORKS"}));
        let all = list(&reported, "/get_frameworks/frameworks").iter().filter_map(|it| it["inverse_offers"].as_array());
        all.map(Vec::len).sum::<usize>()
    };
    let asked = open(&mut sim);
    assert!(asked > 1, "{asked}");
    after(&mut sim, 9.0);
    assert!(open(&mut sim) < asked, "those that answered are asked no more");
    let answers = statuses(&mut sim);
    let answers = answers.as_array().expect("some have answered");
    assert!(answers.iter().all(|it| it["status"] == "ACCEPT" || it["status"] == "DECLINE") && answers.len() > 1);
}

#[test]
fn a_framework_that_is_torn_down_ends_what_it_runs() {
    let mut sim = Sim::new(6, Size::Small);
    (20..40).for_each(|number| sim.lose_agent(number));
    events(&mut sim);
    let mut copy = Copy::of(&sim.state());
    let frameworks: Vec<u32> = sim.world.frameworks.iter().filter(|it| it.listed()).map(|it| it.number).collect();
    for number in frameworks {
        let call = json!({"framework_id": {"value": format!("{}-{number:04}", sim.world.id)}});
        assert_eq!(write(&mut sim, "TEARDOWN", call.clone()).0, 200);
        assert_eq!(write(&mut sim, "TEARDOWN", call).1, "No framework found with specified ID");
    }
    let all = events(&mut sim);
    // A lost task stays lost, but its last status is TASK_KILLED.
    let lost = all.iter().filter(|event| event["task_updated"]["state"] == "TASK_LOST");
    assert!(
        lost.clone().count() > 0 && lost.clone().all(|event| event["task_updated"]["status"]["state"] == "TASK_KILLED")
    );
    all.iter().for_each(|event| copy.apply(event));
    check_copy(copy, &sim);
    assert!(list(&sim.state(), "/get_state/get_tasks/tasks").is_empty());
    // Later tasks are scheduled as usual.
    sim.set_rate(50.0);
    after(&mut sim, 5.0);
}

#[test]
fn a_logging_level_reverts() {
    for target in [Target::Master, Target::Agent(1)] {
        let mut sim = Sim::new(6, TINY);
        let level = |sim: &mut Sim| {
            ask(sim, target, json!({"type": "GET_LOGGING_LEVEL"}))["get_logging_level"]["level"].clone()
        };
        let set = json!({"type": "SET_LOGGING_LEVEL", "set_logging_level": {"level": 2, "duration": {"nanoseconds": 5 * SECOND}}});
        assert_eq!(sim.answer(target, set.to_string().as_bytes()).status, 200);
        assert_eq!(level(&mut sim), 2);
        after(&mut sim, 5.0);
        assert_eq!(level(&mut sim), 0);
    }
}

#[test]
fn an_agent_that_is_being_marked_gone_is_not_drained() {
    let mut sim = Sim::new(6, Size::Small);
    let number = busiest(&sim);
    let (call, id) = (agent(&sim, number), sim.world.agent_id_text(number));
    sim.begin_gone(number);
    assert_eq!(write(&mut sim, "DRAIN_AGENT", call.clone()), (409, "Agent is currently being marked gone".to_owned()));
    let busy = (503, format!("Agent {id} is already being transitioned to gone"));
    assert_eq!(write(&mut sim, "MARK_AGENT_GONE", call.clone()), busy);
    sim.end_gone(number);
    assert_eq!(write(&mut sim, "MARK_AGENT_GONE", call.clone()).0, 200);
    assert_eq!(write(&mut sim, "DRAIN_AGENT", call), (400, "Unknown agent".to_owned()));
}

#[test]
fn an_old_agent_is_not_capable_of_draining() {
    let mut sim = Sim::new(6, Size::Small);
    let number = busiest(&sim);
    sim.make_old(number);
    let reported = entry(&sim, number).expect("it is listed")["capabilities"].to_string();
    assert!(reported.contains("MULTI_ROLE") && !reported.contains("AGENT_DRAINING"), "{reported}");
    let call = agent(&sim, number);
    let words = format!("Agent {} is not capable of draining", sim.world.agent_id_text(number));
    assert_eq!(write(&mut sim, "DRAIN_AGENT", call), (400, words));
}

#[test]
fn what_cannot_be_reached_drains_when_it_is_back() {
    let mut sim = Sim::new(6, Size::Small);
    let number = busiest(&sim);
    sim.stop_agent(number);
    let mut call = agent(&sim, number);
    call["max_grace_period"] = json!({"seconds": 1});
    assert_eq!(write(&mut sim, "DRAIN_AGENT", call).0, 200);
    let tasks = sim.world.agent(number).tasks.len();
    after(&mut sim, 30.0);
    assert_eq!((sim.world.agent(number).tasks.len(), sim.world.agent(number).standing), (tasks, AgentState::Draining));
    sim.return_agent(number);
    after(&mut sim, 60.0);
    assert_eq!((sim.world.agent(number).tasks.len(), sim.world.agent(number).standing), (0, AgentState::Drained));
}

/// Resources of the first agent as Mesos prints them.
fn resources(sim: &mut Sim) -> Vec<Value> {
    let agents = ask(sim, Target::Master, json!({"type": "GET_AGENTS"}));
    let first = format!("{}-S0", sim.world.id);
    let agents = list(&agents, "/get_agents/agents");
    let agent = agents.iter().find(|agent| id(&agent["agent_info"], "id") == first).expect("the first agent");
    agent["total_resources"].as_array().expect("resources").clone()
}

fn scalar(name: &str, value: f64, role: &str) -> Value {
    json!({"name": name, "type": "SCALAR", "scalar": {"value": value},
        "reservations": [{"type": "DYNAMIC", "role": role, "principal": "ops"}]})
}

fn send(sim: &mut Sim, call: &str, fields: Value) -> (u16, String) {
    let mut fields = fields;
    fields["agent_id"] = json!({"value": format!("{}-S0", sim.world.id)});
    let body = json!({"type": call, call.to_lowercase(): fields});
    let answer = sim.answer(Target::Master, body.to_string().as_bytes());
    (answer.status, String::from_utf8(answer.body.into_bytes()).expect("text"))
}

#[test]
fn resources_are_reserved_made_volumes_and_given_back() {
    let mut sim = Sim::new(1, TINY);
    let before = resources(&mut sim);
    let reserved = json!({"resources": [scalar("cpus", 0.5, "web"), scalar("disk", 300.0, "web")]});
    assert_eq!(send(&mut sim, "RESERVE_RESOURCES", reserved.clone()), (202, String::new()));
    let of = |resources: &[Value], role: &str, name: &str| -> f64 {
        let found = resources.iter().filter(|it| it["role"] == role && it["name"] == name);
        found.filter_map(|it| it["scalar"]["value"].as_f64()).sum()
    };
    let now = resources(&mut sim);
    assert_eq!((of(&now, "web", "cpus"), of(&now, "web", "disk")), (0.5, 300.0));
    assert_eq!(of(&now, "*", "cpus"), of(&before, "*", "cpus") - 0.5);

    let mut volume = scalar("disk", 200.0, "web");
    volume["disk"] =
        json!({"persistence": {"id": "v", "principal": "ops"}, "volume": {"container_path": "data", "mode": "RW"}});
    assert_eq!(send(&mut sim, "CREATE_VOLUMES", json!({"volumes": [volume.clone()]})).0, 202);
    let (status, why) = send(&mut sim, "UNRESERVE_RESOURCES", reserved.clone());
    assert_eq!(status, 409);
    assert!(why.contains("disk(reservations: [(DYNAMIC,web,ops)])[v:data]:200"), "{why}");
    assert!(why.ends_with(
        "does not contain cpus(reservations: [(DYNAMIC,web,ops)]):0.5; disk(reservations: [(DYNAMIC,web,ops)]):300"
    ));

    let grown = json!({"volume": volume.clone(), "addition": scalar("disk", 50.0, "web")});
    assert_eq!(send(&mut sim, "GROW_VOLUME", grown.clone()).0, 202);
    assert_eq!(send(&mut sim, "GROW_VOLUME", grown).0, 409, "a volume of that size is no more");
    volume["scalar"]["value"] = json!(250.0);
    let shrunk = json!({"volume": volume.clone(), "subtract": {"value": 150.0}});
    assert_eq!(send(&mut sim, "SHRINK_VOLUME", shrunk).0, 202);
    volume["scalar"]["value"] = json!(100.0);
    assert_eq!(send(&mut sim, "DESTROY_VOLUMES", json!({"volumes": [volume]})).0, 202);
    assert_eq!(send(&mut sim, "UNRESERVE_RESOURCES", reserved).0, 202);
    let after = resources(&mut sim);
    assert_eq!(of(&after, "*", "disk"), of(&before, "*", "disk"));
    assert!(!sim.has_aborted());
    assert_eq!(send(&mut sim, "RESERVE_RESOURCES", json!({"resources": [scalar("cpus", 0.0, "web")]})).0, 202);
    assert!(sim.has_aborted(), "a scalar of 0 ends a real master");
}

#[test]
fn a_reservation_is_refined_and_taken_back_by_one_level() {
    let mut sim = Sim::new(1, TINY);
    let stack = |roles: &[&str]| -> Value {
        let reservations: Vec<Value> = roles.iter().map(|role| json!({"type": "DYNAMIC", "role": role})).collect();
        json!({"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.5}, "reservations": reservations})
    };
    assert_eq!(send(&mut sim, "RESERVE_RESOURCES", json!({"resources": [stack(&["eng"])]})).0, 202);
    assert_eq!(send(&mut sim, "RESERVE_RESOURCES", json!({"resources": [stack(&["eng", "eng/a"])]})).0, 202);
    assert_eq!(send(&mut sim, "UNRESERVE_RESOURCES", json!({"resources": [stack(&["eng"])]})).0, 409);
    assert_eq!(send(&mut sim, "UNRESERVE_RESOURCES", json!({"resources": [stack(&["eng", "eng/a"])]})).0, 202);
    let direct = json!({"resources": [stack(&["eng", "eng/b"])], "source": [stack(&["eng"])]});
    assert_eq!(send(&mut sim, "RESERVE_RESOURCES", direct).0, 202);
    let refined =
        resources(&mut sim).into_iter().find(|it| it["reservations"].as_array().is_some_and(|all| all.len() == 2));
    let refined = refined.expect("a refined reservation");
    assert!(refined.get("role").is_none(), "a refined reservation has the new form alone");
}

//! Clocks that differ, and updates that never came: what is said is by the cluster's own clock, and by the master's own counts.

use mesoscope_core::base::skew::Skew;
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::checks::disconnect::DisconnectReason;
use mesoscope_core::checks::lint::ProblemKind;
use mesoscope_core::engine::io::Input;
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::views::executor::{TaskLimits, merge_tasks};
use serde_json::{Value, json};

use crate::{START, World, agent, task};

const QUARTER: i64 = 900;

/// A task that failed so many seconds ago, by a clock that is so many seconds ahead of ours.
fn failed(id: &str, ago: i64, ahead: i64) -> Value {
    let mut task = task(id, "TASK_FAILED", "a");
    let timestamp = START.as_millis() / 1000.0 + (ahead - ago) as f64;
    task["statuses"] = json!([{"task_id": {"value": id}, "state": "TASK_FAILED", "timestamp": timestamp}]);
    task
}

/// The `Date` of START, so many seconds later: Fri, 15 Jan 2027 08:00:00 GMT.
fn date(seconds: i64) -> String {
    let of_day = 8 * 3600 + seconds;
    format!("Fri, 15 Jan 2027 {:02}:{:02}:{:02} GMT", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

fn world(ahead: i64) -> World {
    let mut world = World::opening();
    world.give(Input::DateHeader(&date(ahead), START));
    let completed = [failed("one", 60, ahead), failed("two", 720, ahead), failed("three", 1200, ahead)];
    world.snapshot(&json!({"get_tasks": {"completed_tasks": completed}}));
    world
}

fn failing(world: &World) -> Option<u32> {
    world.problems().into_iter().find(|one| matches!(one.kind, ProblemKind::TasksFailing(_))).map(|one| one.count)
}

#[test]
fn failures_are_recent_by_the_clusters_clock() {
    for ahead in [0, QUARTER, -QUARTER] {
        let mut world = world(ahead);
        assert_eq!(failing(&world), Some(1), "{ahead}");
        assert_eq!(world.tasks("changed<5").len(), 1, "{ahead}");
        assert_eq!(world.tasks("changed<15").len(), 2, "{ahead}");
        world.later(1);
        let update = json!({"framework_id": {"value": "f"}, "state": "TASK_FAILED", "status": {"task_id": {"value": "new"},
            "state": "TASK_FAILED", "timestamp": START.as_millis() / 1000.0 + ahead as f64 + 1.0}});
        world.event(&json!({"type": "TASK_ADDED", "task_added": {"task": task("new", "TASK_RUNNING", "a")}}));
        world.event(&json!({"type": "TASK_UPDATED", "task_updated": update}));
        assert_eq!(failing(&world), Some(2), "{ahead}: what fails now is among them");
    }
}

#[test]
fn a_window_begins_by_the_clusters_clock() {
    for ahead in [QUARTER, -QUARTER] {
        let mut world = world(ahead);
        let start = START + Nanoseconds::from_secs(ahead + 300);
        let machine = json!({"hostname": "gone", "ip": "10.0.0.9"});
        let window = json!({"machine_ids": [machine], "unavailability": {"start": {"nanoseconds": start.0}}});
        world.answers.insert("GET_MAINTENANCE_SCHEDULE", json!({"schedule": {"windows": [window]}}));
        world.answers.insert("GET_MAINTENANCE_STATUS", json!({"status": {"draining_machines": [{"id": machine}]}}));
        world.later(100);
        assert!(world.headlines().contains(&"Maintenance of 1 machine is due".to_owned()), "{:?}", world.headlines());
        world.later(205);
        assert!(
            world.headlines().contains(&"Maintenance of 1 machine has started".to_owned()),
            "{:?}",
            world.headlines()
        );
    }
}

#[test]
fn another_masters_clock_is_measured_replaced() {
    for (before, then) in [(QUARTER, 0), (QUARTER, -QUARTER), (-QUARTER, QUARTER)] {
        let mut world = world(before);
        assert_eq!(failing(&world), Some(1), "{before}");
        world.give(Input::StreamEnded(DisconnectReason::Closed));
        world.later(5);
        world.give(Input::DateHeader(&date(then + 5), START + Nanoseconds::from_secs(5)));
        world.give(Input::StreamOpened);
        world.snapshot(&json!({"get_tasks": {"completed_tasks": [failed("one", 60, then), failed("two", 720, then)]}}));
        assert_eq!(failing(&world), Some(1), "{before}, then {then}");
        assert_eq!(world.tasks("changed<5").len(), 1, "{before}, then {then}");
    }
}

#[test]
fn a_date_that_is_none_changes_nothing() {
    let mut world = world(0);
    for garbage in ["", "garbage", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 99 Jan 2027 08:00:00 GMT"] {
        world.give(Input::DateHeader(garbage, START));
    }
    assert_eq!(failing(&world), Some(1));
}

fn counts(running: u32) -> Value {
    json!({"metrics": [{"name": "master/tasks_running", "value": running}]})
}

fn differs(world: &World) -> Option<(TaskState, u32, u32)> {
    world.problems().into_iter().find_map(|problem| match problem.kind {
        ProblemKind::CountDiffers { state, counted, held } => Some((state, counted, held)),
        _ => None,
    })
}

#[test]
fn an_update_that_never_came_shows_in_the_masters_counts() {
    let running = json!({"get_tasks": {"tasks": [task("t", "TASK_RUNNING", "a")]}});
    let mut world = World::new(&running, &[("GET_METRICS", counts(1))]);
    world.later(40);
    assert_eq!(differs(&world), None);
    world.answers.insert("GET_METRICS", counts(0));
    world.later(13);
    assert_eq!(differs(&world), None, "one reading may be ahead of the stream");
    world.later(13);
    assert_eq!(differs(&world), Some((TaskState::Running, 0, 1)));
    assert_eq!(world.headlines(), ["The master counts 0 running tasks, and has reported 1"]);
    // The update comes after all.
    let status = json!({"task_id": {"value": "t"}, "state": "TASK_FINISHED"});
    let update = json!({"framework_id": {"value": "f"}, "state": "TASK_FINISHED", "status": status});
    world.event(&json!({"type": "TASK_UPDATED", "task_updated": update}));
    world.later(13);
    assert_eq!(differs(&world), None);
}

/// The list of unreachable tasks of a real master has as many `TASK_LOST` as `TASK_UNREACHABLE`; its metric counts only the latter.
#[test]
fn lost_tasks_of_unreachable_agents_are_no_lost_update() {
    let read = |call: &str| -> Value {
        let path = format!("{}/data/fold/04-unreachable/point-2.{call}.json", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(path).expect("the recording exists");
        serde_json::from_slice::<Value>(&bytes).expect("it is JSON")[call.to_lowercase()].take()
    };
    let (tasks, metrics) = (read("GET_TASKS"), read("GET_METRICS"));
    let mut world = World::new(&json!({"get_tasks": tasks}), &[("GET_METRICS", metrics), ("GET_TASKS", tasks.clone())]);
    world.later(60);
    let overview = world.overview();
    assert_eq!((overview.tasks.unreachable, overview.tasks.lost), (6, 0), "the table shows all six as unreachable");
    assert_eq!(differs(&world), None);
    let fewer = json!({"metrics": [{"name": "master/tasks_unreachable", "value": 2}]});
    world.answers.insert("GET_METRICS", fewer);
    world.later(26);
    assert_eq!(differs(&world), Some((TaskState::Unreachable, 2, 3)), "of the three that the metric counts");
}

/// A master that counts one running task less than it has reported, for so many seconds.
fn world_with_a_lost_update(seconds: i64, tasks: &[(&'static str, Value)]) -> World {
    let framework = json!({"framework_info": {"id": {"value": "f"}, "name": "f"}, "active": true});
    let running = json!({"get_frameworks": {"frameworks": [framework]}, "get_tasks": {"tasks": [
        task("t", "TASK_RUNNING", "a"), task("u", "TASK_RUNNING", "a")]}});
    let mut world = World::new(&running, &[("GET_METRICS", counts(2))]);
    world.later(40);
    world.answers.insert("GET_METRICS", counts(1));
    world.answers.extend(tasks.iter().cloned());
    world.later(seconds);
    world
}

fn states(world: &World) -> Vec<(String, TaskState)> {
    world.tasks("").into_iter().map(|row| (row.id.0, row.state)).collect()
}

#[test]
fn tasks_are_read_again_where_an_update_was_lost() {
    let ended = json!({"tasks": [task("u", "TASK_RUNNING", "a")], "completed_tasks": [failed("t", 60, 0)]});
    let mut world = world_with_a_lost_update(75, &[("GET_TASKS", ended)]);
    let mut reported = states(&world);
    reported.sort();
    assert_eq!(reported, [("t".to_owned(), TaskState::Failed), ("u".to_owned(), TaskState::Running)]);
    assert_eq!(failing(&world), Some(1), "it counts among what failed lately");
    assert_eq!(differs(&world), None, "the warning goes with what it warned of");
    world.later(13);
    assert_eq!(differs(&world), None, "the counts agree again");
    world.engine.shown().check().expect("what is derived agrees");
}

#[test]
fn a_task_that_the_master_lists_no_more_goes_and_one_that_it_never_reported_comes() {
    let gone = json!({"tasks": [task("u", "TASK_RUNNING", "a")]});
    assert_eq!(states(&world_with_a_lost_update(75, &[("GET_TASKS", gone)])), [("u".to_owned(), TaskState::Running)]);
    let ended_in_the_list = json!({"tasks": [task("t", "TASK_KILLED", "a"), task("u", "TASK_RUNNING", "a"), task("new", "TASK_STAGING", "a")]});
    let mut reported = states(&world_with_a_lost_update(75, &[("GET_TASKS", ended_in_the_list)]));
    reported.sort();
    let expected = [("new", TaskState::Staging), ("t", TaskState::Killed), ("u", TaskState::Running)];
    assert_eq!(reported, expected.map(|(id, state)| (id.to_owned(), state)));
}

#[test]
fn a_live_task_counts_before_an_ended_one_of_the_same_id() {
    for completed_first in [true, false] {
        let (live, ended) = (task("u", "TASK_RUNNING", "a"), failed("u", 900, 0));
        let answer = if completed_first {
            format!(r#"{{"completed_tasks":[{ended}],"tasks":[{live}]}}"#)
        } else {
            format!(r#"{{"tasks":[{live}],"completed_tasks":[{ended}]}}"#)
        };
        let mut world = world_with_a_lost_update(20, &[]);
        let Some((id, _)) = world.waiting.iter().find(|(_, kind)| kind == "GET_TASKS").cloned() else {
            panic!("the tasks are not read again")
        };
        let answer = format!(r#"{{"type":"GET_TASKS","get_tasks":{answer}}}"#);
        world.give(Input::ReadFinished(id, Ok(answer.as_bytes())));
        world.later(50);
        assert_eq!(states(&world), [("u".to_owned(), TaskState::Running)], "{completed_first}");
    }
}

#[test]
fn an_event_is_newer_than_an_answer_that_was_asked_for_before_it() {
    let mut world = world_with_a_lost_update(20, &[]);
    let status = json!({"task_id": {"value": "u"}, "state": "TASK_FINISHED"});
    let update = json!({"framework_id": {"value": "f"}, "state": "TASK_FINISHED", "status": status});
    world.event(&json!({"type": "TASK_UPDATED", "task_updated": update}));
    world.event(&json!({"type": "TASK_ADDED", "task_added": {"task": task("new", "TASK_STAGING", "a")}}));
    let old = json!({"tasks": [task("u", "TASK_RUNNING", "a"), task("t", "TASK_RUNNING", "a")]});
    world.answers.insert("GET_TASKS", old);
    world.later(1);
    // This one is late: the answer knew of it already.
    let late = json!({"task_id": {"value": "t"}, "state": "TASK_KILLED"});
    let late = json!({"framework_id": {"value": "f"}, "state": "TASK_KILLED", "status": late});
    world.event(&json!({"type": "TASK_UPDATED", "task_updated": late}));
    world.later(50);
    let mut reported = states(&world);
    reported.sort();
    let expected = [("new", TaskState::Staging), ("t", TaskState::Killed), ("u", TaskState::Finished)];
    assert_eq!(reported, expected.map(|(id, state)| (id.to_owned(), state)));
}

#[test]
fn a_difference_that_a_read_does_not_mend_is_read_less_and_less() {
    let mut world = world_with_a_lost_update(0, &[]);
    let mut reads = 0;
    for _ in 0..1800 {
        world.later(1);
        let asked: Vec<_> = world.waiting.iter().filter(|(_, kind)| kind == "GET_TASKS").cloned().collect();
        world.waiting.retain(|(_, kind)| kind != "GET_TASKS");
        for (id, _) in asked {
            reads += 1;
            let same = json!({"type": "GET_TASKS", "get_tasks": {"tasks": [
                task("t", "TASK_RUNNING", "a"), task("u", "TASK_RUNNING", "a")]}});
            world.give(Input::ReadFinished(id, Ok(same.to_string().as_bytes())));
        }
    }
    assert!((3..=6).contains(&reads), "{reads} in half an hour");
    assert!(differs(&world).is_some(), "it is said all the while");
}

#[test]
fn what_events_explain_is_no_difference() {
    let running = json!({"get_tasks": {"tasks": [task("t", "TASK_RUNNING", "a")]}});
    let mut world = World::new(&running, &[("GET_METRICS", counts(1))]);
    for second in 0..60 {
        let id = format!("t{second}");
        world.event(&json!({"type": "TASK_ADDED", "task_added": {"task": task(&id, "TASK_RUNNING", "a")}}));
        // The master's counts are a second behind its stream.
        world.answers.insert("GET_METRICS", counts(second + 1));
        world.later(1);
    }
    assert_eq!(differs(&world), None);
}

#[test]
fn the_clusters_time_is_not_this_machines() {
    let world = world(QUARTER);
    let time = world.engine.shown().time(START).get();
    let apart = time.since(Timestamp(START.0)).as_secs();
    assert!((QUARTER - 1..=QUARTER + 1).contains(&apart), "{apart}");
}

/// A status of a task on agent `a` that was made now, by a clock that is so many seconds ahead of ours.
fn update(world: &World, id: &str, state: &str, source: &str, ahead: i64) -> Value {
    let at = world.now.as_millis() / 1000.0 + ahead as f64;
    let status = json!({"task_id": {"value": id}, "state": state, "timestamp": at, "source": source, "agent_id": {"value": "a"}});
    let updated = json!({"framework_id": {"value": "f"}, "state": state, "status": status});
    json!({"type": "TASK_UPDATED", "task_updated": updated})
}

/// Four tasks on agent `a`, by a master whose clock is right.
fn world_with_running() -> World {
    let mut world = World::opening();
    world.give(Input::DateHeader(&date(0), START));
    world.snapshot(&json!({}));
    for id in ["r1", "r2", "r3", "r4"] {
        world.event(&json!({"type": "TASK_ADDED", "task_added": {"task": task(id, "TASK_STAGING", "a")}}));
    }
    world
}

fn changed_lately(world: &World) -> Vec<String> {
    let mut ids: Vec<String> = world.tasks("changed<1 state:failed").into_iter().map(|row| row.id.0).collect();
    ids.sort();
    ids
}

#[test]
fn an_agents_own_clock_is_corrected_for_once_its_events_measured_it() {
    for ahead in [QUARTER, -QUARTER] {
        let mut world = world_with_running();
        for id in ["r1", "r2", "r3", "r4"] {
            world.later(15);
            let running = update(&world, id, "TASK_RUNNING", "SOURCE_EXECUTOR", ahead);
            world.event(&running);
        }
        let failed = update(&world, "r4", "TASK_FAILED", "SOURCE_EXECUTOR", ahead);
        world.event(&failed);
        world.later(5);
        assert_eq!(changed_lately(&world), ["r4"], "{ahead}");
        let row = world.tasks("id:=r4").pop().expect("it is listed");
        assert_eq!((row.ahead.as_secs(), row.updated_ahead().as_secs()), (ahead, ahead));
        assert_eq!(world.tasks("id:=r1 started<2 started>0").len(), 1, "{ahead}");
        assert_eq!(failing(&world), Some(1), "{ahead}");
        // Such a status is by the master's own clock.
        let gone = update(&world, "r3", "TASK_FAILED", "SOURCE_MASTER", 0);
        world.event(&gone);
        assert_eq!(changed_lately(&world), ["r3", "r4"], "{ahead}");
        assert_eq!(world.tasks("id:=r3").pop().map(|row| row.updated_ahead()), Some(Nanoseconds(0)));
        world.engine.shown().check().expect("what is derived agrees");
    }
}

#[test]
fn a_clock_that_a_page_measured_corrects_the_tables() {
    let mut world = world(0);
    assert_eq!(failing(&world), Some(1));
    world.ask(ToEngine::AgentClock("a".into(), Skew(Nanoseconds::from_secs(QUARTER))));
    assert_eq!(failing(&world), None, "what it dated a minute ago was made 15 minutes before that");
    assert_eq!(world.tasks("changed<17 changed>15 state:failed").len(), 1);
    // What a snapshot tells later is corrected, too.
    let mut world = World::opening();
    world.give(Input::DateHeader(&date(0), START));
    world.ask(ToEngine::AgentClock("a".into(), Skew(Nanoseconds::from_secs(QUARTER))));
    world.snapshot(&json!({"get_tasks": {"completed_tasks": [failed("late", 60, QUARTER)]}}));
    assert_eq!(failing(&world), Some(1));
    assert_eq!(world.tasks("changed<2 changed>0.5").len(), 1);
}

#[test]
fn when_a_task_changed_is_not_known_without_a_date_unless_the_change_was_seen() {
    let undated = |id: &str, state: &str| {
        let mut task = task(id, state, "a");
        task["statuses"] = json!([{"task_id": {"value": id}, "state": state, "agent_id": {"value": "a"}}]);
        task
    };
    let state = json!({"get_tasks": {
        "tasks": [task("staging", "TASK_STAGING", "a"), undated("running", "TASK_RUNNING")],
        "completed_tasks": [task("failed", "TASK_FAILED", "a"), failed("dated", 1200, 0)]}});
    let mut world = World::new(&state, &[]);
    let dated = |world: &World| {
        let rows = world.tasks("").into_iter().filter(|row| row.updated.is_some());
        rows.map(|row| row.id.0).collect::<Vec<_>>()
    };
    for connection in 0..2 {
        world.later(30);
        assert_eq!(dated(&world), ["dated"], "{connection}");
        assert_eq!(world.tasks("").first().map(|row| row.id.as_str().to_owned()), Some("dated".into()), "newest first");
        assert_eq!((world.tasks("changed<10m").len(), world.tasks("changed>0").len()), (0, 1), "{connection}");
        assert_eq!(failing(&world), None, "{connection}");
        world.give(Input::StreamEnded(DisconnectReason::Closed));
        world.later(5);
        world.ask(ToEngine::Retry);
        world.give(Input::StreamOpened);
        world.snapshot(&state);
    }
    world.later(300);
    let stuck = world.problems().into_iter().find(|one| one.kind == ProblemKind::TasksStuck(TaskState::Staging));
    assert_eq!(
        stuck.map(|one| (one.count, one.since)),
        Some((1, None)),
        "it was seen so for long, from when on is not known"
    );
    for (id, state) in [("staging", "TASK_RUNNING"), ("running", "TASK_FAILED")] {
        let status = json!({"task_id": {"value": id}, "state": state, "agent_id": {"value": "a"}});
        let update = json!({"framework_id": {"value": "f"}, "state": state, "status": status});
        world.event(&json!({"type": "TASK_UPDATED", "task_updated": update}));
        let row = world.tasks(&format!("id:={id}")).pop().expect("it is listed");
        assert_eq!((row.updated, row.is_by_cluster), (Some(world.now), true), "{id}");
    }
    assert_eq!(world.tasks("changed<1").len(), 2);
    assert_eq!(failing(&world), Some(1));
}

/// What these rows' agents' clocks are ahead by, in seconds.
fn ahead(world: &World, filter: &str) -> Vec<i64> {
    world.tasks(filter).iter().map(|row| row.ahead.as_secs_rounded()).collect()
}

#[test]
fn each_event_that_comes_at_once_with_others_measures_its_agents_clock() {
    let mut world = World::opening();
    world.give(Input::DateHeader(&date(0), START));
    let running = [("drift", "a"), ("good", "b")].map(|(id, agent)| task(id, "TASK_STAGING", agent));
    world.snapshot(&json!({"get_tasks": {"tasks": running}}));
    world.later(1);
    let mut batch = Vec::new();
    for event in [
        update(&world, "drift", "TASK_FAILED", "SOURCE_EXECUTOR", QUARTER),
        update(&world, "good", "TASK_FAILED", "SOURCE_EXECUTOR", 0),
    ] {
        mesoscope_core::mesos::recordio::encode(event.to_string().as_bytes(), &mut batch);
    }
    world.give(Input::StreamChunk(&batch));
    world.later(30);
    assert_eq!((ahead(&world, "id:=drift"), ahead(&world, "id:=good")), (vec![QUARTER], vec![0]));
    assert_eq!(world.tasks("changed<0.6 changed>0.4").len(), 2);
    assert_eq!(failing(&world), Some(2));
    let detail = mesoscope_core::views::agent::AgentQuery("a".into());
    assert_eq!(world.answer(&detail).ok().map(|detail| detail.ahead), None, "no list has the agent");
}

#[test]
fn statuses_of_a_snapshot_that_are_dated_ahead_of_now_are_corrected() {
    let mut world = World::opening();
    world.give(Input::DateHeader(&date(0), START));
    let completed = [failed("minute", 60, QUARTER), failed("hour", 3600, QUARTER)];
    let state = json!({"get_tasks": {"completed_tasks": completed},
        "get_agents": {"agents": [agent("a", &json!({}))]}});
    world.snapshot(&state);
    assert_eq!(failing(&world), Some(1));
    assert_eq!(ahead(&world, "id:=minute"), [QUARTER - 60], "by so much at least");
    assert_eq!(world.tasks("changed>55 changed<65").len(), 1);
    world.event(&json!({"type": "TASK_ADDED", "task_added": {"task": task("new", "TASK_STAGING", "a")}}));
    let running = update(&world, "new", "TASK_RUNNING", "SOURCE_EXECUTOR", QUARTER);
    world.event(&running);
    assert_eq!(ahead(&world, ""), [QUARTER; 3]);
    assert_eq!(world.tasks("changed>0.9 changed<1.1").len(), 1);
    let detail = world.answer(&mesoscope_core::views::agent::AgentQuery("a".into())).expect("it has a page");
    assert_eq!(detail.ahead, Nanoseconds::from_secs(QUARTER));
    let listed = merge_tasks(&world.tasks("id:=new"), &TaskLimits::new(), &[], &"a".into());
    assert_eq!(listed.iter().map(|row| row.ahead).collect::<Vec<_>>(), [detail.ahead], "on its executor's page");
}

#[test]
fn an_update_that_is_sent_again_measures_no_clock_and_a_new_one_of_the_same_task_does() {
    let mut world = world_with_running();
    let old = update(&world, "r1", "TASK_FAILED", "SOURCE_EXECUTOR", -QUARTER);
    for _ in 0..6 {
        world.event(&old);
        world.later(12);
    }
    assert_eq!(ahead(&world, "id:=r1"), [0], "one status may have been held back");
    for _ in 0..6 {
        let new = update(&world, "r1", "TASK_FAILED", "SOURCE_EXECUTOR", -QUARTER);
        world.event(&new);
        world.later(12);
    }
    assert_eq!(ahead(&world, "id:=r1"), [-QUARTER]);
    assert_eq!(failing(&world), Some(1));
    assert_eq!(world.tasks("changed<1 state:failed").len(), 1);
}

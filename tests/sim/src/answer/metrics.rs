//! GET_METRICS: gauges are computed from the state, so they agree with it.

use std::collections::BTreeMap;

use crate::answer::reply::Answer;
use crate::json_out::Out;
use crate::world::agent::{Agent, AgentState};
use crate::world::cluster::World;
use crate::world::resources::Amount;
use crate::world::task::State;

/// Metrics by name, in thousandths.
type Metrics = BTreeMap<String, u64>;

pub(super) fn master(world: &World) -> Answer {
    let mut metrics = Metrics::new();
    zeros(&mut metrics, MASTER_ZEROS);
    agents(&mut metrics, world);
    frameworks(&mut metrics, world);
    tasks(&mut metrics, world);
    resources(&mut metrics, world);
    counters(&mut metrics, world);
    system(&mut metrics);
    write(&metrics)
}

pub(super) fn agent(world: &World, agent: &Agent) -> Answer {
    let mut metrics = Metrics::new();
    zeros(&mut metrics, AGENT_ZEROS);
    scalars(&mut metrics, "slave", &world.whole(agent), &agent.used);
    for (state, name) in LIVE {
        let count = agent.tasks.iter().filter(|slot| world.tasks.at(**slot).state == *state).count();
        set(&mut metrics, &format!("slave/tasks_{name}"), count as u64);
    }
    let frameworks: std::collections::BTreeSet<u32> =
        agent.tasks.iter().map(|slot| world.tasks.at(*slot).framework).collect();
    set(&mut metrics, "slave/frameworks_active", frameworks.len() as u64);
    set(&mut metrics, "slave/executors_running", agent.tasks.len() as u64);
    set(&mut metrics, "slave/registered", u64::from(agent.connected()));
    metrics.insert("slave/uptime_secs".to_owned(), uptime(world.now - agent.registered));
    system(&mut metrics);
    write(&metrics)
}

/// States of tasks on registered agents.
const LIVE: &[(State, &str)] = &[
    (State::Staging, "staging"),
    (State::Starting, "starting"),
    (State::Running, "running"),
    (State::Killing, "killing"),
];

const ENDED: &[(State, &str)] = &[
    (State::Finished, "finished"),
    (State::Failed, "failed"),
    (State::Killed, "killed"),
    (State::Lost, "lost"),
    (State::Dropped, "dropped"),
    (State::GoneByOperator, "gone_by_operator"),
];

fn set(metrics: &mut Metrics, name: &str, value: u64) {
    metrics.insert(name.to_owned(), value * 1000);
}

fn zeros(metrics: &mut Metrics, names: &str) {
    names.split_whitespace().for_each(|name| set(metrics, name, 0));
}

fn uptime(nanos: i64) -> u64 {
    nanos.max(0) as u64 / 1_000_000
}

fn agents(metrics: &mut Metrics, world: &World) {
    let count = |of: fn(&Agent) -> bool| world.agents.iter().filter(|agent| of(agent)).count() as u64;
    set(metrics, "master/slaves_active", count(|agent| agent.standing == AgentState::Active));
    set(metrics, "master/slaves_inactive", count(|agent| agent.listed() && agent.standing != AgentState::Active));
    set(metrics, "master/slaves_connected", count(Agent::connected));
    set(metrics, "master/slaves_disconnected", count(|agent| agent.standing == AgentState::Disconnected));
    set(metrics, "master/slaves_unreachable", count(|agent| agent.standing == AgentState::Unreachable));
}

fn frameworks(metrics: &mut Metrics, world: &World) {
    let live = || world.frameworks.iter().filter(|framework| framework.listed());
    set(metrics, "master/frameworks_active", live().filter(|framework| framework.active).count() as u64);
    set(metrics, "master/frameworks_inactive", live().filter(|framework| !framework.active).count() as u64);
    set(metrics, "master/frameworks_connected", live().filter(|framework| framework.connected).count() as u64);
    set(metrics, "master/frameworks_disconnected", live().filter(|framework| !framework.connected).count() as u64);
}

fn tasks(metrics: &mut Metrics, world: &World) {
    let mut counts: BTreeMap<State, u64> = BTreeMap::new();
    world.tasks.live().for_each(|task| *counts.entry(task.state).or_default() += 1);
    for (state, name) in LIVE {
        set(metrics, &format!("master/tasks_{name}"), counts.get(state).copied().unwrap_or(0));
    }
    for (state, name) in ENDED {
        set(metrics, &format!("master/tasks_{name}"), world.tally.ended.get(state).copied().unwrap_or(0));
    }
    // For frameworks without PARTITION_AWARE, such tasks are TASK_LOST and counted as lost.
    let unreachable = world.tasks.unreachable().filter(|task| task.state == State::Unreachable).count();
    set(metrics, "master/tasks_unreachable", unreachable as u64);
}

fn resources(metrics: &mut Metrics, world: &World) {
    let mut used = Amount::default();
    world.agents.iter().filter(|agent| agent.listed()).for_each(|agent| used.plus(&agent.used));
    let total = world.total();
    scalars(metrics, "master", &total, &used);
    let mut busy = used;
    world.offers.iter().for_each(|offer| busy.plus(&offer.amount));
    for (name, total, busy) in [
        ("cpus", total.cpus, busy.cpus),
        ("mem", total.mem * 1000, busy.mem * 1000),
        ("disk", total.disk * 1000, busy.disk * 1000),
    ] {
        metrics.insert(format!("allocator/mesos/resources/{name}/total"), total);
        metrics.insert(format!("allocator/mesos/resources/{name}/offered_or_allocated"), busy);
    }
}

fn scalars(metrics: &mut Metrics, of: &str, total: &Amount, used: &Amount) {
    for (name, total, used) in [
        ("cpus", total.cpus, used.cpus),
        ("mem", total.mem * 1000, used.mem * 1000),
        ("disk", total.disk * 1000, used.disk * 1000),
        ("gpus", total.gpus * 1000, used.gpus * 1000),
    ] {
        metrics.insert(format!("{of}/{name}_total"), total);
        metrics.insert(format!("{of}/{name}_used"), used);
        metrics.insert(format!("{of}/{name}_percent"), used * 1000 / total.max(1));
        for revocable in ["total", "used", "percent"] {
            set(metrics, &format!("{of}/{name}_revocable_{revocable}"), 0);
        }
    }
}

fn counters(metrics: &mut Metrics, world: &World) {
    let tally = &world.tally;
    set(metrics, "master/elected", 1);
    metrics.insert("master/uptime_secs".to_owned(), uptime(world.now - world.started));
    set(metrics, "master/operator_event_stream_subscribers", world.subscribers as u64);
    set(metrics, "master/outstanding_offers", world.offers.len() as u64);
    set(metrics, "master/slave_registrations", tally.registrations);
    set(metrics, "master/messages_register_slave", tally.registrations);
    set(metrics, "master/slave_reregistrations", tally.reregistrations);
    set(metrics, "master/slave_removals", tally.removals);
    set(metrics, "master/slave_removals/reason_unhealthy", tally.removed_unhealthy);
    set(
        metrics,
        "master/slave_removals/reason_unregistered",
        tally.removals - tally.removed_unhealthy.min(tally.removals),
    );
    set(metrics, "master/messages_launch_tasks", tally.launched);
    set(metrics, "master/messages_status_update", tally.updates);
    set(metrics, "master/valid_status_updates", tally.updates);
    set(metrics, "master/valid_status_update_acknowledgements", tally.updates);
    set(metrics, "master/messages_status_update_acknowledgement", tally.updates);
    set(metrics, "registrar/log/ensemble_size", 1);
    set(metrics, "registrar/log/recovered", 1);
    set(metrics, "registrar/registry_size_bytes", 200 + 220 * world.agents.len() as u64);
    for (name, micros) in [("registrar/state_fetch_ms", 18_211), ("registrar/state_store_ms", 8136)] {
        metrics.insert(name.to_owned(), micros);
    }
}

fn system(metrics: &mut Metrics) {
    set(metrics, "system/cpus_total", 16);
    set(metrics, "system/mem_total_bytes", 67_108_864_000);
    set(metrics, "system/mem_free_bytes", 41_238_360_064);
    for (name, thousandths) in [("1min", 1434), ("5min", 1218), ("15min", 1101)] {
        metrics.insert(format!("system/load_{name}"), thousandths);
    }
}

fn write(metrics: &Metrics) -> Answer {
    Answer::json(|out| {
        out.str("{\"type\":\"GET_METRICS\",\"get_metrics\":{\"metrics\":");
        crate::write::list(out, metrics, |out, (name, thousandths)| {
            out.all(&["{\"name\":\"", name, "\",\"value\":"]);
            out.milli(*thousandths);
            out.str("}");
        });
        out.str("}}");
    })
}

const MASTER_ZEROS: &str = "allocator/event_queue_dispatches allocator/mesos/event_queue_dispatches
    master/dropped_messages master/event_queue_dispatches master/event_queue_http_requests master/event_queue_messages
    master/http_cache_hits master/invalid_executor_to_framework_messages master/invalid_framework_to_executor_messages
    master/invalid_operation_status_update_acknowledgements master/invalid_operation_status_updates
    master/invalid_status_update_acknowledgements master/invalid_status_updates
    master/messages_authenticate master/messages_deactivate_framework master/messages_decline_offers
    master/messages_executor_to_framework master/messages_exited_executor master/messages_framework_to_executor
    master/messages_kill_task master/messages_operation_status_update master/messages_reconcile_operations
    master/messages_reconcile_tasks master/messages_register_framework master/messages_reregister_framework
    master/messages_reregister_slave master/messages_resource_request master/messages_revive_offers
    master/messages_suppress_offers master/messages_unregister_framework master/messages_unregister_slave
    master/messages_update_slave master/operations/dropped master/operations/error master/operations/failed
    master/operations/finished master/operations/gone_by_operator master/operations/pending
    master/operations/recovering master/operations/total master/operations/unreachable
    master/recovery_slave_removals master/slave_removals/reason_registered master/slave_shutdowns_canceled
    master/slave_shutdowns_completed master/slave_shutdowns_scheduled master/slave_unreachable_canceled
    master/slave_unreachable_completed master/slave_unreachable_scheduled master/tasks_error
    master/tasks_gone master/valid_executor_to_framework_messages master/valid_framework_to_executor_messages
    registrar/queued_operations";

const AGENT_ZEROS: &str = "containerizer/fetcher/cache_size_used_bytes containerizer/fetcher/task_fetches_failed
    containerizer/mesos/container_destroy_errors gc/path_removals_failed gc/path_removals_pending
    gc/path_removals_succeeded slave/container_launch_errors slave/executors_preempted slave/executors_registering
    slave/executors_terminated slave/executors_terminating slave/invalid_framework_messages
    slave/invalid_status_updates slave/recovery_errors slave/tasks_failed slave/tasks_finished slave/tasks_gone
    slave/tasks_killed slave/tasks_lost slave/valid_framework_messages slave/valid_status_updates";

//! `POST /sim/...` on a master's port: control of the simulator from another process, no part of Mesos.
//!
//! `/sim/fault/NAME` (none, cut, close, cut-schedulers, close-schedulers, silence, garbage, strange, failover, replace, status-401, slow, stop-agent-3),
//! `/sim/fault/call/CALL/HOW[/TEXT]` (a type or WRITES; a status, hang, hang-after, cut, cut-after or ignore; only calls with that text, or
//! with an id of that ending), `/sim/fault/once/...` for only the next such call; `/sim/rate/N`; `/sim/burst/N`;
//! `/sim/task/fail|lose-update|finish|add|repeat|short`; `/sim/agent/add|remove|disconnect|lose|return|give-up`;
//! `/sim/framework/add|update|remove|disconnect`; `/sim/operation/start|fail|acknowledge`; `/sim/logs/rotate|cut`;
//! `/sim/scheduler/lose-update|rescind`; `/sim/subscribers`. The response is one line of text: the id of the changed object, or `ok`.

use super::fault::Fault;
use super::http::{Request, Response};
use super::shared::Shared;
use crate::cluster::Sim;

pub(super) fn answer(shared: &Shared, request: &Request) -> Response {
    if request.method != "POST" {
        return Response::text(405, "expecting POST\n").with("Allow", "POST");
    }
    let mut parts = request.path.trim_start_matches("/sim/").trim_end_matches('/').splitn(2, '/');
    match (parts.next(), parts.next()) {
        (Some("fault"), Some(name)) => match name.parse::<Fault>() {
            Ok(fault) => {
                shared.fault(&fault);
                Response::text(200, "ok\n")
            }
            Err(why) => Response::text(400, format!("{why}\n")),
        },
        (Some("rate"), Some(rate)) => match rate.parse::<f64>().ok().filter(|rate| rate.is_finite()) {
            Some(rate) => done(shared, |sim| {
                sim.set_rate(rate);
                Some("ok".to_owned())
            }),
            None => Response::text(400, "expecting a number of events a second\n"),
        },
        (Some("burst"), Some(events)) => match events.parse::<u32>() {
            Ok(events) => done(shared, |sim| {
                sim.burst(events);
                Some("ok".to_owned())
            }),
            Err(_) => Response::text(400, "expecting a number of events\n"),
        },
        (Some("subscribers"), None) => Response::text(200, format!("{}\n", shared.subscribers())),
        (Some(what), Some(verb)) => by_hand(shared, what, verb),
        _ => Response::not_found(),
    }
}

fn by_hand(shared: &Shared, what: &str, verb: &str) -> Response {
    let change: fn(&mut Sim) -> Option<String> = match (what, verb) {
        ("task", "fail") => Sim::fail_task,
        ("task", "finish") => Sim::finish_task,
        ("task", "lose-update") => Sim::lose_update,
        ("task", "add") => Sim::add_task,
        ("task", "repeat") => Sim::repeat_task,
        ("task", "short") => Sim::add_short_task,
        ("agent", "add") => |sim| Some(sim.add_agent()),
        ("agent", "remove") => Sim::remove_agent,
        ("agent", "disconnect") => Sim::disconnect_agent,
        ("agent", "lose") => Sim::lose_some_agent,
        ("agent", "return") => Sim::return_some_agent,
        ("agent", "give-up") => Sim::give_up_some_agent,
        ("framework", "add") => |sim| Some(sim.add_framework()),
        ("framework", "update") => Sim::update_framework,
        ("framework", "remove") => Sim::remove_framework,
        ("framework", "disconnect") => Sim::disconnect_framework,
        ("logs", "rotate") => |sim| Some(sim.rotate_logs(true)),
        ("logs", "cut") => |sim| Some(sim.rotate_logs(false)),
        ("operation", "start") => Sim::start_operation,
        ("operation", "fail") => Sim::fail_operation,
        ("operation", "acknowledge") => Sim::acknowledge_operation,
        ("scheduler", "lose-update") => Sim::lose_scheduler_update,
        ("scheduler", "rescind") => Sim::rescind_offer,
        _ => return Response::not_found(),
    };
    done(shared, change)
}

fn done(shared: &Shared, change: impl FnOnce(&mut Sim) -> Option<String>) -> Response {
    match shared.with(change) {
        Some(id) => Response::text(200, format!("{id}\n")),
        None => Response::text(409, "there is none to which that could happen\n"),
    }
}

//! Maintenance calls: the schedule, which is replaced as a whole, and machines going down and up.

use serde_json::{Value, json};

use crate::answer::call::{Call, int};
use crate::answer::policy::{list, missing};
use crate::answer::reply::Answer;
use crate::cluster::Sim;
use crate::world::cluster::World;
use crate::world::policy::{Machine, Window};

pub(super) fn status(world: &World) -> Answer {
    let policy = &world.policy;
    let scheduled =
        policy.windows.iter().flat_map(|window| window.machines.iter().map(move |machine| (window, machine)));
    let draining = scheduled.filter(|(_, machine)| !policy.is_down(machine));
    let draining: Vec<Value> = draining.map(|(window, machine)| draining_machine(world, window, machine)).collect();
    let down: Vec<Value> = policy.down.iter().map(Machine::json).collect();
    let mut status = json!({});
    if !draining.is_empty() {
        status["draining_machines"] = draining.into();
    }
    if !down.is_empty() {
        status["down_machines"] = down.into();
    }
    Answer::value(&json!({"type": "GET_MAINTENANCE_STATUS", "get_maintenance_status": {"status": status}}))
}

/// A scheduled machine with the frameworks' answers to its inverse offers; pending answers are omitted.
fn draining_machine(world: &World, window: &Window, machine: &Machine) -> Value {
    let mut entry = json!({"id": machine.json()});
    let answers = answers(world, machine, window.since);
    if !answers.is_empty() {
        entry["statuses"] = answers.into();
    }
    entry
}

fn answers(world: &World, machine: &Machine, since: i64) -> Vec<Value> {
    let agent = world.agent_on(machine);
    let answer = |number: u32| {
        let id = world.framework_id_text(number);
        let (status, at) = world.said(number, agent?, since)?;
        Some(json!({"status": status, "framework_id": {"value": id}, "timestamp": {"nanoseconds": at}}))
    };
    world.asked(machine).into_iter().filter_map(answer).collect()
}

pub(super) fn schedule(world: &World) -> Answer {
    let window = |window: &Window| {
        let machines: Vec<Value> = window.machines.iter().map(Machine::json).collect();
        let mut unavailability = json!({"start": {"nanoseconds": window.start}});
        if let Some(duration) = window.duration {
            unavailability["duration"] = json!({"nanoseconds": duration});
        }
        json!({"machine_ids": machines, "unavailability": unavailability})
    };
    let windows: Vec<Value> = world.policy.windows.iter().map(window).collect();
    let schedule = if windows.is_empty() { json!({}) } else { json!({"windows": windows}) };
    Answer::value(&json!({"type": "GET_MAINTENANCE_SCHEDULE", "get_maintenance_schedule": {"schedule": schedule}}))
}

pub(super) fn update(sim: &mut Sim, call: &Call) -> Answer {
    let schedule = call.fields.get("schedule").cloned().unwrap_or_default();
    let mut windows = Vec::new();
    for (nth, window) in list(&schedule, "windows").iter().enumerate() {
        let path = format!("update_maintenance_schedule.schedule.windows[{nth}].unavailability");
        let Some(unavailability) = window.get("unavailability") else { return missing(&path) };
        let nanoseconds =
            |name: &str| unavailability.get(name).map(|time| time.get("nanoseconds").and_then(int).unwrap_or(0));
        let Some(start) = nanoseconds("start") else { return missing(&format!("{path}.start")) };
        let machines = machines(window, "machine_ids");
        windows.push(Window { machines, start, duration: nanoseconds("duration"), since: sim.world.now });
    }
    if let Err(why) = checked(&windows, &sim.world.policy.down) {
        return Answer::refused(400, why);
    }
    let times = |windows: &[Window], machine: &Machine| {
        let window = windows.iter().find(|window| window.machines.iter().any(|other| other.is(machine)));
        window.map(|window| (window.start, window.duration))
    };
    let old = std::mem::take(&mut sim.change().policy.windows);
    let moved = |machine: &&Machine| times(&old, machine) != times(&windows, machine);
    let machines = old.iter().chain(&windows).flat_map(|window| &window.machines);
    let agents: Vec<u32> = machines.filter(moved).filter_map(|machine| sim.world.agent_on(machine)).collect();
    let world = sim.change();
    // Existing offers carry an outdated unavailability.
    world.withdraw_offers(|offer| agents.contains(&offer.agent));
    world.policy.windows = windows;
    Answer::done()
}

fn checked(windows: &[Window], down: &[Machine]) -> Result<(), String> {
    let mut seen: Vec<&Machine> = Vec::new();
    for window in windows {
        if window.machines.is_empty() {
            return Err("List of machines in the maintenance window is empty".to_owned());
        }
        if window.duration.is_some_and(|duration| duration < 0) {
            return Err("Unavailability 'duration' is negative".to_owned());
        }
        for machine in &window.machines {
            once(machine, &mut seen)?;
        }
    }
    match down.iter().find(|down| !seen.iter().any(|machine| machine.is(down))) {
        Some(down) => Err(format!("Machine '{}' is deactivated and cannot be removed from the schedule", down.json())),
        None => Ok(()),
    }
}

/// Checks that a machine is valid and not a duplicate.
fn once<'a>(machine: &'a Machine, seen: &mut Vec<&'a Machine>) -> Result<(), String> {
    let (hostname, ip) = (machine.hostname.as_deref().unwrap_or(""), machine.ip.as_deref().unwrap_or(""));
    if hostname.is_empty() && ip.is_empty() {
        return Err("Both 'hostname' and 'ip' for a machine are empty".to_owned());
    }
    if !ip.is_empty() && ip.parse::<std::net::Ipv4Addr>().is_err() {
        return Err(format!("Failed to parse IPv4: {ip}"));
    }
    if seen.iter().any(|other| other.is(machine)) {
        return Err(format!("Machine '{}' appears more than once in the schedule", machine.json()));
    }
    seen.push(machine);
    Ok(())
}

pub(super) fn start(sim: &mut Sim, call: &Call) -> Answer {
    let named = match named(sim, call, false) {
        Ok(named) => named,
        Err(refusal) => return refusal,
    };
    for machine in named {
        let agent = sim.world.agent_on(&machine).filter(|number| sim.world.agent(*number).listed());
        sim.change().policy.down.push(machine);
        if let Some(number) = agent {
            sim.take_down(number);
        }
    }
    Answer::done()
}

pub(super) fn stop(sim: &mut Sim, call: &Call) -> Answer {
    match named(sim, call, true) {
        Ok(named) => {
            for machine in named {
                sim.change().policy.take_up(&machine);
                if let Some(number) = sim.world.agent_on(&machine) {
                    sim.take_up(number);
                }
            }
            Answer::done()
        }
        Err(refusal) => refusal,
    }
}

/// Machines of a call, if all are scheduled and their down state matches.
fn named(sim: &Sim, call: &Call, down: bool) -> Result<Vec<Machine>, Answer> {
    let refused = |why: String| Answer::refused(400, why);
    let machines = machines(&call.fields, "machines");
    if machines.is_empty() {
        return Err(refused("List of machines is empty".to_owned()));
    }
    let mut seen = Vec::new();
    for machine in &machines {
        once(machine, &mut seen).map_err(refused)?;
    }
    let policy = &sim.world.policy;
    for machine in &machines {
        // The master also knows the machines of its agents.
        let registered = sim.world.agent_on(machine).is_some_and(|number| sim.world.agent(number).listed());
        if !registered && !policy.knows(machine) {
            return Err(refused(format!("Machine '{}' is not part of a maintenance schedule", machine.json())));
        }
        if policy.is_down(machine) != down || !policy.scheduled(machine) {
            let (mode, way) = if down { ("DOWN", "up") } else { ("DRAINING", "down") };
            return Err(refused(format!(
                "Machine '{}' is not in {mode} mode and cannot be brought {way}",
                machine.json()
            )));
        }
    }
    Ok(machines)
}

fn machines(fields: &Value, key: &str) -> Vec<Machine> {
    let part = |machine: &Value, key: &str| machine.get(key).and_then(Value::as_str).map(str::to_owned);
    list(fields, key)
        .iter()
        .map(|machine| Machine { hostname: part(machine, "hostname"), ip: part(machine, "ip") })
        .collect()
}

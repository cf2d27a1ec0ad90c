//! Initial state of the cluster: days old, with tasks in every state and troubles by size.

use crate::catalog::{KINDS, QUOTAS, TASK_CPUS, TASK_DISK, TASK_MEM, WEIGHTS};
use crate::rng::{Rng, mix, pick};
use crate::size::Size;
use crate::time::{HOUR, SECOND};
use crate::world::agent::{Agent, AgentModel, AgentState, Drain};
use crate::world::cause::Cause;
use crate::world::cluster::{Addresses, Counters, DEFAULT_RETENTION, World};
use crate::world::framework::Framework;
use crate::world::policy::{Policy, Quota, Scalars, Window};
use crate::world::providers::Providers;
use crate::world::resources::{PORTS, TaskResources};
use crate::world::task::{State, Status, Task};
use crate::world::tasks::Tasks;

impl World {
    pub(crate) fn new(seed: u64, size: Size, now: i64) -> World {
        let mut world = world(seed, size, now);
        world.policy = policy(&world);
        world
    }
}

fn world(seed: u64, size: Size, now: i64) -> World {
    let mut rng = Rng::new(seed);
    let mut world = empty(seed, size, now, &mut rng);
    for number in 0..size.agents() {
        world.agents.push(Agent::new(number, world.started + rng.between(1, 90) * SECOND + rng.between(0, SECOND)));
    }
    for number in 0..frameworks(size) {
        world.frameworks.push(Framework::new(number, world.started + rng.between(0, 24) * HOUR));
    }
    retire_frameworks(&mut world, &mut rng);
    for _ in 0..size.tasks() {
        found_task(&mut world, &mut rng);
    }
    for number in 0..size.completed() {
        found_completed(&mut world, &mut rng, number);
    }
    for framework in &mut world.frameworks {
        framework.completed.make_contiguous().sort_by_key(|task| task.statuses().last().map(|status| status.at));
    }
    troubles(&mut world, &mut rng);
    world.tally.registrations = u64::from(size.agents());
    world
}

/// Agents as in the recorded cluster, without tasks.
pub(crate) fn recorded(seed: u64, agents: u32, now: i64) -> World {
    let mut world = empty(seed, Size::Custom { agents, tasks: 0, completed: 0 }, now, &mut Rng::new(seed));
    for number in 0..agents {
        world.agents.push(Agent { likeness: AgentModel::Recorded, ..Agent::new(number, now) });
    }
    world
}

fn empty(seed: u64, size: Size, now: i64, rng: &mut Rng) -> World {
    let mut id = Vec::new();
    crate::json_out::Out::uuid(&mut id, rng.draw(), rng.draw());
    let started = now - rng.between(30, 40) * 24 * HOUR;
    World {
        seed,
        size,
        now,
        agents_ahead: 0,
        id: String::from_utf8(id).expect("a UUID is ASCII"),
        started,
        elected: started + SECOND / 4,
        version: "1.11.0".to_owned(),
        addresses: Addresses { ip: "127.0.0.1".to_owned(), master: 5050, agents: Vec::new() },
        agents: Vec::new(),
        frameworks: Vec::new(),
        tasks: Tasks::default(),
        completed_frameworks: Default::default(),
        offers: Vec::new(),
        operations: Vec::new(),
        policy: Policy::default(),
        providers: Providers::default(),
        used_volumes: Default::default(),
        launches: Default::default(),
        inverse: Default::default(),
        rescinded: Vec::new(),
        rings: DEFAULT_RETENTION,
        tally: Counters::default(),
        subscribers: 0,
        rotations: Vec::new(),
        launched: 0,
    }
}

/// Number of frameworks: enough for the completed tasks, and one of each kind unless the cluster is tiny.
fn frameworks(size: Size) -> u32 {
    let rings = size.completed() * 5 / 4 / DEFAULT_RETENTION.completed_tasks as u32 + 1;
    rings.max(if size.agents() < 10 { 3 } else { KINDS.len() as u32 + 2 })
}

/// Completes some frameworks, disconnects one and deactivates one.
fn retire_frameworks(world: &mut World, rng: &mut Rng) {
    let count = world.frameworks.len();
    if count < KINDS.len() {
        return;
    }
    for number in (count - (count / 12).clamp(1, 20))..count {
        let framework = &mut world.frameworks[number];
        (framework.active, framework.connected) = (false, false);
        framework.unregistered = world.now - rng.between(1, 72) * HOUR;
        world.completed_frameworks.push_back(number as u32);
    }
    (world.frameworks[5].active, world.frameworks[5].connected) = (false, false);
    world.frameworks[3].active = false;
}

fn found_task(world: &mut World, rng: &mut Rng) {
    let Some(framework) = live_framework(world, rng) else { return };
    let Some(slot) = place(world, rng, framework) else { return };
    let started = world.now - rng.between(1, 240 * 3600) * SECOND - rng.between(0, SECOND);
    let draw = rng.below(1000);
    let mut at = started;
    for (state, least) in [(State::Starting, 3), (State::Running, 6), (State::Killing, 998)] {
        if draw < least {
            break;
        }
        at += rng.between(SECOND / 100, 2 * SECOND);
        if state == State::Starting && !world.framework(framework).reports_starting() {
            continue;
        }
        let healthy = state == State::Running && rng.per_mille(300);
        let cause = if healthy { Cause::Healthy } else { Cause::Plain };
        world.tasks.at_mut(slot).update(Status { state, cause, at });
    }
}

/// Picks a live framework, with a preference for the first ones, so that few hold most tasks. `None` if all are torn down.
pub(crate) fn live_framework(world: &World, rng: &mut Rng) -> Option<u32> {
    let count = world.frameworks.len();
    let is_own = |framework: &Framework| framework.live() && !framework.is_clients();
    while world.frameworks.iter().any(is_own) {
        let number = rng.below(count).min(rng.below(count)) as u32;
        if is_own(world.framework(number)) {
            return Some(number);
        }
    }
    None
}

/// Places a new task of the framework on an agent with room; `None` if the cluster is full.
pub(crate) fn place(world: &mut World, rng: &mut Rng, framework: u32) -> Option<u32> {
    let mut needs = TaskResources {
        cpus: pick(TASK_CPUS, rng.draw()),
        mem: pick(TASK_MEM, rng.draw()),
        disk: pick(TASK_DISK, rng.draw()),
        gpus: 0,
        port: 0,
    };
    let agent = room(world, rng, &needs)?;
    let seed = world.seed;
    let wants_gpus = world.framework(framework).kind().name == "horovod";
    if wants_gpus && world.agent(agent).free(seed).gpus > 0 {
        needs.gpus = 1;
    }
    if world.framework(framework).kind().serves {
        needs.port = free_port(world.agent(agent), rng);
    }
    let role = rng.below(world.framework(framework).kind().roles.len()) as u8;
    world.launched += 1;
    Some(settle(world, Task::new(world.launched, framework, agent, needs, role)))
}

/// Launches a task under the id of the framework's newest completed one: ids may repeat (MESOS-6779). Prefers the agent of the
/// earlier run, if there is room.
///
/// `None` if another task has taken that id, no task has completed, or there is no room.
pub(crate) fn place_again(world: &mut World, rng: &mut Rng, framework: u32) -> Option<u32> {
    let old = world.framework(framework).completed.back()?.clone();
    let taken = |slot: &u32| world.tasks.at(*slot).serial == old.serial;
    if world.agents.iter().any(|agent| agent.tasks.iter().any(taken)) {
        return None;
    }
    let mut needs = TaskResources { gpus: 0, ..old.needs };
    let home = world.agents.get(old.agent as usize).filter(|home| fits(world, home, &needs)).map(|home| home.number);
    let agent = home.or_else(|| room(world, rng, &needs))?;
    if needs.port != 0 {
        needs.port = free_port(world.agent(agent), rng);
    }
    let mut task = Task::new(old.serial, framework, agent, needs, old.role);
    task.again = old.again.saturating_add(1);
    Some(settle(world, task))
}

pub(crate) fn settle(world: &mut World, task: Task) -> u32 {
    let (framework, agent) = (task.framework as usize, task.agent as usize);
    world.tally.launched += 1;
    let held = world.held(&task);
    let slot = world.tasks.add(task);
    let home = &mut world.agents[agent];
    home.used.plus(&held);
    home.tasks.push(slot);
    world.frameworks[framework].live += 1;
    slot
}

fn room(world: &World, rng: &mut Rng, needs: &TaskResources) -> Option<u32> {
    let count = world.agents.len();
    let fits = |agent: &Agent| fits(world, agent, needs);
    let tried = (0..32).map(|_| rng.below(count)).find(|number| world.agents.get(*number).is_some_and(fits));
    tried.or_else(|| world.agents.iter().position(fits)).map(|number| number as u32)
}

fn fits(world: &World, agent: &Agent, needs: &TaskResources) -> bool {
    let mut free = agent.free(world.seed);
    // Reserves room for an executor, even if there is none.
    (free.cpus, free.mem, free.disk) =
        (free.cpus.saturating_sub(100), free.mem.saturating_sub(32), free.disk.saturating_sub(32));
    let offered = world.offers.iter().any(|offer| offer.agent == agent.number);
    agent.standing == AgentState::Active && !offered && free.holds(needs) && agent.tasks.len() < 900
}

fn free_port(agent: &Agent, rng: &mut Rng) -> u16 {
    let span = PORTS.1 - PORTS.0 + 1;
    let from = rng.below(usize::from(span)) as u16;
    (0..span).map(|step| PORTS.0 + (from + step) % span).find(|port| !agent.used.ports.has(*port)).unwrap_or(0)
}

/// Adds a task that ended earlier; most finished.
fn found_completed(world: &mut World, rng: &mut Rng, number: u32) {
    let count = world.frameworks.len();
    let has_room = |at: &usize| world.frameworks[*at].completed.len() < DEFAULT_RETENTION.completed_tasks;
    let framework = (0..count).map(|step| (number as usize + step) % count).find(has_room);
    let Some(framework) = framework else { return };
    let home = rng.below(world.agents.len()) as u32;
    let needs = TaskResources {
        cpus: pick(TASK_CPUS, rng.draw()),
        mem: pick(TASK_MEM, rng.draw()),
        disk: pick(TASK_DISK, rng.draw()),
        gpus: 0,
        port: if world.frameworks[framework].kind().serves { PORTS.0 + rng.below(1000) as u16 } else { 0 },
    };
    let role = rng.below(world.frameworks[framework].kind().roles.len()) as u8;
    world.launched += 1;
    world.tally.launched += 1;
    let mut task = Task::new(world.launched, framework as u32, home, needs, role);
    let unregistered = world.frameworks[framework].unregistered;
    let end = if unregistered == 0 { world.now } else { unregistered } - rng.between(60, 480 * 3600) * SECOND;
    let (state, cause) = ending(rng);
    let running = end - rng.between(10, 9000) * SECOND;
    if world.frameworks[framework].reports_starting() {
        task.update(Status { state: State::Starting, cause: Cause::Plain, at: running - rng.between(1, SECOND) });
    }
    task.update(Status { state: State::Running, cause: Cause::Plain, at: running });
    task.update(Status { state, cause, at: end });
    *world.tally.ended.entry(state).or_default() += 1;
    world.frameworks[framework].keep(task, DEFAULT_RETENTION.completed_tasks);
}

/// Picks how a task ends: state and cause.
pub(crate) fn ending(rng: &mut Rng) -> (State, Cause) {
    match rng.below(100) {
        0..=74 => (State::Finished, Cause::Exit(0)),
        75..=86 => (State::Failed, failure(rng)),
        _ => (State::Killed, if rng.per_mille(800) { Cause::Terminated } else { Cause::Killed }),
    }
}

pub(crate) fn failure(rng: &mut Rng) -> Cause {
    match rng.below(10) {
        0..=3 => Cause::Exit(1),
        4 => Cause::Exit(137),
        5 => Cause::Killed,
        6..=7 => Cause::Memory,
        8 => {
            if rng.per_mille(500) {
                Cause::Fetch
            } else {
                Cause::Image
            }
        }
        _ => Cause::ExecutorGone,
    }
}

/// Adds troubles to the cluster: about one agent in a hundred.
fn troubles(world: &mut World, rng: &mut Rng) {
    let count = world.agents.len();
    if count < 10 {
        return;
    }
    for number in 0..count {
        match mix(world.seed ^ 0x0b5e, number as u64) % 1000 {
            0..=5 => world.agents[number].standing = AgentState::Disconnected,
            6..=11 => world.agents[number].standing = AgentState::Deactivated,
            12..=17 => start_draining(world, number),
            _ => {}
        }
    }
    // One of each, independent of the size.
    world.agents[3].standing = AgentState::Disconnected;
    world.agents[7].standing = AgentState::Deactivated;
    start_draining(world, 9);
    for number in (1..count).step_by(300) {
        // Lost some time ago, as its tasks' statuses show.
        let now = world.now;
        world.now -= rng.between(60, 7200) * SECOND;
        world.lose(number as u32);
        world.now = now;
    }
}

/// Initial policy; a tiny cluster has none.
fn policy(world: &World) -> Policy {
    if world.agents.len() < 10 {
        return Policy::default();
    }
    let weights = WEIGHTS.iter().map(|(role, weight)| ((*role).to_owned(), *weight as f64 / 1000.0));
    let total = world.total();
    let share = |thousandths: u64| -> Scalars {
        if thousandths == 0 {
            return Scalars::new();
        }
        let cpus = (total.cpus / 1000 * thousandths / 1000) as f64;
        let mem = (total.mem * thousandths / 1000) as f64;
        Scalars::from([("cpus".to_owned(), cpus), ("mem".to_owned(), mem)])
    };
    let quota = |(role, guarantee, limit): &(&str, u64, u64)| {
        ((*role).to_owned(), Quota { guarantees: share(*guarantee), limits: share(*limit) })
    };
    // The initial master has been up for at most forty days, so the window is in the future.
    let window = Window {
        machines: (4..6).map(|number| world.machine(number)).collect(),
        start: world.started + 41 * 24 * 3600 * SECOND,
        duration: Some(4 * 3600 * SECOND),
        since: world.started,
    };
    Policy {
        weights: weights.collect(),
        quotas: QUOTAS.iter().map(quota).collect(),
        windows: vec![window],
        ..Policy::default()
    }
}

fn start_draining(world: &mut World, number: usize) {
    let since = world.now - 600 * SECOND;
    let agent = &mut world.agents[number];
    agent.standing = if agent.tasks.is_empty() { AgentState::Drained } else { AgentState::Draining };
    agent.draining = Some(Drain { since, grace: Some(3600 * SECOND), mark_gone: false });
}

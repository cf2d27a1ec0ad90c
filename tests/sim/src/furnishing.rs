//! Furnishes a cluster for a demonstration: reservations of every kind, volumes in use, nested and standalone containers, and
//! operations in every state. A cluster without it has only what most tests need.

use serde_json::{Value, json};

use crate::catalog::ExecutorKind;
use crate::cluster::Sim;
use crate::containers::{ContainerPath, Launch, Limits};
use crate::json_out::text;
use crate::shell::Command;
use crate::world::agent::{Agent, AgentModel, AgentState};
use crate::world::cluster::{VolumeUse, World};
use crate::world::operation::{Operation, OperationKind, OperationState};
use crate::world::pool::{Item, Quantity};
use crate::world::resources::Ports;
use crate::world::task::{State, Task};

/// Maximum number of agents that get reservations.
const RESERVED: usize = 40;
/// Maximum number of pods that get containers inside.
const PODS: usize = 6;
/// Maximum number of agents whose provider's plugin runs in a container.
const PLUGINS: usize = 40;
/// Container of a provider's plugin, as an agent names it.
const PLUGIN: &str =
    "org-apache-mesos-rp-local-storage-local_ssd--org-apache-mesos-csi-lvm-local--CONTROLLER_SERVICE-NODE_SERVICE";

impl Sim {
    /// Adds what a demonstration shows.
    pub fn furnish(&mut self) {
        self.containers.greets = true;
        let homes: Vec<u32> =
            self.world.agents.iter().filter(|agent| is_bare(&self.world, agent)).map(|it| it.number).collect();
        for (nth, number) in homes.into_iter().step_by(3).take(RESERVED).enumerate() {
            self.reserve(nth, number);
        }
        self.launch_inside_pods();
        self.launch_plugins();
        self.start_operations();
    }

    /// Reserves some of an agent's free resources for the role of one of its tasks, which then uses a volume.
    fn reserve(&mut self, nth: usize, number: u32) {
        let world = &self.world;
        let agent = world.agent(number);
        let running = |slot: &&u32| world.tasks.at(**slot).state == State::Running;
        let Some(slot) = agent.tasks.iter().find(running).copied() else { return };
        let task = world.tasks.at(slot);
        let role = world.framework(task.framework).role(task.role);
        let mut pool = agent.first_pool(world.seed);
        let mut volumes = Vec::new();
        for item in reserved(nth, number, role) {
            let unreserved = Item::plain(&item.name, item.quantity);
            let is_own_disk = item.disk.as_ref().is_some_and(|disk| disk.get("source").is_some());
            let is_free = pool.without(&agent.used).take(&unreserved);
            if !(is_own_disk || is_free && pool.take(&unreserved)) {
                continue;
            }
            if item.is_volume() {
                volumes.push(item.clone());
            }
            pool.add(item);
        }
        volumes.truncate(1 + nth % 2);
        self.use_volumes(slot, role, volumes);
        self.change().agents[number as usize].pool = Some(pool);
    }

    /// Gives volumes to a task, and shared ones to the other tasks of its role on the agent as well.
    fn use_volumes(&mut self, slot: u32, role: &'static str, volumes: Vec<Item>) {
        let world = self.change();
        let task = world.tasks.at(slot);
        let agent = task.agent;
        let shared: Vec<Item> = volumes.iter().filter(|item| item.is_shared).cloned().collect();
        let of_role = |world: &World, other: &Task| world.framework(other.framework).role(other.role) == role;
        let mut uses = vec![(slot, volumes)];
        if !shared.is_empty() {
            let others = world.agent(agent).tasks.iter().filter(|other| **other != slot);
            uses.extend(others.filter(|other| of_role(world, world.tasks.at(**other))).map(|it| (*it, shared.clone())));
        }
        for (slot, volumes) in uses {
            let task = world.tasks.at(slot);
            let key = (task.serial, task.again);
            let framework = task.framework;
            world.used_volumes.insert(key, VolumeUse { slot, framework, agent, role, volumes });
        }
    }

    /// Launches containers inside some pods: one beside the task, one inside its container, and one inside that.
    fn launch_inside_pods(&mut self) {
        let world = &self.world;
        let is_pod = |task: &&Task| {
            task.runner(world) == ExecutorKind::Pod
                && task.state == State::Running
                && world.agent(task.agent).standing == AgentState::Active
        };
        let pods = world.tasks.live().filter(is_pod).take(PODS).map(|task| {
            let outer = text(|out| task.executor_container(out, world));
            (task.agent, outer, text(|out| task.container(out, world)))
        });
        for (agent, outer, inner) in pods.collect::<Vec<_>>() {
            self.launch_at(agent, &[outer.as_str(), "log-shipper"], 100, 64);
            self.launch_at(agent, &[outer.as_str(), &inner, "health-check"], 50, 32);
            self.launch_at(agent, &[outer.as_str(), &inner, "health-check", "curl"], 20, 16);
        }
    }

    fn launch_plugins(&mut self) {
        let world = &self.world;
        let providers = world.agents.iter().filter(|agent| world.has_provided(agent));
        for agent in providers.map(|agent| agent.number).take(PLUGINS).collect::<Vec<_>>() {
            self.launch_at(agent, &[PLUGIN], 100, 128);
        }
    }

    /// Ends the container of a provider's plugin, as an agent does when the configuration is removed.
    pub(crate) fn stop_plugin(&mut self, agent: u32) {
        self.kill_container(agent, &[PLUGIN.to_owned()]);
    }

    fn launch_at(&mut self, agent: u32, path: &[&str], cpus: u64, mebibytes: u64) {
        let path: ContainerPath = path.iter().map(|id| (*id).to_owned()).collect();
        let command = Command { value: "sleep 1000000000".to_owned(), shell: true, arguments: Vec::new() };
        let limits = Limits { cpus, mebibytes };
        self.launch_container(Launch { agent, path, command, tty: None, limits, is_session: false });
    }

    /// Starts an operation for each state and kind, on agents that have tasks.
    fn start_operations(&mut self) {
        let world = self.change();
        let busy = world.agents.iter().filter(|agent| agent.listed() && !agent.tasks.is_empty());
        let homes: Vec<(u32, u32)> = busy.map(|it| (it.number, world.tasks.at(it.tasks[0]).framework)).collect();
        let kinds = OperationKind::ALL.iter().cycle();
        let states = OperationState::ALL.iter().chain(&[OperationState::Pending, OperationState::Finished]);
        for ((state, kind), (agent, framework)) in states.zip(kinds).zip(homes.into_iter().cycle()) {
            world.tally.operations += 1;
            let number = world.tally.operations;
            world.operations.push(Operation { number, framework, agent, state: *state, kind: *kind });
        }
    }
}

/// Whether an agent has no reservation yet, and tasks that could use one.
fn is_bare(world: &World, agent: &Agent) -> bool {
    agent.standing == AgentState::Active
        && agent.likeness == AgentModel::Example
        && agent.pool.is_none()
        && agent.reserved(world.seed).is_none()
        && !agent.tasks.is_empty()
}

/// Reservations and volumes for the nth furnished agent. All have a volume of the role; each fourth has one of its kind besides.
fn reserved(nth: usize, number: u32, role: &str) -> Vec<Item> {
    let dynamic = vec![dynamic(role)];
    let of = |name: &str, thousandths: u64| Item {
        reservations: dynamic.clone(),
        ..Item::plain(name, Quantity::Scalar(thousandths))
    };
    let volume = |id: &str, path: &str, mebibytes: u64| Item {
        disk: Some(json!({
            "persistence": {"id": format!("{id}-{number}"), "principal": "ops"},
            "volume": {"mode": "RW", "container_path": path}
        })),
        ..of("disk", mebibytes * 1000)
    };
    let mut items = vec![volume("db", "data", 10_240), of("cpus", 1000), of("mem", 2_048_000), of("disk", 20_480_000)];
    match nth % 4 {
        0 => items.extend(own_disks(number, &dynamic)),
        1 => items.push(Item { is_shared: true, ..volume("shared", "shared", 5120) }),
        2 => items.extend(refined(role)),
        _ => items.extend(fixed(role)),
    }
    items
}

fn dynamic(role: &str) -> Value {
    let labels = json!({"labels": [{"key": "purpose", "value": "database"}]});
    json!({"type": "DYNAMIC", "role": role, "principal": "ops", "labels": labels})
}

/// Disks of their own: an unreserved MOUNT disk, a volume on a second one, and an unreserved PATH disk.
fn own_disks(number: u32, reservations: &[Value]) -> [Item; 3] {
    let disk = |mebibytes: u64, disk: Value| Item {
        disk: Some(disk),
        ..Item::plain("disk", Quantity::Scalar(mebibytes * 1000))
    };
    let mount = |root: &str| json!({"type": "MOUNT", "mount": {"root": root}});
    let archive = json!({
        "persistence": {"id": format!("archive-{number}"), "principal": "ops"},
        "volume": {"mode": "RW", "container_path": "archive"},
        "source": mount("/mnt/nvme1")
    });
    [
        disk(409_600, json!({"source": mount("/mnt/nvme0")})),
        Item { reservations: reservations.to_vec(), ..disk(409_600, archive) },
        disk(204_800, json!({"source": {"type": "PATH", "path": {"root": "/srv/scratch"}}})),
    ]
}

/// A reservation for the role, refined for a role below it; the ports that such a reservation may have.
fn refined(role: &str) -> [Item; 2] {
    let below = json!({"type": "DYNAMIC", "role": format!("{role}/canary"), "principal": "ops"});
    let mut ports = Ports::default();
    (31_990..=31_999).for_each(|port| ports.insert(port));
    let reservations = vec![dynamic(role), below];
    [
        Item { reservations: reservations.clone(), ..Item::plain("cpus", Quantity::Scalar(500)) },
        Item { reservations, ..Item::plain("ports", Quantity::Ports(ports)) },
    ]
}

/// A static reservation, as by the agent's flag --resources.
fn fixed(role: &str) -> [Item; 2] {
    let of = |name: &str, thousandths: u64| Item {
        reservations: vec![json!({"type": "STATIC", "role": role})],
        ..Item::plain(name, Quantity::Scalar(thousandths))
    };
    [of("cpus", 2000), of("mem", 4_096_000)]
}

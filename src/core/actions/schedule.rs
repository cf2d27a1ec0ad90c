//! Previews of another maintenance schedule, and of starting and stopping maintenance.

use std::collections::{BTreeMap, BTreeSet};

use super::preview::{
    Affected, Impact, ImpactKind, NameList, Preview, PreviewEntry, PreviewValue, PreviewedField, Progress, Severity,
    count, named,
};
use super::{Action, MaintenanceWindow};
use crate::base::ids::FrameworkId;
use crate::base::order;
use crate::base::skew::ClusterTime;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::checks::eligibility::{self, DisabledReason};
use crate::cluster::Cluster;
use crate::cluster::agent::Agent;
use crate::cluster::role::MachineMode;
use crate::cluster::task::MasterTaskList;
use crate::cluster::topic::Topic;
use crate::cluster::unknown::Unknown;
use crate::mesos::calls::maintenance::MachineId;

pub(super) fn preview(cluster: &Cluster, windows: &[MaintenanceWindow], now: ClusterTime) -> Preview {
    let Ok(schedule) = cluster.schedule() else {
        // Nothing is sent before the current state is known.
        return Preview { is_whole: true, progress: Progress::Pending, ..Preview::new(Vec::new(), entries(windows)) };
    };
    let before: Vec<MaintenanceWindow> = schedule.windows.iter().filter_map(MaintenanceWindow::reported).collect();
    let desired = spelt_as(&before, windows);
    let mut preview = Preview { is_whole: true, ..Preview::new(entries(&before), entries(&desired)) };
    let is_in = |windows: &[MaintenanceWindow], machine: &MachineId| {
        windows.iter().any(|window| window.machines.contains(machine))
    };
    let machines =
        |windows: &[MaintenanceWindow]| windows.iter().flat_map(|window| window.machines.clone()).collect::<Vec<_>>();
    let new: Vec<MachineId> = machines(windows).into_iter().filter(|machine| !is_in(&before, machine)).collect();
    let left: Vec<MachineId> = machines(&before).into_iter().filter(|machine| !is_in(windows, machine)).collect();
    let is_down = |machine: &&MachineId| eligibility::mode(machine, cluster) == Ok(Some(MachineMode::Down));
    preview.disabled_reason = left.iter().find(is_down).map(|machine| DisabledReason::LeavesWhileDown(machine.clone()));
    preview.disabled_reason = eligibility::replace_topic(Topic::Schedule, cluster).err().or(preview.disabled_reason);
    let on =
        |machines: &[MachineId]| machines.iter().flat_map(|machine| agents_on(cluster, machine)).collect::<Vec<_>>();
    if !new.is_empty() {
        preview.effects.push(Impact::new(Severity::Warn, ImpactKind::MachinesDrain(count(new.len()))).on(on(&new)));
        preview.effects.extend(tasks_there(cluster, &new));
    }
    if !left.is_empty() {
        preview.effects.push(Impact::new(Severity::Note, ImpactKind::MachinesLeave(count(left.len()))).on(on(&left)));
    }
    preview.effects.extend(moved(cluster, &before, windows));
    preview.effects.extend(unknown(cluster, &new));
    preview.effects.extend(odd_times(windows, now));
    preview.effects.extend(at_once(cluster, windows));
    let draining = |agent: &&Agent| agent.drain.is_some() && new.iter().any(|machine| agent.is_of(machine));
    let draining: Vec<&Agent> = cluster.agents().filter(draining).collect();
    if !draining.is_empty() {
        let effect = Impact::new(Severity::Warn, ImpactKind::DrainedToo);
        preview.effects.push(effect.on(draining.into_iter().map(on_agent)));
    }
    preview.back = Some(Action::Schedule(before));
    preview
}

/// The windows with each machine in the words that the schedule has for it: another case of a name is no change.
fn spelt_as(before: &[MaintenanceWindow], windows: &[MaintenanceWindow]) -> Vec<MaintenanceWindow> {
    let known: BTreeSet<&MachineId> = order::inserted(before.iter().flat_map(|window| &window.machines));
    let spelt = |id: &MachineId| known.get(id).map_or_else(|| id.clone(), |known| (*known).clone());
    windows
        .iter()
        .map(|each| MaintenanceWindow { machines: each.machines.iter().map(spelt).collect(), ..each.clone() })
        .collect()
}

/// Number of registered agents on the machines, and the frameworks with live tasks there: name and number of tasks.
pub(crate) fn frameworks_on(cluster: &Cluster, machines: &[MachineId]) -> (u32, BTreeMap<FrameworkId, (String, u32)>) {
    // Thousands of machines are looked up among thousands of agents.
    let machines: BTreeSet<&MachineId> = order::inserted(machines.iter().filter(|machine| !machine.is_half_named()));
    let mut frameworks: BTreeMap<FrameworkId, (String, u32)> = BTreeMap::new();
    let mut agents = 0;
    for agent in registered(cluster).filter(|agent| machines.contains(&agent.machine())) {
        agents += 1;
        for task in cluster.tasks_of(&agent.id).filter(|task| task.section == MasterTaskList::Live) {
            let (id, name) = cluster.framework_of(task);
            frameworks.entry(id).or_insert((name, 0)).1 += 1;
        }
    }
    (agents, frameworks)
}

fn tasks_there(cluster: &Cluster, machines: &[MachineId]) -> Option<Impact> {
    let (_, frameworks) = frameworks_on(cluster, machines);
    let tasks: u32 = frameworks.values().map(|(_, tasks)| tasks).sum();
    let on = frameworks.into_iter().map(|(id, (name, tasks))| Affected::Framework(id, name, tasks));
    (tasks > 0).then(|| Impact::new(Severity::Note, ImpactKind::TasksThere(tasks)).on(on))
}

/// Machines that stay, at other times.
fn moved(cluster: &Cluster, before: &[MaintenanceWindow], after: &[MaintenanceWindow]) -> Vec<Impact> {
    let times = |windows: &[MaintenanceWindow]| -> BTreeMap<MachineId, (Timestamp, Option<Nanoseconds>)> {
        let of = |window: &MaintenanceWindow| {
            let times = (window.start, window.duration);
            window.machines.iter().map(move |machine| (machine.clone(), times)).collect::<Vec<_>>()
        };
        order::inserted(windows.iter().flat_map(of))
    };
    let (old, new) = (times(before), times(after));
    let moved: Vec<&MachineId> =
        new.iter().filter(|(machine, at)| old.get(*machine).is_some_and(|old| old != *at)).map(|(id, _)| id).collect();
    let is_down = |machine: &&&MachineId| eligibility::mode(machine, cluster) == Ok(Some(MachineMode::Down));
    let down: Vec<String> = moved.iter().filter(is_down).map(ToString::to_string).collect();
    let mut effects = Vec::new();
    if !moved.is_empty() {
        let on = moved.iter().flat_map(|machine| agents_on(cluster, machine));
        effects.push(Impact::new(Severity::Note, ImpactKind::MachinesMove(count(moved.len()))).on(on));
    }
    if !down.is_empty() {
        effects.push(Impact::new(Severity::Note, ImpactKind::StayDown(NameList::new(&down))));
    }
    effects
}

/// Most machines that are unavailable at one time, where windows overlap.
fn at_once(cluster: &Cluster, windows: &[MaintenanceWindow]) -> Option<Impact> {
    // Ends come before starts: one that begins when another ends does not overlap it.
    let mut borders: Vec<(i64, bool, i64)> = Vec::new();
    for window in windows.iter().filter(|window| window.duration.is_none_or(|length| length.0 > 0)) {
        let machines = i64::try_from(window.machines.len()).unwrap_or(i64::MAX);
        borders.push((window.start.0, true, machines));
        borders.extend(window.duration.map(|length| ((window.start + length).0, false, -machines)));
    }
    order::sort(&mut borders);
    let (mut open, mut most, mut machines, mut overlap) = (0_u32, 0, 0_i64, false);
    for (_, begins, change) in borders {
        open = if begins { open + 1 } else { open.saturating_sub(1) };
        machines += change;
        most = most.max(machines);
        overlap |= open > 1;
    }
    let impact =
        || ImpactKind::WindowsOverlap(u32::try_from(most).unwrap_or(u32::MAX), count(registered(cluster).count()));
    overlap.then(|| Impact::new(Severity::Note, impact()))
}

fn registered(cluster: &Cluster) -> impl Iterator<Item = &Agent> {
    cluster.agents().filter(|agent| !agent.recovered && !agent.unreachable)
}

/// A machine without an agent is often a slip: its name must be as the agent registered.
fn unknown(cluster: &Cluster, machines: &[MachineId]) -> Vec<Impact> {
    let is_half = |machine: &&MachineId| cluster.agents().any(|agent| agent.is_half_named_by(machine));
    let nobody = |machine: &&MachineId| !is_half(machine) && !cluster.agents().any(|agent| agent.is_of(machine));
    let names = |which: &dyn Fn(&&MachineId) -> bool| -> Vec<String> {
        machines.iter().filter(which).map(ToString::to_string).collect()
    };
    let (unknown, half) = (names(&nobody), names(&is_half));
    let warn = |names: Vec<String>, impact: fn(NameList) -> ImpactKind| {
        (!names.is_empty()).then(|| Impact::new(Severity::Warn, impact(NameList::new(&names))))
    };
    warn(unknown, ImpactKind::NoAgent).into_iter().chain(warn(half, ImpactKind::HalfNamed)).collect()
}

fn odd_times(windows: &[MaintenanceWindow], now: ClusterTime) -> Vec<Impact> {
    let of = |is: &dyn Fn(&&MaintenanceWindow) -> bool| count(windows.iter().filter(is).count());
    let over = of(&|window| window.duration.is_some_and(|length| window.start + length < now.get()));
    let empty = of(&|window| window.duration.is_some_and(|length| length.0 == 0));
    let over = (over > 0).then(|| Impact::new(Severity::Note, ImpactKind::WindowsOver(over)));
    let empty = (empty > 0).then(|| Impact::new(Severity::Warn, ImpactKind::WindowsEmpty(empty)));
    over.into_iter().chain(empty).collect()
}

/// Windows, each reported from others with the same times by its place among them.
pub(super) fn entries(windows: &[MaintenanceWindow]) -> Vec<PreviewEntry> {
    let mut seen: BTreeMap<(Timestamp, Option<i64>), u32> = BTreeMap::new();
    let entry = |window: &MaintenanceWindow| {
        let times = seen.entry((window.start, window.duration.map(|length| length.0))).or_default();
        *times += 1;
        let mut machines: Vec<String> = window.machines.iter().map(ToString::to_string).collect();
        order::sort(&mut machines);
        PreviewEntry {
            key: PreviewedField::Window(window.start, window.duration, *times - 1),
            value: PreviewValue::Typed(machines.join(", ")),
        }
    };
    windows.iter().map(entry).collect()
}

fn on_agent(agent: &Agent) -> Affected {
    Affected::Agent(agent.id.clone(), agent.hostname.clone(), None)
}

fn agents_on(cluster: &Cluster, machine: &MachineId) -> Vec<Affected> {
    registered(cluster).filter(|agent| agent.is_of(machine)).map(on_agent).collect()
}

fn modes(cluster: &Cluster, machines: &[MachineId], desired: PreviewValue) -> Preview {
    let mode = |machine: &MachineId| match eligibility::mode(machine, cluster) {
        Ok(None) => PreviewValue::Up,
        Ok(Some(MachineMode::Draining)) => PreviewValue::Draining,
        Ok(Some(MachineMode::Down)) => PreviewValue::Down,
        Err(Unknown::NotYet) => PreviewValue::NotRead,
        Err(Unknown::Refused(_)) => PreviewValue::NotAllowed,
        Err(Unknown::Failed(_)) => PreviewValue::NotReadable,
    };
    let current = machines.iter().map(|machine| named(machine.to_string(), mode(machine))).collect();
    Preview::new(current, machines.iter().map(|machine| named(machine.to_string(), desired.clone())).collect())
}

pub(super) fn start(cluster: &Cluster, machines: &[MachineId]) -> Preview {
    let mut preview = modes(cluster, machines, PreviewValue::Down);
    preview.disabled_reason =
        machines.iter().find_map(|machine| eligibility::start_maintenance(machine, cluster).err());
    let agents: Vec<&Agent> =
        registered(cluster).filter(|agent| machines.iter().any(|machine| agent.is_of(machine))).collect();
    if !agents.is_empty() {
        let removed = Impact::new(Severity::Bad, ImpactKind::AgentsRemoved(count(agents.len())));
        preview.effects.push(removed.on(agents.iter().map(|agent| on_agent(agent))));
    }
    let live =
        |agent: &Agent| count(cluster.tasks_of(&agent.id).filter(|task| task.section == MasterTaskList::Live).count());
    let lost: Vec<(&&Agent, u32)> =
        agents.iter().map(|agent| (agent, live(agent))).filter(|(_, live)| *live > 0).collect();
    let tasks = lost.iter().fold(0, |sum: u32, (_, live)| sum.saturating_add(*live));
    if tasks > 0 {
        let of =
            lost.into_iter().map(|(agent, live)| Affected::HostTasks(agent.id.clone(), agent.hostname.clone(), live));
        preview.effects.push(Impact::new(Severity::Bad, ImpactKind::TasksLost(tasks)).on(of));
    }
    preview.effects.extend(not_accepted(cluster, machines));
    preview.effects.extend(unknown(cluster, machines));
    // What it kills does not come back; the machines do.
    preview.back = Some(Action::StopMaintenance(machines.to_vec()));
    preview.name = Some(match machines {
        [one] => one.hostname.clone().or_else(|| one.ip.clone()).unwrap_or_default(),
        several => format!("{} machines", several.len()),
    });
    preview
}

/// Frameworks with tasks there that have not accepted an inverse offer.
fn not_accepted(cluster: &Cluster, machines: &[MachineId]) -> Option<Impact> {
    let known = cluster.machines().ok()?.iter().filter(|known| machines.contains(&known.id));
    let accepted: BTreeSet<&FrameworkId> = order::inserted(
        known.flat_map(|known| &known.answers).filter(|answer| answer.1 == "ACCEPT").map(|answer| &answer.0),
    );
    let (_, frameworks) = frameworks_on(cluster, machines);
    let waited: Vec<Affected> = frameworks
        .into_iter()
        .filter(|(id, _)| !accepted.contains(id))
        .map(|(id, (name, tasks))| Affected::Framework(id, name, tasks))
        .collect();
    (!waited.is_empty()).then(|| Impact::new(Severity::Warn, ImpactKind::NotAccepted).on(waited))
}

pub(super) fn stop(cluster: &Cluster, machines: &[MachineId]) -> Preview {
    let mut preview = modes(cluster, machines, PreviewValue::Up);
    preview.disabled_reason = machines.iter().find_map(|machine| eligibility::stop_maintenance(machine, cluster).err());
    preview.effects.push(Impact::new(Severity::Note, ImpactKind::MachinesUp));
    if preview.progress == Progress::Applied {
        preview.disabled_reason = None;
    }
    preview
}

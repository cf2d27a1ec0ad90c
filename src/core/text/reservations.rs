//! Words for reservations and persistent volumes, and for actions on them.

use super::pooled::{field, reserved_for, resource, resource_name};
use super::{bytes_summed, plural, scalar, short_id};
use crate::actions::pool::amount_text;
use crate::actions::pool::limits::ExceededLimit;
use crate::actions::reservation::fault::ReservationFault;
use crate::actions::reservation::impact::ReservationImpact;
use crate::actions::reservation::{ReservationAction, ReservationOperation};
use crate::base::ids::Role;
use crate::base::units::{Bytes, Quantities};
use crate::checks::reservations::PooledField;
use crate::mesos::wire::pool_resource::{PersistentVolume, PoolAmount, PoolResource, ReservationLayer};
use crate::views::volumes::ReservationKind;

/// What dynamic and static reservations are, in a sentence each.
pub const DYNAMIC_AND_STATIC: &str = "Dynamic reservations are made while the agent runs, by operators or frameworks, and can be removed. Static ones come from the agent's flag --resources and change only with it.";

/// Why an accepted operation may have no effect yet.
pub const NO_EFFECT_YET: &str = "Accepted, no effect seen yet. The agent may not have answered, or the resources are in use or went into an offer meanwhile. Mesos reports no failure of it; this form and My changes keep watching.";

/// What is said where no amount was typed.
pub const NO_AMOUNT: &str = "Enter at least one amount above 0.";

/// What is said where no agent was chosen.
pub const NO_AGENT: &str = "Select at least one agent.";

/// Why a form has nothing to change: its agents are gone.
pub const NOT_LISTED: &str = "The master does not list the agent any more. Close this form and choose another agent.";

/// What amounts mean with several agents.
pub const ON_EACH_AGENT: &str = "These amounts are reserved on each agent. Free is what the agent with the least has.";

/// Why a volume cannot be created.
pub const NO_RESERVED_DISK: &str = "The agent has no reserved disk. Reserve disk first.";
/// The chosen disk is not among the agent's reserved disks any more.
pub const DISK_GONE: &str = "The chosen disk is no longer reserved. Choose another.";

/// What is said where a volume has no path.
pub const NO_PATH: &str = "Enter a path in the container.";

/// What a persistent volume's mode is.
pub const MODE: &str = "Mode RW: Mesos refuses persistent volumes that are read-only.";

/// A reservation as a row of a table: `dynamic reservation for web (ops)`; `principal` may be empty.
pub fn reservation_name(kind: ReservationKind, role: &Role, principal: &str) -> String {
    let principal = if principal.is_empty() { String::new() } else { format!(" ({principal})") };
    format!("{} reservation for {role}{principal}", kind.name())
}

/// A volume as a row of a table: ids of volumes are unique for a role on an agent only.
pub fn volume_name(id: &str, role: &Role) -> String {
    format!("{id} of {role}")
}

/// A reservation or volume in a table: what it is, and the host.
pub fn row_name(what: &str, host: &str) -> String {
    format!("{what} on {host}")
}

/// The action in a few words: `subject` is the agent's host, where that is known.
pub fn title(action: &ReservationAction, subject: Option<&str>) -> String {
    let agent = subject.map_or_else(|| short_id(action.agent.as_str()), str::to_owned);
    let volume = |resource: &PoolResource| resource.volume.as_ref().map(|volume| volume.id.clone()).unwrap_or_default();
    match &action.operation {
        ReservationOperation::Reserve { resources, layers } => {
            let role = layers.last().map(|layer| layer.role.0.clone()).unwrap_or_default();
            format!("Reserve {} for {role} on {agent}", amounts(resources))
        }
        ReservationOperation::Unreserve(resources) => {
            let role = resources.first().and_then(PoolResource::role).map(|role| role.0.clone()).unwrap_or_default();
            format!("Unreserve {} of {role} on {agent}", amounts(resources))
        }
        ReservationOperation::Create { volume, .. } => format!("Create volume {} on {agent}", volume.id),
        ReservationOperation::Destroy(of) => format!("Destroy volume {} on {agent}", volume(of)),
        ReservationOperation::Grow(of, by) | ReservationOperation::Shrink(of, by) => {
            let verb = if matches!(action.operation, ReservationOperation::Grow(..)) { "Grow" } else { "Shrink" };
            format!("{verb} volume {} on {agent} by {}", volume(of), amount_text("disk", &PoolAmount::Scalar(*by)))
        }
    }
}

/// Amounts in one line, `2 CPUs, 4 GiB memory, ports 31000-31005`.
pub fn amounts(resources: &[PoolResource]) -> String {
    let one = |of: &PoolResource| {
        let disk = PooledField::of(of).disk;
        let disk = if disk.is_empty() { disk } else { format!(" on {disk}") };
        format!("{}{disk}", amount(&of.name, &of.amount))
    };
    resources.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// One amount with its resource, `2 CPUs`, `4 GiB memory` or `ports 31000-31005`.
pub fn amount(name: &str, amount: &PoolAmount) -> String {
    let text = amount_text(name, amount);
    match (amount, name) {
        (PoolAmount::Scalar(1000), "cpus") => "1 CPU".to_owned(),
        (PoolAmount::Scalar(1000), "gpus") => "1 GPU".to_owned(),
        (PoolAmount::Scalar(_), name) => format!("{text} {}", resource_name(name)),
        (PoolAmount::Ranges(_) | PoolAmount::Set(_), name) => format!("{name} {text}"),
    }
}

/// Accessible name of the field for an amount.
pub fn amount_label(resource: &str) -> String {
    format!("{resource}, amount")
}

/// A reserved disk as a choice: `100 GiB reserved for web`.
pub fn disk(of: &PoolResource) -> String {
    format!("{}, {}", resource(&PooledField::of(of)), layers(&of.reservations))
}

/// Free amounts of an agent in a list of agents.
pub fn free(amounts: Quantities) -> String {
    let bytes = |bytes: Bytes, of: &str| (bytes.get() > 0).then(|| format!("{} {of}", bytes_summed(bytes)));
    let cpus = Quantities { cpus: amounts.cpus, ..Quantities::NONE };
    let cpus = Some(super::resources::quantities(cpus)).filter(|words| !words.is_empty());
    let parts = [cpus, bytes(amounts.mem, "memory"), bytes(amounts.disk, "disk")];
    let words: Vec<String> = parts.into_iter().flatten().collect();
    if words.is_empty() { "nothing free".to_owned() } else { format!("{} free", words.join(", ")) }
}

/// Accessible name of the button that takes an agent out of the choice.
pub fn remove_agent(name: &str) -> String {
    format!("Remove {name}")
}

/// Title of the form that destroys volumes.
pub fn destroy_title(volumes: &[String], hosts: &[String]) -> String {
    let what = match volumes {
        [id] => format!("Destroy volume {id}"),
        many => format!("Destroy {}", plural(count(many.len()), "volume", "volumes")),
    };
    form_title(&what, hosts)
}

/// Title of the form that resizes a volume.
pub fn resize_title(volume: &str, host: &str) -> String {
    format!("Resize volume {volume} on {host}")
}

/// A reservation in a few words: `unreserved`, `reserved for web (ops)` or `reserved for eng/web out of eng`.
pub fn layers(layers: &[ReservationLayer]) -> String {
    let roles: Vec<Role> = layers.iter().map(|layer| layer.role.clone()).collect();
    let newest = layers.last();
    let marks = newest.map(ReservationLayer::marks).unwrap_or_default();
    reserved_for(&roles, newest.is_some_and(|layer| layer.is_dynamic), &marks)
}

/// How much of a resource is free, and how much is left after the amount that is typed.
pub fn left(name: &str, free: &PoolAmount, typed: &PoolAmount) -> String {
    let all = rounded(name, free);
    let missing = typed.minus(free);
    let left = free.minus(typed);
    match () {
        () if typed.is_none() => format!("{all} free"),
        () if !missing.is_none() => format!("{all} free; {} too much", rounded(name, &missing)),
        () if left.is_none() => format!("{all} free; none left"),
        () => format!("{all} free; {} left", rounded(name, &left)),
    }
}

/// How an amount of a pool is split: `4 CPUs: 2 in use, 1 offered, 1 free`, with the reservation.
pub fn share(of: &PooledField, [total, used, offered, free]: [&PoolAmount; 4]) -> String {
    let part = |amount: &PoolAmount, words: &str| {
        let text = rounded(&of.resource, amount);
        (!amount.is_none()).then(|| format!("{text} {words}"))
    };
    let parts = [part(used, "in use"), part(offered, "offered"), part(free, "free")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{}: {}; {}", field(of), rounded(&of.resource, total), parts.join(", "))
}

/// An amount for reading: bytes are rounded to three digits or so, and long lists of ports are counted.
pub fn rounded(name: &str, amount: &PoolAmount) -> String {
    const RANGES: usize = 4;
    match (amount, name) {
        (amount, _) if amount.is_none() => "0".to_owned(),
        (PoolAmount::Scalar(_), "mem" | "disk") => bytes_summed(Bytes::from_mebibytes(amount.number())),
        (PoolAmount::Ranges(ranges), _) if ranges.len() > RANGES => {
            let first = amount_text(name, &PoolAmount::Ranges(ranges.iter().take(RANGES).copied().collect()));
            format!("{first}, … ({} in all)", super::count(amount.number() as u64))
        }
        (amount, name) => amount_text(name, amount),
    }
}

/// Accessible name of the button that takes all that is free of a resource.
pub fn take_all(resource: &str) -> String {
    format!("{resource}: take all that is free")
}

/// Title of a form: what is done, and on which agents, as `Reserve resources on node-1`.
pub fn form_title(what: &str, hosts: &[String]) -> String {
    match hosts {
        [] => what.to_owned(),
        [host] => format!("{what} on {host}"),
        many => format!("{what} on {}", plural(count(many.len()), "agent", "agents")),
    }
}

/// Where the sizes of a volume that can grow end.
pub fn can_grow_to(largest: &PoolAmount) -> String {
    format!("at most {}", amount_text("disk", largest))
}

/// What is said of volumes in a reservation that is removed.
pub fn volumes_stay(volumes: u32) -> String {
    match volumes {
        1 => "1 volume stays reserved: destroy it first to unreserve its disk.".to_owned(),
        more => {
            format!("{} volumes stay reserved: destroy them first to unreserve their disk.", super::count(more.into()))
        }
    }
}

/// What is said of chosen objects that their agents do not report any more, or of which nothing is free.
pub fn left_out(objects: usize) -> String {
    let are = if objects == 1 { "1 of them is" } else { &format!("{} of them are", super::count(objects as u64)) };
    format!("{are} left out: the agent does not report it any more, or tasks use all of it.")
}

/// Error of a form with more agents than it can read.
pub fn too_many_agents(most: usize) -> String {
    format!("Select at most {} agents at once.", super::count(most as u64))
}

/// Reservations in a bar of a pool that are shown as one.
pub fn more_reservations(reservations: usize) -> String {
    plural(count(reservations), "more reservation", "more reservations")
}

/// The only principal that Mesos accepts of a caller that signed in.
pub fn own_principal(name: &str) -> String {
    format!("Mesos accepts only your own principal: {name}.")
}

/// Kind of a row: `static`, `dynamic`, `volume` or `shared volume`.
pub fn kind(of: &PoolResource) -> &'static str {
    let kind = match (of.volume.is_some(), of.reservations.last()) {
        (true, _) if of.shared => ReservationKind::SharedVolume,
        (true, _) => ReservationKind::Volume,
        (false, Some(layer)) if layer.is_dynamic => ReservationKind::Dynamic,
        (false, _) => ReservationKind::Static,
    };
    kind_name(kind)
}

/// Name of a kind of row.
pub const fn kind_name(kind: ReservationKind) -> &'static str {
    match kind {
        ReservationKind::SharedVolume => "shared volume",
        other => other.name(),
    }
}

/// The reservations that a refined one is made of, the nearest first.
pub fn refined(parents: &[String]) -> String {
    format!("out of {}", parents.join(", "))
}

/// A volume with its path in the container, and its disk if that is not the agent's root disk.
pub fn volume(of: &PooledField, volume: &PersistentVolume) -> String {
    let disk = if of.disk.is_empty() { String::new() } else { format!(" on {}", of.disk) };
    format!("{}{disk}", super::resources::volume(&volume.id, &volume.container_path))
}

/// A limit of a role's quota that a reservation would exceed.
pub fn exceeded_limit(role: &Role, of: &ExceededLimit) -> String {
    let [consumed, limit] = [of.consumed, of.limit].map(|amount| scalar(&of.resource, amount));
    let name = resource_name(&of.resource);
    format!(
        "With this, {role} consumes {consumed} {name}, and its limit is {limit}. Mesos then offers it no more unreserved {name}."
    )
}

/// What follows from the action, in a sentence.
pub fn impact(impact: &ReservationImpact) -> String {
    match impact {
        ReservationImpact::ForRole(role) => {
            format!("Only frameworks in {role} or its child roles are offered these resources.")
        }
        ReservationImpact::Returned(None) => "The resources are unreserved again, and offered to all roles.".to_owned(),
        ReservationImpact::Returned(Some(role)) => format!("The resources are reserved for {role} again."),
        ReservationImpact::NothingLeft(resource) => {
            format!("The agent has no unreserved {} left for other roles.", resource_name(resource))
        }
        ReservationImpact::Outlives => {
            "The volume and its data stay when tasks end, until the volume is destroyed.".to_owned()
        }
        ReservationImpact::Shared => {
            "Several tasks can use the volume at once. A shared volume cannot be resized.".to_owned()
        }
        ReservationImpact::DataLost => {
            "All data in the volume is deleted and cannot be restored. Its disk stays reserved.".to_owned()
        }
        ReservationImpact::NotMeasured => "Mesos does not check whether the data fits the new size.".to_owned(),
        ReservationImpact::UsedByTasks(tasks, volume) => {
            format!("{} volume {volume}:", plural(*tasks, "live task uses", "live tasks use"))
        }
    }
}

/// What follows from several actions alike, in a sentence.
pub fn impact_of_several(kind: &ReservationImpact, actions: usize) -> String {
    match kind {
        ReservationImpact::NothingLeft(resource) => {
            let agents = plural(count(actions), "agent has", "agents have");
            format!("{agents} no unreserved {} left for other roles.", resource_name(resource))
        }
        ReservationImpact::DataLost => {
            "All data in the volumes is deleted and cannot be restored. Their disk stays reserved.".to_owned()
        }
        ReservationImpact::UsedByTasks(tasks, volume) => {
            let use_them = plural(*tasks, "live task uses", "live tasks use");
            format!("{use_them} each of {} named {volume}:", plural(count(actions), "volume", "volumes"))
        }
        other => impact(other),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What is wrong with the form, in a sentence.
pub fn fault(wrong: &ReservationFault) -> String {
    match wrong {
        ReservationFault::DefaultRole => "Nothing can be reserved for the role “*”.".to_owned(),
        ReservationFault::NotBelow(role, parent) => {
            format!("{role} is not below {parent}. A refined reservation needs a role such as {parent}/web.")
        }
        ReservationFault::NoAmount => NO_AMOUNT.to_owned(),
        ReservationFault::NothingChanged => "The resources are already reserved in this way.".to_owned(),
        ReservationFault::NotDynamic => "Only dynamic reservations can be changed here.".to_owned(),
        ReservationFault::IsVolume => "Destroy the volume first: it keeps its disk reserved.".to_owned(),
        ReservationFault::NotReservedDisk => "A volume needs reserved disk.".to_owned(),
        ReservationFault::VolumeId(error) => error.to_string(),
        ReservationFault::NoPath => NO_PATH.to_owned(),
        ReservationFault::NothingLeft => "The new size must be above 0. Destroy the volume to remove it.".to_owned(),
        ReservationFault::ManyProviders => {
            "These resources are of different providers. Change them one by one.".to_owned()
        }
    }
}

//! Names of resources, with their reservations, and why actions on them are disabled.

use crate::base::ids::Role;
use crate::checks::reservations::{PooledField, ReservationBlock};

/// Where the chosen resources are gone.
pub const NONE_LEFT: &str = "The agents report none of them any more.";

/// A resource as it is called in a sentence: `CPUs`, `memory`, or Mesos' name of others.
pub fn resource_name(resource: &str) -> &str {
    match resource {
        "cpus" => "CPUs",
        "mem" => "memory",
        "gpus" => "GPUs",
        other => other,
    }
}

/// A resource as the heading of a row: `CPUs`, `Memory`, or Mesos' name of others.
pub fn resource_label(resource: &str) -> &str {
    match resource {
        "mem" => "Memory",
        "disk" => "Disk",
        "ports" => "Ports",
        other => resource_name(other),
    }
}

/// A resource without its reservation: `CPUs`, `Disk on MOUNT /mnt/a` or `Volume v1`.
pub fn resource(of: &PooledField) -> String {
    let label = match &of.volume {
        Some(id) => format!("Volume {id}"),
        None => resource_label(&of.resource).to_owned(),
    };
    if of.disk.is_empty() { label } else { format!("{label} on {}", of.disk) }
}

/// A resource of a pool as the name of a value: `CPUs, unreserved` or `Disk on MOUNT /mnt/a, reserved for web`.
pub fn field(of: &PooledField) -> String {
    format!("{}, {}", resource(of), reserved_for(&of.roles, of.is_dynamic, &of.marks))
}

/// What a resource is reserved for: `unreserved`, `reserved for web (ops)` or `reserved for eng/web out of eng`.
pub(super) fn reserved_for(roles: &[Role], is_dynamic: bool, marks: &str) -> String {
    let marks = if marks.is_empty() { String::new() } else { format!(" ({marks})") };
    match roles {
        [] => "unreserved".to_owned(),
        [role] if is_dynamic => format!("reserved for {role}{marks}"),
        [role] => format!("static reservation for {role}{marks}"),
        [.., parent, role] => format!("reserved for {role} out of {parent}{marks}"),
    }
}

/// Why the action is disabled, in a sentence.
pub fn block(why: &ReservationBlock) -> String {
    match why {
        ReservationBlock::PoolUnknown => "The agent's resources are not known: they cannot be read.".to_owned(),
        ReservationBlock::Missing(of) => format!("The agent has no such resource any more: {}.", field(of)),
        ReservationBlock::NotFree { of, wanted, free } => {
            let free = if free.is_empty() { "0" } else { free };
            format!("Not enough is free: {wanted} wanted, {free} free ({}).", field(of))
        }
        ReservationBlock::OnlyWhole(of, whole) => {
            format!("{} can be taken only as a whole: {whole}.", field(of))
        }
        ReservationBlock::Static => {
            "A static reservation comes from the agent's flag --resources, and changes only with it.".to_owned()
        }
        ReservationBlock::VolumeInUse => {
            "Tasks use the volume. Mesos changes only volumes that are not in use.".to_owned()
        }
        ReservationBlock::VolumeExists(id) => format!("The role already has a volume {id} on this agent."),
        ReservationBlock::SharedVolume => "Mesos does not resize shared volumes.".to_owned(),
        ReservationBlock::NotResizable => {
            "Mesos resizes only volumes on the agent's root disk and on PATH disks.".to_owned()
        }
        ReservationBlock::NoneReserved => "None of them is a dynamic reservation.".to_owned(),
        ReservationBlock::NoneVolume => "None of them is a volume.".to_owned(),
        ReservationBlock::NotOneVolume => "Select one volume: each has its own size.".to_owned(),
        ReservationBlock::SeveralReservations => {
            "These are several reservations, with other labels or parents. Choose one on the agent's page.".to_owned()
        }
        ReservationBlock::NoneLeft => NONE_LEFT.to_owned(),
        ReservationBlock::NoDisk => "The reservation has no disk.".to_owned(),
        ReservationBlock::NoCapability(name) => format!("The agent's Mesos lacks the capability {name}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_named_by_reservation_disk_and_volume() {
        let of = |resource: &str, roles: &[&str], volume: Option<&str>, disk: &str| {
            field(&PooledField {
                resource: resource.to_owned(),
                roles: roles.iter().map(|role| Role::from(*role)).collect(),
                is_dynamic: true,
                marks: if roles.len() > 1 { "ops".to_owned() } else { String::new() },
                volume: volume.map(str::to_owned),
                disk: disk.to_owned(),
            })
        };
        assert_eq!(of("cpus", &[], None, ""), "CPUs, unreserved");
        assert_eq!(of("mem", &["eng", "eng/web"], None, ""), "Memory, reserved for eng/web out of eng (ops)");
        assert_eq!(of("disk", &["web"], Some("v1"), "MOUNT /mnt/a"), "Volume v1 on MOUNT /mnt/a, reserved for web");
    }
}

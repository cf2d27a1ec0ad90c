//! What must be right about a change's form, whatever the cluster: all that a master would refuse for it (src/common/roles.cpp,
//! src/master/quota.cpp, src/master/weights_handler.cpp, src/master/maintenance.cpp).

use core::net::Ipv4Addr;
use std::collections::{BTreeMap, BTreeSet};

use super::amount::check_amount;
use super::{Act, RoleQuota, Window};
use crate::base::ids::Role;
use crate::checks::can;
use crate::mesos::calls::maintenance::MachineId;

/// Something wrong with the form, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub field: Field,
    pub words: String,
}

/// The field that a fault, or a refusal, is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    Role(Role),
    /// A resource of a role's quota.
    Amount(Role, String),
    Weight(Role),
    /// A window of the schedule, by its place.
    Window(usize),
    /// All of it.
    Whole,
}

impl Act {
    /// All that is wrong with its form.
    pub fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Quotas { quotas, .. } => quota_faults(quotas),
            Self::SetQuota { role, guarantee, .. } => old_quota_faults(role, guarantee),
            Self::RemoveQuota(role) => {
                let at = |words: &str| Fault { field: Field::Role(role.clone()), words: words.to_owned() };
                check_role(role.as_str()).err().map(at).into_iter().collect()
            }
            Self::Weights(weights) => weight_faults(weights),
            Self::Schedule(windows) => schedule_faults(windows),
            Self::StartMaintenance(machines) | Self::StopMaintenance(machines) => {
                let none = machines.is_empty().then(|| whole("No machine is chosen."));
                none.into_iter()
                    .chain(machines.iter().filter_map(|machine| machine_fault(machine).map(whole)))
                    .collect()
            }
            Self::LoggingLevel { length, .. } => {
                (length.0 <= 0).then(|| whole("The time must be more than nothing.")).into_iter().collect()
            }
            Self::Drain { .. } | Self::Deactivate(_) | Self::Reactivate(_) | Self::MarkGone(_) | Self::Teardown(_) => {
                Vec::new()
            }
        }
    }
}

fn whole(words: impl Into<String>) -> Fault {
    Fault { field: Field::Whole, words: words.into() }
}

/// Whether Mesos takes the text for a role's name.
///
/// # Errors
/// Why not, in words.
pub fn check_role(role: &str) -> Result<(), &'static str> {
    if role.is_empty() {
        return Err("A role needs a name.");
    }
    if role == "*" {
        return Ok(());
    }
    if role.starts_with('/') || role.ends_with('/') || role.contains("//") {
        return Err("A role neither begins nor ends with a slash, and has no two in a row.");
    }
    if role.chars().any(|letter| matches!(letter, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{8}' | '\u{7f}')) {
        return Err("A role has no spaces and no control characters.");
    }
    for component in role.split('/') {
        match component {
            "." | ".." => return Err("No part of a role is “.” or “..”."),
            "*" => return Err("“*” is a role by itself, and no part of one."),
            _ if component.starts_with('-') => return Err("No part of a role begins with “-”."),
            _ => {}
        }
    }
    Ok(())
}

fn quota_faults(quotas: &[RoleQuota]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for quota in quotas {
        let at = |words: &str| Fault { field: Field::Role(quota.role.clone()), words: words.to_owned() };
        let role = quota.role.as_str();
        faults.extend(check_role(role).err().map(at));
        faults.extend(can::set_quota(&quota.role).err().map(|why| at(&why.words)));
        if !seen.insert(role) {
            faults.push(at("The role is there twice."));
        }
        for (resource, amount) in quota.guarantees.iter().chain(&quota.limits) {
            let at = |words| Fault { field: Field::Amount(quota.role.clone(), resource.clone()), words };
            faults.extend(check_amount(resource, *amount).err().map(|error| at(error.to_string())));
        }
        for (resource, guarantee) in &quota.guarantees {
            let above = quota.limits.get(resource).filter(|limit| **limit < *guarantee);
            let words = "The guarantee is more than the limit.".to_owned();
            faults.extend(above.map(|_| Fault { field: Field::Amount(quota.role.clone(), resource.clone()), words }));
        }
    }
    faults.extend(quotas.is_empty().then(|| whole("Nothing is changed.")));
    faults
}

/// What masters before 1.9 refuse besides (src/master/quota.cpp of 1.8.1).
fn old_quota_faults(role: &Role, guarantee: &BTreeMap<String, f64>) -> Vec<Fault> {
    let at = |words: &str| Fault { field: Field::Role(role.clone()), words: words.to_owned() };
    let quota = RoleQuota { role: role.clone(), guarantees: guarantee.clone(), ..RoleQuota::default() };
    let default_role = (role.as_str() == "*").then(|| at("Mesos before 1.9 takes no quota of the role “*”."));
    let empty = guarantee.is_empty().then(|| at("A quota needs an amount."));
    quota_faults(&[quota]).into_iter().chain(default_role).chain(empty).collect()
}

fn weight_faults(weights: &[(Role, f64)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for (role, weight) in weights {
        let at = |words: &str| Fault { field: Field::Weight(role.clone()), words: words.to_owned() };
        faults.extend(check_role(role.as_str()).err().map(at));
        faults.extend((!seen.insert(role)).then(|| at("The role is there twice.")));
        if !(weight.is_finite() && *weight > 0.0) {
            faults.push(at("A weight is more than nothing."));
        }
    }
    faults.extend(weights.is_empty().then(|| whole("Nothing is changed.")));
    faults
}

fn schedule_faults(windows: &[Window]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut seen: BTreeSet<&MachineId> = BTreeSet::new();
    for (place, window) in windows.iter().enumerate() {
        let at = |words: String| Fault { field: Field::Window(place), words };
        faults.extend(window.machines.is_empty().then(|| at("No machine is in this window.".to_owned())));
        faults.extend(
            window.duration.filter(|length| length.0 < 0).map(|_| at("It would last less than nothing.".to_owned())),
        );
        for machine in &window.machines {
            faults.extend(machine_fault(machine).map(at));
            if !seen.insert(machine) {
                faults.push(at(format!(
                    "{machine} is there twice: Mesos takes each machine once in the whole schedule."
                )));
            }
        }
    }
    faults
}

fn machine_fault(machine: &MachineId) -> Option<String> {
    if *machine == MachineId::default() {
        return Some("A machine needs a host name or an address.".to_owned());
    }
    let ip = Some(machine.address()).filter(|ip| !ip.is_empty())?;
    ip.parse::<Ipv4Addr>().is_err().then(|| format!("“{ip}” is no IPv4 address, and Mesos takes no other."))
}

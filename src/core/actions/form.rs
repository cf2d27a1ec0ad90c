//! Errors of an action's form, whatever the cluster: everything that a master would refuse (src/common/roles.cpp,
//! src/master/quota.cpp, src/master/weights_handler.cpp, src/master/maintenance.cpp).

use core::net::Ipv4Addr;
use std::collections::{BTreeMap, BTreeSet};

use super::amount::{AmountError, check_amount};
use super::container_form::ContainerFormError;
use super::reservation::fault::ReservationFault;
use super::{Action, MaintenanceWindow, RoleQuota};
use crate::base::ids::Role;
use crate::checks::eligibility::{self, DisabledReason};
use crate::mesos::calls::maintenance::MachineId;

/// An error in a form, with its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field with the error.
    pub field: FormField,
    /// The error.
    pub wrong: FormError,
}

/// Error in a form. `text::actions` has the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormError {
    /// The text is no valid role name.
    Role(RoleError),
    /// Mesos refuses the action for this role in general.
    Refused(DisabledReason),
    /// The text is no valid amount.
    Amount(AmountError),
    /// The guarantee of a resource is above its limit.
    GuaranteeAboveLimit,
    /// The role occurs twice.
    RoleTwice,
    /// The form changes nothing.
    NothingChanged,
    /// Mesos before 1.9 accepts no quota for the role `*`.
    DefaultRole,
    /// A quota without an amount.
    NoAmount,
    /// The weight is not a finite number above 0.
    Weight,
    /// No machine was chosen.
    NoneChosen,
    /// The duration of a logging level is not above 0.
    NoTime,
    /// A window without machines.
    NoMachine,
    /// A window with a negative duration.
    NegativeLength,
    /// The machine is in the schedule twice.
    MachineTwice(MachineId),
    /// A machine with neither a host name nor an address.
    Unnamed,
    /// The machine's address is no IPv4 address.
    NotIpv4(String),
    /// An error in the form of a container.
    Container(ContainerFormError),
    /// Error in a reservation or a volume.
    Reservation(ReservationFault),
}

/// Reason why Mesos does not accept a role's name (src/common/roles.cpp).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// The empty text.
    #[error("Enter a role.")]
    Empty,
    /// A slash at the start or the end, or two slashes in a row.
    #[error("A role must not begin or end with a slash, or have two in a row.")]
    Slash,
    /// A blank or a control character.
    #[error("A role must not contain spaces or control characters.")]
    Space,
    /// A component `.` or `..`.
    #[error("No part of a role may be “.” or “..”.")]
    Dots,
    /// A component `*` of a longer name.
    #[error("“*” must not be part of a role.")]
    Star,
    /// A component that starts with `-`.
    #[error("No part of a role may begin with “-”.")]
    Dash,
}

/// The field of a form that an error or a refusal is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormField {
    /// The name of a role, or a role's quota as a whole.
    Role(Role),
    /// A resource of a role's quota.
    Amount(Role, String),
    /// The weight of a role.
    Weight(Role),
    /// A window of the schedule, by its index.
    Window(usize),
    /// The form as a whole.
    Whole,
}

impl Action {
    /// All errors of its form.
    pub fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Quotas { quotas, .. } => quota_faults(quotas),
            Self::SetQuota { role, guarantee, .. } => old_quota_faults(role, guarantee),
            Self::RemoveQuota(role) => {
                let at = |error| Fault { field: FormField::Role(role.clone()), wrong: FormError::Role(error) };
                check_role(role.as_str()).err().map(at).into_iter().collect()
            }
            Self::Weights(weights) => weight_faults(weights),
            Self::Schedule(windows) => schedule_faults(windows),
            Self::StartMaintenance(machines) | Self::StopMaintenance(machines) => {
                let none = machines.is_empty().then(|| whole(FormError::NoneChosen));
                none.into_iter()
                    .chain(machines.iter().filter_map(|machine| machine_fault(machine).map(whole)))
                    .collect()
            }
            Self::LoggingLevel { length, .. } => {
                (length.0 <= 0).then(|| whole(FormError::NoTime)).into_iter().collect()
            }
            Self::Reservation(action) => action.faults(),
            Self::Drain { .. } | Self::Deactivate(_) | Self::Reactivate(_) | Self::MarkGone(_) | Self::Teardown(_) => {
                Vec::new()
            }
            Self::Container(action) => {
                action.fault().map(|error| whole(FormError::Container(error))).into_iter().collect()
            }
            // A configuration is read before it is an action.
            Self::Provider(_) => Vec::new(),
        }
    }
}

fn whole(wrong: FormError) -> Fault {
    Fault { field: FormField::Whole, wrong }
}

/// Checks that Mesos accepts the text as a role's name.
///
/// # Errors
/// If Mesos refuses the name.
pub fn check_role(role: &str) -> Result<(), RoleError> {
    if role.is_empty() {
        return Err(RoleError::Empty);
    }
    if role == "*" {
        return Ok(());
    }
    if role.starts_with('/') || role.ends_with('/') || role.contains("//") {
        return Err(RoleError::Slash);
    }
    if role.chars().any(|letter| matches!(letter, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{8}' | '\u{7f}')) {
        return Err(RoleError::Space);
    }
    for component in role.split('/') {
        match component {
            "." | ".." => return Err(RoleError::Dots),
            "*" => return Err(RoleError::Star),
            _ if component.starts_with('-') => return Err(RoleError::Dash),
            _ => {}
        }
    }
    Ok(())
}

fn quota_faults(quotas: &[RoleQuota]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for quota in quotas {
        let at = |wrong| Fault { field: FormField::Role(quota.role.clone()), wrong };
        let role = quota.role.as_str();
        faults.extend(check_role(role).err().map(|error| at(FormError::Role(error))));
        faults.extend(eligibility::set_quota(&quota.role).err().map(|why| at(FormError::Refused(why))));
        if !seen.insert(role) {
            faults.push(at(FormError::RoleTwice));
        }
        for (resource, amount) in quota.guarantees.iter().chain(&quota.limits) {
            let at = |wrong| Fault { field: FormField::Amount(quota.role.clone(), resource.clone()), wrong };
            faults.extend(check_amount(resource, *amount).err().map(|error| at(FormError::Amount(error))));
        }
        for (resource, guarantee) in &quota.guarantees {
            let above = quota.limits.get(resource).filter(|limit| **limit < *guarantee);
            let field = || FormField::Amount(quota.role.clone(), resource.clone());
            faults.extend(above.map(|_| Fault { field: field(), wrong: FormError::GuaranteeAboveLimit }));
        }
    }
    faults.extend(quotas.is_empty().then(|| whole(FormError::NothingChanged)));
    faults
}

/// Errors of quotas, and those that only masters before 1.9 report (src/master/quota.cpp of 1.8.1).
fn old_quota_faults(role: &Role, guarantee: &BTreeMap<String, f64>) -> Vec<Fault> {
    let at = |wrong| Fault { field: FormField::Role(role.clone()), wrong };
    let quota = RoleQuota { role: role.clone(), guarantees: guarantee.clone(), ..RoleQuota::default() };
    let default_role = (role.as_str() == "*").then(|| at(FormError::DefaultRole));
    let empty = guarantee.is_empty().then(|| at(FormError::NoAmount));
    quota_faults(&[quota]).into_iter().chain(default_role).chain(empty).collect()
}

fn weight_faults(weights: &[(Role, f64)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for (role, weight) in weights {
        let at = |wrong| Fault { field: FormField::Weight(role.clone()), wrong };
        faults.extend(check_role(role.as_str()).err().map(|error| at(FormError::Role(error))));
        faults.extend((!seen.insert(role)).then(|| at(FormError::RoleTwice)));
        if !(weight.is_finite() && *weight > 0.0) {
            faults.push(at(FormError::Weight));
        }
    }
    faults.extend(weights.is_empty().then(|| whole(FormError::NothingChanged)));
    faults
}

fn schedule_faults(windows: &[MaintenanceWindow]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut seen: BTreeSet<&MachineId> = BTreeSet::new();
    for (place, window) in windows.iter().enumerate() {
        let at = |wrong| Fault { field: FormField::Window(place), wrong };
        faults.extend(window.machines.is_empty().then(|| at(FormError::NoMachine)));
        faults.extend(window.duration.filter(|length| length.0 < 0).map(|_| at(FormError::NegativeLength)));
        for machine in &window.machines {
            faults.extend(machine_fault(machine).map(at));
            if !seen.insert(machine) {
                faults.push(at(FormError::MachineTwice(machine.clone())));
            }
        }
    }
    faults
}

fn machine_fault(machine: &MachineId) -> Option<FormError> {
    if *machine == MachineId::default() {
        return Some(FormError::Unnamed);
    }
    let ip = Some(machine.address()).filter(|ip| !ip.is_empty())?;
    ip.parse::<Ipv4Addr>().is_err().then(|| FormError::NotIpv4(ip.to_owned()))
}

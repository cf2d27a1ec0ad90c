//! Errors of the forms of reservations and volumes: what a master refuses whatever the cluster (src/master/validation.cpp,
//! src/v1/resources.cpp, src/common/validation.cpp), and what aborts one.

use crate::actions::form::{Fault, FormError, FormField, check_role};
use crate::actions::reservation::fault::{ReservationFault, check_volume_id};
use crate::actions::reservation::{ReservationAction, ReservationOperation};
use crate::base::ids::Role;
use crate::mesos::wire::pool_resource::{PersistentVolume, PoolAmount, PoolResource, ReservationLayer};

/// Checks that a role's resources can be reserved for it, below the reservations that they have.
///
/// # Errors
/// If Mesos refuses it.
pub fn check_layer(role: &Role, below: &[ReservationLayer]) -> Result<(), FormError> {
    check_role(role.as_str()).map_err(FormError::Role)?;
    match below.last() {
        _ if role.as_str() == "*" => Err(FormError::Reservation(ReservationFault::DefaultRole)),
        Some(parent) if !role.ancestors().any(|above| above == parent.role.as_str()) => {
            Err(FormError::Reservation(ReservationFault::NotBelow(role.clone(), parent.role.clone())))
        }
        Some(_) | None => Ok(()),
    }
}

impl ReservationAction {
    /// All errors of its form.
    pub fn faults(&self) -> Vec<Fault> {
        let (taken, _) = self.conversion();
        let wrong = match &self.operation {
            ReservationOperation::Reserve { resources, layers } => reserve(resources, layers),
            ReservationOperation::Unreserve(resources) => unreserve(resources),
            ReservationOperation::Create { disk, volume, .. } => create(disk, volume),
            ReservationOperation::Destroy(volume) | ReservationOperation::Grow(volume, _) => not_a_volume(volume),
            ReservationOperation::Shrink(volume, by) => shrink(volume, *by),
        };
        let nothing = taken.is_empty() || taken.iter().any(|resource| resource.amount.is_none());
        let nothing = nothing || matches!(self.operation, ReservationOperation::Shrink(_, 0));
        let many = taken.iter().any(|one| taken.first().is_some_and(|first| first.provider != one.provider));
        let more = [(nothing, ReservationFault::NoAmount), (many, ReservationFault::ManyProviders)];
        let more = more.into_iter().filter(|(is_so, _)| *is_so).map(|(_, fault)| fault);
        let roles = taken.iter().flat_map(|resource| layer_faults(&resource.reservations));
        let more = more.map(FormError::Reservation).chain(roles);
        wrong.into_iter().chain(more).map(|wrong| Fault { field: FormField::Whole, wrong }).collect()
    }
}

/// Errors of the roles of reservations, one upon the other.
fn layer_faults(layers: &[ReservationLayer]) -> Vec<FormError> {
    let fault = |at: usize| {
        let (below, rest) = layers.split_at(at);
        check_layer(&rest.first()?.role, below).err()
    };
    (0..layers.len()).filter_map(fault).collect()
}

fn reserve(resources: &[PoolResource], layers: &[ReservationLayer]) -> Vec<FormError> {
    let mut faults = layer_faults(layers);
    // A static reservation can be refined, but not taken back.
    let loses_static = |resource: &PoolResource| {
        let kept = resource.reservations.iter().zip(layers).take_while(|(one, other)| one == other).count();
        resource.reservations.iter().skip(kept).any(|layer| !layer.is_dynamic)
    };
    let is_static = layers.last().is_none_or(|layer| !layer.is_dynamic) || resources.iter().any(loses_static);
    let is_same = resources.iter().any(|resource| resource.reservations == layers);
    let more = [(is_static, ReservationFault::NotDynamic), (is_same, ReservationFault::NothingChanged)];
    faults.extend(more.into_iter().filter(|(is_so, _)| *is_so).map(|(_, fault)| FormError::Reservation(fault)));
    faults
}

fn unreserve(resources: &[PoolResource]) -> Vec<FormError> {
    let is_dynamic = |resource: &PoolResource| resource.reservations.last().is_some_and(|layer| layer.is_dynamic);
    let volume = resources.iter().any(|resource| resource.volume.is_some()).then_some(ReservationFault::IsVolume);
    let fixed = (!resources.iter().all(is_dynamic)).then_some(ReservationFault::NotDynamic);
    fixed.into_iter().chain(volume).map(FormError::Reservation).collect()
}

fn create(disk: &PoolResource, volume: &PersistentVolume) -> Vec<FormError> {
    let is_disk = disk.name == "disk" && disk.volume.is_none() && !disk.reservations.is_empty();
    let not_disk = (!is_disk).then_some(ReservationFault::NotReservedDisk);
    let id = check_volume_id(&volume.id).err().map(ReservationFault::VolumeId);
    let path = volume.container_path.trim().is_empty().then_some(ReservationFault::NoPath);
    not_disk.into_iter().chain(id).chain(path).map(FormError::Reservation).collect()
}

fn not_a_volume(volume: &PoolResource) -> Vec<FormError> {
    let fault = match &volume.volume {
        None => Some(ReservationFault::NotReservedDisk),
        Some(volume) => check_volume_id(&volume.id).err().map(ReservationFault::VolumeId),
    };
    fault.into_iter().map(FormError::Reservation).collect()
}

fn shrink(volume: &PoolResource, by: u64) -> Vec<FormError> {
    let all = PoolAmount::Scalar(by).contains(&volume.amount).then_some(ReservationFault::NothingLeft);
    not_a_volume(volume).into_iter().chain(all.map(FormError::Reservation)).collect()
}

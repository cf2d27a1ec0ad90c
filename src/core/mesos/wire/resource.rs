//! A resource as tables read it (include/mesos/v1/mesos.proto, Resource), and a list of them summed up.
//! What of it is reserved is summed up by `resource_totals`.

use serde::de::{Deserializer, SeqAccess};

use super::field::{self, FieldPresence, FieldValue, FromAnyJson, Misfits, ReadIf, each, fields};
use super::json_form::JsonForm;
use super::non_scalars::{NonScalars, ReportedRanges, ReportedSet};
use super::scalar::{Amount, Name, Text};
use crate::base::units::Quantities;

/// A resource. For whom it is held is read only where `HELD` says so: tasks have many resources, and none of them tells it.
#[derive(Default)]
pub(super) struct ReportedResource<'a, const HELD: bool> {
    name: Text<'a>,
    scalar: Option<ReportedScalar>,
    ranges: Option<ReportedRanges>,
    set: Option<ReportedSet<'a>>,
    pub(super) allocation_info: Option<ReportedAllocation<'a>>,
    pub(super) role: ReadIf<HELD, Option<Text<'a>>>,
    pub(super) reservations: ReadIf<HELD, Vec<Reservation<'a>>>,
    pub(super) disk: ReadIf<HELD, Option<Disk<'a>>>,
    pub(super) shared: ReadIf<HELD, Option<FieldPresence>>,
}

fields! { impl<'de, const HELD: bool> ReportedResource<'de, HELD>;
    "name" => name,
    "scalar" => scalar,
    "ranges" => ranges,
    "set" => set,
    "allocation_info" => allocation_info,
    "role" => role,
    "reservations" => reservations,
    "disk" => disk,
    "shared" => shared,
}

#[derive(Default)]
struct ReportedScalar {
    value: Amount,
}

/// For which role a resource is allocated, or an offer made.
#[derive(Clone, Debug, Default)]
pub(super) struct ReportedAllocation<'a> {
    pub(super) role: Text<'a>,
}

#[derive(Default)]
pub(super) struct Reservation<'a> {
    pub(super) r#type: Name<'a>,
    pub(super) role: Text<'a>,
    pub(super) principal: Text<'a>,
}

#[derive(Default)]
pub(super) struct Disk<'a> {
    pub(super) persistence: Option<ReportedPersistence<'a>>,
    pub(super) volume: Option<ReportedVolume<'a>>,
}

#[derive(Default)]
pub(super) struct ReportedPersistence<'a> {
    pub(super) id: Text<'a>,
}

#[derive(Default)]
pub(super) struct ReportedVolume<'a> {
    pub(super) container_path: Text<'a>,
}

fields! { impl<'de> ReportedScalar; "value" => value }
fields! { impl<'de> ReportedAllocation<'de>; "role" => role }
fields! { impl<'de> Reservation<'de>; "type" => r#type, "role" => role, "principal" => principal }
fields! { impl<'de> Disk<'de>; "persistence" => persistence, "volume" => volume }
fields! { impl<'de> ReportedPersistence<'de>; "id" => id }
fields! { impl<'de> ReportedVolume<'de>; "container_path" => container_path }

impl<const HELD: bool> ReportedResource<'_, HELD> {
    /// How much it is, if it is an amount.
    pub(super) fn quantities(&self) -> Quantities {
        let scalar = self.scalar.as_ref().map_or(0.0, |scalar| scalar.value.0);
        Quantities::of(self.name.as_str(), scalar)
    }

    /// Adds what it is, if it is no amount.
    pub(super) fn add_pieces(&self, pieces: &mut NonScalars) {
        if self.ranges.is_some() || self.set.is_some() {
            pieces.add_parts(self.name.as_str(), self.ranges.as_ref(), self.set.as_ref());
        }
    }
}

/// A list of resources, summed up as it is read: no list of them is ever built.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resources<'a> {
    /// Sums of the scalars `cpus`, `gpus`, `mem` and `disk`.
    pub quantities: Quantities,
    /// Ranges and sets, as ports.
    pub pieces: NonScalars,
    /// Role that the first resource is allocated to; `None` if it is not allocated.
    pub role: Option<Text<'a>>,
    /// Whether the list is no list, or something in it cannot be read.
    pub is_unread: bool,
}

impl Resources<'_> {
    /// Sums of the scalars; `None` if they are not known, since something of the list cannot be read.
    pub fn known_quantities(&self) -> Option<Quantities> {
        (!self.is_unread).then_some(self.quantities)
    }

    /// Role that the resources are allocated to, empty if none says one; `None` if it may be in what cannot be read.
    pub fn known_role(&self) -> Option<&str> {
        let role = self.role.as_ref().map_or("", Text::as_str);
        (!self.is_unread || !role.is_empty()).then_some(role)
    }
}

impl<'de> FromAnyJson<'de> for Resources<'de> {
    const EXPECTED: JsonForm = JsonForm::Resources;

    fn read<D: Deserializer<'de>>(json: D, misfits: &mut Misfits) -> Result<Option<Self>, D::Error> {
        let before = misfits.count();
        let read = field::of_any::<Self, D>(json, misfits)?;
        let unread = |read: Option<Self>| Self { is_unread: true, ..read.unwrap_or_default() };
        Ok(if misfits.count() > before { Some(unread(read)) } else { read })
    }

    fn of_list<A: SeqAccess<'de>>(list: A, misfits: &mut Misfits) -> Result<FieldValue<Self>, A::Error> {
        let mut sum = Self::default();
        each(list, misfits, |resource: ReportedResource<'de, false>| {
            sum.quantities += resource.quantities();
            resource.add_pieces(&mut sum.pieces);
            if sum.role.is_none() {
                let role = resource.allocation_info.map(|allocation| allocation.role);
                sum.role = role.filter(|role| !role.as_str().is_empty());
            }
        })?;
        Ok(FieldValue::Expected(sum))
    }
}

//! An agent's resources: summed up, with what of them is held, which is a role's reservation or a volume.

use serde::de::SeqAccess;

use super::field::{FieldValue, FromAnyJson, Misfits, each};
use super::json_form::JsonForm;
use super::non_scalars::NonScalars;
use super::resource::ReportedResource;
use super::scalar::Text;
use crate::base::units::Quantities;

/// A list of an agent's resources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentResources {
    /// Sums of the scalars `cpus`, `gpus`, `mem` and `disk`.
    pub quantities: Quantities,
    /// Ranges and sets, as ports.
    pub pieces: NonScalars,
    /// Reserved resources, by role, way and principal; each volume apart.
    pub reserved: Vec<Reserved>,
    /// Allocated resources, by role.
    pub allocated: Vec<(String, Quantities)>,
}

/// A reservation of an agent's resources for a role, or a persistent volume.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reserved {
    /// Role of the innermost reservation.
    pub role: String,
    /// Whether the reservation was made while the agent ran, rather than by its flags.
    pub dynamic: bool,
    /// Principal that made it; empty if not reported.
    pub principal: String,
    /// Id of the persistent volume; empty if it is none.
    pub volume: String,
    /// Path of the volume inside a task's container.
    pub container_path: String,
    /// Whether several tasks may use the volume at once.
    pub shared: bool,
    /// Sums of the scalars that are reserved, or the volume's size.
    pub quantities: Quantities,
    /// Ranges and sets that are reserved, as ports.
    pub pieces: NonScalars,
}

impl Reserved {
    /// Whether it is the same reservation or volume, of whatever size.
    pub fn is_same(&self, other: &Self) -> bool {
        let key = |of: &Self| (of.dynamic, of.role.clone(), of.principal.clone(), of.volume.clone());
        key(self) == key(other)
    }
}

impl ReportedResource<'_, true> {
    fn reserved(&self, quantities: Quantities, pieces: NonScalars) -> Option<Reserved> {
        let newest = self.reservations.0.last();
        let plain = self.role.0.as_ref().map(Text::as_str).filter(|role| *role != "*");
        let role = newest.map(|reservation| reservation.role.as_str()).or(plain)?;
        let disk = self.disk.0.as_ref();
        let persistence = disk.and_then(|disk| disk.persistence.as_ref());
        let volume = disk.and_then(|disk| disk.volume.as_ref()).filter(|_| persistence.is_some());
        let said = |text: Option<&Text<'_>>| text.map_or(String::new(), |text| text.as_str().to_owned());
        Some(Reserved {
            role: role.to_owned(),
            dynamic: newest.is_some_and(|reservation| reservation.r#type.as_str() == "DYNAMIC"),
            principal: said(newest.map(|reservation| &reservation.principal)),
            volume: said(persistence.map(|persistence| &persistence.id)),
            container_path: said(volume.map(|volume| &volume.container_path)),
            shared: self.shared.0.is_some(),
            quantities,
            pieces,
        })
    }
}

impl AgentResources {
    fn add(&mut self, resource: &ReportedResource<'_, true>) {
        let quantities = resource.quantities();
        self.quantities += quantities;
        if let Some(role) = resource.allocation_info.as_ref().map(|allocation| allocation.role.as_str()) {
            match self.allocated.iter_mut().find(|(other, _)| other == role) {
                Some((_, sum)) => *sum += quantities,
                None => self.allocated.push((role.to_owned(), quantities)),
            }
        }
        let mut pieces = NonScalars::default();
        resource.add_pieces(&mut pieces);
        self.pieces.add(&pieces);
        let Some(reserved) = resource.reserved(quantities, pieces) else { return };
        match self.reserved.iter_mut().find(|other| other.is_same(&reserved)) {
            Some(other) => {
                other.quantities += quantities;
                other.pieces.add(&reserved.pieces);
            }
            None => self.reserved.push(reserved),
        }
    }
}

impl<'de> FromAnyJson<'de> for AgentResources {
    const EXPECTED: JsonForm = JsonForm::Resources;

    fn of_list<A: SeqAccess<'de>>(list: A, misfits: &mut Misfits) -> Result<FieldValue<Self>, A::Error> {
        let mut held = Self::default();
        each(list, misfits, |resource: ReportedResource<'de, true>| held.add(&resource))?;
        Ok(FieldValue::Expected(held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesos::wire::field;

    #[test]
    fn reservations_and_volumes_are_reported_apart() {
        let json = r#"[
            {"name":"cpus","type":"SCALAR","scalar":{"value":3.0},"role":"*"},
            {"name":"cpus","type":"SCALAR","scalar":{"value":1.0},"role":"old"},
            {"name":"mem","type":"SCALAR","scalar":{"value":10},"reservations":[{"type":"STATIC","role":"a"},{"type":"DYNAMIC","role":"a/b","principal":"ops"}]},
            {"name":"disk","type":"SCALAR","scalar":{"value":2},"reservations":[{"type":"DYNAMIC","role":"a","principal":"ops"}],
             "disk":{"persistence":{"id":"v1"},"volume":{"container_path":"data","mode":"RW"}},"shared":{}},
            {"name":"ports","type":"RANGES","ranges":{"range":[{"begin":1,"end":2}]},"role":"*"}]"#;
        let held = field::read::<AgentResources>(json).unwrap();
        let reported: Vec<_> = held
            .reserved
            .iter()
            .map(|r| (r.role.as_str(), r.dynamic, r.principal.as_str(), r.volume.as_str()))
            .collect();
        assert_eq!(reported, [("old", false, "", ""), ("a/b", true, "ops", ""), ("a", true, "ops", "v1")]);
        assert_eq!(held.quantities.cpus, crate::base::units::Cpus::from_scalar(4.0));
        assert!(held.reserved.last().is_some_and(|volume| volume.shared && volume.container_path == "data"));
        assert_eq!(held.allocated, []);
    }

    #[test]
    fn reserved_ports_are_reported_with_their_ranges() {
        let json = r#"[
            {"name":"ports","type":"RANGES","ranges":{"range":[{"begin":31000,"end":31002},{"begin":"31010","end":31010}]},"role":"web"},
            {"name":"ports","type":"RANGES","ranges":{"range":[{"begin":31003,"end":31003}]},"role":"web"},
            {"name":"zones","type":"SET","set":{"item":["b","a"]},"reservations":[{"type":"DYNAMIC","role":"web","principal":"ops"}]},
            {"name":"ports","type":"RANGES","ranges":{"range":[{"begin":1,"end":2}]},"role":"*"}]"#;
        let held = field::read::<AgentResources>(json).unwrap();
        let reported: Vec<_> = held.reserved.iter().map(|one| (one.dynamic, one.pieces.to_string())).collect();
        assert_eq!(reported, [(false, "ports [31000-31003,31010]".to_owned()), (true, "zones {a,b}".to_owned())]);
        assert_eq!(held.pieces.to_string(), "ports [1-2,31000-31003,31010], zones {a,b}");
    }

    #[test]
    fn what_is_allocated_is_summed_by_role() {
        let json = r#"[
            {"name":"cpus","scalar":{"value":3.0},"allocation_info":{"role":"a"}},
            {"name":"cpus","scalar":{"value":1.0},"allocation_info":{"role":"b/c"}},
            {"name":"mem","scalar":{"value":10},"allocation_info":{"role":"a"}}]"#;
        let held = field::read::<AgentResources>(json).unwrap();
        let (cpus, mem) = (Quantities::of("cpus", 3.0), Quantities::of("mem", 10.0));
        assert_eq!(held.allocated, [("a".to_owned(), cpus + mem), ("b/c".to_owned(), Quantities::of("cpus", 1.0))]);
    }
}

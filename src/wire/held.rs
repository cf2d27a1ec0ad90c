//! An agent's resources: summed up, with what of them is held for somebody, which is a role's reservation or a volume.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::scalar::{Double, Text};
use crate::units::Quantities;

/// A list of an agent's resources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    pub quantities: Quantities,
    /// What is reserved: by role, way, and principal, volumes apart.
    pub reserved: Vec<Reserved>,
    /// What is allocated, by role.
    pub allocated: Vec<(String, Quantities)>,
}

/// A reservation of an agent's resources for a role, or a persistent volume.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reserved {
    /// The role, as refined last.
    pub role: String,
    /// Made while the agent ran, rather than by its flags.
    pub dynamic: bool,
    /// Who made it, where that was told.
    pub principal: String,
    /// The volume's id; empty if it is none.
    pub volume: String,
    /// Where a task finds the volume.
    pub container_path: String,
    /// Several tasks may use the volume at once.
    pub shared: bool,
    pub quantities: Quantities,
}

impl Reserved {
    /// Whether it is the same reservation or volume, of whatever size.
    pub fn is_same(&self, other: &Self) -> bool {
        let key = |of: &Self| (of.dynamic, of.role.clone(), of.principal.clone(), of.volume.clone());
        key(self) == key(other)
    }
}

#[derive(Deserialize)]
struct Resource<'a> {
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(default)]
    scalar: Option<Scalar>,
    #[serde(borrow, default)]
    role: Option<Text<'a>>,
    #[serde(borrow, default)]
    reservations: Vec<Reservation<'a>>,
    #[serde(borrow, default)]
    disk: Option<Disk<'a>>,
    #[serde(default)]
    shared: Option<serde::de::IgnoredAny>,
    #[serde(borrow, default)]
    allocation_info: Option<Allocation<'a>>,
}

#[derive(Deserialize)]
struct Allocation<'a> {
    #[serde(borrow, default)]
    role: Text<'a>,
}

#[derive(Deserialize)]
struct Scalar {
    #[serde(default)]
    value: Double,
}

#[derive(Deserialize)]
struct Reservation<'a> {
    #[serde(borrow, default)]
    r#type: Text<'a>,
    #[serde(borrow, default)]
    role: Text<'a>,
    #[serde(borrow, default)]
    principal: Text<'a>,
}

#[derive(Deserialize)]
struct Disk<'a> {
    #[serde(borrow, default)]
    persistence: Option<Persistence<'a>>,
    #[serde(borrow, default)]
    volume: Option<Volume<'a>>,
}

#[derive(Deserialize)]
struct Persistence<'a> {
    #[serde(borrow, default)]
    id: Text<'a>,
}

#[derive(Deserialize)]
struct Volume<'a> {
    #[serde(borrow, default)]
    container_path: Text<'a>,
}

impl Resource<'_> {
    fn reserved(&self, quantities: Quantities) -> Option<Reserved> {
        let newest = self.reservations.last();
        let plain = self.role.as_ref().map(Text::as_str).filter(|role| *role != "*");
        let role = newest.map(|reservation| reservation.role.as_str()).or(plain)?;
        let disk = self.disk.as_ref();
        let persistence = disk.and_then(|disk| disk.persistence.as_ref());
        let volume = disk.and_then(|disk| disk.volume.as_ref()).filter(|_| persistence.is_some());
        let said = |text: Option<&Text<'_>>| text.map_or(String::new(), |text| text.as_str().to_owned());
        Some(Reserved {
            role: role.to_owned(),
            dynamic: newest.is_some_and(|reservation| reservation.r#type.as_str() == "DYNAMIC"),
            principal: said(newest.map(|reservation| &reservation.principal)),
            volume: said(persistence.map(|persistence| &persistence.id)),
            container_path: said(volume.map(|volume| &volume.container_path)),
            shared: self.shared.is_some(),
            quantities,
        })
    }
}

impl Held {
    fn add(&mut self, resource: &Resource<'_>) {
        let scalar = resource.scalar.as_ref().map_or(0.0, |scalar| scalar.value.0);
        let quantities = Quantities::of(resource.name.as_str(), scalar);
        self.quantities += quantities;
        if let Some(role) = resource.allocation_info.as_ref().map(|allocation| allocation.role.as_str()) {
            match self.allocated.iter_mut().find(|(other, _)| other == role) {
                Some((_, sum)) => *sum += quantities,
                None => self.allocated.push((role.to_owned(), quantities)),
            }
        }
        let Some(reserved) = resource.reserved(quantities) else { return };
        match self.reserved.iter_mut().find(|other| other.is_same(&reserved)) {
            Some(other) => other.quantities += quantities,
            None => self.reserved.push(reserved),
        }
    }
}

impl<'de> Deserialize<'de> for Held {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(HeldVisitor)
    }
}

struct HeldVisitor;

impl<'de> Visitor<'de> for HeldVisitor {
    type Value = Held;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of resources")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Held, A::Error> {
        let mut held = Held::default();
        while let Some(resource) = seq.next_element::<Resource<'de>>()? {
            held.add(&resource);
        }
        Ok(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reservations_and_volumes_are_told_apart() {
        let json = r#"[
            {"name":"cpus","type":"SCALAR","scalar":{"value":3.0},"role":"*"},
            {"name":"cpus","type":"SCALAR","scalar":{"value":1.0},"role":"old"},
            {"name":"mem","type":"SCALAR","scalar":{"value":10},"reservations":[{"type":"STATIC","role":"a"},{"type":"DYNAMIC","role":"a/b","principal":"ops"}]},
            {"name":"disk","type":"SCALAR","scalar":{"value":2},"reservations":[{"type":"DYNAMIC","role":"a","principal":"ops"}],
             "disk":{"persistence":{"id":"v1"},"volume":{"container_path":"data","mode":"RW"}},"shared":{}},
            {"name":"ports","type":"RANGES","ranges":{"range":[{"begin":1,"end":2}]},"role":"*"}]"#;
        let held: Held = serde_json::from_str(json).unwrap();
        let told: Vec<_> = held
            .reserved
            .iter()
            .map(|r| (r.role.as_str(), r.dynamic, r.principal.as_str(), r.volume.as_str()))
            .collect();
        assert_eq!(told, [("old", false, "", ""), ("a/b", true, "ops", ""), ("a", true, "ops", "v1")]);
        assert_eq!(held.quantities.cpus, crate::units::Cpus::from_scalar(4.0));
        assert!(held.reserved.last().is_some_and(|volume| volume.shared && volume.container_path == "data"));
        assert_eq!(held.allocated, []);
    }

    #[test]
    fn what_is_allocated_is_summed_by_role() {
        let json = r#"[
            {"name":"cpus","scalar":{"value":3.0},"allocation_info":{"role":"a"}},
            {"name":"cpus","scalar":{"value":1.0},"allocation_info":{"role":"b/c"}},
            {"name":"mem","scalar":{"value":10},"allocation_info":{"role":"a"}}]"#;
        let held: Held = serde_json::from_str(json).unwrap();
        let (cpus, mem) = (Quantities::of("cpus", 3.0), Quantities::of("mem", 10.0));
        assert_eq!(held.allocated, [("a".to_owned(), cpus + mem), ("b/c".to_owned(), Quantities::of("cpus", 1.0))]);
    }
}

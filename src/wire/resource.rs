//! One resource with all that makes it another than the next: whose it is, what it is reserved for, which volume it is.
//! Tables only sum resources up (`Resources`); this is for the page of one object.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::agent::Ranges;
use super::scalar::{Double, Id, Text};

/// A resource (include/mesos/v1/mesos.proto, Resource).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Resource<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    scalar: Option<Scalar>,
    ranges: Option<Ranges>,
    #[serde(borrow)]
    set: Option<Set<'a>>,
    /// The role of a static reservation, or of the old form of a dynamic one; `*` for none.
    #[serde(borrow)]
    role: Text<'a>,
    #[serde(borrow)]
    pub reservations: Vec<Reservation<'a>>,
    #[serde(borrow)]
    allocation_info: Option<Allocation<'a>>,
    #[serde(borrow)]
    disk: Option<Disk<'a>>,
    revocable: Option<IgnoredAny>,
    shared: Option<IgnoredAny>,
    #[serde(borrow)]
    pub provider_id: Option<Id<'a>>,
}

/// For whom a resource is kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Reservation<'a> {
    /// `STATIC` or `DYNAMIC`.
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    #[serde(borrow)]
    pub role: Text<'a>,
    #[serde(borrow)]
    pub principal: Text<'a>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct Scalar {
    value: Double,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Set<'a> {
    #[serde(borrow)]
    item: Vec<Text<'a>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Allocation<'a> {
    #[serde(borrow)]
    role: Text<'a>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Disk<'a> {
    #[serde(borrow)]
    persistence: Option<Persistence<'a>>,
    #[serde(borrow)]
    volume: Option<Volume<'a>>,
    #[serde(borrow)]
    source: Option<Source<'a>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Persistence<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    principal: Text<'a>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Volume<'a> {
    #[serde(borrow)]
    container_path: Text<'a>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Source<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
}

impl Resource<'_> {
    /// Its amount, if it is a scalar: `mem` and `disk` in MiB.
    pub fn scalar(&self) -> Option<f64> {
        self.scalar.map(|scalar| scalar.value.0)
    }

    /// What it holds, if it is no scalar: `[31000-31002]` or `{a,b}`.
    pub fn items(&self) -> String {
        match (&self.ranges, &self.set) {
            (Some(ranges), _) => ranges.line(),
            (None, Some(set)) => {
                format!("{{{}}}", set.item.iter().map(Text::as_str).collect::<Vec<_>>().join(","))
            }
            (None, None) => String::new(),
        }
    }

    /// The role that it is reserved for, as refined last; nothing if it is not reserved.
    pub fn reserved_for(&self) -> Option<&str> {
        let newest = self.reservations.last().map(|reservation| reservation.role.as_str());
        newest.or(Some(self.role.as_str())).filter(|role| !role.is_empty() && *role != "*")
    }

    /// Whether its reservation was made while the agent ran, rather than by its flags.
    pub fn is_dynamic(&self) -> bool {
        self.reservations.last().is_some_and(|reservation| reservation.kind.as_str() == "DYNAMIC")
    }

    /// The principal who reserved it, if it is told.
    pub fn reserved_by(&self) -> &str {
        self.reservations.last().map_or("", |reservation| reservation.principal.as_str())
    }

    /// The role that it is allocated to.
    pub fn allocated_to(&self) -> &str {
        self.allocation_info.as_ref().map_or("", |allocation| allocation.role.as_str())
    }

    /// The id of the persistent volume that it is.
    pub fn volume(&self) -> Option<&str> {
        self.disk.as_ref()?.persistence.as_ref().map(|persistence| persistence.id.as_str())
    }

    /// Who made the persistent volume.
    pub fn volume_by(&self) -> &str {
        let disk = self.disk.as_ref().and_then(|disk| disk.persistence.as_ref());
        disk.map_or("", |persistence| persistence.principal.as_str())
    }

    /// Where the volume stands in a container.
    pub fn container_path(&self) -> &str {
        self.disk.as_ref().and_then(|disk| disk.volume.as_ref()).map_or("", |volume| volume.container_path.as_str())
    }

    /// The kind of disk that it is of: `MOUNT`, `PATH`, `BLOCK` or `RAW`; nothing for the root disk.
    pub fn source(&self) -> &str {
        self.disk.as_ref().and_then(|disk| disk.source.as_ref()).map_or("", |source| source.kind.as_str())
    }

    /// Whether it may be taken back at any time.
    pub fn is_revocable(&self) -> bool {
        self.revocable.is_some()
    }

    /// Whether several tasks may use it at once.
    pub fn is_shared(&self) -> bool {
        self.shared.is_some()
    }
}

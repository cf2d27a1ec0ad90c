//! Resources of an agent with everything that distinguishes them: reservations, volume, disk and provider. An operator's call
//! names them exactly as the master reports them.

use serde::{Deserialize, Serialize};

use super::tree::{self, JsonTree};
use crate::base::ids::Role;

/// One resource of an agent, or an amount of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolResource {
    /// The resource's name, as `cpus` or `ports`.
    pub name: String,
    /// How much it is.
    pub amount: PoolAmount,
    /// Reservations, the newest last; empty if unreserved.
    pub reservations: Vec<ReservationLayer>,
    /// Disk that it is from; `None` for the agent's root disk, and for what is no disk.
    pub source: Option<PoolDisk>,
    /// The persistent volume that it is; `None` for other resources.
    pub volume: Option<PersistentVolume>,
    /// Whether several tasks may use the volume at once.
    pub shared: bool,
    /// Id of the resource provider; `None` for the agent's own resources.
    pub provider: Option<String>,
}

/// Reservations, name, volume, disk, whether it is shared, and provider of a resource.
pub type ResourceIdentity<'a> =
    (&'a [ReservationLayer], &'a str, Option<&'a str>, Option<&'a str>, bool, Option<&'a str>);

/// An amount of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PoolAmount {
    /// Thousandths of the resource's unit; `mem` and `disk` are in MiB.
    Scalar(u64),
    /// Ranges in ascending order, as of ports. They do not touch, and both ends are included.
    Ranges(Vec<(u64, u64)>),
    /// Names, sorted.
    Set(Vec<String>),
}

impl Default for PoolAmount {
    fn default() -> Self {
        Self::Scalar(0)
    }
}

/// One reservation of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReservationLayer {
    /// Whether it was made while the agent ran, rather than by its flags.
    pub is_dynamic: bool,
    /// The role that it is for.
    pub role: Role,
    /// Principal that made it; `None` if not reported.
    pub principal: Option<String>,
    /// Keys and values; the value is `None` for a bare key.
    pub labels: Vec<(String, Option<String>)>,
}

/// The disk that a resource is from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolDisk {
    /// Type of the disk: PATH, MOUNT, BLOCK or RAW.
    pub kind: String,
    /// Its name for people: where it is mounted, or its profile and id.
    pub name: String,
    /// `Resource.DiskInfo.Source` as the master reports it, as JSON.
    pub json: String,
}

/// A persistent volume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersistentVolume {
    /// Id of the volume, unique for its role on the agent.
    pub id: String,
    /// Principal that created it; `None` if not reported.
    pub principal: Option<String>,
    /// Path in the container; a relative path is below the sandbox.
    pub container_path: String,
}

impl ReservationLayer {
    /// Its principal and labels, `ops, tier=gold`; empty if it has none.
    pub fn marks(&self) -> String {
        let label = |(key, value): &(String, Option<String>)| match value {
            Some(value) => format!("{key}={value}"),
            None => key.clone(),
        };
        self.principal.iter().cloned().chain(self.labels.iter().map(label)).collect::<Vec<_>>().join(", ")
    }
}

impl PoolResource {
    /// Whether both are the same resource, of whatever amount. Mesos ignores where a volume is mounted, too (`operator==` of
    /// DiskInfo in src/v1/resources.cpp).
    pub fn is_like(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }

    /// Everything that distinguishes it from other resources, as the key of a map.
    pub fn identity(&self) -> ResourceIdentity<'_> {
        let volume = self.volume.as_ref().map(|volume| volume.id.as_str());
        let disk = self.source.as_ref().map(|disk| disk.json.as_str());
        (&self.reservations, &self.name, volume, disk, self.shared, self.provider.as_deref())
    }

    /// The resource with another amount.
    pub fn of(&self, amount: PoolAmount) -> Self {
        Self { amount, ..self.clone() }
    }

    /// The innermost role that it is reserved for; `None` if unreserved.
    pub fn role(&self) -> Option<&Role> {
        self.reservations.last().map(|layer| &layer.role)
    }

    /// Whether it can be used only as a whole (src/v1/resources.cpp, `subtractable`): a volume, or a disk of its own.
    pub fn is_indivisible(&self) -> bool {
        let is_whole_disk = |disk: &PoolDisk| matches!(disk.kind.as_str(), "MOUNT" | "BLOCK");
        self.volume.is_some() || self.source.as_ref().is_some_and(is_whole_disk)
    }
}

/// Resources of an agent, as the master reports them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportedPool {
    /// All resources, `total_resources`.
    pub total: Vec<PoolResource>,
    /// Resources in use, `allocated_resources`.
    pub allocated: Vec<PoolResource>,
    /// Resources in outstanding offers, `offered_resources`.
    pub offered: Vec<PoolResource>,
}

/// Reads the pool from an agent's own JSON. What is not as expected is left out.
pub fn agent_pool(json: &str) -> ReportedPool {
    let read = |agent: JsonTree<'_>| ReportedPool {
        total: agent.list("total_resources", resource),
        allocated: agent.list("allocated_resources", resource),
        offered: agent.list("offered_resources", resource),
    };
    tree::read(json, read).0
}

/// Reads the resources of a task from its own JSON. What is not as expected is left out.
pub fn task_resources(json: &str) -> Vec<PoolResource> {
    tree::read(json, |task: JsonTree<'_>| task.list("resources", resource)).0
}

/// One resource, wherever it is reported.
pub(super) fn resource(reported: JsonTree<'_>) -> PoolResource {
    let provider = Some(reported.text("provider_id.value")).filter(|id| !id.is_empty());
    PoolResource {
        name: reported.text("name"),
        amount: amount(reported),
        reservations: reservations(reported),
        source: reported.part("disk.source", disk),
        volume: volume(reported),
        shared: reported.has("shared"),
        provider,
    }
}

/// The persistent volume that a resource is; `None` if it is none.
pub(super) fn volume(reported: JsonTree<'_>) -> Option<PersistentVolume> {
    reported.has("disk.persistence").then(|| PersistentVolume {
        id: reported.text("disk.persistence.id"),
        principal: Some(reported.text("disk.persistence.principal")).filter(|principal| !principal.is_empty()),
        container_path: reported.text("disk.volume.container_path"),
    })
}

fn amount(reported: JsonTree<'_>) -> PoolAmount {
    let end = |range: JsonTree<'_>, name: &str| u64::try_from(range.integer(name)).unwrap_or_default();
    if reported.has("ranges") {
        let ranges = reported.list("ranges.range", |range| (end(range, "begin"), end(range, "end")));
        return PoolAmount::ranges(ranges);
    }
    if reported.has("set") {
        let mut items = reported.texts("set.item");
        items.sort_unstable();
        return PoolAmount::Set(items);
    }
    PoolAmount::scalar(reported.number("scalar.value").unwrap_or_default())
}

/// The reservations, in the form since Mesos 1.4 or in that before.
pub(super) fn reservations(reported: JsonTree<'_>) -> Vec<ReservationLayer> {
    let stack = reported.list("reservations", |one| layer(one, one.name("type") == "DYNAMIC", one.text("role")));
    let role = reported.text("role");
    if !stack.is_empty() || role.is_empty() || role == "*" {
        return stack;
    }
    let dynamic = reported.part("reservation", |one| layer(one, true, role.clone()));
    vec![dynamic.unwrap_or_else(|| ReservationLayer { role: Role(role), ..ReservationLayer::default() })]
}

fn layer(reported: JsonTree<'_>, is_dynamic: bool, role: String) -> ReservationLayer {
    let label = |label: JsonTree<'_>| {
        let value = label.named_texts("").into_iter().find(|(name, _)| name == "value").map(|(_, value)| value);
        (label.text("key"), value)
    };
    let principal = Some(reported.text("principal")).filter(|principal| !principal.is_empty());
    ReservationLayer { is_dynamic, role: Role(role), principal, labels: reported.list("labels.labels", label) }
}

fn disk(reported: JsonTree<'_>) -> PoolDisk {
    let of = |field: &str| Some(reported.text(field)).filter(|text| !text.is_empty());
    let words = [of("mount.root"), of("path.root"), of("profile"), of("id")];
    let name = words.into_iter().flatten().collect::<Vec<_>>().join(", ");
    PoolDisk { kind: reported.name("type"), name, json: reported.json("").unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGENT: &str = r#"{"total_resources":[
        {"name":"cpus","type":"SCALAR","scalar":{"value":3.5},"role":"*"},
        {"name":"cpus","type":"SCALAR","scalar":{"value":1},"role":"old"},
        {"name":"mem","type":"SCALAR","scalar":{"value":1},"role":"older","reservation":{"principal":"p"}},
        {"name":"mem","type":"SCALAR","scalar":{"value":9.0},"reservations":[{"type":"STATIC","role":"a"},
            {"type":"DYNAMIC","role":"a/b","principal":"ops","labels":{"labels":[{"key":"k","value":"v"},{"key":"bare"}]}}]},
        {"name":"disk","type":"SCALAR","scalar":{"value":2.0},"role":"a","reservation":{},"reservations":[{"type":"DYNAMIC","role":"a"}],
            "disk":{"persistence":{"id":"v1","principal":"ops"},"volume":{"container_path":"data","mode":"RW"},
                    "source":{"type":"MOUNT","mount":{"root":"/mnt/a"},"vendor":"x"}},"shared":{},"provider_id":{"value":"rp"}},
        {"name":"ports","type":"RANGES","ranges":{"range":[{"begin":5,"end":6},{"begin":7,"end":9},{"begin":1,"end":2}]},"role":"*"}],
        "allocated_resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":0.25},"role":"*","allocation_info":{"role":"a"}}]}"#;

    #[test]
    fn resources_are_read_with_all_that_tells_them_apart() {
        let pool = agent_pool(AGENT);
        let [cpus, fixed, older, refined, volume, ports] = pool.total.as_slice() else {
            panic!("{:?}", pool.total);
        };
        assert_eq!((cpus.amount.clone(), cpus.role()), (PoolAmount::Scalar(3500), None));
        assert!(fixed.reservations.iter().all(|layer| !layer.is_dynamic && layer.role.as_str() == "old"));
        assert!(older.reservations.iter().all(|layer| layer.is_dynamic && layer.principal.as_deref() == Some("p")));
        let layer = refined.reservations.last().expect("it is reserved twice");
        assert_eq!(layer.labels, [("k".to_owned(), Some("v".to_owned())), ("bare".to_owned(), None)]);
        let disk = volume.source.as_ref().expect("it is on a disk");
        assert_eq!((disk.kind.as_str(), disk.name.as_str()), ("MOUNT", "/mnt/a"));
        assert!(disk.json.contains("vendor") && volume.shared && volume.is_indivisible());
        assert_eq!(volume.provider.as_deref(), Some("rp"));
        assert_eq!(ports.amount, PoolAmount::Ranges(vec![(1, 2), (5, 9)]));
        assert!(pool.allocated.iter().all(|used| used.is_like(cpus)));
    }
}

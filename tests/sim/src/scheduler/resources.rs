//! Resources of a task as its client gives them, and Mesos' text of resources.

use serde_json::{Map, Value, json};

use crate::world::cluster::Offer;
use crate::world::pool::{Item, Pool, Quantity};
use crate::world::resources::{PORTS, Ports, TaskResources};

/// Resources of a task.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) items: Vec<Item>,
    /// Roles to which they are allocated.
    pub(super) roles: Vec<String>,
    /// Whether all of it can exist on an agent.
    pub(super) is_possible: bool,
    /// As in a Task.
    pub(super) json: Value,
}

impl Wanted {
    /// Reads the resources of a TaskInfo that are allocated to a role unless they say otherwise.
    pub(super) fn new(resources: &Value, role: &str) -> Wanted {
        let mut wanted = Wanted { items: Vec::new(), roles: Vec::new(), is_possible: true, json: json!([]) };
        let mut entries = Vec::new();
        for given in resources.as_array().into_iter().flatten() {
            let allocated = given["allocation_info"]["role"].as_str().unwrap_or(role).to_owned();
            let name = given["name"].as_str().unwrap_or_default();
            let mut entry = Map::new();
            entry.insert("name".to_owned(), json!(name));
            entry.insert("type".to_owned(), given["type"].clone());
            let quantity = match given["type"].as_str() {
                Some("SCALAR") => {
                    let value = given["scalar"]["value"].as_f64().unwrap_or_default();
                    entry.insert("scalar".to_owned(), json!({"value": value}));
                    wanted.is_possible &= value >= 0.0;
                    Quantity::Scalar((value.max(0.0) * 1000.0).round() as u64)
                }
                Some("RANGES") => {
                    entry.insert("ranges".to_owned(), given["ranges"].clone());
                    Quantity::Ports(wanted.ports(&given["ranges"]))
                }
                _ => {
                    wanted.is_possible = false;
                    Quantity::Scalar(0)
                }
            };
            let reservations = reservations(given);
            for name in ["provider_id", "role", "reservation", "reservations", "disk", "shared"] {
                if let Some(field) = given.get(name) {
                    entry.insert(name.to_owned(), field.clone());
                }
            }
            entry.insert("allocation_info".to_owned(), json!({"role": allocated}));
            entries.push(Value::Object(entry));
            let (disk, provider) = (given.get("disk").cloned(), given.get("provider_id").cloned());
            let is_shared = given.get("shared").is_some();
            wanted.items.push(Item { reservations, disk, is_shared, provider, ..Item::plain(name, quantity) });
            wanted.roles.push(allocated);
        }
        wanted.json = Value::Array(entries);
        wanted
    }

    fn ports(&mut self, ranges: &Value) -> Ports {
        let mut ports = Ports::default();
        for range in ranges["range"].as_array().into_iter().flatten() {
            let end = |name: &str| range[name].as_u64().and_then(|port| u16::try_from(port).ok());
            match (end("begin"), end("end")) {
                (Some(begin), Some(end)) if PORTS.0 <= begin && begin <= end && end <= PORTS.1 => {
                    (begin..=end).for_each(|port| ports.insert(port));
                }
                _ => self.is_possible = false,
            }
        }
        ports
    }

    /// Takes all of it out of a pool, which is unchanged if something is missing.
    pub(super) fn take_from(&self, pool: &mut Pool, role: &str) -> bool {
        let mut rest = pool.clone();
        let mut items = self.items.iter().zip(&self.roles);
        let is_there = |item: &Item| matches!(item.quantity, Quantity::Scalar(0));
        if !self.is_possible || !items.all(|(item, of)| of == role && (is_there(item) || rest.take(item))) {
            return false;
        }
        *pool = rest;
        true
    }

    /// The unreserved part, without ports, rounded up to whole MB.
    pub(super) fn needs(&self) -> TaskResources {
        let sum = |name: &str, unit: u64| {
            let items = self.items.iter().filter(|item| item.name == name && item.reservations.is_empty());
            let values = items.map(|item| match item.quantity {
                Quantity::Scalar(value) => value,
                Quantity::Ports(_) => 0,
            });
            values.sum::<u64>().div_ceil(unit)
        };
        TaskResources {
            cpus: sum("cpus", 1) as u32,
            mem: sum("mem", 1000) as u32,
            disk: sum("disk", 1000) as u32,
            gpus: sum("gpus", 1000) as u8,
            port: 0,
        }
    }

    pub(super) fn all_ports(&self) -> Ports {
        let mut all = Ports::default();
        for item in &self.items {
            if let Quantity::Ports(ports) = item.quantity {
                all.union(&ports);
            }
        }
        all
    }

    pub(super) fn reserved(&self) -> Vec<Item> {
        self.items.iter().filter(|item| !item.reservations.is_empty()).cloned().collect()
    }

    pub(super) fn text(&self) -> String {
        let items = self.items.iter().zip(&self.roles).map(|(item, role)| allocated_text(item, role));
        items.collect::<Vec<_>>().join("; ")
    }
}

/// Stack of reservations of a resource; a role in the form before Mesos 1.4 is one too.
fn reservations(given: &Value) -> Vec<Value> {
    if let Some(stack) = given["reservations"].as_array() {
        return stack.clone();
    }
    let Some(role) = given["role"].as_str().filter(|role| *role != "*") else { return Vec::new() };
    match given.get("reservation") {
        None => vec![json!({"type": "STATIC", "role": role})],
        Some(reservation) => {
            let mut one = json!({"type": "DYNAMIC", "role": role});
            for name in ["principal", "labels"] {
                if let Some(field) = reservation.get(name) {
                    one[name] = field.clone();
                }
            }
            vec![one]
        }
    }
}

/// All resources of an offer.
pub(super) fn pool(offer: &Offer) -> Pool {
    let mut pool = Pool::default();
    pool.add_amount(&offer.amount, &[]);
    offer.reserved.iter().for_each(|item| pool.add(item.clone()));
    pool
}

/// Text of a pool that is allocated to a role, ports first, as Mesos prints it.
pub(super) fn pool_text(pool: &Pool, role: &str) -> String {
    let is_ports = |item: &&Item| matches!(item.quantity, Quantity::Ports(_));
    let (ports, others): (Vec<&Item>, Vec<&Item>) = pool.0.iter().partition(is_ports);
    ports.into_iter().chain(others).map(|item| allocated_text(item, role)).collect::<Vec<_>>().join("; ")
}

fn allocated_text(item: &Item, role: &str) -> String {
    let plain = item.text();
    let rest = plain.strip_prefix(&item.name).unwrap_or_default();
    format!("{}(allocated: {role}){rest}", item.name)
}

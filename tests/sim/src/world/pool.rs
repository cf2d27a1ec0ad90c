//! An agent's resources by reservation and volume, once an operator has changed them.

use serde_json::Value;

use crate::world::resources::{Amount, Ports};

/// One resource of a pool. Two are of one kind if they differ only in their quantity.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) quantity: Quantity,
    /// Stack of reservations, the innermost first; empty if unreserved.
    pub(crate) reservations: Vec<Value>,
    /// DiskInfo: persistence, volume and source.
    pub(crate) disk: Option<Value>,
    pub(crate) is_shared: bool,
    pub(crate) provider: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantity {
    /// Thousandths.
    Scalar(u64),
    Ports(Ports),
}

impl Quantity {
    fn is_none(self) -> bool {
        match self {
            Quantity::Scalar(value) => value == 0,
            Quantity::Ports(ports) => ports == Ports::default(),
        }
    }

    fn contains(self, other: Quantity) -> bool {
        match (self, other) {
            (Quantity::Scalar(all), Quantity::Scalar(some)) => all >= some,
            (Quantity::Ports(all), Quantity::Ports(some)) => some.without(&all) == Ports::default(),
            _ => false,
        }
    }

    fn minus(self, other: Quantity) -> Quantity {
        match (self, other) {
            (Quantity::Scalar(all), Quantity::Scalar(some)) => Quantity::Scalar(all.saturating_sub(some)),
            (Quantity::Ports(all), Quantity::Ports(some)) => Quantity::Ports(all.without(&some)),
            _ => self,
        }
    }

    fn plus(self, other: Quantity) -> Quantity {
        match (self, other) {
            (Quantity::Scalar(one), Quantity::Scalar(more)) => Quantity::Scalar(one.saturating_add(more)),
            (Quantity::Ports(mut one), Quantity::Ports(more)) => {
                one.union(&more);
                Quantity::Ports(one)
            }
            _ => self,
        }
    }
}

impl Item {
    pub(crate) fn plain(name: &str, quantity: Quantity) -> Item {
        Item { name: name.to_owned(), quantity, reservations: Vec::new(), disk: None, is_shared: false, provider: None }
    }

    fn is_of_kind(&self, other: &Item) -> bool {
        self.name == other.name
            && self.reservations == other.reservations
            && self.disk == other.disk
            && self.is_shared == other.is_shared
            && self.provider == other.provider
    }

    pub(crate) fn is_volume(&self) -> bool {
        self.disk.as_ref().is_some_and(|disk| disk.get("persistence").is_some())
    }

    /// Role of the outermost reservation.
    pub(crate) fn role(&self) -> Option<&str> {
        self.reservations.last()?["role"].as_str()
    }
}

/// Resources of an agent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Pool(pub(crate) Vec<Item>);

impl Pool {
    pub(crate) fn add_amount(&mut self, amount: &Amount, reservations: &[Value]) {
        let scalars = [("cpus", amount.cpus), ("mem", amount.mem * 1000), ("disk", amount.disk * 1000)];
        let items = scalars.map(|(name, value)| (name, Quantity::Scalar(value))).into_iter();
        let others = [("gpus", Quantity::Scalar(amount.gpus * 1000)), ("ports", Quantity::Ports(amount.ports))];
        for (name, quantity) in items.chain(others) {
            self.add(Item { reservations: reservations.to_vec(), ..Item::plain(name, quantity) });
        }
    }

    pub(crate) fn add(&mut self, item: Item) {
        if item.quantity.is_none() {
            return;
        }
        // Volumes are not merged.
        match self.0.iter_mut().find(|other| other.is_of_kind(&item) && !item.is_volume()) {
            Some(other) => other.quantity = other.quantity.plus(item.quantity),
            None => self.0.push(item),
        }
    }

    /// Takes a resource out, if the pool has it; a volume only as a whole.
    pub(crate) fn take(&mut self, item: &Item) -> bool {
        let Some(at) = self.0.iter().position(|other| other.is_of_kind(item) && other.quantity.contains(item.quantity))
        else {
            return false;
        };
        if item.is_volume() && self.0[at].quantity != item.quantity {
            return false;
        }
        self.0[at].quantity = self.0[at].quantity.minus(item.quantity);
        self.0.retain(|other| !other.quantity.is_none());
        true
    }

    /// Without what tasks use, all of which is unreserved.
    pub(crate) fn without(&self, used: &Amount) -> Pool {
        let mut pool = self.clone();
        let mut used_pool = Pool::default();
        used_pool.add_amount(used, &[]);
        for item in used_pool.0 {
            if let Some(other) = pool.0.iter_mut().find(|other| other.is_of_kind(&item)) {
                other.quantity = other.quantity.minus(item.quantity);
            }
        }
        pool.0.retain(|item| !item.quantity.is_none());
        pool
    }

    /// Sum of the unreserved resources, without disks of their own: no task here asks for one.
    pub(crate) fn unreserved(&self) -> Amount {
        self.sum(|item| item.reservations.is_empty() && item.disk.is_none())
    }

    pub(crate) fn sum(&self, counts: impl Fn(&Item) -> bool) -> Amount {
        let mut sum = Amount::default();
        for item in self.0.iter().filter(|item| counts(item)) {
            match (item.name.as_str(), item.quantity) {
                ("cpus", Quantity::Scalar(value)) => sum.cpus += value,
                ("mem", Quantity::Scalar(value)) => sum.mem += value / 1000,
                ("disk", Quantity::Scalar(value)) => sum.disk += value / 1000,
                ("gpus", Quantity::Scalar(value)) => sum.gpus += value / 1000,
                (_, Quantity::Ports(ports)) => sum.ports.union(&ports),
                _ => {}
            }
        }
        sum
    }

    /// Text of the resources in Mesos' format: `cpus(reservations: [(DYNAMIC,web,ops)]):1; mem:512`.
    pub(crate) fn text(&self) -> String {
        self.0.iter().map(Item::text).collect::<Vec<_>>().join("; ")
    }
}

impl Item {
    pub(crate) fn text(&self) -> String {
        let mut text = self.name.clone();
        if !self.reservations.is_empty() {
            let stack: Vec<String> = self.reservations.iter().map(reservation_text).collect();
            text.push_str(&format!("(reservations: [{}])", stack.join(",")));
        }
        if let Some(disk) = &self.disk {
            let persistence = disk["persistence"]["id"].as_str().unwrap_or_default();
            let path = disk["volume"]["container_path"].as_str().unwrap_or_default();
            text.push_str(&format!("[{persistence}:{path}]"));
        }
        if self.is_shared {
            text.push_str("<SHARED>");
        }
        match self.quantity {
            Quantity::Scalar(value) => text.push_str(&format!(":{}", value as f64 / 1000.0)),
            Quantity::Ports(ports) => {
                let ranges: Vec<String> = ports.ranges().iter().map(|(from, to)| format!("{from}-{to}")).collect();
                text.push_str(&format!(":[{}]", ranges.join(", ")));
            }
        }
        text
    }
}

fn reservation_text(reservation: &Value) -> String {
    let field = |name: &str| reservation[name].as_str().map(str::to_owned);
    let parts: Vec<String> = ["type", "role", "principal"].into_iter().filter_map(field).collect();
    format!("({})", parts.join(","))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(value: u64, roles: &[&str]) -> Item {
        let reservations = roles.iter().map(|role| json!({"type": "DYNAMIC", "role": role})).collect();
        Item { reservations, ..Item::plain("cpus", Quantity::Scalar(value)) }
    }

    #[test]
    fn resources_of_one_kind_are_merged_and_taken() {
        let mut pool = Pool::default();
        pool.add(item(1000, &[]));
        pool.add(item(500, &["web"]));
        pool.add(item(500, &["web"]));
        assert_eq!(pool.text(), "cpus:1; cpus(reservations: [(DYNAMIC,web)]):1");
        assert!(!pool.take(&item(1001, &["web"])) && !pool.take(&item(1, &["web", "web/a"])));
        assert!(pool.take(&item(1000, &["web"])));
        assert_eq!(pool.text(), "cpus:1");
    }

    #[test]
    fn a_volume_is_taken_only_as_a_whole() {
        let volume = |value| Item { disk: Some(json!({"persistence": {"id": "v"}})), ..item(value, &["web"]) };
        let mut pool = Pool::default();
        pool.add(volume(2000));
        assert!(!pool.take(&volume(1000)));
        assert!(pool.take(&volume(2000)));
        assert_eq!(pool, Pool::default());
    }

    #[test]
    fn what_tasks_use_is_not_available() {
        let mut pool = Pool::default();
        pool.add(item(4000, &[]));
        pool.add(item(1000, &["web"]));
        let used = Amount { cpus: 3000, ..Amount::default() };
        assert_eq!(pool.without(&used).text(), "cpus:1; cpus(reservations: [(DYNAMIC,web)]):1");
    }
}

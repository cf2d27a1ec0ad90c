//! JSON of resources. Those of an agent's info have neither role nor reservation; totals have a role; allocated ones name theirs.

use crate::json_out::Out;
use crate::world::pool::{Item, Pool, Quantity};
use crate::world::resources::{Amount, TaskResources};

/// Fields after a resource's value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tail<'a> {
    /// In an agent's own info.
    Bare,
    /// Unreserved part of a total.
    Unreserved,
    /// Dynamically reserved part of a total.
    Reserved(&'a str),
    /// Allocated or offered to the role, in the sums of an agent or framework.
    AllocatedSum(&'a str),
    /// Allocated or offered to the role, in a task, an executor or an offer.
    Allocated(&'a str),
}

impl Tail<'_> {
    fn write(self, out: &mut impl Out) {
        match self {
            Tail::Bare => {}
            Tail::Unreserved => out.str(",\"role\":\"*\""),
            Tail::Reserved(role) => out.all(&[
                ",\"role\":\"",
                role,
                "\",\"reservation\":{\"principal\":\"ops\"},\"reservations\":[{\"type\":\"DYNAMIC\",\"role\":\"",
                role,
                "\",\"principal\":\"ops\"}]",
            ]),
            Tail::AllocatedSum(role) => out.all(&[",\"role\":\"*\",\"allocation_info\":{\"role\":\"", role, "\"}"]),
            Tail::Allocated(role) => out.all(&[",\"allocation_info\":{\"role\":\"", role, "\"}"]),
        }
        out.str("}");
    }
}

/// Writes the resources of a task or executor as a list.
pub(crate) fn needs(out: &mut impl Out, needs: &TaskResources, tail: Tail) {
    out.str("[");
    need_items(out, needs, tail);
    out.str("]");
}

/// Writes the resources of a task or executor without brackets.
pub(crate) fn need_items(out: &mut impl Out, needs: &TaskResources, tail: Tail) {
    out.str("{\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":");
    out.milli(u64::from(needs.cpus));
    out.str("}");
    tail.write(out);
    for (name, value) in [("mem", needs.mem), ("disk", needs.disk), ("gpus", u32::from(needs.gpus))] {
        if value > 0 {
            out.all(&[",{\"name\":\"", name, "\",\"type\":\"SCALAR\",\"scalar\":{\"value\":"]);
            out.int(u64::from(value));
            out.str(".0}");
            tail.write(out);
        }
    }
    if needs.port != 0 {
        out.str(",");
        ports(out, &[(needs.port, needs.port)], tail);
    }
}

/// Writes volumes that are allocated to roles, after other items.
pub(crate) fn allocated_volumes(out: &mut impl Out, volumes: &[(&Item, &str)]) {
    allocated_items(out, volumes.iter().copied(), false);
}

/// Writes items that are allocated to roles; `first` omits the leading comma.
pub(crate) fn allocated_items<'a>(
    out: &mut impl Out,
    items: impl Iterator<Item = (&'a Item, &'a str)>,
    mut first: bool,
) {
    for (item, role) in items {
        out.str(if std::mem::take(&mut first) { "" } else { "," });
        pool_item(out, item);
        out.all(&[",\"allocation_info\":{\"role\":\"", role, "\"}}"]);
    }
}

/// Writes the items of a sum without brackets; `first` omits the leading comma. Returns whether it wrote something.
pub(crate) fn items(out: &mut impl Out, amount: &Amount, tail: Tail, first: bool) -> bool {
    let mut first = first;
    let scalars =
        [("cpus", amount.cpus), ("mem", amount.mem * 1000), ("disk", amount.disk * 1000), ("gpus", amount.gpus * 1000)];
    for (name, value) in scalars {
        if value > 0 {
            out.all(&[
                if first { "" } else { "," },
                "{\"name\":\"",
                name,
                "\",\"type\":\"SCALAR\",\"scalar\":{\"value\":",
            ]);
            out.milli(value);
            out.str("}");
            tail.write(out);
            first = false;
        }
    }
    let ranges = amount.ports.ranges();
    if !ranges.is_empty() {
        out.str(if first { "" } else { "," });
        ports(out, &ranges, tail);
        first = false;
    }
    !first
}

/// Writes a persistent volume on the role's reservation, after other items.
pub(crate) fn volume(out: &mut impl Out, role: &str, agent: u32, mebibytes: u64) {
    if mebibytes == 0 {
        return;
    }
    out.str(",{\"name\":\"disk\",\"type\":\"SCALAR\",\"scalar\":{\"value\":");
    out.int(mebibytes);
    out.str(".0},\"disk\":{\"persistence\":{\"id\":\"data-");
    out.int(u64::from(agent));
    out.str("\",\"principal\":\"ops\"},\"volume\":{\"mode\":\"RW\",\"container_path\":\"data\"}}");
    Tail::Reserved(role).write(out);
}

/// Writes a changed pool without brackets.
pub(crate) fn pool(out: &mut impl Out, pool: &Pool) {
    for (nth, item) in pool.0.iter().enumerate() {
        out.str(if nth > 0 { "," } else { "" });
        pool_item(out, item);
        out.str("}");
    }
}

/// Writes an item of a pool without its closing brace.
fn pool_item(out: &mut impl Out, item: &Item) {
    quantity(out, item);
    tail(out, item);
}

fn quantity(out: &mut impl Out, item: &Item) {
    out.str("{\"name\":");
    out.quoted(&item.name);
    match item.quantity {
        Quantity::Scalar(value) => {
            out.str(",\"type\":\"SCALAR\",\"scalar\":{\"value\":");
            out.milli(value);
            out.str("}");
        }
        Quantity::Ports(ports) => {
            out.str(",\"type\":\"RANGES\",\"ranges\":{\"range\":");
            range_list(out, &ports.ranges());
            out.str("}");
        }
    }
}

/// Writes the disks of their own in an agent's info, after other items: MOUNT and PATH disks.
pub(crate) fn own_disks(out: &mut impl Out, pool: &Pool) {
    for item in &pool.0 {
        let source = item.disk.as_ref().and_then(|disk| disk.get("source"));
        if let Some(source) = source.filter(|_| item.provider.is_none()) {
            out.str(",");
            quantity(out, item);
            out.all(&[",\"disk\":{\"source\":", &source.to_string(), "}}"]);
        }
    }
}

/// Writes the fields after a pool item's value. A single reservation has the old form as well, a static one only its role.
fn tail(out: &mut impl Out, item: &Item) {
    if let Some(provider) = &item.provider {
        out.all(&[",\"provider_id\":", &provider.to_string()]);
    }
    match item.reservations.as_slice() {
        [] => out.str(",\"role\":\"*\""),
        [one] => {
            out.all(&[",\"role\":", &one["role"].to_string()]);
            if one["type"] == "DYNAMIC" {
                out.all(&[",\"reservation\":", &old_reservation(one)]);
            }
        }
        _ => {}
    }
    if !item.reservations.is_empty() {
        out.all(&[",\"reservations\":", &serde_json::Value::from(item.reservations.clone()).to_string()]);
    }
    if let Some(disk) = &item.disk {
        out.all(&[",\"disk\":", &disk.to_string()]);
    }
    if item.is_shared {
        out.str(",\"shared\":{}");
    }
}

/// Fields of a dynamic reservation in the form before Mesos 1.4.
fn old_reservation(reservation: &serde_json::Value) -> String {
    let fields = reservation.as_object().into_iter().flatten();
    let old: serde_json::Map<_, _> = fields
        .filter(|(name, _)| matches!(name.as_str(), "principal" | "labels"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    serde_json::Value::from(old).to_string()
}

fn ports(out: &mut impl Out, ranges: &[(u16, u16)], tail: Tail) {
    out.str("{\"name\":\"ports\",\"type\":\"RANGES\",\"ranges\":{\"range\":");
    range_list(out, ranges);
    out.str("}");
    tail.write(out);
}

fn range_list(out: &mut impl Out, ranges: &[(u16, u16)]) {
    super::list(out, ranges, |out, (begin, end)| {
        out.str("{\"begin\":");
        out.int(u64::from(*begin));
        out.str(",\"end\":");
        out.int(u64::from(*end));
        out.str("}");
    });
}

/// Writes `,"<key>":[...]` of sums by role, or nothing if all are empty.
pub(crate) fn by_role<'a>(out: &mut impl Out, key: &str, sums: impl IntoIterator<Item = (&'a str, Amount)>) {
    by_role_and_volumes(out, key, sums, &[]);
}

/// Writes sums by role, and the volumes of tasks whose other resources are in the sums.
pub(crate) fn by_role_and_volumes<'a>(
    out: &mut impl Out,
    key: &str,
    sums: impl IntoIterator<Item = (&'a str, Amount)>,
    volumes: &[(&Item, &str)],
) {
    let mut first = true;
    for (role, amount) in sums {
        if amount.is_none() {
            continue;
        }
        if first {
            out.all(&[",\"", key, "\":["]);
        }
        items(out, &amount, Tail::AllocatedSum(role), first);
        first = false;
    }
    if !first {
        allocated_volumes(out, volumes);
        out.str("]");
    }
}

//! Resources. Those of an agent's info have neither role nor reservation; totals have a role; allocated ones say for whom.

use crate::json_out::Out;
use crate::world::resources::{Amount, TaskResources};

/// What is behind a resource's value, before its closing brace.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tail<'a> {
    /// An agent's own info.
    Bare,
    /// A total, unreserved.
    Unreserved,
    /// A total, dynamically reserved for the role.
    Reserved(&'a str),
    /// Allocated or offered to the role, in an agent's or a framework's sums.
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

/// A task's or an executor's resources, as a list.
pub(crate) fn needs(out: &mut impl Out, needs: &TaskResources, tail: Tail) {
    out.str("[{\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":");
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
    out.str("]");
}

/// The items of a sum, without brackets; `first` says that nothing is before them. Whether something was written.
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

/// A persistent volume on what is reserved for the role, behind other items.
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

fn ports(out: &mut impl Out, ranges: &[(u16, u16)], tail: Tail) {
    out.str("{\"name\":\"ports\",\"type\":\"RANGES\",\"ranges\":{\"range\":");
    super::list(out, ranges, |out, (begin, end)| {
        out.str("{\"begin\":");
        out.int(u64::from(*begin));
        out.str(",\"end\":");
        out.int(u64::from(*end));
        out.str("}");
    });
    out.str("}");
    tail.write(out);
}

/// `,"<key>":[...]` of sums by role, or nothing if all are empty.
pub(crate) fn by_role<'a>(out: &mut impl Out, key: &str, sums: impl IntoIterator<Item = (&'a str, Amount)>) {
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
        out.str("]");
    }
}

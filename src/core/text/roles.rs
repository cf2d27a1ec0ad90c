//! Words for roles: the amounts of a quota, and the tree.

use super::{amount, bytes, pooled, scalar};
use crate::base::order;
use crate::base::units::Bytes;

/// Amounts by resource in Mesos' own units, `mem` and `disk` in MiB, as `4 CPUs, 8 GiB, 10 GiB disk`. Only memory has no name.
pub fn amounts(all: &[(&str, f64)]) -> String {
    each(all, scalar).join(", ")
}

/// The amounts one by one, for a narrow cell: memory and disk are rounded, as `16.6 GiB` for 17 027 MiB.
pub fn brief_amounts(all: &[(&str, f64)]) -> Vec<String> {
    each(all, brief_amount)
}

/// An amount of a resource in Mesos' own unit, without the resource's name: memory and disk are rounded, as `3.25 TiB`.
pub fn brief_amount(resource: &str, value: f64) -> String {
    if value == 0.0 || value.is_infinite() || !matches!(resource, "mem" | "disk") {
        return scalar(resource, value);
    }
    let (number, unit) = bytes(Bytes::from_mebibytes(value));
    format!("{number} {unit}")
}

/// The amounts, CPUs and memory first. `size` prints memory and disk.
fn each(all: &[(&str, f64)], size: fn(&str, f64) -> String) -> Vec<String> {
    let rank =
        |resource: &str| ["cpus", "mem", "disk", "gpus"].iter().position(|usual| *usual == resource).unwrap_or(4);
    let all = order::sorted(all.to_vec(), |a, b| rank(a.0).cmp(&rank(b.0)));
    all.into_iter().map(|(resource, value)| one(resource, value, size)).collect()
}

fn one(resource: &str, value: f64, size: fn(&str, f64) -> String) -> String {
    match resource {
        _ if value.is_infinite() => scalar(resource, value),
        "mem" => size(resource, value),
        "disk" => format!("{} disk", size(resource, value)),
        "cpus" if value == 1.0 => "1 CPU".to_owned(),
        "gpus" if value == 1.0 => "1 GPU".to_owned(),
        other => format!("{} {}", amount(value), pooled::resource_name(other)),
    }
}

/// Label of a role's field in the weight editor.
pub fn weight_of(role: &str) -> String {
    format!("Weight of {role}")
}

/// Number of edited weights.
pub fn new_weights(edited: usize) -> String {
    match u32::try_from(edited).unwrap_or(u32::MAX) {
        0 => "No new weights".to_owned(),
        some => super::plural(some, "new weight", "new weights"),
    }
}

/// Label of the button that folds a role: number of its descendants.
pub fn descendants(number: u32, role: &str) -> String {
    format!("{} of {role}", super::plural(number, "child role", "child roles"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_their_units() {
        let all = [("cpus", 1.0), ("disk", 1024.0), ("gpus", 2.0), ("mem", 512.0), ("ports", 3.0)];
        assert_eq!(amounts(&all), "1 CPU, 512 MiB, 1 GiB disk, 2 GPUs, 3 ports");
        assert_eq!(amounts(&[]), "");
    }

    #[test]
    fn amounts_in_a_narrow_cell_are_rounded() {
        let all = [("cpus", 504.0), ("disk", 0.0), ("mem", 17_027.456)];
        assert_eq!(amounts(&all), "504 CPUs, 17\u{202f}027.456 MiB, 0 MiB disk");
        assert_eq!(brief_amounts(&all), ["504 CPUs", "16.6 GiB", "0 MiB disk"]);
        assert_eq!(brief_amounts(&[("mem", f64::INFINITY)]), ["no limit"]);
        assert_eq!(
            (brief_amount("mem", 3_405_495.0), brief_amount("cpus", 0.5)),
            ("3.25 TiB".to_owned(), "0.5".to_owned())
        );
    }
}

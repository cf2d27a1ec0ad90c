//! Words for roles: the amounts of a quota, and the tree.

use super::{actions, amount, scalar};

/// Amounts by resource in Mesos' own units, `mem` and `disk` in MiB, as `4 CPUs, 8 GiB, 10 GiB disk`. Only memory has no name.
pub fn amounts(all: &[(&str, f64)]) -> String {
    all.iter().map(|(resource, value)| one(resource, *value)).collect::<Vec<_>>().join(", ")
}

fn one(resource: &str, value: f64) -> String {
    match resource {
        _ if value.is_infinite() => scalar(resource, value),
        "mem" => scalar(resource, value),
        "disk" => format!("{} disk", scalar(resource, value)),
        "cpus" if value == 1.0 => "1 CPU".to_owned(),
        "gpus" if value == 1.0 => "1 GPU".to_owned(),
        other => format!("{} {}", amount(value), actions::resource_name(other)),
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
        assert_eq!(amounts(&all), "1 CPU, 1 GiB disk, 2 GPUs, 512 MiB, 3 ports");
        assert_eq!(amounts(&[]), "");
    }
}

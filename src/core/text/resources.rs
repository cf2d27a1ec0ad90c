//! Words for amounts of resources.

use super::{amount, bytes_briefly, bytes_exactly};
use crate::base::units::{Bytes, Quantities};

/// The amounts in one line, `4 CPUs, 8 GiB memory`, without those of zero; empty if all are.
pub fn quantities(of: Quantities) -> String {
    worded(of, bytes_exactly)
}

/// The amounts in one line, memory and disk rounded to three digits, `17.75 CPUs, 116 GiB memory`; empty if all are zero.
pub fn quantities_briefly(of: Quantities) -> String {
    worded(of, bytes_briefly)
}

fn worded(of: Quantities, in_words: fn(Bytes) -> String) -> String {
    let number = |number: f64, one: &str, many: &str| {
        (number > 0.0).then(|| format!("{} {}", amount(number), if number == 1.0 { one } else { many }))
    };
    let bytes = |bytes: Bytes, of: &str| (bytes.get() != 0).then(|| format!("{} {of}", in_words(bytes)));
    let parts = [
        number(of.cpus.as_f64(), "CPU", "CPUs"),
        bytes(of.mem, "memory"),
        bytes(of.disk, "disk"),
        number(of.gpus.as_f64(), "GPU", "GPUs"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A persistent volume and its path in the container; empty without a volume.
pub fn volume(id: &str, container_path: &str) -> String {
    if id.is_empty() { String::new() } else { format!("{id} at {container_path}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::{Cpus, Gpus};

    #[test]
    fn amounts_are_in_one_line() {
        let of = Quantities {
            cpus: Cpus::from_scalar(1.0),
            mem: Bytes::from_mebibytes(8192.0),
            gpus: Gpus::from_scalar(2.0),
            disk: Bytes::from_mebibytes(0.0),
        };
        assert_eq!(quantities(of), "1 CPU, 8 GiB memory, 2 GPUs");
        assert_eq!(quantities(Quantities::NONE), "");
    }
}

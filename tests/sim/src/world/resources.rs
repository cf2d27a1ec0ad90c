//! Resources as integers: cpus in thousandths, mem and disk in MB.

/// Resources of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TaskResources {
    pub(crate) cpus: u32,
    pub(crate) mem: u32,
    pub(crate) disk: u32,
    pub(crate) gpus: u8,
    /// One port, or 0 for none.
    pub(crate) port: u16,
}

/// Resources of an executor besides its task, as the default executor's in the recordings.
pub(crate) const EXECUTOR: TaskResources = TaskResources { cpus: 100, mem: 32, disk: 32, gpus: 0, port: 0 };

/// Port range of an agent: Mesos' default.
pub(crate) const PORTS: (u16, u16) = (31_000, 32_000);
const WORDS: usize = 16;

/// Set of an agent's ports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ports([u64; WORDS]);

impl Ports {
    pub(crate) fn all() -> Ports {
        let first = |word: usize| word * 64;
        let ports = usize::from(PORTS.1 - PORTS.0) + 1;
        Ports(std::array::from_fn(|word| match ports.saturating_sub(first(word)) {
            0 => 0,
            some @ 1..64 => (1 << some) - 1,
            _ => u64::MAX,
        }))
    }

    pub(crate) fn insert(&mut self, port: u16) {
        if (PORTS.0..=PORTS.1).contains(&port) {
            let at = usize::from(port - PORTS.0);
            self.0[at / 64] |= 1 << (at % 64);
        }
    }

    pub(crate) fn has(&self, port: u16) -> bool {
        let at = usize::from(port.saturating_sub(PORTS.0));
        self.0.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    pub(crate) fn without(mut self, other: &Ports) -> Ports {
        for (word, taken) in self.0.iter_mut().zip(other.0) {
            *word &= !taken;
        }
        self
    }

    pub(crate) fn union(&mut self, other: &Ports) {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
    }

    /// Port ranges as Mesos coalesces them: first and last port of each.
    pub(crate) fn ranges(&self) -> Vec<(u16, u16)> {
        let mut ranges: Vec<(u16, u16)> = Vec::new();
        for (word, at) in self.0.into_iter().zip((PORTS.0..).step_by(64)) {
            let mut rest = word;
            while rest != 0 {
                let begins = rest.trailing_zeros();
                let length = (rest >> begins).trailing_ones();
                let (begin, end) = (at + begins as u16, at + (begins + length - 1) as u16);
                match ranges.last_mut() {
                    Some(last) if last.1 + 1 == begin => last.1 = end,
                    _ => ranges.push((begin, end)),
                }
                rest &= u64::MAX.checked_shl(begins + length).unwrap_or(0);
            }
        }
        ranges
    }
}

/// A sum of resources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) cpus: u64,
    pub(crate) mem: u64,
    pub(crate) disk: u64,
    pub(crate) gpus: u64,
    pub(crate) ports: Ports,
}

impl Amount {
    pub(crate) fn add(&mut self, needs: &TaskResources) {
        self.cpus += u64::from(needs.cpus);
        self.mem += u64::from(needs.mem);
        self.disk += u64::from(needs.disk);
        self.gpus += u64::from(needs.gpus);
        if needs.port != 0 {
            self.ports.insert(needs.port);
        }
    }

    pub(crate) fn plus(&mut self, other: &Amount) {
        self.cpus += other.cpus;
        self.mem += other.mem;
        self.disk += other.disk;
        self.gpus += other.gpus;
        self.ports.union(&other.ports);
    }

    pub(crate) fn minus(&self, other: &Amount) -> Amount {
        Amount {
            cpus: self.cpus.saturating_sub(other.cpus),
            mem: self.mem.saturating_sub(other.mem),
            disk: self.disk.saturating_sub(other.disk),
            gpus: self.gpus.saturating_sub(other.gpus),
            ports: self.ports.without(&other.ports),
        }
    }

    /// Whether the needs of a task fit, except for its port.
    pub(crate) fn holds(&self, needs: &TaskResources) -> bool {
        self.cpus >= u64::from(needs.cpus)
            && self.mem >= u64::from(needs.mem)
            && self.disk >= u64::from(needs.disk)
            && self.gpus >= u64::from(needs.gpus)
    }

    pub(crate) fn is_none(&self) -> bool {
        *self == Amount::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_coalesced() {
        let mut ports = Ports::default();
        [31_000, 31_001, 31_063, 31_064, 32_000].into_iter().for_each(|port| ports.insert(port));
        assert!(Ports::all().has(31_000) && Ports::all().has(32_000));
        assert_eq!(Ports::all().ranges(), [PORTS]);
        assert_eq!(Ports::default().ranges(), []);
        assert_eq!(ports.ranges(), [(31_000, 31_001), (31_063, 31_064), (32_000, 32_000)]);
        assert_eq!(Ports::all().without(&ports).ranges(), [(31_002, 31_062), (31_065, 31_999)]);
    }
}

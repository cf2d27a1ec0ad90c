//! Amounts and times as types: what a number means is said once, at the border, and never again.
//! Formats nothing for people; that is `text`.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// Mesos keeps scalars to three decimals (src/v1/values.cpp), so thousandths are exact.
const THOUSANDTHS: f64 = 1000.0;
const MEBIBYTE: f64 = 1_048_576.0;

/// Processors, in thousandths of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cpus(i64);

/// Graphics processors, in thousandths of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Gpus(i64);

/// Memory or disk, in bytes. Mesos says MiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Bytes(i64);

impl Cpus {
    /// Converts Mesos' scalar; NaN counts as 0.
    pub fn from_scalar(value: f64) -> Self {
        Self(thousandths(value))
    }

    /// The amount as Mesos' scalar.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / THOUSANDTHS
    }
}

impl Gpus {
    /// Converts Mesos' scalar; NaN counts as 0.
    pub fn from_scalar(value: f64) -> Self {
        Self(thousandths(value))
    }

    /// The amount as Mesos' scalar.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / THOUSANDTHS
    }
}

impl Bytes {
    /// A count of bytes.
    pub const fn new(bytes: i64) -> Self {
        Self(bytes)
    }

    /// Converts Mesos' scalar for `mem` and `disk`, which is in MiB.
    pub fn from_mebibytes(value: f64) -> Self {
        Self((value * MEBIBYTE).round() as i64)
    }

    /// The count of bytes.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The count of bytes, for shares and pictures.
    pub fn as_f64(self) -> f64 {
        self.0 as f64
    }

    /// The MiB that Mesos writes for it, where it is as much as Mesos can write: a multiple of a thousandth of a MiB.
    pub fn as_scalar(self) -> Option<f64> {
        let scalar = decimal(self.as_f64() / MEBIBYTE);
        // A thousandth of a MiB is no whole number of bytes; beyond 2^53 neither is reported from the next.
        (Self::from_mebibytes(scalar) == self).then_some(scalar)
    }
}

/// The number at Mesos' precision: the nearest that has three decimals.
pub fn decimal(value: f64) -> f64 {
    (value * THOUSANDTHS).round() / THOUSANDTHS
}

/// A scalar of Mesos' in digits that read as the same scalar again: at most three decimals, and no zeros at the end.
pub fn digits(value: f64) -> String {
    let text = format!("{:.3}", decimal(value) + 0.0);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Converts MiB to the largest unit in which Mesos' precision needs at most three decimals. No unit is above PiB: forms
/// read none.
pub fn in_largest_unit(mebibytes: f64) -> (f64, &'static str) {
    let fits = |(power, unit): (i32, &'static str)| {
        let number = mebibytes / 1024_f64.powi(power);
        (number.abs() >= 1.0 && (number * THOUSANDTHS).fract() == 0.0).then_some((number, unit))
    };
    [(3, "PiB"), (2, "TiB"), (1, "GiB")].into_iter().find_map(fits).unwrap_or((mebibytes, "MiB"))
}

/// `as` saturates and turns NaN to zero, so no input panics.
fn thousandths(value: f64) -> i64 {
    (value * THOUSANDTHS).round() as i64
}

/// The four scalars that Mesos itself counts, of a task, an agent, a framework or a role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Quantities {
    /// Processors, in thousandths of one: the scalar `cpus`.
    pub cpus: Cpus,
    /// Graphics processors, in thousandths of one: the scalar `gpus`.
    pub gpus: Gpus,
    /// Memory in bytes, from the scalar `mem`, which Mesos gives in MiB.
    pub mem: Bytes,
    /// Disk space in bytes, from the scalar `disk`, which Mesos gives in MiB.
    pub disk: Bytes,
}

impl Quantities {
    /// Nothing of anything.
    pub const NONE: Self = Self { cpus: Cpus(0), gpus: Gpus(0), mem: Bytes(0), disk: Bytes(0) };

    /// The largest share that any of these is of a whole, from 0 to 1 where they are parts of it.
    pub fn largest_share_of(self, whole: Self) -> f64 {
        let share = |part: f64, of: f64| if of > 0.0 { part / of } else { 0.0 };
        share(self.cpus.as_f64(), whole.cpus.as_f64())
            .max(share(self.mem.as_f64(), whole.mem.as_f64()))
            .max(share(self.disk.as_f64(), whole.disk.as_f64()))
            .max(share(self.gpus.as_f64(), whole.gpus.as_f64()))
    }

    /// Converts one scalar resource from Mesos' unit: `mem` and `disk` in MiB. Other names count as nothing.
    pub fn of(name: &str, value: f64) -> Self {
        match name {
            "cpus" => Self { cpus: Cpus::from_scalar(value), ..Self::NONE },
            "gpus" => Self { gpus: Gpus::from_scalar(value), ..Self::NONE },
            "mem" => Self { mem: Bytes::from_mebibytes(value), ..Self::NONE },
            "disk" => Self { disk: Bytes::from_mebibytes(value), ..Self::NONE },
            _ => Self::NONE,
        }
    }

    /// Amount of the named resource, `mem` and `disk` in GiB. `None` for other names.
    pub fn named(self, name: &str) -> Option<f64> {
        const GIBIBYTE: f64 = 1024.0 * MEBIBYTE;
        Some(match name {
            "cpus" => self.cpus.as_f64(),
            "gpus" => self.gpus.as_f64(),
            "mem" => self.mem.as_f64() / GIBIBYTE,
            "disk" => self.disk.as_f64() / GIBIBYTE,
            _ => return None,
        })
    }

    /// Number of times that these quantities fit into a whole at once; `None` if they are nothing.
    pub fn times_in(self, whole: Self) -> Option<u32> {
        let times = |part: i64, of: i64| (part > 0).then(|| u32::try_from(of.max(0) / part).unwrap_or(u32::MAX));
        let all = [
            times(self.cpus.0, whole.cpus.0),
            times(self.gpus.0, whole.gpus.0),
            times(self.mem.0, whole.mem.0),
            times(self.disk.0, whole.disk.0),
        ];
        all.into_iter().flatten().min()
    }

    /// The quantities that many times.
    pub fn times(self, count: u32) -> Self {
        let times = |of: i64| of.saturating_mul(i64::from(count));
        Self {
            cpus: Cpus(times(self.cpus.0)),
            gpus: Gpus(times(self.gpus.0)),
            mem: Bytes(times(self.mem.0)),
            disk: Bytes(times(self.disk.0)),
        }
    }

    /// The smaller amount of each resource.
    pub fn least(self, other: Self) -> Self {
        Self {
            cpus: Cpus(self.cpus.0.min(other.cpus.0)),
            gpus: Gpus(self.gpus.0.min(other.gpus.0)),
            mem: Bytes(self.mem.0.min(other.mem.0)),
            disk: Bytes(self.disk.0.min(other.disk.0)),
        }
    }

    /// The quantities with nothing below zero: a share of a stale total must not be drawn backwards.
    pub fn at_least_none(self) -> Self {
        Self {
            cpus: Cpus(self.cpus.0.max(0)),
            gpus: Gpus(self.gpus.0.max(0)),
            mem: Bytes(self.mem.0.max(0)),
            disk: Bytes(self.disk.0.max(0)),
        }
    }
}

/// Amounts come from outside, so sums saturate.
macro_rules! arithmetic {
    ($($amount:ident)*) => {$(
        impl Add for $amount {
            type Output = Self;
            fn add(self, other: Self) -> Self { Self(self.0.saturating_add(other.0)) }
        }
        impl Sub for $amount {
            type Output = Self;
            fn sub(self, other: Self) -> Self { Self(self.0.saturating_sub(other.0)) }
        }
    )*};
}
arithmetic!(Cpus Gpus Bytes Nanoseconds);

impl Add for Quantities {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            cpus: self.cpus + other.cpus,
            gpus: self.gpus + other.gpus,
            mem: self.mem + other.mem,
            disk: self.disk + other.disk,
        }
    }
}

impl Sub for Quantities {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            cpus: self.cpus - other.cpus,
            gpus: self.gpus - other.gpus,
            mem: self.mem - other.mem,
            disk: self.disk - other.disk,
        }
    }
}

impl AddAssign for Quantities {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Quantities {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Quantities {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::NONE, Add::add)
    }
}

/// A length of time in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Nanoseconds(pub i64);

impl Nanoseconds {
    /// A length in whole milliseconds.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// A length in whole seconds.
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000_000))
    }

    /// A length in seconds as Mesos writes durations in doubles.
    pub fn from_secs_f64(seconds: f64) -> Self {
        Self((seconds * 1e9) as i64)
    }

    /// Duration in whole milliseconds, rounded down.
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Duration in whole seconds, rounded to the nearest.
    pub const fn as_secs_rounded(self) -> i64 {
        Self(self.0.saturating_add(500_000_000)).as_secs()
    }

    /// Duration in whole seconds, rounded down.
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1_000_000_000)
    }
}

/// A moment: nanoseconds since 1970 in UTC. Always an argument; the core reads no clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Converts milliseconds since 1970, as browsers give the time.
    pub fn from_millis(millis: f64) -> Self {
        Self((millis * 1e6) as i64)
    }

    /// Converts seconds since 1970, as TaskStatus and GET_MASTER give the time.
    pub fn from_secs_f64(seconds: f64) -> Self {
        Self((seconds * 1e9) as i64)
    }

    /// Milliseconds since 1970, as browsers want them.
    pub fn as_millis(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// The time from `earlier` to this; nothing if it is not earlier.
    pub fn since(self, earlier: Self) -> Nanoseconds {
        Nanoseconds(self.0.saturating_sub(earlier.0).max(0))
    }
}

impl Add<Nanoseconds> for Timestamp {
    type Output = Self;
    fn add(self, length: Nanoseconds) -> Self {
        Self(self.0.saturating_add(length.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousandths_are_exact() {
        let tenth = Cpus::from_scalar(0.1);
        assert_eq!((0..10).fold(Cpus::default(), |sum, _| sum + tenth), Cpus::from_scalar(1.0));
    }

    #[test]
    fn digits_keep_thousandths() {
        let check = |value: f64, expected: &str| assert_eq!(digits(value), expected);
        check(0.001, "0.001");
        check(1.004, "1.004");
        check(0.1 + 0.2, "0.3");
        check(100.0, "100");
        check(314_944.125, "314944.125");
        check(-0.000_1, "0");
        check(-1.5, "-1.5");
    }

    #[test]
    fn bytes_know_whether_mesos_can_write_them() {
        assert_eq!(Bytes::from_mebibytes(0.001).as_scalar(), Some(0.001));
        assert_eq!(Bytes::from_mebibytes(1536.001).as_scalar(), Some(1536.001));
        assert_eq!(Bytes::new(123_456_789).as_scalar(), None);
    }

    #[test]
    fn what_is_no_number_is_nothing() {
        assert_eq!(Cpus::from_scalar(f64::NAN), Cpus::default());
        assert_eq!(Bytes::from_mebibytes(f64::INFINITY) + Bytes::new(1), Bytes::new(i64::MAX));
    }

    #[test]
    fn times_do_not_wrap() {
        assert_eq!(Timestamp(i64::MAX) + Nanoseconds(1), Timestamp(i64::MAX));
        assert_eq!(Timestamp(5).since(Timestamp(9)), Nanoseconds(0));
        assert_eq!(Timestamp(i64::MAX).since(Timestamp(i64::MIN)), Nanoseconds(i64::MAX));
    }
}

//! Arithmetic of the amounts of a pool: exact thousandths, ranges and sets.

use super::pool_resource::PoolAmount;

impl PoolAmount {
    /// A scalar, rounded to thousandths as Mesos does (src/v1/values.cpp); 0 for what is no number or below 0.
    pub fn scalar(value: f64) -> Self {
        let thousandths = (value * 1000.0).round();
        Self::Scalar(if thousandths >= 1.0 { thousandths as u64 } else { 0 })
    }

    /// Ranges in any order; those that overlap or touch become one.
    pub fn ranges(mut all: Vec<(u64, u64)>) -> Self {
        all.retain(|(begin, end)| begin <= end);
        all.sort_unstable();
        let mut merged: Vec<(u64, u64)> = Vec::new();
        for (begin, end) in all {
            match merged.last_mut() {
                Some((_, last)) if begin <= last.saturating_add(1) => *last = (*last).max(end),
                _ => merged.push((begin, end)),
            }
        }
        Self::Ranges(merged)
    }

    /// Whether it is nothing.
    pub fn is_none(&self) -> bool {
        match self {
            Self::Scalar(thousandths) => *thousandths == 0,
            Self::Ranges(ranges) => ranges.is_empty(),
            Self::Set(items) => items.is_empty(),
        }
    }

    /// The number of a scalar in Mesos' unit, of a range's numbers, or of a set's items.
    pub fn number(&self) -> f64 {
        match self {
            Self::Scalar(thousandths) => *thousandths as f64 / 1000.0,
            Self::Ranges(ranges) => ranges.iter().map(|(begin, end)| (end - begin) as f64 + 1.0).sum(),
            Self::Set(items) => items.len() as f64,
        }
    }

    /// The sum of both; amounts of different types leave the first.
    pub fn plus(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Scalar(one), Self::Scalar(more)) => Self::Scalar(one.saturating_add(*more)),
            (Self::Ranges(one), Self::Ranges(more)) => Self::ranges([one.clone(), more.clone()].concat()),
            (Self::Set(one), Self::Set(more)) => {
                let mut items = [one.clone(), more.clone()].concat();
                items.sort_unstable();
                items.dedup();
                Self::Set(items)
            }
            // An amount of nothing has no type of its own.
            (nothing, other) if nothing.is_none() => other.clone(),
            (one, _) => one.clone(),
        }
    }

    /// What is left without the other; never below nothing.
    pub fn minus(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Scalar(all), Self::Scalar(some)) => Self::Scalar(all.saturating_sub(*some)),
            (Self::Ranges(all), Self::Ranges(some)) => Self::Ranges(ranges_without(all, some)),
            (Self::Set(all), Self::Set(some)) => {
                Self::Set(all.iter().filter(|item| !some.contains(item)).cloned().collect())
            }
            (all, _) => all.clone(),
        }
    }

    /// Whether the other is part of it.
    pub fn contains(&self, other: &Self) -> bool {
        other.is_none() || self.is_same_type(other) && other.minus(self).is_none()
    }

    /// The smaller of two scalars; of ranges and sets, what both have.
    pub fn least(&self, other: &Self) -> Self {
        self.minus(&self.minus(other))
    }

    fn is_same_type(&self, other: &Self) -> bool {
        core::mem::discriminant(self) == core::mem::discriminant(other)
    }
}

fn ranges_without(all: &[(u64, u64)], taken: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut left = Vec::new();
    for (begin, end) in all {
        let mut from = Some(*begin);
        for (first, last) in taken.iter().filter(|(first, last)| first <= end && last >= begin) {
            let Some(start) = from else { break };
            if *first > start {
                left.push((start, first - 1));
            }
            from = last.checked_add(1).map(|next| next.max(start)).filter(|next| next <= end);
        }
        left.extend(from.map(|start| (start, *end)));
    }
    left
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ports(all: &[(u64, u64)]) -> PoolAmount {
        PoolAmount::ranges(all.to_vec())
    }

    #[test]
    fn ranges_are_added_and_taken_exactly() {
        let all = ports(&[(31_000, 31_010), (5, 5)]);
        assert_eq!(all.minus(&ports(&[(31_003, 31_004), (5, 5)])), ports(&[(31_000, 31_002), (31_005, 31_010)]));
        assert_eq!(all.minus(&ports(&[(0, u64::MAX)])), ports(&[]));
        assert_eq!(ports(&[(1, 2)]).plus(&ports(&[(3, 4)])), ports(&[(1, 4)]));
        assert!(all.contains(&ports(&[(31_010, 31_010)])) && !all.contains(&ports(&[(31_010, 31_011)])));
        assert_eq!(all.number(), 12.0);
        assert_eq!(PoolAmount::scalar(0.0004), PoolAmount::Scalar(0));
    }

    proptest! {
        #[test]
        fn what_is_taken_and_given_back_is_the_whole(
            all in prop::collection::vec((0_u64..60, 0_u64..60), 0..6), some in prop::collection::vec((0_u64..60, 0_u64..60), 0..6),
        ) {
            let (all, some) = (PoolAmount::ranges(all), PoolAmount::ranges(some));
            let left = all.minus(&some);
            prop_assert!(all.contains(&left));
            prop_assert_eq!(left.plus(&all.least(&some)), all.clone());
            prop_assert_eq!(left.least(&some), PoolAmount::Ranges(Vec::new()));
        }
    }
}

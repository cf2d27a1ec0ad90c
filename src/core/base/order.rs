//! Sorting, once for lists of every kind: numbers of items are sorted, then the items are put in their places. A sort of its
//! own for each kind of item would make a tenth of the worker. Stable.

use std::cmp::Ordering;
use std::mem::take;

/// Sorts in place.
pub fn sort<T: Ord>(items: &mut Vec<T>) {
    sort_by(items, T::cmp);
}

/// Sorts in place.
pub fn sort_by<T>(items: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    *items = sorted(take(items), compare);
}

/// Sorts in place by a key, which is made once for each item.
pub fn sort_by_key<T, K: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    let keys: Vec<K> = items.iter().map(key).collect();
    let order = top_n(&keys, keys.len(), K::cmp);
    *items = placed(take(items), order);
}

/// Collects into a `BTreeMap` or a `BTreeSet` by insertion: their own `collect` sorts first, once more for each kind of item.
pub fn inserted<C: Default + Extend<T>, T>(items: impl IntoIterator<Item = T>) -> C {
    let mut all = C::default();
    all.extend(items);
    all
}

/// The items in their order.
pub fn sorted<T>(items: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let order = top_n(&items, items.len(), compare);
    placed(items, order)
}

fn placed<T>(items: Vec<T>, order: Vec<u32>) -> Vec<T> {
    let mut places: Vec<Option<T>> = items.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| places.get_mut(at as usize)?.take()).collect()
}

/// The numbers of the first so many items, in their order. The others need no places: a whole sort of 400,000 rows ten times
/// a second would be seen.
pub fn top_n<T>(items: &[T], count: usize, compare: impl Fn(&T, &T) -> Ordering) -> Vec<u32> {
    let of = |a: u32, b: u32| match (items.get(a as usize), items.get(b as usize)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    };
    first_numbers(u32::try_from(items.len()).unwrap_or(u32::MAX), count, &of)
}

fn first_numbers(len: u32, count: usize, compare: &dyn Fn(u32, u32) -> Ordering) -> Vec<u32> {
    let mut numbers: Vec<u32> = (0..len).collect();
    let order = |a: &u32, b: &u32| compare(*a, *b).then(a.cmp(b));
    if count < numbers.len() && count > 0 {
        numbers.select_nth_unstable_by(count - 1, order);
    }
    numbers.truncate(count);
    numbers.sort_unstable_by(order);
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_that_are_equal_stay_in_their_order() {
        let items = vec![(2, 'a'), (1, 'b'), (2, 'c'), (0, 'd'), (1, 'e')];
        let sorted = sorted(items.clone(), |a, b| a.0.cmp(&b.0));
        assert_eq!(sorted.iter().map(|item| item.1).collect::<String>(), "dbeac");
        assert_eq!(top_n(&items, 2, |a, b| a.0.cmp(&b.0)), [3, 1]);
        assert_eq!(top_n(&items, 9, |a, b| b.0.cmp(&a.0)), [0, 2, 1, 4, 3]);
        assert!(top_n(&items, 0, |a, b| a.0.cmp(&b.0)).is_empty());
    }
}

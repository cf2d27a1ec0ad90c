//! Things by id and by number: a row refers to its agent or framework by a small number, not by a text.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// A slot's number, for as long as the slot is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Slot(u32);

impl Slot {
    pub(super) fn numbered(number: u32) -> Self {
        Self(number)
    }

    pub(super) fn number(self) -> usize {
        self.0 as usize
    }
}

/// Slots by number and by id.
#[derive(Debug)]
pub(super) struct Interner<V> {
    entries: Vec<Option<(Box<str>, V)>>,
    free: Vec<Slot>,
    index: HashTable<Slot>,
    hasher: DefaultHashBuilder,
    /// The slot that was wanted last: of a snapshot's tasks many of one framework, or role, come one after another.
    last: Slot,
}

impl<V> Default for Interner<V> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            free: Vec::new(),
            index: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            last: Slot(0),
        }
    }
}

impl<V: Default> Interner<V> {
    /// The slot of that id; a new one if there is none.
    pub(super) fn slot(&mut self, id: &str) -> Slot {
        if !holds(&self.entries, self.last, id) {
            self.last = self.look_up(id);
        }
        self.last
    }

    fn look_up(&mut self, id: &str) -> Slot {
        let hash = self.hasher.hash_one(id);
        if let Some(slot) = self.index.find(hash, |slot| holds(&self.entries, *slot, id)) {
            return *slot;
        }
        let slot = self.place((id.into(), V::default()));
        let (entries, hasher) = (&self.entries, &self.hasher);
        self.index.insert_unique(hash, slot, |slot| hash_of(entries, hasher, *slot));
        slot
    }

    fn place(&mut self, entry: (Box<str>, V)) -> Slot {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            // Four thousand million ids do not fit into the memory of a browser.
            Slot(u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX))
        });
        if let Some(place) = self.entries.get_mut(slot.0 as usize) {
            *place = Some(entry);
        }
        slot
    }
}

impl<V> Interner<V> {
    /// The slot of that id, if there is one.
    pub(super) fn find(&self, id: &str) -> Option<Slot> {
        self.index.find(self.hasher.hash_one(id), |slot| holds(&self.entries, *slot, id)).copied()
    }

    /// The value in a slot.
    pub(super) fn get(&self, slot: Slot) -> Option<&V> {
        self.entries.get(slot.0 as usize)?.as_ref().map(|(_, value)| value)
    }

    /// The value in a slot, mutable.
    pub(super) fn get_mut(&mut self, slot: Slot) -> Option<&mut V> {
        self.entries.get_mut(slot.0 as usize)?.as_mut().map(|(_, value)| value)
    }

    /// The slot's id.
    pub(super) fn id(&self, slot: Slot) -> &str {
        self.entries.get(slot.0 as usize).and_then(Option::as_ref).map_or("", |(id, _)| id)
    }

    /// Gives the slot back.
    pub(super) fn remove(&mut self, slot: Slot) {
        let hash = self.hasher.hash_one(self.id(slot));
        if let Ok(entry) = self.index.find_entry(hash, |other| *other == slot) {
            entry.remove();
            self.free.push(slot);
        }
        if let Some(place) = self.entries.get_mut(slot.0 as usize) {
            *place = None;
        }
    }

    /// All slots in use, in no order that means anything.
    pub(super) fn unsorted(&self) -> impl Iterator<Item = (Slot, &str, &V)> {
        self.entries
            .iter()
            .zip(0..)
            .filter_map(|(entry, at)| entry.as_ref().map(|(id, value)| (Slot(at), id.as_ref(), value)))
    }

    /// All values, mutable.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.iter_mut().flatten().map(|(_, value)| value)
    }
}

fn holds<V>(entries: &[Option<(Box<str>, V)>], slot: Slot, id: &str) -> bool {
    entries.get(slot.0 as usize).and_then(Option::as_ref).is_some_and(|(held, _)| same(held, id))
}

/// Ids that one master gives differ at their ends alone. Sixteen bytes at a time: what compares them in wasm takes one by one.
fn same(a: &str, b: &str) -> bool {
    const WIDE: usize = 16;
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let (Some(a_end), Some(b_end)) = (a.last_chunk::<WIDE>(), b.last_chunk::<WIDE>()) else { return a == b };
    let wide = |bytes: &[u8; WIDE]| u128::from_ne_bytes(*bytes);
    let chunks = || a.as_chunks::<WIDE>().0.iter().zip(b.as_chunks::<WIDE>().0);
    a.len() == b.len() && wide(a_end) == wide(b_end) && chunks().all(|(a, b)| wide(a) == wide(b))
}

fn hash_of<V>(entries: &[Option<(Box<str>, V)>], hasher: &DefaultHashBuilder, slot: Slot) -> u64 {
    let id = entries.get(slot.0 as usize).and_then(Option::as_ref).map_or("", |(id, _)| id);
    hasher.hash_one(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_found_and_given_back() {
        let mut slots: Interner<u8> = Interner::default();
        let (a, b) = (slots.slot("a"), slots.slot(""));
        assert_eq!((slots.slot("a"), slots.find(""), slots.find("c")), (a, Some(b), None));
        slots.remove(a);
        assert_eq!((slots.find("a"), slots.get(a)), (None, None));
        assert_eq!(slots.slot("c"), a);
        // Of all lengths, and wherever they differ.
        for length in 0..40 {
            let id = "x".repeat(length);
            assert!(same(&id, &id.clone()) && !same(&id, &format!("{id}x")), "{length}");
            for at in 0..length {
                assert!(!same(&id, &format!("{}y{}", &id[..at], &id[at + 1..])), "{at} of {length}");
            }
        }
        assert_eq!(slots.unsorted().map(|(_, id, _)| id).collect::<Vec<_>>(), ["c", ""]);
    }
}

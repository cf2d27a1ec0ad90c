//! Limits the number of open terminals, in all and for each caller. Ends none.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, HeaderValue};

/// Part of all terminals that one caller may have.
const SHARE: usize = 4;

#[derive(Clone, Debug)]
pub struct SessionSlots {
    most: usize,
    /// Number of terminals of each caller. A caller is an address with credentials, as a hash that reveals nothing about them.
    open: Arc<Mutex<HashMap<u64, usize>>>,
    callers: RandomState,
}

/// The slot of an open terminal; dropping it releases the slot.
#[derive(Debug)]
pub struct SessionSlot {
    slots: SessionSlots,
    caller: u64,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSlot {
    #[error("You have {0} open terminals, and one caller may have no more. Close one, then try again.")]
    Caller(usize),
    #[error("{0} terminals are open, and this gateway allows no more. Try again later.")]
    All(usize),
}

impl SessionSlots {
    pub fn new(most: usize) -> SessionSlots {
        SessionSlots { most, open: Arc::default(), callers: RandomState::new() }
    }

    /// Takes a slot for a caller.
    pub fn enter(&self, from: IpAddr, headers: &HeaderMap) -> Result<SessionSlot, NoSlot> {
        let caller = self.callers.hash_one((from, headers.get(AUTHORIZATION).map(HeaderValue::as_bytes)));
        let mut open = self.open();
        let share = (self.most / SHARE).max(1);
        if open.values().sum::<usize>() >= self.most {
            return Err(NoSlot::All(self.most));
        }
        let count = open.entry(caller).or_default();
        if *count >= share {
            return Err(NoSlot::Caller(share));
        }
        *count += 1;
        Ok(SessionSlot { slots: self.clone(), caller })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SessionSlot {
    fn drop(&mut self) {
        let mut open = self.slots.open();
        if let Some(count) = open.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enter(slots: &SessionSlots, from: u8) -> Result<SessionSlot, NoSlot> {
        slots.enter([10, 0, 0, from].into(), &HeaderMap::new())
    }

    #[test]
    fn one_caller_cannot_take_all_terminals() {
        let slots = SessionSlots::new(8);
        let mine: Vec<_> = (0..2).map(|_| enter(&slots, 1).expect("a slot is free")).collect();
        assert_eq!(enter(&slots, 1).err(), Some(NoSlot::Caller(2)));
        let others: Vec<_> = (2..5).flat_map(|from| [enter(&slots, from), enter(&slots, from)]).collect();
        assert!(others.iter().all(Result::is_ok));
        assert_eq!(enter(&slots, 9).err(), Some(NoSlot::All(8)));
        drop(mine);
        assert!(enter(&slots, 1).is_ok());
        drop(others);
        assert!(slots.open().is_empty(), "no caller is remembered");
    }
}

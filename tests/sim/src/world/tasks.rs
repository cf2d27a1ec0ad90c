//! Tasks that are not completed: fixed slots, with lists of live and unreachable ones.
//!
//! A task in neither list is hidden: its agent has it, but the master does not know it, or no longer does.

use crate::world::task::Task;

#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks {
    slots: Vec<Task>,
    free: Vec<u32>,
    live: Vec<u32>,
    unreachable: Vec<u32>,
}

impl Tasks {
    /// Adds a live task; returns its slot.
    pub(crate) fn add(&mut self, mut task: Task) -> u32 {
        task.place = self.live.len() as u32;
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = task;
                slot
            }
            None => {
                self.slots.push(task);
                (self.slots.len() - 1) as u32
            }
        };
        self.live.push(slot);
        slot
    }

    /// The task in a used slot.
    pub(crate) fn at(&self, slot: u32) -> &Task {
        &self.slots[slot as usize]
    }

    pub(crate) fn at_mut(&mut self, slot: u32) -> &mut Task {
        &mut self.slots[slot as usize]
    }

    /// Removes a live task.
    pub(crate) fn end(&mut self, slot: u32) -> Task {
        remove(&mut self.live, &mut self.slots, slot);
        self.free.push(slot);
        self.slots[slot as usize].clone()
    }

    /// Removes an unreachable or hidden task.
    pub(crate) fn forget(&mut self, slot: u32) -> Task {
        self.hide(slot);
        self.free.push(slot);
        self.slots[slot as usize].clone()
    }

    /// Hides a task from the master.
    pub(crate) fn hide(&mut self, slot: u32) {
        if self.is_in(&self.live, slot) {
            remove(&mut self.live, &mut self.slots, slot);
        } else if self.is_in(&self.unreachable, slot) {
            remove(&mut self.unreachable, &mut self.slots, slot);
        }
    }

    pub(crate) fn lose(&mut self, slot: u32) {
        remove(&mut self.live, &mut self.slots, slot);
        append(&mut self.unreachable, &mut self.slots, slot);
    }

    /// Makes an unreachable or hidden task live again.
    pub(crate) fn find_again(&mut self, slot: u32) {
        self.hide(slot);
        append(&mut self.live, &mut self.slots, slot);
    }

    pub(crate) fn live(&self) -> impl Iterator<Item = &Task> {
        self.live.iter().map(|slot| self.at(*slot))
    }

    pub(crate) fn unreachable(&self) -> impl Iterator<Item = &Task> {
        self.unreachable.iter().map(|slot| self.at(*slot))
    }

    /// Slots of live tasks, in no meaningful order.
    pub(crate) fn live_slots(&self) -> &[u32] {
        &self.live
    }

    pub(crate) fn unreachable_slots(&self) -> &[u32] {
        &self.unreachable
    }

    /// Whether the slot still holds that live task.
    pub(crate) fn is_live(&self, slot: u32, serial: u32) -> bool {
        self.slots.get(slot as usize).is_some_and(|task| task.serial == serial) && self.is_in(&self.live, slot)
    }

    pub(crate) fn is_unreachable(&self, slot: u32) -> bool {
        self.is_in(&self.unreachable, slot)
    }

    pub(crate) fn is_hidden(&self, slot: u32) -> bool {
        !self.is_in(&self.live, slot) && !self.is_in(&self.unreachable, slot)
    }

    fn is_in(&self, list: &[u32], slot: u32) -> bool {
        list.get(self.at(slot).place as usize) == Some(&slot)
    }
}

/// Removes a slot from its list; the last element takes its place.
fn remove(list: &mut Vec<u32>, slots: &mut [Task], slot: u32) {
    let place = slots[slot as usize].place;
    list.swap_remove(place as usize);
    if let Some(moved) = list.get(place as usize) {
        slots[*moved as usize].place = place;
    }
}

fn append(list: &mut Vec<u32>, slots: &mut [Task], slot: u32) {
    slots[slot as usize].place = list.len() as u32;
    list.push(slot);
}

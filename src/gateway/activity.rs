//! What a connection is doing, derived from all of its requests: over HTTP/2 it may have many at a time. Closes nothing itself.

use std::sync::{Arc, Mutex, PoisonError};

use crate::connection_slots::{ConnectionSlot, ConnectionState};

/// The requests of a connection, by phase.
#[derive(Debug)]
pub struct Activity {
    seat: Arc<ConnectionSlot>,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    receiving: usize,
    answering: usize,
}

/// Phase of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Its body is arriving.
    Receiving,
    /// The request is being answered.
    Answering,
    Done,
}

/// A request, or a WebSocket. Counts as done when it is dropped.
#[derive(Debug)]
pub struct RequestActivity {
    connection: Arc<Activity>,
    phase: Mutex<Phase>,
}

impl Activity {
    pub fn new(seat: Arc<ConnectionSlot>) -> Arc<Activity> {
        Arc::new(Activity { seat, counts: Mutex::default() })
    }

    /// Begins a request.
    pub fn begin(self: &Arc<Activity>, phase: Phase) -> Arc<RequestActivity> {
        self.change(Phase::Done, phase);
        Arc::new(RequestActivity { connection: self.clone(), phase: Mutex::new(phase) })
    }

    /// Resolves when the connection is to be closed for another one.
    pub async fn lost(&self) {
        self.seat.lost().await;
    }

    fn change(&self, from: Phase, to: Phase) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.of(from).into_iter().for_each(|count| *count = count.saturating_sub(1));
        counts.of(to).into_iter().for_each(|count| *count += 1);
        // Still locked, so that two changes cannot overtake each other.
        self.seat.set(counts.state());
    }
}

impl Counts {
    fn of(&mut self, phase: Phase) -> Option<&mut usize> {
        match phase {
            Phase::Receiving => Some(&mut self.receiving),
            Phase::Answering => Some(&mut self.answering),
            Phase::Done => None,
        }
    }

    fn state(&self) -> ConnectionState {
        match self {
            Counts { answering: 1.., .. } => ConnectionState::Answering,
            Counts { receiving: 1.., .. } => ConnectionState::Receiving,
            Counts { .. } => ConnectionState::Idle,
        }
    }
}

impl RequestActivity {
    pub fn set(&self, phase: Phase) {
        let mut own = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        if *own != phase {
            self.connection.change(*own, phase);
            *own = phase;
        }
    }
}

impl Drop for RequestActivity {
    fn drop(&mut self) {
        self.set(Phase::Done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_idle_when_all_requests_are_done() {
        let mut counts = Counts::default();
        assert_eq!(counts.state(), ConnectionState::Idle);
        counts.receiving = 2;
        assert_eq!(counts.state(), ConnectionState::Receiving);
        counts.answering = 1;
        assert_eq!(counts.state(), ConnectionState::Answering);
        (counts.receiving, counts.answering) = (1, 0);
        assert_eq!(counts.state(), ConnectionState::Receiving);
    }
}

//! Which connections there are, and which of them ends when there are too many. Speaks no HTTP.
//!
//! A connection counts as in use from the end of a request's head to the end of its answer. When all seats are taken, one that is
//! not in use gives way, then one whose request's body is still arriving. Answers are never cut: a stream may be one.
//! The peer with the most such connections loses its oldest one, so that a peer that floods us displaces itself.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The seats.
#[derive(Debug)]
pub struct Seats {
    most: usize,
    headless: usize,
    table: Mutex<Table>,
    /// A seat is free, or one may be taken away.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Table {
    next: u64,
    /// The oldest first.
    taken: BTreeMap<u64, Taken>,
}

#[derive(Debug)]
struct Taken {
    peer: IpAddr,
    state: State,
    close: Arc<Notify>,
}

/// What a connection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It has sent no complete head yet.
    Headless,
    /// Its last request is answered.
    Idle,
    /// The body of its request arrives.
    Receiving,
    /// Its request is being answered.
    Answering,
}

/// The right to stay, given back when dropped.
#[derive(Debug)]
pub struct Seat {
    number: u64,
    seats: Arc<Seats>,
    close: Arc<Notify>,
}

impl Seats {
    /// `most` in all, of which `headless` are a peer's that has sent no complete head.
    pub fn new(most: usize, headless: usize) -> Arc<Seats> {
        Arc::new(Seats { most, headless, table: Mutex::default(), changed: Notify::new() })
    }

    /// Takes a seat for a new connection, another's if there is none left. Waits while all are answering.
    pub async fn enter(self: &Arc<Seats>, peer: IpAddr) -> Seat {
        let peer = network(peer);
        loop {
            let changed = self.changed.notified();
            if let Some(seat) = self.try_enter(peer) {
                return seat;
            }
            changed.await;
        }
    }

    fn try_enter(self: &Arc<Seats>, peer: IpAddr) -> Option<Seat> {
        let mut table = self.table();
        let is_its = |taken: &Taken| taken.peer == peer && taken.state == State::Headless;
        if table.taken.values().filter(|taken| is_its(taken)).count() >= self.headless {
            let oldest = table.taken.iter().find(|(_, taken)| is_its(taken)).map(|(number, _)| *number);
            table.end(oldest);
        }
        if table.taken.len() >= self.most {
            let victim = table.victim();
            table.end(victim);
        }
        if table.taken.len() >= self.most {
            return None;
        }
        let (number, close) = (table.next, Arc::new(Notify::new()));
        table.next += 1;
        table.taken.insert(number, Taken { peer, state: State::Headless, close: close.clone() });
        Some(Seat { number, seats: self.clone(), close })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn victim(&self) -> Option<u64> {
        let unused = |state: State| matches!(state, State::Headless | State::Idle);
        self.oldest_of_most(unused).or_else(|| self.oldest_of_most(|state| state == State::Receiving))
    }

    /// Of the connections in such a state, the oldest of the peer that has the most.
    fn oldest_of_most(&self, is_meant: impl Fn(State) -> bool) -> Option<u64> {
        let mut peers: HashMap<IpAddr, (usize, u64)> = HashMap::new();
        for (number, taken) in self.taken.iter().filter(|(_, taken)| is_meant(taken.state)) {
            peers.entry(taken.peer).or_insert((0, *number)).0 += 1;
        }
        // Of two peers with as many, the one that has waited longer.
        let most = peers.into_values().max_by_key(|(count, oldest)| (*count, u64::MAX - oldest));
        most.map(|(_, oldest)| oldest)
    }

    fn end(&mut self, number: Option<u64>) {
        if let Some(taken) = number.and_then(|number| self.taken.remove(&number)) {
            taken.close.notify_one();
        }
    }
}

impl Seat {
    pub fn set(&self, state: State) {
        if let Some(taken) = self.seats.table().taken.get_mut(&self.number) {
            taken.state = state;
        }
        if state != State::Answering {
            self.seats.changed.notify_waiters();
        }
    }

    /// Resolves when the seat is another's.
    pub async fn lost(&self) {
        self.close.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.table().taken.remove(&self.number);
        self.seats.changed.notify_waiters();
    }
}

/// Whose address it is: one household or machine has a whole /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX)).into(),
        four => four,
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn ready<T>(future: impl Future<Output = T>) -> Option<T> {
        match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    fn enter(seats: &Arc<Seats>, peer: [u8; 4]) -> Option<Seat> {
        ready(seats.enter(IpAddr::from(peer)))
    }

    fn is_lost(seat: &Seat) -> bool {
        ready(seat.lost()).is_some()
    }

    const FLOOD: [u8; 4] = [10, 0, 0, 1];
    const OTHER: [u8; 4] = [10, 0, 0, 2];

    #[test]
    fn the_peer_with_most_idle_connections_loses_its_oldest() {
        let seats = Seats::new(4, 9);
        let other = enter(&seats, OTHER).expect("a seat");
        let flood: Vec<_> = (0..3).filter_map(|_| enter(&seats, FLOOD)).collect();
        assert_eq!(flood.len(), 3);
        let new = enter(&seats, OTHER).expect("a seat of another's");
        assert!(is_lost(&flood[0]) && !is_lost(&flood[1]) && !is_lost(&other) && !is_lost(&new));
    }

    #[test]
    fn what_is_answered_is_never_cut() {
        let seats = Seats::new(2, 9);
        let (stream, second) = (enter(&seats, FLOOD).expect("a seat"), enter(&seats, FLOOD).expect("a seat"));
        stream.set(State::Answering);
        second.set(State::Answering);
        assert!(enter(&seats, OTHER).is_none(), "all are answering");
        second.set(State::Receiving);
        let third = enter(&seats, OTHER).expect("a body gives way");
        assert!(is_lost(&second) && !is_lost(&stream));
        third.set(State::Idle);
        assert!(enter(&seats, OTHER).is_some());
        drop(stream);
        assert!(enter(&seats, OTHER).is_some());
    }

    #[test]
    fn idle_ones_go_before_bodies() {
        let seats = Seats::new(3, 9);
        let all: Vec<_> = (0..3).filter_map(|_| enter(&seats, FLOOD)).collect();
        all[0].set(State::Receiving);
        all[1].set(State::Receiving);
        let _new = enter(&seats, OTHER).expect("a seat");
        assert!(is_lost(&all[2]) && !is_lost(&all[0]));
    }

    #[test]
    fn a_peer_has_its_share_of_those_without_a_head() {
        let seats = Seats::new(99, 2);
        let all: Vec<_> = (0..3).filter_map(|_| enter(&seats, FLOOD)).collect();
        assert!(is_lost(&all[0]) && !is_lost(&all[1]) && !is_lost(&all[2]));
        // A proxy has as many as it likes.
        all[1].set(State::Answering);
        all[2].set(State::Idle);
        let more = [enter(&seats, FLOOD), enter(&seats, FLOOD)];
        assert!(more.iter().flatten().count() == 2 && !is_lost(&all[1]) && !is_lost(&all[2]));
    }

    #[test]
    fn a_network_of_ipv6_is_one_peer() {
        let of = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
    }
}

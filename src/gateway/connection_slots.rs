//! Limits the number of open connections and selects which one to close at the limit. Knows no HTTP.
//!
//! A connection counts as in use from the end of a request's head to the end of its answer. When all slots are taken, an unused
//! connection is closed first, then one whose request body is still arriving. The peer with the most such connections loses its
//! oldest, so a flooding peer displaces itself.
//!
//! An answer, which may be a stream, is cut only if the newcomer's peer would still have fewer slots than the largest peer. The
//! largest peer then loses its newest answer. No peer can hold all slots while another has none, but a proxy that all users share
//! may hold all of them. A newcomer without a slot waits without blocking others; the number of waiting connections is limited too.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Number of slots for each connection that may wait.
const SEATS_A_WAITING: usize = 8;

/// All slots, with the connections that hold or await one.
#[derive(Debug)]
pub struct ConnectionSlots {
    most: usize,
    headless: usize,
    table: Mutex<Table>,
    /// Notifies when a slot becomes free or a connection becomes evictable.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Table {
    next: u64,
    taken: Connections,
    waiting: Connections,
}

/// Connections by number; the oldest has the lowest number.
#[derive(Debug, Default)]
struct Connections(BTreeMap<u64, Connection>);

#[derive(Debug)]
struct Connection {
    peer: IpAddr,
    state: ConnectionState,
    close: Arc<Notify>,
}

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// The connection has not sent a complete request head yet.
    AwaitingHead,
    /// The last request has been answered.
    Idle,
    /// A request's body is arriving.
    Receiving,
    /// A request is being answered.
    Answering,
}

/// The slot of an open connection; dropping it releases the slot.
#[derive(Debug)]
pub struct ConnectionSlot {
    number: u64,
    seats: Arc<ConnectionSlots>,
    close: Arc<Notify>,
}

/// A new connection without a slot; dropping it ends the wait.
#[derive(Debug)]
pub struct PendingConnection {
    number: u64,
    peer: IpAddr,
    seats: Arc<ConnectionSlots>,
    close: Arc<Notify>,
}

impl ConnectionSlots {
    /// Creates `most` slots. One peer may hold `headless` connections that have sent no complete head.
    pub fn new(most: usize, headless: usize) -> Arc<ConnectionSlots> {
        Arc::new(ConnectionSlots { most, headless, table: Mutex::default(), changed: Notify::new() })
    }

    /// Registers a new connection immediately. Evicts another waiting connection if too many wait.
    pub fn arrive(self: &Arc<ConnectionSlots>, peer: IpAddr) -> PendingConnection {
        let (peer, close) = (network(peer), Arc::new(Notify::new()));
        let mut table = self.table();
        if table.waiting.0.len() >= (self.most / SEATS_A_WAITING).max(1) {
            let oldest = table.waiting.oldest_of_most(|_| true);
            table.waiting.end(oldest);
        }
        let number = table.next;
        table.next += 1;
        table.waiting.0.insert(number, Connection { peer, state: ConnectionState::AwaitingHead, close: close.clone() });
        PendingConnection { number, peer, seats: self.clone(), close }
    }

    fn try_enter(&self, peer: IpAddr, number: u64) -> bool {
        let mut table = self.table();
        let Table { taken, waiting, .. } = &mut *table;
        // A connection that has lost its place in the queue takes none from another.
        if !waiting.0.contains_key(&number) {
            return false;
        }
        let is_its = |one: &Connection| one.peer == peer && one.state == ConnectionState::AwaitingHead;
        if taken.0.values().filter(|one| is_its(one)).count() >= self.headless {
            let oldest = taken.0.iter().find(|(_, one)| is_its(one)).map(|(number, _)| *number);
            taken.end(oldest);
        }
        if taken.0.len() >= self.most {
            let victim = taken.victim(peer);
            taken.end(victim);
        }
        if taken.0.len() >= self.most {
            return false;
        }
        let Some(connection) = waiting.0.remove(&number) else { return false };
        taken.0.insert(number, connection);
        true
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connections {
    fn victim(&self, newcomer: IpAddr) -> Option<u64> {
        let unused = |state: ConnectionState| matches!(state, ConnectionState::AwaitingHead | ConnectionState::Idle);
        let receiving = |state: ConnectionState| state == ConnectionState::Receiving;
        self.oldest_of_most(unused).or_else(|| self.oldest_of_most(receiving)).or_else(|| self.newest_of_more(newcomer))
    }

    /// Returns the oldest matching connection of the peer that has the most matching connections.
    fn oldest_of_most(&self, is_meant: impl Fn(ConnectionState) -> bool) -> Option<u64> {
        let mut peers: HashMap<IpAddr, (usize, u64)> = HashMap::new();
        for (number, one) in self.0.iter().filter(|(_, one)| is_meant(one.state)) {
            peers.entry(one.peer).or_insert((0, *number)).0 += 1;
        }
        // In a tie, choose the peer with the older connection.
        let most = peers.into_values().max_by_key(|(count, oldest)| (*count, u64::MAX - oldest));
        most.map(|(_, oldest)| oldest)
    }

    /// Returns the newest connection of the largest peer, if that peer has more than the newcomer's peer would have. Otherwise two
    /// peers would evict each other in turn.
    fn newest_of_more(&self, newcomer: IpAddr) -> Option<u64> {
        let mut peers: HashMap<IpAddr, (usize, u64)> = HashMap::new();
        for (number, one) in &self.0 {
            let (count, newest) = peers.entry(one.peer).or_default();
            (*count, *newest) = (*count + 1, *number);
        }
        let its = peers.get(&newcomer).map_or(0, |(count, _)| *count);
        let (count, newest) = peers.into_values().max()?;
        (count > its + 1).then_some(newest)
    }

    fn end(&mut self, number: Option<u64>) {
        if let Some(one) = number.and_then(|number| self.0.remove(&number)) {
            one.close.notify_one();
        }
    }
}

impl PendingConnection {
    /// Waits for a slot, and evicts another connection if none is free. `None` if later connections evicted this one from the
    /// queue.
    pub async fn seat(self) -> Option<ConnectionSlot> {
        loop {
            let changed = self.seats.changed.notified();
            if self.seats.try_enter(self.peer, self.number) {
                return Some(ConnectionSlot {
                    number: self.number,
                    seats: self.seats.clone(),
                    close: self.close.clone(),
                });
            }
            tokio::select! {
                () = changed => {}
                () = self.close.notified() => return None,
            }
        }
    }
}

impl Drop for PendingConnection {
    fn drop(&mut self) {
        self.seats.table().waiting.0.remove(&self.number);
    }
}

impl ConnectionSlot {
    pub fn set(&self, state: ConnectionState) {
        if let Some(one) = self.seats.table().taken.0.get_mut(&self.number) {
            one.state = state;
        }
        if state != ConnectionState::Answering {
            self.seats.changed.notify_waiters();
        }
    }

    /// Resolves when the slot is given to another connection, for all that wait.
    pub async fn lost(&self) {
        self.close.notified().await;
        self.close.notify_one();
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        self.seats.table().taken.0.remove(&self.number);
        self.seats.changed.notify_waiters();
    }
}

/// Returns the address that identifies a peer. An IPv6 address is reduced to its /64, which belongs to one household or machine.
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

    fn enter(seats: &Arc<ConnectionSlots>, peer: [u8; 4]) -> Option<ConnectionSlot> {
        ready(seats.arrive(IpAddr::from(peer)).seat()).flatten()
    }

    fn answering(seats: &Arc<ConnectionSlots>, peer: [u8; 4]) -> ConnectionSlot {
        let seat = enter(seats, peer).expect("a seat");
        seat.set(ConnectionState::Answering);
        seat
    }

    fn is_lost(seat: &ConnectionSlot) -> bool {
        ready(seat.lost()).is_some()
    }

    const FLOOD: [u8; 4] = [10, 0, 0, 1];
    const OTHER: [u8; 4] = [10, 0, 0, 2];
    const THIRD: [u8; 4] = [10, 0, 0, 3];

    #[test]
    fn the_peer_with_most_idle_connections_loses_its_oldest() {
        let seats = ConnectionSlots::new(4, 9);
        let other = enter(&seats, OTHER).expect("a seat");
        let flood: Vec<_> = (0..3).filter_map(|_| enter(&seats, FLOOD)).collect();
        assert_eq!(flood.len(), 3);
        let new = enter(&seats, OTHER).expect("a seat of another's");
        assert!(is_lost(&flood[0]) && !is_lost(&flood[1]) && !is_lost(&other) && !is_lost(&new));
    }

    #[test]
    fn an_answer_is_not_cut_for_its_own_peer() {
        let seats = ConnectionSlots::new(2, 9);
        let (stream, second) = (answering(&seats, FLOOD), answering(&seats, FLOOD));
        assert!(enter(&seats, FLOOD).is_none(), "all are answering");
        second.set(ConnectionState::Receiving);
        let third = enter(&seats, FLOOD).expect("a body gives way");
        assert!(is_lost(&second) && !is_lost(&stream));
        third.set(ConnectionState::Idle);
        assert!(enter(&seats, FLOOD).is_some());
        drop(stream);
        assert!(enter(&seats, FLOOD).is_some());
    }

    #[test]
    fn a_peer_with_all_seats_gives_way_up_to_an_equal_share() {
        let seats = ConnectionSlots::new(4, 9);
        let flood: Vec<_> = (0..4).map(|_| answering(&seats, FLOOD)).collect();
        let first = answering(&seats, OTHER);
        assert!(is_lost(&flood[3]), "the newest gives way");
        let second = answering(&seats, OTHER);
        assert!(is_lost(&flood[2]) && !is_lost(&flood[1]) && !is_lost(&flood[0]));
        assert!(enter(&seats, OTHER).is_none() && enter(&seats, FLOOD).is_none(), "neither takes from the other");
        let _third = answering(&seats, THIRD);
        let lost = [&flood[0], &flood[1], &first, &second].into_iter().filter(|seat| is_lost(seat));
        assert_eq!(lost.count(), 1);
    }

    #[test]
    fn a_waiting_connection_gets_a_free_slot_and_yields_to_later_ones() {
        let seats = ConnectionSlots::new(16, 16);
        let mut flood: Vec<_> = (0..16).map(|_| answering(&seats, FLOOD)).collect();
        let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(seats.arrive(IpAddr::from(FLOOD)).seat())).collect();
        let mut poll = |nth: usize| waiting[nth].as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(poll(0), Poll::Ready(None)), "only two may wait");
        assert!(poll(1).is_pending() && poll(2).is_pending());
        assert!(enter(&seats, OTHER).is_some(), "another's does not wait behind them");
        flood.remove(0);
        assert!(matches!(poll(1), Poll::Ready(Some(_))) || matches!(poll(2), Poll::Ready(Some(_))));
    }

    #[test]
    fn a_connection_that_lost_its_place_in_the_queue_evicts_no_other() {
        let seats = ConnectionSlots::new(4, 9);
        let flood: Vec<_> = (0..4).map(|_| answering(&seats, FLOOD)).collect();
        // It has arrived, but its task has not run yet.
        let late = seats.arrive(IpAddr::from(FLOOD));
        let other = enter(&seats, OTHER).expect("a seat of the flood's");
        assert!(matches!(ready(late.seat()), Some(None)), "only one may wait");
        assert!(!is_lost(&other) && is_lost(&flood[3]) && !is_lost(&flood[2]));
    }

    #[test]
    fn idle_connections_are_closed_before_uploading_ones() {
        let seats = ConnectionSlots::new(3, 9);
        let all: Vec<_> = (0..3).filter_map(|_| enter(&seats, FLOOD)).collect();
        all[0].set(ConnectionState::Receiving);
        all[1].set(ConnectionState::Receiving);
        let _new = enter(&seats, OTHER).expect("a seat");
        assert!(is_lost(&all[2]) && !is_lost(&all[0]));
    }

    #[test]
    fn a_peer_has_its_share_of_those_without_a_head() {
        let seats = ConnectionSlots::new(99, 2);
        let all: Vec<_> = (0..3).filter_map(|_| enter(&seats, FLOOD)).collect();
        assert!(is_lost(&all[0]) && !is_lost(&all[1]) && !is_lost(&all[2]));
        // Connections that have sent a head do not count, so a proxy is not limited.
        all[1].set(ConnectionState::Answering);
        all[2].set(ConnectionState::Idle);
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

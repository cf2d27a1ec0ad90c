//! Holds announced downloads and terminals until the browser opens them, because a browser sends no credentials with a download or a
//! WebSocket. A ticket is valid once and for 30 s; then its credentials are dropped. The gateway stores no other credentials.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::mesos::calls::terminal::SessionRequest;
use tokio::time::Instant;

use crate::access::ExecPermit;

/// Lifetime of a ticket.
const GOOD_FOR: Duration = Duration::from_secs(30);
/// Maximum tickets per caller, which is an address with credentials. One more evicts the caller's oldest.
const OF_A_CALLER: usize = 32;
/// Maximum tickets in total. One more evicts the oldest of the address that has the most.
const OF_ALL: usize = 1024;

/// What a browser may open once, with the caller's address and headers.
#[derive(Debug, PartialEq)]
pub struct Ticket<T> {
    pub from: IpAddr,
    pub headers: HeaderMap,
    pub subject: T,
}

/// A download that waits for its browser.
#[derive(Debug)]
pub struct AnnouncedDownload {
    pub target: Target,
    pub path: String,
}

/// A terminal that waits for its browser.
#[derive(Debug)]
pub struct AnnouncedSession {
    pub agent: String,
    pub request: SessionRequest,
    pub permit: ExecPermit,
}

#[derive(Debug)]
pub struct Tickets<T>(Arc<Mutex<Waiting<T>>>);

#[derive(Debug)]
struct Waiting<T> {
    next: u64,
    all: HashMap<String, Kept<T>>,
}

#[derive(Debug)]
struct Kept<T> {
    number: u64,
    since: Instant,
    ticket: Ticket<T>,
}

impl<T> Default for Tickets<T> {
    fn default() -> Tickets<T> {
        Tickets(Arc::new(Mutex::new(Waiting { next: 0, all: HashMap::new() })))
    }
}

impl<T: Send + 'static> Tickets<T> {
    /// Stores a ticket for 30 s and returns the name to fetch it by. `None` if the machine provides no random numbers.
    pub fn keep(&self, ticket: Ticket<T>) -> Option<String> {
        let name = name()?;
        self.with(|waiting| waiting.insert(name.clone(), ticket));
        let (tickets, late) = (Arc::downgrade(&self.0), name.clone());
        tokio::spawn(async move {
            tokio::time::sleep(GOOD_FOR).await;
            if let Some(tickets) = tickets.upgrade() {
                Tickets(tickets).take(&late);
            }
        });
        Some(name)
    }

    /// Removes a ticket and returns it. `None` if it is unknown or expired.
    pub fn take(&self, name: &str) -> Option<Ticket<T>> {
        let kept = self.with(|waiting| waiting.all.remove(name))?;
        (kept.since.elapsed() < GOOD_FOR).then_some(kept.ticket)
    }

    /// Reads a ticket that is still valid, without spending it.
    pub fn peek<R>(&self, name: &str, read: impl FnOnce(&T) -> R) -> Option<R> {
        self.with(|waiting| {
            let kept = waiting.all.get(name).filter(|kept| kept.since.elapsed() < GOOD_FOR)?;
            Some(read(&kept.ticket.subject))
        })
    }

    fn with<R>(&self, work: impl FnOnce(&mut Waiting<T>) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> Waiting<T> {
    fn insert(&mut self, name: String, ticket: Ticket<T>) {
        let caller = |ticket: &Ticket<T>| (ticket.from, ticket.headers.get(AUTHORIZATION).cloned());
        let its = caller(&ticket);
        if self.all.values().filter(|kept| caller(&kept.ticket) == its).count() >= OF_A_CALLER {
            self.forget_oldest(|ticket| caller(ticket) == its);
        }
        if self.all.len() >= OF_ALL {
            let mut counts: HashMap<IpAddr, usize> = HashMap::new();
            self.all.values().for_each(|kept| *counts.entry(kept.ticket.from).or_default() += 1);
            let most = counts.into_iter().max_by_key(|(from, count)| (*count, *from)).map(|(from, _)| from);
            self.forget_oldest(|ticket| Some(ticket.from) == most);
        }
        let number = self.next;
        self.next += 1;
        self.all.insert(name, Kept { number, since: Instant::now(), ticket });
    }

    fn forget_oldest(&mut self, is_meant: impl Fn(&Ticket<T>) -> bool) {
        let meant = self.all.iter().filter(|(_, kept)| is_meant(&kept.ticket));
        let oldest = meant.min_by_key(|(_, kept)| kept.number).map(|(name, _)| name.clone());
        oldest.and_then(|name| self.all.remove(&name));
    }
}

/// Returns an unguessable name: 128 random bits in hexadecimal. `None` if the machine provides no random numbers.
pub fn name() -> Option<String> {
    let mut bytes = [0; 16];
    rustls::crypto::ring::default_provider().secure_random.fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn ticket(from: u8, credentials: &'static str) -> Ticket<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_static(credentials));
        Ticket { from: [10, 0, 0, from].into(), headers, subject: "/master/log" }
    }

    fn keep(tickets: &Tickets<&'static str>, from: u8, credentials: &'static str) -> String {
        tickets.keep(ticket(from, credentials)).expect("there is randomness")
    }

    #[tokio::test(start_paused = true)]
    async fn a_ticket_is_good_once_and_for_a_while() {
        let tickets = Tickets::default();
        let name = keep(&tickets, 1, "a");
        assert!(tickets.take("other").is_none());
        assert!(tickets.peek(&name, |_| ()).is_some(), "a look does not spend it");
        assert!(tickets.take(&name).is_some() && tickets.take(&name).is_none());
        let late = keep(&tickets, 1, "a");
        tokio::time::advance(GOOD_FOR).await;
        assert!(tickets.peek(&late, |_| ()).is_none() && tickets.take(&late).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn credentials_are_forgotten_without_another_call() {
        let tickets = Tickets::default();
        keep(&tickets, 1, "a");
        assert_eq!(tickets.with(|waiting| waiting.all.len()), 1);
        tokio::time::sleep(GOOD_FOR * 2).await;
        assert_eq!(tickets.with(|waiting| waiting.all.len()), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn tickets_of_one_caller_keep_no_other_waiting() {
        let tickets = Tickets::default();
        let other = keep(&tickets, 1, "b");
        let mine: Vec<_> = (0..OF_A_CALLER + 1).map(|_| keep(&tickets, 1, "a")).collect();
        assert!(tickets.peek(&mine[0], |_| ()).is_none(), "the oldest made room");
        assert!(mine[1..].iter().all(|name| tickets.peek(name, |_| ()).is_some()));
        assert!(tickets.peek(&other, |_| ()).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn tickets_are_capped() {
        let tickets = Tickets::default();
        let other = keep(&tickets, 2, "mine");
        for nth in 0..OF_ALL + 9 {
            keep(&tickets, 1, Box::leak(nth.to_string().into_boxed_str()));
        }
        assert_eq!(tickets.with(|waiting| waiting.all.len()), OF_ALL);
        assert!(tickets.peek(&other, |_| ()).is_some(), "it is another address");
    }
}

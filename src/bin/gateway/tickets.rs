//! Downloads that were announced and not fetched yet: a browser's download cannot send credentials, so they wait here for it.
//! Each is good for one use and half a minute; they are the only credentials that are ever held.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use mesoscope::api::Target;

const GOOD_FOR: Duration = Duration::from_secs(30);
/// More are announced by nobody who means to fetch them.
const MOST: usize = 256;

/// What is to be downloaded, for whom.
#[derive(Debug)]
pub struct Ticket {
    pub target: Target,
    pub path: String,
    pub headers: HeaderMap,
}

#[derive(Debug, Default)]
pub struct Tickets(Mutex<HashMap<String, (Instant, Ticket)>>);

impl Tickets {
    /// Keeps it; the name that it is fetched by. None if too many wait already.
    pub fn keep(&self, ticket: Ticket, now: Instant) -> Option<String> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (since, _)| now.duration_since(*since) < GOOD_FOR);
        let name = name().filter(|_| kept.len() < MOST)?;
        kept.insert(name.clone(), (now, ticket));
        Some(name)
    }

    /// Takes it out.
    pub fn take(&self, name: &str, now: Instant) -> Option<Ticket> {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        taken.filter(|(since, _)| now.duration_since(*since) < GOOD_FOR).map(|(_, ticket)| ticket)
    }
}

/// 128 bits that nobody guesses.
fn name() -> Option<String> {
    let mut bytes = [0; 16];
    rustls::crypto::ring::default_provider().secure_random.fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket() -> Ticket {
        Ticket { target: Target::Master, path: "/master/log".into(), headers: HeaderMap::new() }
    }

    #[test]
    fn a_ticket_is_good_once_and_for_a_while() {
        let (tickets, now) = (Tickets::default(), Instant::now());
        let name = tickets.keep(ticket(), now).expect("there is room");
        assert!(tickets.take("other", now).is_none());
        assert!(tickets.take(&name, now).is_some() && tickets.take(&name, now).is_none());
        let late = tickets.keep(ticket(), now).expect("there is room");
        assert!(tickets.take(&late, now + GOOD_FOR).is_none());
    }

    #[test]
    fn there_are_never_too_many() {
        let (tickets, now) = (Tickets::default(), Instant::now());
        assert_eq!((0..MOST + 9).filter_map(|_| tickets.keep(ticket(), now)).count(), MOST);
        assert!(tickets.keep(ticket(), now + GOOD_FOR).is_some(), "old ones make room");
    }
}

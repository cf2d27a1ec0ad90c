//! Recognises a write that a browser sends twice. A browser repeats a request by itself, also a POST, when a connection that it has
//! used before breaks before the answer begins. Knows nothing of the calls.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;
use mesoscope_core::mesos::calls::WRITE_ID_HEADER;

/// Number of writes that are remembered; a browser repeats one at once.
const MOST: usize = 4096;
/// Maximum length of an id.
const LONGEST: usize = 64;

/// Ids of the last writes, which the page has chosen.
#[derive(Debug, Default)]
pub struct SentWrites(Mutex<VecDeque<Box<str>>>);

impl SentWrites {
    /// Notes the write. Returns true if it is a repetition; one without an id is none.
    pub fn is_repeated(&self, headers: &HeaderMap) -> bool {
        let Some(id) = headers.get(WRITE_ID_HEADER).and_then(|id| id.to_str().ok()).filter(|id| id.len() <= LONGEST)
        else {
            return false;
        };
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ids.iter().any(|other| **other == *id) {
            return true;
        }
        if ids.len() == MOST {
            ids.pop_front();
        }
        ids.push_back(id.into());
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_id(id: &str) -> HeaderMap {
        [(WRITE_ID_HEADER.parse().expect("a name"), id.parse().expect("a value"))].into_iter().collect()
    }

    #[test]
    fn the_second_of_an_id_is_a_repetition() {
        let sent = SentWrites::default();
        let repeated = ["a", "b", "a", "b", "c"].map(|id| sent.is_repeated(&with_id(id)));
        assert_eq!(repeated, [false, false, true, true, false]);
        assert!(!sent.is_repeated(&HeaderMap::new()) && !sent.is_repeated(&HeaderMap::new()), "without an id");
    }

    #[test]
    fn what_is_remembered_is_limited() {
        let sent = SentWrites::default();
        assert!((0..=MOST).all(|nth| !sent.is_repeated(&with_id(&nth.to_string()))));
        assert!(sent.is_repeated(&with_id("1")) && !sent.is_repeated(&with_id("0")));
        let long = with_id(&"x".repeat(LONGEST + 1));
        assert!(!sent.is_repeated(&long) && !sent.is_repeated(&long));
        assert_eq!(sent.0.lock().expect("no thread panics with it").len(), MOST);
    }
}

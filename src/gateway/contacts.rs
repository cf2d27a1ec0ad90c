//! Remembers how each master answered last, and which one leads, for the page. Keeps no caller's data: neither headers nor bodies.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use mesoscope_core::mesos::calls::masters::MasterReport;
use tokio::time::Instant;

use crate::master_url::MasterUrl;

/// How a master answered a call.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// With the result of a call, as only the leader does.
    Result,
    /// With a refusal. A standby master refuses wrong credentials too, so a refusal does not say who leads.
    Refused(StatusCode),
    /// As a standby master, which named this leader.
    Named(MasterUrl),
    /// Not as a master that leads. The words follow "it".
    Failed(String),
}

#[derive(Debug, Default)]
pub struct Contacts(Mutex<Known>);

/// Holds the configured masters and the leader only, so that redirects cannot fill the memory.
#[derive(Debug, Default)]
struct Known {
    last: HashMap<MasterUrl, (Instant, Outcome)>,
    leader: Option<MasterUrl>,
    /// The last leader, also while none is known.
    led_last: Option<MasterUrl>,
}

impl Contacts {
    /// Records an answer. Returns true if another master leads than before.
    pub fn record(&self, master: &MasterUrl, outcome: Outcome, configured: &[MasterUrl]) -> bool {
        let mut known = self.known();
        let leads = matches!(outcome, Outcome::Result);
        let is_change = leads && known.led_last.as_ref().is_some_and(|last| last != master);
        if leads {
            known.led_last = Some(master.clone());
        }
        match &outcome {
            Outcome::Result => known.leader = Some(master.clone()),
            Outcome::Named(_) | Outcome::Failed(_) if known.leader.as_ref() == Some(master) => known.leader = None,
            Outcome::Refused(_) | Outcome::Named(_) | Outcome::Failed(_) => {}
        }
        known.last.insert(master.clone(), (Instant::now(), outcome));
        let leader = known.leader.clone();
        known.last.retain(|master, _| configured.contains(master) || leader.as_ref() == Some(master));
        is_change
    }

    /// Returns the configured masters in their order, then the leader if it is not one of them.
    pub fn report(&self, configured: &[MasterUrl]) -> Vec<MasterReport> {
        let known = self.known();
        let other = known.leader.iter().filter(|leader| !configured.contains(leader));
        let one = |master: &MasterUrl| known.one(master, configured.contains(master));
        configured.iter().chain(other).map(one).collect()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn one(&self, master: &MasterUrl, listed: bool) -> MasterReport {
        let (asked, outcome) = self.last.get(master).map(|(at, outcome)| (*at, outcome)).unzip();
        let leads = self.leader.as_ref() == Some(master);
        let (names, error) = match outcome {
            Some(Outcome::Named(leader)) => (Some(leader.to_string()), None),
            Some(Outcome::Failed(words)) => (None, Some(words.clone())),
            Some(Outcome::Refused(status)) if !leads => {
                (None, Some(format!("answered {status}, which does not say whether it leads")))
            }
            Some(Outcome::Refused(_) | Outcome::Result) | None => (None, None),
        };
        let millis = |at: Instant| u64::try_from(at.elapsed().as_millis()).unwrap_or(u64::MAX);
        MasterReport { address: master.to_string(), listed, leads, asked_ms_ago: asked.map(millis), names, error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> MasterUrl {
        text.parse().expect("the case is a good address")
    }

    /// Each master's address, whether it leads, and its error.
    fn shown(contacts: &Contacts, configured: &[MasterUrl]) -> Vec<(String, bool, Option<String>)> {
        let reports = contacts.report(configured).into_iter();
        reports.map(|report| (report.address, report.leads, report.error)).collect()
    }

    #[test]
    fn one_master_leads_at_most() {
        let (one, two) = (url("http://m1:5050"), url("http://m2:5050"));
        let (configured, contacts) = ([one.clone(), two.clone()], Contacts::default());
        let leads = |contacts: &Contacts| contacts.report(&configured).iter().map(|it| it.leads).collect::<Vec<_>>();
        contacts.record(&one, Outcome::Result, &configured);
        assert_eq!(leads(&contacts), [true, false]);
        contacts.record(&one, Outcome::Refused(StatusCode::UNAUTHORIZED), &configured);
        assert_eq!(leads(&contacts), [true, false], "another caller's wrong password changes nothing");
        contacts.record(&two, Outcome::Result, &configured);
        assert_eq!(leads(&contacts), [false, true]);
        contacts.record(&two, Outcome::Failed("could not be reached".to_owned()), &configured);
        assert_eq!(leads(&contacts), [false, false]);
    }

    #[test]
    fn only_configured_masters_and_the_leader_are_kept() {
        let (one, named, other) = (url("http://m1:5050"), url("http://m2:5050"), url("http://m3:5050"));
        let (configured, contacts) = ([one.clone()], Contacts::default());
        contacts.record(&one, Outcome::Named(named.clone()), &configured);
        contacts.record(&named, Outcome::Result, &configured);
        contacts.record(&other, Outcome::Failed("leads back to this gateway".to_owned()), &configured);
        let expected = [("http://m1:5050".to_owned(), false, None), ("http://m2:5050".to_owned(), true, None)];
        assert_eq!(shown(&contacts, &configured), expected);
        contacts.record(&named, Outcome::Failed("could not be reached".to_owned()), &configured);
        assert_eq!(shown(&contacts, &configured), expected[..1]);
        assert_eq!(contacts.known().last.len(), 1);
    }

    #[test]
    fn a_refusal_alone_does_not_say_who_leads() {
        let (one, contacts) = (url("http://m1:5050"), Contacts::default());
        contacts.record(&one, Outcome::Refused(StatusCode::UNAUTHORIZED), std::slice::from_ref(&one));
        let words = "answered 401 Unauthorized, which does not say whether it leads".to_owned();
        assert_eq!(shown(&contacts, &[one]), [("http://m1:5050".to_owned(), false, Some(words))]);
    }
}

//! Words for the masters that the gateway knows.

use crate::mesos::calls::masters::MasterReport;

/// The gateway asks the leader alone while it answers.
pub const ONLY_THE_LEADER: &str =
    "The gateway calls the leading master only. It calls the other masters when that one does not answer.";
/// Headline where the list is missing.
pub const NOT_KNOWN: &str = "Other masters: not known";
/// The server of the page is no gateway: usually a master.
pub const NO_GATEWAY: &str = "This page does not come from a mesoscope gateway, but from a master or a web server. A master reports neither the other masters nor how they answer. A gateway does: start mesoscope with the addresses of all masters in --master.";
/// The gateway is older than the list.
pub const OLD_GATEWAY: &str = "The gateway of this page has no list of masters. Update mesoscope.";
/// No list came.
pub const UNREADABLE: &str = "The gateway did not send its list of masters. The page asks again in 10 s.";

/// What it means that no master leads; `None` if one does, or if some have not been called yet.
pub fn no_leader(masters: &[MasterReport]) -> Option<&'static str> {
    let is_open = |master: &MasterReport| master.leads || master.asked_ms_ago.is_none();
    if masters.iter().any(is_open) {
        return None;
    }
    Some(if masters.iter().all(|master| master.error.is_some()) { NO_ANSWER } else { NO_LEADER })
}

/// No master answers.
const NO_ANSWER: &str =
    "No master answers. Check that the masters run, and the addresses in --master. The gateway keeps calling them.";
/// Some answer, but none as the leader.
const NO_LEADER: &str =
    "No master answers as the leader. An election may be in progress. The gateway keeps calling them.";

/// How a master answered last: `Leading`.
pub fn state(master: &MasterReport) -> String {
    match master {
        MasterReport { leads: true, listed: true, .. } => "Leading".to_owned(),
        MasterReport { leads: true, .. } => "Leading, but not in --master".to_owned(),
        MasterReport { error: Some(words), .. } => sentence(words),
        MasterReport { names: Some(leader), .. } => format!("Standby: names {leader} as the leader"),
        MasterReport { asked_ms_ago: None, .. } => "Not called yet".to_owned(),
        MasterReport { .. } => "Led before, not called since".to_owned(),
    }
}

/// The words with a capital letter.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn master(error: Option<&str>) -> MasterReport {
        MasterReport { asked_ms_ago: Some(5), error: error.map(str::to_owned), ..MasterReport::default() }
    }

    #[test]
    fn a_cluster_without_a_leader_differs_from_one_that_does_not_answer() {
        let (dead, standby) = (master(Some("could not be reached")), master(None));
        let leader = MasterReport { leads: true, ..master(None) };
        let uncalled = MasterReport { asked_ms_ago: None, ..master(None) };
        assert_eq!(no_leader(&[dead.clone(), dead.clone()]), Some(NO_ANSWER));
        assert_eq!(no_leader(&[dead.clone(), standby]), Some(NO_LEADER));
        assert_eq!(no_leader(&[dead.clone(), leader]), None);
        assert_eq!(no_leader(&[dead, uncalled]), None, "it is not known yet");
    }
}

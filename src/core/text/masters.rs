//! Words for the masters that the gateway knows.

use crate::mesos::calls::masters::MasterReport;

/// The gateway asks the leader alone while it answers.
pub const ONLY_THE_LEADER: &str =
    "The gateway calls the leading master only. It calls the other masters when that one does not answer.";
/// Headline where the list is missing.
pub const NOT_KNOWN: &str = "The masters are not known";
/// The page comes from a server that is no gateway.
pub const NO_GATEWAY: &str = "The server of this page does not list the masters. A current mesoscope gateway lists them: start it with the addresses of all masters in --master.";
/// No list came.
pub const UNREADABLE: &str = "The gateway did not send its list of masters. The page asks again in 10 s.";

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

//! The masters that the gateway knows.

use mesoscope_core::mesos::calls::masters::MasterReport;
use mesoscope_core::text::masters;

use crate::{Sentence, listed};

fn report() -> MasterReport {
    MasterReport {
        address: "http://m1:5050".to_owned(),
        listed: true,
        asked_ms_ago: Some(0),
        ..MasterReport::default()
    }
}

fn failed(words: &str) -> String {
    masters::state(&MasterReport { error: Some(words.to_owned()), ..report() })
}

pub fn all() -> Vec<Sentence> {
    let named = || Some("http://m2:5050".to_owned());
    listed![
        masters::ONLY_THE_LEADER,
        (masters::NOT_KNOWN, masters::NO_GATEWAY),
        (masters::NOT_KNOWN, masters::OLD_GATEWAY),
        (masters::NOT_KNOWN, masters::UNREADABLE),
        masters::no_leader(&[MasterReport { error: Some("says: no".to_owned()), ..report() }]),
        masters::no_leader(&[report()]),
        masters::state(&MasterReport { leads: true, ..report() }),
        masters::state(&MasterReport { leads: true, listed: false, ..report() }),
        masters::state(&MasterReport { names: named(), ..report() }),
        masters::state(&MasterReport { asked_ms_ago: None, ..report() }),
        masters::state(&report()),
        failed("could not be reached: Connection refused"),
        failed("did not begin its answer within 60 s"),
    ]
}

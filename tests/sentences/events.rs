//! Events, and how they became known.

use mesoscope_core::base::units::Timestamp;
use mesoscope_core::cluster::change::{ChangeSource, Subject};
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::mesos::calls::maintenance::MachineId;
use mesoscope_core::text::events;

use crate::{Sentence, listed};

fn found(source: ChangeSource) -> Option<String> {
    events::found(source, Timestamp(21), |at| format!("10:02:{:02} EST", at.0))
}

fn task(name: &str) -> Subject {
    let id = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6-12".into();
    Subject::Task { framework: "f".into(), id, name: name.to_owned() }
}

pub fn all() -> Vec<Sentence> {
    listed![
        events::subject(&task("web")),
        events::subject(&task("")),
        events::subject(&Subject::Agent { id: "S7".into(), hostname: "host7".to_owned() }),
        events::subject(&Subject::Framework { id: "f".into(), name: "marathon".to_owned() }),
        events::subject(&Subject::Role("eng/web".into())),
        events::subject(&Subject::Machine(MachineId::named("host7"))),
        events::subject(&Subject::Master("host1:5050".to_owned())),
        events::subject(&Subject::Stream),
        found(ChangeSource::Event),
        found(ChangeSource::Read { topic: Topic::Quota, previous: None }),
        found(ChangeSource::Read { topic: Topic::Quota, previous: Some(Timestamp(11)) }),
        found(ChangeSource::Snapshot { lost: Timestamp(11) }),
        events::noted_since("2026-11-29 10:02 EST"),
        events::dropped(true, 1, "10:02:11 EST"),
        events::dropped(true, 12_345, "10:02:11 EST"),
        events::dropped(false, 7, "10:02:11 EST"),
    ]
}

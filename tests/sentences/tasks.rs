//! Tasks.

use mesoscope_core::base::units::Nanoseconds;
use mesoscope_core::text::tasks;

use crate::{Sentence, listed};

pub fn all() -> Vec<Sentence> {
    listed![
        tasks::NOT_FOUND,
        tasks::name(&"t".into(), &"f".into()),
        tasks::kill_policy(Nanoseconds::from_secs(5)),
        tasks::limits(&[("mem".to_owned(), 64.0), ("cpus".to_owned(), 1.0)]),
        tasks::and_more(7),
    ]
}

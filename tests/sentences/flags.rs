//! Flags and their defaults.

use mesoscope_core::mesos::defaults::{of_agent, of_master};
use mesoscope_core::text::flags;

use crate::{Sentence, listed};

pub fn all() -> Vec<Sentence> {
    listed![
        flags::note(of_master("allocation_interval"), "1secs"),
        flags::note(of_master("allocation_interval"), "2secs"),
        flags::note(of_agent("frameworks_home"), "/home"),
        flags::note(of_master("quorum"), "2"),
        flags::note(of_agent("launcher"), "linux"),
        flags::note(of_master("no_such_flag"), "1"),
        flags::differing(1, 49),
        flags::differing(7, 49),
        flags::none_listed(true, false),
        flags::none_listed(false, true),
        flags::none_listed(false, false),
    ]
}

//! Calls of the page that have no result.

use mesoscope_core::mesos::calls::files::FileKind;
use mesoscope_core::text::api_errors;

use crate::{Sentence, listed};

pub fn all() -> Vec<Sentence> {
    listed![
        api_errors::NOT_FORWARDED,
        api_errors::NO_CONNECTION,
        api_errors::BROKEN_OFF,
        api_errors::timeout(8),
        api_errors::not_regular(FileKind::Pipe),
        api_errors::not_regular(FileKind::BlockDevice),
    ]
}

//! SET_LOGGING_LEVEL and GET_LOGGING_LEVEL of a master or an agent.

use serde_json::json;

use crate::answer::call::{Call, int};
use crate::answer::reply::Answer;
use crate::logging::Logging;

pub(super) fn set(logging: &mut Logging, call: &Call, now: i64) -> Answer {
    let duration = call.fields.get("duration").and_then(|duration| duration.get("nanoseconds"));
    // A uint32, which wraps.
    let level = call.int("level").unwrap_or(0) as u32;
    logging.set(level, now.saturating_add(duration.and_then(int).unwrap_or(0)));
    Answer::done()
}

pub(super) fn get(logging: &Logging, now: i64) -> Answer {
    Answer::value(&json!({"type": "GET_LOGGING_LEVEL", "get_logging_level": {"level": logging.level(now)}}))
}

//! What the scheduler API looks at besides a call's body, and its answers.

use crate::answer::reply::Answer;

/// Headers of a call that Mesos looks at after the body.
#[derive(Clone, Copy, Debug, Default)]
pub struct SchedulerHead<'a> {
    /// `Mesos-Stream-Id`.
    pub stream_id: Option<&'a str>,
    /// Whether `Accept` excludes JSON.
    pub refuses_json: bool,
    /// Whether the user may do nothing.
    pub is_guest: bool,
}

/// Answer to a call.
#[derive(Debug)]
pub enum SchedulerAnswer {
    /// An ordinary answer: 202, 200, or a refusal.
    Done(Answer),
    /// 200 with a stream, by its number and the value of `Mesos-Stream-Id`.
    Stream(u64, String),
}

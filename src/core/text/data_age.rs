//! Words for the age of data that is polled.

use super::{age, checks};
use crate::base::units::Nanoseconds;
use crate::cluster::topic::Topic;

/// When data was read last.
pub fn updated(since: Nanoseconds) -> String {
    format!("updated {} ago", age(since))
}

/// When a topic was read last, as a line of a list.
pub fn topic_updated(topic: Topic, since: Nanoseconds) -> String {
    format!("{}: updated {} ago", checks::topic(topic), age(since))
}

/// Topics that are polled, with these lines on each.
pub fn polled(lines: &[String]) -> String {
    format!("Polled, since the event stream leaves it out:\n{}", lines.join("\n"))
}

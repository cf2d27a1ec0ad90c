//! Amounts, counts and lengths of time.

use mesoscope_core::base::skew::Skew;
use mesoscope_core::base::units::{Bytes, Nanoseconds, Timestamp};
use mesoscope_core::checks::visibility::{Evidence, FilteredList};
use mesoscope_core::cluster::role_sums::SumGaps;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::cluster::unknown::{ReadFailure, Unknown};
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::text;

use crate::{Sentence, listed};

const fn seconds(seconds: i64) -> Nanoseconds {
    Nanoseconds::from_secs(seconds)
}

fn ago(ago: i64) -> String {
    text::ago(Timestamp(0), Timestamp(0) + seconds(ago))
}

fn hours_ahead(hours: i64) -> Skew {
    Skew(seconds(hours * 3600))
}

pub fn all() -> Vec<Sentence> {
    let refused = Unknown::Refused("Forbidden".to_owned());
    listed![
        text::count(101_204),
        text::amount(1234.5),
        text::tenths(4.0),
        text::scalar("cpus", 4.0),
        text::scalar("mem", 8192.0),
        text::scalar("disk", f64::INFINITY),
        text::bytes_exactly(Bytes::from_mebibytes(1536.0)),
        text::bytes_exactly(Bytes::new(1_000_000)),
        text::bytes_summed(Bytes::new(123_456_789_012)),
        text::percent(1.0, 3.0),
        text::percent(1.0, 1000.0),
        text::percent(1.0, 0.0),
        text::plural(1, "task", "tasks"),
        text::plural(12_345, "task", "tasks"),
        text::listed(["a", "b", "c", "d"].into_iter(), 2),
        text::age(seconds(8)),
        text::age(seconds(750)),
        text::span(seconds(90)),
        text::span(seconds(90_000)),
        text::until(seconds(10_440)),
        ago(0),
        ago(59),
        ago(3600),
        ago(-30),
        ago(-7200),
        text::count_differs(TaskState::Running, 12_345, 1),
        text::sums_without(SumGaps { tasks: 1, frameworks: 0, agents: 0 }),
        text::sums_without(SumGaps { tasks: 7, frameworks: 1, agents: 2 }),
        text::skew(hours_ahead(2)),
        text::agent_skew(hours_ahead(-1), hours_ahead(0)),
        text::dated_by(seconds(90)),
        text::log_skew("This agent's", hours_ahead(1)),
        text::unknown(Topic::Quota, &Unknown::NotYet, true),
        text::unknown(Topic::Quota, &Unknown::NotYet, false),
        text::unknown(Topic::Quota, &refused, true),
        text::unknown(Topic::Quota, &Unknown::Failed(ReadFailure::Late(seconds(120))), true),
        text::evidence(FilteredList::Tasks, Evidence::Counted(7)),
        text::evidence(FilteredList::Frameworks, Evidence::Referenced),
        text::evidence(FilteredList::Roles, Evidence::Allocated),
        text::none_visible("No tasks", "framework"),
        text::short_id("f81d4fae-7dec-11d0-a765-00a0c91e6bf6-S374"),
    ]
}

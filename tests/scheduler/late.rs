//! Calls that reach the master after the end of their stream, which the browser notices later.

use mesoscope_core::mesos::calls::refusal;
use mesoscope_core::scheduler::io::{CallOutcome, SchedulerInput, StreamEnd};
use mesoscope_core::scheduler::machine::{FrameworkEnd, LinkState};
use mesoscope_core::scheduler::numbers::CallNumber;
use mesoscope_core::scheduler::run::TaskPhase;

use super::machine::{Driven, offer, offers, subscribed, update};

/// The master's refusals of such calls, as recorded.
const LATE: [(u16, &str); 3] = [
    (403, "Framework is not subscribed"),
    (400, "Framework cannot be found"),
    (
        400,
        "The stream ID '0867d297-2fa8-4bba-9596-32941b9a4208' included in this request didn't match the stream ID currently \
            associated with framework ID 41bc30b2-e948-458f-a39c-5c8bc14f0c7f-0000",
    ),
];

fn refused((status, words): (u16, &str)) -> CallOutcome {
    CallOutcome::Refused(refusal(status, words.as_bytes()))
}

fn last(driven: &Driven, kind: &str) -> CallNumber {
    driven.calls.iter().rfind(|(_, call)| call["type"] == kind).expect("it was sent").0
}

fn end_stream(driven: &mut Driven) {
    driven.input(SchedulerInput::StreamEnded(driven.stream, StreamEnd::Closed));
}

fn subscribe_again(driven: &mut Driven) {
    driven.after(60);
    assert!(matches!(driven.scheduler.link(), LinkState::Opening { .. }));
    driven.event(&subscribed());
}

#[test]
fn a_call_that_crosses_the_streams_end_is_not_a_refused_call() {
    for late in LATE {
        // Its answer comes before the stream's end, after it, and on the next stream.
        let mut driven = Driven::launched();
        driven.event(&update("t.0", "TASK_RUNNING", "a"));
        driven.answer("ACKNOWLEDGE", refused(late));
        assert_eq!(driven.scheduler.refused_call(), None, "{late:?}");
        for is_next in [false, true] {
            let mut driven = Driven::launched();
            driven.event(&update("t.0", "TASK_RUNNING", "a"));
            let call = last(&driven, "ACKNOWLEDGE");
            end_stream(&mut driven);
            if is_next {
                subscribe_again(&mut driven);
            }
            driven.input(SchedulerInput::CallAnswered(call, refused(late)));
            assert_eq!(driven.scheduler.refused_call(), None, "{late:?}, {is_next}");
        }
    }
    // Any other refusal is one.
    let mut driven = Driven::launched();
    driven.event(&update("t.0", "TASK_RUNNING", "a"));
    driven.answer("ACKNOWLEDGE", refused((400, "Failed to validate scheduler::Call: no uuid")));
    assert!(driven.scheduler.refused_call().is_some());
}

#[test]
fn a_launch_that_came_too_late_waits_for_the_next_stream() {
    let mut driven = Driven::running();
    for round in 1..=7 {
        let of = |nth: u32| offer(&format!("O{round}.{nth}"), &format!("S{nth}"), 4.0);
        driven.event(&offers(&[of(0)]));
        assert_eq!(driven.of("ACCEPT").len(), round, "offers of this stream are used");
        driven.event(&offers(&[of(1)]));
        driven.answer("ACCEPT", refused(LATE[2]));
        assert_eq!((driven.task().phase, driven.of("ACCEPT").len()), (TaskPhase::Waiting, round));
        assert_eq!(driven.scheduler.offers().count(), 0, "offers end with their stream");
        driven.after(5);
        assert!(driven.of("DECLINE").iter().all(|call| !call.to_string().contains("O1.0")), "they are not declined");
        end_stream(&mut driven);
        subscribe_again(&mut driven);
    }
    assert_eq!(driven.scheduler.refused_call(), None);
}

#[test]
fn a_teardown_that_came_too_late_is_made_again_on_the_next_stream() {
    for comes_first in [true, false] {
        let mut driven = Driven::launched();
        driven.event(&update("t.0", "TASK_FINISHED", "a"));
        driven.answer("ACKNOWLEDGE", CallOutcome::Accepted);
        let first = last(&driven, "TEARDOWN");
        if comes_first {
            driven.input(SchedulerInput::CallAnswered(first, refused(LATE[2])));
            driven.after(1);
            assert_eq!(driven.of("TEARDOWN").len(), 1, "the stream's end is waited for");
        }
        end_stream(&mut driven);
        subscribe_again(&mut driven);
        assert_eq!(driven.of("TEARDOWN").len(), 2);
        if !comes_first {
            driven.input(SchedulerInput::CallAnswered(first, refused(LATE[2])));
        }
        assert!(!driven.scheduler.is_kept());
        driven.answer("TEARDOWN", CallOutcome::Accepted);
        assert_eq!(driven.scheduler.link(), &LinkState::Ended(FrameworkEnd::TornDown));
    }
}

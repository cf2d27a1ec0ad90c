//! An execution, from its review to its end, with the state as it is read meanwhile.

use super::*;
use crate::actions::preview::PreviewValue;

fn named(name: &str, value: &str) -> PreviewEntry {
    crate::actions::preview::named(name, PreviewValue::Typed(value.to_owned()))
}

fn preview(current: &str, desired: &str, asked: i64) -> Preview {
    Preview { asked: Some(Timestamp(asked)), ..Preview::new(vec![named("a", current)], vec![named("a", desired)]) }
}

#[test]
fn it_is_read_again_then_sent_then_followed() {
    let mut execution = Execution::default();
    assert_eq!(execution.planned(&preview("1", "2", 5), Timestamp(6)), NextStep::Nothing);
    assert_eq!(execution.go(Some(Timestamp(10)), Timestamp(10)), NextStep::Read);
    assert_eq!(execution.go(Some(Timestamp(11)), Timestamp(11)), NextStep::Nothing, "once only");
    assert_eq!(
        execution.planned(&preview("1", "2", 9), Timestamp(12)),
        NextStep::Nothing,
        "an older answer says nothing"
    );
    assert_eq!(execution.planned(&preview("1", "2", 10), Timestamp(13)), NextStep::Send);
    assert_eq!(execution.answered(Ok(200), true, Timestamp(20)), NextStep::Read);
    assert_eq!(execution.planned(&preview("2", "2", 15), Timestamp(21)), NextStep::Nothing, "asked before the answer");
    execution.planned(&preview("2", "2", 20), Timestamp(22));
    assert_eq!(execution.stage(), &Stage::Over(Outcome::Confirmed));
}

#[test]
fn what_another_user_changed_stops_it_once() {
    let mut execution = Execution::default();
    execution.planned(&preview("1", "2", 5), Timestamp(6));
    execution.go(Some(Timestamp(10)), Timestamp(10));
    assert_eq!(execution.planned(&preview("3", "2", 10), Timestamp(11)), NextStep::Nothing);
    assert_eq!(execution.stage(), &Stage::Conflict(vec![named("a", "1")]));
    assert_eq!(execution.go(Some(Timestamp(20)), Timestamp(20)), NextStep::Read, "seen, and meant all the same");
    assert_eq!(execution.planned(&preview("3", "2", 20), Timestamp(21)), NextStep::Send);
}

#[test]
fn a_lost_answer_is_looked_up() {
    let second = |seconds| Timestamp(0) + Nanoseconds::from_secs(seconds);
    let lost = || {
        let mut execution = Execution::default();
        execution.planned(&preview("1", "2", 5), Timestamp(6));
        execution.go(Some(Timestamp(10)), Timestamp(10));
        execution.planned(&preview("1", "2", 10), Timestamp(11));
        assert_eq!(execution.answered(Err(SendFailure::Lost("cut".to_owned())), true, second(1)), NextStep::Read);
        execution
    };
    let mut taken = lost();
    taken.planned(&preview("2", "2", second(2).0), second(2));
    assert_eq!(taken.stage(), &Stage::Over(Outcome::Confirmed));
    let mut not = lost();
    assert_eq!(not.tick(Some(&preview("1", "2", second(1).0)), second(3)), NextStep::Read);
    assert_eq!(not.tick(Some(&preview("1", "2", second(2).0)), second(5)), NextStep::Nothing, "one read at a time");
    not.tick(Some(&preview("1", "2", second(4).0)), second(22));
    assert_eq!(not.stage(), &Stage::Over(Outcome::Unknown(Uncertainty::Lost("cut".to_owned()))));
}

fn whole(current: &[(&str, &str)], desired: &[(&str, &str)], asked: i64) -> Preview {
    let entries = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, value)| named(key, value)).collect();
    Preview { asked: Some(Timestamp(asked)), is_whole: true, ..Preview::new(entries(current), entries(desired)) }
}

#[test]
fn what_another_user_added_or_removed_is_seen_as_well() {
    let mine = [("w1", "a"), ("w2", "b")];
    for theirs in [&[("w1", "a"), ("w3", "c")][..], &[]] {
        let mut execution = Execution::default();
        execution.planned(&whole(&[("w1", "a")], &mine, 5), Timestamp(6));
        // A poll brings it while the form is open, or only the read before sending does.
        for polled in [false, true] {
            if polled {
                execution.planned(&whole(theirs, &mine, 7), Timestamp(8));
                execution.edited();
                execution.planned(&whole(theirs, &mine, 8), Timestamp(9));
            }
            let mut execution = execution.clone();
            execution.go(Some(Timestamp(10)), Timestamp(10));
            assert_eq!(execution.planned(&whole(theirs, &mine, 10), Timestamp(11)), NextStep::Nothing, "{theirs:?}");
            assert_eq!(execution.stage(), &Stage::Conflict(vec![named("w1", "a")]));
        }
    }
}

#[test]
fn a_form_that_is_edited_may_be_about_something_else() {
    let mut execution = Execution::default();
    execution.planned(&preview("1", "2", 5), Timestamp(6));
    execution.edited();
    let other = Preview { asked: Some(Timestamp(7)), ..Preview::new(vec![named("b", "3")], vec![named("b", "4")]) };
    execution.planned(&other, Timestamp(8));
    execution.go(Some(Timestamp(10)), Timestamp(10));
    let other = Preview { asked: Some(Timestamp(10)), ..other };
    assert_eq!(execution.planned(&other, Timestamp(11)), NextStep::Send);
}

#[test]
fn what_no_read_tells_is_looked_up() {
    let check = |answer: Result<u16, SendFailure>, reported: &str, expected: Outcome| {
        let mut execution = Execution::default();
        execution.go(None, Timestamp(1));
        execution.answered(answer, false, Timestamp(2));
        execution.looked_up(vec![named("a", reported)], &preview("1", "2", 0));
        assert_eq!(execution.stage(), &Stage::Over(expected));
    };
    check(Ok(200), "2", Outcome::Confirmed);
    check(Ok(200), "3", Outcome::Diverged(vec![named("a", "3")]));
    check(Err(SendFailure::Lost("cut".to_owned())), "2", Outcome::Confirmed);
    check(Err(SendFailure::Lost("cut".to_owned())), "1", Outcome::Unknown(Uncertainty::Lost("cut".to_owned())));
    let no = Refusal { status: 403, words: String::new() };
    check(Err(SendFailure::Refused(no)), "2", Outcome::Refused(403, String::new()));
}

#[test]
fn what_a_master_would_refuse_meanwhile_is_not_sent_and_says_so() {
    let why = DisabledReason::Drained;
    let mut execution = Execution::default();
    execution.planned(&preview("1", "2", 5), Timestamp(6));
    execution.go(Some(Timestamp(10)), Timestamp(10));
    let barred = Preview { disabled_reason: Some(why), ..preview("1", "2", 10) };
    assert_eq!(execution.planned(&barred, Timestamp(11)), NextStep::Nothing);
    assert_eq!(execution.stage(), &Stage::Over(Outcome::Blocked(DisabledReason::Drained)));
}

/// A change of that plan, sent and taken.
fn taken(before: Preview) -> Execution {
    let mut execution = Execution::default();
    execution.planned(&before, Timestamp(6));
    execution.go(Some(Timestamp(10)), Timestamp(10));
    assert_eq!(execution.planned(&Preview { asked: Some(Timestamp(10)), ..before }, Timestamp(11)), NextStep::Send);
    execution.answered(Ok(200), true, Timestamp(20));
    execution
}

#[test]
fn what_leaves_the_list_is_an_effect_that_shows() {
    let unlisted = |tally: Option<u32>, asked: i64| Preview {
        progress: Progress::Unobservable,
        tally,
        ..preview("not listed", "gone", asked)
    };
    let mut listed = taken(preview("active", "gone", 5));
    listed.planned(&unlisted(None, 20), Timestamp(21));
    assert_eq!(listed.stage(), &Stage::Over(Outcome::Confirmed));
    let mut counted = taken(unlisted(Some(2), 5));
    counted.planned(&unlisted(Some(2), 20), Timestamp(21));
    assert!(counted.is_busy(), "the count may fall yet");
    let mut never = counted.clone();
    counted.planned(&unlisted(Some(1), 22), Timestamp(23));
    assert_eq!(counted.stage(), &Stage::Over(Outcome::Confirmed));
    let late = Timestamp(20) + DIVERGED_AFTER + Nanoseconds(1);
    never.tick(Some(&unlisted(Some(2), late.0)), late);
    assert_eq!(never.stage(), &Stage::Over(Outcome::Accepted));
    let mut uncounted = taken(unlisted(None, 5));
    uncounted.planned(&unlisted(None, 20), Timestamp(21));
    assert_eq!(uncounted.stage(), &Stage::Over(Outcome::Accepted));
}

#[test]
fn an_effect_that_comes_late_is_seen() {
    let mut execution = taken(preview("1", "2", 5));
    let late = Timestamp(20) + DIVERGED_AFTER + Nanoseconds(1);
    execution.tick(Some(&preview("1", "2", late.0)), late);
    assert_eq!(execution.stage(), &Stage::Over(Outcome::Diverged(vec![named("a", "1")])));
    execution.planned(&preview("2", "2", late.0 + 1), Timestamp(late.0 + 2));
    assert_eq!(execution.stage(), &Stage::Over(Outcome::Confirmed));
}

#[test]
fn only_what_was_read_since_says_what_current_instead() {
    let second = |seconds| Timestamp(0) + Nanoseconds::from_secs(seconds);
    let mut execution = Execution::default();
    execution.planned(&preview("1", "2", 5), Timestamp(6));
    execution.go(None, second(1));
    execution.answered(Ok(200), true, second(2));
    let stale = preview("1", "2", second(1).0);
    execution.tick(Some(&stale), second(30));
    assert!(matches!(execution.stage(), Stage::Following(..)), "{:?}", execution.stage());
    let mut late = execution.clone();
    late.tick(Some(&preview("1", "2", second(31).0)), second(32));
    assert_eq!(late.stage(), &Stage::Over(Outcome::Diverged(vec![named("a", "1")])));
    execution.tick(Some(&stale), second(80));
    assert_eq!(execution.stage(), &Stage::Over(Outcome::Unknown(Uncertainty::Unread(200))));
}

#[test]
fn relative_amounts_show_by_their_signs_and_are_watched_after_ten_seconds() {
    let relative = |current: &str, desired: &str, asked: i64| {
        let preview = preview(current, desired, asked);
        let signs = preview.desired.iter().map(|entry| PreviewSign::new(entry.key.clone(), &preview.desired)).collect();
        Preview { signs, progress: Progress::Pending, ..preview }
    };
    let mut execution = taken(relative("2", "3", 5));
    let mut late = execution.clone();
    execution.planned(&relative("3", "4", 20), Timestamp(21));
    assert_eq!(execution.stage(), &Stage::Over(Outcome::Confirmed), "three of the four that would be next");
    let ten = Timestamp(20) + UNSEEN_AFTER;
    late.tick(Some(&relative("2", "3", ten.0)), ten);
    assert!(late.is_busy());
    late.tick(Some(&relative("2", "3", ten.0)), Timestamp(ten.0 + 1));
    assert_eq!(late.stage(), &Stage::Over(Outcome::NotSeen));
    late.planned(&relative("3", "4", ten.0 + 5), Timestamp(ten.0 + 6));
    assert_eq!(late.stage(), &Stage::Over(Outcome::Confirmed), "it came late");
}

//! A batch of changes: what is sent when, what is looked at, and what became of each.

use super::*;
use crate::actions::RoleQuota;
use crate::actions::follow_up::FollowUp;
use crate::actions::preview::{AffectedTasks, PreviewValue, named};
use crate::base::ids::AgentId;
use crate::mesos::calls::Refusal;
use crate::mesos::calls::answer::Intercepted;

fn plans(states: &[(&str, Progress)], asked: i64) -> Previews {
    let preview = |(current, shows): &(&str, Progress)| Preview {
        asked: Some(Timestamp(asked)),
        progress: *shows,
        ..Preview::new(vec![named("a", typed(current))], vec![named("a", typed("draining"))])
    };
    states.iter().map(preview).enumerate().collect()
}

fn typed(text: &str) -> PreviewValue {
    PreviewValue::Typed(text.to_owned())
}

fn drains(number: usize) -> Vec<Action> {
    (0..number).map(|at| Action::Deactivate(at.to_string().as_str().into())).collect()
}

#[test]
fn a_roll_waits_for_each_and_stops_at_a_failure() {
    let mut run = Batch::default();
    run.edit(drains(3), BatchOptions { at_once: 1, waits: true, stops: true });
    let before = [("active", Progress::Pending); 3];
    run.planned(&plans(&before, 1), Timestamp(1));
    assert_eq!(run.go(Timestamp(10)), [BatchStep::Read]);
    assert_eq!(run.planned(&plans(&before, 10), Timestamp(11)), [BatchStep::Send(0)]);
    run.answered(0, Ok(200), Timestamp(12));
    let started = [("draining", Progress::Started), before[1], before[2]];
    assert_eq!(run.planned(&plans(&started, 12), Timestamp(13)), [], "it is draining, and the next waits");
    assert!(run.is_busy());
    let done = [("drained", Progress::Applied), before[1], before[2]];
    assert_eq!(run.planned(&plans(&done, 14), Timestamp(15)), [], "the next begins, with what was just read");
    assert_eq!(run.tick(&plans(&done, 14), Timestamp(16)), [BatchStep::Send(1)]);
    let no = Refusal { status: 400, words: "Unknown agent".to_owned() };
    assert_eq!(run.answered(1, Err(SendFailure::Refused(no)), Timestamp(17)), []);
    assert_eq!((run.failed(), run.is_stopped(), run.is_busy()), (vec![1], true, false));
    assert_eq!(run.go(Timestamp(20)), [BatchStep::Read], "tried again");
    assert!(run.is_done(0) && !run.is_done(1));
}

#[test]
fn a_roll_does_not_wait_for_what_no_longer_drains() {
    let mut run = Batch::default();
    run.edit(drains(2), BatchOptions { at_once: 1, waits: true, stops: true });
    let before = [("active", Progress::Pending); 2];
    run.planned(&plans(&before, 1), Timestamp(1));
    run.go(Timestamp(10));
    run.planned(&plans(&before, 10), Timestamp(11));
    run.answered(0, Ok(200), Timestamp(12));
    run.planned(&plans(&[("draining", Progress::Started), before[1]], 13), Timestamp(14));
    // Another operator reactivates it.
    run.planned(&plans(&before, 15), Timestamp(16));
    assert_eq!((run.failed(), run.is_stopped(), run.is_busy()), (vec![0], true, false));
}

#[test]
fn of_a_run_of_thousands_only_those_that_are_next_are_looked_at() {
    let mut run = Batch::default();
    run.edit(drains(40_000), BatchOptions { at_once: 100, ..BatchOptions::default() });
    assert_eq!(run.looked_at(), (0..300).collect::<Vec<_>>());
    let plans = |run: &Batch, shows: Progress, asked: i64| -> Previews {
        let one = plans(&[("active", shows)], asked).remove(&0).expect("a plan");
        run.looked_at().into_iter().map(|at| (at, one.clone())).collect()
    };
    let before = plans(&run, Progress::Pending, 1);
    run.planned(&before, Timestamp(1));
    run.go(Timestamp(2));
    let (mut sent, mut now) = (Vec::new(), 3);
    while sent.len() < 350 {
        let seen = plans(&run, Progress::Pending, now);
        let steps = [run.planned(&seen, Timestamp(now)), run.tick(&seen, Timestamp(now))].concat();
        for step in steps {
            let BatchStep::Send(at) = step else { continue };
            sent.push(at);
            run.answered(at, Ok(200), Timestamp(now));
        }
        now += 1;
        let done = plans(&run, Progress::Applied, now);
        run.planned(&done, Timestamp(now));
    }
    sent.sort_unstable();
    assert!(sent.iter().copied().eq(0..sent.len()), "each once");
    assert!(run.looked_at().len() <= LOOKED_AT && run.looked_at().first() >= Some(&300), "{:?}", run.looked_at());
}

#[test]
fn no_more_are_on_their_way_than_may_be() {
    let mut run = Batch::default();
    run.edit(drains(10), BatchOptions::default());
    let before = [("active", Progress::Pending); 10];
    run.planned(&plans(&before, 1), Timestamp(1));
    run.go(Timestamp(2));
    let sent = run.planned(&plans(&before, 3), Timestamp(4));
    assert_eq!(sent, [BatchStep::Send(0), BatchStep::Send(1), BatchStep::Send(2), BatchStep::Send(3)]);
    run.stop();
    run.edit(drains(1), BatchOptions::default());
    assert_eq!(run.actions().len(), 10, "what is on its way is not edited");
}

/// One of each kind.
fn every_kind() -> Vec<Action> {
    let machines = || {
        vec![crate::mesos::calls::maintenance::MachineId {
            hostname: Some("h".to_owned()),
            ip: Some("10.0.0.1".to_owned()),
        }]
    };
    vec![
        quota(false),
        Action::SetQuota { role: "dev".into(), guarantee: [("cpus".to_owned(), 1.0)].into(), force: false },
        Action::RemoveQuota("dev".into()),
        Action::Weights(vec![("dev".into(), 2.0)]),
        Action::Schedule(Vec::new()),
        Action::StartMaintenance(machines()),
        Action::StopMaintenance(machines()),
        Action::Drain { agent: "S1".into(), grace: None, mark_gone: false },
        Action::Drain { agent: "S1".into(), grace: None, mark_gone: true },
        Action::Deactivate("S1".into()),
        Action::Reactivate("S1".into()),
        Action::MarkGone("S1".into()),
        Action::Teardown("f".into()),
        Action::LoggingLevel { agent: None, level: 1, length: Nanoseconds::from_secs(60) },
    ]
}

fn quota(force: bool) -> Action {
    Action::Quotas { quotas: vec![RoleQuota { role: "dev".into(), ..RoleQuota::default() }], force }
}

/// A run of one that was sent, and then was answered so.
fn sent(action: Action, answer: Result<u16, SendFailure>) -> Batch {
    let mut run = Batch::default();
    run.edit(vec![action], BatchOptions::default());
    let before = plans(&[("before", Progress::Pending)], 1);
    run.planned(&before, Timestamp(1));
    run.go(Timestamp(2));
    let before = plans(&[("before", Progress::Pending)], 3);
    run.planned(&before, Timestamp(4));
    let preview = before.get(&0).expect("it is planned");
    run.sends(0, &Preview { back: Some(Action::Reactivate("S1".into())), ..preview.clone() });
    run.answered(0, answer, Timestamp(5));
    run
}

#[test]
fn after_it_was_sent_nobody_asks_whether_it_could_be_sent_again() {
    let disabled_reason = DisabledReason::Deactivated;
    for action in every_kind() {
        let mut run = sent(action.clone(), Ok(200));
        let mut after = plans(&[("draining", Progress::Applied)], 6);
        for preview in after.values_mut() {
            preview.disabled_reason = Some(disabled_reason.clone());
            preview.effects = vec![Impact::new(
                crate::actions::preview::Severity::Bad,
                crate::actions::preview::ImpactKind::NeverBack,
            )];
            preview.back = None;
        }
        let preview = after.get(&0).expect("it is planned").clone();
        let check = |run: &Batch, when: &str| {
            let sight = run.sight(0, &preview);
            assert_eq!((&sight.disabled_reason, sight.effects.len()), (&None, 0), "{action:?} {when}");
            assert_eq!(sight.differences.len(), 1, "{action:?} {when}: what it was to do is still there");
            assert!(sight.is_sent, "{action:?} {when}: what was before is past");
            sight.back
        };
        if run.is_busy() {
            assert_eq!(check(&run, "on its way"), None);
        }
        run.planned(&after, Timestamp(7));
        assert!(!run.is_busy() && run.failed().is_empty(), "{action:?}");
        assert_eq!(check(&run, "over"), Some(Action::Reactivate("S1".into())), "what can be done next");
    }
}

#[test]
fn a_change_keeps_the_name_of_what_it_was_about() {
    let mut run = Batch::default();
    run.edit(vec![Action::MarkGone("S1".into()), Action::MarkGone("S2".into())], BatchOptions::default());
    let mut listed = plans(&[("active", Progress::Pending), ("active", Progress::Pending)], 1);
    for (preview, name) in listed.values_mut().zip(["node-1", "node-2"]) {
        preview.subject = Some(name.to_owned());
    }
    run.planned(&listed, Timestamp(1));
    run.go(Timestamp(2));
    // Neither is listed any more.
    run.planned(
        &plans(&[("not listed", Progress::Unobservable), ("not listed", Progress::Unobservable)], 3),
        Timestamp(4),
    );
    assert_eq!((run.subject(0), run.subject(1)), (Some("node-1"), Some("node-2")));
    run.edit(vec![Action::MarkGone("S3".into())], BatchOptions::default());
    assert_eq!(run.subject(0), None, "another change has not been named yet");
}

#[test]
fn what_was_not_done_is_looked_at_as_before() {
    let no = || SendFailure::Refused(Refusal { status: 400, words: "No".to_owned() });
    let page = || SendFailure::Intercepted(Intercepted { status: 200, title: "Sign in".to_owned(), signs_in: true });
    let disabled_reason = DisabledReason::Drained;
    for (not_taken, is_named) in [(no(), true), (page(), true), (SendFailure::Lost("cut".to_owned()), false)] {
        let run = sent(Action::Deactivate("S1".into()), Err(not_taken));
        let mut preview = plans(&[("active", Progress::Pending)], 6).remove(&0).expect("a plan");
        preview.disabled_reason = Some(disabled_reason.clone());
        assert_eq!(run.sight(0, &preview).disabled_reason.is_some(), is_named);
        assert_eq!(run.sight(0, &preview).is_sent, !is_named, "what was not taken is still to come");
    }
    let run = sent(Action::Deactivate("S1".into()), Err(page()));
    assert_eq!(run.failed(), vec![0], "it can be tried again");
}

#[test]
fn a_refusal_that_names_force_offers_it_for_these_changes_alone() {
    let words = "Invalid QuotaConfig: total quota guarantees 'cpus:8.001' exceed cluster capacity 'cpus:8' (use 'force' flag to bypass this check)";
    let refused = |words: &str| SendFailure::Refused(Refusal { status: 400, words: words.to_owned() });
    let mut run = sent(quota(false), Err(refused(words)));
    assert_eq!(run.offered_force(), Some(words));
    run.edit(vec![quota(true)], BatchOptions::default());
    assert_eq!(run.offered_force(), Some(words), "it is what was offered");
    run.edit(vec![Action::Quotas { quotas: Vec::new(), force: false }], BatchOptions::default());
    assert_eq!(run.offered_force(), None, "another form was not refused");
    let other = "Invalid QuotaConfig: 'QuotaConfig.role' must be set";
    assert_eq!(sent(quota(false), Err(refused(other))).offered_force(), None);
    assert_eq!(sent(quota(true), Err(refused(words))).offered_force(), None, "it was forced already");
    assert_eq!(sent(Action::Deactivate("S1".into()), Err(refused(words))).offered_force(), None, "it has no force");
}

/// An agent that drains with so many tasks left; `None` for one that is drained.
fn draining(left: Option<u32>, asked: i64) -> Preview {
    let word = if left.is_some() { "draining" } else { "drained" };
    Preview {
        asked: Some(Timestamp(asked)),
        progress: if left.is_some() { Progress::Started } else { Progress::Applied },
        draining: left.map(|left| DrainProgress { left, ..DrainProgress::default() }),
        ..Preview::new(vec![named("a", typed(word))], vec![named("a", typed("draining"))])
    }
}

#[test]
fn a_drain_reports_how_many_of_its_tasks_have_ended_and_how_long_it_took() {
    let second = |seconds| Timestamp(0) + Nanoseconds::from_secs(seconds);
    let drain = |id: &str| Action::Drain { agent: id.into(), grace: Some(60), mark_gone: false };
    let mut run = Batch::default();
    run.edit(vec![drain("S1"), drain("S2")], BatchOptions::default());
    let active = |tasks: u32| Preview {
        asked: Some(second(10)),
        affected: Some(AffectedTasks { tasks, frameworks: 1, agents: 1 }),
        ..Preview::new(vec![named("a", typed("active"))], vec![named("a", typed("draining"))])
    };
    let before: Previews = [(0, active(11)), (1, active(21))].into();
    run.planned(&before, second(10));
    assert_eq!(run.ended_tasks(&before), None, "nothing was sent");
    run.go(second(10));
    assert_eq!(run.tick(&before, second(11)), [BatchStep::Send(0), BatchStep::Send(1)]);
    for (at, preview) in &before {
        run.sends(*at, preview);
        run.answered(*at, Ok(200), second(12));
    }
    let ended = |run: &Batch, plans: &Previews| run.ended_tasks(plans).map(|all| (all.ended, all.of, all.took));
    let left: Previews = [(0, draining(Some(4), second(13).0)), (1, draining(Some(21), second(13).0))].into();
    run.planned(&left, second(14));
    assert_eq!(ended(&run, &left), Some((7, 32, None)));
    assert_eq!(run.follow_ups(), [], "an agent that drains cannot be reactivated");
    let one: Previews = [(0, draining(None, second(15).0)), (1, draining(Some(1), second(15).0))].into();
    run.planned(&one, second(16));
    assert_eq!(ended(&run, &one), Some((31, 32, None)));
    assert_eq!(
        run.ended_tasks_at(0, &one),
        Some(EndedTasks { ended: 11, of: 11, took: Some(Nanoseconds::from_secs(5)) })
    );
    let both: Previews = [(0, draining(None, second(18).0)), (1, draining(None, second(18).0))].into();
    run.planned(&both, second(19));
    assert_eq!(ended(&run, &both), Some((32, 32, Some(Nanoseconds::from_secs(8)))));
    let agents = || vec![AgentId::from("S1"), AgentId::from("S2")];
    assert_eq!(run.follow_ups(), [FollowUp::Reactivate(agents()), FollowUp::ScheduleMaintenance(agents())]);
}

#[test]
fn what_comes_next_is_not_offered_for_an_agent_that_is_gone() {
    let mut run = Batch::default();
    run.edit(vec![Action::MarkGone("S1".into())], BatchOptions::default());
    let plan = |word: &str, asked: i64| -> Previews {
        let entry = |word: &str| vec![named("a", typed(word))];
        [(0, Preview { asked: Some(Timestamp(asked)), ..Preview::new(entry(word), entry("gone")) })].into()
    };
    run.planned(&plan("active", 1), Timestamp(1));
    run.go(Timestamp(1));
    run.tick(&plan("active", 1), Timestamp(2));
    run.sends(0, &plan("active", 1).remove(&0).expect("a plan"));
    run.answered(0, Ok(200), Timestamp(3));
    run.planned(&plan("gone", 4), Timestamp(5));
    assert!(run.is_done(0));
    assert_eq!(run.follow_ups(), []);
}

#[test]
fn a_change_of_values_is_reverted_by_the_values_before() {
    let weights = |weight: f64| Action::Weights(vec![("dev".into(), weight)]);
    let mut run = Batch::default();
    run.edit(vec![weights(2.0)], BatchOptions::default());
    let plan = |current: &str, asked: i64| -> Previews {
        let entry = |text: &str| vec![named("dev", typed(text))];
        let back = Some(weights(1.0));
        [(0, Preview { asked: Some(Timestamp(asked)), back, ..Preview::new(entry(current), entry("2")) })].into()
    };
    run.planned(&plan("1", 1), Timestamp(1));
    run.go(Timestamp(1));
    run.tick(&plan("1", 1), Timestamp(2));
    run.sends(0, &plan("1", 1).remove(&0).expect("a plan"));
    run.answered(0, Ok(200), Timestamp(3));
    run.planned(&plan("2", 4), Timestamp(5));
    assert_eq!(run.follow_ups(), [FollowUp::Revert(weights(1.0))]);
}

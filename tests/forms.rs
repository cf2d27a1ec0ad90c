//! Whatever a form can say is taken by the master, or was refused before it was sent, and then for the same reason.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use mesoscope_core::actions::draining::EstimateBasis;
use mesoscope_core::actions::pool::AgentPool;
use mesoscope_core::actions::preview::{ImpactKind, PreviewValue};
use mesoscope_core::actions::reservation::ReservationAction;
use mesoscope_core::actions::{self, Action};
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::checks::eligibility::{DisabledReason, QuotaCalls};
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::{Input, Output};
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::mesos::calls::maintenance::MachineId;
use mesoscope_core::mesos::recordio;
use mesoscope_core::text;
use mesoscope_tests::shared::strategies;
use proptest::prelude::*;
use serde_json::{Value, json};
use sim::answer::reply::Target;
use sim::cluster::Sim;
use sim::recorded_cluster::Recorded;

use strategies::Reason;

const NOW: Timestamp = Timestamp(1_795_306_100_000_000_000);

/// A cluster like the recorded one, with tasks of a framework in `dev`; and a copy of it.
struct World {
    sim: Sim,
    engine: Engine,
    /// Reads so far: each is a second later.
    seconds: i64,
}

impl World {
    fn new() -> Self {
        Self::of("1.11.0")
    }

    /// With a master of that version of Mesos.
    fn of(version: &str) -> Self {
        let mut sim = Sim::recorded(2);
        sim.set_version(version);
        sim.run(Recorded::Alpha, &[0, 1]);
        sim.advance(NOW.0);
        let mut engine = Engine::new("test", 1);
        let hello = ToEngine::Hello { build: "test".into(), base: "http://here/".into() };
        engine.handle(Input::FromPage(Client(1), hello), NOW);
        engine.handle(Input::StreamOpened, NOW);
        let mut bytes = Vec::new();
        recordio::encode(&sim::answer::reply::Body::Pieces(sim.snapshot()).into_bytes(), &mut bytes);
        engine.handle(Input::StreamChunk(&bytes), NOW);
        let mut world = Self { sim, engine, seconds: 0 };
        world.read();
        world
    }

    fn now(&self) -> Timestamp {
        Timestamp(NOW.0 + self.seconds * 1_000_000_000)
    }

    /// Reads all parts again.
    fn read(&mut self) {
        self.seconds += 1;
        self.engine.handle(Input::FromPage(Client(1), ToEngine::Reread(Topic::ALL.to_vec())), self.now());
        self.engine.handle(Input::Tick, self.now());
        while let Some(output) = self.engine.poll() {
            if let Output::Read { id, body, .. } = output {
                let answer = self.sim.answer(Target::Master, &body);
                assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&body));
                let bytes = answer.body.into_bytes();
                self.engine.handle(Input::ReadFinished(id, Ok(&bytes)), self.now());
            }
        }
    }

    fn first_agent(&self) -> AgentId {
        self.engine.shown().agents().map(|agent| agent.id.clone()).min().expect("it has agents")
    }

    fn first_pool(&self) -> AgentPool {
        AgentPool::of(self.engine.shown(), &self.first_agent()).expect("it is listed")
    }

    /// The action, on an agent of this cluster.
    fn on_first_agent(&self, action: Action) -> Action {
        match action {
            Action::Reservation(action) => {
                Action::Reservation(Box::new(ReservationAction { agent: self.first_agent(), ..*action }))
            }
            other => other,
        }
    }

    fn plan(&self, action: &Action) -> actions::preview::Preview {
        actions::dry_run::preview(self.engine.shown(), action, self.now())
    }

    fn say(&mut self, action: &Action) -> (u16, String) {
        let body = action.request(self.plan(action).removal.as_ref()).expect("what is sent can be printed");
        let answer = self.sim.answer(Target::Master, &body);
        (answer.status, String::from_utf8_lossy(&answer.body.into_bytes()).into_owned())
    }

    /// What is said of it before it is sent, and what the master says then.
    fn check(&mut self, action: &Action) {
        let plan = self.plan(action);
        let mut reasons: Vec<Reason> = action.faults().into_iter().map(|fault| Reason::Form(fault.wrong)).collect();
        reasons.extend(plan.forces.iter().cloned().map(Reason::Force));
        reasons.extend(plan.disabled_reason.clone().map(Reason::State));
        if strategies::is_ours_alone(action) {
            return;
        }
        if action.request(plan.removal.as_ref()).is_none() {
            assert!(!reasons.is_empty(), "{action:?} cannot be sent, for a reason");
            return;
        }
        let (status, words) = self.say(action);
        let is_expected = reasons.iter().any(|reason| strategies::is_meant(&words, reason));
        match status {
            200 | 202 => assert!(reasons.is_empty(), "{action:?} was taken, though {reasons:?}"),
            400 | 409 => assert!(is_expected, "{action:?} was refused, {words}, and before: {reasons:?}"),
            other => panic!("{action:?}: {other} {words}"),
        }
        self.read();
        if status == 202 {
            let after = self.plan(action).current;
            assert!(plan.signs.iter().all(|sign| sign.shows_in(&after)), "{action:?}: {:?} in {after:?}", plan.signs);
        }
        if status == 200 {
            let plan = self.plan(action);
            assert_eq!(
                plan.progress,
                actions::preview::Progress::Applied,
                "{action:?}: {:?} instead of {:?}",
                plan.current,
                plan.desired
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn schedules_are_taken_or_were_refused_before(all in prop::collection::vec(strategies::schedule(), 1..6)) {
        let mut world = World::new();
        all.iter().for_each(|action| world.check(action));
    }

    #[test]
    fn quotas_are_taken_or_were_refused_before(all in prop::collection::vec(strategies::quotas(), 1..6)) {
        let mut world = World::new();
        all.iter().for_each(|action| world.check(action));
    }

    #[test]
    fn quotas_of_an_old_master_are_taken_or_were_refused_before(all in prop::collection::vec(strategies::old_quota(), 1..9)) {
        let mut world = World::of("1.8.1");
        all.iter().for_each(|action| world.check(action));
    }

    #[test]
    fn weights_are_taken_or_were_refused_before(all in prop::collection::vec(strategies::weights(), 1..6)) {
        let mut world = World::new();
        all.iter().for_each(|action| world.check(action));
    }

    #[test]
    fn reservations_are_taken_or_were_refused_before(all in prop::collection::vec(strategies::reservation("S".into()), 1..12)) {
        let mut world = World::new();
        all.into_iter().for_each(|action| world.check(&world.on_first_agent(action)));
    }

    #[test]
    fn an_undo_of_a_reservation_restores_the_pool(all in prop::collection::vec(strategies::reservation("S".into()), 1..12)) {
        let mut world = World::new();
        for action in all {
            let action = world.on_first_agent(action);
            let (before, plan) = (world.first_pool(), world.plan(&action));
            let is_sent = action.faults().is_empty() && plan.disabled_reason.is_none() && world.say(&action).0 == 202;
            world.read();
            if let Some(back) = plan.back.filter(|_| is_sent) {
                prop_assert_eq!(world.say(&back).0, 202, "{:?}", back);
                world.read();
                prop_assert_eq!(world.first_pool(), before);
                prop_assert_eq!(world.say(&action).0, 202, "it is possible again");
                world.read();
            }
        }
    }

    #[test]
    fn undo_restores_the_previous_values(first in strategies::quotas(), second in strategies::quotas(), windows in [strategies::schedule(), strategies::schedule()]) {
        let mut world = World::new();
        for (before, change) in [(first, second), (windows[0].clone(), windows[1].clone())] {
            if world.say(&before).0 != 200 {
                continue;
            }
            world.read();
            let plan = world.plan(&change);
            if world.say(&change).0 == 200 {
                world.read();
                let back = plan.back.expect("there is a way back");
                prop_assert_eq!(world.plan(&back).desired, plan.current);
                let (status, words) = world.say(&back);
                // Quotas that stood only by force are put back only by force.
                prop_assert!(status == 200 || words.contains("use 'force'"), "{words}");
            }
        }
    }
}

#[test]
fn once_guarantees_are_too_many_each_update_needs_force() {
    let mut world = World::new();
    let quota = |role: &str, cpus: &[f64], force: bool| Action::Quotas {
        quotas: vec![actions::RoleQuota {
            role: role.into(),
            guarantees: cpus.iter().map(|amount| ("cpus".to_owned(), *amount)).collect(),
            ..actions::RoleQuota::default()
        }],
        force,
    };
    assert_eq!(world.plan(&quota("a", &[8.001], false)).forces.len(), 1);
    assert_eq!(world.say(&quota("a", &[8.001], true)).0, 200);
    world.read();
    for action in [quota("b", &[], false), quota("a", &[8.0], false), quota("c", &[0.5], false)] {
        let (plan, (status, words)) = (world.plan(&action), world.say(&action));
        assert_eq!(status == 200, plan.forces.is_empty(), "{action:?} {words} {:?}", plan.forces);
        world.say(&quota("a", &[8.001], true));
    }
}

fn set(role: &str, cpus: f64) -> Action {
    Action::SetQuota { role: role.into(), guarantee: [("cpus".to_owned(), cpus)].into(), force: false }
}

#[test]
fn an_old_master_is_sent_set_quota_and_remove_quota() {
    let mut world = World::of("1.8.1");
    let body = set("dev", 1.5).request(None).map(|body| serde_json::from_slice::<Value>(&body).unwrap()).unwrap();
    let resource = json!({"name": "cpus", "type": "SCALAR", "scalar": {"value": 1.5}});
    assert_eq!(
        body,
        json!({"type": "SET_QUOTA", "set_quota": {"quota_request": {"role": "dev", "guarantee": [resource]}}})
    );
    world.check(&set("dev", 1.5));
    let set_again = world.plan(&set("dev", 2.0));
    assert_eq!(set_again.disabled_reason, Some(DisabledReason::HasQuota("dev".into())));
    assert_eq!(world.say(&set("dev", 2.0)).0, 400);
    let remove = Action::RemoveQuota("dev".into());
    let plan = world.plan(&remove);
    let body: Value = serde_json::from_slice(&remove.request(plan.removal.as_ref()).unwrap()).unwrap();
    assert_eq!(body, json!({"type": "REMOVE_QUOTA", "remove_quota": {"role": "dev"}}));
    assert_eq!(plan.back, Some(set("dev", 1.5)));
    world.check(&remove);
    let back = world.plan(&set("dev", 1.5)).back;
    assert_eq!(back, Some(remove));
}

#[test]
fn a_removal_cannot_be_printed_for_a_role_without_a_quota() {
    let mut world = World::of("1.8.1");
    let remove = |role: &str| Action::RemoveQuota(role.into());
    let none = world.plan(&remove("dev"));
    assert_eq!(none.disabled_reason, Some(DisabledReason::NoQuota("dev".into())));
    assert_eq!((remove("dev").request(none.removal.as_ref()), remove("dev").request(None)), (None, None));
    world.check(&set("dev", 1.5));
    let plan = world.plan(&remove("dev"));
    assert!(plan.disabled_reason.is_none() && remove("dev").request(plan.removal.as_ref()).is_some());
    assert_eq!(remove("other").request(plan.removal.as_ref()), None, "a plan prints the removal of its own role alone");
    assert_eq!(text::actions::curl(&remove("dev"), None, "http://here"), None);
    world.check(&remove("dev"));
    let after = world.plan(&remove("dev"));
    assert_eq!(
        (after.progress, remove("dev").request(after.removal.as_ref())),
        (actions::preview::Progress::Applied, None)
    );
}

#[test]
fn an_old_master_that_refuses_too_much_takes_it_by_force() {
    let mut world = World::of("1.8.1");
    let action = set("dev", 8.001);
    assert_eq!(world.plan(&action).forces.len(), 1);
    let (status, words) = world.say(&action);
    assert!(status == 409 && action.is_helped_by_force(&words), "{words}");
    let forced = action.forced().expect("there is force");
    assert!(!forced.is_helped_by_force(&words));
    assert_eq!(world.say(&forced).0, 200);
    let older = "Heuristic capacity check for set quota request failed: Not enough available cluster capacity to reasonably \
                 satisfy quota request; the force flag can be used to override this check";
    assert!(action.is_helped_by_force(older));
    assert!(!action.is_helped_by_force("Cannot set quota for role 'dev' which already has quota"));
}

#[test]
fn the_masters_version_decides_what_a_form_offers() {
    for (version, calls) in [
        ("1.0.0", QuotaCalls::SetAndRemove("1.0.0".to_owned())),
        ("1.8.1", QuotaCalls::SetAndRemove("1.8.1".to_owned())),
        ("1.9.0", QuotaCalls::Update),
        ("1.11.0", QuotaCalls::Update),
    ] {
        let world = World::of(version);
        let budgets = actions::quotas::quota_amounts(world.engine.shown(), &"dev".into());
        assert_eq!(budgets.map(|budgets| budgets.calls), Ok(calls));
    }
}

#[test]
fn a_machine_that_is_down_stays_in_the_schedule() {
    let mut world = World::new();
    let machine = |host: &str| MachineId { hostname: Some(host.to_owned()), ip: Some("127.0.0.1".to_owned()) };
    let window = |hosts: &[&str]| actions::MaintenanceWindow {
        machines: hosts.iter().map(|host| machine(host)).collect(),
        start: NOW,
        duration: None,
    };
    world.check(&Action::Schedule(vec![window(&["agent1.local", "agent2.local"])]));
    let plan = world.plan(&Action::StartMaintenance(vec![machine("agent1.local")]));
    assert_eq!((plan.disabled_reason, plan.name.as_deref()), (None, Some("agent1.local")));
    let lost =
        plan.effects.iter().find(|effect| matches!(effect.impact, ImpactKind::TasksLost(1..))).expect("it has tasks");
    assert_eq!(lost.tone, actions::preview::Severity::Bad);
    assert!(plan.effects.iter().any(|effect| effect.impact == ImpactKind::NotAccepted), "{:?}", plan.effects);
    assert_eq!(world.say(&Action::StartMaintenance(vec![machine("agent1.local")])).0, 200);
    world.read();
    let without = Action::Schedule(vec![window(&["agent2.local"])]);
    assert_eq!(world.plan(&without).disabled_reason, Some(DisabledReason::LeavesWhileDown(machine("agent1.local"))));
    assert_eq!(world.say(&without).0, 400);
    let both = Action::StartMaintenance(vec![machine("agent1.local"), machine("agent2.local")]);
    assert!(
        world.plan(&both).disabled_reason == Some(DisabledReason::Down(machine("agent1.local")))
            && world.say(&both).0 == 400
    );
    let up = Action::StopMaintenance(vec![machine("agent1.local")]);
    assert!(world.plan(&up).disabled_reason.is_none() && world.say(&up).0 == 200);
    world.read();
    assert_eq!(world.plan(&up).progress, actions::preview::Progress::Applied);
    let elsewhere = machine("elsewhere");
    let plan = world.plan(&Action::StartMaintenance(vec![elsewhere.clone()]));
    assert_eq!(plan.disabled_reason, Some(DisabledReason::NotScheduled(elsewhere)));
}

#[test]
fn values_of_the_exact_request_are_those_that_were_asked_for() {
    let action = Action::Quotas {
        quotas: vec![actions::RoleQuota {
            role: "o'neill".into(),
            guarantees: [("mem".to_owned(), 10_244.0)].into(),
            ..actions::RoleQuota::default()
        }],
        force: false,
    };
    let body: Value = serde_json::from_slice(&action.request(None).unwrap()).unwrap();
    assert_eq!(body["type"], "UPDATE_QUOTA");
    assert_eq!(body["update_quota"]["quota_configs"][0]["guarantees"]["mem"]["value"], 10_244.0);
    let curl = text::actions::curl(&action, None, "http://here/it's").unwrap();
    assert!(curl.contains(r"o'\''neill") && curl.ends_with(r"'http://here/it'\''s'"), "{curl}");
    // What differs by a thousandth differs.
    let world = World::new();
    assert_eq!(world.plan(&action).desired[0].value, PreviewValue::Typed("10244 MiB".to_owned()));
}

#[test]
fn an_agent_that_is_on_no_list_may_be_marked_gone_all_the_same() {
    let mut world = World::new();
    let action = Action::MarkGone("nobody-S7".into());
    let plan = world.plan(&action);
    assert_eq!(
        (plan.disabled_reason, plan.progress, plan.name.as_deref()),
        (None, actions::preview::Progress::Unobservable, Some("nobody-S7"))
    );
    assert_eq!(world.say(&action), (404, "Agent 'nobody-S7' not found".to_owned()));
}

#[test]
fn a_drain_says_what_is_left_and_by_when_it_ends() {
    let mut world = World::new();
    let agent =
        world.engine.shown().agents().find(|agent| agent.hostname == "agent1.local").expect("it is there").id.clone();
    let drain = Action::Drain { agent: agent.clone(), grace: Some(30), mark_gone: false };
    assert_eq!(world.plan(&drain).draining, None);
    assert_eq!(world.say(&drain).0, 200);
    world.read();
    let plan = world.plan(&drain);
    assert_eq!(plan.progress, actions::preview::Progress::Started);
    let draining = plan.draining.expect("it drains");
    assert!(draining.left > 0 && draining.of.iter().map(|(.., tasks)| tasks).sum::<u32>() == draining.left);
    let since = draining.since.expect("the master tells when it began");
    assert_eq!(draining.ends.map(|ends| ends.since(since).as_secs()), Some(30));
    assert_eq!(draining.grounds, EstimateBasis::GracePeriod(Nanoseconds::from_secs(30)));
    // Without a grace period nothing says by when, but a kill policy.
    let drain = Action::Drain { agent: agent.clone(), grace: None, mark_gone: false };
    assert_eq!(world.say(&drain).0, 200);
    world.read();
    let draining = actions::draining::draining(world.engine.shown(), &agent).expect("it drains");
    assert_eq!((draining.ends, draining.grounds), (None, EstimateBasis::Nothing));
}

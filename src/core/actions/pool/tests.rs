//! Actions on reservations and volumes, before an agent with some of each.

use super::preview::{preview, resize_block};
use super::*;
use crate::actions::form::FormError;
use crate::actions::preview::{Affected, Impact, ImpactKind, PreviewValue, PreviewedField, Severity, differences};
use crate::actions::reservation::fault::{ReservationFault, VolumeIdError};
use crate::actions::reservation::impact::ReservationImpact;
use crate::actions::reservation::{ReservationAction, ReservationOperation};
use crate::base::units::Timestamp;
use crate::checks::eligibility::DisabledReason;
use crate::checks::reservations::ReservationBlock;
use crate::mesos::wire::json_splitter::SnapshotList;
use crate::mesos::wire::pool_resource::{PersistentVolume, PoolDisk, ReservationLayer};
use crate::text;

const WEB: &str = r#"[{"type":"DYNAMIC","role":"web"}]"#;

fn cluster() -> Cluster {
    let mount = r#"{"source":{"type":"MOUNT","mount":{"root":"/mnt/a"}}}"#;
    let volume = |id: &str| {
        format!(r#""disk":{{"persistence":{{"id":"{id}"}},"volume":{{"container_path":"data","mode":"RW"}}}}"#)
    };
    let (used, free) = (volume("used"), volume("free"));
    let agent = format!(
        r#"{{"agent_info":{{"id":{{"value":"S1"}},"hostname":"node-1"}},"active":true,"total_resources":[
        {{"name":"cpus","type":"SCALAR","scalar":{{"value":4}},"role":"*"}},
        {{"name":"mem","type":"SCALAR","scalar":{{"value":4096}},"role":"*"}},
        {{"name":"cpus","type":"SCALAR","scalar":{{"value":2}},"reservations":{WEB}}},
        {{"name":"cpus","type":"SCALAR","scalar":{{"value":1}},"role":"fixed"}},
        {{"name":"disk","type":"SCALAR","scalar":{{"value":100}},"reservations":{WEB}}},
        {{"name":"disk","type":"SCALAR","scalar":{{"value":50}},"reservations":{WEB},{used}}},
        {{"name":"disk","type":"SCALAR","scalar":{{"value":60}},"reservations":{WEB},{free}}},
        {{"name":"disk","type":"SCALAR","scalar":{{"value":500}},"role":"*","disk":{mount}}},
        {{"name":"ports","type":"RANGES","ranges":{{"range":[{{"begin":31000,"end":31009}}]}},"role":"*"}}],
        "allocated_resources":[{{"name":"cpus","type":"SCALAR","scalar":{{"value":1}},"allocation_info":{{"role":"a"}}}},
        {{"name":"disk","type":"SCALAR","scalar":{{"value":50}},"reservations":{WEB},{used},"allocation_info":{{"role":"web"}}}}],
        "offered_resources":[{{"name":"cpus","type":"SCALAR","scalar":{{"value":2}},"allocation_info":{{"role":"a"}}}}]}}"#
    );
    let task = format!(
        r#"{{"task_id":{{"value":"t1"}},"name":"db","framework_id":{{"value":"F"}},"agent_id":{{"value":"S1"}},"state":"TASK_RUNNING",
        "resources":[{{"name":"disk","type":"SCALAR","scalar":{{"value":50}},"reservations":{WEB},{used}}}]}}"#
    );
    let framework = r#"{"framework_info":{"id":{"value":"F"},"name":"store","roles":["web"]},"active":true}"#;
    let mut cluster = Cluster::default();
    let arrivals =
        [(SnapshotList::Agents, agent.as_str()), (SnapshotList::Frameworks, framework), (SnapshotList::Tasks, &task)];
    for (list, json) in arrivals {
        cluster.arrive(list, json, Timestamp(1)).expect("it is one of the list");
    }
    cluster.arrived(None);
    cluster
}

fn layers(roles: &[&str]) -> Vec<ReservationLayer> {
    let one = |role: &&str| ReservationLayer { is_dynamic: true, role: (*role).into(), ..Default::default() };
    roles.iter().map(one).collect()
}

fn resource(name: &str, amount: f64, roles: &[&str]) -> PoolResource {
    let amount = PoolAmount::scalar(amount);
    PoolResource { name: name.to_owned(), amount, reservations: layers(roles), ..PoolResource::default() }
}

fn volume(id: &str, amount: f64) -> PoolResource {
    let volume = PersistentVolume { id: id.to_owned(), ..PersistentVolume::default() };
    PoolResource { volume: Some(volume), ..resource("disk", amount, &["web"]) }
}

fn reserve(resources: Vec<PoolResource>, roles: &[&str]) -> ReservationOperation {
    ReservationOperation::Reserve { resources, layers: layers(roles) }
}

fn create(id: &str, path: &str, disk: PoolResource) -> ReservationOperation {
    let volume = PersistentVolume { id: id.to_owned(), principal: None, container_path: path.to_owned() };
    ReservationOperation::Create { disk, volume, shared: false }
}

fn on(operation: ReservationOperation) -> ReservationAction {
    ReservationAction { agent: "S1".into(), operation }
}

/// The differences as `name: before → after`.
fn changes(operation: ReservationOperation) -> Vec<String> {
    let preview = preview(&cluster(), &on(operation));
    assert_eq!(preview.disabled_reason, None);
    let value = |value: &Option<PreviewValue>| value.as_ref().map_or_else(|| "–".to_owned(), text::actions::value);
    let line = |row: &crate::actions::preview::Difference| {
        let crate::actions::preview::PreviewedField::Pooled(of) = &row.key else { panic!("{row:?}") };
        format!("{}: {} → {}", text::pooled::field(of), value(&row.before), value(&row.after))
    };
    differences(&preview.current, &preview.desired).iter().map(line).collect()
}

fn refused(operation: ReservationOperation) -> Option<ReservationBlock> {
    match preview(&cluster(), &on(operation)).disabled_reason {
        Some(DisabledReason::Reservation(why)) => Some(*why),
        other => {
            assert_eq!(other, None);
            None
        }
    }
}

#[test]
fn a_preview_shows_the_pool_before_and_after() {
    assert_eq!(
        changes(reserve(vec![resource("cpus", 1.0, &[])], &["web"])),
        ["CPUs, reserved for web: 2 → 3", "CPUs, unreserved: 4 → 3"]
    );
    assert_eq!(
        changes(reserve(vec![resource("cpus", 2.0, &["web"])], &["web", "web/a"])),
        ["CPUs, reserved for web/a out of web: – → 2", "CPUs, reserved for web: 2 → –"]
    );
    assert_eq!(
        changes(create("new", "data", resource("disk", 40.0, &["web"]))),
        ["Volume new, reserved for web: – → 40 MiB", "Disk, reserved for web: 100 MiB → 60 MiB"]
    );
    assert_eq!(
        changes(ReservationOperation::Grow(volume("free", 60.0), 4_000)),
        ["Volume free, reserved for web: 60 MiB → 64 MiB", "Disk, reserved for web: 100 MiB → 96 MiB"]
    );
    let ports = PoolResource {
        name: "ports".to_owned(),
        amount: PoolAmount::ranges(vec![(31_003, 31_004)]),
        ..PoolResource::default()
    };
    assert_eq!(
        changes(reserve(vec![ports], &["web"])),
        ["Ports, reserved for web: – → 31003-31004", "Ports, unreserved: 31000-31009 → 31000-31002, 31005-31009"]
    );
}

#[test]
fn what_an_action_takes_away_comes_first_in_its_preview() {
    assert_eq!(
        changes(ReservationOperation::Unreserve(vec![resource("cpus", 1.0, &["web"])])),
        ["CPUs, reserved for web: 2 → 1", "CPUs, unreserved: 4 → 5"]
    );
    assert_eq!(
        changes(ReservationOperation::Destroy(volume("free", 60.0))),
        ["Disk, reserved for web: 100 MiB → 160 MiB", "Volume free, reserved for web: 60 MiB → –"]
    );
    let destroy = preview(&cluster(), &on(ReservationOperation::Destroy(volume("free", 60.0))));
    let fields: Vec<String> = destroy
        .current
        .iter()
        .filter_map(|entry| match &entry.key {
            PreviewedField::Pooled(of) => Some(text::pooled::field(of)),
            _ => None,
        })
        .collect();
    assert_eq!(fields, ["Volume free, reserved for web", "Disk, reserved for web"]);
}

#[test]
fn volumes_on_whole_disks_of_providers_and_shared_ones_are_not_resized() {
    let on_disk = |kind: &str| PoolResource {
        source: Some(PoolDisk { kind: kind.to_owned(), ..PoolDisk::default() }),
        ..volume("v", 60.0)
    };
    for kind in ["MOUNT", "BLOCK", "RAW", ""] {
        assert_eq!(resize_block(&on_disk(kind)), Some(ReservationBlock::NotResizable), "{kind}");
    }
    assert_eq!((resize_block(&on_disk("PATH")), resize_block(&volume("v", 60.0))), (None, None));
    let shared = PoolResource { shared: true, ..on_disk("PATH") };
    assert_eq!(resize_block(&shared), Some(ReservationBlock::SharedVolume));
    let provider = PoolResource { provider: Some("p".into()), ..volume("v", 60.0) };
    assert_eq!(resize_block(&provider), Some(ReservationBlock::NotResizable));
    let grow = ReservationOperation::Grow(on_disk("MOUNT"), 1_000);
    assert_eq!(refused(grow), Some(ReservationBlock::NotResizable), "before it is looked for in the pool");
}

#[test]
fn an_action_is_disabled_for_the_reason_of_the_master() {
    let check = |operation: ReservationOperation, words: &str| {
        assert_eq!(refused(operation).as_ref().map(text::pooled::block).unwrap_or_default(), words);
    };
    check(
        reserve(vec![resource("cpus", 3.5, &[])], &["web"]),
        "Not enough is free: 3.5 wanted, 3 free (CPUs, unreserved).",
    );
    check(
        reserve(vec![resource("cpus", 2.0, &[]), resource("cpus", 2.0, &[])], &["web"]),
        "Not enough is free: 4 wanted, 3 free (CPUs, unreserved).",
    );
    check(
        ReservationOperation::Unreserve(vec![resource("cpus", 1.0, &["db"])]),
        "The agent has no such resource any more: CPUs, reserved for db.",
    );
    check(
        ReservationOperation::Destroy(volume("used", 50.0)),
        "Tasks use the volume. Mesos changes only volumes that are not in use.",
    );
    check(
        ReservationOperation::Destroy(volume("free", 50.0)),
        "Volume free, reserved for web can be taken only as a whole: 60 MiB.",
    );
    check(create("free", "data", resource("disk", 1.0, &["web"])), "The role already has a volume free on this agent.");
    check(create("new", "data", resource("disk", 1.0, &["web"])), "");
    let pool = AgentPool::of(&cluster(), &"S1".into()).expect("it is listed");
    let mount = pool.items.iter().map(|item| &item.resource).find(|of| of.source.is_some()).expect("it has one");
    let half = mount.of(PoolAmount::scalar(250.0));
    check(reserve(vec![half], &["web"]), "Disk on MOUNT /mnt/a, unreserved can be taken only as a whole: 500 MiB.");
    check(reserve(vec![mount.clone()], &["web"]), "");
    let elsewhere = ReservationAction {
        agent: "S2".into(),
        operation: ReservationOperation::Unreserve(vec![resource("cpus", 1.0, &["web"])]),
    };
    let unknown = preview(&cluster(), &elsewhere).disabled_reason;
    assert_eq!(unknown, Some(DisabledReason::AgentNotListed("S2".into())));
}

#[test]
fn effects_name_the_tasks_that_use_a_volume_and_the_offers_that_go() {
    let effects = |operation| preview(&cluster(), &on(operation)).effects;
    let impact = |of: ReservationImpact| ImpactKind::Reservation(of);
    let destroyed = effects(ReservationOperation::Destroy(volume("used", 50.0)));
    let task = Affected::Task("F".into(), "t1".into(), "db".to_owned());
    let uses = Impact {
        tone: Severity::Bad,
        impact: impact(ReservationImpact::UsedByTasks(1, "used".to_owned())),
        on: vec![task],
        more: 0,
    };
    assert!(destroyed.contains(&uses), "{destroyed:?}");
    let kinds = |operation| effects(operation).into_iter().map(|effect| effect.impact).collect::<Vec<_>>();
    let for_role = |role: &str| impact(ReservationImpact::ForRole(role.into()));
    assert_eq!(kinds(reserve(vec![resource("cpus", 1.0, &[])], &["web"])), [for_role("web")]);
    assert_eq!(
        kinds(reserve(vec![resource("cpus", 2.0, &[])], &["new"])),
        [ImpactKind::OffersRescinded, for_role("new"), ImpactKind::RoleUnused("new".into())]
    );
    assert!(
        kinds(reserve(vec![resource("mem", 4096.0, &[])], &["web"]))
            .contains(&impact(ReservationImpact::NothingLeft("mem".to_owned())))
    );
    assert_eq!(
        kinds(ReservationOperation::Unreserve(vec![resource("cpus", 1.0, &["web"])])),
        [impact(ReservationImpact::Returned(None))]
    );
}

#[test]
fn signs_show_only_once_it_is_done() {
    let reserve_one = on(reserve(vec![resource("cpus", 1.0, &[])], &["web"]));
    let before = preview(&cluster(), &reserve_one);
    assert!(!before.signs.is_empty() && before.signs.iter().all(|sign| !sign.shows_in(&before.current)));
    assert!(before.signs.iter().all(|sign| sign.shows_in(&before.desired)));
    let destroy = preview(&cluster(), &on(ReservationOperation::Destroy(volume("free", 60.0))));
    assert_eq!((destroy.signs.len(), destroy.name.as_deref()), (1, Some("free")));
    assert!(destroy.signs.iter().all(|sign| !sign.shows_in(&destroy.current) && sign.shows_in(&destroy.desired)));
}

#[test]
fn faults_are_those_for_which_a_master_refuses() {
    let check = |operation: ReservationOperation, expected: &[FormError]| {
        let faults: Vec<FormError> = on(operation).faults().into_iter().map(|fault| fault.wrong).collect();
        assert_eq!(faults, expected);
    };
    let wrong = FormError::Reservation;
    let cpus = |roles: &[&str]| vec![resource("cpus", 1.0, roles)];
    check(reserve(cpus(&[]), &["web"]), &[]);
    check(reserve(cpus(&[]), &["*"]), &[wrong(ReservationFault::DefaultRole)]);
    check(reserve(cpus(&["eng"]), &["eng", "web"]), &[wrong(ReservationFault::NotBelow("web".into(), "eng".into()))]);
    check(reserve(cpus(&["web"]), &["web"]), &[wrong(ReservationFault::NothingChanged)]);
    check(reserve(vec![resource("cpus", 0.0, &[])], &["web"]), &[wrong(ReservationFault::NoAmount)]);
    check(ReservationOperation::Unreserve(cpus(&[])), &[wrong(ReservationFault::NotDynamic)]);
    check(ReservationOperation::Unreserve(Vec::new()), &[wrong(ReservationFault::NoAmount)]);
    check(
        create("a/b", " ", resource("disk", 1.0, &[])),
        &[
            wrong(ReservationFault::NotReservedDisk),
            wrong(ReservationFault::VolumeId(VolumeIdError::Letters)),
            wrong(ReservationFault::NoPath),
        ],
    );
    check(ReservationOperation::Shrink(volume("v", 5.0), 5_000), &[wrong(ReservationFault::NothingLeft)]);
    let mut fixed = cpus(&["fixed"]);
    fixed.iter_mut().flat_map(|one| &mut one.reservations).for_each(|layer| layer.is_dynamic = false);
    check(reserve(fixed.clone(), &["web"]), &[wrong(ReservationFault::NotDynamic)]);
    check(ReservationOperation::Unreserve(fixed), &[wrong(ReservationFault::NotDynamic)]);
}

#[test]
fn a_pool_says_what_is_free_and_what_is_offered() {
    let agent = r#"{"agent_info":{"id":{"value":"S1"},"hostname":"node-1"},"active":true,"total_resources":[
        {"name":"cpus","type":"SCALAR","scalar":{"value":1},"reservations":[{"type":"DYNAMIC","role":"web"}]},
        {"name":"cpus","type":"SCALAR","scalar":{"value":4},"role":"*"}],
        "allocated_resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":0.5},"allocation_info":{"role":"a"}},
                               {"name":"cpus","type":"SCALAR","scalar":{"value":1},"allocation_info":{"role":"b"}}],
        "offered_resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":2},"allocation_info":{"role":"b"}}]}"#;
    let mut cluster = Cluster::default();
    cluster.arrive(SnapshotList::Agents, agent, Timestamp(1)).expect("it is an agent");
    let pool = AgentPool::of(&cluster, &"S1".into()).expect("it is listed");
    let [free, reserved] = pool.items.as_slice() else { panic!("{:?}", pool.items) };
    assert_eq!((free.free(), free.offered.clone()), (PoolAmount::Scalar(2500), PoolAmount::Scalar(2000)));
    assert_eq!((reserved.free(), reserved.allocated.is_none()), (PoolAmount::Scalar(1000), true));
    assert!(pool.is_known && AgentPool::of(&cluster, &"S2".into()).is_none());
}

#[test]
fn an_amount_of_which_mesos_keeps_nothing_is_refused() {
    let read = |name: &str, text: &str| parse_pool_amount(name, text, &PoolAmount::default());
    for (name, text) in [("cpus", "0.0004"), ("mem", "1 B"), ("gpus", "1e-9"), ("disk", " 0.00049 MiB ")] {
        let error = read(name, text).expect_err("it is rounded to 0");
        assert!(error.contains("too small"), "{text}: {error}");
    }
    for text in ["", "0", "0e5", "0.000"] {
        assert_eq!(read("cpus", text), Ok(PoolAmount::Scalar(0)), "{text}");
    }
    assert_eq!(read("cpus", "0.0005"), Ok(PoolAmount::Scalar(1)));
    assert_eq!(read("cpus", "1e3"), Ok(PoolAmount::Scalar(1_000_000)));
    for text in ["-1", "1e308", "NaN", "1,5", "inf"] {
        assert!(read("cpus", text).is_err(), "{text}");
    }
}

#[test]
fn ports_end_at_65535_and_other_ranges_do_not() {
    let like = PoolAmount::Ranges(Vec::new());
    let read = |name: &str, text: &str| parse_pool_amount(name, text, &like);
    assert_eq!(read("vlans", "70000-80000"), Ok(PoolAmount::Ranges(vec![(70_000, 80_000)])));
    assert!(read("ports", "0-70000").is_err() && read("vlans", "5-1").is_err());
    assert_eq!(read("ports", "5-8, 7-9, 10"), Ok(PoolAmount::Ranges(vec![(5, 10)])));
}

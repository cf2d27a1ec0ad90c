//! Forms as a user could fill them in, well and badly; and which reason known before a master's refusal of one means.
//! Asks no master.

use std::collections::BTreeMap;

use mesoscope_core::actions::amount::AmountError;
use mesoscope_core::actions::form::{FormError, RoleError};
use mesoscope_core::actions::preview::QuotaCheck;
use mesoscope_core::actions::reservation::fault::ReservationFault;
use mesoscope_core::actions::reservation::{ReservationAction, ReservationOperation};
use mesoscope_core::actions::{Action, MaintenanceWindow, RoleQuota};
use mesoscope_core::base::ids::{AgentId, Role};
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::checks::eligibility::DisabledReason;
use mesoscope_core::checks::reservations::ReservationBlock;
use mesoscope_core::mesos::calls::maintenance::MachineId;
use mesoscope_core::mesos::wire::pool_resource::{PersistentVolume, PoolAmount, PoolResource, ReservationLayer};
use proptest::prelude::*;

/// Why a change would be refused, as it is known before it is sent.
#[derive(Debug)]
pub enum Reason {
    Form(FormError),
    State(DisabledReason),
    Force(QuotaCheck),
}

/// Whether a reason is the one that is meant.
type IsIt = fn(&Reason) -> bool;

/// A master's words, and whether a reason is the one that they mean. The first that is found in a refusal counts.
const MEANS: &[(&str, IsIt)] = &[
    ("appears more than once in the schedule", |it| matches!(it, Reason::Form(FormError::MachineTwice(_)))),
    ("List of machines in the maintenance window is empty", |it| matches!(it, Reason::Form(FormError::NoMachine))),
    ("'duration' is negative", |it| matches!(it, Reason::Form(FormError::NegativeLength))),
    ("Both 'hostname' and 'ip' for a machine are empty", |it| matches!(it, Reason::Form(FormError::Unnamed))),
    ("Failed to parse IP", |it| matches!(it, Reason::Form(FormError::NotIpv4(_)))),
    ("is not supported yet", |it| matches!(it, Reason::Form(FormError::Refused(DisabledReason::NestedRole(_))))),
    ("Negative values not supported", |it| matches!(it, Reason::Form(FormError::Amount(AmountError::Negative)))),
    ("values greater than", |it| {
        matches!(it, Reason::Form(FormError::Amount(AmountError::TooMuch | AmountError::TooManyBytes)))
    }),
    ("is not contained within", |it| matches!(it, Reason::Form(FormError::GuaranteeAboveLimit))),
    ("Weights must be positive", |it| matches!(it, Reason::Form(FormError::Weight))),
    ("cannot be the empty string", |it| matches!(it, Reason::Form(FormError::Role(RoleError::Empty)))),
    ("slash", |it| matches!(it, Reason::Form(FormError::Role(RoleError::Slash)))),
    ("whitespace", |it| matches!(it, Reason::Form(FormError::Role(RoleError::Space)))),
    ("starts with a dash", |it| matches!(it, Reason::Form(FormError::Role(RoleError::Dash)))),
    ("cannot include '.", |it| matches!(it, Reason::Form(FormError::Role(RoleError::Dots)))),
    ("cannot include '*'", |it| matches!(it, Reason::Form(FormError::Role(RoleError::Star)))),
    ("is already consuming", |it| matches!(it, Reason::Force(QuotaCheck::OverLimit { .. }))),
    ("already has quota", |it| matches!(it, Reason::State(DisabledReason::HasQuota(_)))),
    ("with empty 'guarantee'", |it| matches!(it, Reason::Form(FormError::NoAmount))),
    ("the default '*' role", |it| matches!(it, Reason::Form(FormError::DefaultRole))),
    ("value < 0", |it| matches!(it, Reason::Form(FormError::Amount(AmountError::Negative)))),
    ("exceed cluster capacity", |it| matches!(it, Reason::Force(QuotaCheck::OverCapacity { .. }))),
    ("is not a refinement", |it| is_fault(it, |fault| matches!(fault, ReservationFault::NotBelow(..)))),
    ("cannot be reserved", |it| is_fault(it, |fault| *fault == ReservationFault::DefaultRole)),
    ("is not dynamically reserved", |it| is_fault(it, |fault| *fault == ReservationFault::NotDynamic)),
    ("from unreserved resources", |it| is_fault(it, |fault| *fault == ReservationFault::NotReservedDisk)),
    ("Invalid persistence ID", |it| is_fault(it, |fault| matches!(fault, ReservationFault::VolumeId(_)))),
    ("must be smaller than the size", |it| is_fault(it, |fault| *fault == ReservationFault::NothingLeft)),
    ("is not unique", |it| is_block(it, |why| matches!(why, ReservationBlock::VolumeExists(_)))),
    ("shared persistent volume is not supported", |it| is_block(it, |why| *why == ReservationBlock::SharedVolume)),
    ("Persistent volumes not found", |it| is_block(it, is_not_there)),
    ("does not contain", |it| is_block(it, is_not_there)),
];

fn is_fault(reason: &Reason, is_it: fn(&ReservationFault) -> bool) -> bool {
    matches!(reason, Reason::Form(FormError::Reservation(fault)) if is_it(fault))
}

fn is_block(reason: &Reason, is_it: fn(&ReservationBlock) -> bool) -> bool {
    matches!(reason, Reason::State(DisabledReason::Reservation(why)) if is_it(why))
}

fn is_not_there(why: &ReservationBlock) -> bool {
    matches!(why, ReservationBlock::Missing(_) | ReservationBlock::NotFree { .. } | ReservationBlock::OnlyWhole(..))
}

/// The words of a refusal that say what it is about.
pub fn meant(refusal: &str) -> Option<&'static str> {
    MEANS.iter().map(|(theirs, _)| *theirs).find(|theirs| refusal.contains(theirs))
}

/// Whether it is that reason for which a master refuses in these words.
pub fn is_meant(refusal: &str, reason: &Reason) -> bool {
    let meant = meant(refusal);
    MEANS.iter().any(|(theirs, is_it)| Some(*theirs) == meant && is_it(reason))
}

/// A master takes the last of several entries for one role without saying so, and repeats a reservation that exists. We
/// send neither.
pub fn is_ours_alone(action: &Action) -> bool {
    let same = FormError::Reservation(ReservationFault::NothingChanged);
    action.faults().iter().any(|fault| fault.wrong == FormError::RoleTwice || fault.wrong == same)
}

fn machine() -> impl Strategy<Value = MachineId> {
    let host = prop::sample::select(vec!["agent1.local", "AGENT1.local", "agent2.local", "elsewhere", "h3", "h4", ""]);
    let ip = prop::sample::select(vec!["127.0.0.1", "127.0.0.1", "10.0.0.7", "::1", "256.1.1.1", "x", ""]);
    (prop::option::weighted(0.9, host), prop::option::weighted(0.9, ip))
        .prop_map(|(hostname, ip)| MachineId { hostname: hostname.map(str::to_owned), ip: ip.map(str::to_owned) })
}

fn sound_machine() -> impl Strategy<Value = MachineId> {
    ("h[1-9][0-9]?", 1..9_u8)
        .prop_map(|(host, last)| MachineId { hostname: Some(host), ip: Some(format!("10.0.0.{last}")) })
}

fn window(machine: impl Strategy<Value = MachineId>, least: i64) -> impl Strategy<Value = MaintenanceWindow> {
    let seconds = |range: std::ops::Range<i64>| range.prop_map(Nanoseconds::from_secs);
    let length = prop_oneof![4 => seconds(1..1_000_000), 1 => seconds(least..1), 1 => Just(Nanoseconds(i64::MAX))];
    (prop::collection::vec(machine, 0..4), -1_000_000_000..9_000_000_000_i64, prop::option::of(length)).prop_map(
        |(machines, start, duration)| MaintenanceWindow {
            machines,
            start: Timestamp(0) + Nanoseconds::from_secs(start),
            duration,
        },
    )
}

/// Any schedule that the editor, an import, or a slip can make.
pub fn schedule() -> impl Strategy<Value = Action> {
    let wild = prop::collection::vec(window(machine(), -9), 0..4);
    let sound = prop::collection::vec(window(sound_machine(), 0), 0..3);
    prop_oneof![wild, sound].prop_map(Action::Schedule)
}

fn role() -> impl Strategy<Value = Role> {
    let odd = vec!["", "/a", "a/", "a//b", "a b", "-a", "a/-b", ".", "a/..", "a/*", "*", "a/b", "a\tb"];
    let plain = vec!["dev", "other", "third"];
    prop_oneof![5 => prop::sample::select(plain), 2 => prop::sample::select(odd)].prop_map(Role::from)
}

fn amounts() -> impl Strategy<Value = BTreeMap<String, f64>> {
    let name = prop::sample::select(vec!["cpus", "mem", "disk", "gpus", "apples"]);
    let thousandths = |range: std::ops::Range<i64>| range.prop_map(|amount| amount as f64 / 1000.0);
    let odd = prop::sample::select(vec![-1.0, 2e12, 9e11, 1e14]);
    let amount = prop_oneof![12 => thousandths(0..9000), 4 => thousandths(0..20_000_000), 1 => odd];
    prop::collection::btree_map(name.prop_map(str::to_owned), amount, 0..4)
}

/// Any quotas that a form can say, without force.
pub fn quotas() -> impl Strategy<Value = Action> {
    let one = (role(), amounts(), amounts(), any::<bool>()).prop_map(|(role, guarantees, mut limits, fits)| {
        // Most people set limits above their guarantees.
        if fits {
            limits.retain(|name, limit| guarantees.get(name).is_none_or(|least| least <= limit));
        }
        RoleQuota { role, guarantees, limits }
    });
    prop::collection::vec(one, 1..3).prop_map(|quotas| Action::Quotas { quotas, force: false })
}

/// A quota that a form for a master before 1.9 can say, or its removal, without force.
pub fn old_quota() -> impl Strategy<Value = Action> {
    let set = (role(), amounts()).prop_map(|(role, guarantee)| Action::SetQuota { role, guarantee, force: false });
    prop_oneof![3 => set, 2 => role().prop_map(Action::RemoveQuota)]
}

/// Any weights that a form can say.
pub fn weights() -> impl Strategy<Value = Action> {
    let weight = prop_oneof![4 => (1..100_000_u32).prop_map(|weight| f64::from(weight) / 1000.0), 1 => Just(0.0), 1 => Just(-2.5)];
    prop::collection::vec((role(), weight), 1..4).prop_map(Action::Weights)
}

/// Any action on reservations and volumes of an agent that a form can say.
pub fn reservation(agent: AgentId) -> impl Strategy<Value = Action> {
    let many = |from: &'static [&'static str]| {
        prop::collection::vec(pooled(from), 0..3).prop_map(|mut resources| {
            // A form has one field for each resource.
            resources.sort_by(|a: &PoolResource, b| a.name.cmp(&b.name));
            resources.dedup_by(|a, b| a.name == b.name);
            resources
        })
    };
    let reserve = prop::sample::select(STACKS.to_vec())
        .prop_flat_map(move |from| (many(from), prop::sample::select(STACKS.to_vec())))
        .prop_map(|(resources, to)| ReservationOperation::Reserve { resources, layers: layers(to) });
    let unreserve = prop::sample::select(STACKS.to_vec()).prop_flat_map(many).prop_map(ReservationOperation::Unreserve);
    let disk = || (prop::sample::select(vec![&["dev"][..], &["dev", "dev/a"], &[]]), 1..4_u64);
    let sized = |(stack, size): (&'static [&'static str], u64)| scalar("disk", size * 1000, stack);
    let id = || prop::sample::select(vec!["v1", "v1", "v2", "a b", "", "..", "a/b"]);
    let create = (disk(), id(), any::<bool>()).prop_map(move |(disk, id, shared)| {
        let volume = PersistentVolume { id: id.to_owned(), principal: None, container_path: "data".to_owned() };
        ReservationOperation::Create { disk: sized(disk), volume, shared }
    });
    let volume = move || {
        (disk(), id(), any::<bool>()).prop_map(move |(disk, id, shared)| {
            let volume = PersistentVolume { id: id.to_owned(), principal: None, container_path: "data".to_owned() };
            PoolResource { volume: Some(volume), shared, ..sized(disk) }
        })
    };
    let by = || 0..3_u64;
    let grow = (volume(), by()).prop_map(|(volume, by)| ReservationOperation::Grow(volume, by * 1000));
    let shrink = (volume(), by()).prop_map(|(volume, by)| ReservationOperation::Shrink(volume, by * 1000));
    let destroy = volume().prop_map(ReservationOperation::Destroy);
    prop_oneof![5 => reserve, 2 => unreserve, 4 => create, 1 => destroy, 2 => grow, 2 => shrink]
        .prop_map(move |operation| Action::Reservation(Box::new(ReservationAction { agent: agent.clone(), operation })))
}

/// Reservations of resources: the likely ones more than once.
const STACKS: [&[&str]; 9] =
    [&[], &[], &["dev"], &["dev"], &["dev", "dev/a"], &["other"], &["dev", "other"], &["*"], &["a b"]];

fn layers(roles: &[&str]) -> Vec<ReservationLayer> {
    let layer =
        |role: &&str| ReservationLayer { is_dynamic: true, role: (*role).into(), ..ReservationLayer::default() };
    roles.iter().map(layer).collect()
}

fn scalar(name: &str, thousandths: u64, stack: &[&str]) -> PoolResource {
    let amount = PoolAmount::Scalar(thousandths);
    PoolResource { name: name.to_owned(), amount, reservations: layers(stack), ..PoolResource::default() }
}

fn pooled(stack: &'static [&'static str]) -> impl Strategy<Value = PoolResource> {
    let name = prop::sample::select(vec!["cpus", "mem", "disk", "disk", "apples"]);
    let scalars = (name, prop_oneof![6 => 1..9000_u64, 1 => Just(0), 1 => 9_000_000..900_000_000_u64])
        .prop_map(move |(name, amount)| scalar(name, amount, stack));
    let ports = (31_000..31_020_u64, 0..4_u64).prop_map(move |(begin, more)| PoolResource {
        amount: PoolAmount::ranges(vec![(begin, begin + more)]),
        ..scalar("ports", 0, stack)
    });
    prop_oneof![4 => scalars, 1 => ports]
}

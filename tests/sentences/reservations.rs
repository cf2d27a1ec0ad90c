//! Reservations and persistent volumes, and actions on them.

use mesoscope_core::actions::pool::form::check_layer;
use mesoscope_core::actions::pool::limits::ExceededLimit;
use mesoscope_core::actions::pool::parse_pool_amount;
use mesoscope_core::actions::pool::ports::parse_ports;
use mesoscope_core::actions::reservation::fault::{ReservationFault, check_volume_id};
use mesoscope_core::actions::reservation::impact::ReservationImpact;
use mesoscope_core::actions::reservation::{ReservationAction, ReservationOperation};
use mesoscope_core::base::ids::Role;
use mesoscope_core::base::units::Quantities;
use mesoscope_core::checks::reservations::{PooledField, ReservationBlock};
use mesoscope_core::mesos::wire::pool_resource::{PersistentVolume, PoolAmount, PoolResource, ReservationLayer};
use mesoscope_core::text::{actions, pooled, reservations as words};
use mesoscope_core::views::volumes::ReservationKind;

use crate::{Sentence, listed};

fn layers(roles: &[&str]) -> Vec<ReservationLayer> {
    let layer = |role: &&str| ReservationLayer {
        is_dynamic: true,
        role: (*role).into(),
        principal: Some("ops".to_owned()),
        labels: vec![("tier".to_owned(), Some("gold".to_owned()))],
    };
    roles.iter().map(layer).collect()
}

fn of(name: &str, amount: PoolAmount, roles: &[&str]) -> PoolResource {
    PoolResource { name: name.to_owned(), amount, reservations: layers(roles), ..PoolResource::default() }
}

fn cpus(roles: &[&str]) -> PoolResource {
    of("cpus", PoolAmount::Scalar(1000), roles)
}

fn ports() -> PoolResource {
    of("ports", PoolAmount::ranges(vec![(31_000, 31_005), (31_010, 31_010)]), &["web"])
}

fn volume() -> PoolResource {
    let volume = PersistentVolume { id: "v1".to_owned(), principal: None, container_path: "data".to_owned() };
    PoolResource { volume: Some(volume), ..of("disk", PoolAmount::Scalar(10_240_000), &["web"]) }
}

fn field(resource: &PoolResource) -> PooledField {
    PooledField::of(resource)
}

fn title(operation: ReservationOperation) -> String {
    words::title(&ReservationAction { agent: "c3946a13a-S3".into(), operation }, Some("node-1"))
}

fn create() -> ReservationOperation {
    let volume = volume().volume.unwrap_or_default();
    ReservationOperation::Create { disk: of("disk", PoolAmount::Scalar(1000), &["web"]), volume, shared: false }
}

fn exceeded(resource: &str, limit: f64, consumed: f64) -> ExceededLimit {
    ExceededLimit { resource: resource.to_owned(), limit, consumed }
}

fn left(free: u64, typed: u64) -> String {
    words::left("mem", &PoolAmount::Scalar(free), &PoolAmount::Scalar(typed))
}

fn share() -> String {
    let [total, used, offered, free] = [4000, 2000, 500, 1500].map(PoolAmount::Scalar);
    words::share(&field(&cpus(&[])), [&total, &used, &offered, &free])
}

fn layer_error(role: &str, below: &[&str]) -> String {
    check_layer(&Role::from(role), &layers(below)).err().map(|wrong| actions::form_error(&wrong)).unwrap_or_default()
}

fn ports_error(text: &str) -> String {
    parse_ports(text).err().map(|error| error.to_string()).unwrap_or_default()
}

fn amount_error(text: &str) -> String {
    parse_pool_amount("cpus", text, &PoolAmount::default()).err().unwrap_or_default()
}

fn id_error(id: &str) -> String {
    check_volume_id(id).err().map(|error| error.to_string()).unwrap_or_default()
}

fn not_free() -> ReservationBlock {
    ReservationBlock::NotFree { of: field(&cpus(&[])), wanted: "4".to_owned(), free: "3".to_owned() }
}

fn owned(all: &[&str]) -> Vec<String> {
    all.iter().map(|one| (*one).to_owned()).collect()
}

pub fn all() -> Vec<Sentence> {
    [labels(), effects(), reasons()].concat()
}

fn labels() -> Vec<Sentence> {
    listed![
        words::DYNAMIC_AND_STATIC,
        words::NO_EFFECT_YET,
        words::NO_AMOUNT,
        words::NO_AGENT,
        words::ON_EACH_AGENT,
        words::NO_RESERVED_DISK,
        words::NO_PATH,
        words::NOT_LISTED,
        pooled::NONE_LEFT,
        words::left_out(1),
        words::left_out(12),
        words::too_many_agents(1000),
        words::more_reservations(1),
        words::more_reservations(4000),
        amount_error("0.0004"),
        words::MODE,
        title(ReservationOperation::Reserve { resources: vec![cpus(&[]), ports()], layers: layers(&["web"]) }),
        title(ReservationOperation::Unreserve(vec![cpus(&["web"])])),
        title(create()),
        title(ReservationOperation::Destroy(volume())),
        title(ReservationOperation::Grow(volume(), 1_024_000)),
        title(ReservationOperation::Shrink(volume(), 512_000)),
        words::form_title("Reserve resources", &owned(&[])),
        words::form_title("Reserve resources", &owned(&["node-1"])),
        words::form_title("Reserve resources", &owned(&["node-1", "node-2"])),
        words::destroy_title(&owned(&["v1"]), &owned(&["node-1"])),
        words::destroy_title(&owned(&["v1", "v2"]), &owned(&["node-1"])),
        words::resize_title("v1", "node-1"),
        pooled::field(&field(&cpus(&[]))),
        pooled::field(&field(&cpus(&["eng", "eng/web"]))),
        pooled::field(&field(&volume())),
        words::layers(&layers(&[])),
        words::layers(&layers(&["web"])),
        words::amount_label("CPUs"),
        words::disk(&volume()),
        words::free(Quantities::NONE),
        words::free(Quantities::of("cpus", 2.0) + Quantities::of("mem", 496_192.0)),
        words::remove_agent("node-1"),
        words::take_all("CPUs"),
        words::rounded("mem", &PoolAmount::Scalar(496_192_000)),
        words::rounded("ports", &PoolAmount::ranges((0..6).map(|at| (at * 10, at * 10 + 1)).collect())),
        words::refined(&owned(&["eng/web", "eng"])),
        words::kind(&volume()),
        words::kind(&cpus(&["web"])),
        left(2_048_000, 0),
        left(2_048_000, 512_000),
        left(2_048_000, 2_048_000),
        left(2_048_000, 4_096_000),
        share(),
        words::can_grow_to(&PoolAmount::Scalar(10_240_000)),
        words::volumes_stay(1),
        words::volumes_stay(2),
        words::own_principal("ops"),
        words::row_name("v1", "node-1"),
        words::reservation_name(ReservationKind::Dynamic, &"web".into(), "ops"),
        words::reservation_name(ReservationKind::Static, &"web".into(), ""),
    ]
}

fn effects() -> Vec<Sentence> {
    listed![
        words::volume_name("v1", &"web".into()),
        words::impact(&ReservationImpact::ForRole("web".into())),
        words::impact(&ReservationImpact::Returned(None)),
        words::impact(&ReservationImpact::Returned(Some("eng".into()))),
        words::impact(&ReservationImpact::NothingLeft("mem".to_owned())),
        words::exceeded_limit(&"eng".into(), &exceeded("cpus", 8.0, 9.5)),
        words::exceeded_limit(&"eng".into(), &exceeded("mem", 1024.0, 2048.0)),
        words::impact(&ReservationImpact::Outlives),
        words::impact(&ReservationImpact::Shared),
        words::impact(&ReservationImpact::DataLost),
        words::impact(&ReservationImpact::NotMeasured),
        words::impact(&ReservationImpact::UsedByTasks(1, "data".to_owned())),
        words::impact(&ReservationImpact::UsedByTasks(3, "data".to_owned())),
        words::impact_of_several(&ReservationImpact::DataLost, 2),
        words::impact_of_several(&ReservationImpact::UsedByTasks(1, "data".to_owned()), 2),
        words::impact_of_several(&ReservationImpact::NothingLeft("cpus".to_owned()), 3),
    ]
}

fn reasons() -> Vec<Sentence> {
    listed![
        pooled::block(&ReservationBlock::PoolUnknown),
        pooled::block(&ReservationBlock::Missing(field(&cpus(&["web"])))),
        pooled::block(&not_free()),
        pooled::block(&ReservationBlock::OnlyWhole(field(&volume()), "10 GiB".to_owned())),
        pooled::block(&ReservationBlock::Static),
        pooled::block(&ReservationBlock::VolumeInUse),
        pooled::block(&ReservationBlock::VolumeExists("v1".to_owned())),
        pooled::block(&ReservationBlock::SharedVolume),
        pooled::block(&ReservationBlock::NotResizable),
        pooled::block(&ReservationBlock::NoneReserved),
        pooled::block(&ReservationBlock::NoneVolume),
        pooled::block(&ReservationBlock::NotOneVolume),
        pooled::block(&ReservationBlock::NoneLeft),
        pooled::block(&ReservationBlock::SeveralReservations),
        pooled::block(&ReservationBlock::NoDisk),
        pooled::block(&ReservationBlock::NoCapability("RESIZE_VOLUME".to_owned())),
        layer_error("", &[]),
        layer_error("*", &[]),
        layer_error("web", &["eng"]),
        words::fault(&ReservationFault::NothingChanged),
        words::fault(&ReservationFault::NotDynamic),
        words::fault(&ReservationFault::IsVolume),
        words::fault(&ReservationFault::NotReservedDisk),
        words::fault(&ReservationFault::NothingLeft),
        words::fault(&ReservationFault::ManyProviders),
        ports_error("a"),
        ports_error("9-8"),
        ports_error("70000"),
        id_error(""),
        id_error(".."),
        id_error("a/b"),
        id_error(&"a".repeat(256)),
    ]
}

//! Requests of reservations and volumes, and the actions that undo them.

use serde_json::{Value, json};

use super::*;

fn layer(role: &str) -> ReservationLayer {
    ReservationLayer { is_dynamic: true, role: role.into(), ..ReservationLayer::default() }
}

fn resource(name: &str, thousandths: u64, roles: &[&str]) -> PoolResource {
    let reservations = roles.iter().map(|role| layer(role)).collect();
    PoolResource {
        name: name.to_owned(),
        amount: PoolAmount::Scalar(thousandths),
        reservations,
        ..PoolResource::default()
    }
}

fn on(operation: ReservationOperation) -> ReservationAction {
    ReservationAction { agent: "S1".into(), operation }
}

fn reserve(thousandths: u64, from: &[&str], to: &[&str]) -> ReservationAction {
    on(ReservationOperation::Reserve {
        resources: vec![resource("cpus", thousandths, from)],
        layers: to.iter().map(|role| layer(role)).collect(),
    })
}

fn volume() -> PersistentVolume {
    PersistentVolume { id: "v".to_owned(), principal: None, container_path: "data".to_owned() }
}

fn body(action: &ReservationAction) -> Value {
    serde_json::from_slice(&action.request().expect("it can be sent")).expect("it is JSON")
}

/// A resource as it is sent.
fn sent(name: &str, value: f64, roles: &[&str]) -> Value {
    let one = |role: &&str| json!({"type": "DYNAMIC", "role": role});
    let mut resource = json!({"name": name, "type": "SCALAR", "scalar": {"value": value}});
    if !roles.is_empty() {
        resource["reservations"] = roles.iter().map(one).collect();
    }
    resource
}

#[test]
fn a_source_is_sent_only_where_a_reservation_is_replaced() {
    let check = |from: &[&str], to: &[&str], source: Option<Value>| {
        let sent_body = body(&reserve(500, from, to));
        let call = &sent_body["reserve_resources"];
        assert_eq!(call["resources"], json!([sent("cpus", 0.5, to)]));
        assert_eq!(call.get("source"), source.as_ref(), "{from:?} {to:?}");
    };
    check(&[], &["web"], None);
    check(&["eng"], &["eng", "eng/web"], None);
    check(&["eng"], &["web"], Some(json!([sent("cpus", 0.5, &["eng"])])));
    check(&["eng", "eng/web"], &["web"], Some(json!([sent("cpus", 0.5, &["eng", "eng/web"])])));
    check(&[], &["eng", "eng/web"], Some(json!([sent("cpus", 0.5, &[])])));
}

#[test]
fn a_volume_is_created_destroyed_and_resized_with_its_disk() {
    let disk = resource("disk", 10_000, &["web"]);
    let create = on(ReservationOperation::Create { disk: disk.clone(), volume: volume(), shared: true });
    let mut created = sent("disk", 10.0, &["web"]);
    created["disk"] = json!({"persistence": {"id": "v"}, "volume": {"container_path": "data", "mode": "RW"}});
    created["shared"] = json!({});
    assert_eq!(body(&create)["create_volumes"], json!({"agent_id": {"value": "S1"}, "volumes": [created]}));
    let destroy = create.back().expect("it can be destroyed");
    assert_eq!(body(&destroy)["destroy_volumes"]["volumes"], json!([created]));
    assert_eq!(destroy.back(), None, "its data is lost");
    let grow = on(ReservationOperation::Grow(PoolResource { volume: Some(volume()), ..disk }, 2_500));
    assert_eq!(body(&grow)["grow_volume"]["addition"], sent("disk", 2.5, &["web"]));
    let shrink = grow.back().expect("it can shrink");
    let call = &body(&shrink)["shrink_volume"];
    assert_eq!((&call["volume"]["scalar"]["value"], &call["subtract"]), (&json!(12.5), &json!({"value": 2.5})));
    assert_eq!(shrink.back(), Some(grow));
}

#[test]
fn what_aborts_a_master_cannot_be_sent() {
    let none = resource("cpus", 0, &["web"]);
    assert_eq!(reserve(0, &[], &["web"]).request(), None);
    assert_eq!(on(ReservationOperation::Unreserve(vec![none.clone()])).request(), None);
    assert_eq!(on(ReservationOperation::Unreserve(Vec::new())).request(), None);
    assert_eq!(on(ReservationOperation::Create { disk: none, volume: volume(), shared: false }).request(), None);
    let volume = PoolResource { volume: Some(volume()), ..resource("disk", 1_000, &["web"]) };
    assert_eq!(on(ReservationOperation::Grow(volume.clone(), 0)).request(), None);
    assert_eq!(on(ReservationOperation::Shrink(volume, 0)).request(), None);
}

#[test]
fn an_undo_takes_what_was_put_and_puts_what_was_taken() {
    let unreserve = |roles: &[&str]| on(ReservationOperation::Unreserve(vec![resource("cpus", 500, roles)]));
    for action in [
        reserve(500, &[], &["web"]),
        reserve(500, &["eng"], &["eng", "eng/web"]),
        reserve(500, &["eng"], &["web"]),
        unreserve(&["web"]),
        unreserve(&["eng", "eng/web"]),
    ] {
        let back = action.back().expect("there is a way back");
        let (taken, put) = action.conversion();
        assert_eq!(back.conversion(), (put, taken), "{action:?}");
        assert_eq!(back.back(), Some(action));
    }
    assert_eq!(reserve(500, &[], &["eng", "eng/web"]).back(), None, "one call removes one reservation");
}

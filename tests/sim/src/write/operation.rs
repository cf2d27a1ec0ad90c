//! JSON of offer operations with an id, as in GET_OPERATIONS (recorded/fold/09-reservations-quota).

use crate::json_out::Out;
use crate::rng::mix;
use crate::world::cluster::World;
use crate::world::operation::{Operation, OperationKind};
use crate::write::value;

pub(crate) fn operation<O: Out>(out: &mut O, world: &World, operation: &Operation) {
    out.str("{\"framework_id\":");
    value(out, |out| world.framework_id(out, operation.framework));
    out.str(",\"agent_id\":");
    value(out, |out| world.agent_id(out, operation.agent));
    out.all(&[",\"info\":{\"type\":\"", kind(operation.kind), "\",\"id\":"]);
    id(out, operation);
    content(out, operation, world.framework(operation.framework).role(0));
    out.str("},\"latest_status\":");
    status(out, world, operation);
    if !operation.is_pending() {
        out.str(",\"statuses\":[");
        status(out, world, operation);
        out.str("]");
    }
    out.str(",\"uuid\":");
    uuid(out, world, operation, 1);
    out.str("}");
}

fn kind(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Reserve => "RESERVE",
        OperationKind::Unreserve => "UNRESERVE",
        OperationKind::Create => "CREATE",
        OperationKind::Destroy => "DESTROY",
        OperationKind::GrowVolume => "GROW_VOLUME",
        OperationKind::ShrinkVolume => "SHRINK_VOLUME",
        OperationKind::CreateDisk => "CREATE_DISK",
        OperationKind::DestroyDisk => "DESTROY_DISK",
    }
}

/// Writes the message under the operation's own key.
fn content(out: &mut impl Out, operation: &Operation, role: &str) {
    match operation.kind {
        OperationKind::Reserve => list(out, "reserve", "resources", |out| cpus(out, role)),
        OperationKind::Unreserve => list(out, "unreserve", "resources", |out| cpus(out, role)),
        OperationKind::Create => list(out, "create", "volumes", |out| volume(out, operation, role)),
        OperationKind::Destroy => list(out, "destroy", "volumes", |out| volume(out, operation, role)),
        OperationKind::GrowVolume => {
            out.str(",\"grow_volume\":{\"volume\":");
            volume(out, operation, role);
            out.str(",\"addition\":");
            disk(out, role, "512.0", "");
            out.str("}");
        }
        OperationKind::ShrinkVolume => {
            out.str(",\"shrink_volume\":{\"volume\":");
            volume(out, operation, role);
            out.str(",\"subtract\":{\"value\":256.0}}");
        }
        OperationKind::CreateDisk => {
            out.str(",\"create_disk\":{\"source\":");
            disk(out, role, "4096.0", ",\"disk\":{\"source\":{\"type\":\"RAW\",\"profile\":\"fast\"}}");
            out.str(",\"target_type\":\"MOUNT\"}");
        }
        OperationKind::DestroyDisk => {
            out.str(",\"destroy_disk\":{\"source\":");
            let source = ",\"disk\":{\"source\":{\"type\":\"MOUNT\",\"profile\":\"fast\",\"id\":\"vol-old\"}}";
            disk(out, role, "4096.0", source);
            out.str("}");
        }
    }
}

fn list<O: Out>(out: &mut O, key: &str, list: &str, item: impl FnOnce(&mut O)) {
    out.all(&[",\"", key, "\":{\"", list, "\":["]);
    item(out);
    out.str("]}");
}

fn cpus(out: &mut impl Out, role: &str) {
    out.str("{\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":1.0},");
    reserved(out, role);
}

/// Writes the fields of allocation and reservation, and the closing brace.
fn reserved(out: &mut impl Out, role: &str) {
    out.all(&["\"allocation_info\":{\"role\":\"", role, "\"},"]);
    out.all(&["\"reservations\":[{\"type\":\"DYNAMIC\",\"role\":\"", role, "\"}]}"]);
}

fn disk(out: &mut impl Out, role: &str, mebibytes: &str, rest: &str) {
    out.all(&["{\"name\":\"disk\",\"type\":\"SCALAR\",\"scalar\":{\"value\":", mebibytes, "}", rest, ","]);
    reserved(out, role);
}

fn volume(out: &mut impl Out, operation: &Operation, role: &str) {
    let volume = crate::json_out::text(|out| {
        out.str(",\"disk\":{\"persistence\":{\"id\":\"op-volume-");
        out.int(operation.number);
        out.str("\",\"principal\":\"ops\"},\"volume\":{\"mode\":\"RW\",\"container_path\":\"data\"}}");
    });
    disk(out, role, "1024.0", &volume);
}

fn status(out: &mut impl Out, world: &World, operation: &Operation) {
    out.str("{\"operation_id\":");
    id(out, operation);
    out.all(&[",\"state\":\"", operation.state.name(), "\""]);
    if let Some(message) = operation.state.message() {
        out.all(&[",\"message\":\"", message, "\""]);
    }
    if !operation.is_pending() {
        out.str(",\"uuid\":");
        uuid(out, world, operation, 2);
    }
    out.str(",\"agent_id\":");
    value(out, |out| world.agent_id(out, operation.agent));
    out.str("}");
}

fn id<O: Out>(out: &mut O, operation: &Operation) {
    value(out, |out| {
        out.str("op-");
        out.int(operation.number);
    });
}

fn uuid<O: Out>(out: &mut O, world: &World, operation: &Operation, salt: u64) {
    let high = mix(world.seed ^ salt, operation.number);
    value(out, |out| out.uuid_base64(high, mix(high, salt)));
}

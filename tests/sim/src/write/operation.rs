//! JSON of offer operations with an id, as in GET_OPERATIONS (recorded/fold/09-reservations-quota).

use crate::json_out::Out;
use crate::rng::mix;
use crate::world::cluster::{Operation, World};
use crate::write::value;

pub(crate) fn operation<O: Out>(out: &mut O, world: &World, operation: &Operation) {
    out.str("{\"framework_id\":");
    value(out, |out| world.framework_id(out, operation.framework));
    out.str(",\"agent_id\":");
    value(out, |out| world.agent_id(out, operation.agent));
    out.str(",\"info\":{\"type\":\"RESERVE\",\"id\":");
    id(out, operation);
    reserve(out, world.framework(operation.framework).role(0));
    out.str("},\"latest_status\":");
    status(out, world, operation);
    if !operation.pending {
        out.str(",\"statuses\":[");
        status(out, world, operation);
        out.str("]");
    }
    out.str(",\"uuid\":");
    uuid(out, world, operation, 1);
    out.str("}");
}

fn reserve(out: &mut impl Out, role: &str) {
    out.str(",\"reserve\":{\"resources\":[{\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":1.0},");
    out.all(&["\"allocation_info\":{\"role\":\"", role, "\"},"]);
    out.all(&["\"reservations\":[{\"type\":\"DYNAMIC\",\"role\":\"", role, "\"}]}]}"]);
}

fn status(out: &mut impl Out, world: &World, operation: &Operation) {
    out.str("{\"operation_id\":");
    id(out, operation);
    out.all(&[",\"state\":\"", if operation.pending { "OPERATION_PENDING" } else { "OPERATION_FAILED" }, "\""]);
    if !operation.pending {
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

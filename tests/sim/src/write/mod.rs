//! JSON of the v1 operator API by object, keys in the protos' order (PROTOCOL.md, "JSON").

pub(crate) mod agent;
mod cause;
pub(crate) mod event;
pub(crate) mod executor;
pub(crate) mod framework;
pub(crate) mod operation;
pub(crate) mod provider;
pub(crate) mod resources;
pub(crate) mod statistics;
pub(crate) mod task;

use crate::json_out::Out;

/// Writes `{"value":"<written by id>"}`.
pub(crate) fn value<O: Out>(out: &mut O, id: impl FnOnce(&mut O)) {
    out.str("{\"value\":\"");
    id(out);
    out.str("\"}");
}

/// Writes a list: items separated by commas.
pub(crate) fn list<O: Out, T>(out: &mut O, items: impl IntoIterator<Item = T>, mut item: impl FnMut(&mut O, T)) {
    out.str("[");
    for (place, one) in items.into_iter().enumerate() {
        if place > 0 {
            out.str(",");
        }
        item(out, one);
    }
    out.str("]");
}

//! JSON of an agent's resource provider with its disks: a raw one, and one with a file system.

use crate::json_out::Out;
use crate::rng::mix;
use crate::world::agent::Agent;
use crate::world::cluster::World;

/// Whether the agent knows the provider that derives from its number.
fn is_own_known(world: &World, agent: &Agent) -> bool {
    agent.provided(world.seed).is_some() && world.providers.is_own_known(agent.number)
}

/// Writes `KEY[...]`, or nothing if the agent has no provider.
pub(crate) fn list(out: &mut impl Out, world: &World, agent: &Agent, key: &str) {
    let mut separator = "[";
    if is_own_known(world, agent) {
        out.all(&[key, "[{\"resource_provider_info\":"]);
        info(out, world, agent);
        if world.has_provided(agent) {
            out.str(",\"total_resources\":[");
            disks(out, world, agent);
            out.str("]");
        }
        out.str("}");
        separator = ",";
    }
    for added in world.providers.of(agent.number) {
        out.all(&[if separator == "[" { key } else { "" }, separator, "{\"resource_provider_info\":"]);
        out.all(&[&added.to_string(), "}"]);
        separator = ",";
    }
    if separator == "," {
        out.str("]");
    }
}

/// Writes a ResourceProviderInfo, as in the documentation's example.
pub(crate) fn info(out: &mut impl Out, world: &World, agent: &Agent) {
    if let Some(updated) = world.providers.own_info(agent.number) {
        return out.str(&updated.to_string());
    }
    out.str("{\"id\":{\"value\":\"");
    id(out, world, agent);
    out.all(&[
        "\"},\"type\":\"org.apache.mesos.rp.local.storage\",\"name\":\"local_ssd\",",
        "\"default_reservations\":[{\"type\":\"DYNAMIC\",\"role\":\"storage\"}],",
        "\"storage\":{\"plugin\":{\"type\":\"org.apache.mesos.csi.lvm\",\"name\":\"local\",\"containers\":[{",
        "\"services\":[\"CONTROLLER_SERVICE\",\"NODE_SERVICE\"],\"command\":{\"shell\":false,",
        "\"value\":\"/opt/mesos/bin/csilvm\",\"arguments\":[\"/opt/mesos/bin/csilvm\",\"-volume-group=ssd\",",
        "\"-devices=/dev/nvme0n1,/dev/nvme1n1\"]}}]}}}",
    ]);
}

/// Writes its resources without brackets, reserved for the role that creates volumes from them.
pub(crate) fn disks(out: &mut impl Out, world: &World, agent: &Agent) {
    let Some([raw, mounted]) = agent.provided(world.seed) else { return };
    disk(out, raw, |out| out.str("\"type\":\"RAW\",\"profile\":\"fast\""));
    id_of_provider(out, world, agent);
    out.str(",");
    disk(out, mounted, |out| {
        out.str("\"type\":\"MOUNT\",\"mount\":{\"root\":\"./csi/org.apache.mesos.csi.lvm/local/mounts/vol-");
        out.int(u64::from(agent.number));
        out.str("\"},\"profile\":\"fast\",\"id\":\"vol-");
        out.int(u64::from(agent.number));
        out.str("\"");
    });
    id_of_provider(out, world, agent);
}

fn disk<O: Out>(out: &mut O, mebibytes: u64, source: impl FnOnce(&mut O)) {
    out.str("{\"name\":\"disk\",\"type\":\"SCALAR\",\"scalar\":{\"value\":");
    out.int(mebibytes);
    out.str(".0},\"disk\":{\"source\":{");
    source(out);
    out.all(&[
        ",\"vendor\":\"org.apache.mesos.csi.lvm.local\"}},\"role\":\"storage\",\"reservation\":{},",
        "\"reservations\":[{\"type\":\"DYNAMIC\",\"role\":\"storage\"}]",
    ]);
}

fn id_of_provider(out: &mut impl Out, world: &World, agent: &Agent) {
    out.str(",\"provider_id\":{\"value\":\"");
    id(out, world, agent);
    out.str("\"}}");
}

/// Writes the id of an agent's own provider without quotes.
pub(crate) fn id(out: &mut impl Out, world: &World, agent: &Agent) {
    out.uuid(mix(world.seed ^ 0x5109, u64::from(agent.number)), mix(world.seed ^ 0xd15c, u64::from(agent.number)));
}

//! Configurations of resource providers on an agent. Only agents with a provider have a folder for configurations.

use serde_json::Value;

use crate::answer::call::Call;
use crate::answer::reply::Answer;
use crate::cluster::Sim;
use crate::json_out::text;
use crate::rng::mix;
use crate::write;

const NO_FOLDER: &str = "Missing required flag --resource_provider_config_dir";
/// Type and name of the provider that an agent has from the start.
const OWN: (&str, &str) = ("org.apache.mesos.rp.local.storage", "local_ssd");

pub(super) fn add(sim: &mut Sim, agent: u32, call: &Call) -> Answer {
    let (kind, name, info) = match config(sim, agent, call) {
        Ok(config) => config,
        Err(refusal) => return refusal,
    };
    let is_own = is_own(&kind, &name) && sim.world.providers.is_own_running(agent);
    let known =
        if is_own { Some(own_config(sim, agent)) } else { sim.world.providers.get(agent, &kind, &name).cloned() };
    match known {
        // Adding the same configuration again is accepted.
        Some(known) if without_id(&known) == info => Answer::done(),
        Some(_) => {
            Answer::refused(409, format!("Resource provider with type '{kind}' and name '{name}' already exists"))
        }
        None if is_known_own(sim, agent, &kind, &name) => update_own(sim, agent, info),
        None => {
            keep(sim, agent, &kind, &name, info);
            Answer::done()
        }
    }
}

pub(super) fn update(sim: &mut Sim, agent: u32, call: &Call) -> Answer {
    let (kind, name, info) = match config(sim, agent, call) {
        Ok(config) => config,
        Err(refusal) => return refusal,
    };
    if is_own(&kind, &name) && sim.world.providers.is_own_running(agent) {
        return update_own(sim, agent, info);
    }
    if sim.world.providers.get(agent, &kind, &name).is_none() {
        return Answer::refused(409, format!("Resource provider with type '{kind}' and name '{name}' does not exist"));
    }
    keep(sim, agent, &kind, &name, info);
    Answer::done()
}

pub(super) fn remove(sim: &mut Sim, agent: u32, call: &Call) -> Answer {
    if !has_folder(sim, agent) {
        return Answer::refused(500, NO_FOLDER);
    }
    let (kind, name) = (call.text("type").to_owned(), call.text("name").to_owned());
    // A provider stays known until it is marked gone; without its configuration it only disconnects.
    if is_own(&kind, &name) && sim.world.providers.is_own_running(agent) {
        sim.change().providers.stop_own(agent);
        sim.stop_plugin(agent);
    }
    sim.change().providers.stop(agent, &kind, &name);
    Answer::done()
}

pub(super) fn mark_gone(sim: &mut Sim, agent: u32, call: &Call) -> Answer {
    let id = call.text("resource_provider_id.value").to_owned();
    let world = &sim.world;
    if has_folder(sim, agent) && text(|out| write::provider::id(out, world, world.agent(agent))) == id {
        if world.providers.is_own_running(agent) {
            let head = format!("Could not mark resource provider '{id}' as gone");
            return Answer::refused(500, format!("{head}: Resource provider has resources"));
        }
        sim.change().providers.mark_own_gone(agent);
        return Answer::done();
    }
    let of_id = |info: &&Value| info["id"]["value"] == id.as_str();
    let found = world.providers.of(agent).find(of_id).map(|info| (field(info, "type"), field(info, "name")));
    if let Some((kind, name)) = found {
        sim.change().providers.remove(agent, &kind, &name);
    }
    Answer::done()
}

fn is_own(kind: &str, name: &str) -> bool {
    (kind, name) == OWN
}

fn is_known_own(sim: &Sim, agent: u32, kind: &str, name: &str) -> bool {
    is_own(kind, name) && sim.world.providers.is_own_known(agent)
}

fn own_config(sim: &Sim, agent: u32) -> Value {
    let world = &sim.world;
    let info = text(|out| write::provider::info(out, world, world.agent(agent)));
    serde_json::from_str(&info).unwrap_or_default()
}

fn update_own(sim: &mut Sim, agent: u32, mut info: Value) -> Answer {
    let id = text(|out| write::provider::id(out, &sim.world, sim.world.agent(agent)));
    set_id(&mut info, &id);
    sim.change().providers.update_own(agent, info);
    Answer::done()
}

fn has_folder(sim: &Sim, agent: u32) -> bool {
    sim.world.agent(agent).provided(sim.world.seed).is_some()
}

fn field(info: &Value, name: &str) -> String {
    info[name].as_str().unwrap_or_default().to_owned()
}

/// Type, name and content of a valid configuration.
fn config(sim: &Sim, agent: u32, call: &Call) -> Result<(String, String, Value), Answer> {
    let info = &call.fields["info"];
    let (kind, name) = (field(info, "type"), field(info, "name"));
    if let Some(why) = invalid(info, &kind, &name) {
        let head = format!("Failed to validate resource provider config with type '{kind}' and name '{name}'");
        return Err(Answer::refused(400, format!("{head}: {why}")));
    }
    if !has_folder(sim, agent) {
        return Err(Answer::refused(500, NO_FOLDER));
    }
    Ok((kind, name, info.clone()))
}

/// Mesos' words about an invalid configuration (src/resource_provider/storage/provider.cpp).
fn invalid(info: &Value, kind: &str, name: &str) -> Option<String> {
    if kind != OWN.0 {
        return Some(format!("Unknown resource provider type '{kind}'"));
    }
    if info.get("id").is_some() {
        return Some("'ResourceProviderInfo.id' must not be set".to_owned());
    }
    if !is_name(name) {
        return Some(format!("Resource provider name '{name}' does not follow Java package naming convention"));
    }
    let Some(storage) = info.get("storage") else {
        return Some("'ResourceProviderInfo.storage' must be set".to_owned());
    };
    let plugin = &storage["plugin"];
    let (of, called) = (field(plugin, "type"), field(plugin, "name"));
    if !of.split('.').all(is_name) || !is_name(&called) {
        let head = format!("CSI plugin type '{of}' and name '{called}'");
        return Some(format!("{head} does not follow Java package naming convention"));
    }
    let containers = plugin["containers"].as_array().map_or(&[][..], Vec::as_slice);
    let serves = |container: &Value| {
        container["services"].as_array().is_some_and(|all| all.iter().any(|service| service == "NODE_SERVICE"))
    };
    (!containers.iter().any(serves)).then(|| "NODE_SERVICE not found".to_owned())
}

/// Whether it is a Java identifier as Mesos understands it.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
}

fn without_id(info: &Value) -> Value {
    let mut info = info.clone();
    info.as_object_mut().map(|fields| fields.remove("id"));
    info
}

fn set_id(info: &mut Value, id: &str) {
    if let Some(fields) = info.as_object_mut() {
        fields.insert("id".to_owned(), serde_json::json!({"value": id}));
    }
}

/// Keeps a configuration; the agent gives the provider an id.
fn keep(sim: &mut Sim, agent: u32, kind: &str, name: &str, mut info: Value) {
    let hash = name.bytes().fold(u64::from(agent), |hash, byte| mix(hash, u64::from(byte)));
    let id = text(|out| crate::json_out::Out::uuid(out, mix(hash, 1), mix(hash, 2)));
    set_id(&mut info, &id);
    sim.change().providers.set(agent, kind, name, info);
}

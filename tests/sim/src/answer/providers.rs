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
const OWN: (&str, &str) = ("org.apache.mesos.rp.local.storage", "local-ssd");

pub(super) fn add(sim: &mut Sim, agent: u32, call: &Call) -> Answer {
    let (kind, name, info) = match config(sim, agent, call) {
        Ok(config) => config,
        Err(refusal) => return refusal,
    };
    match sim.world.providers.get(agent, &kind, &name) {
        // Adding the same configuration again is accepted.
        Some(known) if without_id(known) == info => Answer::done(),
        Some(_) => exists(&kind, &name),
        None if (kind.as_str(), name.as_str()) == OWN && !sim.world.providers.is_gone(agent) => exists(&kind, &name),
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
    if (kind.as_str(), name.as_str()) == OWN {
        return Answer::done();
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
    sim.change().providers.remove(agent, &kind, &name);
    Answer::done()
}

pub(super) fn mark_gone(sim: &mut Sim, agent: u32, call: &Call) -> Answer {
    let id = call.text("resource_provider_id.value").to_owned();
    let world = &sim.world;
    let is_own = has_folder(sim, agent) && text(|out| write::provider::id(out, world, world.agent(agent))) == id;
    if is_own {
        sim.change().providers.mark_gone(agent);
        return Answer::done();
    }
    let of_id = |info: &&Value| info["id"]["value"] == id.as_str();
    let found = world.providers.of(agent).find(of_id).map(|info| (field(info, "type"), field(info, "name")));
    if let Some((kind, name)) = found {
        sim.change().providers.remove(agent, &kind, &name);
    }
    Answer::done()
}

fn exists(kind: &str, name: &str) -> Answer {
    Answer::refused(409, format!("Resource provider with type '{kind}' and name '{name}' already exists"))
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
    let refuse = |why: &str| {
        let head = format!("Failed to validate resource provider config with type '{kind}' and name '{name}'");
        Answer::refused(400, format!("{head}: {why}"))
    };
    if info.get("id").is_some() {
        return Err(refuse("'ResourceProviderInfo.id' must not be set"));
    }
    if kind != OWN.0 {
        return Err(refuse(&format!("Unknown resource provider type '{kind}'")));
    }
    if info.get("storage").is_none() {
        return Err(refuse("'ResourceProviderInfo.storage' must be set"));
    }
    if !has_folder(sim, agent) {
        return Err(Answer::refused(500, NO_FOLDER));
    }
    Ok((kind, name, info.clone()))
}

fn without_id(info: &Value) -> Value {
    let mut info = info.clone();
    info.as_object_mut().map(|fields| fields.remove("id"));
    info
}

/// Keeps a configuration; the agent gives the provider an id.
fn keep(sim: &mut Sim, agent: u32, kind: &str, name: &str, mut info: Value) {
    let hash = name.bytes().fold(u64::from(agent), |hash, byte| mix(hash, u64::from(byte)));
    let id = text(|out| crate::json_out::Out::uuid(out, mix(hash, 1), mix(hash, 2)));
    if let Some(fields) = info.as_object_mut() {
        fields.insert("id".to_owned(), serde_json::json!({"value": id}));
    }
    sim.change().providers.set(agent, kind, name, info);
}

//! Answers of two clusters made alike: what writes change is left of them, and lists are in an order of their own.

use serde_json::{Map, Value, json};

/// With lists of objects in an order of their own.
pub fn ordered(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(ordered).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), ordered(value))).collect(),
        other => other.clone(),
    }
}

/// Of an answer what writes change: agents, frameworks and tasks say much besides, which is each cluster's own.
pub fn changeable(mut answer: Value) -> Value {
    let Some(call) = answer["type"].as_str().map(str::to_lowercase) else { return answer };
    let content = &mut answer[call.as_str()];
    match call.as_str() {
        "get_agents" => *content = agents(content),
        "get_frameworks" => *content = frameworks(content),
        "get_tasks" => *content = tasks(content),
        "get_state" => {
            let part = |name: &str, of: fn(&Value) -> Value| (name.to_owned(), of(&content[name]));
            let parts = [part("get_agents", agents), part("get_frameworks", frameworks), part("get_tasks", tasks)];
            *content = Value::Object(parts.into_iter().collect());
        }
        "get_roles" => {
            for role in content["roles"].as_array_mut().into_iter().flatten() {
                let ids = role.get_mut("frameworks").and_then(Value::as_array_mut);
                ids.into_iter().flatten().for_each(|id| *id = json!("its framework"));
            }
        }
        // These frameworks' answers are their own.
        "get_maintenance_status" => {
            let machines = content["status"].get_mut("draining_machines").and_then(Value::as_array_mut);
            machines.into_iter().flatten().filter_map(Value::as_object_mut).for_each(|it| drop(it.remove("statuses")));
        }
        _ => {}
    }
    answer
}

/// The entries of a list, each as it is said by that.
fn each(content: &Value, list: &str, say: impl Fn(&Value) -> Value) -> Value {
    content[list].as_array().into_iter().flatten().map(say).collect()
}

/// Those fields as they are.
fn some(entry: &Value, names: &[&str]) -> Map<String, Value> {
    names.iter().filter_map(|name| Some(((*name).to_owned(), entry.get(name)?.clone()))).collect()
}

fn agents(content: &Value) -> Value {
    let agent = |entry: &Value| {
        let mut said = some(entry, &["active", "deactivated", "drain_info"]);
        said.insert("host".into(), entry["agent_info"]["hostname"].clone());
        said.insert("drains since a time".into(), entry["estimated_drain_start_time"]["nanoseconds"].is_i64().into());
        said.insert("allocated".into(), scalars(&entry["allocated_resources"]));
        Value::Object(said)
    };
    json!([each(content, "agents", agent), each(content, "recovered_agents", Value::clone)])
}

fn frameworks(content: &Value) -> Value {
    let framework = |entry: &Value| {
        let mut said = some(entry, &["active", "connected", "recovered"]);
        said.insert("roles".into(), entry["framework_info"]["roles"].clone());
        said.insert("ended at a time".into(), entry["unregistered_time"]["nanoseconds"].is_i64().into());
        said.insert("allocated".into(), scalars(&entry["allocated_resources"]));
        Value::Object(said)
    };
    json!([each(content, "frameworks", framework), each(content, "completed_frameworks", framework)])
}

fn tasks(content: &Value) -> Value {
    let task = |entry: &Value| {
        let mut said = some(entry, &["state"]);
        let agent = entry["agent_id"]["value"].as_str().and_then(|id| id.rsplit('-').next());
        said.insert("agent".into(), agent.into());
        said.insert("resources".into(), scalars(&entry["resources"]));
        let status = |status: &Value| Value::Object(some(status, &["state", "source", "reason", "message"]));
        said.insert("statuses".into(), each(entry, "statuses", status));
        Value::Object(said)
    };
    // An agent that was started again tells of tasks that are over as if they ran: the master lists them a second time.
    let over = |entry: &Value| if entry["state"] == "TASK_RUNNING" { Value::Null } else { task(entry) };
    let completed = each(content, "completed_tasks", over);
    let completed: Vec<&Value> = completed.as_array().into_iter().flatten().filter(|it| !it.is_null()).collect();
    json!([each(content, "tasks", task), each(content, "unreachable_tasks", task), completed])
}

/// Amounts by name. The recorded tasks had two ports each, which are left out.
fn scalars(resources: &Value) -> Value {
    let resources = resources.as_array().into_iter().flatten();
    let amount = |one: &Value| Some((one["name"].as_str()?.to_owned(), one["scalar"]["value"].as_f64()?.into()));
    Value::Object(resources.filter_map(amount).collect())
}

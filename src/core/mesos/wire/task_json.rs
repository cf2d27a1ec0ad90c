//! A task's own JSON, brought up to date: the state that it has now, and the statuses that came since.
//! Every other field stays as it came, known or not.

use serde_json::value::RawValue;

use super::field::{self, FieldName};
use super::json_form::JsonForm;
use super::scalar::Double;
use super::state::TaskState;
use crate::base::units::Timestamp;

/// An object's fields in their order, each as it came.
type Fields<'a> = Vec<(FieldName<'a>, &'a RawValue)>;

/// The task with these statuses after its own. One that repeats the state of the one before replaces it (PROTOCOL.md,
/// "TASK_UPDATED"). Gives the task back as it is, if it is no object.
pub fn with_statuses(task: &str, state: TaskState, later: &[String]) -> String {
    let Some(fields) = fields(task) else { return task.to_owned() };
    let reported = fields.iter().find(|(name, _)| &*name.0 == "statuses").map_or("[]", |(_, value)| value.get());
    let reported = match serde_json::from_str::<Vec<&RawValue>>(reported) {
        Ok(reported) => reported,
        Err(_) if later.is_empty() => return task.to_owned(),
        Err(_) => Vec::new(),
    };
    let mut statuses: Vec<&str> = reported.into_iter().map(RawValue::get).collect();
    for status in later {
        if statuses.last().is_some_and(|last| state_of(last) == state_of(status)) {
            statuses.pop();
        }
        statuses.push(status);
    }
    let statuses = format!("[{}]", statuses.join(","));
    let state = state.mesos_name().map(|name| format!("\"{name}\""));
    let mut parts: Vec<String> = Vec::new();
    let mut part = |name: &str, value: &str| {
        parts.push(format!("{}:{value}", serde_json::Value::from(name)));
    };
    for (name, value) in &fields {
        match &*name.0 {
            "statuses" => {}
            "state" => part("state", state.as_deref().unwrap_or(value.get())),
            name => part(name, value.get()),
        }
    }
    part("statuses", &statuses);
    format!("{{{}}}", parts.join(","))
}

/// The states of a task's statuses, in their order, from its JSON.
pub fn states(task: &str) -> Vec<TaskState> {
    statuses(task).into_iter().map(|status| state_of(status.get())).collect()
}

/// The states and times of a task's statuses, in their order, from its JSON.
pub fn dated_states(task: &str) -> Vec<(TaskState, Option<Timestamp>)> {
    let time = |status: &RawValue| {
        let (_, value) = fields(status.get())?.into_iter().find(|(name, _)| &*name.0 == "timestamp")?;
        field::read::<Double>(value.get()).map(|seconds| Timestamp::from_secs_f64(seconds.0))
    };
    statuses(task).into_iter().map(|status| (state_of(status.get()), time(status))).collect()
}

fn statuses(task: &str) -> Vec<&RawValue> {
    let reported = fields(task).and_then(|fields| {
        let (_, value) = fields.into_iter().find(|(name, _)| &*name.0 == "statuses")?;
        serde_json::from_str::<Vec<&RawValue>>(value.get()).ok()
    });
    reported.unwrap_or_default()
}

fn state_of(status: &str) -> TaskState {
    let state = fields(status).and_then(|fields| fields.into_iter().find(|(name, _)| &*name.0 == "state"));
    state.and_then(|(_, value)| field::read::<TaskState>(value.get())).unwrap_or_default()
}

fn fields(object: &str) -> Option<Fields<'_>> {
    struct Visitor;
    impl<'de> serde::de::Visitor<'de> for Visitor {
        type Value = Fields<'de>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{}", JsonForm::Object)
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut fields = Vec::new();
            while let Some(field) = map.next_entry()? {
                fields.push(field);
            }
            Ok(fields)
        }
    }
    let mut json = serde_json::Deserializer::from_str(object);
    serde::Deserializer::deserialize_map(&mut json, Visitor).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_statuses_are_appended_or_take_the_place_of_the_last() {
        let task = r#"{"name":"a","big":18446744073709551615,"state":"TASK_STAGING","statuses":[{"state":"TASK_STARTING","n":1}]}"#;
        let later = [r#"{"state":"TASK_STARTING","n":2}"#.to_owned(), r#"{"state":"TASK_RUNNING"}"#.to_owned()];
        let whole = with_statuses(task, TaskState::Running, &later);
        assert_eq!(
            whole,
            r#"{"name":"a","big":18446744073709551615,"state":"TASK_RUNNING","statuses":[{"state":"TASK_STARTING","n":2},{"state":"TASK_RUNNING"}]}"#
        );
        assert_eq!(states(&whole), [TaskState::Starting, TaskState::Running]);
    }

    #[test]
    fn what_is_no_task_stays_as_it_is() {
        for text in ["", "[]", "{", r#"{"statuses":3}"#] {
            assert_eq!(with_statuses(text, TaskState::Running, &[]), text);
            assert!(states(text).is_empty());
        }
    }
}

//! Values of environment variables, which nothing keeps and no log shows.

use std::borrow::Cow;

use serde_json::Value;

use super::run::RunRequest;
use crate::actions::secrets::HIDDEN;
use crate::mesos::calls::scheduler::SchedulerCall;

impl RunRequest {
    /// The request without the values of its environment variables.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        let mut request = self.clone();
        let values = request.environment.iter_mut().map(|(_, value)| value);
        values.filter(|value| !value.is_empty()).for_each(|value| HIDDEN.clone_into(value));
        request
    }

    /// Whether values are missing that were not kept.
    pub fn lacks_secrets(&self) -> bool {
        self.environment.iter().any(|(_, value)| value == HIDDEN)
    }

    /// Takes the values that are missing from a request that has them.
    pub fn take_secrets(&mut self, from: &Self) {
        for (name, value) in self.environment.iter_mut().filter(|(_, value)| value == HIDDEN) {
            if let Some((_, known)) = from.environment.iter().find(|(known, _)| known == name) {
                value.clone_from(known);
            }
        }
    }
}

/// A call's JSON as the log shows it.
pub(super) fn shown<'a>(call: &SchedulerCall, body: &'a [u8]) -> Cow<'a, [u8]> {
    if !matches!(call, SchedulerCall::Accept(_)) {
        return Cow::Borrowed(body);
    }
    let Ok(mut json) = serde_json::from_slice(body) else { return Cow::Borrowed(&[]) };
    hide(&mut json, false);
    Cow::Owned(serde_json::to_vec(&json).unwrap_or_default())
}

fn hide(json: &mut Value, is_environment: bool) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match value {
                    Value::String(text) if is_environment && name == "value" => HIDDEN.clone_into(text),
                    _ => hide(value, is_environment || name == "environment"),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, is_environment)),
        _ => {}
    }
}

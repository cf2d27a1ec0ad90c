//! Values of environment variables, and users and passwords in addresses of files, which nothing keeps and no log shows.

use std::borrow::Cow;

use serde_json::Value;

use super::run::RunRequest;
use crate::actions::secrets::{HIDDEN, hide_users, lacks_user, without_user};
use crate::mesos::calls::scheduler::SchedulerCall;

impl RunRequest {
    /// The request without the values of its environment variables, and without users and passwords in addresses of files.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        let mut request = self.clone();
        let values = request.environment.iter_mut().map(|(_, value)| value);
        values.filter(|value| !value.is_empty()).for_each(|value| HIDDEN.clone_into(value));
        for file in &mut request.files {
            file.uri = without_user(&file.uri).unwrap_or_else(|| std::mem::take(&mut file.uri));
        }
        request
    }

    /// Whether values are missing that were not kept.
    pub fn lacks_secrets(&self) -> bool {
        self.environment.iter().any(|(_, value)| value == HIDDEN) || self.files.iter().any(|file| lacks_user(&file.uri))
    }

    /// Takes the values that are missing from a request that has them: those of variables of the same name, and of the same addresses.
    pub fn take_secrets(&mut self, from: &Self) {
        for (name, value) in self.environment.iter_mut().filter(|(_, value)| value == HIDDEN) {
            if let Some((_, known)) = from.environment.iter().find(|(known, _)| known == name) {
                value.clone_from(known);
            }
        }
        for (at, file) in self.files.iter_mut().enumerate().filter(|(_, file)| lacks_user(&file.uri)) {
            // Another user may have the same file at another place of the list.
            let known = from.files.get(at).into_iter().chain(&from.files);
            let same = known.map(|known| &known.uri).find(|known| without_user(known).as_ref() == Some(&file.uri));
            if let Some(known) = same {
                file.uri.clone_from(known);
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
                    Value::Array(_) if name == "uris" => hide_users(value),
                    _ => hide(value, is_environment || name == "environment"),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, is_environment)),
        _ => {}
    }
}

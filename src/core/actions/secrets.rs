//! Secrets in changes: values of environment variables, passwords in addresses and the like, which no list of changes keeps.

use serde_json::Value;

use super::Action;
use super::container_action::{ContainerAction, ContainerChange};
use super::provider_action::{ProviderAction, ProviderChange};

/// What is kept and shown in place of a secret.
pub const HIDDEN: &str = "(hidden)";

/// An address without the user and password before its host, in whose place is [`HIDDEN`]: the user alone may be a token. `None` if
/// the address has neither.
pub fn without_user(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let user_end = rest.get(..host_end)?.rfind('@').filter(|end| *end > 0)?;
    Some(format!("{scheme}://{HIDDEN}{}", rest.get(user_end..)?))
}

/// Whether the user and password of an address are missing.
pub fn lacks_user(address: &str) -> bool {
    without_user(address).is_some_and(|hidden| hidden == address)
}

/// Hides users and passwords in the JSON of `uris`.
pub fn hide_users(uris: &mut Value) {
    let uris = uris.as_array_mut().into_iter().flatten();
    for uri in uris.filter_map(|uri| uri.get_mut("value")) {
        if let Some(hidden) = uri.as_str().and_then(without_user) {
            *uri = hidden.into();
        }
    }
}

impl Action {
    /// The action without the values of environment variables, secrets, and users in addresses of files. It is no longer the request that was sent.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        match self {
            Self::Container(action) => Self::Container(of_container(action)),
            Self::Provider(action) => Self::Provider(of_provider(action)),
            other => other.clone(),
        }
    }

    /// Whether the action has values that no list of changes may keep.
    pub fn has_secrets(&self) -> bool {
        self.without_secrets() != *self
    }
}

fn of_container(action: &ContainerAction) -> ContainerAction {
    let mut action = action.clone();
    if let ContainerChange::Launch(launch) = &mut action.change {
        let values = launch.environment.iter_mut().map(|(_, value)| value);
        values.filter(|value| !value.is_empty()).for_each(|value| HIDDEN.clone_into(value));
    }
    action
}

fn of_provider(action: &ProviderAction) -> ProviderAction {
    let mut action = action.clone();
    if let ProviderChange::Add(config) | ProviderChange::Update(config) = &mut action.change {
        *config = config.map(|info| hide(info, false));
    }
    action
}

/// Hides the values of environment variables, and of secrets wherever they are, and users in addresses of files.
fn hide(value: &mut Value, is_secret: bool) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match value {
                    Value::String(text) if is_secret && matches!(name.as_str(), "value" | "data") => {
                        HIDDEN.clone_into(text);
                    }
                    Value::Array(_) if name == "uris" => hide_users(value),
                    _ => hide(value, is_secret || matches!(name.as_str(), "environment" | "secret")),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, is_secret)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::container_form::ContainerLaunch;
    use super::super::provider_action::ProviderConfig;
    use super::*;

    #[test]
    fn no_typed_secret_is_kept() {
        let environment = vec![("TOKEN".to_owned(), "hunter2".to_owned()), ("EMPTY".to_owned(), String::new())];
        let launch = ContainerLaunch { environment, user: "hunter".to_owned(), ..ContainerLaunch::default() };
        let change = ContainerChange::Launch(Box::new(launch));
        let action = Action::Container(ContainerAction { agent: "S1".into(), path: vec!["c".to_owned()], change });
        let kept = action.without_secrets();
        let ContainerChange::Launch(launch) = (match &kept {
            Action::Container(it) => &it.change,
            _ => panic!("it stays a container's"),
        }) else {
            panic!("it stays a launch")
        };
        assert_eq!(launch.environment[0], ("TOKEN".to_owned(), HIDDEN.to_owned()));
        assert_eq!((launch.environment[1].1.as_str(), launch.user.as_str()), ("", "hunter"));
        assert!(action.has_secrets() && !kept.has_secrets());
    }

    #[test]
    fn an_address_loses_its_user_and_password() {
        let check = |address: &str, expected: Option<&str>| {
            assert_eq!(without_user(address).as_deref(), expected, "{address}");
            assert!(expected.is_none_or(lacks_user) && (expected == Some(address)) == lacks_user(address));
        };
        check("https://u:p@h:8443/a.tgz?x#y", Some("https://(hidden)@h:8443/a.tgz?x#y"));
        check("https://token@h", Some("https://(hidden)@h"));
        check("ftp://u:p@q@h/a@b", Some("ftp://(hidden)@h/a@b"));
        check("https://u:p@[::1]/a", Some("https://(hidden)@[::1]/a"));
        check("https://(hidden)@h/a", Some("https://(hidden)@h/a"));
        for plain in ["https://h/@scope/pkg", "https://h?a=u@b", "https://@h", "/opt/u:p@h", "hdfs:///a@b", ""] {
            check(plain, None);
        }
    }

    #[test]
    fn a_configuration_keeps_the_names_and_not_the_values() {
        let info = r#"{"type":"t","name":"n","storage":{"plugin":{"containers":[{"command":{"value":"run","uris":[{"value":"http://u:hunter2@h/a"}],"environment":
            {"variables":[{"name":"A","value":"hunter2"},{"name":"B","type":"SECRET","secret":{"type":"VALUE","value":{"data":"aHVudGVyMg=="}}}]}}}]}}}"#;
        let config = ProviderConfig::reported(info).expect("it is read");
        let action =
            |config| Action::Provider(ProviderAction { agent: "S1".into(), change: ProviderChange::Add(config) });
        let Action::Provider(ProviderAction { change: ProviderChange::Add(kept), .. }) =
            action(config.clone()).without_secrets()
        else {
            panic!("it stays a configuration")
        };
        for secret in ["hunter2", "aHVudGVyMg"] {
            assert!(config.json().contains(secret) && !kept.json().contains(secret), "{}", kept.json());
        }
        for rest in [r#""name":"A""#, r#""value":"run""#, r#""type":"SECRET""#, "http://(hidden)@h/a"] {
            assert!(kept.json().contains(rest), "{}", kept.json());
        }
        assert!(!Action::MarkGone("S1".into()).has_secrets());
    }
}

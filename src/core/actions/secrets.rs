//! Secrets in changes: values of environment variables and the like, which no list of changes keeps.

use serde_json::Value;

use super::Action;
use super::container_action::{ContainerAction, ContainerChange};
use super::provider_action::{ProviderAction, ProviderChange};

/// What is kept and shown in place of a secret.
pub const HIDDEN: &str = "(hidden)";

impl Action {
    /// The action without the values of environment variables and secrets. It is no longer the request that was sent.
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

/// Hides the values of environment variables, and of secrets wherever they are.
fn hide(value: &mut Value, is_secret: bool) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match value {
                    Value::String(text) if is_secret && matches!(name.as_str(), "value" | "data") => {
                        HIDDEN.clone_into(text);
                    }
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
    fn a_configuration_keeps_the_names_and_not_the_values() {
        let info = r#"{"type":"t","name":"n","storage":{"plugin":{"containers":[{"command":{"value":"run","environment":
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
        for rest in [r#""name":"A""#, r#""value":"run""#, r#""type":"SECRET""#] {
            assert!(kept.json().contains(rest), "{}", kept.json());
        }
        assert!(!Action::MarkGone("S1".into()).has_secrets());
    }
}

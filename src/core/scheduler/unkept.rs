//! What no form keeps: values of environment variables, and users and passwords in addresses of files.

use super::form::RunForm;
use super::form::fault::{RunFault, RunField, RunFormError};
use super::form::fields::parse_files;
use crate::actions::container_form::parse_environment;
use crate::actions::secrets::{HIDDEN, lacks_user, without_user};

impl RunForm {
    /// The form as a browser may keep it while its page is reloaded.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        let lines = |text: &str, line: fn(&str) -> String| text.lines().map(line).collect::<Vec<_>>().join("\n");
        Self { environment: lines(&self.environment, variable), files: lines(&self.files, address), ..self.clone() }
    }

    /// Whether fields show [`HIDDEN`] in place of what was typed.
    pub fn has_hidden(&self) -> bool {
        !self.hidden_fields().is_empty()
    }

    /// Errors of fields that show [`HIDDEN`], where nothing has what was typed.
    pub fn unkept(&self) -> impl Iterator<Item = RunFault> {
        self.hidden_fields().into_iter().map(|field| RunFault { field, error: RunFormError::NotKept })
    }

    fn hidden_fields(&self) -> Vec<RunField> {
        let variables = parse_environment(&self.environment).unwrap_or_default();
        let is_hidden = variables.iter().any(|(_, value)| value == HIDDEN);
        let files = parse_files(&self.files).unwrap_or_default();
        let lacks_user = files.iter().any(|file| lacks_user(&file.uri));
        let fields = [(RunField::Environment, is_hidden), (RunField::Files, lacks_user)];
        fields.into_iter().filter(|(_, is_hidden)| *is_hidden).map(|(field, _)| field).collect()
    }
}

/// A line that is no variable may be a part of a value.
fn variable(line: &str) -> String {
    match line.split_once('=') {
        Some((_, "")) => line.to_owned(),
        Some((name, _)) => format!("{name}={HIDDEN}"),
        None if line.trim().is_empty() => line.to_owned(),
        None => HIDDEN.to_owned(),
    }
}

fn address(line: &str) -> String {
    let line = line.trim_start();
    let (address, rest) = line.split_at(line.find(char::is_whitespace).unwrap_or(line.len()));
    without_user(address).map_or_else(|| line.to_owned(), |hidden| hidden + rest)
}

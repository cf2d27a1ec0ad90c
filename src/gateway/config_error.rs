//! Errors of the configuration: each names where the value comes from, and hides passwords, tokens and keys. Reads nothing.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

use crate::config_origin::Origin;
use crate::secrets::SafeText;

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A flag of the command line is wrong, or help was requested.
    #[error("{0}")]
    Arguments(clap::Error),
    #[error("{origin}: invalid value '{value}': {reason}")]
    Value { origin: Origin, value: SafeText, reason: String },
    #[error("{0}: the value is not UTF-8; write it in UTF-8, or remove it")]
    Encoding(Origin),
    #[error("{0} cannot be used with {1}: remove one of them")]
    Contradiction(Origin, Origin),
    #[error("{given} needs --{missing} too: a certificate and its private key belong together")]
    Half { given: Origin, missing: String },
    #[error(
        "no cluster is named: give --master with the URLs of the masters, or --demo; MESOSCOPE_MASTER and a file of \
         --config can name it too"
    )]
    NoCluster,
    #[error("cannot read {path} ({origin}): {error}")]
    Unread { path: SafeText, origin: Origin, error: std::io::Error },
    #[error("{0} is no TOML: {1}")]
    Toml(SafeText, String),
    #[error("{file}: no flag has the name '{key}'; the keys are the long names of the flags, without the dashes")]
    UnknownKey { file: SafeText, key: SafeText },
    #[error("{file}: '{key}' cannot be set in a file; remove it")]
    NoKey { file: SafeText, key: String },
    #[error("{0} needs a string in quotes, or a list of strings")]
    Texts(Origin),
    #[error("{0} needs a string in quotes")]
    Text(Origin),
    #[error("{0} needs a number")]
    Number(Origin),
    #[error("{0} is true or false, without quotes")]
    Switch(Origin),
    #[error("{0} has one value, and no list")]
    OneValue(Origin),
}

impl ConfigError {
    /// Wraps an error about the command line. Hides the secrets in it.
    pub fn of_line(error: clap::Error, line: &[OsString]) -> ConfigError {
        if error.kind() == ErrorKind::InvalidUtf8
            && let Some(long) = undecodable(line)
        {
            return ConfigError::Encoding(Origin::Flag(long));
        }
        ConfigError::Arguments(safe(error, line))
    }

    /// Wraps an error about a value that is not on the command line. `origin` finds the origin of a flag's value.
    pub fn of_value(error: clap::Error, command: &Command, origin: impl Fn(&str) -> Origin) -> ConfigError {
        let texts = |kind| match error.get(kind) {
            Some(ContextValue::String(text)) => vec![text.clone()],
            Some(ContextValue::Strings(texts)) => texts.clone(),
            _ => Vec::new(),
        };
        let long = |kind| texts(kind).first().and_then(|text| long_name(text));
        match (error.kind(), long(ContextKind::InvalidArg), long(ContextKind::PriorArg)) {
            (ErrorKind::ValueValidation | ErrorKind::InvalidValue, Some(long), _) => {
                let arg = command.get_arguments().find(|arg| arg.get_long() == Some(&long));
                let value = texts(ContextKind::InvalidValue).join(",");
                let value = SafeText::of_part(&value, arg.into_iter().flat_map(lists));
                let reason = reason(&error, arg, &texts(ContextKind::ValidValue));
                ConfigError::Value { origin: origin(&long), value, reason }
            }
            (ErrorKind::ArgumentConflict, Some(one), Some(other)) => {
                ConfigError::Contradiction(origin(&one), origin(&other))
            }
            _ => ConfigError::Arguments(safe(error, &[])),
        }
    }

    /// Reports the error on stderr, or prints the help. Returns the exit code. Help that cannot be printed is an error, unless its
    /// reader has closed the pipe.
    pub fn report(&self) -> u8 {
        let mut stderr = std::io::stderr();
        let ConfigError::Arguments(error) = self else {
            let _ = writeln!(stderr, "mesoscope: {self}");
            return 2;
        };
        let printed = error.print().and_then(|()| std::io::stdout().flush());
        match (printed, error.use_stderr()) {
            (Err(error), false) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                let _ = writeln!(stderr, "mesoscope: cannot write to stdout: {error}");
                2
            }
            _ => u8::try_from(error.exit_code()).unwrap_or(2),
        }
    }
}

/// Hides the secrets in what an error about a command line repeats. Names of flags stay as they are.
fn safe(mut error: clap::Error, line: &[OsString]) -> clap::Error {
    let lists = || line.iter().map(|part| part.to_string_lossy().into_owned());
    let text = |text: &String| SafeText::of_part(text, lists()).to_string();
    let context: Vec<_> = error.context().map(|(kind, value)| (kind, value.clone())).collect();
    for (kind, value) in context {
        match value {
            ContextValue::String(one) => _ = error.insert(kind, ContextValue::String(text(&one))),
            ContextValue::Strings(all) => _ = error.insert(kind, ContextValue::Strings(all.iter().map(text).collect())),
            // These are our own: the usage, and names of flags.
            _ => {}
        }
    }
    error
}

/// Returns the values of a flag in the environment and in the file, before they are split at commas.
fn lists(arg: &Arg) -> Vec<String> {
    let of_variable = arg.get_env().and_then(std::env::var_os);
    let of_file = arg.get_default_values().iter().map(|value| value.to_os_string());
    of_variable.into_iter().chain(of_file).map(|value| value.to_string_lossy().into_owned()).collect()
}

/// Returns the flag whose value is not UTF-8, without dashes.
fn undecodable(line: &[OsString]) -> Option<String> {
    let nth = line.iter().position(|part| part.to_str().is_none())?;
    let part = line.get(nth)?.to_string_lossy();
    match part.starts_with("--") {
        true => long_name(&part),
        false => long_name(line.get(nth.checked_sub(1)?)?.to_str()?),
    }
}

/// Returns the long name in a flag with its value's name, such as `--patience <SECONDS>`.
fn long_name(flag: &str) -> Option<String> {
    let rest = flag.strip_prefix("--")?;
    let end = rest.find([' ', '=', '[']).unwrap_or(rest.len());
    rest.get(..end).map(str::to_owned)
}

fn reason(error: &clap::Error, arg: Option<&Arg>, valid: &[String]) -> String {
    let is_switch = arg.is_some_and(|arg| matches!(arg.get_action(), ArgAction::SetTrue));
    match error.source() {
        _ if is_switch => "expecting true or false".to_owned(),
        Some(source) => source.to_string(),
        None if valid.is_empty() => "a value is needed".to_owned(),
        None => format!("expecting {}", valid.join(", ")),
    }
}

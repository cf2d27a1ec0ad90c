//! Reads the flags from the command line, the environment and a TOML file, in this order of precedence. The names of variables and
//! keys derive from the flags: `--read-only` is `MESOSCOPE_READ_ONLY` and `read-only`. Starts nothing.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write;
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches};
use toml::Value;

use crate::args::Args;
use crate::config_error::ConfigError;
use crate::config_file::{ConfigFile, NO_KEYS};
use crate::config_origin::{Origin, PREFIX, variable};
use crate::configured_file::ConfiguredFile;
use crate::log::LogFilter;
use crate::secrets::SafeText;

/// The arguments, and the origin of each.
#[derive(Debug)]
pub struct Configuration {
    pub args: Args,
    command: Command,
    matches: ArgMatches,
    file: ConfigFile,
    has_rust_log: bool,
}

/// Reads the configuration of this process.
pub fn read() -> Result<Configuration, ConfigError> {
    let line: Vec<OsString> = std::env::args_os().collect();
    let on_line = command().try_get_matches_from(&line).map_err(|error| ConfigError::of_line(error, &line))?;
    let is_off = is_demo_off();
    let command = with_variables(command(), |long| !(is_off && long == "demo"));
    let matches =
        command.clone().try_get_matches_from(&line).map_err(|error| of_variables(error, &command, &on_line))?;
    let rust_log = rust_log().ok().flatten();
    let has_rust_log = rust_log.is_some();
    let command = match rust_log {
        Some(filter) => command.mut_arg("log", |arg| arg.default_value(filter)),
        None => command,
    };
    let (command, file) = match matches.get_one::<PathBuf>("config") {
        Some(path) => {
            let origin = given_origin(&matches, "config", "config").unwrap_or(Origin::Default);
            ConfigFile::read(command, path, origin, if is_off { &["demo"] } else { &[] })?
        }
        None => (command, ConfigFile::default()),
    };
    // Without the file, there was no error.
    let matches = command.clone().try_get_matches_from(&line).map_err(|error| {
        let of_file = |long: &str| file.origin(long).unwrap_or(Origin::Default);
        ConfigError::of_value(error, &command, of_file)
    })?;
    Configuration { args: args(&matches)?, command, matches, file, has_rust_log }.checked()
}

fn args(matches: &ArgMatches) -> Result<Args, ConfigError> {
    Args::from_arg_matches(matches).map_err(ConfigError::Arguments)
}

/// The command line, without the variables.
fn command() -> Command {
    Args::command().mut_args(|arg| match arg.get_action() {
        ArgAction::Append => arg.value_delimiter(','),
        // A number below the limit gets the error of its flag.
        ArgAction::Set => arg.allow_negative_numbers(true),
        _ => arg,
    })
}

/// Adds the variables of the flags for which `is_read` is true.
fn with_variables(command: Command, is_read: impl Fn(&str) -> bool) -> Command {
    command.mut_args(|arg| match arg.get_long().filter(|long| is_read(long)).map(variable) {
        Some(name) if matches!(arg.get_action(), ArgAction::SetTrue) => {
            arg.value_parser(BoolishValueParser::new()).env(name)
        }
        Some(name) => arg.env(name),
        None => arg,
    })
}

/// Whether the variable of `--demo` turns it off. To clap, a variable that is set contradicts `--master`, whatever its value.
fn is_demo_off() -> bool {
    let only_demo =
        with_variables(Command::new("").arg(Arg::new("demo").long("demo").action(ArgAction::SetTrue)), |_| true);
    let matches = only_demo.try_get_matches_from([""]);
    matches.is_ok_and(|matches| is_given(&matches, "demo") && !matches.get_flag("demo"))
}

/// Explains an error that the command line alone does not have.
fn of_variables(error: clap::Error, command: &Command, on_line: &ArgMatches) -> ConfigError {
    let id_of = |long: &str| command.get_arguments().find(|arg| arg.get_long() == Some(long)).map(Arg::get_id);
    let origin = |long: &str| match id_of(long).is_some_and(|id| is_given(on_line, id.as_str())) {
        true => Origin::Flag(long.to_owned()),
        false => Origin::Variable(long.to_owned()),
    };
    if error.kind() != ErrorKind::InvalidUtf8 {
        return ConfigError::of_value(error, command, origin);
    }
    // The error does not say which it is. Some may have any bytes, such as the name of a file.
    let is_at_fault = |long: &&str| {
        let alone = with_variables(self::command(), |other| other == *long);
        alone.try_get_matches_from([""]).is_err_and(|error| error.kind() == ErrorKind::InvalidUtf8)
    };
    match command.get_arguments().filter_map(Arg::get_long).find(is_at_fault) {
        Some(long) => ConfigError::Encoding(Origin::Variable(long.to_owned())),
        None => ConfigError::Arguments(error),
    }
}

/// Returns the filter in RUST_LOG. `None` if it is empty or not set.
///
/// # Errors
/// If it is no filter, with the reason.
fn rust_log() -> Result<Option<String>, String> {
    let Some(value) = std::env::var_os("RUST_LOG").filter(|value| !value.is_empty()) else { return Ok(None) };
    let text = value.into_string().map_err(|_| "it is not UTF-8".to_owned())?;
    text.parse::<LogFilter>().map(|_| Some(text)).map_err(|error| error.to_string())
}

/// Variables that seem to be meant for this process, but belong to no flag. A misspelt `MESOSCOPE_READ_ONLY` must not go unnoticed.
pub fn unknown_variables(names: impl Iterator<Item = OsString>) -> Vec<String> {
    let flags: BTreeSet<String> = command().get_arguments().filter_map(Arg::get_long).map(variable).collect();
    let names = names.map(|name| name.to_string_lossy().into_owned());
    let mut unknown: Vec<String> = names
        .filter(|name| name.starts_with(PREFIX) && !flags.contains(name) && !is_of_kubernetes(name))
        .map(|name| SafeText::of(&name).to_string())
        .collect();
    unknown.sort();
    unknown
}

/// Whether Kubernetes sets a variable, as it does for each service; one may have the name `mesoscope`.
fn is_of_kubernetes(name: &str) -> bool {
    let rest = name.strip_prefix(PREFIX).unwrap_or_default();
    rest == "PORT" || ["PORT_", "SERVICE_HOST", "SERVICE_PORT"].iter().any(|start| rest.starts_with(start))
}

impl Configuration {
    /// Checks which flags go together.
    fn checked(mut self) -> Result<Configuration, ConfigError> {
        if let Some((one, other)) = contradiction(&self.command, &self.matches, &self.file) {
            return Err(ConfigError::Contradiction(self.origin(&one), self.origin(&other)));
        }
        // What the user says now takes precedence over the file.
        match (is_given(&self.matches, "masters"), is_given(&self.matches, "demo")) {
            (true, false) => self.args.demo = false,
            (false, true) if self.args.demo => self.args.masters.clear(),
            _ => {}
        }
        match (self.args.masters.is_empty(), self.args.demo) {
            (true, false) => return Err(ConfigError::NoCluster),
            (false, true) => return Err(ConfigError::Contradiction(self.origin("demo"), self.origin("master"))),
            (true, true) | (false, false) => {}
        }
        self.check_pair("tls-cert", "tls-key")?;
        self.check_pair("client-cert", "client-key")?;
        self.name_files();
        Ok(self)
    }

    fn check_pair(&self, certificate: &str, key: &str) -> Result<(), ConfigError> {
        let half = |given, missing: &str| Err(ConfigError::Half { given, missing: missing.to_owned() });
        match (self.found_origin(certificate), self.found_origin(key)) {
            (Some(given), None) => half(given, key),
            (None, Some(given)) => half(given, certificate),
            (Some(_), Some(_)) | (None, None) => Ok(()),
        }
    }

    /// Adds to each file where it is named.
    fn name_files(&mut self) {
        let names =
            ["ca", "tls-cert", "tls-key", "client-cert", "client-key"].map(|long| self.origin(long).to_string());
        let args = &mut self.args;
        let files = [&mut args.ca, &mut args.tls_cert, &mut args.tls_key, &mut args.client_cert, &mut args.client_key];
        for (file, origin) in files.into_iter().zip(names) {
            if let Some(ConfiguredFile { origin: named, .. }) = file {
                *named = origin;
            }
        }
    }

    /// Returns why RUST_LOG has no effect. `None` if it is used, not set, or replaced by `--log`.
    pub fn ignored_rust_log(&self) -> Option<String> {
        (self.origin("log") == Origin::Default).then(rust_log)?.err()
    }

    /// Prints the configuration as a file for `--config`, with the origin of each value.
    pub fn print(&self) -> String {
        let mut lines = String::new();
        for arg in self.command.get_arguments() {
            let Some(long) = arg.get_long().filter(|long| !NO_KEYS.contains(long)) else { continue };
            if let (Some(value), Some(origin)) = (self.value(arg), self.found_origin(long))
                && self.is_in_use(arg.get_id().as_str())
                && !(arg.is_hide_set() && origin == Origin::Default)
            {
                let _ = writeln!(lines, "{long} = {value} # {}", origin.comment());
            }
        }
        lines
    }

    fn is_in_use(&self, id: &str) -> bool {
        match id {
            "masters" | "agent_networks" => !self.args.demo,
            "demo" | "size" | "seed" | "rate" => self.args.demo,
            _ => true,
        }
    }

    /// Returns where the value of a flag comes from.
    pub fn origin(&self, long: &str) -> Origin {
        self.found_origin(long).unwrap_or(Origin::Default)
    }

    /// `None` if the flag has no value.
    fn found_origin(&self, long: &str) -> Option<Origin> {
        let arg = self.command.get_arguments().find(|arg| arg.get_long() == Some(long))?;
        let id = arg.get_id().as_str();
        self.matches.value_source(id)?;
        let default = if self.has_rust_log && id == "log" { Origin::RustLog } else { Origin::Default };
        Some(given_origin(&self.matches, id, long).or_else(|| self.file.origin(long)).unwrap_or(default))
    }

    fn value(&self, arg: &Arg) -> Option<Value> {
        let id = arg.get_id().as_str();
        let mut texts = self.matches.get_raw(id)?.map(|text| text.to_string_lossy().into_owned());
        Some(match arg.get_action() {
            ArgAction::SetTrue => Value::Boolean(self.matches.get_flag(id)),
            ArgAction::Append => Value::Array(texts.map(|text| Value::String(text.trim().to_owned())).collect()),
            _ => Value::String(texts.next()?),
        })
    }
}

/// Returns the long names of two flags that exclude each other, of which the file sets at least one; clap compares the others. A
/// cluster that is named now replaces the one of the file.
fn contradiction(command: &Command, matches: &ArgMatches, file: &ConfigFile) -> Option<(String, String)> {
    let is_now = |arg: &Arg| is_given(matches, arg.get_id().as_str());
    let is_on = |arg: &Arg| !matches!(arg.get_action(), ArgAction::SetTrue) || matches.get_flag(arg.get_id().as_str());
    let of_file = |arg: &Arg| !is_now(arg) && is_on(arg) && file.keys.contains(arg.get_long().unwrap_or_default());
    let replaces = |arg: &Arg| is_now(arg) && matches!(arg.get_id().as_str(), "masters" | "demo");
    let set = |arg: &Arg| is_now(arg) || of_file(arg);
    for arg in command.get_arguments().filter(|arg| set(arg)) {
        let mut others = command.get_arg_conflicts_with(arg).into_iter().filter(|other| set(other));
        let other = others.find(|other| (of_file(arg) || of_file(other)) && !replaces(arg) && !replaces(other));
        if let Some(other) = other {
            return Some((arg.get_long()?.to_owned(), other.get_long()?.to_owned()));
        }
    }
    None
}

fn given_origin(matches: &ArgMatches, id: &str, long: &str) -> Option<Origin> {
    match matches.value_source(id)? {
        ValueSource::CommandLine => Some(Origin::Flag(long.to_owned())),
        ValueSource::EnvVariable => Some(Origin::Variable(long.to_owned())),
        _ => None,
    }
}

fn is_given(matches: &ArgMatches, id: &str) -> bool {
    matches!(matches.value_source(id), Some(ValueSource::CommandLine | ValueSource::EnvVariable))
}

//! Reads the flags from the command line, the environment and a TOML file, in this order of precedence. The names of variables and
//! keys derive from the flags: `--read-only` is `MESOSCOPE_READ_ONLY` and `read-only`. Starts nothing.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write;
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches};
use toml::Value;

use crate::args::{self, Args};
use crate::text_responses;

const PREFIX: &str = "MESOSCOPE_";
/// Flags that no file may set.
const NO_KEYS: [&str; 4] = ["config", "check", "help", "version"];

/// The arguments, and the source of each.
#[derive(Debug)]
pub struct Configuration {
    pub args: Args,
    command: Command,
    matches: ArgMatches,
    file: ConfigFile,
}

/// The keys that a file has set.
#[derive(Debug, Default)]
struct ConfigFile {
    path: PathBuf,
    keys: BTreeSet<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A flag or a variable is wrong, or help was requested.
    #[error("{0}")]
    Arguments(#[from] clap::Error),
    #[error("cannot read {0}: {1}")]
    Unread(String, std::io::Error),
    #[error("{0} is no TOML: {1}")]
    Toml(String, String),
    #[error("{0}: no flag has the name '{1}'; the keys are the long names of the flags, without the dashes")]
    UnknownKey(String, String),
    #[error("{0}: '{1}' needs a string, a number, true or false, or a list of these")]
    Type(String, String),
    #[error("{0}: '{1}' is true or false")]
    Switch(String, String),
    #[error("{0}: '{1}' has one value")]
    OneValue(String, String),
    #[error("{0}: {1}")]
    Value(String, String),
    #[error("{0}: '{1}' cannot be used with '{2}'")]
    Contradiction(String, String, String),
}

/// Reads the configuration of this process.
pub fn read() -> Result<Configuration, ConfigError> {
    from(std::env::args_os().collect())
}

fn from(line: Vec<OsString>) -> Result<Configuration, ConfigError> {
    let matches = parsed(command(), &line)?;
    let Some(path) = matches.get_one::<PathBuf>("config").cloned() else {
        return Configuration::new(command(), matches, ConfigFile::default());
    };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(&path).map_err(|error| ConfigError::Unread(name.clone(), error))?;
    let (command, keys) = with_file(command(), &name, &text)?;
    // The first time, without the file, there was no error.
    let matches = parsed(command.clone(), &line).map_err(|error| ConfigError::Value(name, first_words(&error)))?;
    Configuration::new(command, matches, ConfigFile { path, keys })
}

/// The command line, with a variable for each flag.
pub fn command() -> Command {
    Args::command().mut_args(|arg| {
        let Some(long) = arg.get_long() else { return arg };
        let name = variable(long);
        let arg = match arg.get_action() {
            ArgAction::SetTrue => arg.value_parser(BoolishValueParser::new()),
            ArgAction::Append => arg.value_delimiter(','),
            _ => arg,
        };
        arg.env(name).hide_env(true)
    })
}

fn variable(long: &str) -> String {
    format!("{PREFIX}{}", long.to_ascii_uppercase().replace('-', "_"))
}

fn parsed(command: Command, line: &[OsString]) -> Result<ArgMatches, clap::Error> {
    command.try_get_matches_from(line).map_err(without_secret)
}

/// Hides the password of a URL and the content of a file, which are refused, but must not get into a log.
fn without_secret(mut error: clap::Error) -> clap::Error {
    let hidden = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) if args::is_pem(value) => Some("…".to_owned()),
        Some(ContextValue::String(value)) => value.rsplit_once('@').map(|(before, after)| {
            let scheme = before.split_once("://").map_or(String::new(), |(scheme, _)| format!("{scheme}://"));
            format!("{scheme}…@{after}")
        }),
        _ => None,
    };
    if let Some(hidden) = hidden {
        error.insert(ContextKind::InvalidValue, ContextValue::String(hidden));
    }
    error
}

/// Variables that seem to be meant for this process, but belong to no flag. A misspelt `MESOSCOPE_READ_ONLY` must not go unnoticed.
pub fn unknown_variables(names: impl Iterator<Item = OsString>) -> Vec<String> {
    let flags: BTreeSet<String> = command().get_arguments().filter_map(Arg::get_long).map(variable).collect();
    let names = names.map(|name| name.to_string_lossy().into_owned());
    let mut unknown: Vec<String> = names
        .filter(|name| name.starts_with(PREFIX) && !flags.contains(name) && !is_of_kubernetes(name))
        .map(|name| text_responses::visible(&name))
        .collect();
    unknown.sort();
    unknown
}

/// Whether Kubernetes sets a variable, as it does for each service; one may have the name `mesoscope`.
fn is_of_kubernetes(name: &str) -> bool {
    let rest = name.strip_prefix(PREFIX).unwrap_or_default();
    rest == "PORT" || ["PORT_", "SERVICE_HOST", "SERVICE_PORT"].iter().any(|start| rest.starts_with(start))
}

/// The first paragraph of an error: the others explain the command line.
fn first_words(error: &clap::Error) -> String {
    let all = error.render().to_string();
    let first = all.split("\n\n").next().unwrap_or_default();
    first.strip_prefix("error: ").unwrap_or(first).trim_end().to_owned()
}

/// Makes the values of the file the flags' defaults. Returns the keys that the file has.
fn with_file(mut command: Command, name: &str, text: &str) -> Result<(Command, BTreeSet<String>), ConfigError> {
    let broken = |error: toml::de::Error| ConfigError::Toml(name.to_owned(), error.to_string().trim_end().to_owned());
    let table: toml::Table = text.parse().map_err(broken)?;
    let mut keys = BTreeSet::new();
    for (key, value) in table {
        let shown = || (name.to_owned(), text_responses::visible(&key));
        let arg = command.get_arguments().find(|arg| arg.get_long() == Some(&key) && !NO_KEYS.contains(&key.as_str()));
        let Some(arg) = arg else {
            let (name, key) = shown();
            return Err(ConfigError::UnknownKey(name, key));
        };
        let values = values(arg, &value).map_err(|wrong| {
            let (name, key) = shown();
            wrong(name, key)
        })?;
        let id = arg.get_id().clone();
        command = command.mut_arg(id, |arg| arg.default_values(values));
        keys.insert(key);
    }
    Ok((command, keys))
}

type Wrong = fn(String, String) -> ConfigError;

fn values(arg: &Arg, value: &Value) -> Result<Vec<String>, Wrong> {
    let all = match value {
        Value::Array(all) => all.iter().map(scalar).collect::<Option<Vec<_>>>(),
        one => scalar(one).map(|one| vec![one]),
    };
    let all = all.ok_or(ConfigError::Type as Wrong)?;
    match arg.get_action() {
        ArgAction::SetTrue if !value.is_bool() => Err(ConfigError::Switch),
        ArgAction::Append => Ok(all),
        _ if value.is_array() => Err(ConfigError::OneValue),
        _ => Ok(all),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(is_on) => Some(is_on.to_string()),
        Value::Datetime(_) | Value::Array(_) | Value::Table(_) => None,
    }
}

impl Configuration {
    fn new(mut command: Command, matches: ArgMatches, file: ConfigFile) -> Result<Configuration, ConfigError> {
        let mut args = Args::from_arg_matches(&matches)?;
        if let Some((one, other)) = contradiction(&command, &matches, &file) {
            return Err(ConfigError::Contradiction(file.path.display().to_string(), one, other));
        }
        // What the user says now takes precedence over the file.
        match (is_given(&matches, "masters"), is_given(&matches, "demo")) {
            (true, false) => args.demo = false,
            (false, true) if args.demo => args.masters.clear(),
            _ => {}
        }
        let error = match (args.masters.is_empty(), args.demo) {
            (true, false) => Some((
                ErrorKind::MissingRequiredArgument,
                "no cluster is named: give --master with the URLs of the masters, or --demo",
            )),
            (false, true) => Some((ErrorKind::ArgumentConflict, "--demo cannot be used with --master")),
            _ if args.tls_cert.is_some() != args.tls_key.is_some() => {
                Some((ErrorKind::MissingRequiredArgument, "--tls-cert and --tls-key need each other"))
            }
            _ if args.client_cert.is_some() != args.client_key.is_some() => {
                Some((ErrorKind::MissingRequiredArgument, "--client-cert and --client-key need each other"))
            }
            _ => None,
        };
        match error {
            Some((kind, words)) => Err(command.error(kind, words).into()),
            None => Ok(Configuration { args, command, matches, file }),
        }
    }

    /// Prints the configuration as a file for `--config`, with the source of each value.
    pub fn print(&self) -> String {
        let mut lines = String::new();
        for arg in self.command.get_arguments() {
            let Some(long) = arg.get_long().filter(|long| !NO_KEYS.contains(long)) else { continue };
            let id = arg.get_id().as_str();
            if let (Some(value), Some(source)) = (self.value(arg), self.source(id, long))
                && self.is_in_use(id)
                && !(arg.is_hide_set() && source == BUILT_IN)
            {
                let _ = writeln!(lines, "{long} = {value} # {source}");
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

    fn source(&self, id: &str, long: &str) -> Option<String> {
        Some(match self.matches.value_source(id)? {
            ValueSource::CommandLine => format!("--{long}"),
            ValueSource::EnvVariable => variable(long),
            _ if self.file.keys.contains(long) => self.file.path.display().to_string(),
            _ => BUILT_IN.to_owned(),
        })
    }

    fn value(&self, arg: &Arg) -> Option<Value> {
        let id = arg.get_id().as_str();
        let mut texts = self.matches.get_raw(id)?.map(|text| text.to_string_lossy().into_owned());
        Some(match arg.get_action() {
            ArgAction::SetTrue => Value::Boolean(self.matches.get_flag(id)),
            ArgAction::Append => Value::Array(texts.map(Value::String).collect()),
            _ => Value::String(texts.next()?),
        })
    }
}

/// Returns two flags that exclude each other, of which the file sets at least one; clap compares the others. A cluster that is named now
/// replaces the one of the file.
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

const BUILT_IN: &str = "default";

fn is_given(matches: &ArgMatches, id: &str) -> bool {
    matches!(matches.value_source(id), Some(ValueSource::CommandLine | ValueSource::EnvVariable))
}

/// Reports an error on stderr, or prints the help. Returns the exit code.
pub fn report(error: &ConfigError) -> u8 {
    match error {
        ConfigError::Arguments(error) => {
            let _ = error.print();
            u8::try_from(error.exit_code()).unwrap_or(2)
        }
        other => {
            eprintln!("mesoscope: {other}");
            2
        }
    }
}

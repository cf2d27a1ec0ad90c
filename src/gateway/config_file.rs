//! The TOML file of `--config`: its keys are the long names of the flags. Knows no precedence.

use std::any::TypeId;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Arg, ArgAction, Command};
use toml::Value;

use crate::config_error::ConfigError;
use crate::config_origin::Origin;
use crate::configured_file;
use crate::secrets::SafeText;

/// Flags that no file may set.
pub const NO_KEYS: [&str; 4] = ["config", "check", "help", "version"];

/// The keys that a file has set.
#[derive(Debug, Default)]
pub struct ConfigFile {
    pub path: PathBuf,
    pub keys: BTreeSet<String>,
}

impl ConfigFile {
    /// Reads a file, and makes its values the flags' defaults. Ignores the keys in `overridden`.
    ///
    /// # Errors
    /// If it cannot be read, is no TOML, or has a key or a value of a type that does not fit.
    pub fn read(
        mut command: Command,
        path: &Path,
        origin: Origin,
        overridden: &[&str],
    ) -> Result<(Command, ConfigFile), ConfigError> {
        let name = SafeText::of_path(path);
        let text = configured_file::read(path).and_then(|bytes| {
            String::from_utf8(bytes)
                .map_err(|_| std::io::Error::new(std::io::ErrorKind::InvalidData, "it is not UTF-8"))
        });
        let text = text.map_err(|error| ConfigError::Unread { path: name.clone(), origin, error })?;
        let table: toml::Table = text.parse().map_err(|error| ConfigError::Toml(name.clone(), place(&text, &error)))?;
        let mut keys = BTreeSet::new();
        for (key, value) in table {
            if NO_KEYS.contains(&key.as_str()) {
                return Err(ConfigError::NoKey { file: name, key });
            }
            let arg = command.get_arguments().find(|arg| arg.get_long() == Some(&key));
            let Some(arg) = arg else {
                return Err(ConfigError::UnknownKey { file: name, key: SafeText::of(&key) });
            };
            let values = values(arg, &value).map_err(|unfit| unfit(origin_of(&key, path)))?;
            if !overridden.contains(&key.as_str()) {
                let id = arg.get_id().clone();
                command = command.mut_arg(id, |arg| arg.default_values(values));
                keys.insert(key);
            }
        }
        Ok((command, ConfigFile { path: path.to_owned(), keys }))
    }

    /// Returns the origin of a flag's value, if the file has it.
    pub fn origin(&self, long: &str) -> Option<Origin> {
        self.keys.contains(long).then(|| origin_of(long, &self.path))
    }
}

fn origin_of(key: &str, path: &Path) -> Origin {
    Origin::Key { key: key.to_owned(), file: path.to_owned() }
}

/// Says what is wrong at which line and column. The parser's whole text repeats the line, which may have a password, and its message
/// may repeat a key.
fn place(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    format!("line {line}, column {column}: {}", SafeText::of_words(error.message().trim_end()))
}

type Unfit = fn(Origin) -> ConfigError;

fn values(arg: &Arg, value: &Value) -> Result<Vec<String>, Unfit> {
    let is_list = matches!(arg.get_action(), ArgAction::Append);
    match value {
        Value::Boolean(is_on) if matches!(arg.get_action(), ArgAction::SetTrue) => Ok(vec![is_on.to_string()]),
        _ if matches!(arg.get_action(), ArgAction::SetTrue) => Err(ConfigError::Switch),
        Value::String(text) => Ok(vec![text.clone()]),
        Value::Integer(number) if is_number(arg) => Ok(vec![number.to_string()]),
        Value::Float(number) if is_number(arg) => Ok(vec![number.to_string()]),
        Value::Array(all) if is_list => {
            let texts = all.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
            texts.ok_or(ConfigError::Texts as Unfit)
        }
        Value::Array(_) => Err(ConfigError::OneValue),
        _ if is_list => Err(ConfigError::Texts),
        _ if is_number(arg) => Err(ConfigError::Number),
        _ => Err(ConfigError::Text),
    }
}

fn is_number(arg: &Arg) -> bool {
    let kind = arg.get_value_parser().type_id();
    let numbers = [TypeId::of::<u64>(), TypeId::of::<usize>(), TypeId::of::<f64>(), TypeId::of::<Duration>()];
    numbers.iter().any(|number| kind == *number)
}

//! A resource provider's configuration, read from text that a person typed: all that Mesos would refuse is found before it is sent, with
//! its place. Fields that Mesos does not know are reported, since Mesos ignores them silently.
//!
//! Sources: ResourceProviderInfo in include/mesos/v1/mesos.proto, and src/resource_provider/storage/provider.cpp of Mesos 1.11.

use core::cell::RefCell;
use core::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::form::{RoleError, check_role};
use super::provider_action::ProviderConfig;
use super::provider_fields::{CONFIG, Field, Form, NODE_SERVICE};

/// Error in a configuration, and its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// Line, from 1.
    pub line: usize,
    /// Column of the line, from 1; the end of the value with the error.
    pub column: usize,
    /// The error itself.
    pub problem: ConfigProblem,
}

/// What is wrong with a configuration. Paths are as `storage.plugin.name`; `text::providers` has the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigProblem {
    /// No JSON, in the parser's words, which end with the place.
    Syntax(String),
    /// A field has another form than expected: its path, and the form.
    Form(String, ExpectedForm),
    /// A required field is absent or empty.
    Missing(String),
    /// A field occurs twice.
    Twice(String),
    /// The id, which only Mesos may set.
    Id,
    /// A name with other characters than letters, digits and underscores.
    Name(String),
    /// A name in reversed-domain form that has an empty part, or other characters than letters, digits and underscores.
    Dotted(String),
    /// A value that is none of these.
    OneOf(String, &'static [&'static str]),
    /// A role that Mesos does not accept.
    Role(String, RoleError),
    /// No container and no endpoint provides NODE_SERVICE.
    NoNodeService,
    /// The text has more than [`MOST_BYTES`].
    TooLong,
}

/// Form that a field must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedForm {
    /// An object.
    Object,
    /// A list.
    List,
    /// A text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
}

/// A configuration, and the paths of the fields that Mesos does not know and would ignore.
pub type ReadConfig = (ProviderConfig, Vec<String>);

/// Maximum length of a configuration in bytes: one of a few megabytes would block the page, which shows each field.
pub const MOST_BYTES: usize = 32 * 1024;

/// Reads a configuration.
///
/// # Errors
/// The first error, with its place.
pub fn read(text: &str) -> Result<ReadConfig, ConfigError> {
    if text.len() > MOST_BYTES {
        return Err(ConfigError { line: 1, column: 1, problem: ConfigProblem::TooLong });
    }
    let found = RefCell::new(Found::default());
    let mut json = serde_json::Deserializer::from_str(text);
    let checker = Checker { form: &Form::Object(CONFIG), path: "", found: &found };
    let read = checker.deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    let Found { problem, unknown, has_node_service } = found.into_inner();
    let config = match read {
        Err(error) => {
            let problem = problem.unwrap_or_else(|| ConfigProblem::Syntax(error.to_string()));
            return Err(ConfigError { line: error.line().max(1), column: error.column().max(1), problem });
        }
        Ok(value) => ProviderConfig::of(value).filter(|_| has_node_service),
    };
    let at_end = || ConfigError {
        line: text.lines().count().max(1),
        column: text.lines().next_back().map_or(1, |last| last.chars().count().max(1)),
        problem: ConfigProblem::NoNodeService,
    };
    config.map(|config| (config, unknown)).ok_or_else(at_end)
}

#[derive(Debug, Default)]
struct Found {
    problem: Option<ConfigProblem>,
    unknown: Vec<String>,
    /// Whether a container, or an endpoint outside of Mesos, provides the service that mounts volumes.
    has_node_service: bool,
}

/// Maximum number of unknown fields that are named.
const UNKNOWN: usize = 8;

/// Maximum length of a name in a path; about that of a path, in bytes.
const LONG: usize = 160;

impl Found {
    fn report_unknown(&mut self, path: &str) {
        match self.unknown.len() {
            0..UNKNOWN => self.unknown.push(path.to_owned()),
            UNKNOWN => self.unknown.push("…".to_owned()),
            _ => {}
        }
    }
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(LONG) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}

/// Reads a value of a form, and records what is wrong with it.
#[derive(Clone, Copy)]
struct Checker<'a> {
    form: &'a Form,
    path: &'a str,
    found: &'a RefCell<Found>,
}

impl Checker<'_> {
    /// Records a problem; the parser adds the place to the error.
    fn fail<T, E: de::Error>(self, problem: ConfigProblem) -> Result<T, E> {
        self.found.borrow_mut().problem = Some(problem);
        Err(E::custom(""))
    }

    fn other_form<T, E: de::Error>(self) -> Result<T, E> {
        let path = || self.path.to_owned();
        let expected = match self.form {
            Form::Object(_) | Form::Any => ExpectedForm::Object,
            Form::List(_) => ExpectedForm::List,
            Form::Number => ExpectedForm::Number,
            Form::Flag => ExpectedForm::Flag,
            Form::Forbidden => return self.fail(ConfigProblem::Id),
            Form::Text | Form::Name | Form::Dotted | Form::OneOf(_) | Form::Role => ExpectedForm::Text,
        };
        self.fail(ConfigProblem::Form(path(), expected))
    }

    fn check_text<E: de::Error>(self, text: &str) -> Result<(), E> {
        let path = || self.path.to_owned();
        self.found.borrow_mut().has_node_service |= matches!(self.form, Form::OneOf(_)) && text == NODE_SERVICE;
        match self.form {
            Form::Name | Form::Dotted if text.is_empty() => self.fail(ConfigProblem::Missing(path())),
            Form::Name if !is_name(text) => self.fail(ConfigProblem::Name(path())),
            Form::Dotted if !text.split('.').all(is_name) => self.fail(ConfigProblem::Dotted(path())),
            Form::OneOf(all) if !all.contains(&text) => self.fail(ConfigProblem::OneOf(path(), all)),
            Form::Role => match check_role(text) {
                Err(error) => self.fail(ConfigProblem::Role(path(), error)),
                Ok(()) if text == "*" => self.fail(ConfigProblem::Role(path(), RoleError::Star)),
                Ok(()) => Ok(()),
            },
            Form::Object(_) | Form::List(_) | Form::Number | Form::Flag | Form::Forbidden => self.other_form(),
            Form::Any | Form::Text | Form::Name | Form::Dotted | Form::OneOf(_) => Ok(()),
        }
    }

    /// The path of a field, cut where it is too long to read.
    fn below(self, name: &str) -> String {
        let name = cut(name);
        match self.path {
            "" => name,
            path if path.len() > LONG => path.to_owned(),
            path => format!("{path}.{name}"),
        }
    }
}

/// Whether Mesos takes it as a name: a Java identifier, as it understands those.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
}

impl<'de> DeserializeSeed<'de> for Checker<'_> {
    type Value = Value;

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Checker<'_> {
    type Value = Value;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("JSON")
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Value, E> {
        match self.form {
            Form::Flag | Form::Any => Ok(flag.into()),
            _ => self.other_form(),
        }
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
        match self.form {
            Form::Number | Form::Any => Ok(number.into()),
            _ => self.other_form(),
        }
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
        match self.form {
            Form::Number | Form::Any => Ok(number.into()),
            _ => self.other_form(),
        }
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Value, E> {
        match self.form {
            Form::Number | Form::Any => Ok(number.into()),
            _ => self.other_form(),
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        self.check_text(text)?;
        Ok(text.into())
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        match self.form {
            Form::Any => Ok(Value::Null),
            _ => self.other_form(),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let form = match self.form {
            Form::List(form) => *form,
            Form::Any => &Form::Any,
            _ => return self.other_form(),
        };
        let mut all = Vec::new();
        loop {
            let path = format!("{}[{}]", self.path, all.len());
            match list.next_element_seed(Checker { form, path: &path, found: self.found })? {
                Some(value) => all.push(value),
                None => return Ok(Value::Array(all)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let known: Option<&[Field]> = match self.form {
            Form::Object(fields) => Some(fields),
            Form::Any => None,
            _ => return self.other_form(),
        };
        let mut all = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let path = self.below(&name);
            let field = known.and_then(|fields| fields.iter().find(|field| field.name == name));
            if known.is_some() && field.is_none() {
                self.found.borrow_mut().report_unknown(&path);
            }
            if all.contains_key(&name) {
                return self.fail(ConfigProblem::Twice(path));
            }
            let form = field.map_or(&Form::Any, |field| &field.form);
            if matches!(form, Form::Forbidden) {
                return self.fail(ConfigProblem::Id);
            }
            let value = map.next_value_seed(Checker { form, path: &path, found: self.found })?;
            all.insert(name, value);
        }
        let missing = known.unwrap_or_default().iter().find(|field| field.is_required && !all.contains_key(field.name));
        match missing {
            Some(field) => self.fail(ConfigProblem::Missing(self.below(field.name))),
            None => Ok(Value::Object(all)),
        }
    }
}

#[cfg(test)]
mod tests;

//! Texts of the form's fields as values.

use super::fault::{RunFault, RunField, RunFormError};
use crate::actions::amount::{format_amount, parse_countable};
use crate::actions::duration::parse_duration;
use crate::base::units::{Nanoseconds, Quantities};
use crate::scheduler::run::RunFile;

const MEBIBYTES_A_GIBIBYTE: f64 = 1024.0;

/// Errors so far.
#[derive(Default)]
pub(super) struct RunFaults(pub(super) Vec<RunFault>);

impl RunFaults {
    pub(super) fn note<T>(&mut self, field: RunField, read: Result<T, RunFormError>) -> Option<T> {
        read.map_err(|error| self.0.push(RunFault { field, error })).ok()
    }
}

/// An amount in Mesos' own unit.
pub(super) fn amount(name: &str, text: &str) -> Result<f64, RunFormError> {
    let amount = parse_countable(name, text)?.unwrap_or_default();
    match name {
        "cpus" | "mem" if amount <= 0.0 => Err(RunFormError::NoAmount),
        "gpus" if amount.fract() != 0.0 => Err(RunFormError::PartOfGpu),
        _ => Ok(amount),
    }
}

pub(super) fn amount_text(name: &str, of: Quantities) -> String {
    let amount = of.named(name).unwrap_or_default();
    let in_mesos_unit = if matches!(name, "mem" | "disk") { amount * MEBIBYTES_A_GIBIBYTE } else { amount };
    if amount == 0.0 { String::new() } else { format_amount(name, in_mesos_unit) }
}

/// A time above 0; `None` for an empty text.
pub(super) fn limit(text: &str) -> Result<Option<Nanoseconds>, RunFormError> {
    match text.trim() {
        "" => Ok(None),
        text => match parse_duration(text)? {
            Nanoseconds(..=0) => Err(RunFormError::NoTime),
            time => Ok(Some(time)),
        },
    }
}

pub(super) fn no_nul(text: &str) -> Result<(), RunFormError> {
    if text.contains('\0') { Err(RunFormError::Nul) } else { Ok(()) }
}

/// Word after the address of a file that is made executable.
const EXECUTABLE: &str = "executable";
/// Word after the address of an archive that is not unpacked.
const PACKED: &str = "packed";

/// Parses files to fetch: one address a line, with `executable` or `packed` after it. Archives are unpacked otherwise.
pub(in crate::scheduler) fn parse_files(text: &str) -> Result<Vec<RunFile>, RunFormError> {
    no_nul(text)?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| file(line).ok_or_else(|| RunFormError::File(line.chars().take(40).collect()))).collect()
}

fn file(line: &str) -> Option<RunFile> {
    let mut words = line.split_whitespace();
    let mut file = RunFile { uri: words.next()?.to_owned(), is_executable: false, is_extracted: true };
    for word in words {
        match word {
            EXECUTABLE => (file.is_executable, file.is_extracted) = (true, false),
            PACKED => file.is_extracted = false,
            _ => return None,
        }
    }
    Some(file)
}

pub(super) fn file_line(file: &RunFile) -> String {
    let word = match (file.is_executable, file.is_extracted) {
        (true, _) => EXECUTABLE,
        (false, false) => PACKED,
        (false, true) => return file.uri.clone(),
    };
    format!("{} {word}", file.uri)
}

pub(super) fn lines<T>(of: &[T], line: impl Fn(&T) -> String) -> String {
    of.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The first word of the command, without its folder.
pub(super) fn default_name(command: &str) -> String {
    const LETTERS: usize = 40;
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let line = command.lines().find(is_code).unwrap_or_default();
    let word = line.split_whitespace().next().unwrap_or_default();
    let name = word.rsplit('/').next().unwrap_or_default();
    // `TOKEN=x tool` has a secret where the name is expected, and every user of the cluster sees names of tasks.
    if name.is_empty() || word.contains('=') { "run".to_owned() } else { name.chars().take(LETTERS).collect() }
}

//! A schedule in JSON as Mesos writes it, read without guesses: a field that is missing or unknown would silently make other windows.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::actions::MaintenanceWindow;
use crate::actions::calendar::import_error::{ImportError, JsonError, WindowError};
use crate::base::units::{Nanoseconds, Timestamp};
use crate::mesos::calls::maintenance::MachineId;

/// The windows of the schedule, of a call that writes one, or of an answer that has one.
pub(super) fn windows(text: &str) -> Result<Vec<MaintenanceWindow>, ImportError> {
    let wrong = |error| Err(ImportError::Json(error));
    let json: Value =
        serde_json::from_str(text).map_err(|error| ImportError::Json(JsonError::Syntax(error.to_string())))?;
    let inner = ["update_maintenance_schedule", "get_maintenance_schedule"].iter().find_map(|name| json.get(name));
    let inner = inner.unwrap_or(&json);
    let inner = inner.get("schedule").unwrap_or(inner);
    let Value::Object(schedule) = inner else { return wrong(JsonError::NoObject) };
    match schedule.get("windows") {
        None if schedule.is_empty() => Err(ImportError::Empty),
        None => wrong(JsonError::NoWindows),
        Some(Value::Array(windows)) if windows.is_empty() => Err(ImportError::Empty),
        Some(Value::Array(windows)) => windows.iter().enumerate().map(|(at, value)| window(at + 1, value)).collect(),
        Some(_) => wrong(JsonError::NoList),
    }
}

fn window(number: usize, value: &Value) -> Result<MaintenanceWindow, ImportError> {
    read(value).map_err(|error| ImportError::Window(number, error))
}

/// A window that has all that one needs, and nothing that would be passed over.
fn read(window: &Value) -> Result<MaintenanceWindow, WindowError> {
    let window = fields(Some(window), "window", &["machine_ids", "unavailability"])?;
    let machines = window.get("machine_ids").and_then(Value::as_array).filter(|machines| !machines.is_empty());
    let machines = machines.ok_or(WindowError::NoMachine)?.iter().map(machine).collect::<Result<_, _>>()?;
    let times = fields(window.get("unavailability"), "unavailability", &["start", "duration"])?;
    let start = Timestamp(nanoseconds(times.get("start"), "start")?);
    let duration = times.get("duration").filter(|value| !value.is_null());
    let duration = duration.map(|value| nanoseconds(Some(value), "duration").map(Nanoseconds)).transpose()?;
    Ok(MaintenanceWindow { machines, start, duration })
}

fn machine(value: &Value) -> Result<MachineId, WindowError> {
    let machine = fields(Some(value), "machine", &["hostname", "ip"])?;
    let is_some = |name: &str| machine.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    if !is_some("hostname") && !is_some("ip") {
        return Err(WindowError::Unnamed);
    }
    MachineId::deserialize(value).map_err(|error| WindowError::Machine(error.to_string()))
}

/// A count of nanoseconds: a whole number of 64 bits, which may be written as text.
fn nanoseconds(time: Option<&Value>, name: &'static str) -> Result<i64, WindowError> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let count = fields(time, name, &["nanoseconds"])?.get("nanoseconds");
    let float = |value: &Value| value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < EXACT);
    let count = match count {
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_i64().or_else(|| float(value).map(|number| number as i64)),
        None => return Err(WindowError::NoNanoseconds(name)),
    };
    count.ok_or(WindowError::Nanoseconds(name))
}

fn fields<'a>(
    value: Option<&'a Value>,
    name: &'static str,
    known: &[&str],
) -> Result<&'a Map<String, Value>, WindowError> {
    let fields = value.and_then(Value::as_object).ok_or(WindowError::Missing(name))?;
    match fields.keys().find(|key| !known.contains(&key.as_str())) {
        Some(other) => Err(WindowError::Unknown(other.clone(), name)),
        None => Ok(fields),
    }
}

//! Which fields of one object's own JSON have another form than this build expects: those that tables need, and those that
//! its page shows beside. Reads one object at a time, for its page; keeps nothing.

use super::detail;
use super::encoded::Encoded;
use super::field::{FromAnyJson, Misfit, Misfits};
use super::providers;
use super::tree::{self, JsonTree};
use crate::mesos::wire::agent::{ReportedAgent, ReportedExecutor};
use crate::mesos::wire::framework::{ReportedFramework, ReportedOffer};
use crate::mesos::wire::task::ReportedTask;

/// Whether the field at that way, as `framework_info.roles`, or something in it, is among these that do not fit.
pub fn is_unreadable(misfits: &[Misfit], way: &str) -> bool {
    misfits.iter().any(|misfit| is_within(&misfit.path, way) || is_within(way, &misfit.path))
}

/// Misfits of a task's JSON.
pub fn task_misfits(json: &str) -> Vec<Misfit> {
    misfits::<ReportedTask<'_>, _>(json, detail::task_of)
}

/// Misfits of an agent's JSON.
pub fn agent_misfits(json: &str) -> Vec<Misfit> {
    misfits::<ReportedAgent<'_>, _>(json, |agent| (detail::agent_of(agent), providers::all_of(agent)))
}

/// Misfits of a framework's JSON.
pub fn framework_misfits(json: &str) -> Vec<Misfit> {
    misfits::<ReportedFramework<'_>, _>(json, detail::framework_of)
}

/// Misfits of an executor's JSON.
pub fn executor_misfits(json: &str) -> Vec<Misfit> {
    misfits::<ReportedExecutor<'_>, _>(json, detail::executor_of)
}

/// Misfits of an offer's JSON.
pub fn offer_misfits(json: &str) -> Vec<Misfit> {
    misfits::<ReportedOffer<'_>, _>(json, detail::offer_resources)
}

/// Misfits of a message of which pages read the same fields as tables.
pub fn misfits_of<'a, T: FromAnyJson<'a>>(json: &'a str) -> Vec<Misfit> {
    own_misfits::<T>(json).iter().cloned().collect()
}

/// Misfits among the fields of a message that tables read.
pub fn own_misfits<'a, T: FromAnyJson<'a>>(object: impl Into<Encoded<'a>>) -> Misfits {
    object.into().read::<T>().map(|read| read.misfits).unwrap_or_default()
}

fn misfits<'a, T: FromAnyJson<'a>, D>(json: &'a str, page: impl FnOnce(JsonTree<'_>) -> D) -> Vec<Misfit> {
    let mut all = misfits_of::<T>(json);
    for misfit in tree::read(json, page).1.iter() {
        // A field inside one that does not fit has been said with it.
        if !all.iter().any(|other| is_within(&misfit.path, &other.path)) {
            all.push(misfit.clone());
        }
    }
    all
}

fn is_within(path: &str, other: &str) -> bool {
    path.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesos::wire::json_form::JsonForm;

    #[test]
    fn a_field_is_unreadable_with_all_that_is_in_it_and_around_it() {
        let misfit = |path: &str| Misfit { path: path.to_owned(), expected: JsonForm::Object, found: JsonForm::Number };
        let misfits = [misfit("statuses[0].healthy"), misfit("container")];
        let check = |way: &str, expected| assert_eq!(is_unreadable(&misfits, way), expected, "{way}");
        check("statuses", true);
        check("container.docker.image", true);
        check("status", false);
        check("containers", false);
        check("user", false);
    }

    #[test]
    fn a_page_names_each_field_once() {
        let json = r#"{"task_id":{"value":"t"},"framework_id":{"value":"f"},"container":5,"user":[],
            "resources":[{"name":"cpus","scalar":{"value":1}},{"name":"ports","ranges":{"range":"[1-2]"}},7],
            "statuses":[{"state":"TASK_RUNNING","source":{},"healthy":"yes","check_status":{"http":{"status_code":"x"}}}],
            "limits":{"mem":{"value":"Infinity"},"cpus":3},"health_check":{"type":{"a":1}}}"#;
        let expected = [
            "resources[1].ranges.range: a text, not a list",
            "resources[2]: a number, not an object",
            "statuses[0].healthy: a text, not a boolean",
            "user: a list, not a text",
            "limits.cpus: a number, not an object",
            "health_check.type: an object, not a name",
            "container: a number, not an object",
            "statuses[0].check_status.http.status_code: a text, not a number",
        ];
        let misfits: Vec<String> = task_misfits(json).iter().map(ToString::to_string).collect();
        assert_eq!(misfits, expected);
    }
}

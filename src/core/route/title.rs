//! The title of a page, which names its objects as the cluster does.

use super::Route;
use super::terminal_params::TerminalPlace;
use crate::base::ids::TaskKey;
use crate::files::entry::base_name;
use crate::text::{own_frameworks, short_id, titles};
use crate::views::search::object_names::NamedObject;

impl Route {
    /// The objects of the page whose addresses have only their ids.
    pub fn objects(&self) -> Vec<NamedObject> {
        match self {
            Self::Agent(agent) | Self::AgentBrowse(agent, _) => vec![NamedObject::Agent(agent.clone())],
            Self::AgentFramework(agent, framework) => {
                vec![NamedObject::Agent(agent.clone()), NamedObject::Framework(framework.clone())]
            }
            Self::Framework(framework) => vec![NamedObject::Framework(framework.clone())],
            Self::Task(framework, task) | Self::TaskBrowse(_, framework, _, task, _) => {
                vec![NamedObject::Task(TaskKey { framework: framework.clone(), task: task.clone() })]
            }
            Self::Terminal(TerminalPlace::Task(framework, task), _) => {
                vec![NamedObject::Task(TaskKey { framework: framework.clone(), task: task.clone() })]
            }
            Self::Terminal(TerminalPlace::Container(agent, _), _) => vec![NamedObject::Agent(agent.clone())],
            _ => Vec::new(),
        }
    }

    /// Title of the page, with the names of its [`Route::objects`]; empty for the overview.
    pub fn title(&self, names: &[(NamedObject, String)]) -> String {
        let name = |object: NamedObject| {
            names.iter().find(|(other, _)| *other == object).map(|(_, name)| name.as_str()).unwrap_or_default()
        };
        let host = |agent| name(NamedObject::Agent(agent));
        match self.clone() {
            Self::Overview => String::new(),
            Self::Unknown(_) => titles::NOT_FOUND.to_owned(),
            Self::Run(_) => titles::RUN.to_owned(),
            Self::RunResults(id, _) => titles::named("Run", &id),
            Self::Volumes(_) => titles::VOLUMES.to_owned(),
            Self::OwnFrameworks => own_frameworks::TITLE.to_owned(),
            Self::Agent(agent) => titles::agent(host(agent.clone()), agent.as_str()),
            Self::AgentBrowse(agent, place) => {
                titles::agent_file(base_name(&place.path), host(agent.clone()), agent.as_str())
            }
            Self::MasterBrowse(place) => titles::file(base_name(&place.path), MASTER),
            Self::AgentFramework(agent, framework) => {
                let named = name(NamedObject::Framework(framework.clone()));
                titles::framework_on(named, framework.as_str(), host(agent.clone()), agent.as_str())
            }
            Self::Framework(id) => titles::framework(name(NamedObject::Framework(id.clone())), id.as_str()),
            Self::Task(framework, task) => {
                titles::task(name(NamedObject::Task(TaskKey { framework, task: task.clone() })), task.as_str())
            }
            Self::TaskBrowse(_, framework, _, task, _) => {
                titles::sandbox(name(NamedObject::Task(TaskKey { framework, task: task.clone() })), task.as_str())
            }
            Self::Terminal(TerminalPlace::Task(framework, task), _) => {
                titles::terminal(name(NamedObject::Task(TaskKey { framework, task: task.clone() })), task.as_str())
            }
            Self::Terminal(TerminalPlace::Executor(_, _, executor), _) => {
                titles::terminal(executor.as_str(), executor.as_str())
            }
            Self::Terminal(TerminalPlace::Container(agent, _), _) => {
                titles::terminal(host(agent.clone()), agent.as_str())
            }
            Self::ExecutorBrowse(_, _, executor, _) => titles::sandbox(executor.as_str(), executor.as_str()),
            Self::Executor(_, _, executor) => titles::named("Executor", executor.as_str()),
            Self::Role(role) => titles::named("Role", role.as_str()),
            Self::Offer(id) => titles::named("Offer", &short_id(&id)),
            Self::Operation(id) => titles::named("Operation", &short_id(&id)),
            list => list.place().map(|place| place.name().to_owned()).unwrap_or_default(),
        }
    }
}

const MASTER: &str = "master";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::TableParams;
    use crate::route::browse_params::BrowseParams;
    use crate::route::terminal_params::TerminalParams;

    const AGENT: &str = "c3946a13-75b4-4d3c-9d0e-fc10038dca85-S3";

    fn check(route: &Route, expected: &str) {
        let key = TaskKey { framework: "f".into(), task: "t".into() };
        let named = |object: NamedObject| match object {
            NamedObject::Agent(_) => (object, "db.example".to_owned()),
            NamedObject::Framework(_) => (object, "marathon".to_owned()),
            NamedObject::Task(_) => (object, "web".to_owned()),
        };
        let names: Vec<_> = route.objects().into_iter().map(named).collect();
        assert_eq!(route.title(&names), expected);
        let others = [(NamedObject::Task(TaskKey { task: "u".into(), ..key }), "other".to_owned())];
        assert!(!route.title(&others).contains("other"), "the names of the page before are not its own");
    }

    #[test]
    fn titles_have_hosts_and_names() {
        let stderr = || BrowseParams::of("/var/lib/mesos/stderr");
        check(&Route::Agent(AGENT.into()), "Agent db.example");
        check(&Route::AgentBrowse(AGENT.into(), stderr()), "stderr on db.example");
        check(&Route::AgentFramework(AGENT.into(), "f".into()), "Framework marathon on db.example");
        check(&Route::Framework("f".into()), "Framework marathon");
        check(&Route::Task("f".into(), "t".into()), "Task web");
        check(&Route::TaskBrowse(AGENT.into(), "f".into(), "e".into(), "t".into(), stderr()), "Sandbox of web");
        let terminal = TerminalPlace::Task("f".into(), "t".into());
        check(&Route::Terminal(terminal, TerminalParams::default()), "Terminal in web");
        check(&Route::ExecutorBrowse(AGENT.into(), "f".into(), "e".into(), stderr()), "Sandbox of e");
        check(&Route::MasterBrowse(BrowseParams::of("/master/log")), "log on master");
        check(&Route::Role("eng/web".into()), "Role eng/web");
        check(&Route::Volumes(TableParams::default()), "Reservations and volumes");
        check(&Route::Overview, "");
        check(&Route::Unknown("#/x".to_owned()), "Page not found");
    }

    #[test]
    fn an_object_without_a_name_has_the_end_of_its_id() {
        assert_eq!(Route::Agent(AGENT.into()).title(&[]), "Agent …-S3 (unknown host)");
        assert_eq!(Route::Task("f".into(), "t".into()).title(&[]), "Task t");
    }
}

//! Addresses as the stock UI has them, and any that come back as they were.

use super::*;
use crate::base::ids::{AgentId, ExecutorId, FrameworkId};
use crate::files::merge::MergeOrder;
use crate::files::text_format::Encoding;
use crate::files::zone::{DateOrder, UtcOffset};
use crate::mesos::calls::container_path::ContainerPath;

fn check(hash: &str, route: Route) {
    assert_eq!(Route::parse(hash), route, "{hash}");
    assert_eq!(Route::parse(&route.to_string()), route, "{route}");
}

#[test]
fn stock_links() {
    let (agent, framework, executor) = (AgentId::from("a-S1"), FrameworkId::from("f-0001"), ExecutorId::from("e.1"));
    check("", Route::Overview);
    check("#/", Route::Overview);
    check("#/agents", Route::Agents(TableParams::default()));
    check("#/agents/", Route::Agents(TableParams::default()));
    check("#/slaves/a-S1", Route::Agent(agent.clone()));
    check("#/agents/a-S1/browse?path=%2Fvar%2Flog", Route::AgentBrowse(agent.clone(), BrowseParams::of("/var/log")));
    check("#/slaves/a-S1/browse?path=/var/a b", Route::AgentBrowse(agent.clone(), BrowseParams::of("/var/a b")));
    check("#/agents/a-S1/frameworks/f-0001/", Route::AgentFramework(agent.clone(), framework.clone()));
    check(
        "#/agents/a-S1/frameworks/f-0001/executors/e.1",
        Route::Executor(agent.clone(), framework.clone(), executor.clone()),
    );
    check(
        "#/agents/a-S1/frameworks/f-0001/executors/e.1/browse",
        Route::ExecutorBrowse(agent.clone(), framework.clone(), executor.clone(), BrowseParams::default()),
    );
    check(
        "#/agents/a-S1/frameworks/f-0001/executors/e.1/tasks/t/browse",
        Route::TaskBrowse(agent, framework.clone(), executor, "t".into(), BrowseParams::default()),
    );
    check("#/frameworks/f-0001/", Route::Framework(framework));
    check("#/offers", Route::Offers(TableParams::default()));
    check("#/executors", Route::Executors(TableParams::default()));
    check("#/operations?sort=-kind", Route::Operations(TableParams { sort: "-kind".into(), ..TableParams::default() }));
}

#[test]
fn a_link_to_a_terminal_names_its_container_and_command() {
    let params = |exec: &str, user: &str, joins| TerminalParams { exec: exec.into(), user: user.into(), joins };
    check(
        "#/frameworks/f/tasks/t/terminal?exec=%2Fbin%2Fsh&user=alice",
        Route::Terminal(TerminalPlace::Task("f".into(), "t".into()), params("/bin/sh", "alice", false)),
    );
    check(
        "#/agents/a/frameworks/f/executors/e/terminal",
        Route::Terminal(TerminalPlace::Executor("a".into(), "f".into(), "e".into()), params("", "", false)),
    );
    let outer = ContainerPath::top("x/\0".into());
    let path = ContainerPath { parent: Some(Box::new(outer)), value: "".into() };
    let route = Route::Terminal(TerminalPlace::Container("a".into(), path), params("a&b=c?#", "", true));
    assert_eq!(Route::parse(&route.to_string()), route, "{route}");
    assert!(matches!(Route::parse("#/agents/a/containers/terminal"), Route::Unknown(_)));
}

#[test]
fn a_link_fills_in_the_form_of_a_run() {
    let params = RunParams {
        agents: vec!["a-S1".into(), "a,S2&x".into()],
        filter: "rack:r7 state:active".into(),
        count: "3".into(),
        role: "eng/web".into(),
        command: "df -h | grep '100%'\n# all".into(),
        again: "r-1".into(),
    };
    let route = Route::Run(params);
    assert_eq!(Route::parse(&route.to_string()), route, "{route}");
    check("#/run", Route::Run(RunParams::default()));
    check("#/run?agent=a&agent=b&agent=a", Route::Run(RunParams::on(vec!["a".into(), "b".into()])));
    check("#/run?role=eng&environment=TOKEN%3Dx&env=y", Route::Run(RunParams::in_role("eng")));
    assert!(matches!(Route::parse("#/run?agent=%zz"), Route::Unknown(_)));
    check(
        "#/runs/r-1?filter=exit%3A7",
        Route::RunResults("r-1".into(), TableParams { filter: "exit:7".into(), ..TableParams::default() }),
    );
}

#[test]
fn earlier_addresses_lead_to_the_same_page() {
    check("#/trouble", Route::Diagnostics);
    check("#/diagnostics", Route::Diagnostics);
}

#[test]
fn a_table_keeps_filter_and_sort() {
    let table = TableParams { filter: "state:active a&b=c".into(), sort: "-cpus".into(), columns: "host,mem".into() };
    check("#/agents?filter=state%3Aactive%20a%26b%3Dc&sort=-cpus&columns=host%2Cmem", Route::Agents(table));
}

#[test]
fn every_table_stays_one_page_whatever_its_filter() {
    let tables = ["agents", "executors", "frameworks", "tasks", "roles", "offers", "operations", "volumes", "events"];
    for name in tables {
        let bare = Route::parse(&format!("#/{name}"));
        let mut narrowed = Route::parse(&format!("#/{name}?filter=abc&sort=-state"));
        assert_ne!(narrowed, bare, "{name}");
        assert_eq!(narrowed.page(), bare, "{name}");
        assert_eq!(narrowed.table().map(|table| table.filter.as_str()), Some("abc"), "{name}");
    }
    let browsed = Route::parse("#/agents/a/browse?path=/x&at=5&find=y");
    assert_eq!(browsed.page(), Route::AgentBrowse("a".into(), BrowseParams::of("/x")));
    let browsed = Route::parse("#/agents/a/browse?path=/x&beside=b@/y&merged=1&seen=0.7");
    assert_eq!(browsed.page(), Route::AgentBrowse("a".into(), BrowseParams::of("/x")), "files come and go on one page");
    assert_eq!(Route::Maintenance.page(), Route::Maintenance);
}

#[test]
fn the_old_address_of_my_changes_still_leads_there() {
    assert_eq!(Route::parse("#/journal"), Route::MyChanges);
    assert_eq!(Route::MyChanges.to_string(), "#/my-changes");
    check("#/own-frameworks", Route::OwnFrameworks);
}

fn hostile(text: &str) -> BrowseParams {
    BrowseParams {
        path: text.into(),
        run: text.into(),
        filter: text.into(),
        sort: text.into(),
        seen: Some((7, u64::MAX)),
        hex: Some(false),
        at: Some(u64::MAX),
        to: Some(0),
        print: Some(u32::MAX),
        of: 7,
        older: vec![0, 7],
        find: text.into(),
        is_regex: true,
        only: true,
        context: Some(0),
        level: text.into(),
        source: text.into(),
        thread: text.into(),
        zone: UtcOffset::parse("-9:30").unwrap(),
        dates: Some(DateOrder::MonthFirst),
        encoding: Some(Encoding::Windows1252),
        marks: vec![text.into(), "b".into()],
        beside: vec![(text.into(), text.into()), ("a@b".into(), "/c@d".into())],
        merged: Some(MergeOrder::Arrival),
    }
}

#[test]
fn a_file_is_closed() {
    let mut place = hostile("a");
    (place.beside, place.of, place.older) = (vec![("a".into(), "/b".into()); 3], 2, vec![0, 1, 3]);
    place.seen = Some((3, 5));
    place.close(1);
    assert_eq!((place.beside.len(), place.of, place.linked(1)), (2, 1, Some((0, u64::MAX))));
    assert_eq!((place.older.as_slice(), place.seen), (&[0, 2][..], Some((2, 5))));
    place.close(1);
    assert_eq!((place.beside.len(), place.at, place.of, place.older.clone()), (1, None, 0, vec![0, 1]));
    place.close(0);
    place.close(9);
    assert_eq!(place.beside.len(), 1, "the first file stays");
}

#[test]
fn hostile_ids_come_back() {
    for id in ["", "\0", "\0\0", "/", "..", "a/b", "?", "#", "%", "%2", "é\u{202e}", "a b", "&=", "<script>"] {
        let (agent, framework): (AgentId, FrameworkId) = (id.into(), id.into());
        for route in [
            Route::Agent(agent.clone()),
            Route::AgentBrowse(agent.clone(), hostile(id)),
            Route::MasterBrowse(hostile(id)),
            Route::TaskBrowse(agent.clone(), framework.clone(), id.into(), id.into(), hostile(id)),
            Route::Framework(framework.clone()),
            Route::Role(id.into()),
            Route::Offer(id.into()),
            Route::Operation(id.into()),
            Route::Run(RunParams {
                agents: vec![id.into()],
                filter: id.into(),
                count: id.into(),
                role: id.into(),
                command: id.into(),
                again: id.into(),
            }),
            Route::RunResults(id.into(), TableParams::default()),
            Route::Task(framework, id.into()),
            Route::Agents(TableParams { filter: id.into(), sort: id.into(), columns: id.into() }),
        ] {
            assert_eq!(Route::parse(&route.to_string()), route, "{route}");
        }
    }
}

#[test]
fn what_leads_nowhere_is_kept() {
    check("#/nowhere/at/all", Route::Unknown("/nowhere/at/all".into()));
    check("#/agents/%zz", Route::Unknown("/agents/%zz".into()));
    check("#%FF", Route::Unknown("%FF".into()));
}

#[test]
fn lines_are_linked() {
    let mut place = BrowseParams::of("/a");
    place.link(Some((1, 50, Some(9))));
    assert_eq!((place.linked(1), place.linked(0), place.print), (Some((50, 50)), None, Some(9)));
    place.link_up_to((1, 20, Some(8)));
    assert_eq!((place.linked(1), place.print), (Some((20, 50)), Some(9)));
    place.link_up_to((0, 70, Some(8)));
    assert_eq!((place.linked(0), place.linked(1), place.print), (Some((70, 70)), None, Some(8)));
    place.link(None);
    assert_eq!(place, BrowseParams::of("/a"));
}

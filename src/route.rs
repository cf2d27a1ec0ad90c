//! Addresses: `#/agents?filter=state%3Aactive`. One enum, one total parser, one printer; nothing else prints or parses them.
//! The law: `Route::parse(&route.to_string()) == route`, for any ids. Every deep link of the stock UI leads somewhere.

use std::fmt::{self, Write};

use crate::file::Order;
use crate::ids::{AgentId, ExecutorId, FrameworkId, Role, TaskId};

/// A place in the console.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    Overview,
    Agents(Table),
    Agent(AgentId),
    /// A folder or a file of an agent, by its path there.
    AgentBrowse(AgentId, Place),
    AgentFramework(AgentId, FrameworkId),
    Executor(AgentId, FrameworkId, ExecutorId),
    /// An executor's sandbox, which must be found first; the path is of a file in it.
    ExecutorBrowse(AgentId, FrameworkId, ExecutorId, Place),
    TaskBrowse(AgentId, FrameworkId, ExecutorId, TaskId, Place),
    Executors(Table),
    Frameworks(Table),
    Framework(FrameworkId),
    Tasks(Table),
    Task(FrameworkId, TaskId),
    Roles(Table),
    Role(Role),
    Offers(Table),
    /// An offer or an inverse offer, by its id.
    Offer(String),
    Operations(Table),
    /// By its uuid.
    Operation(String),
    /// Reservations and persistent volumes.
    Volumes(Table),
    Maintenance,
    Master,
    /// The master's own log.
    MasterBrowse(Place),
    /// What was not understood, and what went wrong on the way.
    Trouble,
    /// What was changed from here.
    Journal,
    /// An address that leads nowhere, as it was typed.
    Unknown(String),
}

/// What a table's address keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Table {
    /// What was typed into the filter.
    pub filter: String,
    /// The column's name and direction, as `cpus` or `-cpus`; empty for the table's own order.
    pub sort: String,
}

/// A folder or a file, and how it is looked at. Offsets are bytes from the file's start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    pub path: String,
    /// Of a sandbox that must be found first: the container of the run that is meant; the latest if empty.
    pub run: String,
    /// The line that is linked, and the last where it is several.
    pub at: Option<u64>,
    pub to: Option<u64>,
    /// Which file's line that is: 0 for the first, otherwise one of those beside it.
    pub of: usize,
    /// Files whose older ones, from before they were rotated, are read as their beginning; offsets count from there.
    pub older: Vec<usize>,
    /// What is searched for.
    pub find: String,
    pub is_regex: bool,
    /// Only the lines that were found are shown.
    pub only: bool,
    /// The least grave level that is shown; empty for all.
    pub level: String,
    /// How the source begins that lines of glog tell; empty for all.
    pub source: String,
    /// Words that are marked in colours.
    pub marks: Vec<String>,
    /// Files that are shown beside it, on whichever agents.
    pub beside: Vec<(AgentId, String)>,
    /// Those and it are shown as one stream, in that order.
    pub merged: Option<Order>,
}

impl Place {
    /// The line of a file that is linked.
    pub fn linked(&self, file: usize) -> Option<(u64, u64)> {
        let at = self.at.filter(|_| self.of == file)?;
        let to = self.to.unwrap_or(at);
        Some((at.min(to), at.max(to)))
    }

    /// One of the files beside it is closed: what was said of those behind it moves up.
    pub fn close(&mut self, file: usize) {
        let Some(beside) = file.checked_sub(1).filter(|beside| *beside < self.beside.len()) else { return };
        self.beside.remove(beside);
        if self.of == file {
            (self.at, self.to, self.of) = (None, None, 0);
        }
        self.of -= usize::from(self.of > file);
        self.older.retain(|older| *older != file);
        self.older.iter_mut().for_each(|older| *older -= usize::from(*older > file));
    }

    /// The path, seen as usual.
    pub fn of(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }
}

impl Route {
    /// Reads the part of an address from `#` on; the `#` itself may be missing. Total: what is not known is `Unknown`.
    pub fn parse(hash: &str) -> Self {
        let hash = hash.strip_prefix('#').unwrap_or(hash);
        let (path, query) = hash.split_once('?').unwrap_or((hash, ""));
        let parts: Option<Vec<String>> = path.split('/').filter(|part| !part.is_empty()).map(decode).collect();
        parts.and_then(|parts| known(&parts, query)).unwrap_or_else(|| Self::Unknown(hash.to_owned()))
    }

    /// The filter and the order of the table, if it is one.
    pub fn table(&mut self) -> Option<&mut Table> {
        match self {
            Self::Agents(table)
            | Self::Executors(table)
            | Self::Frameworks(table)
            | Self::Tasks(table)
            | Self::Roles(table)
            | Self::Offers(table)
            | Self::Operations(table)
            | Self::Volumes(table) => Some(table),
            Self::Overview
            | Self::Agent(_)
            | Self::AgentBrowse(..)
            | Self::AgentFramework(..)
            | Self::Executor(..)
            | Self::ExecutorBrowse(..)
            | Self::TaskBrowse(..)
            | Self::Framework(_)
            | Self::Task(..)
            | Self::Role(_)
            | Self::Offer(_)
            | Self::Operation(_)
            | Self::Maintenance
            | Self::Master
            | Self::MasterBrowse(_)
            | Self::Trouble
            | Self::Journal
            | Self::Unknown(_) => None,
        }
    }

    /// The page that it leads to, without what only says how a table or files are shown: while this stays, the page stays.
    pub fn page(&self) -> Self {
        let mut page = self.clone();
        if let Some(table) = page.table() {
            *table = Table::default();
        }
        if let Self::AgentBrowse(_, place) | Self::MasterBrowse(place) = &mut page {
            let Place { path, beside, merged, .. } = std::mem::take(place);
            *place = Place { path, beside, merged, ..Place::default() };
        }
        page
    }
}

fn known(parts: &[String], query: &str) -> Option<Route> {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    Some(match parts.as_slice() {
        [] => Route::Overview,
        ["agents" | "slaves"] => Route::Agents(table(query)?),
        ["agents" | "slaves", agent, rest @ ..] => of_agent(unescape(agent).into(), rest, query)?,
        ["executors"] => Route::Executors(table(query)?),
        ["frameworks"] => Route::Frameworks(table(query)?),
        ["frameworks", framework] => Route::Framework(unescape(framework).into()),
        ["frameworks", framework, "tasks", task] => Route::Task(unescape(framework).into(), unescape(task).into()),
        ["tasks"] => Route::Tasks(table(query)?),
        ["roles"] => Route::Roles(table(query)?),
        ["roles", role] => Route::Role(unescape(role).into()),
        ["offers"] => Route::Offers(table(query)?),
        ["offers", offer] => Route::Offer(unescape(offer).to_owned()),
        ["operations"] => Route::Operations(table(query)?),
        ["operations", operation] => Route::Operation(unescape(operation).to_owned()),
        ["volumes"] => Route::Volumes(table(query)?),
        ["maintenance"] => Route::Maintenance,
        ["master"] => Route::Master,
        ["master", "browse"] => Route::MasterBrowse(place(query)?),
        ["trouble"] => Route::Trouble,
        ["journal"] => Route::Journal,
        _ => return None,
    })
}

fn of_agent(agent: AgentId, rest: &[&str], query: &str) -> Option<Route> {
    Some(match rest {
        [] => Route::Agent(agent),
        ["browse"] => Route::AgentBrowse(agent, place(query)?),
        ["frameworks", framework] => Route::AgentFramework(agent, unescape(framework).into()),
        ["frameworks", framework, "executors", executor, rest @ ..] => {
            let (framework, executor) = (unescape(framework).into(), unescape(executor).into());
            match rest {
                [] => Route::Executor(agent, framework, executor),
                ["browse"] => Route::ExecutorBrowse(agent, framework, executor, place(query)?),
                ["tasks", task, "browse"] => {
                    Route::TaskBrowse(agent, framework, executor, unescape(task).into(), place(query)?)
                }
                _ => return None,
            }
        }
        _ => return None,
    })
}

fn table(query: &str) -> Option<Table> {
    Some(Table { filter: value(query, "filter")?.unwrap_or_default(), sort: value(query, "sort")?.unwrap_or_default() })
}

fn place(query: &str) -> Option<Place> {
    let text = |name| value(query, name).map(Option::unwrap_or_default);
    let offset = |name| text(name).map(|text| text.parse().ok());
    let flag = |name| text(name).map(|text| !text.is_empty());
    let all = |name: &'static str| {
        query.split('&').filter_map(|pair| pair.split_once('=')).filter(move |(key, _)| *key == name)
    };
    let other = |(_, text): (&str, &str)| {
        let (agent, path) = text.split_once('@')?;
        Some((AgentId::from(decode(agent)?.as_str()), decode(path)?))
    };
    Some(Place {
        path: text("path")?,
        run: text("run")?,
        at: offset("at")?,
        to: offset("to")?,
        of: text("of")?.parse().unwrap_or_default(),
        older: all("older").map(|(_, text)| text.parse().ok()).collect::<Option<_>>()?,
        find: text("find")?,
        is_regex: flag("regex")?,
        only: flag("only")?,
        level: text("level")?,
        source: text("source")?,
        marks: all("mark").map(|(_, text)| decode(text)).collect::<Option<_>>()?,
        beside: all("beside").map(other).collect::<Option<_>>()?,
        merged: text("merged").map(|text| match text.as_str() {
            "" => None,
            "arrival" => Some(Order::Arrival),
            _ => Some(Order::Time),
        })?,
    })
}

/// `None` if the query cannot be read at all, `Some(None)` if it lacks the name.
fn value(query: &str, name: &str) -> Option<Option<String>> {
    let found = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
    match found {
        None => Some(None),
        Some((_, text)) => decode(text).map(Some),
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overview => f.write_str("#/"),
            Self::Agents(table) => write_table(f, "agents", table),
            Self::Agent(agent) => write!(f, "#/agents/{}", Part(agent.as_str())),
            Self::AgentBrowse(agent, place) => {
                write!(f, "#/agents/{}/browse", Part(agent.as_str()))?;
                write_place(f, place)
            }
            Self::AgentFramework(agent, framework) => write_agent_framework(f, agent, framework),
            Self::Executor(agent, framework, executor) => write_executor(f, agent, framework, executor),
            Self::ExecutorBrowse(agent, framework, executor, place) => {
                write_executor(f, agent, framework, executor)?;
                f.write_str("/browse")?;
                write_place(f, place)
            }
            Self::TaskBrowse(agent, framework, executor, task, place) => {
                write_executor(f, agent, framework, executor)?;
                write!(f, "/tasks/{}/browse", Part(task.as_str()))?;
                write_place(f, place)
            }
            Self::Executors(table) => write_table(f, "executors", table),
            Self::Frameworks(table) => write_table(f, "frameworks", table),
            Self::Framework(framework) => write!(f, "#/frameworks/{}", Part(framework.as_str())),
            Self::Tasks(table) => write_table(f, "tasks", table),
            Self::Task(framework, task) => {
                write!(f, "#/frameworks/{}/tasks/{}", Part(framework.as_str()), Part(task.as_str()))
            }
            Self::Roles(table) => write_table(f, "roles", table),
            Self::Role(role) => write!(f, "#/roles/{}", Part(role.as_str())),
            Self::Offers(table) => write_table(f, "offers", table),
            Self::Offer(offer) => write!(f, "#/offers/{}", Part(offer)),
            Self::Operations(table) => write_table(f, "operations", table),
            Self::Operation(operation) => write!(f, "#/operations/{}", Part(operation)),
            Self::Volumes(table) => write_table(f, "volumes", table),
            Self::Maintenance => f.write_str("#/maintenance"),
            Self::Master => f.write_str("#/master"),
            Self::MasterBrowse(place) => {
                f.write_str("#/master/browse")?;
                write_place(f, place)
            }
            Self::Trouble => f.write_str("#/trouble"),
            Self::Journal => f.write_str("#/journal"),
            Self::Unknown(text) => write!(f, "#{text}"),
        }
    }
}

fn write_table(f: &mut fmt::Formatter<'_>, name: &str, table: &Table) -> fmt::Result {
    write!(f, "#/{name}")?;
    let kept = [("filter", &table.filter), ("sort", &table.sort)];
    for (nth, (key, value)) in kept.into_iter().filter(|(_, value)| !value.is_empty()).enumerate() {
        write!(f, "{}{key}={}", if nth == 0 { '?' } else { '&' }, Encoded(value))?;
    }
    Ok(())
}

fn write_place(f: &mut fmt::Formatter<'_>, place: &Place) -> fmt::Result {
    let flag = |is: bool| if is { "1".to_owned() } else { String::new() };
    let offset = |offset: Option<u64>| offset.map(|offset| offset.to_string()).unwrap_or_default();
    let mut pairs = vec![
        ("path", Encoded(&place.path).to_string()),
        ("run", Encoded(&place.run).to_string()),
        ("at", offset(place.at)),
        ("to", offset(place.to)),
        ("of", if place.of == 0 { String::new() } else { place.of.to_string() }),
        ("find", Encoded(&place.find).to_string()),
        ("regex", flag(place.is_regex)),
        ("only", flag(place.only)),
        ("level", Encoded(&place.level).to_string()),
        ("source", Encoded(&place.source).to_string()),
        (
            "merged",
            match place.merged {
                None => String::new(),
                Some(Order::Time) => "1".to_owned(),
                Some(Order::Arrival) => "arrival".to_owned(),
            },
        ),
    ];
    pairs.retain(|(_, value)| !value.is_empty());
    pairs.extend(place.older.iter().map(|file| ("older", file.to_string())));
    pairs.extend(place.marks.iter().map(|mark| ("mark", Encoded(mark).to_string())));
    let beside = |(agent, path): &(AgentId, String)| format!("{}@{}", Encoded(agent.as_str()), Encoded(path));
    pairs.extend(place.beside.iter().map(|other| ("beside", beside(other))));
    for (nth, (key, value)) in pairs.iter().enumerate() {
        write!(f, "{}{key}={value}", if nth == 0 { '?' } else { '&' })?;
    }
    Ok(())
}

fn write_agent_framework(f: &mut fmt::Formatter<'_>, agent: &AgentId, framework: &FrameworkId) -> fmt::Result {
    write!(f, "#/agents/{}/frameworks/{}", Part(agent.as_str()), Part(framework.as_str()))
}

fn write_executor(
    f: &mut fmt::Formatter<'_>,
    agent: &AgentId,
    framework: &FrameworkId,
    executor: &ExecutorId,
) -> fmt::Result {
    write_agent_framework(f, agent, framework)?;
    write!(f, "/executors/{}", Part(executor.as_str()))
}

/// Stands for the empty id, which a path cannot hold: no id of Mesos' is one control character.
const EMPTY: &str = "\u{0}";

/// One part of a path; see `EMPTY`.
struct Part<'a>(&'a str);

impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A run of NULs gets one more, so that an id of NULs comes back as it was.
        if self.0.bytes().all(|byte| byte == 0) {
            f.write_str("%00")?;
        }
        write!(f, "{}", Encoded(self.0))
    }
}

fn unescape(part: &str) -> &str {
    if part.bytes().all(|byte| byte == 0) { part.strip_prefix(EMPTY).unwrap_or(part) } else { part }
}

/// Percent-encoded but for letters, digits and what is safe and legible.
struct Encoded<'a>(&'a str);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' | b'*' => {
                    f.write_char(char::from(byte))?
                }
                _ => write!(f, "%{byte:02X}")?,
            }
        }
        Ok(())
    }
}

/// `None` for a broken escape or bytes that are not UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hash: &str, route: Route) {
        assert_eq!(Route::parse(hash), route, "{hash}");
        assert_eq!(Route::parse(&route.to_string()), route, "{route}");
    }

    #[test]
    fn stock_links() {
        let (agent, framework, executor) =
            (AgentId::from("a-S1"), FrameworkId::from("f-0001"), ExecutorId::from("e.1"));
        check("", Route::Overview);
        check("#/", Route::Overview);
        check("#/agents", Route::Agents(Table::default()));
        check("#/agents/", Route::Agents(Table::default()));
        check("#/slaves/a-S1", Route::Agent(agent.clone()));
        check("#/agents/a-S1/browse?path=%2Fvar%2Flog", Route::AgentBrowse(agent.clone(), Place::of("/var/log")));
        check("#/slaves/a-S1/browse?path=/var/a b", Route::AgentBrowse(agent.clone(), Place::of("/var/a b")));
        check("#/agents/a-S1/frameworks/f-0001/", Route::AgentFramework(agent.clone(), framework.clone()));
        check(
            "#/agents/a-S1/frameworks/f-0001/executors/e.1",
            Route::Executor(agent.clone(), framework.clone(), executor.clone()),
        );
        check(
            "#/agents/a-S1/frameworks/f-0001/executors/e.1/browse",
            Route::ExecutorBrowse(agent.clone(), framework.clone(), executor.clone(), Place::default()),
        );
        check(
            "#/agents/a-S1/frameworks/f-0001/executors/e.1/tasks/t/browse",
            Route::TaskBrowse(agent, framework.clone(), executor, "t".into(), Place::default()),
        );
        check("#/frameworks/f-0001/", Route::Framework(framework));
        check("#/offers", Route::Offers(Table::default()));
        check("#/executors", Route::Executors(Table::default()));
        check("#/operations?sort=-kind", Route::Operations(Table { sort: "-kind".into(), ..Table::default() }));
    }

    #[test]
    fn a_table_keeps_filter_and_sort() {
        let table = Table { filter: "state:active a&b=c".into(), sort: "-cpus".into() };
        check("#/agents?filter=state%3Aactive%20a%26b%3Dc&sort=-cpus", Route::Agents(table));
    }

    #[test]
    fn every_table_stays_one_page_whatever_its_filter() {
        let tables = ["agents", "executors", "frameworks", "tasks", "roles", "offers", "operations", "volumes"];
        for name in tables {
            let bare = Route::parse(&format!("#/{name}"));
            let mut narrowed = Route::parse(&format!("#/{name}?filter=abc&sort=-state"));
            assert_ne!(narrowed, bare, "{name}");
            assert_eq!(narrowed.page(), bare, "{name}");
            assert_eq!(narrowed.table().map(|table| table.filter.as_str()), Some("abc"), "{name}");
        }
        let browsed = Route::parse("#/agents/a/browse?path=/x&at=5&find=y");
        assert_eq!(browsed.page(), Route::AgentBrowse("a".into(), Place::of("/x")));
        assert_eq!(Route::Maintenance.page(), Route::Maintenance);
    }

    fn hostile(text: &str) -> Place {
        Place {
            path: text.into(),
            run: text.into(),
            at: Some(u64::MAX),
            to: Some(0),
            of: 7,
            older: vec![0, 7],
            find: text.into(),
            is_regex: true,
            only: true,
            level: text.into(),
            source: text.into(),
            marks: vec![text.into(), "b".into()],
            beside: vec![(text.into(), text.into()), ("a@b".into(), "/c@d".into())],
            merged: Some(Order::Arrival),
        }
    }

    #[test]
    fn a_file_is_closed() {
        let mut place = hostile("a");
        (place.beside, place.of, place.older) = (vec![("a".into(), "/b".into()); 3], 2, vec![0, 1, 3]);
        place.close(1);
        assert_eq!((place.beside.len(), place.of, place.linked(1)), (2, 1, Some((0, u64::MAX))));
        assert_eq!(place.older, [0, 2]);
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
                Route::Task(framework, id.into()),
                Route::Agents(Table { filter: id.into(), sort: id.into() }),
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
}

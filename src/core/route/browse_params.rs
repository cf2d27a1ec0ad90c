//! A folder or a file in an address, with all of how it is looked at.

use std::fmt;

use super::segment::{EncodedText, decode, value};
use crate::base::ids::AgentId;
use crate::files::merge::MergeOrder;
use crate::files::text_format::Encoding;
use crate::files::zone::{DateOrder, UtcOffset};

/// A folder or a file, and how the page shows it: the parameters of a browse route. Offsets are bytes from the file's start. A file's
/// number is 0 for the first, and its position in `beside` plus 1 for others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct BrowseParams {
    /// `path`: absolute on the agent or master; relative in a sandbox that the page finds first.
    pub path: String,
    /// `run`: the container id of an executor's run, in a sandbox that the page finds first. Empty for the latest run.
    pub run: String,
    /// `filter`: the text in a folder's filter.
    pub filter: String,
    /// `sort`: a folder's sort key, as a table's.
    pub sort: String,
    /// `seen=FILE.OFFSET`: the first line in sight, where the page opens again. `None` at the end of the file.
    pub seen: Option<(usize, u64)>,
    /// `hex`: whether bytes are shown in hexadecimal. `None` decides by the bytes.
    pub hex: Option<bool>,
    /// `at`: the linked line, or the first of several.
    pub at: Option<u64>,
    /// `to`: the last linked line. `None` for one line.
    pub to: Option<u64>,
    /// `print`: a hash of the linked line, see `file::print`. Another hash at that offset means that the file has changed.
    pub print: Option<u32>,
    /// `of`: the number of the file that the linked line belongs to.
    pub of: usize,
    /// `older`: the files that begin with their rotated predecessors. Offsets count from the oldest.
    pub older: Vec<usize>,
    /// `find`: the text or expression to search for.
    pub find: String,
    /// `regex`: whether `find` is a regular expression.
    pub is_regex: bool,
    /// `only`: whether only matching lines are shown.
    pub only: bool,
    /// `context`: how many lines around each match are shown as well.
    pub context: Option<u8>,
    /// `level`: the lowest level that is shown. Empty for all.
    pub level: String,
    /// `source`: a prefix of the source that a line of glog names. Empty for all.
    pub source: String,
    /// `thread`: the thread that a line of glog names. Empty for all.
    pub thread: String,
    /// `zone`, as `+09:00`: the zone of times that name none.
    pub zone: UtcOffset,
    /// `dates`: the order of day and month where no line of the file decides it.
    pub dates: Option<DateOrder>,
    /// `encoding`: the encoding of the text. `None` decides by the bytes.
    pub encoding: Option<Encoding>,
    /// `mark`: words that are highlighted.
    pub marks: Vec<String>,
    /// `beside=AGENT@PATH`: files that are shown side by side with it; the master's without an agent.
    pub beside: Vec<(AgentId, String)>,
    /// `merged`: all files are shown as one stream, in this order.
    pub merged: Option<MergeOrder>,
}

impl BrowseParams {
    /// Offsets of the first and last linked line of a file; `None` if it has none.
    pub fn linked(&self, file: usize) -> Option<(u64, u64)> {
        let at = self.at.filter(|_| self.of == file)?;
        let to = self.to.unwrap_or(at);
        Some((at.min(to), at.max(to)))
    }

    /// Closes one of the files beside it; the numbers of later files move up.
    pub fn close(&mut self, file: usize) {
        let Some(beside) = file.checked_sub(1).filter(|beside| *beside < self.beside.len()) else { return };
        self.beside.remove(beside);
        if self.of == file {
            self.link(None);
        }
        self.seen = self.seen.filter(|(of, _)| *of != file).map(|(of, at)| (of - usize::from(of > file), at));
        self.of -= usize::from(self.of > file);
        self.older.retain(|older| *older != file);
        self.older.iter_mut().for_each(|older| *older -= usize::from(*older > file));
    }

    /// Links a line by its file's number, its offset and its hash; `None` removes the link.
    pub fn link(&mut self, line: Option<(usize, u64, Option<u32>)>) {
        (self.at, self.to) = (line.map(|(_, at, _)| at), None);
        self.of = line.map_or(0, |(of, ..)| of);
        self.print = line.and_then(|(.., print)| print);
    }

    /// Links the lines from the linked one up to another of the same file, or that one alone.
    pub fn link_up_to(&mut self, (of, at, print): (usize, u64, Option<u32>)) {
        if self.at.is_some() && self.of == of {
            self.to = Some(at);
        } else {
            self.link(Some((of, at, print)));
        }
    }

    /// The place without its position: while this stays equal, nothing is drawn again.
    pub fn without_seen(&self) -> Self {
        Self { seen: None, ..self.clone() }
    }

    /// Whether only matching lines are shown.
    pub fn narrows(&self) -> bool {
        self.only || [&self.level, &self.source, &self.thread].iter().any(|of| !of.is_empty())
    }

    /// The place of a path, with the default view.
    pub fn of(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }
}

pub(super) fn place(query: &str) -> Option<BrowseParams> {
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
    Some(BrowseParams {
        path: text("path")?,
        run: text("run")?,
        filter: text("filter")?,
        sort: text("sort")?,
        seen: text("seen")?.split_once('.').and_then(|(of, at)| of.parse().ok().zip(at.parse().ok())),
        hex: Some(text("hex")?).filter(|text| !text.is_empty()).map(|text| text != "0"),
        at: offset("at")?,
        to: offset("to")?,
        print: u32::from_str_radix(&text("print")?, 16).ok(),
        of: text("of")?.parse().unwrap_or_default(),
        older: all("older").map(|(_, text)| text.parse().ok()).collect::<Option<_>>()?,
        find: text("find")?,
        is_regex: flag("regex")?,
        only: flag("only")?,
        context: text("context")?.parse().ok(),
        level: text("level")?,
        source: text("source")?,
        thread: text("thread")?,
        zone: UtcOffset::parse(&text("zone")?).unwrap_or_default(),
        dates: DateOrder::parse(&text("dates")?),
        encoding: Encoding::parse(&text("encoding")?),
        marks: all("mark").map(|(_, text)| decode(text)).collect::<Option<_>>()?,
        beside: all("beside").map(other).collect::<Option<_>>()?,
        merged: text("merged").map(|text| match text.as_str() {
            "" => None,
            "arrival" => Some(MergeOrder::Arrival),
            _ => Some(MergeOrder::Time),
        })?,
    })
}

pub(super) fn write_place(f: &mut fmt::Formatter<'_>, place: &BrowseParams) -> fmt::Result {
    let flag = |is: bool| if is { "1".to_owned() } else { String::new() };
    let offset = |offset: Option<u64>| offset.map(|offset| offset.to_string()).unwrap_or_default();
    let mut pairs = vec![
        ("path", EncodedText(&place.path).to_string()),
        ("run", EncodedText(&place.run).to_string()),
        ("filter", EncodedText(&place.filter).to_string()),
        ("sort", EncodedText(&place.sort).to_string()),
        ("seen", place.seen.map(|(of, at)| format!("{of}.{at}")).unwrap_or_default()),
        ("hex", place.hex.map(|is| u8::from(is).to_string()).unwrap_or_default()),
        (
            "zone",
            if place.zone == UtcOffset::default() {
                String::new()
            } else {
                EncodedText(&place.zone.to_string()).to_string()
            },
        ),
        ("dates", place.dates.map(|order| order.name().to_owned()).unwrap_or_default()),
        ("encoding", place.encoding.map(|encoding| encoding.name().to_owned()).unwrap_or_default()),
        ("print", place.print.map(|print| format!("{print:x}")).unwrap_or_default()),
        ("at", offset(place.at)),
        ("to", offset(place.to)),
        ("of", if place.of == 0 { String::new() } else { place.of.to_string() }),
        ("find", EncodedText(&place.find).to_string()),
        ("regex", flag(place.is_regex)),
        ("only", flag(place.only)),
        ("context", place.context.map(|lines| lines.to_string()).unwrap_or_default()),
        ("level", EncodedText(&place.level).to_string()),
        ("source", EncodedText(&place.source).to_string()),
        ("thread", EncodedText(&place.thread).to_string()),
        (
            "merged",
            match place.merged {
                None => String::new(),
                Some(MergeOrder::Time) => "1".to_owned(),
                Some(MergeOrder::Arrival) => "arrival".to_owned(),
            },
        ),
    ];
    pairs.retain(|(_, value)| !value.is_empty());
    pairs.extend(place.older.iter().map(|file| ("older", file.to_string())));
    pairs.extend(place.marks.iter().map(|mark| ("mark", EncodedText(mark).to_string())));
    let beside = |(agent, path): &(AgentId, String)| format!("{}@{}", EncodedText(agent.as_str()), EncodedText(path));
    pairs.extend(place.beside.iter().map(|other| ("beside", beside(other))));
    for (nth, (key, value)) in pairs.iter().enumerate() {
        write!(f, "{}{key}={value}", if nth == 0 { '?' } else { '&' })?;
    }
    Ok(())
}

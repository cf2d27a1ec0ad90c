//! Visible lines as elements. Drawn without the framework, since positions must be set before the browser paints.
//!
//! Text from a file only ever becomes text nodes.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use leptos::prelude::document;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::files;
use mesoscope_core::files::followed_file::Line;
use mesoscope_core::files::hex::HexRow;
use mesoscope_core::files::hole::Hole;
use mesoscope_core::files::level::Glog;
use mesoscope_core::files::pattern::Pattern;
use mesoscope_core::files::row_context::RowContext;
use mesoscope_core::files::stack_trace::{TraceState, level_below};
use mesoscope_core::files::stamp::Stamp;
use mesoscope_core::files::styled_line::{CarriedStyle, StyledLine, TextColour, TextStyle};
use mesoscope_core::files::viewport::RowBox;
use mesoscope_core::files::zone::DateOrder;
use mesoscope_core::files::zone::{TimeDefaults, UtcOffset};
use mesoscope_core::text;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::clock::to_the_millisecond;

/// Render options of lines.
#[derive(Clone, Debug, Default)]
pub(super) struct RenderOptions {
    pub(super) hex: bool,
    /// Whether text overwritten by a carriage return is shown.
    pub(super) all: bool,
    /// Whether times are shown in the user's zone.
    pub(super) local: bool,
    /// Zone of times that name none.
    pub(super) zone: UtcOffset,
    /// Whether byte offsets replace line numbers.
    pub(super) offsets: bool,
    /// The search pattern, then the highlighted words, each with its colour.
    pub(super) patterns: Vec<(Pattern, u8)>,
    /// Linked lines: index among the drawn files, from, to.
    pub(super) linked: Option<(usize, u64, u64)>,
    /// Hash of the first linked line.
    pub(super) print: Option<u32>,
    /// Increments with every change, which redraws all lines.
    pub(super) version: u32,
}

/// A line to draw.
#[derive(Clone, Debug)]
pub(super) struct FileRow {
    pub(super) line: Line,
    /// Identifies the line among all drawn.
    pub(super) key: u64,
    /// Index of the line's file, from 0, and its name in a merged stream.
    pub(super) file: usize,
    pub(super) source: Option<String>,
    /// Whether the row is context of a match and no match itself.
    pub(super) is_beside: bool,
    /// Whether lines were omitted before it.
    pub(super) after_gap: bool,
    /// Date order of its file.
    pub(super) order: DateOrder,
}

/// Mark of a converted time.
const TIME: u8 = u8::MAX;

impl FileRow {
    /// A row of the only file.
    pub(super) fn of(line: Line, order: DateOrder) -> Self {
        Self { key: line.span.start, line, file: 0, source: None, is_beside: false, after_gap: false, order }
    }

    /// Hash of everything that is drawn: a different text at the same offset is a different line.
    fn face(&self, (style, trace): Carried, context: Option<&RowContext>) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.line.span.end, &self.line.bytes, self.is_beside, self.after_gap, style, trace).hash(&mut hasher);
        (context, self.order, self.line.hole, &self.source).hash(&mut hasher);
        hasher.finish()
    }

    /// The time to convert to the user's zone.
    fn stamp(&self, text: &str, options: &RenderOptions, clock: TimeDefaults) -> Option<Stamp> {
        let clock = TimeDefaults { order: self.order, ..clock };
        (options.local && !self.line.is_part).then(|| Stamp::parse(text, clock)).flatten()
    }
}

/// What a line inherits from those above it: the ANSI style, and the state of a trace.
type Carried = (CarriedStyle, Option<TraceState>);

/// The drawn lines, in order.
pub(super) struct RenderedLines {
    box_: HtmlElement,
    drawn: BTreeMap<u64, RenderedLine>,
    /// Keys from top to bottom; ascending in a single file.
    order: Vec<u64>,
    /// Known style at the start of each line: ANSI styles carry over from line to line.
    styles: BTreeMap<u64, CarriedStyle>,
    lives: u64,
}

struct RenderedLine {
    end: u64,
    bytes: Vec<u8>,
    /// The time converted to the user's zone.
    stamp: Option<Stamp>,
    /// What the next line inherits.
    leaves: Carried,
    face: u64,
    version: u32,
    number: Option<u64>,
    element: HtmlElement,
}

impl RenderedLines {
    pub(super) fn new(box_: HtmlElement) -> Self {
        Self { box_, drawn: BTreeMap::new(), order: Vec::new(), styles: BTreeMap::new(), lives: 0 }
    }

    /// Draws exactly these rows. A line that stays keeps its element, and therefore the text selection.
    pub(super) fn draw(&mut self, rows: &[FileRow], options: &RenderOptions, now: Timestamp, lives: u64) {
        if lives != self.lives || self.styles.len() > STYLES {
            self.styles.clear();
            self.lives = lives;
        }
        let clock = TimeDefaults::new(now, options.zone);
        let lines: Vec<_> = rows.iter().map(|row| (row.file, &row.line)).collect();
        let contexts = RowContext::of_rows(&lines, &options.patterns, options.all);
        let mut before = std::mem::take(&mut self.drawn);
        let mut last: Option<Element> = None;
        // For each file: where its last line ends, and the state in which that line leaves a trace.
        let mut traces: BTreeMap<usize, (u64, Option<TraceState>)> = BTreeMap::new();
        self.order.clear();
        for (row, context) in rows.iter().zip(&contexts) {
            let (key, start, end, number) = (row.key, row.line.span.start, row.line.span.end, row.line.number);
            let style = self.styles.get(&key).copied().unwrap_or_default();
            let trace = traces.get(&row.file).filter(|(end, _)| *end == start).and_then(|(_, state)| *state);
            let carried = (style, trace);
            let face = row.face(carried, context.as_ref());
            let old = before.remove(&key);
            let is_new = old.as_ref().is_none_or(|drawn| drawn.face != face || drawn.version != options.version);
            if let Some(gone) = old.as_ref().filter(|_| is_new) {
                gone.element.remove();
            }
            let (element, leaves, stamp) = match old.filter(|_| !is_new) {
                Some(drawn) => {
                    if drawn.number != number {
                        number_of(&drawn.element, start, number, options);
                    }
                    (drawn.element, drawn.leaves, drawn.stamp)
                }
                None => match element((row, context.as_ref()), options, clock, carried) {
                    Some(element) => element,
                    None => continue,
                },
            };
            let next = key + (end - start);
            self.carry_style(next, leaves.0);
            traces.insert(row.file, (end, leaves.1));
            let place = match &last {
                Some(last) => last.next_element_sibling(),
                None => self.box_.first_element_child(),
            };
            if is_new || place.as_ref() != Some(element.as_ref()) {
                let _ = self.box_.insert_before(&element, place.as_ref().map(AsRef::as_ref));
            }
            last = Some(element.clone().into());
            self.order.push(key);
            let bytes = row.line.bytes.clone();
            let version = options.version;
            self.drawn.insert(key, RenderedLine { end, bytes, stamp, leaves, face, version, number, element });
        }
        before.values().for_each(|drawn| drawn.element.remove());
        let mut stray = last.and_then(|last| last.next_element_sibling());
        while let Some(element) = stray {
            stray = element.next_element_sibling();
            element.remove();
        }
    }

    fn carry_style(&mut self, to: u64, style: CarriedStyle) {
        if style == CarriedStyle::default() {
            self.styles.remove(&to);
        } else {
            self.styles.insert(to, style);
        }
    }

    /// Bytes of a line.
    pub(super) fn bytes(&self, key: u64) -> Option<&[u8]> {
        self.drawn.get(&key).map(|drawn| drawn.bytes.as_slice())
    }

    /// Byte offset in the file's line for an offset in its drawn text. A converted time counts as a whole: its start or its end.
    pub(super) fn byte_of(&self, key: u64, offset: usize, is_start: bool, all: bool) -> Option<usize> {
        let RenderedLine { bytes, stamp, .. } = self.drawn.get(&key)?;
        let offset = match *stamp {
            Some(Stamp { at, from, to }) if offset > from => {
                let behind = from + to_the_millisecond(at)().len();
                match offset.checked_sub(behind) {
                    Some(rest) => to + rest,
                    None if is_start => from,
                    None => to,
                }
            }
            Some(_) | None => offset,
        };
        Some(files::styled_line::byte_of(bytes, all, offset))
    }

    /// First search hit in a line.
    pub(super) fn hit(&self, key: u64) -> Option<Element> {
        self.drawn.get(&key)?.element.query_selector("mark[data-mark='0']").ok().flatten()
    }

    /// Whether an offset is within the drawn lines of the only file.
    pub(super) fn covers(&self, offset: u64) -> bool {
        let last = self.drawn.last_key_value().map_or(0, |(_, drawn)| drawn.end);
        self.drawn.first_key_value().is_some_and(|(first, _)| *first <= offset) && offset < last
    }

    /// Key of the line below or above another.
    pub(super) fn beside(&self, key: u64, is_below: bool) -> Option<u64> {
        let nth = self.order.iter().position(|other| *other == key)?;
        self.order.get(if is_below { nth + 1 } else { nth.checked_sub(1)? }).copied()
    }

    /// Boxes of all lines in pixels, from top to bottom.
    pub(super) fn measure(&self) -> Vec<RowBox> {
        let drawn = self.order.iter().filter_map(|key| self.drawn.get_key_value(key));
        let measure = |(key, RenderedLine { end, element, .. }): (&u64, &RenderedLine)| {
            let (top, height) = (f64::from(element.offset_top()), f64::from(element.offset_height()));
            RowBox { key: *key, end: *end, top, height }
        };
        drawn.map(measure).collect()
    }
}

fn create(tag: &str, class: &str) -> Option<HtmlElement> {
    let element: HtmlElement = document().create_element(tag).ok()?.dyn_into().ok()?;
    if !class.is_empty() {
        element.set_class_name(class);
    }
    Some(element)
}

fn set(element: &Element, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}

/// Maximum number of remembered styles.
const STYLES: usize = 20_000;

type Context<'a> = Option<&'a RowContext>;

fn element(
    (row, context): (&FileRow, Context<'_>),
    options: &RenderOptions,
    clock: TimeDefaults,
    (style, trace): Carried,
) -> Option<(HtmlElement, Carried, Option<Stamp>)> {
    let span = row.line.span;
    let element = create("div", "line")?;
    set(&element, "data-at", &span.start.to_string());
    set(&element, "data-end", &span.end.to_string());
    if row.is_beside {
        set(&element, "data-beside", "");
    }
    if row.after_gap {
        set(&element, "data-gap", "");
    }
    if options.linked.is_some_and(|(file, from, to)| file == row.file && (from..=to).contains(&span.start)) {
        set(&element, "data-linked", "");
    }
    element.append_child(create("span", "number")?.as_ref()).ok()?;
    number_of(&element, span.start, row.line.number, options);
    if let Some(name) = &row.source {
        let source = create("span", "source")?;
        set(&element, "data-file", &row.file.to_string());
        set(&source, "data-mark", &(row.file % 6 + 1).to_string());
        set(&source, "data-name", name);
        set(&source, "title", text::log_viewer::LINK_LINE);
        element.append_child(&source).ok()?;
    }
    if options.hex {
        let octets = HexRow::of(&row.line.bytes);
        for (class, text) in [("octets", &octets.digits), ("letters", &octets.letters)] {
            let part = create("span", class)?;
            part.set_text_content(Some(text));
            element.append_child(&part).ok()?;
        }
        return Some((element, Carried::default(), None));
    }
    let (shown, leaves) = StyledLine::below(style, &row.line.bytes, options.all);
    let shown = shown.with_odd_end(&hole_words(row.line.hole));
    let (level, trace) = context.map_or_else(|| level_below(trace, &shown.text), |context| (context.level, None));
    if let Some(level) = level {
        set(&element, "data-level", level.name());
    }
    let text = create("span", "text")?;
    let stamp = row.stamp(&shown.text, options, clock);
    words(&text, &shown, options, (stamp, context))?;
    if shown.overwritten > 0 {
        set(&text, "data-overwritten", &shown.overwritten.to_string());
        set(&text, "title", text::log_viewer::OVERWRITTEN);
    }
    if !row.line.bytes.ends_with(b"\n") {
        set(&element, "data-cut", "");
    }
    element.append_child(&text).ok()?;
    Some((element, (leaves, trace), stamp))
}

fn number_of(row: &Element, start: u64, number: Option<u64>, options: &RenderOptions) {
    let text = match number {
        _ if options.hex => format!("{start:08x}"),
        Some(number) if !options.offsets => number.to_string(),
        None if !options.offsets => String::new(),
        Some(_) | None => start.to_string(),
    };
    if let Some(cell) = row.first_element_child() {
        set(&cell, "data-number", &text);
        set(&cell, "title", &text::log_viewer::link_line(start));
    }
}

/// Renders a line's text with its colours; the glog prefix is dimmed.
fn words(
    text: &HtmlElement,
    shown: &StyledLine,
    options: &RenderOptions,
    (stamp, context): (Option<Stamp>, Context<'_>),
) -> Option<()> {
    let mut marks: Vec<(usize, usize, u8)> = Vec::new();
    marks.extend(stamp.map(|stamp| (stamp.from, stamp.to, TIME)));
    match context {
        Some(context) => marks.extend(&context.marks),
        None => options.patterns.iter().for_each(|(pattern, colour)| {
            marks.extend(pattern.places(&shown.text).into_iter().map(|(from, to)| (from, to, *colour)));
        }),
    }
    let head = Glog::parse(&shown.text).map_or(0, |glog| shown.text.len() - glog.words.len());
    if head > 0 {
        marks.push((0, head, HEAD));
    }
    let mut reported = false;
    for part in shown.parts(&marks) {
        let mark = part.mark.filter(|mark| *mark != HEAD);
        let words = match (mark, stamp) {
            // Marks may split the time into several parts; only the first one shows it.
            (Some(TIME), Some(_)) if reported => continue,
            (Some(TIME), Some(stamp)) => {
                reported = true;
                to_the_millisecond(stamp.at)()
            }
            _ => part.text,
        };
        if mark.is_none() && part.look == TextStyle::default() && part.mark.is_none() {
            text.append_child(&document().create_text_node(&words)).ok()?;
            continue;
        }
        let piece = create(if mark.is_some_and(|mark| mark != TIME) { "mark" } else { "span" }, "")?;
        piece.set_text_content(Some(&words));
        match part.mark {
            Some(TIME) => set(&piece, "class", "time"),
            Some(HEAD) => set(&piece, "class", "dim"),
            Some(mark) => set(&piece, "data-mark", &mark.to_string()),
            None => {}
        }
        dressed(&piece, part.look);
        text.append_child(&piece).ok()?;
    }
    Some(())
}

/// Describes a run of NUL bytes; empty if its length is 0.
fn hole_words(hole: Hole) -> String {
    match hole {
        Hole { length: 0, .. } => String::new(),
        Hole { length, is_open, is_sampled } => text::log_viewer::nul_bytes(length, is_open, is_sampled),
    }
}

/// Mark of the glog prefix.
const HEAD: u8 = u8::MAX - 1;

/// Sets the exact colour; the style sheet makes it legible on the page's background.
fn coloured(piece: &HtmlElement, name: &str, property: &str, colour: Option<TextColour>) {
    match colour {
        Some(TextColour::Palette(number)) => set(piece, name, &number.to_string()),
        Some(TextColour::Rgb(red, green, blue)) => {
            set(piece, name, "exact");
            let _ = piece.style().set_property(property, &format!("rgb({red} {green} {blue})"));
        }
        None => {}
    }
}

fn dressed(piece: &HtmlElement, look: TextStyle) {
    coloured(piece, "data-ink", "--ink-exact", look.fg);
    coloured(piece, "data-ground", "--g", look.bg);
    let styles = [
        (look.bold, "bold"),
        (look.dim, "faint"),
        (look.italic, "italic"),
        (look.underline, "underline"),
        (look.struck, "struck"),
        (look.odd, "odd"),
    ];
    let styles: Vec<&str> = styles.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect();
    if !styles.is_empty() {
        set(piece, "data-style", &styles.join(" "));
    }
}

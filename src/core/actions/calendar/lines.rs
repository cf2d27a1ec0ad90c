//! Content lines of an iCalendar file (RFC 5545, 3.1), and the components that they make. Understands no property.
//!
//! ```text
//! contentline = name *(";" param-name "=" param-value *("," param-value)) ":" value CRLF
//! ```
//!
//! Written by hand: the crate `ical` trims blanks where a line is folded, which makes other machines of those that a file names;
//! `icalendar` and `calcard` add more than 100 KB to the page.

/// Components inside components: what is deeper is no calendar.
const DEEPEST: usize = 16;
/// Letters of a line that is named because it cannot be read.
const EXCERPT: usize = 60;

/// A line: its name and the names of its parameters in upper case, its value as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) params: Vec<(String, Vec<String>)>,
    pub(super) value: String,
}

impl Property {
    /// The first value of a parameter.
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        let (_, values) = self.params.iter().find(|(key, _)| key == name)?;
        values.first().map(String::as_str)
    }
}

/// A component: everything between a BEGIN and its END.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Component {
    /// In upper case.
    pub(super) name: String,
    pub(super) properties: Vec<Property>,
    pub(super) parts: Vec<Self>,
    /// The beginning of the first line that is no content line.
    pub(super) unread: Option<String>,
    /// Its END never came.
    pub(super) is_cut: bool,
}

impl Component {
    pub(super) fn all<'a, 'b>(&'a self, name: &'b str) -> impl Iterator<Item = &'a Property> + use<'a, 'b> {
        self.properties.iter().filter(move |property| property.name == name)
    }

    /// The value of the first property of that name.
    pub(super) fn value<'a>(&'a self, name: &str) -> Option<&'a str> {
        self.all(name).next().map(|property| property.value.trim())
    }
}

/// The components of a file, below a root for the file itself. `None` if they are nested too deeply.
pub(super) fn components(unfolded: &str) -> Option<Component> {
    let mut open = vec![Component::default()];
    for line in unfolded.lines().filter(|line| !line.trim().is_empty()) {
        let property = property(line);
        match property {
            Some(Property { name, value, .. }) if name == "BEGIN" => {
                if open.len() > DEEPEST {
                    return None;
                }
                open.push(Component { name: value.trim().to_ascii_uppercase(), ..Component::default() });
            }
            Some(Property { name, value, .. }) if name == "END" => end(&mut open, &value, line),
            Some(property) => open.last_mut()?.properties.push(property),
            None => unread(open.last_mut()?, line),
        }
    }
    while open.len() > 1 {
        close(&mut open, true);
    }
    open.pop()
}

/// Ends the component of that name, and with it those inside that were never ended.
fn end(open: &mut Vec<Component>, name: &str, line: &str) {
    let name = name.trim().to_ascii_uppercase();
    let Some(at) = open.iter().rposition(|component| component.name == name && !name.is_empty()) else {
        return open.last_mut().into_iter().for_each(|component| unread(component, line));
    };
    while open.len() > at + 1 {
        close(open, true);
    }
    close(open, false);
}

fn close(open: &mut Vec<Component>, is_cut: bool) {
    if let (Some(ended), Some(above)) = (open.pop(), open.last_mut()) {
        above.parts.push(Component { is_cut, ..ended });
    }
}

fn unread(component: &mut Component, line: &str) {
    component.unread.get_or_insert_with(|| line.chars().take(EXCERPT).collect());
}

/// The bytes with each logical line on one line that ends with LF. Bytes, since some writers fold inside a letter.
pub(super) fn unfold(bytes: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        let ends = byte == b'\n' || byte == b'\r';
        if byte == b'\r' {
            rest.next_if_eq(&b'\n');
        }
        if !ends {
            lines.push(byte);
        } else if rest.next_if(|byte| matches!(byte, b' ' | b'\t')).is_none() {
            lines.push(b'\n');
        }
    }
    lines
}

fn property(line: &str) -> Option<Property> {
    let (name, mut rest) = line.split_at_checked(line.find([';', ':'])?)?;
    is_name(name).then_some(())?;
    let mut params = Vec::new();
    while let Some(param) = rest.strip_prefix(';') {
        let (key, mut values_rest) = param.split_once('=')?;
        is_name(key).then_some(())?;
        let mut values = Vec::new();
        loop {
            let (value, after) = param_value(values_rest)?;
            values.push(value.to_owned());
            match after.strip_prefix(',') {
                Some(more) => values_rest = more,
                None => {
                    rest = after;
                    break;
                }
            }
        }
        params.push((key.to_ascii_uppercase(), values));
    }
    Some(Property { name: name.to_ascii_uppercase(), params, value: rest.strip_prefix(':')?.to_owned() })
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A parameter's value, in quotes or not, and what follows it.
fn param_value(text: &str) -> Option<(&str, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted.split_once('"');
    }
    let (value, rest) = text.split_at_checked(text.find([',', ';', ':'])?)?;
    (!value.contains('"')).then_some((value, rest))
}

/// TEXT, with what it writes by a backslash.
pub(super) fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n' | 'N') => plain.push('\n'),
                Some(other) => plain.push(other),
                None => {}
            },
            other => plain.push(other),
        }
    }
    plain
}

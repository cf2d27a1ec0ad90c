//! Hides secrets in values that a message or a log repeats. Knows no flags.

use std::fmt::{self, Display, Formatter};
use std::path::Path;

use percent_encoding::percent_decode_str;

use crate::text_responses::visible;

/// Maximum times that a text is decoded: a long one could be encoded thousands of times, and each costs a pass.
const DEEPEST: usize = 5;

/// External text as a message repeats it: on one line, without the secrets of URLs and keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeText(String);

impl SafeText {
    /// Hides the secrets of a value, which may be a URL.
    pub fn of(value: &str) -> SafeText {
        SafeText(visible(&masked(value)))
    }

    /// Hides a value of a list that has a password anywhere: a comma in that makes several values of it. `wholes` are texts that may be
    /// the list.
    pub fn of_part(part: &str, wholes: impl IntoIterator<Item = String>) -> SafeText {
        let is_cut = |whole: &String| whole.contains(',') && whole.contains(part);
        let has_user = |whole: String| decoded(&whole).is_none_or(|plain| plain.contains('@'));
        match wholes.into_iter().filter(is_cut).any(has_user) && !part.contains(['@', '%']) {
            true => SafeText("…".to_owned()),
            false => SafeText::of(part),
        }
    }

    /// Hides the secrets of a URL where the name of a file is needed.
    pub fn of_path(path: &Path) -> SafeText {
        SafeText::of_words(&path.to_string_lossy())
    }

    /// Hides the secrets of a URL in words that may have '@', '?' and '#' for other reasons.
    pub fn of_words(words: &str) -> SafeText {
        let has_password = |plain: &str| plain.rsplit_once('@').is_some_and(|(before, _)| before.contains(':'));
        match decoded(words).filter(|plain| !is_pem(plain) && !plain.contains("://") && !has_password(plain)) {
            Some(_) => SafeText(visible(words)),
            None => SafeText::of(words),
        }
    }
}

impl Display for SafeText {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a value is the content of a certificate's or a key's file, where the name of that file is needed.
pub fn is_pem(value: &str) -> bool {
    value.contains("-----BEGIN")
}

/// Hides the user, the password, the query and the fragment of a configured URL, and the content of a file. The URL may be invalid, so it
/// hides too much rather than too little.
fn masked(value: &str) -> String {
    let Some(plain) = decoded(value).filter(|plain| !is_pem(plain)) else { return "…".to_owned() };
    let hidden = masked_plain(&plain);
    // Without secrets, the value is shown as it is, with its percent-encoding.
    if hidden == plain { value.to_owned() } else { hidden }
}

/// Hides the secrets of a value that is not percent-encoded.
fn masked_plain(value: &str) -> String {
    // A password may have '?' or '#', too.
    if value.find(['?', '#']).and_then(|at| value.get(at..)).is_some_and(|tail| tail.contains('@')) {
        return format!("{}…", scheme(value));
    }
    let shown = without_query(value);
    // In a list, a comma within a password cuts the URL before its '@'.
    match shown.match_indices("://").find_map(|(at, mark)| password(&shown, at + mark.len())) {
        Some(at) => format!("{}:…", shown.get(..at).unwrap_or_default()),
        None => shown,
    }
}

/// Returns where the password begins, with its colon, in the authorities of a list of URLs that begins at `start`: at what is no port.
fn password(list: &str, start: usize) -> Option<usize> {
    let authorities = list.get(start..)?.split(['/', '?', '#']).next()?;
    let mut at = start;
    for authority in authorities.split(',') {
        // The address in brackets has colons of its own.
        let host = if authority.starts_with('[') { authority.find(']').unwrap_or_default() } else { 0 };
        let colon = authority.get(host..)?.find(':').map(|colon| host + colon);
        if let Some(colon) = colon
            && authority.get(colon + 1..)?.contains(|c: char| !c.is_ascii_digit())
        {
            return Some(at + colon);
        }
        at += authority.len() + 1;
    }
    None
}

/// Hides the user, the password, the query and the fragment of a URL.
pub fn without_query(url: &str) -> String {
    let (before, tail) = url.split_at(url.find(['?', '#']).unwrap_or(url.len()));
    let tail = tail.chars().next().map(|mark| format!("{mark}…")).unwrap_or_default();
    let Some(plain) = decoded(before) else { return format!("…{tail}") };
    match plain.rsplit_once('@') {
        Some((_, host)) => format!("{}…@{host}{tail}", scheme(&plain)),
        None => format!("{before}{tail}"),
    }
}

/// The scheme with which a URL begins, with `://`. Empty if it begins with anything else.
fn scheme(url: &str) -> &str {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let end = url.find("://").filter(|end| url.get(..*end).is_some_and(|name| name.chars().all(fits)));
    end.and_then(|end| url.get(..end + 3)).unwrap_or_default()
}

/// Decodes percent-encoding until nothing is encoded, as a reader of a log can. `None` if the text is encoded too often.
fn decoded(text: &str) -> Option<String> {
    let mut plain = text.to_owned();
    for _ in 0..DEEPEST {
        let next = percent_decode_str(&plain).decode_utf8_lossy().into_owned();
        if next == plain {
            return Some(plain);
        }
        plain = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_urls_are_hidden() {
        for (value, shown) in [
            ("http://m1:5050/a", "http://m1:5050/a"),
            ("10", "10"),
            ("ftp://m", "ftp://m"),
            ("[::1]:5080", "[::1]:5080"),
            ("http://[::1]", "http://[::1]"),
            ("http://[::1]:5050", "http://[::1]:5050"),
            ("http://m1:5050,http://m2/a%20b", "http://m1:5050,http://m2/a%20b"),
            ("http://m1:5050/?token=S3CRET", "http://m1:5050/?…"),
            ("http://m1:5050#S3CRET", "http://m1:5050#…"),
            ("http://m1/?a=S3CRET#S3CRET", "http://m1/?…"),
            ("http://u:S3CRET@m1:5050/a", "http://…@m1:5050/a"),
            ("http://u:S3CRET@m1/{id}?token=S3CRET", "http://…@m1/{id}?…"),
            ("http://u:S3?CRET@m1", "http://…"),
            ("http://m1/?token=S3@CRET", "http://…"),
            ("http://u:S3@CRET@m1", "http://…@m1"),
            ("http://user:S3CRET", "http://user:…"),
            ("u:S3CRET@m1", "…@m1"),
            ("m1:5050?token=S3CRET", "m1:5050?…"),
            ("http://user%3AS3CRET%40m1", "http://…@m1"),
            ("http://user:S3CRET%40m1:5050/a%20b", "http://…@m1:5050/a b"),
            ("http://user%253AS3CRET%2540m1", "http://…@m1"),
            ("http%3A%2F%2Fuser%3AS3CRET", "http://user:…"),
            ("http://m1/%3Ftoken=S3CRET", "http://m1/?…"),
            ("u:S3CRET@http://m1", "…@http://m1"),
            ("info,http://u:S3CRET", "info,http://u:…"),
            ("http://m1:5050,http://u:S3CRET", "http://m1:5050,http://u:…"),
            ("http://u:S3CRET,http://m1", "http://u:…"),
            ("http://u:S3]", "http://u:…"),
            ("http://u:1:S3CRET", "http://u:…"),
            ("http://u:S3CRET%2525252540m1", "…"),
            ("-----BEGIN PRIVATE KEY-----\nS3CRET", "…"),
            ("-----BEGIN%20PRIVATE KEY-----\nS3CRET", "…"),
        ] {
            assert_eq!(SafeText::of(value).to_string(), shown, "{value}");
        }
    }

    #[test]
    fn the_name_of_a_file_is_shown_and_a_url_in_its_place_is_not() {
        for (name, shown) in [
            ("/etc/mesoscope@1/ca#2.pem", "/etc/mesoscope@1/ca#2.pem"),
            ("C:/ca.pem", "C:/ca.pem"),
            ("/etc/a\u{1b}[31m\n", "/etc/a\\u{1b}[31m\\n"),
            ("http://u:S3CRET@m1/ca.pem", "http://…@m1/ca.pem"),
            ("http%3A//u%3AS3CRET%40m1/ca.pem", "http://…@m1/ca.pem"),
            ("https://m1/ca.pem?token=S3CRET", "https://m1/ca.pem?…"),
            ("u:S3CRET@m1/ca.pem", "…@m1/ca.pem"),
        ] {
            assert_eq!(SafeText::of_path(Path::new(name)).to_string(), shown, "{name}");
        }
    }

    #[test]
    fn the_host_of_a_redirect_stays_visible() {
        for (url, shown) in [
            ("https://sso.example/login?to=S3CRET&hint=S3@CRET", "https://sso.example/login?…"),
            ("http://u:S3CRET@m2/api", "http://…@m2/api"),
            ("http://u%3aS3CRET%40m2/api", "http://…@m2/api"),
            ("//m2:5050/api/v1", "//m2:5050/api/v1"),
            ("//m2/a%20b", "//m2/a%20b"),
        ] {
            assert_eq!(without_query(url), shown);
        }
    }
}

//! Hides secrets in values that a message or a log repeats. Knows no flags.

/// Whether a value is the content of a certificate's or a key's file, where the name of that file is needed.
pub fn is_pem(value: &str) -> bool {
    value.contains("-----BEGIN")
}

/// Hides the user, the password, the query and the fragment of a configured URL, and the content of a file. The URL may be invalid, so it
/// hides too much rather than too little.
pub fn masked(value: &str) -> String {
    if is_pem(value) {
        return "…".to_owned();
    }
    let scheme = value.split_once("://").map(|(scheme, _)| format!("{scheme}://"));
    // A password may have '?' or '#', too.
    if value.find(['?', '#']).and_then(|at| value.get(at..)).is_some_and(|tail| tail.contains('@')) {
        return format!("{}…", scheme.unwrap_or_default());
    }
    let shown = without_query(value);
    let Some(scheme) = scheme else { return shown };
    // In a list, a comma within a password cuts the URL before its '@'.
    let rest = shown.strip_prefix(&scheme).unwrap_or(&shown);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.rsplit_once(':') {
        Some((host, port)) if port.contains(|c: char| !c.is_ascii_digit()) && !port.ends_with(']') => {
            format!("{scheme}{host}:…")
        }
        Some(_) | None => shown,
    }
}

/// Hides the user, the password, the query and the fragment of a URL.
pub fn without_query(url: &str) -> String {
    let (before, tail) = url.split_at(url.find(['?', '#']).unwrap_or(url.len()));
    let tail = tail.chars().next().map(|mark| format!("{mark}…")).unwrap_or_default();
    let (scheme, rest) =
        before.split_once("://").map_or((String::new(), before), |(scheme, rest)| (format!("{scheme}://"), rest));
    match rest.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}…@{host}{tail}"),
        None => format!("{scheme}{rest}{tail}"),
    }
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
            ("-----BEGIN PRIVATE KEY-----\nS3CRET", "…"),
        ] {
            assert_eq!(masked(value), shown);
        }
    }

    #[test]
    fn the_host_of_a_redirect_stays_visible() {
        for (url, shown) in [
            ("https://sso.example/login?to=S3CRET&hint=S3@CRET", "https://sso.example/login?…"),
            ("http://u:S3CRET@m2/api", "http://…@m2/api"),
            ("//m2:5050/api/v1", "//m2:5050/api/v1"),
        ] {
            assert_eq!(without_query(url), shown);
        }
    }
}

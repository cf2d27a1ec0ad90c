//! The URL of a master: `http(s)://host:port[/path]`; calls go to the paths of its APIs below it. Resolves no names.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use axum::http::Uri;
use axum::http::uri::{Authority, PathAndQuery, Scheme};

use crate::network::is_disguised_address;
use crate::secrets;
use crate::text_responses;

/// The base URL of a master. The host compares case-insensitively; the path never ends with a slash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MasterUrl {
    scheme: Scheme,
    authority: Authority,
    path: String,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMasterUrl {
    #[error("expecting a URL that begins with http:// or https://")]
    Scheme,
    #[error("expecting host:port after the scheme")]
    Host,
    #[error("a URL with a user or a password is not taken: the page asks for them")]
    Credentials,
    #[error("this URL may have neither '?' nor '#': the page asks for a token")]
    Tail,
    #[error("not a URL: {0}")]
    Form(String),
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRedirect {
    #[error("without saying where")]
    Nowhere,
    #[error("to an address that is none: {0}")]
    Form(#[from] BadMasterUrl),
    #[error("from https to http")]
    Downgrade,
    #[error("to {0}, where no master takes calls")]
    Elsewhere(String),
    #[error("to {0}, a number in place of a name")]
    Number(String),
}

/// An API of a master.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MasterApi {
    Operator,
    Scheduler,
}

impl MasterApi {
    /// Path of the API, relative to the master's own path.
    pub const fn path(self) -> &'static str {
        match self {
            MasterApi::Operator => "/api/v1",
            MasterApi::Scheduler => "/api/v1/scheduler",
        }
    }
}

impl MasterUrl {
    /// Returns the URL that takes the calls of an API.
    pub fn api(&self, api: MasterApi) -> Uri {
        let path = format!("{}{}", self.path, api.path());
        let path = PathAndQuery::try_from(path).expect("a path was checked when it was parsed");
        let builder = Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone());
        builder.path_and_query(path).build().expect("all three parts of the address are there")
    }

    /// Returns a URL on the same host, with another path.
    pub fn with_path(&self, path: &str) -> Option<Uri> {
        let parts = Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone());
        parts.path_and_query(path).build().ok()
    }

    pub fn scheme(&self) -> &str {
        self.scheme.as_str()
    }

    /// Returns true if the host is `localhost` or a loopback address.
    pub fn is_near(&self) -> bool {
        let host = self.authority.host().trim_start_matches('[').trim_end_matches(']');
        let is_loopback = |ip: IpAddr| ip.to_canonical().is_loopback();
        host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(is_loopback)
    }

    /// Parses the `Location` of this master's redirect to the leader. Mesos writes `//host:port/api/v1`, so the scheme stays the
    /// same (src/master/http.cpp, Master::Http::redirect). The path is the call's own, so it ends with that of the API.
    pub fn leader_at(&self, api: MasterApi, location: Option<&str>) -> Result<MasterUrl, BadRedirect> {
        let location = location.ok_or(BadRedirect::Nowhere)?;
        let absolute = match location.strip_prefix("//") {
            Some(rest) => format!("{}://{rest}", self.scheme),
            None => location.to_owned(),
        };
        let at = absolute.strip_suffix(api.path());
        let at = at.ok_or_else(|| BadRedirect::Elsewhere(shown(&absolute)))?;
        let base: MasterUrl = at.parse()?;
        if base.path.split('/').any(|part| matches!(part, "." | "..")) || base.path.contains('%') {
            return Err(BadRedirect::Elsewhere(shown(&absolute)));
        }
        if is_disguised_address(base.authority.host()) {
            return Err(BadRedirect::Number(text_responses::visible(base.authority.host())));
        }
        if self.scheme == Scheme::HTTPS && base.scheme != Scheme::HTTPS {
            return Err(BadRedirect::Downgrade);
        }
        Ok(base)
    }
}

/// Returns a peer's URL as messages show it. Its query may have a token.
fn shown(url: &str) -> String {
    text_responses::visible(&secrets::without_query(url))
}

impl FromStr for MasterUrl {
    type Err = BadMasterUrl;

    fn from_str(text: &str) -> Result<MasterUrl, BadMasterUrl> {
        if !text.starts_with("http://") && !text.starts_with("https://") {
            return Err(BadMasterUrl::Scheme);
        }
        if text.contains(['?', '#']) {
            return Err(BadMasterUrl::Tail);
        }
        let parts = text.parse::<Uri>().map_err(|error| BadMasterUrl::Form(error.to_string()))?.into_parts();
        let (scheme, authority) =
            (parts.scheme.ok_or(BadMasterUrl::Scheme)?, parts.authority.ok_or(BadMasterUrl::Host)?);
        if authority.as_str().contains('@') {
            return Err(BadMasterUrl::Credentials);
        }
        let port_fits = authority.as_str().len() == authority.host().len() || authority.port_u16().is_some();
        if authority.host().is_empty() || !port_fits {
            return Err(BadMasterUrl::Host);
        }
        let path = parts.path_and_query.map(|path| path.path().trim_end_matches('/').to_owned()).unwrap_or_default();
        Ok(MasterUrl { scheme, authority, path })
    }
}

impl fmt::Display for MasterUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, BadMasterUrl>) {
        let api = text.parse::<MasterUrl>().map(|base| base.api(MasterApi::Operator).to_string());
        assert_eq!(api, expected.map(str::to_owned), "{text}");
    }

    #[test]
    fn master_urls_are_parsed_or_rejected() {
        check("http://m1:5050", Ok("http://m1:5050/api/v1"));
        check("http://m1:5050/", Ok("http://m1:5050/api/v1"));
        check("https://m1/master", Ok("https://m1/master/api/v1"));
        check("http://[::1]:5050/a/b//", Ok("http://[::1]:5050/a/b/api/v1"));
        check("m1:5050", Err(BadMasterUrl::Scheme));
        check("zk://z1:2181/mesos", Err(BadMasterUrl::Scheme));
        check("http://u:p@m1:5050", Err(BadMasterUrl::Credentials));
        check("http://m1:5050/?a", Err(BadMasterUrl::Tail));
        check("http://m1:5050#a", Err(BadMasterUrl::Tail));
        check("http://m1:99999", Err(BadMasterUrl::Host));
        check("http://m1:", Err(BadMasterUrl::Host));
    }

    fn base(text: &str) -> MasterUrl {
        text.parse().expect("the case is a good address")
    }

    #[test]
    fn the_scheduler_api_is_below_the_same_path() {
        let url = |text: &str| base(text).api(MasterApi::Scheduler).to_string();
        assert_eq!(url("http://m1:5050"), "http://m1:5050/api/v1/scheduler");
        assert_eq!(url("https://m1/master"), "https://m1/master/api/v1/scheduler");
        let leader = |api, to: &str| base("http://m1/master").leader_at(api, Some(to)).map(|at| at.to_string());
        let to = "//m2:5050/master/api/v1/scheduler";
        assert_eq!(leader(MasterApi::Scheduler, to), Ok("http://m2:5050/master".to_owned()));
        for (api, to) in [(MasterApi::Operator, to), (MasterApi::Scheduler, "//m2:5050/master/api/v1")] {
            assert_eq!(leader(api, to), Err(BadRedirect::Elsewhere(format!("http:{to}"))));
        }
    }

    #[test]
    fn loopback_masters_are_recognised() {
        let is_near = |text: &str| base(text).is_near();
        for near in ["http://127.0.0.1:5050", "http://localhost:1", "http://[::1]:5050/master", "https://LocalHost"] {
            assert!(is_near(near), "{near}");
        }
        for far in ["http://m1:5050", "http://10.0.0.1:5050", "http://localhost.example", "http://[fd00::1]:1"] {
            assert!(!is_near(far), "{far}");
        }
    }

    fn check_redirect(from: &str, location: Option<&str>, expected: Result<&str, BadRedirect>) {
        let from = base(from);
        let found = from.leader_at(MasterApi::Operator, location).map(|base| base.to_string());
        assert_eq!(found, expected.map(str::to_owned), "{from} {location:?}");
    }

    #[test]
    fn redirects_are_resolved_to_the_leader() {
        check_redirect("https://m1:5050", Some("//m2:5050/api/v1"), Ok("https://m2:5050"));
        check_redirect("http://m1:5050/master", Some("//m2:5050/master/api/v1"), Ok("http://m2:5050/master"));
        check_redirect("http://m1:5050", Some("https://m2/api/v1"), Ok("https://m2"));
        check_redirect("https://m1:5050", Some("http://m2/api/v1"), Err(BadRedirect::Downgrade));
        check_redirect("http://m1:5050", Some("//u@m2/api/v1"), Err(BadRedirect::Form(BadMasterUrl::Credentials)));
        check_redirect("http://m1:5050", Some("/api/v1"), Err(BadRedirect::Form(BadMasterUrl::Scheme)));
        check_redirect(
            "http://m1:5050",
            Some("//m2:5050/api/v1?a=b/api/v1"),
            Err(BadRedirect::Form(BadMasterUrl::Tail)),
        );
        for other in
            ["//m2", "//m2/", "//m2/login", "//m2/api/v1/", "//m2/api/v1?x", "https://sso/?to=a", "", "/api/v1x"]
        {
            let found = base("http://m1:5050").leader_at(MasterApi::Operator, Some(other));
            assert!(matches!(found, Err(BadRedirect::Elsewhere(_))), "{other}: {found:?}");
        }
        for other in ["//m2/a/../api/v1", "//m2/./api/v1", "//m2/%2e%2e/api/v1"] {
            let found = base("http://m1:5050").leader_at(MasterApi::Operator, Some(other));
            assert!(matches!(found, Err(BadRedirect::Elsewhere(_))), "{other}: {found:?}");
        }
        for number in ["2130706433", "0x7f.1", "0177.0.0.1", "127.1"] {
            let to = format!("//{number}:5050/api/v1");
            check_redirect("http://m1:5050", Some(&to), Err(BadRedirect::Number(number.to_owned())));
        }
        check_redirect("http://m1:5050", Some("//10.0.0.2:5050/api/v1"), Ok("http://10.0.0.2:5050"));
        check_redirect("http://m1:5050", None, Err(BadRedirect::Nowhere));
    }
}

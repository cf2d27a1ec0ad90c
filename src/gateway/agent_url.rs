//! `--agents`: the URL of each agent behind a front such as Admin Router of DC/OS. Resolves no names.

use std::str::FromStr;

use axum::http::Uri;

use crate::master_url::{BadMasterUrl, MasterApi, MasterUrl};

/// Placeholder for the agent's id.
const ID: &str = "{id}";

/// An `http` or `https` URL that has `{id}` once, in its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentUrl {
    front: MasterUrl,
    before: String,
    after: String,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAgentUrl {
    #[error(transparent)]
    Url(#[from] BadMasterUrl),
    #[error("expecting {ID} once in the path, in place of the agent's id")]
    NoId,
}

impl FromStr for AgentUrl {
    type Err = BadAgentUrl;

    fn from_str(text: &str) -> Result<AgentUrl, BadAgentUrl> {
        let (before, after) = text.split_once(ID).ok_or(BadAgentUrl::NoId)?;
        if after.contains(['{', '}']) || before.contains(['{', '}']) {
            return Err(BadAgentUrl::NoId);
        }
        // An id has only characters that a path may have, so any id will do.
        let front: MasterUrl = format!("{before}0{after}").parse()?;
        let path = |part: &str| part.splitn(4, '/').nth(3).map(|path| format!("/{path}"));
        let before = path(before).ok_or(BadAgentUrl::NoId)?;
        Ok(AgentUrl { front, before, after: after.trim_end_matches('/').to_owned() })
    }
}

impl AgentUrl {
    /// Returns the URL that takes the calls of an agent. `None` if the id has a character that no id of Mesos has.
    pub fn api(&self, id: &str) -> Option<Uri> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let is_id = !id.is_empty() && id.bytes().all(fits) && !id.bytes().all(|byte| byte == b'.');
        is_id.then(|| {
            self.front.with_path(&format!("{}{id}{}{}", self.before, self.after, MasterApi::Operator.path()))
        })?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_put_into_the_path() {
        let api = |template: &str, id: &str| {
            let url: AgentUrl = template.parse().expect("the case is a template");
            url.api(id).map(|url| url.to_string())
        };
        let url = "https://dcos.example/agent/{id}";
        assert_eq!(api(url, "f-S0").as_deref(), Some("https://dcos.example/agent/f-S0/api/v1"));
        assert_eq!(api("http://a:80/x-{id}/slave(1)/", "S").as_deref(), Some("http://a:80/x-S/slave(1)/api/v1"));
        for bad in ["", ".", "..", "a/b", "a%2fb", "a?b", "a#b", "ä", "{id}"] {
            assert_eq!(api(url, bad), None, "{bad}");
        }
    }

    #[test]
    fn a_template_is_a_url_with_an_id_in_its_path() {
        for (bad, why) in [
            ("https://dcos.example/agent", BadAgentUrl::NoId),
            ("https://{id}.example/", BadAgentUrl::NoId),
            ("https://a/{id}/{id}", BadAgentUrl::NoId),
            ("ftp://a/{id}", BadAgentUrl::Url(BadMasterUrl::Scheme)),
            ("https://u:p@a/{id}", BadAgentUrl::Url(BadMasterUrl::Credentials)),
            ("https://a/{id}?x", BadAgentUrl::Url(BadMasterUrl::Tail)),
        ] {
            assert_eq!(bad.parse::<AgentUrl>(), Err(why), "{bad}");
        }
    }
}

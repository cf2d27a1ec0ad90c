//! The user that a request names. Only Mesos checks credentials, so the name is a claim; the answer's status shows whether it holds.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use crate::text_responses;

/// Fields of a token that name its user, most specific first. DC/OS uses `uid`, OpenID Connect the others.
const CLAIMS: [&str; 4] = ["uid", "preferred_username", "email", "sub"];

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Returns the user that the `Authorization` header names: that of basic authentication, or that of a JSON Web Token. Never returns
/// a part of a secret.
pub fn of_credentials(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let name = match value.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("basic") => basic(rest.trim()),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => token(rest.trim()),
        _ => token(value.strip_prefix("token=")?.trim()),
    }?;
    Some(text_responses::visible(&name)).filter(|name| !name.is_empty())
}

fn basic(encoded: &str) -> Option<String> {
    let decoded = STANDARD.decode(encoded).ok()?;
    let colon = decoded.iter().position(|byte| *byte == b':')?;
    Some(String::from_utf8_lossy(decoded.get(..colon)?).into_owned())
}

fn token(token: &str) -> Option<String> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims: Value = serde_json::from_slice(&URL_SAFE.decode(claims).ok()?).ok()?;
    CLAIMS.iter().find_map(|name| claims.get(name)?.as_str().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn check(value: &str, expected: Option<&str>) {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_str(value).expect("it is printable"))]);
        assert_eq!(of_credentials(&headers).as_deref(), expected, "{value}");
    }

    #[test]
    fn the_user_of_a_password_or_a_token_is_named() {
        check("Basic YWxpY2U6c2VjcmV0", Some("alice"));
        check("basic YWxpY2U6c2VjcmV0", Some("alice"));
        // {"uid":"bob","exp":1}
        check("token=eyJhbGciOiJSUzI1NiJ9.eyJ1aWQiOiJib2IiLCJleHAiOjF9.c2ln", Some("bob"));
        check("Bearer eyJhbGciOiJSUzI1NiJ9.eyJ1aWQiOiJib2IiLCJleHAiOjF9.c2ln", Some("bob"));
        assert_eq!(of_credentials(&HeaderMap::new()), None);
    }

    #[test]
    fn a_secret_is_never_named() {
        // Without a colon, all of it may be the password.
        for other in ["Basic c2VjcmV0", "Basic %", "Basic", "Bearer secret", "Bearer a.b.c", "token=secret", "Digest a"]
        {
            check(other, None);
        }
        check("Basic OnNlY3JldA==", None);
    }

    #[test]
    fn a_name_cannot_leave_its_line() {
        // "a\nb\u{1b}[31m:x"
        check("Basic YQpiG1szMW06eA==", Some(r"a\nb\u{1b}[31m"));
    }
}

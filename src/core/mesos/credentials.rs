//! Who asks: a user and a password, or a bearer token, as the value of the `Authorization` header. Lives in memory only.
//! Sends nothing, and shows nothing of itself: what is printed for debugging has no secret in it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// Credentials in the form that requests send, with the identity that they name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The user that the credentials name.
    pub who: Principal,
    /// Value of the `Authorization` header.
    pub authorization: Authorization,
}

/// Identity that credentials name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Principal {
    /// The user name of basic authentication.
    User(String),
    /// A bearer token, which names no user in readable form.
    Token,
}

/// The header's value, which is the secret: it leaves through `reveal` alone, on its way to the request.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization(String);

/// Why credentials cannot be sent; the page shows it beside the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// The user name is empty.
    #[error("A user name is needed.")]
    NoUser,
    /// RFC 7617: the first colon ends the user's name.
    #[error("A user name cannot have a colon in it.")]
    ColonInUser,
    /// The token is empty.
    #[error("A token is needed.")]
    NoToken,
    /// The token contains white space, perhaps after the word `Bearer`.
    #[error("A token has no spaces in it. Leave out the word Bearer, too.")]
    SpaceInToken,
    /// The token contains a character that no header may have.
    #[error("A token is made of letters, digits and signs of ASCII; this one has something else in it.")]
    NotInAHeader,
}

/// Begins the value of an `Authorization` header of DC/OS.
const DCOS: &str = "token=";

impl Credentials {
    /// A user and a password, of any characters: they are sent in base64, as UTF-8 (RFC 7617).
    ///
    /// # Errors
    /// If the user's name is none.
    pub fn basic(user: &str, password: &str) -> Result<Self, CredentialsError> {
        if user.is_empty() {
            return Err(CredentialsError::NoUser);
        }
        if user.contains(':') {
            return Err(CredentialsError::ColonInUser);
        }
        // Mesos compares the scheme's name with regard to case (recorded/auth, 008).
        let authorization = Authorization(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))));
        Ok(Self { who: Principal::User(user.to_owned()), authorization })
    }

    /// A token, without what a paste brings along at its ends. One that begins with `token=` is sent as such, as DC/OS needs it.
    ///
    /// # Errors
    /// If no header could hold it.
    pub fn bearer(token: &str) -> Result<Self, CredentialsError> {
        let token = token.trim();
        if token.is_empty() {
            return Err(CredentialsError::NoToken);
        }
        if token.contains(char::is_whitespace) {
            return Err(CredentialsError::SpaceInToken);
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(CredentialsError::NotInAHeader);
        }
        if token.strip_prefix(DCOS).is_some_and(str::is_empty) {
            return Err(CredentialsError::NoToken);
        }
        let value = if token.starts_with(DCOS) { token.to_owned() } else { ["Bearer ", token].concat() };
        Ok(Self { who: Principal::Token, authorization: Authorization(value) })
    }
}

impl Authorization {
    /// The value as it goes into the request, and nowhere else. It is printable ASCII.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorization(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn basic(user: &str, password: &str) -> String {
        Credentials::basic(user, password).expect("it can be sent").authorization.reveal().to_owned()
    }

    #[test]
    fn as_a_real_mesos_took_it() {
        // recorded/auth, 004 and 018.
        assert_eq!(basic("alice", "secret"), "Basic YWxpY2U6c2VjcmV0");
        assert_eq!(basic("bob", "secret2"), "Basic Ym9iOnNlY3JldDI=");
        let token = Credentials::bearer(" a.b-c_d~e+f/g= \n").expect("it can be sent");
        assert_eq!((token.authorization.reveal(), token.who), ("Bearer a.b-c_d~e+f/g=", Principal::Token));
        let of_dcos = Credentials::bearer(" token=a.b.c\n").expect("it can be sent");
        assert_eq!((of_dcos.authorization.reveal(), of_dcos.who), ("token=a.b.c", Principal::Token));
        assert_eq!(Credentials::bearer("token=").err(), Some(CredentialsError::NoToken));
    }

    #[test]
    fn what_cannot_be_sent_is_said() {
        let refused = |credentials: Result<Credentials, CredentialsError>| credentials.expect_err("it cannot be sent");
        assert_eq!(refused(Credentials::basic("", "x")), CredentialsError::NoUser);
        assert_eq!(refused(Credentials::basic("a:b", "x")), CredentialsError::ColonInUser);
        assert_eq!(refused(Credentials::bearer(" ")), CredentialsError::NoToken);
        assert_eq!(refused(Credentials::bearer("Bearer abc")), CredentialsError::SpaceInToken);
        assert_eq!(refused(Credentials::bearer("abc\r\nX-Other: 1")), CredentialsError::SpaceInToken);
        assert_eq!(refused(Credentials::bearer("clé")), CredentialsError::NotInAHeader);
        assert_eq!(refused(Credentials::bearer("a\u{0}b")), CredentialsError::NotInAHeader);
    }

    #[test]
    fn a_debug_print_has_no_secret_in_it() {
        let printed = format!("{:?}", Credentials::basic("alice", "secret"));
        assert!(printed.contains("alice") && !printed.contains("YWxp") && !printed.contains("secret"), "{printed}");
    }

    proptest! {
        #[test]
        fn a_header_whatever_is_typed(user in ".*", password in ".*") {
            for credentials in [Credentials::basic(&user, &password), Credentials::bearer(&password)].into_iter().flatten() {
                let value = credentials.authorization.reveal();
                prop_assert!(value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()), "{value}");
                prop_assert_eq!(value.matches(' ').count(), 1);
            }
        }
    }
}

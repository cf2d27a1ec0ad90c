//! Marks outgoing calls, so that the gateway detects calls that return to it. A loop can come from its own address as a master or
//! agent, from a redirect, or through other gateways. Checks nothing else in a request.

use std::hash::{BuildHasher, RandomState};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Header to which every gateway adds its mark. `Via` is not used, because some proxies then disable compression.
pub const VIA: HeaderName = HeaderName::from_static("x-mesoscope-via");
/// Number of marks at which a call is refused; such a long chain of gateways is a mistake.
const MOST: usize = 4;

/// Random id that distinguishes this process from all other gateways.
#[derive(Clone, Debug)]
pub struct GatewayId(HeaderValue);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Loop {
    #[error(
        "This gateway was led to itself, so the call was not sent on. A master's or an agent's address, or a redirect, leads back here."
    )]
    Own,
    #[error("This call came through {MOST} gateways, so it was not sent on. One of them may lead back to another.")]
    Long,
}

impl GatewayId {
    pub fn new() -> GatewayId {
        let id = RandomState::new().hash_one(std::process::id());
        GatewayId(HeaderValue::from_str(&format!("{id:016x}")).expect("hexadecimal digits are a header's value"))
    }

    /// Checks whether a request has already passed this gateway, or too many gateways.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), Loop> {
        let marks = || headers.get_all(VIA).iter().flat_map(|marks| marks.as_bytes().split(|byte| *byte == b','));
        if marks().any(|mark| mark.trim_ascii() == self.0.as_bytes()) {
            return Err(Loop::Own);
        }
        if marks().count() >= MOST { Err(Loop::Long) } else { Ok(()) }
    }

    pub fn put_on(&self, headers: &mut HeaderMap) {
        headers.append(VIA, self.0.clone());
    }
}

/// Copies the marks of a request to a call that is made for it.
pub fn copy_marks(from: &HeaderMap, to: &mut HeaderMap) {
    for marks in from.get_all(VIA) {
        to.append(VIA, marks.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_known_by_the_gateways_that_it_went_through() {
        let (own, other) = (GatewayId::new(), GatewayId::new());
        let mut headers = HeaderMap::new();
        other.put_on(&mut headers);
        assert_eq!((own.check(&headers), other.check(&headers)), (Ok(()), Err(Loop::Own)));
        own.put_on(&mut headers);
        assert_eq!((own.check(&headers), other.check(&headers)), (Err(Loop::Own), Err(Loop::Own)));
        let mut carried = HeaderMap::new();
        copy_marks(&headers, &mut carried);
        assert_eq!(carried, headers);
    }

    #[test]
    fn marks_that_a_proxy_joined_are_read_too() {
        let (own, mut headers) = (GatewayId::new(), HeaderMap::new());
        let joined = format!("a, {} ,b", own.0.to_str().expect("it is text"));
        headers.insert(VIA, HeaderValue::from_str(&joined).expect("it is text"));
        assert_eq!(own.check(&headers), Err(Loop::Own));
        assert_eq!(GatewayId::new().check(&headers), Ok(()));
        headers.append(VIA, HeaderValue::from_static("c"));
        assert_eq!(GatewayId::new().check(&headers), Err(Loop::Long));
    }
}

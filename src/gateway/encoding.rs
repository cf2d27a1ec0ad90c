//! Parses the encodings that a browser accepts: `Accept-Encoding = #( codings [ ";q=" weight ] )` (RFC 9110, 12.5.3). Encodes
//! nothing.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;

/// A content encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Zstd,
    Brotli,
    Gzip,
}

impl Coding {
    pub fn name(self) -> &'static str {
        match self {
            Coding::Zstd => "zstd",
            Coding::Brotli => "br",
            Coding::Gzip => "gzip",
        }
    }
}

/// The encodings that a request accepts, with weights in thousandths.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    listed: Vec<(String, u16)>,
}

impl Accepted {
    pub fn of(headers: &HeaderMap) -> Accepted {
        let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        Accepted { listed: values.flat_map(|value| value.split(',')).filter_map(weighted).collect() }
    }

    pub fn takes(&self, coding: Coding) -> bool {
        self.weight(coding.name()) > 0
    }

    /// Returns the encoding of `offered` with the highest weight; the first one wins a tie. `None` if the client prefers the plain
    /// body or accepts none.
    pub fn best(&self, offered: &[Coding]) -> Option<Coding> {
        let plain = self.listed.iter().find(|(name, _)| name == "identity").map_or(0, |(_, weight)| *weight);
        let mut best = None;
        let mut heaviest = 0;
        for coding in offered {
            let weight = self.weight(coding.name());
            if weight > heaviest && weight >= plain {
                (best, heaviest) = (Some(*coding), weight);
            }
        }
        best
    }

    fn weight(&self, coding: &str) -> u16 {
        let named = self.listed.iter().find(|(name, _)| name == coding || (coding == "gzip" && name == "x-gzip"));
        named.or_else(|| self.listed.iter().find(|(name, _)| name == "*")).map_or(0, |(_, weight)| *weight)
    }
}

fn weighted(item: &str) -> Option<(String, u16)> {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?.to_ascii_lowercase();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let weight = weight.map_or(Some(1.0), |text| text.parse::<f32>().ok()).filter(|w| (0.0..=1.0).contains(w))?;
    Some((name, (weight * 1000.0).round() as u16))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn check(header: &'static str, expected: Option<Coding>) {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(header));
        let best = Accepted::of(&headers).best(&[Coding::Zstd, Coding::Brotli, Coding::Gzip]);
        assert_eq!(best, expected, "{header}");
    }

    #[test]
    fn accept_encoding_of_browsers_is_parsed() {
        check("gzip, deflate, br, zstd", Some(Coding::Zstd));
        check("gzip, deflate, br", Some(Coding::Brotli));
        check("gzip, deflate", Some(Coding::Gzip));
        check("deflate", None);
        check("", None);
    }

    #[test]
    fn weights() {
        check("zstd;q=0, br;q=0.5, gzip;q=0.8", Some(Coding::Gzip));
        check("*", Some(Coding::Zstd));
        check("*;q=0.1, gzip;q=0.2", Some(Coding::Gzip));
        check("zstd;q=0, *", Some(Coding::Brotli));
        check("gzip;q=0.5, identity", None);
        check("gzip;q=high", None);
        check("GZIP ; q=1.0", Some(Coding::Gzip));
    }
}

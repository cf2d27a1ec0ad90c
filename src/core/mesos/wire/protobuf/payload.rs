//! The wire format of protobuf: fields as numbers with payloads. Knows no message.
//!
//! `field = tag payload`; the tag is a varint of the number and three bits that say how long the payload is.

/// Groups within groups.
const DEEPEST_GROUP: usize = 100;
/// Bytes of a varint of 64 bits.
const LONGEST_VARINT: usize = 10;

/// The bytes are no protobuf: they end too early, or have a tag that no field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// The payload of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Payload<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Bytes(&'a [u8]),
    /// The fields of a group, with the tag that ends it. No message of Mesos has one.
    Group(&'a [u8]),
}

/// The fields of a message, one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct WireFields<'a>(pub(super) &'a [u8]);

impl<'a> WireFields<'a> {
    /// Takes the next field; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<(u32, Payload<'a>)>, Malformed> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let (number, wire) = self.tag()?;
        let payload = match wire {
            3 => {
                let began = self.0;
                self.skip_group(number)?;
                Payload::Group(began.get(..began.len() - self.0.len()).ok_or(Malformed)?)
            }
            wire => self.payload(wire)?,
        };
        Ok(Some((number, payload)))
    }

    fn tag(&mut self) -> Result<(u32, u64), Malformed> {
        let tag = self.varint()?;
        let number = u32::try_from(tag >> 3).map_err(|_| Malformed)?;
        if number == 0 { Err(Malformed) } else { Ok((number, tag & 7)) }
    }

    fn payload(&mut self, wire: u64) -> Result<Payload<'a>, Malformed> {
        Ok(match wire {
            0 => Payload::Varint(self.varint()?),
            1 => Payload::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| Malformed)?;
                Payload::Bytes(self.take(length)?)
            }
            5 => Payload::Fixed32(u32::from_le_bytes(self.array()?)),
            _ => return Err(Malformed),
        })
    }

    fn skip_group(&mut self, number: u32) -> Result<(), Malformed> {
        let mut open = vec![number];
        while let Some(innermost) = open.last() {
            match self.tag()? {
                (inner, 3) if open.len() < DEEPEST_GROUP => open.push(inner),
                (ended, 4) if ended == *innermost => drop(open.pop()),
                (_, 3 | 4) => return Err(Malformed),
                (_, wire) => drop(self.payload(wire)?),
            }
        }
        Ok(())
    }

    fn varint(&mut self) -> Result<u64, Malformed> {
        let (value, length) = varint(self.0)?.ok_or(Malformed)?;
        self.take(length)?;
        Ok(value)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.take(N)?.try_into().map_err(|_| Malformed)
    }
}

/// The varint at the front, and its length; `None` if it has not come whole. Bits beyond 64 are dropped, as Mesos does.
pub(super) fn varint(bytes: &[u8]) -> Result<Option<(u64, usize)>, Malformed> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().take(LONGEST_VARINT).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if *byte < 0x80 {
            return Ok(Some((value, at + 1)));
        }
    }
    if bytes.len() < LONGEST_VARINT { Ok(None) } else { Err(Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Result<Vec<(u32, Payload<'_>)>, Malformed> {
        let (mut fields, mut found) = (WireFields(bytes), Vec::new());
        while let Some(field) = fields.next()? {
            found.push(field);
        }
        Ok(found)
    }

    #[test]
    fn every_payload_is_read() {
        let bytes = [&b"\x08\x96\x01"[..], b"\x11\0\0\0\0\0\0\xf0\x3f", b"\x1a\x02hi", b"\x25\x01\0\0\0"].concat();
        let expected = [
            (1, Payload::Varint(150)),
            (2, Payload::Fixed64(1.0_f64.to_bits())),
            (3, Payload::Bytes(b"hi")),
            (4, Payload::Fixed32(1)),
        ];
        assert_eq!(all(&bytes), Ok(expected.to_vec()));
        assert_eq!(all(b"\x0b\x13\x08\x01\x14\x0c"), Ok(vec![(1, Payload::Group(b"\x13\x08\x01\x14\x0c"))]));
    }

    #[test]
    fn integers_of_64_bits_are_exact() {
        let minus_one = b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
        assert_eq!(all(minus_one), Ok(vec![(1, Payload::Varint(u64::MAX))]));
    }

    #[test]
    fn malformed_bytes_are_errors() {
        for bytes in [
            &b"\x08"[..],
            b"\x00\x01",
            b"\x1a\x05hi",
            b"\x0e\x01",
            b"\x0c",
            b"\x0b\x14",
            b"\x11\0\0",
            &[0xff; 12],
            b"\x0b",
        ] {
            assert_eq!(all(bytes), Err(Malformed), "{bytes:?}");
        }
        assert_eq!(all(&[0x0b; 4096]), Err(Malformed), "groups are not followed to any depth");
    }
}

//! JSON writer in Mesos' formats, to a buffer or a counter.
//!
//! A record's length precedes it, and a large record is never held whole: so it is counted first, then written.

/// Sink of the bytes.
pub(crate) trait Out {
    fn put(&mut self, bytes: &[u8]);

    fn str(&mut self, text: &str) {
        self.put(text.as_bytes());
    }

    /// Writes several strings in sequence.
    fn all(&mut self, pieces: &[&str]) {
        for piece in pieces {
            self.str(piece);
        }
    }

    /// Writes the inside of a JSON string (PROTOCOL.md, "JSON").
    fn escaped(&mut self, text: &str) {
        let mut from = 0;
        for (at, byte) in text.bytes().enumerate() {
            if byte >= 0x20 && byte != b'"' && byte != b'\\' {
                continue;
            }
            self.put(&text.as_bytes()[from..at]);
            from = at + 1;
            match byte {
                b'"' => self.str("\\\""),
                b'\\' => self.str("\\\\"),
                b'\n' => self.str("\\n"),
                b'\t' => self.str("\\t"),
                b'\r' => self.str("\\r"),
                other => self.str(&format!("\\u{other:04X}")),
            }
        }
        self.put(&text.as_bytes()[from..]);
    }

    fn quoted(&mut self, text: &str) {
        self.str("\"");
        self.escaped(text);
        self.str("\"");
    }

    fn int(&mut self, value: u64) {
        let mut digits = [0; 20];
        let mut at = digits.len();
        let mut left = value;
        loop {
            at -= 1;
            digits[at] = b'0' + (left % 10) as u8;
            left /= 10;
            if left == 0 {
                break;
            }
        }
        self.put(&digits[at..]);
    }

    /// Writes an integer with leading zeros.
    fn padded(&mut self, value: u64, width: usize) {
        let mut digits = [b'0'; 20];
        let mut left = value;
        for digit in digits[..width].iter_mut().rev() {
            *digit = b'0' + (left % 10) as u8;
            left /= 10;
        }
        self.put(&digits[..width]);
    }

    /// Writes thousandths as a double, which always has a fraction (PROTOCOL.md, "JSON").
    fn milli(&mut self, thousandths: u64) {
        self.int(thousandths / 1000);
        self.fraction(thousandths % 1000, 3);
    }

    /// Writes a TaskStatus' timestamp: seconds as a double, to the microsecond.
    fn seconds(&mut self, nanos: i64) {
        let micros = nanos.max(0) as u64 / 1000;
        self.int(micros / 1_000_000);
        self.fraction(micros % 1_000_000, 6);
    }

    /// Writes `.` and a fraction without trailing zeros, but with at least one digit.
    fn fraction(&mut self, value: u64, width: usize) {
        let (mut value, mut width) = (value, width);
        while width > 1 && value.is_multiple_of(10) {
            value /= 10;
            width -= 1;
        }
        self.str(".");
        self.padded(value, width);
    }

    fn nanos(&mut self, nanos: i64) {
        self.str("{\"nanoseconds\":");
        self.int(nanos.max(0) as u64);
        self.str("}");
    }

    /// Writes a random (version 4) UUID. Hand-written: each status has one, written to the buffer without a string of its own.
    fn uuid(&mut self, high: u64, low: u64) {
        let mut text = *b"00000000-0000-4000-8000-000000000000";
        let mut bits = u128::from(high) << 64 | u128::from(low);
        for (place, digit) in text.iter_mut().enumerate() {
            if *digit != b'-' && place != 14 {
                *digit = HEX[(bits & 15) as usize];
                bits >>= 4;
            }
        }
        text[19] = HEX[8 + (high & 3) as usize];
        self.put(&text);
    }

    /// Writes a UUID's sixteen bytes in base64, as in a status.
    fn uuid_base64(&mut self, high: u64, low: u64) {
        let mut text = *b"0000000000000000000000==";
        let mut bits = u128::from(high) << 64 | u128::from(low);
        for digit in &mut text[..21] {
            *digit = BASE64[(bits & 63) as usize];
            bits >>= 6;
        }
        // The last digit holds two bits of the sixteenth byte and four zero bits.
        text[21] = BASE64[((bits & 3) << 4) as usize];
        self.put(&text);
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

impl Out for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Counts the bytes instead of writing them.
#[derive(Debug, Default)]
pub(crate) struct Count(pub(crate) u64);

impl Out for Count {
    fn put(&mut self, bytes: &[u8]) {
        self.0 += bytes.len() as u64;
    }

    fn padded(&mut self, _value: u64, width: usize) {
        self.0 += width as u64;
    }

    fn uuid(&mut self, _high: u64, _low: u64) {
        self.0 += 36;
    }

    fn uuid_base64(&mut self, _high: u64, _low: u64) {
        self.0 += 24;
    }
}

/// Output of a writer as a string.
pub(crate) fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes);
    String::from_utf8(bytes).expect("what is written here is UTF-8")
}

#[cfg(test)]
mod tests {
    use base64::Engine;

    use super::*;

    #[test]
    fn doubles_always_have_a_fraction() {
        for (thousandths, expected) in [(0, "0.0"), (250, "0.25"), (4000, "4.0"), (1, "0.001"), (1100, "1.1")] {
            assert_eq!(text(|out| out.milli(thousandths)), expected);
        }
        assert_eq!(text(|out| out.seconds(1_795_306_927_077_981_123)), "1795306927.077981");
        assert_eq!(text(|out| out.seconds(1_795_306_927_000_000_000)), "1795306927.0");
    }

    #[test]
    fn strings_are_escaped_as_mesos_does() {
        assert_eq!(text(|out| out.quoted("a\"b\\c/\u{1f}é")), "\"a\\\"b\\\\c/\\u001Fé\"");
    }

    #[test]
    fn a_uuid_is_version_four_and_its_base64_decodes() {
        let uuid = text(|out| out.uuid(u64::MAX, 0));
        assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"));
        let bytes = base64::engine::general_purpose::STANDARD.decode(text(|out| out.uuid_base64(1, u64::MAX)));
        assert_eq!(bytes.expect("canonical base64").len(), 16);
    }

    #[test]
    fn the_counter_counts_what_the_buffer_gets() {
        fn write(out: &mut impl Out) {
            out.uuid(1, 2);
            out.uuid_base64(3, 4);
            out.padded(7, 4);
            out.milli(1234);
            out.seconds(1_795_306_927_077_981_123);
            out.quoted("\u{1}\n");
            out.nanos(5);
        }
        let mut count = Count::default();
        write(&mut count);
        assert_eq!(count.0 as usize, text(write).len());
    }
}

//! A task's container and the one around it, kept small: of their ids, which are UUIDs, there are two for each of 800,000
//! tasks. An id that is no UUID, which Mesos gives to no task's container, is not kept.

use crate::mesos::wire;

/// The 16 bytes of a UUID; zero for none.
type Uuid = u128;

/// Where a task runs, to be found by: the ids of its container and of the outermost around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ContainerIds {
    inner: [u8; 16],
    outer: [u8; 16],
}

impl ContainerIds {
    pub(super) fn of(container: &wire::task::TaskContainer<'_>) -> Self {
        let id = |text: Option<&wire::scalar::Text<'_>>| {
            text.and_then(|text| uuid(text.as_str())).unwrap_or(0).to_be_bytes()
        };
        let outer = container.line.last().filter(|_| container.line.len() > 1);
        Self { inner: id(container.line.first()), outer: id(outer) }
    }

    fn ids(self) -> impl Iterator<Item = Uuid> {
        [self.inner, self.outer].into_iter().map(u128::from_be_bytes).filter(|id| *id != 0)
    }

    /// The ids as Mesos writes them, the container's own first.
    pub(super) fn texts(self) -> impl Iterator<Item = String> {
        self.ids().map(written)
    }

    pub(super) fn begins_with(self, beginning: &IdPrefix) -> bool {
        self.ids().any(|id| beginning.of(id))
    }
}

/// The first digits of a container's id.
#[derive(Clone, Copy, Debug)]
pub struct IdPrefix {
    digits: Uuid,
    /// Bits of an id that are not asked for.
    rest: u32,
}

/// With fewer digits most words of a search would be the beginning of some container.
const DIGITS: u32 = 6;
const ALL: u32 = 32;
/// Where a UUID has its dashes.
const DASHES: [usize; 4] = [8, 13, 18, 23];

/// Hand-written: the crate `uuid` reads whole ones only, and a search knows the beginning.
impl IdPrefix {
    /// Reads six hex digits or more, with the dashes that a UUID has there.
    pub fn parse(text: &str) -> Option<Self> {
        let (mut digits, mut count): (Uuid, u32) = (0, 0);
        for (at, letter) in text.bytes().enumerate() {
            match char::from(letter).to_digit(16) {
                _ if DASHES.contains(&at) => (letter == b'-').then_some(())?,
                Some(digit) if count < ALL => (digits, count) = (digits << 4 | Uuid::from(digit), count + 1),
                _ => return None,
            }
        }
        let rest = (ALL - count) * 4;
        (count >= DIGITS).then(|| Self { digits: digits << rest, rest })
    }

    fn of(&self, id: Uuid) -> bool {
        (id ^ self.digits) >> self.rest == 0
    }
}

fn uuid(text: &str) -> Option<Uuid> {
    IdPrefix::parse(text).filter(|id| id.rest == 0).map(|id| id.digits)
}

fn written(id: Uuid) -> String {
    let mut text = format!("{id:032x}");
    DASHES.into_iter().for_each(|at| text.insert(at, '-'));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_by_their_beginnings() {
        let id = "6f1c9a2e-0b7d-4c3e-9f00-aa00bb11cc22";
        let value = uuid(id).expect("it is one");
        assert_eq!(written(value), id);
        for end in [6, 8, 9, 10, 36] {
            assert!(IdPrefix::parse(&id[..end]).is_some_and(|beginning| beginning.of(value)), "{end}");
        }
        assert!(!IdPrefix::parse("6f1c9b").expect("digits").of(value));
        for text in ["", "6f1c9", "6f1c-9a2e", "search", "+f1c9a", "6f1c9a2e-0b7d-4c3e-9f00-aa00bb11cc22-", "größe0"]
        {
            assert!(IdPrefix::parse(text).is_none(), "{text}");
        }
        assert_eq!(uuid("mesos-executor"), None);
    }
}

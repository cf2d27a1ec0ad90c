//! Room for a task: the filter of active agents with so much free, `state:active free.cpus>=4 free.mem>=8`.

use super::filter::Filter;
use crate::actions::amount::{AmountError, parse_amount};

/// Resources that a task may need, by their names in Mesos.
pub const RESOURCES: [&str; 4] = ["cpus", "mem", "disk", "gpus"];

/// Agents that a master makes offers of.
const OFFERED: &str = "state:active";

/// Amounts that must be free as a user types them, in the order of [`RESOURCES`]; empty for any. Memory and disk without a unit are
/// in GiB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Room(pub [String; 4]);

impl Room {
    /// The amounts that a filter asks for; those of memory and disk in GiB.
    pub fn of(filter: &str) -> Self {
        let parsed = Filter::parse(filter);
        Self(RESOURCES.map(|resource| {
            let begins = term(resource);
            parsed.words().find_map(|word| word.strip_prefix(&begins)).unwrap_or_default().to_owned()
        }))
    }

    /// The filter with these amounts, in place of the amounts that it asks for so far.
    ///
    /// # Errors
    /// For each amount that cannot be read, its index in [`RESOURCES`] and the reason.
    pub fn filter(&self, filter: &str) -> Result<String, Vec<(usize, AmountError)>> {
        let read = RESOURCES.iter().zip(&self.0).map(|(resource, text)| amount(resource, text));
        let (mut amounts, mut errors) = (Vec::new(), Vec::new());
        for (at, read) in read.enumerate() {
            match read {
                Ok(amount) => amounts.push(amount),
                Err(error) => errors.push((at, error)),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let needs = RESOURCES.iter().zip(amounts);
        let needs: Vec<String> =
            needs.filter_map(|(resource, amount)| Some(format!("{}{}", term(resource), amount?))).collect();
        let is_own = |word: &&str| *word != OFFERED && !RESOURCES.iter().any(|of| word.starts_with(&term(of)));
        let parsed = Filter::parse(filter);
        let kept: Vec<&str> = parsed.words().filter(is_own).collect();
        let has_state = kept.iter().any(|word| word.trim_start_matches('-').starts_with("state:"));
        let offered = (!needs.is_empty() && !has_state).then_some(OFFERED);
        Ok(kept.into_iter().chain(offered).chain(needs.iter().map(String::as_str)).collect::<Vec<_>>().join(" "))
    }
}

fn term(resource: &str) -> String {
    format!("free.{resource}>=")
}

/// The amount in the unit of filters: `mem` and `disk` in GiB. `None` for nothing.
fn amount(resource: &str, text: &str) -> Result<Option<f64>, AmountError> {
    let is_bytes = matches!(resource, "mem" | "disk");
    let has_unit = text.contains(|letter: char| letter.is_alphabetic() && !matches!(letter, 'e' | 'E'));
    let with_unit =
        if is_bytes && !has_unit && !text.trim().is_empty() { format!("{text}GiB") } else { text.to_owned() };
    let amount = parse_amount(resource, &with_unit)?.filter(|amount| *amount > 0.0);
    Ok(amount.map(|amount| if is_bytes { amount / 1024.0 } else { amount }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(cpus: &str, mem: &str, disk: &str, gpus: &str) -> Room {
        Room([cpus, mem, disk, gpus].map(str::to_owned))
    }

    #[test]
    fn amounts_become_a_filter_and_back() {
        let four = room("4", "8", "", "");
        assert_eq!(four.filter("").unwrap(), "state:active free.cpus>=4 free.mem>=8");
        assert_eq!(Room::of("state:active free.cpus>=4 free.mem>=8"), four);
        assert_eq!(Room::of("rack:r1 -free.cpus>=4 free.cpus>2"), Room::default());
    }

    #[test]
    fn other_words_of_the_filter_stay() {
        let more = room("0.5", "512 MiB", "1.5 TiB", "1");
        let filter = "rack:r1 state:active free.cpus>=4 \"two words\"";
        let wanted = "rack:r1 \"two words\" state:active free.cpus>=0.5 free.mem>=0.5 free.disk>=1536 free.gpus>=1";
        assert_eq!(more.filter(filter).unwrap(), wanted);
        assert_eq!(room("2", "", "", "").filter("state:draining").unwrap(), "state:draining free.cpus>=2");
        assert_eq!(room("", "0", " ", "").filter(wanted).unwrap(), "rack:r1 \"two words\"", "nothing is needed");
    }

    #[test]
    fn what_is_no_amount_says_which_and_why() {
        let errors = room("many", "8 apples", "8", "1 GiB").filter("").unwrap_err();
        let (many, apples) = (AmountError::NoNumber("many".to_owned()), AmountError::Unit("apples".to_owned()));
        assert_eq!(errors, [(0, many), (1, apples), (3, AmountError::NoUnits)]);
    }
}

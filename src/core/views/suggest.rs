//! Suggestions for the end of a table's filter: fields, and their values. Requests neither.

use super::filter::Filter;
use super::filter::partial_word::PartialWord;
use super::table::Facet;

/// Maximum number of suggestions.
const MOST: usize = 12;

/// A suggestion for the end of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The term, or its start, as shown.
    pub shown: String,
    /// A note about the suggestion.
    pub detail: SuggestionNote,
    /// The whole text of the filter after the choice.
    pub text: String,
}

/// A note about a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuggestionNote {
    /// A field with texts.
    Field,
    /// A field with numbers, which can be compared.
    Number,
    /// Number of rows that have the value.
    Rows(u32),
}

/// Suggestions for the end of the filter. The table gives fields with texts and numbers, and its rows give `names`;
/// `values` are those of the typed field, or of the first one.
pub fn suggestions(
    (words, numbers): (&[&str], &[&str]),
    names: &[(String, u32)],
    values: Option<&Facet>,
    ending: &PartialWord,
) -> Vec<Suggestion> {
    let names = names.iter().map(|(name, _)| name.as_str());
    let fields = words.iter().copied().chain(names).map(|name| (name, ":", SuggestionNote::Field));
    let fields = fields.chain(numbers.iter().map(|name| (*name, ">", SuggestionNote::Number)));
    let typed = ending.part.to_lowercase();
    let fits = |(name, ..): &(&str, _, _)| ending.field.is_none() && name.to_lowercase().starts_with(&typed);
    let field = |(name, mark, detail)| Suggestion {
        shown: format!("{name}{mark}"),
        detail,
        text: ending.with_field(name, mark),
    };
    let is_wanted = ending.field.is_some() || !ending.part.is_empty();
    let values = values.filter(|_| is_wanted).into_iter().flat_map(|facet| valued(facet, ending));
    fields.filter(fits).map(field).chain(values).take(MOST).collect()
}

/// The field's values, without those that the word lists already. One with a quote cannot be written.
fn valued(facet: &Facet, ending: &PartialWord) -> Vec<Suggestion> {
    let field = facet.field.as_str();
    if ending.field.as_deref().is_some_and(|typed| typed != field) {
        return Vec::new();
    }
    let listed = Filter::parse(&format!("{field}:{}", ending.listed));
    let is_new = |value: &str| ending.listed.is_empty() || !listed.wants(field, value);
    let value = |(value, rows): &(String, u32)| Suggestion {
        shown: format!("{field}:{value}"),
        detail: SuggestionNote::Rows(*rows),
        text: ending.with_value(field, value),
    };
    facet.values.iter().filter(|(value, _)| !value.contains('"') && is_new(value)).map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: (&[&str], &[&str]) = (&["name", "state"], &["cpus", "changed"]);

    fn offered(text: &str, values: Option<&Facet>) -> Vec<(String, String)> {
        let names = [("rack".to_owned(), 3), ("Native".to_owned(), 1)];
        let all = suggestions(FIELDS, &names, values, &PartialWord::of(text));
        all.into_iter().map(|it| (it.shown, it.text)).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(shown, text)| ((*shown).to_owned(), (*text).to_owned())).collect()
    }

    fn facet(field: &str, values: &[(&str, u32)]) -> Facet {
        let values = values.iter().map(|(value, rows)| ((*value).to_owned(), *rows)).collect();
        Facet { field: field.to_owned(), values }
    }

    #[test]
    fn all_fields_are_offered_before_anything_is_typed() {
        let all = ["name:", "state:", "rack:", "Native:", "cpus>", "changed>"];
        assert_eq!(offered("", None), pairs(&all.map(|it| (it, it))));
    }

    #[test]
    fn fields_are_offered_by_their_beginning_in_any_case_and_before_values() {
        let names = facet("name", &[("nginx", 2), ("a \"b\"", 1)]);
        let expected = pairs(&[
            ("name:", "role:a -name:"),
            ("Native:", "role:a -Native:"),
            ("name:nginx", "role:a -name:=nginx "),
        ]);
        assert_eq!(offered("role:a -na", Some(&names)), expected);
    }

    #[test]
    fn only_the_values_of_the_field_that_is_typed_are_offered() {
        let states = facet("state", &[("TASK_FAILED", 7)]);
        assert_eq!(offered("state:f", Some(&states)), pairs(&[("state:TASK_FAILED", "state:TASK_FAILED ")]));
        assert_eq!(offered("name:f", Some(&states)), []);
    }

    #[test]
    fn values_after_a_comma_are_joined_by_or() {
        let states = facet("state", &[("failed", 7), ("lost", 2)]);
        let lost = [("state:lost", "web state:failed,lost ")];
        assert_eq!(offered("web state:failed,l", Some(&states)), pairs(&lost));
        assert_eq!(offered("web state:failed, ", Some(&states)), pairs(&lost), "a blank after a comma ends no word");
        let roles = facet("role", &[("a,b", 1), ("dev", 1)]);
        let expected = [("role:a,b", "-role:=ops,\"a,b\" "), ("role:dev", "-role:=ops,dev ")];
        assert_eq!(offered("-role:=ops,", Some(&roles)), pairs(&expected));
    }

    #[test]
    fn no_more_are_offered_than_can_be_read() {
        let values: Vec<(String, u32)> = (0..40).map(|nth| (format!("n{nth}"), 1)).collect();
        assert_eq!(offered("n", Some(&Facet { field: "name".to_owned(), values })).len(), MOST);
    }
}

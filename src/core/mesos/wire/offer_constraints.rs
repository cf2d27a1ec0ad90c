//! A framework's offer constraints, and the agents that they exclude from its offers
//! (src/master/allocator/mesos/offer_constraints_filter.cpp).

use std::collections::BTreeMap;

use regex_lite::{Regex, RegexBuilder};

use super::tree::{self, JsonTree};

/// Memory that a compiled expression may take, in bytes.
const LARGEST: usize = 1 << 18;

/// The offer constraints of a framework, by role: each role's groups, of which an agent must pass one. A role without an entry is
/// not constrained.
#[derive(Debug, Default)]
pub struct OfferConstraints(BTreeMap<String, Vec<Vec<AttributeConstraint>>>);

/// What constraints see of an agent.
#[derive(Clone, Copy, Debug)]
pub struct ConstrainedAgent<'a> {
    /// Host name, as the agent registered it.
    pub hostname: &'a str,
    /// Attributes as `name:value`, one per line.
    pub attributes: &'a str,
    /// Fault domain as `region/zone`; empty if it has none.
    pub domain: &'a str,
}

#[derive(Debug)]
struct AttributeConstraint {
    selector: Selector,
    predicate: Predicate,
}

#[derive(Debug)]
enum Selector {
    Attribute(String),
    Hostname,
    Region,
    Zone,
}

#[derive(Debug)]
enum Predicate {
    Exists,
    NotExists,
    Equals(String),
    NotEquals(String),
    Matches(Regex),
    NotMatches(Regex),
}

/// Value of an attribute. Mesos compares texts only: numbers and ranges pass each comparison.
enum AttributeValue<'a> {
    Absent,
    Text(&'a str),
    Other,
}

impl OfferConstraints {
    /// Reads the JSON of `OfferConstraints`; an empty text has none. `None` if a part of it cannot be read or evaluated.
    pub fn read(json: &str) -> Option<Self> {
        if json.is_empty() {
            return Some(Self::default());
        }
        let groups = |of: JsonTree<'_>| of.list("groups", |group| group.list("attribute_constraints", constraint));
        let role = |name: &str, of: JsonTree<'_>| (name.to_owned(), groups(of));
        let (roles, misfits) = tree::read(json, |reported| reported.fields("role_constraints", role));
        if misfits.iter().next().is_some() {
            return None;
        }
        let whole = |groups: Vec<Vec<Option<AttributeConstraint>>>| {
            groups.into_iter().map(|group| group.into_iter().collect()).collect::<Option<Vec<Vec<_>>>>()
        };
        roles.into_iter().map(|(name, groups)| Some((name, whole(groups)?))).collect::<Option<_>>().map(Self)
    }

    /// Whether any role has constraints.
    pub fn is_any(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether the agent may be offered for the role.
    pub fn allows(&self, role: &str, agent: ConstrainedAgent<'_>) -> bool {
        let passes = |group: &Vec<AttributeConstraint>| group.iter().all(|constraint| constraint.allows(agent));
        self.0.get(role).is_none_or(|groups| groups.iter().any(passes))
    }
}

fn constraint(reported: JsonTree<'_>) -> Option<AttributeConstraint> {
    let selector = match reported.text("selector.pseudoattribute_type").as_str() {
        "" => Selector::Attribute(Some(reported.text("selector.attribute_name")).filter(|name| !name.is_empty())?),
        "HOSTNAME" => Selector::Hostname,
        "REGION" => Selector::Region,
        "ZONE" => Selector::Zone,
        _ => return None,
    };
    let text = |kind: &str, field: &str| {
        reported.has(&format!("predicate.{kind}")).then(|| reported.text(&format!("predicate.{kind}.{field}")))
    };
    let fixed = |kind: &str, predicate: Predicate| reported.has(&format!("predicate.{kind}")).then_some(predicate);
    let predicate = fixed("exists", Predicate::Exists)
        .or_else(|| fixed("not_exists", Predicate::NotExists))
        .or_else(|| text("text_equals", "value").map(Predicate::Equals))
        .or_else(|| text("text_not_equals", "value").map(Predicate::NotEquals))
        .or_else(|| text("text_matches", "regex").and_then(|text| whole_match(&text)).map(Predicate::Matches))
        .or_else(|| text("text_not_matches", "regex").and_then(|text| whole_match(&text)).map(Predicate::NotMatches))?;
    Some(AttributeConstraint { selector, predicate })
}

/// The expression that matches a whole text. `None` for one that RE2 knows and this engine does not.
fn whole_match(expression: &str) -> Option<Regex> {
    RegexBuilder::new(&format!(r"\A(?:{expression})\z")).size_limit(LARGEST).build().ok()
}

impl AttributeConstraint {
    fn allows(&self, agent: ConstrainedAgent<'_>) -> bool {
        let value = match &self.selector {
            Selector::Attribute(name) => attribute(agent.attributes, name),
            Selector::Hostname => AttributeValue::Text(agent.hostname),
            Selector::Region => domain(agent.domain.split_once('/').map(|(region, _)| region)),
            Selector::Zone => domain(agent.domain.split_once('/').map(|(_, zone)| zone)),
        };
        let text = match value {
            AttributeValue::Absent => None,
            AttributeValue::Text(text) => Some(text),
            AttributeValue::Other => return !matches!(self.predicate, Predicate::NotExists),
        };
        match &self.predicate {
            Predicate::Exists => text.is_some(),
            Predicate::NotExists => text.is_none(),
            Predicate::Equals(wanted) => text == Some(wanted.as_str()),
            Predicate::NotEquals(unwanted) => text != Some(unwanted.as_str()),
            Predicate::Matches(regex) => text.is_some_and(|text| regex.is_match(text)),
            Predicate::NotMatches(regex) => !text.is_some_and(|text| regex.is_match(text)),
        }
    }
}

fn domain(part: Option<&str>) -> AttributeValue<'_> {
    part.map_or(AttributeValue::Absent, AttributeValue::Text)
}

/// The first attribute of that name. Mesos takes the kind of an attribute from its text, too (src/common/attributes.cpp).
fn attribute<'a>(attributes: &'a str, name: &str) -> AttributeValue<'a> {
    let all = attributes.lines().filter_map(|line| line.split_once(':'));
    match all.filter(|(of, _)| *of == name).map(|(_, value)| value).next() {
        None => AttributeValue::Absent,
        Some(value) if value.starts_with(['[', '{']) || value.parse::<f64>().is_ok() => AttributeValue::Other,
        Some(value) => AttributeValue::Text(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGENT: ConstrainedAgent<'_> =
        ConstrainedAgent { hostname: "node-1", attributes: "rack:r12\ncores:16\nrack:r13", domain: "ams/2a" };

    fn allows(selector: &str, predicate: &str) -> bool {
        let json = format!(
            r#"{{"role_constraints":{{"dev":{{"groups":[{{"attribute_constraints":[{{"selector":{{{selector}}},"predicate":{{{predicate}}}}}]}}]}}}}}}"#
        );
        let constraints = OfferConstraints::read(&json).expect("constraints that can be evaluated");
        assert!(constraints.is_any());
        assert!(constraints.allows("ops", AGENT), "a role without constraints");
        constraints.allows("dev", AGENT)
    }

    #[test]
    fn each_predicate_is_evaluated_as_mesos_does() {
        let (rack, cores, none) =
            (r#""attribute_name":"rack""#, r#""attribute_name":"cores""#, r#""attribute_name":"zone""#);
        let equals = |value: &str| format!(r#""text_equals":{{"value":"{value}"}}"#);
        let differs = |value: &str| format!(r#""text_not_equals":{{"value":"{value}"}}"#);
        let matches = |regex: &str| format!(r#""text_matches":{{"regex":"{regex}"}}"#);
        let differs_from = |regex: &str| format!(r#""text_not_matches":{{"regex":"{regex}"}}"#);
        assert!(allows(rack, &equals("r12")) && !allows(rack, &equals("r13")), "the first of that name counts");
        assert!(!allows(none, &equals("r12")) && allows(none, &differs("r12")));
        assert!(!allows(rack, &differs("r12")) && allows(rack, &differs("r1")));
        assert!(allows(rack, &matches("r1[0-9]")) && !allows(rack, &matches("r1")), "the whole text must match");
        assert!(!allows(rack, &differs_from("r.*")) && allows(none, &differs_from("r.*")));
        assert!(allows(rack, r#""exists":{}"#) && !allows(none, r#""exists":{}"#));
        assert!(!allows(rack, r#""not_exists":{}"#) && allows(none, r#""not_exists":{}"#));
        assert!(allows(cores, &equals("8")) && allows(cores, &differs("16")), "a number passes each comparison");
        assert!(!allows(cores, r#""not_exists":{}"#));
        let host = r#""pseudoattribute_type":"HOSTNAME""#;
        assert!(allows(host, &equals("node-1")) && !allows(host, &matches("node")));
        assert!(allows(r#""pseudoattribute_type":"REGION""#, &equals("ams")));
        assert!(allows(r#""pseudoattribute_type":"ZONE""#, &equals("2a")));
    }

    #[test]
    fn one_group_is_enough_and_all_of_it_is_needed() {
        let one = |name: &str, value: &str| {
            format!(
                r#"{{"selector":{{"attribute_name":"{name}"}},"predicate":{{"text_equals":{{"value":"{value}"}}}}}}"#
            )
        };
        let read = |groups: &[&[String]]| {
            let group = |all: &&[String]| format!(r#"{{"attribute_constraints":[{}]}}"#, all.join(","));
            let groups: Vec<String> = groups.iter().map(group).collect();
            let json = format!(r#"{{"role_constraints":{{"dev":{{"groups":[{}]}}}}}}"#, groups.join(","));
            OfferConstraints::read(&json).expect("constraints that can be evaluated").allows("dev", AGENT)
        };
        assert!(read(&[&[one("rack", "r1")], &[one("rack", "r12")]]));
        assert!(!read(&[&[one("rack", "r12"), one("zone", "a")]]));
    }

    #[test]
    fn what_cannot_be_evaluated_is_not_guessed() {
        let read = |constraint: &str| {
            let json = format!(
                r#"{{"role_constraints":{{"dev":{{"groups":[{{"attribute_constraints":[{constraint}]}}]}}}}}}"#
            );
            OfferConstraints::read(&json).is_some()
        };
        let rack = r#""selector":{"attribute_name":"rack"}"#;
        assert!(!read(&format!(r#"{{{rack},"predicate":{{"text_matches":{{"regex":"("}}}}}}"#)));
        assert!(!read(&format!(r#"{{{rack},"predicate":{{"longer_than":{{"value":"3"}}}}}}"#)));
        assert!(!read(r#"{"selector":{"pseudoattribute_type":"UNKNOWN"},"predicate":{"exists":{}}}"#));
        assert!(!read(r#"{"selector":{},"predicate":{"exists":{}}}"#));
        assert!(OfferConstraints::read(r#"{"role_constraints":[]}"#).is_none());
        assert!(OfferConstraints::read("").is_some_and(|none| !none.is_any()), "no constraints at all");
    }
}

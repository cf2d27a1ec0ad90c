//! What types are called.

use std::collections::BTreeMap;

use super::parsed;
use super::rule::{Report, Rule, tree};
use super::source::rust;

pub const ONE_TYPE: Rule = Rule {
    says: "a type's name occurs once in the core",
    reads: &["src/core"],
    check: |files| {
        let mut types: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for file in rust(files).filter(|file| !file.is_test()) {
            for it in parsed::types(file) {
                types.entry(it.text).or_default().push(format!("{}:{}", file.path, it.line));
            }
        }
        Report::of(types, |(name, places)| {
            (places.len() > 1).then(|| format!("{name}: {}", places.join(", "))).into_iter().collect()
        })
    },
    least: 550,
    broken_by: || {
        vec![
            tree(&[("src/core/x.rs", "struct Window;"), ("src/core/y.rs", "fn f() { enum Window {} }\nstruct Other;")]),
            tree(&[("src/core/x.rs", "type Row = u8;\nmod m { pub trait Row {} }")]),
        ]
    },
};

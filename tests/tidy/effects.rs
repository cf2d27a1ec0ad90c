//! What effects are for.

use super::parsed;
use super::rule::{Report, Rule, tree};
use super::source::rust;

/// Sees calls that are in the effect itself, not those in functions that it calls. What happens because a value has changed is said
/// by `on_change` and `on_each` of the app's hooks, which follow that value alone.
pub const SETS_NOTHING: Rule = Rule {
    says: "an Effect sets no signal: what can be derived is a Memo",
    reads: &["src/app"],
    check: |files| {
        let effects = rust(files).flat_map(|file| parsed::effects(file).into_iter().map(|effect| (&file.path, effect)));
        Report::of(effects, |(path, effect)| {
            effect.sets.iter().map(|call| format!("{path}:{}: {call}", effect.line)).collect()
        })
    },
    least: 15,
    broken_by: || vec![tree(&[("src/app/x.rs", "fn f() { Effect::new(move |_| signal.set(other.get())); }\n")])],
};

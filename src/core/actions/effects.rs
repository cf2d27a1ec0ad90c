//! The effects of several actions together.

use super::plan::{Effect, Impact};
use crate::base::order;

/// The gravest effects, each once: at most so many. What has the same impact on other objects adds to `more`. `words` orders what is
/// equally grave.
pub fn gravest(all: Vec<Effect>, most: usize, words: impl Fn(&Impact) -> String) -> Vec<Effect> {
    let all: Vec<(String, Effect)> = all.into_iter().map(|one| (words(&one.impact), one)).collect();
    let all = order::sorted(all, |(a_says, a), (b_says, b)| b.tone.cmp(&a.tone).then_with(|| a_says.cmp(b_says)));
    let mut once: Vec<Effect> = Vec::new();
    for (_, effect) in all {
        let at = once.iter().position(|known| known.impact == effect.impact);
        if let Some(known) = at.and_then(|at| once.get_mut(at)) {
            known.more = known.more.saturating_add(effect.more.saturating_add(1));
        } else if once.len() < most {
            once.push(effect);
        }
    }
    once
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::plan::Tone;

    #[test]
    fn equal_impacts_are_one_and_the_gravest_come_first() {
        let effect = |tone, impact, more| Effect { tone, impact, on: Vec::new(), more };
        let all = vec![
            effect(Tone::Note, Impact::NotOffered, 0),
            effect(Tone::Bad, Impact::NeverBack, 2),
            effect(Tone::Note, Impact::NotOffered, 3),
            effect(Tone::Note, Impact::MachinesUp, u32::MAX),
            effect(Tone::Note, Impact::MachinesUp, 1),
            effect(Tone::Bad, Impact::NeverBack, 0),
        ];
        let words = |impact: &Impact| format!("{impact:?}");
        let found: Vec<_> = gravest(all.clone(), 3, words).into_iter().map(|one| (one.impact, one.more)).collect();
        assert_eq!(found, [(Impact::NeverBack, 3), (Impact::MachinesUp, u32::MAX), (Impact::NotOffered, 4)]);
        assert_eq!(gravest(all, 1, words).len(), 1);
    }
}

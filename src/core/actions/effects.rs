//! The effects of several actions together, without what they do to tasks: `bulk_impact` sums that up.

use super::preview::{Impact, ImpactKind};
use crate::base::order;

/// The gravest effects, each once, with the number of actions that have it: at most so many. What has the same impact on other
/// objects adds to `more`. `words` orders what is equally grave.
pub fn gravest(all: Vec<Impact>, most: usize, words: impl Fn(&ImpactKind) -> String) -> Vec<(Impact, usize)> {
    let others = all.into_iter().filter(|one| !one.impact.counts_tasks());
    let all: Vec<(String, Impact)> = others.map(|one| (words(&one.impact), one)).collect();
    let all = order::sorted(all, |(a_says, a), (b_says, b)| b.tone.cmp(&a.tone).then_with(|| a_says.cmp(b_says)));
    let mut once: Vec<(Impact, usize)> = Vec::new();
    for (_, effect) in all {
        let at = once.iter().position(|(known, _)| known.impact == effect.impact);
        if let Some((known, actions)) = at.and_then(|at| once.get_mut(at)) {
            *actions += 1;
            known.more = known.more.saturating_add(effect.more.saturating_add(1));
        } else if once.len() < most {
            once.push((effect, 1));
        }
    }
    once
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::preview::Severity;

    #[test]
    fn equal_impacts_are_one_and_the_gravest_come_first() {
        let effect = |tone, impact, more| Impact { tone, impact, on: Vec::new(), more };
        let all = vec![
            effect(Severity::Note, ImpactKind::NotOffered, 0),
            effect(Severity::Bad, ImpactKind::NeverBack, 2),
            effect(Severity::Note, ImpactKind::NotOffered, 3),
            effect(Severity::Note, ImpactKind::MachinesUp, u32::MAX),
            effect(Severity::Note, ImpactKind::MachinesUp, 1),
            effect(Severity::Bad, ImpactKind::NeverBack, 0),
            // Equal numbers of two agents are no one effect.
            effect(Severity::Warn, ImpactKind::TasksKilled(21, 60), 0),
            effect(Severity::Warn, ImpactKind::TasksKilled(21, 60), 0),
        ];
        let words = |impact: &ImpactKind| format!("{impact:?}");
        let found: Vec<_> =
            gravest(all.clone(), 3, words).into_iter().map(|(one, actions)| (one.impact, one.more, actions)).collect();
        assert_eq!(
            found,
            [(ImpactKind::NeverBack, 3, 2), (ImpactKind::MachinesUp, u32::MAX, 2), (ImpactKind::NotOffered, 4, 2)]
        );
        assert_eq!(gravest(all, 1, words).len(), 1);
    }
}

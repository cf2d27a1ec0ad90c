//! The tree that the names of roles make: `a/b` is below `a`.

use super::ids::Role;

impl Role {
    /// The role right above this one.
    pub fn parent(&self) -> Option<&str> {
        parent(&self.0)
    }

    /// The roles above this one, the nearest first.
    pub fn ancestors(&self) -> impl Iterator<Item = &str> {
        ancestors(&self.0)
    }

    /// The role and its ancestors, the nearest first.
    pub fn with_ancestors(&self) -> impl Iterator<Item = &str> {
        with_ancestors(&self.0)
    }

    /// The last part of its name.
    pub fn last_part(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, last)| last)
    }
}

/// The role right above that of a name: `a/b` of `a/b/c`.
pub fn parent(role: &str) -> Option<&str> {
    role.rsplit_once('/').map(|(parent, _)| parent)
}

/// The roles above that of a name, the nearest first: `a/b`, then `a`, of `a/b/c`.
pub fn ancestors(role: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(parent(role), |role| parent(role))
}

/// A role's name, and those above it, the nearest first.
pub fn with_ancestors(role: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(role), |role| parent(role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_have_ancestors() {
        let role = Role::from("a/b/c");
        assert_eq!(role.ancestors().collect::<Vec<_>>(), ["a/b", "a"]);
        assert_eq!(role.with_ancestors().collect::<Vec<_>>(), ["a/b/c", "a/b", "a"]);
        assert_eq!((role.parent(), role.last_part()), (Some("a/b"), "c"));
        let top = Role::from("*");
        assert_eq!((top.ancestors().count(), top.parent(), top.last_part()), (0, None, "*"));
    }
}

//! Who reads Mesos' objects: their fields are named once for the tables, which borrow, and once for the pages, which read a tree.

use std::collections::BTreeMap;

use super::parsed;
use super::rule::{Report, Rule, tree};
use super::source::{Source, rust};

pub const ONE_READER: Rule = Rule {
    says: "a field of Mesos' objects is read in one file for the tables, and in one for the pages",
    reads: &["src/core/mesos"],
    check: readers,
    least: 20,
    broken_by: || {
        vec![
            tree(&[
                ("src/core/mesos/wire/x.rs", "fields! { impl<'de> A; \"reservations\" => reservations }"),
                ("src/core/mesos/calls/y.rs", "fields! { impl<'de> B; \"reservations\" => reservations }"),
                (PAGES[0], "fn f(t: Tree) { t.list(\"reservations\", g) }"),
            ]),
            tree(&[
                (PAGES[0], "fn f(t: Tree) { t.text(\"disk.persistence.id\") }"),
                (PAGES[1], "fn f(t: Tree) { t.text(\"persistence.principal\") }\n#[test]\nfn g() { \"limitation\" }"),
            ]),
        ]
    },
};

/// Where objects are read for their pages.
const PAGES: [&str; 4] = [
    "src/core/mesos/wire/detail.rs",
    "src/core/mesos/wire/agent_api.rs",
    "src/core/mesos/wire/pool_resource.rs",
    "src/core/mesos/wire/providers.rs",
];

/// Names of flags, of which `attributes` is one. It reads no object.
const FLAGS: &str = "src/core/mesos/defaults.rs";

/// Fields that one message alone has.
const NAMES: [&str; 20] = [
    "agent_info",
    "attributes",
    "check_status",
    "container_path",
    "container_status",
    "draining_machines",
    "executor_info",
    "failover_timeout",
    "fault_domain",
    "health_check",
    "ip_addresses",
    "latest_status",
    "limitation",
    "network_infos",
    "persistence",
    "reservations",
    "resource_provider_info",
    "resource_statistics",
    "version_info",
    "weight_infos",
];

fn readers(files: &[Source]) -> Report {
    let mut readers: BTreeMap<(&str, bool), Vec<&str>> = BTreeMap::new();
    for file in rust(files).filter(|file| !file.is_test() && file.path != FLAGS) {
        let literals = parsed::literals(file);
        let is_named = |name: &&&str| literals.iter().any(|literal| literal.text.split('.').any(|part| part == **name));
        for name in NAMES.iter().filter(is_named) {
            readers.entry((name, PAGES.contains(&file.path.as_str()))).or_default().push(&file.path);
        }
    }
    Report::of(readers, |((name, _), paths)| match paths.as_slice() {
        [_] => Vec::new(),
        paths => vec![format!("{}: {name:?} is read here: {}", paths[0], paths.join(", "))],
    })
}

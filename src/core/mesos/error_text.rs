//! What Mesos says in words alone, and its states in words. It sends no code beside an HTTP status, so these functions, and no
//! others, read its words.
//! File names are of Mesos' sources, as of 1.11.0.

use crate::mesos::wire::state::TaskState;

impl TaskState {
    /// Mesos' name in lower case, without its prefix: the word for it, in filters and on screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Killing => "killing",
            Self::Unreachable => "unreachable",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Killed => "killed",
            Self::Error => "error",
            Self::Lost => "lost",
            Self::Dropped => "dropped",
            Self::Gone => "gone",
            Self::GoneByOperator => "gone by operator",
            Self::Unknown => "unknown",
            Self::Unrecognised => "unrecognised",
        }
    }
}

/// How the process of a task ended, as the message of its last status says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus<'a> {
    /// The exit code of a process that exited by itself.
    Code(u8),
    /// The name of the signal that ended it, as `Killed`.
    Signal(&'a str),
}

impl<'a> ExitStatus<'a> {
    /// Reads a message, as `Command exited with status 1` or `Container terminated with signal Killed (core dumped)` (WSTRINGIFY in
    /// 3rdparty/stout/include/stout/os/wait.hpp). `None` if it says neither.
    pub fn of_message(message: &'a str) -> Option<Self> {
        let after = |words: &str| message.split_once(words).map(|(_, rest)| rest);
        if let Some(rest) = after("exited with status ") {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            return rest.get(..digits)?.parse().ok().map(Self::Code);
        }
        let name = after("terminated with signal ")?;
        let name = name.split(['(', '.', ',', ';', ':', '\n']).next()?.trim();
        (!name.is_empty()).then_some(Self::Signal(name))
    }
}

/// Whether a 503 is Mesos' own, which has done nothing: of a master or an agent that recovers, of a standby without a leader, or of an
/// agent that is on its way out already (src/master/http.cpp, src/slave/http.cpp).
pub fn is_unavailable(words: &str) -> bool {
    ["has not finished recovery", "No leader elected", "is already being "].iter().any(|said| words.contains(said))
}

/// Whether a refused quota can be forced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaRefusal {
    /// The call passes the check with `force`.
    Forcible,
    /// The call is refused with `force` too.
    Final,
}

/// Whether a refused quota can be forced (src/master/quota_handler.cpp: in 1.9 and later, in 1.8, and before).
pub fn quota_refusal(words: &str) -> QuotaRefusal {
    const FORCE_HELPS: [&str; 3] = ["use 'force' flag", "use 'force' to bypass", "the force flag can be used"];
    let is_forcible = FORCE_HELPS.iter().any(|said| words.contains(said));
    if is_forcible { QuotaRefusal::Forcible } else { QuotaRefusal::Final }
}

/// Why a path was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathRefusal {
    /// The path is that of a directory.
    Directory,
    /// The path leads out of what is served.
    Outside,
    /// The path leads through more symbolic links than the agent's system follows.
    Links,
    /// Any other reason: the path does not exist, or the caller may not read it.
    Other,
}

/// Why READ_FILE or LIST_FILES was refused with that status (src/files/files.cpp).
pub fn path_refusal(status: u16, words: &str) -> PathRefusal {
    // The words may quote the path, which may have any word in it.
    match (status, words.trim_end().trim_end_matches('.')) {
        (400, words) if words.ends_with("Too many levels of symbolic links") => PathRefusal::Links,
        (400, words) if words.ends_with("is inaccessible") => PathRefusal::Outside,
        (400, words) if words.ends_with("a directory") => PathRefusal::Directory,
        _ => PathRefusal::Other,
    }
}

/// A field of a form that a refusal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedField {
    /// The level of SET_LOGGING_LEVEL.
    Level,
    /// The time for which SET_LOGGING_LEVEL sets it.
    Duration,
    /// The grace period of DRAIN_AGENT.
    GracePeriod,
    /// Whether DRAIN_AGENT marks the agent gone.
    MarkGone,
    /// The role of a reservation.
    Role,
    /// The principal of a reservation or a volume.
    Principal,
    /// The id of a persistent volume.
    VolumeId,
    /// An amount of a reservation, or the size of a volume.
    Amount,
    /// The id of a container to launch.
    ContainerId,
    /// The command of a container to launch.
    Command,
    /// The user of a container to launch.
    User,
    /// The volumes of a container to launch.
    Volume,
    /// Image of a container.
    Image,
}

/// The field of LAUNCH_CONTAINER or LAUNCH_NESTED_CONTAINER that a refusal names (src/slave/validation.cpp, src/slave/http.cpp).
pub fn launch_field(words: &str) -> Option<NamedField> {
    // A quoted path has names that people chose: `image` in an executor's id says nothing of the image.
    let own: Vec<&str> = words.split('\'').filter(|part| !part.contains('/')).collect();
    let has = |said: &str| own.iter().any(|part| part.contains(said));
    match () {
        () if has("container_id") => Some(NamedField::ContainerId),
        () if has("image") => Some(NamedField::Image),
        () if has("olume") => Some(NamedField::Volume),
        () if has("ommand") => Some(NamedField::Command),
        () if has("user") => Some(NamedField::User),
        () => None,
    }
}

/// The field of SET_LOGGING_LEVEL that a refusal names: a check quotes it (src/master/validation.cpp, src/slave/validation.cpp), and
/// the parser of JSON gives its path (3rdparty/stout/include/stout/protobuf.hpp).
pub fn level_field(words: &str) -> Option<NamedField> {
    match words {
        _ if ["'level'", ".level"].iter().any(|said| words.contains(said)) => Some(NamedField::Level),
        _ if words.contains("duration") => Some(NamedField::Duration),
        _ => None,
    }
}

/// The field of DRAIN_AGENT that a refusal names (src/master/validation.cpp, src/master/http.cpp).
pub fn drain_field(words: &str) -> Option<NamedField> {
    let has = |said: &[&str]| said.iter().any(|said| words.contains(said));
    match () {
        () if has(&["grace_period", "grace period"]) => Some(NamedField::GracePeriod),
        () if has(&["mark_gone", "MARK_AGENT_GONE", "marked gone", "mark agent"]) => Some(NamedField::MarkGone),
        () => None,
    }
}

/// The field of a reservation or a volume that a refusal names (src/master/validation.cpp, src/master/http.cpp, src/common/roles.cpp).
pub fn reservation_field(words: &str) -> Option<NamedField> {
    let has = |said: &[&str]| said.iter().any(|said| words.contains(said));
    match () {
        () if has(&["does not contain", "identical resource quantities", "size of", "Value of"]) => {
            Some(NamedField::Amount)
        }
        () if has(&["ersistence ID"]) => Some(NamedField::VolumeId),
        () if has(&["principal '", "no principal set"]) => Some(NamedField::Principal),
        () if has(&["Role ", "role \"", "role '", "Role component"]) => Some(NamedField::Role),
        () => None,
    }
}

/// Whether a refusal is about that role: Mesos quotes it (src/master/quota_handler.cpp, src/master/weights_handler.cpp).
pub fn names_role(words: &str, role: &str) -> bool {
    words.contains(&format!("'{role}'"))
}

/// Whether a refusal is about that machine: Mesos prints its JSON, and may print the host name in another case
/// (src/master/maintenance.cpp).
pub fn names_machine(words: &str, (host, address): (&str, &str)) -> bool {
    let words = words.to_ascii_lowercase();
    let is_named = |part: &str| !part.is_empty() && words.contains(&format!("\"{}\"", part.to_ascii_lowercase()));
    is_named(host) || is_named(address)
}

/// Cause of an agent's loss, and so of its tasks'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentLoss {
    /// The agent was removed, and its tasks have ended.
    Removed,
    /// The master cannot reach the agent, and its tasks may still run.
    Unreachable,
}

/// Reads an agent's loss from the message of a status with REASON_AGENT_REMOVED. For a removed agent it has `removed: `
/// and the reason (Master::_removeSlave, Master::_markUnreachable of src/master/master.cpp).
pub fn agent_loss(message: &str) -> AgentLoss {
    if message.contains(" removed: ") { AgentLoss::Removed } else { AgentLoss::Unreachable }
}

/// Host of the agent that a status of the master reports as lost: `Agent HOST removed: …` or `Agent HOST disconnected`
/// (Master::_removeSlave, Master::disconnect of src/master/master.cpp; `Slave` before 1.11). `None` for other words.
pub fn lost_host(message: &str) -> Option<&str> {
    let words = message.strip_prefix("Agent ").or_else(|| message.strip_prefix("Slave "))?;
    let removed = words.split_once(" removed: ").map(|(host, _)| host);
    let host = removed.or_else(|| words.strip_suffix(" disconnected"))?;
    (!host.is_empty() && !host.contains(' ')).then_some(host)
}

/// Whether the words are those of the status alone, which Mesos leaves to proxies.
pub(super) fn is_reason_alone(words: &str) -> bool {
    let words = words.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').trim_end_matches('.');
    words.is_empty() || words.eq_ignore_ascii_case("Internal Server Error")
}

/// Whether an ERROR of the scheduler API says that another scheduler has subscribed with the framework's id
/// (`Master::failoverFramework` in src/master/master.cpp).
pub fn is_failed_over(message: &str) -> bool {
    message == "Framework failed over"
}

/// Whether an ERROR of the scheduler API says that the framework was torn down, or that its failover timeout has passed
/// (`Master::subscribe` in src/master/master.cpp).
pub fn is_removed(message: &str) -> bool {
    message.starts_with("Framework has been removed")
        || message.starts_with("Completed framework attempted to re-subscribe")
}

/// Whether a call of the scheduler API was refused since its stream has ended, or is another one now (`Master::Http::scheduler` in
/// src/master/http.cpp: the first with 403, the others with 400).
pub fn is_stream_gone(words: &str) -> bool {
    words == "Framework is not subscribed"
        || words == "Framework cannot be found"
        || words.contains("didn't match the stream ID currently associated with framework ID")
}

/// Why a master refuses a framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameworkRefusal {
    /// The master has a list of roles, and the framework's is not on it.
    UnknownRole,
    /// The master's ACLs do not allow the user a framework of that role.
    NotAuthorized,
    /// The master runs nothing as root.
    Root,
    /// The framework is of another principal.
    Principal,
}

/// Why the master refuses a framework; `None` for a reason that says all by itself (`Master::validateFramework` and
/// `checkSubscribeAuthorization` in src/master/master.cpp, src/master/validation.cpp).
pub fn framework_refusal(words: &str) -> Option<FrameworkRefusal> {
    let has = |said: &str| words.contains(said);
    match () {
        () if has("are not present in the master's --roles") => Some(FrameworkRefusal::UnknownRole),
        () if words.starts_with("Not authorized to ") => Some(FrameworkRefusal::NotAuthorized),
        () if has("without --root_submissions set") => Some(FrameworkRefusal::Root),
        () if has("framework's principal is not allowed") || has("does not match principal") => {
            Some(FrameworkRefusal::Principal)
        }
        () => None,
    }
}

/// Whether a TASK_ERROR is about a second launch of an id that a task has already (`validateUniqueTaskID` in
/// src/master/validation.cpp).
pub fn is_duplicate_task(message: &str) -> bool {
    message.starts_with("Task has duplicate ID: ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_launch_is_said_at_its_field_and_paths_say_nothing() {
        let check = |words: &str, expected: Option<NamedField>| assert_eq!(launch_field(words), expected, "{words}");
        check("Unsupported container image type: DOCKER", Some(NamedField::Image));
        let sandbox = "Failed to create nested sandbox '/data/executors/image-volume/runs/r/containers/nu': \
            Failed to chown directory to 'nobody-such': No such user 'nobody-such'";
        check(sandbox, Some(NamedField::User));
        check("'launch_container.container_id.value' contains invalid characters", Some(NamedField::ContainerId));
        check("Expecting 'command' to be present", Some(NamedField::Command));
        check("Parent container nope does not exist", None);
    }

    #[test]
    fn a_message_may_say_how_the_process_ended() {
        for (message, status) in [
            ("Command exited with status 1", Some(ExitStatus::Code(1))),
            ("Container exited with status 137: out of memory", Some(ExitStatus::Code(137))),
            ("Command terminated with signal Killed", Some(ExitStatus::Signal("Killed"))),
            (
                "Command terminated with signal Segmentation fault (core dumped)",
                Some(ExitStatus::Signal("Segmentation fault")),
            ),
            ("Command exited with status 999", None),
            ("Command exited with status ", None),
            ("Command terminated with signal ", None),
            ("Agent a.example.com disconnected", None),
            ("", None),
        ] {
            assert_eq!(ExitStatus::of_message(message), status, "{message}");
        }
    }

    #[test]
    fn a_lost_agent_is_named_by_its_host() {
        for (message, host) in [
            ("Agent agent1.local removed: Operator initiated 'Machine DOWN'", Some("agent1.local")),
            ("Agent agent3.local disconnected", Some("agent3.local")),
            ("Slave a.example removed: health check timed out", Some("a.example")),
            ("Agent has been removed: it is gone", None),
            ("Agent  disconnected", None),
            ("Framework web removed", None),
            ("", None),
        ] {
            assert_eq!(lost_host(message), host, "{message}");
        }
    }

    #[test]
    fn a_refusal_of_a_quota_says_whether_force_helps() {
        let cases = [
            ("exceed cluster capacity 'cpus:8' (use 'force' flag to bypass this check)", QuotaRefusal::Forcible),
            ("not enough capacity; use 'force' to bypass this check", QuotaRefusal::Forcible),
            ("the force flag can be used to override this check", QuotaRefusal::Forcible),
            ("Cannot set quota for role 'dev' which already has quota", QuotaRefusal::Final),
        ];
        for (words, expected) in cases {
            assert_eq!(quota_refusal(words), expected, "{words}");
        }
    }

    #[test]
    fn a_path_that_is_not_read_is_a_directory_or_outside_or_goes_through_links() {
        assert_eq!(path_refusal(400, "Cannot read a directory.\n"), PathRefusal::Directory);
        assert_eq!(path_refusal(400, "Resolved path is inaccessible."), PathRefusal::Outside);
        assert_eq!(path_refusal(404, "directory"), PathRefusal::Other);
        let through_links =
            "Failed to determine canonical path of '/s/directory/x': Too many levels of symbolic links.\n";
        assert_eq!(path_refusal(400, through_links), PathRefusal::Links);
        assert_eq!(path_refusal(400, "'/s/a directory' is inaccessible.\n"), PathRefusal::Outside);
        assert_eq!(path_refusal(400, "Failed to stat '/s/inaccessible directory.x'"), PathRefusal::Other);
    }

    #[test]
    fn a_refused_framework_has_a_reason() {
        let check = |words: &str, expected: Option<FrameworkRefusal>| {
            assert_eq!(framework_refusal(words), expected, "{words}");
        };
        check("Roles { db } are not present in the master's --roles", Some(FrameworkRefusal::UnknownRole));
        check("Not authorized to register framework  with roles { db }", Some(FrameworkRefusal::NotAuthorized));
        check("Not authorized to use roles '{ db }'", Some(FrameworkRefusal::NotAuthorized));
        let root = "User 'root' is not allowed to run frameworks without --root_submissions set";
        check(root, Some(FrameworkRefusal::Root));
        check("Changing framework's principal is not allowed.", Some(FrameworkRefusal::Principal));
        check("'FrameworkInfo.roles' contains invalid role: Role '/' cannot start with a slash", None);
        check("This gateway is read-only", None);
    }

    #[test]
    fn a_refusal_names_what_it_is_about() {
        assert_eq!(level_field("Expecting 'level' to be present"), Some(NamedField::Level));
        assert_eq!(level_field("Unknown agent"), None);
        assert_eq!(drain_field("Expecting 'max_grace_period' to be set"), Some(NamedField::GracePeriod));
        assert_eq!(drain_field("the agent is already being marked gone"), Some(NamedField::MarkGone));
        assert!(names_role("role 'dev' has quota", "dev") && !names_role("role 'dev' has quota", "de"));
        let machine = ("Node-1", "");
        assert!(names_machine(r#"Machine '{"hostname":"node-1"}' appears twice"#, machine));
        assert!(!names_machine(r#"Machine '{"hostname":"node-12"}' appears twice"#, machine));
    }
}

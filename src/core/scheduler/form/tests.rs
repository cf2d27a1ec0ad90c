//! The form of a run: what it accepts, what it refuses, and what it makes of it.

use super::*;
use std::collections::BTreeSet;

use crate::actions::amount::AmountError;
use crate::actions::container_form::ContainerFormError;
use crate::actions::duration::DurationError;
use crate::actions::form::RoleError;
use crate::base::ids::AgentId;
use crate::scheduler::run::RunFile;

fn form() -> RunForm {
    RunForm { command: "df -h".to_owned(), user: "ops".to_owned(), ..RunForm::default() }
}

fn request(form: &RunForm) -> RunRequest {
    let spec = form.checked().unwrap();
    spec.request(RunId::new("r1").unwrap(), RunTargets::Each(BTreeSet::from([AgentId::from("S1")])))
}

/// Checks that the form has this error and no other.
fn check(change: impl Fn(&mut RunForm), field: RunField, error: RunFormError) {
    let mut form = form();
    change(&mut form);
    assert_eq!(form.checked().unwrap_err(), [RunFault { field, error }]);
}

#[test]
fn a_form_with_a_command_and_a_user_runs() {
    let request = request(&form());
    assert_eq!((request.name.as_str(), &request.command), ("df", &RunCommand::Shell("df -h".to_owned())));
    let resources = Quantities::of("cpus", 0.1) + Quantities::of("mem", 64.0);
    assert_eq!((request.resources, request.user), (resources, RunAs::user("ops").ok()));
    assert_eq!((request.timeout, request.grace), (Some(Nanoseconds::from_secs(600)), None));
    let framework = form().checked().unwrap().framework;
    assert_eq!((framework.role.as_str(), framework.failover_timeout), ("*", Nanoseconds::from_secs(300)));
}

#[test]
fn each_error_is_at_its_field() {
    check(|form| form.command = " \n ".to_owned(), RunField::Command, RunFormError::NoCommand);
    check(|form| form.command = "a\0".to_owned(), RunField::Command, RunFormError::Nul);
    check(|form| form.command = "x".repeat(LONGEST_COMMAND + 1), RunField::Command, RunFormError::CommandTooLong);
    check(|form| form.role = "a//b".to_owned(), RunField::Role, RunFormError::Role(RoleError::Slash));
    check(|form| form.role.clear(), RunField::Role, RunFormError::Role(RoleError::Empty));
    check(|form| form.amounts[0].clear(), RunField::Amount(0), RunFormError::NoAmount);
    check(|form| form.amounts[1] = "0".to_owned(), RunField::Amount(1), RunFormError::NoAmount);
    check(|form| form.amounts[3] = "0.5".to_owned(), RunField::Amount(3), RunFormError::PartOfGpu);
    let unit = RunFormError::Amount(AmountError::Unit("apples".to_owned()));
    check(|form| form.amounts[2] = "1 apples".to_owned(), RunField::Amount(2), unit);
    check(|form| form.user.clear(), RunField::User, RunFormError::NoUser);
    check(|form| form.user = "a b".to_owned(), RunField::User, RunFormError::UserCharacters);
    let variable = RunFormError::Container(ContainerFormError::Variable("x".to_owned()));
    check(|form| form.environment = "A=1\nx".to_owned(), RunField::Environment, variable);
    check(
        |form| form.files = "http://a/b +x".to_owned(),
        RunField::Files,
        RunFormError::File("http://a/b +x".to_owned()),
    );
    let image = RunFormError::Container(ContainerFormError::Image);
    check(|form| form.image = "alpine 3".to_owned(), RunField::Image, image);
    check(|form| form.timeout = "0".to_owned(), RunField::Timeout, RunFormError::NoTime);
    check(|form| form.grace = "soon".to_owned(), RunField::Grace, RunFormError::Duration(DurationError::Unreadable));
    check(|form| form.failover = "8 d".to_owned(), RunField::Failover, RunFormError::FailoverTooLong);
}

#[test]
fn root_needs_a_choice_of_its_own() {
    for name in ["root", " root ", "0"] {
        check(|form| form.user = name.to_owned(), RunField::User, RunFormError::Root);
    }
    assert_eq!(request(&RunForm { is_root: true, user: String::new(), ..form() }).user, Some(RunAs::root()));
}

#[test]
fn several_errors_are_said_at_once() {
    let fields: Vec<RunField> = RunForm { role: String::new(), ..RunForm::default() }
        .checked()
        .unwrap_err()
        .into_iter()
        .map(|fault| fault.field)
        .collect();
    assert_eq!(fields, [RunField::Command, RunField::Role, RunField::User]);
}

#[test]
fn a_count_is_a_whole_number() {
    let count = |text: &str| RunForm { count: text.to_owned(), ..form() }.count();
    assert_eq!((count(" 3 "), count("10 000")), (Ok(3), Ok(10_000)));
    for bad in ["", "0", "-1", "1.5", "10001", "many"] {
        assert_eq!(count(bad), Err(RunFormError::Count), "{bad}");
    }
}

#[test]
fn files_are_one_a_line() {
    let files = parse_files("http://a/x.tgz\n\n /opt/tool executable \nhdfs://b/y.zip packed\n").unwrap();
    let as_is = |uri: &str, is_executable, is_extracted| RunFile { uri: uri.to_owned(), is_executable, is_extracted };
    let expected =
        [as_is("http://a/x.tgz", false, true), as_is("/opt/tool", true, false), as_is("hdfs://b/y.zip", false, false)];
    assert_eq!(files, expected);
}

#[test]
fn a_run_fills_the_form_again() {
    let form = RunForm {
        command: "#!/bin/sh\nset -e\n/usr/bin/df -h".to_owned(),
        count: "1".to_owned(),
        role: "eng/web".to_owned(),
        amounts: ["1.5", "2 GiB", "512 MiB", "2"].map(str::to_owned),
        pool: RunPool::Reserved,
        environment: "A=1\nB=x=y".to_owned(),
        files: "http://a/x.tgz\n/opt/tool executable".to_owned(),
        image: "alpine:3".to_owned(),
        containerizer: Containerizer::Docker,
        timeout: "1 h 30 min".to_owned(),
        grace: "10 s".to_owned(),
        failover: "1 d".to_owned(),
        ..form()
    };
    let spec = form.checked().unwrap();
    assert_eq!(RunForm::again(&spec.framework, &request(&form)), form);
    let program = RunForm {
        command: "/bin/echo\na b\n-n".to_owned(),
        is_program: true,
        is_root: true,
        user: String::new(),
        ..form
    };
    assert_eq!(RunForm::again(&program.checked().unwrap().framework, &request(&program)), program);
}

#[test]
fn a_name_is_the_first_word_and_no_secret() {
    let name = |command: &str| default_name(command);
    assert_eq!(
        (name("/usr/bin/df -h"), name("#!/bin/sh\n\n  uptime"), name("# only")),
        ("df".into(), "uptime".into(), "run".into())
    );
    assert_eq!(name("TOKEN=hunter2 tool"), "run");
}

#[test]
fn an_image_is_run_by_the_containerizer_that_is_chosen() {
    let container = |image: &str, containerizer| {
        let form = RunForm { image: image.to_owned(), containerizer, ..form() };
        let task = request(&form).task_info("r1.0".into(), AgentId::from("S1"), Vec::new());
        serde_json::to_value(task).unwrap()["container"].clone()
    };
    let mesos =
        serde_json::json!({"type": "MESOS", "mesos": {"image": {"type": "DOCKER", "docker": {"name": "alpine:3"}}}});
    assert_eq!(container("alpine:3", Containerizer::Mesos), mesos);
    let docker = serde_json::json!({"type": "DOCKER", "docker": {"image": "alpine:3"}});
    assert_eq!(container(" alpine:3 ", Containerizer::Docker), docker);
    // Without an image there is no container, whatever is chosen.
    assert_eq!(container("", Containerizer::Docker), serde_json::Value::Null);
}

#[test]
fn line_ends_of_other_systems_are_no_part_of_a_script() {
    let request = request(&RunForm { command: "set -e\r\nls\r\n".to_owned(), ..form() });
    assert_eq!(request.command, RunCommand::Shell("set -e\nls\n".to_owned()));
}

#[test]
fn a_form_is_kept_without_secrets_and_asks_for_them_again() {
    let form = RunForm {
        environment: "TOKEN=hunter2\nEMPTY=\n\nhunter2".to_owned(),
        files: " https://ops:hunter2@h/a.tgz packed\nhttps://h/b".to_owned(),
        ..form()
    };
    let kept = form.without_secrets();
    assert_eq!(kept.environment, "TOKEN=(hidden)\nEMPTY=\n\n(hidden)");
    assert_eq!(kept.files, "https://(hidden)@h/a.tgz packed\nhttps://h/b");
    assert_eq!(kept.without_secrets(), kept);
    let typed = RunForm { environment: "TOKEN=hunter2".to_owned(), ..form };
    assert!(!typed.has_hidden() && typed.unkept().next().is_none());
    let fault = |field| RunFault { field, error: RunFormError::NotKept };
    let unkept: Vec<RunFault> = typed.without_secrets().unkept().collect();
    assert_eq!(unkept, [fault(RunField::Environment), fault(RunField::Files)]);
}

//! The pretend shell of tasks: what a command line writes, when, and how it ends. It never runs anything of the host.
//!
//! It understands `;`, `&&`, `||`, quotes, variables and a few commands. Any other command only says that it is simulated.

use std::collections::BTreeMap;

use crate::time::SECOND;

/// Maximum output in bytes; what comes later is dropped.
const MOST: usize = 256 << 10;
/// Maximum number of commands.
const COMMANDS: usize = 10_000;

/// The whole course of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Script {
    /// Output: nanoseconds after the start, whether it is on stderr, text.
    pub(crate) output: Vec<(i64, bool, String)>,
    /// Nanoseconds after the start, and exit status; `None` if it runs until it is killed.
    pub(crate) end: Option<(i64, u8)>,
    /// Whether it ignores SIGTERM: `trap '' TERM`.
    pub(crate) is_stubborn: bool,
}

/// Surroundings of a command.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surroundings {
    pub(crate) hostname: String,
    pub(crate) user: String,
    pub(crate) variables: BTreeMap<String, String>,
    /// Names of fetched files.
    pub(crate) files: Vec<String>,
    /// Disk of the agent in MB.
    pub(crate) disk: u64,
    pub(crate) cpus: u64,
    pub(crate) mem: u64,
}

impl Script {
    /// Course of a shell's command line.
    pub(crate) fn of_line(line: &str, around: &Surroundings) -> Script {
        let mut course = Course::new(around);
        course.line(line, 0);
        course.finish()
    }

    /// Course of a program with its arguments, the first of which is its name.
    pub(crate) fn of_program(program: &str, arguments: &[String], around: &Surroundings) -> Script {
        let name = program.rsplit('/').next().unwrap_or_default().to_owned();
        let words: Vec<String> = [name].into_iter().chain(arguments.iter().skip(1).cloned()).collect();
        let mut course = Course::new(around);
        course.run(&words, 0);
        course.finish()
    }

    /// What was written to stdout or stderr up to a time after the start.
    pub(crate) fn written(&self, is_stderr: bool, until: i64) -> String {
        let due = self.output.iter().filter(|(at, on_stderr, _)| *at <= until && *on_stderr == is_stderr);
        due.map(|(.., text)| text.as_str()).collect()
    }
}

/// A script while it is worked out.
#[derive(Debug)]
struct Course<'a> {
    around: &'a Surroundings,
    variables: BTreeMap<String, String>,
    script: Script,
    at: i64,
    status: u8,
    written: usize,
    commands: usize,
    has_ended: bool,
    is_endless: bool,
}

impl Course<'_> {
    fn new(around: &Surroundings) -> Course<'_> {
        let (variables, script) = (around.variables.clone(), Script::default());
        let (at, status, written, commands, has_ended, is_endless) = Default::default();
        Course { around, variables, script, at, status, written, commands, has_ended, is_endless }
    }

    fn finish(mut self) -> Script {
        self.script.end = (!self.is_endless).then_some((self.at, self.status));
        self.script
    }

    fn line(&mut self, line: &str, depth: u8) {
        for (condition, statement) in statements(line) {
            let skips = match condition {
                Condition::Always => false,
                Condition::Success => self.status != 0,
                Condition::Failure => self.status == 0,
            };
            if self.has_ended {
                return;
            }
            if !skips {
                let words = self.words(&statement);
                self.run(&words, depth);
            }
        }
    }

    fn run(&mut self, words: &[String], depth: u8) {
        let (words, is_stderr) = match words.split_last() {
            Some((last, rest)) if last == ">&2" || last == "1>&2" => (rest, true),
            _ => (words, false),
        };
        let Some((name, arguments)) = words.split_first() else { return };
        self.commands += 1;
        if self.commands > COMMANDS {
            self.run_forever();
            return;
        }
        if let Some((variable, value)) = assignment(name).filter(|_| arguments.is_empty()) {
            self.variables.insert(variable.to_owned(), value.to_owned());
            self.status = 0;
            return;
        }
        let first = arguments.first().map(String::as_str).unwrap_or_default();
        self.status = 0;
        match name.as_str() {
            "sleep" if first == "infinity" => self.run_forever(),
            "sleep" => match first.trim_end_matches('s').parse::<f64>() {
                Ok(seconds) if seconds.is_finite() && seconds >= 0.0 => {
                    self.at = self.at.saturating_add((seconds * SECOND as f64) as i64);
                }
                _ => {
                    self.write(true, &format!("sleep: invalid time interval '{first}'\n"));
                    self.status = 1;
                }
            },
            "exit" => {
                self.status = first.parse::<i64>().unwrap_or_default() as u8;
                self.has_ended = true;
            }
            "false" => self.status = 1,
            "while" | "for" | "until" | "yes" | "tail" => {
                self.write(is_stderr, &simulated(words));
                self.run_forever();
            }
            "trap" => self.script.is_stubborn |= first.is_empty() && arguments.iter().any(|it| it.contains("TERM")),
            "sh" | "bash" | "/bin/sh" | "/bin/bash" if first == "-c" && depth < 8 => {
                let line = arguments.get(1).cloned().unwrap_or_default();
                self.line(&line, depth + 1);
                self.has_ended = self.is_endless;
            }
            "exec" | "sudo" | "time" if !arguments.is_empty() && depth < 8 => self.run(arguments, depth + 1),
            "seq" => {
                let last = first.parse::<u32>().unwrap_or_default().min(20_000);
                let numbers: String = (1..=last).map(|number| format!("{number}\n")).collect();
                self.write(is_stderr, &numbers);
            }
            name => match self.fixed_output(name, arguments) {
                Some(text) => self.write(is_stderr, &text),
                None => self.write(is_stderr, &simulated(words)),
            },
        }
    }

    fn run_forever(&mut self) {
        (self.is_endless, self.has_ended) = (true, true);
    }

    /// Output of a command that only prints.
    fn fixed_output(&self, name: &str, arguments: &[String]) -> Option<String> {
        let around = self.around;
        Some(match name {
            "echo" if arguments.first().is_some_and(|it| it == "-n") => arguments[1..].join(" "),
            "echo" => format!("{}\n", arguments.join(" ")),
            "printf" => arguments.first()?.replace("\\n", "\n").replace("%s", &arguments[1..].join(" ")),
            "true" | ":" | "cd" | "set" | "export" | "umask" | "mkdir" | "touch" => String::new(),
            "hostname" => format!("{}\n", around.hostname),
            "whoami" => format!("{}\n", around.user),
            "id" if around.user == "root" => "uid=0(root) gid=0(root) groups=0(root)\n".to_owned(),
            "id" => format!("uid=1000({0}) gid=1000({0}) groups=1000({0})\n", around.user),
            "pwd" => "/mnt/mesos/sandbox\n".to_owned(),
            "ls" => {
                let mut names: Vec<&str> =
                    around.files.iter().map(String::as_str).chain(["stderr", "stdout"]).collect();
                names.sort_unstable();
                format!("{}\n", names.join("\n"))
            }
            "uname" if arguments.first().is_some_and(|it| it == "-a") => {
                format!("Linux {} 6.1.0-44-amd64 #1 SMP x86_64 GNU/Linux\n", around.hostname)
            }
            "uname" => "Linux\n".to_owned(),
            "nproc" => format!("{}\n", around.cpus),
            "env" | "printenv" => self.variables.iter().map(|(name, value)| format!("{name}={value}\n")).collect(),
            "df" => disks(around.disk),
            "free" => format!(
                "              total        used        free\nMem:    {:>11} {:>11} {:>11}\n",
                around.mem * 1024,
                around.mem * 384,
                around.mem * 640
            ),
            _ => return None,
        })
    }

    fn write(&mut self, is_stderr: bool, text: &str) {
        self.written += text.len();
        if self.written <= MOST && !text.is_empty() {
            self.script.output.push((self.at, is_stderr, text.to_owned()));
        }
    }

    /// Splits a statement into words; single quotes keep variables as they are.
    fn words(&self, statement: &str) -> Vec<String> {
        let mut words = Vec::new();
        let (mut word, mut has_word, mut quote) = (String::new(), false, None);
        let mut letters = statement.chars().peekable();
        while let Some(letter) = letters.next() {
            match (quote, letter) {
                (None, '"' | '\'') => (quote, has_word) = (Some(letter), true),
                (Some(open), letter) if open == letter => quote = None,
                (None, ' ' | '\t') => {
                    if std::mem::take(&mut has_word) {
                        words.push(std::mem::take(&mut word));
                    }
                }
                (None | Some('"'), '\\') => {
                    word.extend(letters.next());
                    has_word = true;
                }
                (None | Some('"'), '$') => {
                    has_word = true;
                    let name = variable_name(&mut letters);
                    match name.as_str() {
                        "" => word.push('$'),
                        "?" => word.push_str(&self.status.to_string()),
                        "(hostname)" => word.push_str(&self.around.hostname),
                        name => word.push_str(self.variables.get(name).map_or("", String::as_str)),
                    }
                }
                (_, letter) => {
                    word.push(letter);
                    has_word = true;
                }
            }
        }
        if has_word {
            words.push(word);
        }
        words
    }
}

fn variable_name(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut name = String::new();
    match letters.peek() {
        Some('{') => {
            letters.next();
            name.extend(letters.by_ref().take_while(|letter| *letter != '}'));
        }
        Some('(') => {
            name.extend(letters.by_ref().take_while(|letter| *letter != ')'));
            name.push(')');
        }
        Some('?') => name.extend(letters.next()),
        _ => {
            while let Some(letter) = letters.next_if(|letter| letter.is_ascii_alphanumeric() || *letter == '_') {
                name.push(letter);
            }
        }
    }
    name
}

fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some((name, value))
}

fn simulated(words: &[String]) -> String {
    format!("(simulated: '{}' was not run)\n", words.join(" "))
}

fn disks(mebibytes: u64) -> String {
    let (whole, used) = (mebibytes / 1024, mebibytes * 43 / 100 / 1024);
    format!(
        "Filesystem      Size  Used Avail Use% Mounted on\n/dev/sda1       {:>3}G  {:>3}G  {:>3}G  43% /\ntmpfs            16G     0   16G   0% /dev/shm\n",
        whole,
        used,
        whole - used
    )
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    Always,
    Success,
    Failure,
}

/// Splits a line at `;`, line ends, `&&` and `||` outside quotes; each part with the condition under which it runs.
fn statements(line: &str) -> Vec<(Condition, String)> {
    let mut found = Vec::new();
    let (mut condition, mut current, mut quote) = (Condition::Always, String::new(), None);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = match (quote, letter) {
            (None, ';' | '\n') => Some(Condition::Always),
            (None, '&') if letters.next_if_eq(&'&').is_some() => Some(Condition::Success),
            (None, '|') if letters.next_if_eq(&'|').is_some() => Some(Condition::Failure),
            _ => None,
        };
        if let Some(next) = next {
            found.push((condition, std::mem::take(&mut current)));
            condition = next;
            continue;
        }
        match quote {
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            Some(open) if open == letter => quote = None,
            _ => {}
        }
        current.push(letter);
    }
    found.push((condition, current));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around() -> Surroundings {
        let variables = BTreeMap::from([("GREETING".to_owned(), "good day".to_owned())]);
        Surroundings {
            hostname: "agent1.local".to_owned(),
            user: "ops".to_owned(),
            variables,
            disk: 102_400,
            ..Surroundings::default()
        }
    }

    fn check(line: &str, stdout: &str, stderr: &str, end: Option<(i64, u8)>) {
        let script = Script::of_line(line, &around());
        assert_eq!(script.written(false, i64::MAX), stdout, "{line}");
        assert_eq!(script.written(true, i64::MAX), stderr, "{line}");
        assert_eq!(script.end, end, "{line}");
    }

    #[test]
    fn known_commands_have_their_effects() {
        check("echo hello; sleep 3; exit 3", "hello\n", "", Some((3 * SECOND, 3)));
        check("false && echo no; true || echo no; false || echo yes", "yes\n", "", Some((0, 0)));
        check(
            "echo 'a;b && c'; echo \"$GREETING\" '$GREETING' ${NONE}x",
            "a;b && c\ngood day $GREETING x\n",
            "",
            Some((0, 0)),
        );
        check("echo oops >&2; false", "", "oops\n", Some((0, 1)));
        check("hostname && whoami", "agent1.local\nops\n", "", Some((0, 0)));
        check("sleep infinity; echo never", "", "", None);
        check("sh -c 'echo inner; exit 4'; echo $?", "inner\n4\n", "", Some((0, 0)));
        check("rm -rf /", "(simulated: 'rm -rf /' was not run)\n", "", Some((0, 0)));
    }

    #[test]
    fn output_comes_in_its_time() {
        let script = Script::of_line("echo one; sleep 2; echo two", &around());
        assert_eq!(script.written(false, SECOND), "one\n");
        assert_eq!(script.written(false, 2 * SECOND), "one\ntwo\n");
    }

    #[test]
    fn a_program_gets_its_arguments_as_they_are() {
        let arguments = ["echo".to_owned(), "a;b".to_owned(), "$GREETING".to_owned()];
        let script = Script::of_program("/bin/echo", &arguments, &around());
        assert_eq!((script.written(false, 0).as_str(), script.end), ("a;b $GREETING\n", Some((0, 0))));
    }
}

//! A pretend shell for containers: a few commands with known effects. It never runs anything of the host.
//!
//! It knows no clock: `advance` receives the time in nanoseconds.

use std::collections::VecDeque;

use crate::time::SECOND;

/// Maximum bytes of output that wait for a reader before a flood pauses.
const FULL: usize = 256 << 10;
/// Bytes that a flood writes at once.
const CHUNK: usize = 16 << 10;
const PROMPT: &[u8] = b"# ";
const HELP: &str = "This is a pretend shell: it never runs a command of a host.\n\
    Commands: cat, clear, df, echo, env, exit, false, help, hostname, id, ls, pwd, seq, sleep, stty size, trap, true, uname, whoami, yes\n";

/// First line of an interactive shell of a demonstration.
const GREETING: &[u8] =
    b"This is the pretend shell of a demo: it never runs a command of a host. Type help for its commands.\r\n";

/// Wait status of a process that a signal killed.
pub(crate) const KILLED: u32 = 9;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    Stdout,
    Stderr,
}

/// Window size of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) rows: u32,
    pub(crate) columns: u32,
}

/// Command of a container, as in CommandInfo.
#[derive(Clone, Debug, Default)]
pub(crate) struct Command {
    pub(crate) value: String,
    pub(crate) shell: bool,
    pub(crate) arguments: Vec<String>,
}

/// What the shell does at the moment.
#[derive(Debug)]
enum Activity {
    Idle,
    Sleeping {
        until: i64,
    },
    /// `cat`: copies its input.
    Copying,
    Flooding(Flood),
}

#[derive(Debug)]
enum Flood {
    Yes(String),
    Numbers { next: u64, last: u64 },
}

#[derive(Debug)]
pub(crate) struct Shell {
    hostname: String,
    tty: Option<Window>,
    interactive: bool,
    statements: VecDeque<String>,
    activity: Activity,
    /// Input that no line end has completed.
    typed: Vec<u8>,
    lines: VecDeque<Vec<u8>>,
    input_ended: bool,
    on_interrupt: Option<String>,
    status: u32,
    output: VecDeque<(Channel, Vec<u8>)>,
    waiting: usize,
    exit: Option<u32>,
}

impl Shell {
    pub(crate) fn new(command: &Command, tty: Option<Window>, hostname: String) -> Shell {
        let mut shell = Shell {
            hostname,
            tty,
            interactive: false,
            statements: VecDeque::new(),
            activity: Activity::Idle,
            typed: Vec::new(),
            lines: VecDeque::new(),
            input_ended: false,
            on_interrupt: None,
            status: 0,
            output: VecDeque::new(),
            waiting: 0,
            exit: None,
        };
        shell.start(command);
        shell
    }

    /// Says before the first prompt that the shell is a pretend one. A program that reads the output gets nothing extra.
    pub(crate) fn greet(&mut self) {
        if self.interactive && self.tty.is_some() {
            self.output.push_front((Channel::Stdout, GREETING.to_vec()));
            self.waiting += GREETING.len();
        }
    }

    fn start(&mut self, command: &Command) {
        let program = command.value.rsplit('/').next().unwrap_or_default();
        let alone = command.value.split(' ').count() == 1;
        if matches!(program, "sh" | "bash") && alone && self.has_program(&command.value) {
            return self.open_interactive(&command.arguments);
        }
        if command.shell {
            self.statements = statements(&command.value);
        } else if self.has_program(&command.value) && is_builtin(program) {
            let rest = command.arguments.iter().skip(1).map(String::as_str);
            self.statements.push_back([program].into_iter().chain(rest).collect::<Vec<_>>().join(" "));
        } else {
            self.print(Channel::Stdout, "cannot start the container: [Errno 2] No such file or directory\n");
            self.exit = Some(1 << 8);
        }
    }

    /// Whether the image has the program: a plain name, or one in a usual folder. There is no bash.
    fn has_program(&self, path: &str) -> bool {
        let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
        matches!(folder, "" | "/bin" | "/usr/bin") && name != "bash"
    }

    fn open_interactive(&mut self, arguments: &[String]) {
        if let Some(script) = arguments.iter().position(|it| it == "-c").and_then(|at| arguments.get(at + 1)) {
            self.statements = statements(script);
            return;
        }
        self.interactive = true;
        self.prompt();
    }

    fn prompt(&mut self) {
        if self.interactive && self.tty.is_some() {
            self.write(Channel::Stdout, PROMPT.to_vec());
        }
    }

    /// Wait status, once the process has ended.
    pub(crate) fn exit(&self) -> Option<u32> {
        self.exit
    }

    pub(crate) fn is_full(&self) -> bool {
        self.waiting >= FULL
    }

    pub(crate) fn take_output(&mut self) -> Option<(Channel, Vec<u8>)> {
        let taken = self.output.pop_front()?;
        self.waiting -= taken.1.len();
        Some(taken)
    }

    /// Ends the process by SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.exit.get_or_insert(KILLED);
    }

    pub(crate) fn resize(&mut self, window: Window) {
        if let Some(tty) = &mut self.tty {
            *tty = window;
        }
    }

    /// Receives input; empty input is its end.
    pub(crate) fn input(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            self.input_ended = true;
        }
        for byte in bytes {
            match self.tty {
                Some(_) => self.type_key(*byte),
                None => self.receive(*byte),
            }
        }
    }

    fn receive(&mut self, byte: u8) {
        self.typed.push(byte);
        if byte == b'\n' {
            self.lines.push_back(std::mem::take(&mut self.typed));
        }
    }

    /// A key of a terminal in its usual mode: echoed, edited by line, with ^C and ^D.
    fn type_key(&mut self, byte: u8) {
        match byte {
            3 => self.interrupt(),
            4 if self.typed.is_empty() => self.input_ended = true,
            b'\r' | b'\n' => {
                // A terminal echoes a whole line at once if it was pasted.
                self.echo(b"\r\n");
                self.receive(b'\n');
            }
            8 | 127 if self.typed.pop().is_some() => self.echo(b"\x08 \x08"),
            8 | 127 => {}
            0..32 => {}
            other => {
                self.echo(&[other]);
                self.receive(other);
            }
        }
    }

    fn echo(&mut self, bytes: &[u8]) {
        match self.output.back_mut().filter(|(_, last)| last.len() < CHUNK && !last.ends_with(b"\n")) {
            Some((_, last)) => {
                last.extend_from_slice(bytes);
                self.waiting += bytes.len();
            }
            None => self.write(Channel::Stdout, bytes.to_vec()),
        }
    }

    fn interrupt(&mut self) {
        self.echo(b"^C");
        self.typed.clear();
        if let Some(script) = self.on_interrupt.clone() {
            self.statements = statements(&script);
            self.activity = Activity::Idle;
        } else if self.interactive {
            self.echo(b"\r\n");
            self.statements.clear();
            self.activity = Activity::Idle;
            self.prompt();
        } else {
            self.exit.get_or_insert(2);
        }
    }

    /// Runs until it waits for the clock, for input or for a reader.
    pub(crate) fn advance(&mut self, now: i64) {
        while self.exit.is_none() && self.step(now) {}
    }

    /// Whether something was done.
    fn step(&mut self, now: i64) -> bool {
        match &mut self.activity {
            Activity::Sleeping { until } if *until > now => false,
            Activity::Sleeping { .. } => self.done(0),
            Activity::Copying => self.copy(),
            Activity::Flooding(_) => self.flood(),
            Activity::Idle => self.next(now),
        }
    }

    fn next(&mut self, now: i64) -> bool {
        if let Some(statement) = self.statements.pop_front() {
            self.run(&statement, now);
            if matches!(self.activity, Activity::Idle) && self.statements.is_empty() && self.exit.is_none() {
                self.prompt();
            }
            return true;
        }
        if !self.interactive || (self.input_ended && self.lines.is_empty()) {
            self.exit = Some(self.status << 8);
            return false;
        }
        let Some(line) = self.lines.pop_front() else { return false };
        self.statements = statements(&String::from_utf8_lossy(&line));
        if self.statements.is_empty() {
            self.prompt();
        }
        true
    }

    /// Ends the running command.
    fn done(&mut self, status: u32) -> bool {
        self.activity = Activity::Idle;
        self.status = status;
        if self.statements.is_empty() {
            self.prompt();
        }
        true
    }

    fn copy(&mut self) -> bool {
        match self.lines.pop_front() {
            Some(line) => {
                let text = String::from_utf8_lossy(&line).into_owned();
                self.print(Channel::Stdout, &text);
                true
            }
            None if self.input_ended => {
                // In a terminal ^D ends the input of one command.
                self.input_ended = self.tty.is_none();
                self.done(0)
            }
            None => false,
        }
    }

    fn flood(&mut self) -> bool {
        if self.is_full() {
            return false;
        }
        let Activity::Flooding(flood) = &mut self.activity else { return false };
        let mut text = String::with_capacity(CHUNK);
        let ended = loop {
            if text.len() >= CHUNK {
                break false;
            }
            match flood {
                Flood::Yes(word) => text.push_str(word),
                Flood::Numbers { next, last } if *next <= *last => {
                    text.push_str(&next.to_string());
                    *next += 1;
                }
                Flood::Numbers { .. } => break true,
            }
            text.push('\n');
        };
        self.print(Channel::Stdout, &text);
        if ended { self.done(0) } else { true }
    }

    fn run(&mut self, statement: &str, now: i64) {
        let (statement, channel) = match statement.strip_suffix(">&2") {
            Some(rest) => (rest.trim(), Channel::Stderr),
            None => (statement, Channel::Stdout),
        };
        let words = words(statement);
        let Some((name, arguments)) = words.split_first() else { return };
        self.status = 0;
        let number = || arguments.first().and_then(|word| word.parse::<f64>().ok()).filter(|it| it.is_finite());
        match name.as_str() {
            "echo" => self.print(channel, &format!("{}\n", arguments.join(" "))),
            "sleep" => {
                let nanos = number().unwrap_or(0.0).max(0.0) * SECOND as f64;
                self.activity = Activity::Sleeping { until: now.saturating_add(nanos as i64) };
            }
            // A loop in a script lasts until it is interrupted.
            "while" => self.activity = Activity::Sleeping { until: i64::MAX },
            "exit" => self.exit = Some((number().unwrap_or(0.0) as u32 & 0xff) << 8),
            "false" => self.status = 1,
            "cat" => self.activity = Activity::Copying,
            "trap" => self.on_interrupt = arguments.first().cloned(),
            "yes" => {
                let word = if arguments.is_empty() { "y".to_owned() } else { arguments.join(" ") };
                self.activity = Activity::Flooding(Flood::Yes(word));
            }
            "seq" => {
                let last = number().unwrap_or(0.0).max(0.0) as u64;
                self.activity = Activity::Flooding(Flood::Numbers { next: 1, last });
            }
            name => match self.fixed_output(name, arguments) {
                Some(text) => self.print(channel, &text),
                None => {
                    self.print(Channel::Stderr, &format!("sh: 1: {name}: not found\n"));
                    self.status = 127;
                }
            },
        }
    }

    /// Output of a command that only prints.
    fn fixed_output(&self, name: &str, arguments: &[String]) -> Option<String> {
        Some(match name {
            "true" | ":" => String::new(),
            "help" => HELP.to_owned(),
            "clear" => "\x1b[H\x1b[2J".to_owned(),
            "hostname" => format!("{}\n", self.hostname),
            "whoami" => "root\n".to_owned(),
            "id" => "uid=0(root) gid=0(root) groups=0(root)\n".to_owned(),
            "pwd" => "/mnt/mesos/sandbox\n".to_owned(),
            "ls" => "\x1b[34mconf\x1b[0m  \x1b[34mlogs\x1b[0m  stderr  stdout\n".to_owned(),
            "uname" => "Linux\n".to_owned(),
            "env" => "MESOS_SANDBOX=/mnt/mesos/sandbox\nTERM=xterm-256color\n".to_owned(),
            "df" => {
                "Filesystem      Size  Used Avail Use% Mounted on\n/dev/sda1       100G   43G   57G  43% /\n".to_owned()
            }
            "stty" if arguments.first().is_some_and(|word| word == "size") => match self.tty {
                Some(Window { rows, columns }) => format!("{rows} {columns}\n"),
                None => "stty: 'standard input': Inappropriate ioctl for device\n".to_owned(),
            },
            _ => return None,
        })
    }

    /// Prints text; a terminal gets everything on one channel, with its own line ends.
    fn print(&mut self, channel: Channel, text: &str) {
        match self.tty {
            Some(_) => self.write(Channel::Stdout, text.replace('\n', "\r\n").into_bytes()),
            None => self.write(channel, text.as_bytes().to_vec()),
        }
    }

    fn write(&mut self, channel: Channel, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            self.waiting += bytes.len();
            self.output.push_back((channel, bytes));
        }
    }
}

fn is_builtin(name: &str) -> bool {
    HELP.split([' ', ',', '\n']).any(|word| word == name)
}

/// Splits a script at `;`, `&&` and line ends outside quotes.
fn statements(script: &str) -> VecDeque<String> {
    let mut found = VecDeque::new();
    let mut current = String::new();
    let mut quote = None;
    let script = script.replace("&&", ";");
    if let Some(at) = script.find("while ") {
        // The loop's own statements are not run.
        found = statements(&script[..at]);
        found.push_back("while".to_owned());
        return found;
    }
    for letter in script.chars() {
        match (quote, letter) {
            (None, ';' | '\n') => found.push_back(std::mem::take(&mut current)),
            (None, '"' | '\'') => {
                quote = Some(letter);
                current.push(letter);
            }
            (Some(open), letter) if open == letter => {
                quote = None;
                current.push(letter);
            }
            (_, letter) => current.push(letter),
        }
    }
    found.push_back(current);
    found.retain(|statement| !statement.trim().is_empty());
    found.iter_mut().for_each(|statement| *statement = statement.trim().to_owned());
    found
}

/// Splits a statement into words; quotes hold words together.
fn words(statement: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut quote = None;
    let mut inside = false;
    for letter in statement.chars() {
        match (quote, letter) {
            (None, ' ' | '\t') => inside = false,
            (None, '"' | '\'') => {
                quote = Some(letter);
                if !std::mem::replace(&mut inside, true) {
                    words.push(String::new());
                }
            }
            (Some(open), letter) if open == letter => quote = None,
            (_, letter) => {
                if !std::mem::replace(&mut inside, true) {
                    words.push(String::new());
                }
                if let Some(word) = words.last_mut() {
                    word.push(letter);
                }
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_interactive_shell_greets() {
        let first = |mut shell: Shell| {
            shell.greet();
            shell.advance(0);
            shell.take_output().map(|(_, bytes)| bytes)
        };
        assert_eq!(first(terminal()).as_deref(), Some(GREETING));
        assert_eq!(first(Shell::new(&command("echo a"), None, String::new())).as_deref(), Some(&b"a\n"[..]));
    }

    fn command(value: &str) -> Command {
        Command { value: value.to_owned(), shell: true, arguments: Vec::new() }
    }

    fn terminal() -> Shell {
        let command = Command { value: "/bin/sh".to_owned(), shell: false, arguments: vec!["sh".into(), "-i".into()] };
        Shell::new(&command, Some(Window { rows: 24, columns: 80 }), "host".to_owned())
    }

    fn read(shell: &mut Shell, now: i64) -> String {
        shell.advance(now);
        let bytes: Vec<u8> = std::iter::from_fn(|| shell.take_output()).flat_map(|(_, bytes)| bytes).collect();
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn a_script_prints_on_two_channels_and_exits_with_its_status() {
        let mut shell = Shell::new(&command("echo out1; echo err1 >&2; sleep 1; exit 7"), None, String::new());
        shell.advance(0);
        let output: Vec<_> = std::iter::from_fn(|| shell.take_output()).collect();
        assert_eq!(output, [(Channel::Stdout, b"out1\n".to_vec()), (Channel::Stderr, b"err1\n".to_vec())]);
        shell.advance(SECOND - 1);
        assert_eq!(shell.exit(), None);
        shell.advance(SECOND);
        assert_eq!(shell.exit(), Some(7 << 8));
    }

    #[test]
    fn a_terminal_echoes_and_knows_its_size() {
        let mut shell = terminal();
        assert_eq!(read(&mut shell, 0), "# ");
        shell.resize(Window { rows: 30, columns: 100 });
        shell.input(b"stty sizq\x7fe\n");
        assert_eq!(read(&mut shell, 0), "stty sizq\x08 \x08e\r\n30 100\r\n# ");
        shell.input(b"echo 'a  b'; exit 5\r");
        assert_eq!(read(&mut shell, 0), "echo 'a  b'; exit 5\r\na  b\r\n");
        assert_eq!(shell.exit(), Some(5 << 8));
    }

    #[test]
    fn an_interrupt_ends_the_command_and_runs_a_trap() {
        let mut shell = terminal();
        shell.input(b"sleep 100\n");
        assert_eq!(read(&mut shell, 0), "# sleep 100\r\n");
        shell.input(b"\x03");
        assert_eq!(read(&mut shell, 0), "^C\r\n# ");
        let mut script = Shell::new(
            &command("trap \"echo got-int; exit 3\" INT; while :; do sleep 0.2; done"),
            Some(Window { rows: 24, columns: 80 }),
            String::new(),
        );
        assert_eq!(read(&mut script, 0), "");
        script.input(b"\x03");
        assert_eq!(read(&mut script, 0), "^Cgot-int\r\n");
        assert_eq!(script.exit(), Some(3 << 8));
    }

    #[test]
    fn the_end_of_input_ends_cat_and_the_shell() {
        let mut shell = Shell::new(&command("cat; echo end"), None, String::new());
        shell.input(b"hello\n");
        assert_eq!(read(&mut shell, 0), "hello\n");
        shell.input(b"");
        assert_eq!((read(&mut shell, 0).as_str(), shell.exit()), ("end\n", Some(0)));
        let mut shell = terminal();
        shell.input(b"\x04");
        shell.advance(0);
        assert_eq!(shell.exit(), Some(0));
    }

    #[test]
    fn a_flood_waits_for_its_reader() {
        let mut shell = Shell::new(&command("yes"), None, String::new());
        shell.advance(0);
        assert!(shell.is_full() && shell.waiting < FULL + CHUNK + 2);
        assert!(read(&mut shell, 0).starts_with("y\ny\n"));
        shell.advance(0);
        assert!(shell.is_full());
        let mut numbers = Shell::new(&command("seq 3"), None, String::new());
        assert_eq!(read(&mut numbers, 0), "1\n2\n3\n");
    }

    #[test]
    fn unknown_programs_are_reported() {
        let mut shell = Shell::new(&command("frobnicate"), None, String::new());
        assert_eq!(read(&mut shell, 0), "sh: 1: frobnicate: not found\n");
        assert_eq!(shell.exit(), Some(127 << 8));
        let missing = Command { value: "/no/such".to_owned(), ..Command::default() };
        let mut shell = Shell::new(&missing, None, String::new());
        assert!(read(&mut shell, 0).starts_with("cannot start the container"));
        assert_eq!(shell.exit(), Some(256));
    }
}

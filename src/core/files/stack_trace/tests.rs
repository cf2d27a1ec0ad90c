//! Traces of each language, line by line.

use super::*;

/// The lines of a text that belong to a trace; `+` before a line says so, `-` that it does not.
fn check(marked: &str) {
    let mut state = None;
    let mut said = String::new();
    let lines: Vec<&str> = marked.lines().filter_map(|line| line.trim_start().get(1..)).collect();
    for line in &lines {
        state = match (TraceLine::of(line), state) {
            (Some(of), _) => Some(of.state()),
            (None, Some(before)) => TraceState::after(before, line),
            (None, None) => None,
        };
        said.push_str(&format!("{}{line}\n", if state.is_some() { '+' } else { '-' }));
    }
    let due: String = marked.lines().map(|line| format!("{}\n", line.trim_start())).collect();
    assert_eq!(said, due);
}

#[test]
fn python() {
    check(
        "-ready
         +Traceback (most recent call last):
         +  File \"/app/x.py\", line 7, in <module>
         +    main()
         +    ^^^^^^
         +requests.exceptions.Timeout: slow
         +
         +During handling of the above exception, another exception occurred:
         +
         +Traceback (most recent call last):
         +  File \"/app/x.py\", line 9, in <module>
         +    raise Gone(\"x\")
         +__main__.Gone: x
         -retrying in 5 s
         +ValueError: no
         -Done: 7",
    );
    check(
        "+  + Exception Group Traceback (most recent call last):
         +  |   File \"x.py\", line 1, in f
         +  | ExceptionGroup: several (2 sub-exceptions)
         +  +-+---------------- 1 ----------------
         +    | ValueError: 1",
    );
}

#[test]
fn java() {
    check(
        "+Exception in thread \"main\" java.lang.IllegalStateException: no
         +\tat com.example.A.b(A.java:7)
         +\tat java.base/java.lang.Thread.run(Thread.java:833)
         +\tat com.example.N.c(Native Method)
         +\tSuppressed: java.io.IOException
         +Caused by: java.lang.NullPointerException
         +\t... 12 more
         -shutting down
         +java.lang.OutOfMemoryError: Java heap space
         +scala.MatchError: 3 (of class java.lang.Integer)",
    );
}

#[test]
fn go() {
    check(
        "+goroutine 1 [running]:
         +main.main()
         +\t/src/main.go:12 +0x1d
         +net/http.(*conn).serve(0xc000124000, {0x7f80, 0xc0001})
         +\t/usr/local/go/src/net/http/server.go:2009 +0x5f4
         +created by net/http.(*Server).Serve in goroutine 1
         +\t/usr/local/go/src/net/http/server.go:3086 +0x5cb
         +exit status 2
         -listening again
         +[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4]
         +
         +rax    0x0
         +rbx    0x1",
    );
}

#[test]
fn rust() {
    check(
        "+thread 'main' panicked at src/main.rs:2:5:
         +index out of bounds: the len is 3 but the index is 99
         +note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
         -next
         +thread '<unnamed>' (1234) panicked at 'old form', src/lib.rs:1:1
         +assertion `left == right` failed
         +  left: 1
         +stack backtrace:
         +   0: rust_begin_unwind
         +             at /rustc/1/library/std/src/panicking.rs:1:5
         -next",
    );
}

#[test]
fn javascript() {
    check(
        "+/app/index.js:3
         +throw new TypeError('no');
         +^
         +
         +TypeError: no
         +    at f (/app/index.js:3:9)
         +    at /app/index.js:9:1
         +    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
         +
         +Node.js v20.1.0
         -started
         +Uncaught ReferenceError: x is not defined
         +(node:7) UnhandledPromiseRejectionWarning: Error: no
         +TypeError [ERR_INVALID_ARG_TYPE]: no",
    );
}

#[test]
fn ruby() {
    check(
        "+app.rb:7:in `b': undefined method `c' for nil:NilClass (NoMethodError)
         +\tfrom app.rb:9:in `<main>'
         -next
         +app.rb:7:in 'Integer': invalid value (ArgumentError)
         +RuntimeError (no)",
    );
}

#[test]
fn c_and_glog() {
    check(
        "+*** Check failure stack trace: ***
         +    @     0x7f0c google::LogMessage::Fail()
         +PC: @ 0x0 (unknown)
         +*** Aborted at 1700000000 (unix time) try \"date -d @1700000000\" if you are using GNU date ***
         +*** SIGABRT (@0x3e8) received by PID 1000 (TID 0x7f) from PID 1000; stack trace: ***
         +terminate called after throwing an instance of 'std::runtime_error'
         +  what():  no
         +Aborted (core dumped)
         +Segmentation fault (core dumped)
         +sh: line 1:  7 Segmentation fault      ./x
         +x: x.c:7: main: Assertion `i > 0' failed.
         -next",
    );
}

#[test]
fn dot_net() {
    check(
        "+Unhandled exception. System.InvalidOperationException: no
         + ---> System.Exception: inner
         +   at Program.F() in /src/Program.cs:line 7
         +   --- End of inner exception stack trace ---
         +   at Program.Main(String[] args)
         +--- End of stack trace from previous location ---
         -next
         +System.AggregateException: One or more errors occurred. (no)",
    );
}

#[test]
fn other_languages() {
    check(
        "+PHP Fatal error:  Uncaught Exception: no in /app/x.php:3
         +Stack trace:
         +#0 /app/x.php(7): f()
         +#1 {main}
         +  thrown in /app/x.php on line 3
         -ready
         -#12 building
         +** (RuntimeError) no
         +    x.exs:1: (file)",
    );
}

#[test]
fn ordinary_lines_are_of_no_trace() {
    check(
        "-ready
         -Errors: 0
         -Error
         -MeanSquaredError: 0.312
         -ValidationError: 1e-3
         -LastException: 7
         -no exception was thrown
         -the panic button
         -goroutine pool started
         -goroutine 7 finished
         -at 12:00 nothing
         -  at the end (of the day) we stop
         -  indented
         -from a.b to c.d
         -function f(x) { return x }
         -see a.b(c)
         -#1 priority
         -+1
         -/app/index.js:3 loaded
         -https://example.com/x.js:3
         -Caused trouble
         -Stack: full
         -Exceptional service
         -thread 'main' started
         -
         -  at 10:30 (local time) it began
         -  at 10:30
         -x.y()
         -Started
         -error_rate: 3",
    );
}

#[test]
fn a_time_before_the_line_changes_nothing() {
    for line in [
        "2026-11-22T00:08:20.123456789Z Traceback (most recent call last):",
        "2026-11-22 00:08:20 java.io.IOException: closed",
        "[2026-11-22 00:08:20] Unhandled exception. System.Exception: no",
        "2026-11-22T00:08:20Z \tat a.B.c(B.java:7)",
        "2026/11/22 00:08:20 http: panic serving 127.0.0.1:1: no",
    ] {
        assert_eq!(line_level(line), Some(Level::Error), "{line}");
    }
    assert_eq!(line_level("2026-11-22T00:08:20Z ready"), None);
    assert_eq!(
        line_level("2026-11-22 INFO java.io.IOException: closed"),
        Some(Level::Info),
        "a level that is named counts"
    );
}

#[test]
fn lines_on_screen_have_the_levels_of_their_traces() {
    let lines = [
        ("Traceback (most recent call last):", Some(Level::Error)),
        ("  File \"a.py\", line 7, in f", Some(Level::Error)),
        ("    g()", Some(Level::Error)),
        ("2026-11-22 00:08:20 ready", None),
        ("    g()", None),
        ("WARN slow", Some(Level::Warn)),
        ("2026-11-22 00:08:20 Traceback (most recent call last):", Some(Level::Error)),
        ("plain", None),
    ];
    let mut state = None;
    for (line, level) in lines {
        let (shown, next) = level_below(state, line);
        assert_eq!(shown, level, "{line}");
        state = next;
    }
}

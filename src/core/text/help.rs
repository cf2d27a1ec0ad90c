//! Content of the help page. `help_keys` has the keys.

use super::help_keys::{KEY_GROUPS, KeyGroup};

/// A section of the help page.
#[derive(Clone, Copy, Debug)]
pub struct HelpSection {
    /// Heading.
    pub title: &'static str,
    /// Content, in order.
    pub blocks: &'static [HelpBlock],
}

/// A part of a section.
#[derive(Clone, Copy, Debug)]
pub enum HelpBlock {
    /// A sentence or two.
    Text(&'static str),
    /// A term and its explanation each.
    Terms(&'static [[&'static str; 2]]),
    /// An example of code and its meaning each.
    Examples(&'static [[&'static str; 2]]),
    /// Keys.
    Keys(&'static KeyGroup),
    /// Letters after `g`, from `Place::ALL`.
    PlaceKeys,
    /// Fields of each table's filter.
    FilterFields,
    /// Colours of states, each with its meaning.
    Colours(&'static [[&'static str; 2]]),
}

/// All sections, in order.
pub const SECTIONS: [HelpSection; 8] = [KEYS, FILTERS, VIEWS, LOGS, CHANGES, RUNS, COLOURS, DATA];

const KEYS: HelpSection = HelpSection {
    title: "Keys",
    blocks: &[
        HelpBlock::Keys(&KEY_GROUPS[0]),
        HelpBlock::PlaceKeys,
        HelpBlock::Keys(&KEY_GROUPS[1]),
        HelpBlock::Keys(&KEY_GROUPS[2]),
        HelpBlock::Keys(&KEY_GROUPS[3]),
        HelpBlock::Keys(&KEY_GROUPS[4]),
        HelpBlock::Keys(&KEY_GROUPS[5]),
        HelpBlock::Keys(&KEY_GROUPS[6]),
    ],
};

const FILTERS: HelpSection = HelpSection {
    title: "Filters",
    blocks: &[
        HelpBlock::Text(
            "All terms must match. The filter suggests fields and values. \"Add filter\" builds a term without typing, and \"exclude\" the one with -.",
        ),
        HelpBlock::Examples(&[
            ["host3", "Rows with that text in any field."],
            ["state:running", "The field contains the value. A state begins with it."],
            ["state:failed,lost", "Any of these values: a comma means \"or\"."],
            ["role:=\"a,b\"", "A value that contains a comma: write it in quotes."],
            ["rack:r1*", "The whole value fits the pattern."],
            ["role:=prod", "Exactly this value."],
            ["role:prod/", "The role and its child roles."],
            ["role:prod/*", "Its child roles."],
            ["limit:near,over", "Roles that use 95 % or more of a limit. Others are below, or have none."],
            ["-label:batch", "Rows that the term without - does not match."],
            ["cpus>2  cpus<=4  cpus=0.5", "Numbers. = compares three decimals. mem and disk are in GiB."],
            [
                "free.cpus>=4  total.mem>64",
                "On agents: the free amount, or all of it. cpus alone is the allocated amount.",
            ],
            ["changed<10m  started>2h", "Age, in s, m, h or d."],
            ["unchanged>5m", "Tasks whose state has not changed for that long."],
            ["\"state:", "The text state: in any field: a quote makes a term plain text."],
        ]),
        HelpBlock::FilterFields,
        HelpBlock::Terms(&[
            ["Attributes", "Each attribute of an agent is a field: rack:r1, generation>3. attributes is all of them."],
            [
                "Hosts",
                "host and hostname are the host of an agent. agent is its host or its id. ip and address are those of a task.",
            ],
            [
                "Names and ids",
                "task, framework, executor, offer, operation, machine and master are the id or the name of that object. framework.id and agent.id are the id only.",
            ],
        ]),
    ],
};

const VIEWS: HelpSection = HelpSection {
    title: "Tables, views and the palette",
    blocks: &[HelpBlock::Terms(&[
        [
            "Order",
            "Click a header. Shift+click another one to add a second order. A header says by what it sorts, where its title does not: \"% used\".",
        ],
        [
            "What fits",
            "On Agents: enter the CPUs, memory, disk and GPUs of a task. The filter then finds active agents with that much free.",
        ],
        ["Columns", "The menu \"Columns\" chooses them. This browser keeps the choice."],
        [
            "Saved views",
            "The menu \"Views\" saves filter, order and columns under a name. A saved view is also in the palette. Its address is a link for others.",
        ],
        [
            "Pause updates",
            "Rows on screen stop changing until you resume. Rows never move while the pointer moves over them.",
        ],
        [
            "Download",
            "CSV or JSON, with the filtered rows and the visible columns. CSV escapes cells that a spreadsheet would read as formulas.",
        ],
        [
            "Palette",
            "Ctrl+K finds any object, page, view or command. Type \"drain\", \"quota\", \"dark\" or \"utc\". Words after a command name its target: \"drain a0042\".",
        ],
        [
            "Recent and favourites",
            "An empty palette lists favourites, saved views and recent objects. This browser keeps them. Signing out clears the recent ones.",
        ],
        [
            "Names",
            "The page and CSV show invisible characters as escapes, such as \\u{202e}. Copies and JSON keep the original.",
        ],
    ])],
};

const LOGS: HelpSection = HelpSection {
    title: "Files and logs",
    blocks: &[
        HelpBlock::Text(
            "A file opens at its end. Its scroll bar represents its bytes, so a file of any size opens at once.",
        ),
        HelpBlock::Terms(&[
            [
                "Search",
                "Starts at the end and goes up. A regular expression sees a line above 1 MiB only in parts, and the page says so.",
            ],
            [
                "Matches only",
                "Hides the lines without a match. \"Context lines\" shows up to 10 lines around each match.",
            ],
            [
                "Levels",
                "\"All levels\", \"Info and above\", \"Warning and above\" or \"Errors\". A line without level and time belongs to the line above. Tracebacks, panics and stack traces are errors, with all their lines.",
            ],
            ["Source", "\"Source (prefix)\" and \"Thread\" show only the lines of a source file or a thread."],
            [
                "Go to",
                "\"Line number\", \"Byte offset or percent\", or a time. Line numbers are links: click one, and Shift+click another to link a range.",
            ],
            [
                "Compare",
                "Up to eight files: \"Task logs\" finds them by task or host, \"Other file\" by agent and \"Path\". They are \"Side by side\", \"Merged by timestamp\" or \"Merged by arrival\".",
            ],
            [
                "View",
                "\"Wrap long lines\". \"Byte offsets\" instead of line numbers. \"Hex view\" of the bytes. \"Show overwritten text\" before a carriage return. \"Highlight words\" in colours.",
            ],
            [
                "Times",
                "Times without a zone are UTC, unless you choose another: \"Assume time zone\". \"Convert times to my time zone\" shows them in your own. The page lists ambiguous zone names, such as CST, below the lines.",
            ],
            ["Pause and resume", "A paused log does not move. \"Resume\" reads the lines that were added meanwhile."],
            ["Clear", "Hides the lines above. The file does not change."],
            [
                "Notes",
                "Behind the icon: what is special about an open file, such as a log that all tasks of an executor share.",
            ],
            ["Preview", "Shows a picture as a picture, and JSON with indentation."],
            [
                "Encoding",
                "\"Detected\" from the bytes: UTF-8, UTF-16 or Windows-1252. The footer shows the encoding, and you can choose another.",
            ],
            ["Holes", "A run of NUL bytes is one row, whatever its length."],
            [
                "Rotation",
                "Detected by the file's size, and by 64 known bytes that each poll reads again. The search can include rotated files.",
            ],
            [
                "Copies",
                "A copied selection has the file's own bytes, also those that the page does not show. Linked lines are copied completely, up to 16 MiB.",
            ],
            [
                "Downloads",
                "Two at a time over all tabs; others wait. Without the gateway, only the master's files, up to 256 MiB each. A folder is downloaded as tar.",
            ],
            [
                "Pipes and devices",
                "The page opens only regular files. A named pipe would block the process of the agent that serves files.",
            ],
        ]),
    ],
};

const CHANGES: HelpSection = HelpSection {
    title: "Changes to the cluster",
    blocks: &[
        HelpBlock::Text(
            "Every change goes through one dialog. It shows the current and the new values, what is affected, and the request as JSON and as curl.",
        ),
        HelpBlock::Terms(&[
            ["Confirmation", "If a change cannot be undone, you type the name of its target."],
            [
                "Conflict",
                "Right before it sends a change, the page reads the current state. If it differs from what the dialog shows, nothing is sent.",
            ],
            [
                "Verification",
                "After a change, the page reads the cluster until the change is visible. If the response is lost, it finds the outcome, or says that it is unknown.",
            ],
            [
                "Batches",
                "Several changes, as many at a time as you choose. Drains can wait for each other and stop at a failure. A large batch previews its next 300 changes.",
            ],
            [
                "My changes",
                "The last 500 changes of this tab, with the call that reverts each. They survive a reload. Signing out clears them.",
            ],
            ["Read-only mode", "Disables changes in all tabs of this browser. The palette turns it on and off."],
            [
                "Weights",
                "Edited in the table of roles. Each field shows the resulting fair share. One request sends all edited weights.",
            ],
            [
                "Drain",
                "Shows the remaining tasks by framework, and an estimated end. Mesos reports no end, so the page estimates it from grace period and kill policies.",
            ],
            ["Quotas", "If Mesos would refuse a quota without force, the dialog says so. Forcing is a separate step."],
            [
                "Maintenance",
                "A draft, edited on a time axis, in a table or in a form, until it is sent or discarded. Changes of others are merged by machine.",
            ],
            [
                "Maintenance times",
                "24-hour fields in the zone on screen: 2026-11-30 14:00, 14:00, today 14:00 or tomorrow 14:00. Add UTC to enter a time in UTC: 02:00 UTC.",
            ],
            [
                "Import and export",
                "The schedule as JSON or iCalendar. An import reads single events with a line X-MESOS-MACHINE:host address, and lists the events that it skips.",
            ],
            ["Log verbosity", "Read before and after a change. A countdown shows when it reverts, if this tab set it."],
        ]),
    ],
};

const RUNS: HelpSection = HelpSection {
    title: "Commands on agents",
    blocks: &[
        HelpBlock::Text(
            "\"Run a command\" is in the palette, in the menus of agents and roles, and above the table of agents. This browser registers a framework for it.",
        ),
        HelpBlock::Terms(&[
            [
                "Agents",
                "Those that you chose, or those of a filter as in the table of agents: each of them, or any so many. Agents without offers are left out.",
            ],
            [
                "Preview",
                "Where there is room now, what the run takes, and the limits of the role. Which offers come, and when, is the master's to decide.",
            ],
            [
                "Links",
                "A link can fill in the form, but never the environment. Nothing runs before you press the button.",
            ],
            ["Root", "Only with \"Run as root\". An agent without --switch_user runs commands as its own user."],
            [
                "Environment",
                "Its values are kept nowhere in this browser. \"Run again\" has them until the page's worker ends.",
            ],
            ["Results", "A table as any other: exit>0, took>10 or state:failed, and an export as CSV or JSON."],
            [
                "Output",
                "\"Follow merged\" or \"Follow side by side\" opens up to eight outputs as logs. \"Compare\" groups equal ones, and shows where others begin to differ.",
            ],
            ["Without this browser", "How long a run goes on after its last tab was closed. Another tab picks it up."],
        ]),
    ],
};

const COLOURS: HelpSection = HelpSection {
    title: "Colours",
    blocks: &[
        HelpBlock::Text("No colour is used alone: a word beside it says the same."),
        HelpBlock::Colours(&[
            ["ok", "Works as expected: running, active, live."],
            ["busy", "In progress: staging, starting, draining, connecting."],
            ["warn", "Needs attention soon: disconnected, killing, silent."],
            ["bad", "Failed: failed, error, unhealthy, exceeded."],
            ["lost", "Unknown or gone: lost, unreachable, gone."],
            ["idle", "Nothing to do: finished, killed, completed, deactivated, drained."],
        ]),
        HelpBlock::Text(
            "A pale blue cell has just changed. A grey page shows old data: the notice above it says how old.",
        ),
    ],
};

const DATA: HelpSection = HelpSection {
    title: "How exact the data is",
    blocks: &[HelpBlock::Terms(&[
        ["Stale data", "Shows its age. A notice says when the master may hide objects from you."],
        [
            "Unreadable fields",
            "If a field has an unexpected type, only that field is missing. The object's page names it, and Diagnostics counts it.",
        ],
        [
            "Lost updates",
            "If the master's counts of tasks differ from the page's for long, the page says so and reads all tasks again.",
        ],
        [
            "Conflicting states",
            "If an agent and the master report different states of a task, the task's page says so.",
        ],
        [
            "Clocks",
            "Ages follow the master's clock, which the page measures. It measures an agent's clock when it calls that agent.",
        ],
        [
            "Partial answers",
            "If a schedule or the quotas could not be read completely, the page shows what it could read, and disables changes to it.",
        ],
    ])],
};

//! Keys of the page, by place. A test compares them with the keys that the page's code handles.

/// Keys of one place.
#[derive(Clone, Copy, Debug)]
pub struct KeyGroup {
    /// Where they work.
    pub title: &'static str,
    /// The keys, in order.
    pub keys: &'static [KeyHelp],
}

/// Keys with one purpose.
#[derive(Clone, Copy, Debug)]
pub struct KeyHelp {
    /// Keys as `KeyboardEvent.key` names them, such as `ArrowUp`, each after its modifiers: `Ctrl+k`.
    pub keys: &'static [&'static str],
    /// What they do.
    pub does: &'static str,
}

const fn key(keys: &'static [&'static str], does: &'static str) -> KeyHelp {
    KeyHelp { keys, does }
}

/// All keys, by place.
pub const KEY_GROUPS: [KeyGroup; 9] = [
    KeyGroup {
        title: "On every page",
        keys: &[
            key(&["Ctrl+k"], "Opens search and commands. On a Mac, ⌘K."),
            key(&["?"], "Opens this page."),
            key(&["g"], "Then the letter of a page, see below, opens that page. Not in a file."),
            key(
                &["/"],
                "Goes to the filter or the search of the page. In a table, typing any other letter than g does so, too.",
            ),
            key(&["Escape"], "Closes a dialog, a menu, a list or a tooltip; clears the filter."),
        ],
    },
    KeyGroup {
        title: "In search and suggestions",
        keys: &[
            key(&["ArrowUp", "ArrowDown"], "Choose a result."),
            key(&["Enter"], "Opens it, or runs the command."),
            key(&["Backspace"], "Returns from the target to the command, if nothing is typed."),
            key(&["Escape"], "Closes the list."),
        ],
    },
    KeyGroup {
        title: "In the rows of a table",
        keys: &[
            key(&["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"], "Move between rows."),
            key(&["ArrowLeft", "ArrowRight"], "Move between cells."),
            key(&["Enter"], "Opens the row."),
            key(&[" "], "Selects the row for a batch."),
            key(&["ContextMenu", "Shift+F10"], "Opens the menu of a reservation or volume."),
            key(&["Ctrl+c"], "Copies the id or the cell. With Shift, the row."),
            key(&["Escape"], "Returns from a cell to the row."),
            key(&["Backspace"], "Opens the parent folder, in a list of files."),
        ],
    },
    KeyGroup {
        title: "In the tree of containers",
        keys: &[
            key(&["ArrowUp", "ArrowDown", "Home", "End"], "Move between rows."),
            key(&["ArrowRight"], "Shows the containers inside, or goes to the next row."),
            key(&["ArrowLeft"], "Hides the containers inside, or goes to the container around it."),
            key(&["Enter"], "Shows the details, or hides them."),
        ],
    },
    KeyGroup {
        title: "In a file",
        keys: &[
            key(&["ArrowUp", "ArrowDown", "PageUp", "PageDown", " "], "Scroll. Shift+Space scrolls up."),
            key(&["Home", "g"], "Goes to the start."),
            key(&["End", "G"], "Goes to the end."),
            key(&["/"], "Searches."),
            key(&["n", "N"], "Next and previous match."),
            key(&["Enter"], "In the search: the previous match, with Shift the next one."),
            key(&["Escape"], "In the search: clears it."),
            key(&["w"], "Wraps long lines."),
            key(&["f"], "Pauses and resumes following."),
            key(&["c"], "Hides the lines above, or shows them again."),
            key(&["l"], "Links the first visible line, or removes the link."),
            key(&["j", "k"], "Link the next or the previous line."),
            key(&["J", "K"], "Extend the linked lines."),
        ],
    },
    KeyGroup {
        title: "In a terminal",
        keys: &[
            key(
                &["Ctrl+Shift+x"],
                "Leaves the terminal: the focus moves to its tab. All other keys go to the program.",
            ),
            key(&["Ctrl+Shift+c"], "Copies the selection. Ctrl+Shift+V pastes; on a Mac, Cmd+C and Cmd+V."),
            key(&["Ctrl+Shift+f"], "Searches in the output."),
            key(&["ArrowLeft", "ArrowRight"], "On a tab: move to the terminal beside."),
            key(&["Escape"], "In the search: close it."),
        ],
    },
    KeyGroup {
        title: "On the time axis of maintenance",
        keys: &[
            key(&["ArrowLeft", "ArrowRight"], "Move a window by 15 minutes. With Shift, by an hour."),
            key(&["[", "]"], "Shorten or extend it by 15 minutes. With Shift, by an hour."),
            key(&["c"], "Duplicates it."),
            key(&["s"], "Splits it."),
            key(&["o"], "Removes its end, so that it stays open."),
            key(&["Delete", "Backspace"], "Removes it."),
            key(&["Enter"], "Opens its form."),
        ],
    },
    KeyGroup {
        title: "On the agent map",
        keys: &[
            key(&["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"], "Move between agents."),
            key(&["Enter"], "Opens the agent."),
            key(&["Escape"], "Closes the card of the agent."),
        ],
    },
    KeyGroup {
        title: "In fields",
        keys: &[
            key(&["Enter"], "Applies the field: a jump, a path, a weight, the next match in JSON."),
            key(&["ArrowUp", "ArrowDown"], "Move to the next weight in the table of roles."),
            key(&["Escape"], "Discards what you typed."),
        ],
    },
];

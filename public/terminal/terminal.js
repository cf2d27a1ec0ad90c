// Adapts xterm.js to the page: styles without inline CSS, colours of the theme, search, and guards against hostile output.
// The page uses `mesoscopeTerminal` alone. Knows no session.

import { FitAddon } from "./fit.js";
import { Terminal } from "./xterm.js";

const SCROLLBACK = 10000;
/** Bytes that are parsed at once. xterm.js yields to the page only between two pieces. */
const PIECE = 2048;
/**
 * CSI sequences that xterm.js repeats as often as their parameter says, up to 2^31 times, with the name of the method and the largest
 * useful parameter.
 */
const CLAMPED = {
  I: ["cursorForwardTab", (terminal) => terminal.cols],
  L: ["insertLines", (terminal) => terminal.rows],
  M: ["deleteLines", (terminal) => terminal.rows],
  S: ["scrollUp", (terminal) => terminal.rows],
  T: ["scrollDown", (terminal) => terminal.rows],
  Z: ["cursorBackwardTab", (terminal) => terminal.cols],
  b: ["repeatPrecedingCharacter", (terminal) => terminal.cols],
};
/** UTF-16 units of one character with its combining marks. */
const MOST_MARKS = 16;
/**
 * OSC sequences that would leave the terminal (titles, hyperlinks, the clipboard, notifications), and those that reset colours, as the
 * theme's are fixed: each change would draw the whole screen again.
 */
const SWALLOWED = [0, 1, 2, 8, 9, 52, 104, 110, 111, 112, 777, 1337];
/** OSC sequences that ask for colours or set them; with the form of a question. */
const COLOURS = { 4: /^\d+;\?(;\d+;\?)*$/, 10: /^\?(;\?)*$/, 11: /^\?(;\?)*$/, 12: /^\?$/ };

let open = 0;
let uninstallStyles = () => {};

/** Terminals add style elements and style attributes, which the page's security policy forbids: they become style sheets. */
function installStyles() {
  const real = Document.prototype.createElement;
  document.createElement = function (name, ...rest) {
    const lower = String(name).toLowerCase();
    if (lower === "style") return styleSheet(real);
    const element = real.call(document, name, ...rest);
    if (lower === "span") {
      const set = element.setAttribute;
      element.setAttribute = (key, value) => {
        if (key === "style") element.style.cssText = value;
        else set.call(element, key, value);
      };
    }
    return element;
  };
  return () => delete document.createElement;
}

function styleSheet(create) {
  const placeholder = create.call(document, "x-sheet");
  const sheet = new CSSStyleSheet();
  const remove = placeholder.remove;
  placeholder.hidden = true;
  document.adoptedStyleSheets.push(sheet);
  Object.defineProperty(placeholder, "textContent", { get: () => "", set: (text) => sheet.replaceSync(text) });
  placeholder.remove = () => {
    const at = document.adoptedStyleSheets.indexOf(sheet);
    if (at >= 0) document.adoptedStyleSheets.splice(at, 1);
    remove.call(placeholder);
  };
  return placeholder;
}

/** Values of the page's colour tokens as #rrggbb: xterm.js reads no oklch(). */
function theme(host) {
  const probe = host.appendChild(document.createElement("i"));
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const colour = (token) => {
    probe.style.color = `var(${token})`;
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
    return "#" + [red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("");
  };
  const names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
  const bright = names.map((name) => "bright" + name[0].toUpperCase() + name.slice(1));
  const ansi = Object.fromEntries([...names, ...bright].map((name, at) => [name, colour(`--ansi-${at}`)]));
  const fixed = {
    background: colour("--panel"),
    foreground: colour("--ink"),
    cursor: colour("--accent"),
    cursorAccent: colour("--panel"),
    selectionBackground: colour("--accent-pale"),
    scrollbarSliderBackground: colour("--line-strong"),
    scrollbarSliderHoverBackground: colour("--ink-3"),
    scrollbarSliderActiveBackground: colour("--ink-3"),
  };
  probe.remove();
  return { ...ansi, ...fixed };
}

/** Drops further marks of a character: the browser's time to draw them grows with the square of their number. */
function capMarks(line) {
  const add = line.addCodepointToCell;
  if (add.isCapped) return;
  line.addCodepointToCell = function (column, ...rest) {
    if (this.getString(column).length < MOST_MARKS) add.call(this, column, ...rest);
  };
  line.addCodepointToCell.isCapped = true;
}

/** Nothing that a program prints leaves the terminal or blocks the page. */
function guard(terminal) {
  for (const [final, [method, limit]] of Object.entries(CLAMPED)) {
    terminal.parser.registerCsiHandler({ final }, (params) => {
      const most = limit(terminal);
      if (!(params[0] > most)) return false;
      terminal._core._inputHandler[method]({ params: [most] });
      return true;
    });
  }
  capMarks(Object.getPrototypeOf(terminal._core.buffer.lines.get(0)));
  for (const [code, question] of Object.entries(COLOURS)) {
    terminal.parser.registerOscHandler(Number(code), (data) => !question.test(data));
  }
  // The public way of adding a handler would collect up to 10 MB of each sequence.
  const swallow = { start() {}, put() {}, end: () => true };
  for (const code of SWALLOWED) terminal._core._inputHandler._parser.registerOscHandler(code, swallow);
}

/** Selects the next match of a text, and returns whether there is one. Continues at the other end. */
function find(terminal, text, backwards) {
  const needle = text.toLowerCase();
  const buffer = terminal.buffer.active;
  if (!needle) return false;
  const from = terminal.getSelectionPosition();
  const step = backwards ? -1 : 1;
  const first = from ? from.start.y : backwards ? buffer.length - 1 : 0;
  for (let count = 0; count <= buffer.length; count++) {
    const row = (((first + step * count) % buffer.length) + buffer.length) % buffer.length;
    const line = buffer.getLine(row)?.translateToString(true).toLowerCase() ?? "";
    const start = count || !from ? (backwards ? line.length : 0) : from.start.x + step;
    const column = backwards ? (start < 0 ? -1 : line.lastIndexOf(needle, start)) : line.indexOf(needle, start);
    if (column < 0) continue;
    terminal.select(column, row, needle.length);
    terminal.scrollToLine(Math.max(0, row - Math.floor(terminal.rows / 2)));
    return true;
  }
  return false;
}

/** What a key sends that a phone's keyboard lacks. Programs of a full screen set another mode for arrows. */
function sequence(key, application) {
  const arrow = { ArrowUp: "A", ArrowDown: "B", ArrowRight: "C", ArrowLeft: "D" }[key];
  if (arrow) return (application ? "\x1bO" : "\x1b[") + arrow;
  return { Escape: "\x1b", Tab: "\t" }[key] ?? "";
}

function addStyles(base) {
  if (document.querySelector("link[data-terminal]")) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("./xterm.css", base);
  link.dataset.terminal = "";
  document.head.append(link);
}

/**
 * Opens a terminal in an element. `on` has the functions `input(Uint8Array, isTyped)`, `shown(bytes)`, `resized(rows, columns)` and
 * `key(event)`, which returns whether the page has handled the key.
 */
function create(host, on) {
  addStyles(import.meta.url);
  if (open++ === 0) uninstallStyles = installStyles();
  const font = getComputedStyle(host);
  const terminal = new Terminal({
    cursorBlink: false,
    fontFamily: font.fontFamily,
    fontSize: parseFloat(font.fontSize),
    lineHeight: 1.2,
    logLevel: "off",
    minimumContrastRatio: 4.5,
    scrollback: SCROLLBACK,
    theme: theme(host),
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  guard(terminal);
  terminal.open(host);
  // xterm.css makes it black, which shows below the last row.
  host.querySelector(".xterm-viewport").style.backgroundColor = "transparent";
  const encoder = new TextEncoder();
  // Data of a user comes right after this event; without it, the emulator answers its program.
  let isTyped = false;
  terminal._core.coreService.onUserInput(() => (isTyped = true));
  terminal.onData((text) => {
    on.input(encoder.encode(text), isTyped);
    isTyped = false;
  });
  terminal.onBinary((text) => on.input(Uint8Array.from(text, (letter) => letter.charCodeAt(0)), true));
  terminal.onResize(({ rows, cols }) => on.resized(rows, cols));
  terminal.attachCustomKeyEventHandler((event) => {
    const modifiers = (event.ctrlKey || event.metaKey) && event.shiftKey && !event.altKey;
    if (event.type !== "keydown" || !modifiers || !on.key(event)) return true;
    event.preventDefault();
    return false;
  });
  const layout = new ResizeObserver(() => host.clientHeight > 0 && fit.fit());
  layout.observe(host);
  if (host.clientHeight > 0) fit.fit();
  return {
    rows: () => terminal.rows,
    columns: () => terminal.cols,
    write(bytes) {
      for (let at = 0; at < bytes.length; at += PIECE) {
        const piece = bytes.subarray(at, at + PIECE);
        terminal.write(piece, () => on.shown(piece.length));
      }
    },
    focus: () => terminal.focus(),
    paste: (text) => terminal.paste(text),
    press: (key) => terminal.input(sequence(key, terminal.modes.applicationCursorKeysMode)),
    selection: () => terminal.getSelection(),
    find: (text, backwards) => find(terminal, text, backwards),
    clear: () => terminal.clear(),
    recolour: () => (terminal.options.theme = theme(host)),
    readAloud: (is) => (terminal.options.screenReaderMode = is),
    freeze: () => (terminal.options.disableStdin = true),
    dispose() {
      layout.disconnect();
      terminal.dispose();
      if (--open === 0) uninstallStyles();
    },
  };
}

globalThis.mesoscopeTerminal = { create };

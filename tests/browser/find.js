// The visible elements with a role and an accessible name, in the document's order. arguments: role, name; a name that
// begins with `~` may be a part, an empty one is any. The role `field` is whatever a person can type or choose in.
// A short form of the "accessible name" computation: enough for pages that name things properly.
const [role, wanted] = arguments;

const TYPES = { checkbox: "checkbox", radio: "radio", search: "searchbox", number: "spinbutton", range: "slider", button: "button", submit: "button", reset: "button", hidden: "", file: "" };
const TAGS = {
  a: (e) => (e.hasAttribute("href") ? "link" : ""), article: "article", aside: "complementary", button: "button", details: "group", dialog: "dialog",
  dl: "list", footer: "contentinfo", form: "form", h1: "heading", h2: "heading", h3: "heading", h4: "heading", header: "banner", img: "img",
  input: (e) => TYPES[e.type] ?? "textbox", li: "listitem", main: "main", meter: "meter", nav: "navigation", ol: "list", option: "option", output: "status",
  progress: "progressbar", section: (e) => (named(e) ? "region" : ""), select: "combobox", summary: "button", table: "table", tbody: "rowgroup",
  td: "cell", textarea: "textbox", th: (e) => (e.scope === "row" ? "rowheader" : "columnheader"), thead: "rowgroup", tr: "row", ul: "list",
};
const FROM_CONTENT = new Set("button cell checkbox columnheader gridcell heading link menuitem menuitemcheckbox menuitemradio option radio row rowheader switch tab treeitem".split(" "));
const FIELDS = new Set("textbox searchbox combobox spinbutton slider checkbox radio switch listbox".split(" "));

const tidy = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const named = (e) => e.hasAttribute("aria-label") || e.hasAttribute("aria-labelledby");

function roleOf(e) {
  const explicit = e.getAttribute("role");
  if (explicit) return explicit.split(" ")[0];
  const implied = TAGS[e.localName];
  const own = typeof implied === "function" ? implied(e) : implied ?? "";
  return own === "cell" && e.closest("[role=grid], [role=treegrid]") ? "gridcell" : own;
}

// What a screen reader reads of it: hidden parts left out, labels and alternatives in place of what they name.
function content(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute("aria-hidden") === "true") return "";
  if (getComputedStyle(node).display === "none") return "";
  const label = node.getAttribute("aria-label") ?? node.getAttribute("alt");
  if (label !== null) return ` ${label} `;
  const title = node.localName === "svg" ? node.querySelector(":scope > title")?.textContent : undefined;
  if (node.localName === "svg") return title ?? "";
  const inner = [...node.childNodes].map(content).join("");
  return getComputedStyle(node).display.startsWith("inline") ? inner : ` ${inner} `;
}

function nameOf(e, own) {
  const by = e.getAttribute("aria-labelledby");
  if (by) return tidy(by.split(/\s+/).map((id) => content(document.getElementById(id) ?? document.createTextNode(""))).join(" "));
  if (e.hasAttribute("aria-label")) return tidy(e.getAttribute("aria-label"));
  if (e.labels?.length) return tidy([...e.labels].map(content).join(" "));
  if (e.hasAttribute("alt")) return tidy(e.alt);
  if (own === "table" && e.caption) return tidy(content(e.caption));
  const text = FROM_CONTENT.has(own) || own === "listitem" ? tidy([...e.childNodes].map(content).join("")) : "";
  return text || tidy(e.getAttribute("title")) || tidy(e.getAttribute("placeholder"));
}

const visible = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest("[aria-hidden=true], [inert]");
const fits = (name) => wanted === "" || (wanted.startsWith("~") ? name.includes(wanted.slice(1)) : name === wanted);

return [...document.querySelectorAll("body *")].filter((e) => {
  const own = roleOf(e);
  const right = role === "field" ? FIELDS.has(own) : own === role;
  return right && visible(e) && fits(nameOf(e, own));
});

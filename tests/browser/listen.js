// Keeps in `__said` every text and every name that appears in the page.
window.__said = [];
const words = (change) => {
  if (change.type === "attributes") return [change.target.getAttribute(change.attributeName)];
  return change.type === "characterData" ? [change.target.data] : [...change.addedNodes].map((node) => node.textContent);
};
new MutationObserver((changes) => window.__said.push(...changes.flatMap(words).filter(Boolean))).observe(document.body, {
  subtree: true, childList: true, characterData: true, attributeFilter: ["aria-label", "title"],
});

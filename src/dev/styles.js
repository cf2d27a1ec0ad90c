// Joins style/**/*.css into target/page.css, the one stylesheet that index.html links. Trunk runs it before each build (.trunk.toml).
// Layers come in the order that style/layers.css declares, the files of a layer in the order of their paths.
const { mkdirSync, readFileSync, readdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const checkout = join(__dirname, "..", "..");
const style = join(checkout, "style");
const order = readFileSync(join(style, "layers.css"), "utf8");
const layers = order.match(/^@layer ([^;]+);/)[1].split(",").map((layer) => layer.trim());

const strays = readdirSync(style).filter((name) => name !== "layers.css" && !layers.includes(name));
if (strays.length) throw new Error(`style/layers.css declares no layer ${strays.join(", ")}`);

const below = (folder) => readdirSync(folder, { recursive: true }).map((name) => name.replaceAll("\\", "/"));
const files = (layer) => below(join(style, layer)).filter((name) => name.endsWith(".css")).sort();
const sheets = layers.flatMap((layer) => files(layer).map((name) => readFileSync(join(style, layer, name), "utf8")));

mkdirSync(join(checkout, "target"), { recursive: true });
writeFileSync(join(checkout, "target", "page.css"), [order, ...sheets].join("\n"));

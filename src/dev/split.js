#!/usr/bin/env node
// Stands on PATH as `wasm-bindgen` while trunk builds the page, and calls the real one. A wasm file with split points (chunks.rs)
// is cut first. The chunks go to the folder MESOSCOPE_CHUNKS with a hash of their content in their names, and the code that loads
// them goes to the end of the JS file that the main part has anyway.
const { execFileSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const { MESOSCOPE_BINDGEN: bindgen, MESOSCOPE_CHUNKS: chunks } = process.env;
const LINK = "./__wasm_split.js";
// What the page's wasm uses. With `--all-features` wasm-opt writes what browsers refuse.
const FEATURES = ["bulk-memory", "bulk-memory-opt", "call-indirect-overlong", "multivalue", "mutable-globals",
  "nontrapping-float-to-int", "reference-types", "sign-ext", "simd"];

// Loads a chunk in place of `instantiateStreaming`: a Mesos master sends wasm without a Content-Type, which that refuses.
const INSTANTIATE = `
async function instantiateChunk(coming, imports) {
  const got = await coming;
  if (got.status === 404) document.documentElement.dataset.outdated = "";
  if (!got.ok) throw new Error(\`\${got.url}: \${got.status}\`);
  const isTyped = got.headers.get("Content-Type") === "application/wasm";
  return isTyped ? WebAssembly.instantiateStreaming(got, imports) : WebAssembly.instantiate(await got.arrayBuffer(), imports);
}
`;

const args = process.argv.slice(2);
const input = args.find((arg) => arg.endsWith(".wasm"));
if (input && readFileSync(input).includes("__wasm_split_placeholder__")) split(input);
else run(bindgen, args);

function split(input) {
  const cut = join(chunks, "cut");
  rmSync(chunks, { recursive: true, force: true });
  mkdirSync(cut, { recursive: true });
  run("wasm-split-cli", [input, cut]);
  run(bindgen, [...args.map((arg) => (arg === input ? join(cut, "main.wasm") : arg)), "--keep-lld-exports"]);
  const names = new Map(readdirSync(cut).filter((file) => file !== "main.wasm" && file.endsWith(".wasm"))
    .map((file) => [file, optimised(join(cut, file), file.replace(/^split_/, "").replace(/\.wasm$/, ""))]));
  const folder = value("--out-dir");
  const script = join(folder, `${value("--out-name")}.js`);
  writeFileSync(script, linked(readFileSync(script, "utf8"), readFileSync(join(cut, LINK), "utf8"), names));
  rmSync(cut, { recursive: true });
}

// Optimises a chunk, and returns the name that it has beside the main part.
function optimised(file, name) {
  const made = join(chunks, `${name}.wasm`);
  run("wasm-opt", ["-Oz", "--mvp-features", ...FEATURES.map((name) => `--enable-${name}`), file, "-o", made]);
  const bytes = readFileSync(made);
  const hashed = `${name}-${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}.wasm`;
  rmSync(made);
  writeFileSync(join(chunks, hashed), bytes);
  return hashed;
}

// Joins the script of the main part and the one that loads the chunks, which would be a file of its own.
function linked(script, link, names) {
  let code = replaced(link, /^import \{ initSync \} from .*$/m, "");
  code = code.replaceAll("WebAssembly.instantiateStreaming(", "instantiateChunk(").replaceAll(/^export const /gm, "const ");
  for (const [file, name] of names) code = replaced(code, `"./${file}"`, `"./${name}"`);
  const loaders = [...code.matchAll(/^const (__wasm_split_load_\w+) =/gm)].map((found) => found[1]);
  // wasm-bindgen imports the script once for each loader.
  const imports = /^import \* as (\w+) from "\.\/__wasm_split\.js";?$/gm;
  const modules = [...script.matchAll(imports)].map((found) => found[1]);
  if (modules.length === 0) throw new Error("the main part imports no loader");
  const named = modules.map((module) => `const ${module} = loaders;\n`).join("");
  return `${script.replaceAll(imports, "")}${INSTANTIATE}${code}const loaders = { ${loaders.join(", ")} };\n${named}`;
}

// Replaces what must be there exactly once.
function replaced(text, what, by) {
  const parts = text.split(what);
  if (parts.length < 2) throw new Error(`not found: ${what}`);
  return text.replace(what, () => by);
}

function value(name) {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  return args[at] === name ? args[at + 1] : args[at].slice(name.length + 1);
}

function run(program, args) {
  execFileSync(program, args, { stdio: "inherit" });
}

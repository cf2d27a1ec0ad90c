// Starts the worker's wasm. Until that runs, a shared worker's `connect` and a dedicated worker's `message` would be
// lost, so both are kept in `early`, in order: ports from the one, whole events from the other. The worker adopts them
// and puts its own handlers in place of these.
self.early = [];
self.onconnect = (event) => self.early.push(event.ports[0]);
self.onmessage = (event) => self.early.push(event);
importScripts("./worker.js");
wasm_bindgen({ module_or_path: "./worker_bg.wasm" });

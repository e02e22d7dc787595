"use strict";
// The first script: where the others put themselves, and where a file that does not come is named in red.
window.binder = { parts: new Set(), taken: new Map(), failed: [], texts: {} };

binder.fail = function (file) {
  if (binder.failed.includes(file)) return;
  binder.failed.push(file);
  const line = document.createElement("li");
  line.textContent = file;
  document.getElementById("failed-files").append(line);
  document.getElementById("failed").hidden = false;
};

// A data file hands over its text here, and does nothing else.
binder.take = function (name, text) {
  binder.taken.set(name, text);
};

// A script that cannot be loaded says so on its own element only: caught on the way down.
window.addEventListener("error", function (event) {
  const source = event.target && event.target.getAttribute && event.target.getAttribute("src");
  if (source) binder.fail(source);
}, true);

// One that was loaded but broke off has not put itself among the parts.
document.addEventListener("DOMContentLoaded", function () {
  for (const script of document.querySelectorAll("script[src^='app/']")) {
    const part = script.getAttribute("src").slice(4, -3);
    if (!binder.parts.has(part)) binder.fail(script.getAttribute("src"));
  }
  if (!binder.taken.has("index")) binder.fail("data/index.js");
});
binder.parts.add("start");

"use strict";
// The last script: reads the index, shows the page that the address names, and starts the check.
(function (binder) {
  const main = document.getElementById("main");
  const NEEDS_LOG = ["trail", "event", "field", "log", "people", "search", "paper", "check"];
  let turn = 0;

  const pages = {
    participants: binder.showOverview, record: binder.showRecord, queries: binder.showQueries, deviations: binder.showDeviations,
    trail: binder.showTrail, event: binder.showEvent, field: binder.showField, log: binder.showLog, people: binder.showPeople,
    search: binder.showSearch, paper: binder.showPaper, check: binder.showCheck,
  };

  function named() {
    const [name, ...rest] = location.hash.slice(1).split("/").map(decodeURIComponent);
    return pages[name] ? [name, rest] : ["participants", []];
  }

  function markLink(name) {
    for (const link of document.querySelectorAll("#pages a")) {
      if (link.getAttribute("href") === "#" + name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  binder.show = async function (moves) {
    const [name, rest] = named();
    const mine = (turn += 1);
    markLink(name);
    main.setAttribute("aria-busy", "true");
    if (NEEDS_LOG.includes(name) && binder.checked.state !== "done") {
      main.replaceChildren(binder.make("p", {}, binder.say("when_read")));
      return;
    }
    const parts = await pages[name](...rest);
    if (mine !== turn) return; // another page was asked for meanwhile
    main.replaceChildren(...parts.flat(9).filter(Boolean));
    main.removeAttribute("aria-busy");
    document.body.dataset.page = location.hash.slice(1) || "participants";
    const title = main.querySelector("h2");
    if (moves && title) main.focus();
    if (moves) window.scrollTo(0, 0);
  };

  function search(event) {
    event.preventDefault();
    const wanted = document.getElementById("wanted").value.trim();
    if (wanted) location.hash = "#search/" + encodeURIComponent(wanted);
  }

  // A part or the index is missing: it is named in red already, and nothing else may look as if all were well.
  function started(indexText) {
    binder.index = JSON.parse(indexText);
    binder.texts = binder.index.texts;
    document.getElementById("not-started").hidden = true;
    document.getElementById("search").addEventListener("submit", search);
    window.addEventListener("hashchange", () => binder.show(true));
  }

  async function start() {
    const indexText = binder.taken.get("index");
    if (indexText === undefined || binder.failed.length) return;
    started(indexText);
    await binder.show();
    document.body.dataset.opened = String(Math.round(performance.now()));
    await binder.checkAll(indexText);
    document.body.dataset.checked = String(Math.round(performance.now()));
    await binder.show();
  }

  binder.parts.add("route");
  document.addEventListener("DOMContentLoaded", () => start());
})(window.binder);

"use strict";
// Builds elements. Text goes in as text only, so that nothing a person ever typed can become part of the page.
(function (binder) {
  binder.make = function (tag, properties, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties || {})) {
      if (value === false || value === null || value === undefined) continue;
      if (name === "on") for (const [what, act] of Object.entries(value)) element.addEventListener(what, act);
      else element.setAttribute(name, value === true ? "" : String(value));
    }
    element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  };

  // A text of the page by its name, with its places filled: say("event_n", {n: 12}).
  binder.say = function (name, places) {
    const text = binder.texts[name] || name;
    return text.replace(/\{(\w+)\}/g, (whole, key) => (places && key in places ? String(places[key]) : whole));
  };

  binder.link = (to, text) => binder.make("a", { href: "#" + to }, text);

  // A table with a caption, a header for each column and, in each row, its first cell as the row's header.
  binder.table = function (caption, heads, rows) {
    const make = binder.make;
    const body = rows.map((row) => make("tr", { class: row.wrong ? "wrong-row" : false },
      (row.cells || row).map((cell, n) => make(n ? "td" : "th", n ? {} : { scope: "row" }, cell))));
    return make("div", { class: "wide", role: "region", tabindex: "0", "aria-label": caption },
      make("table", {}, make("caption", {}, caption),
        make("thead", {}, make("tr", {}, heads.map((head) => make("th", { scope: "col" }, head)))),
        make("tbody", {}, body)));
  };

  binder.list = (lines) => binder.make("ul", {}, lines.map((line) => binder.make("li", {}, line)));

  binder.notice = (words, kind) => binder.make("p", { class: kind }, words);

  // A place of the record in words: SMG-07, Injection visit, left gland.
  binder.placeWords = function (place) {
    const [participant, visit, gland] = place;
    const visits = binder.index.names.visits;
    return [participant, visits[visit] || visit, gland && binder.say(gland)].filter(Boolean).join(", ");
  };

  binder.parts.add("elements");
})(window.binder);

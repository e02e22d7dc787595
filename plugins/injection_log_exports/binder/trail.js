"use strict";
// The audit trail: every event with its words, filtered and searched; one event whole; the history of one field.
(function (binder) {
  const { make, say, link } = binder;
  const PAGE = 150;

  // When, as the log has it, by the clock on the wall of whoever wrote it.
  binder.localTime = function (body) {
    const at = new Date(Date.parse(body.recorded_at) + body.offset_minutes * 60000).toISOString();
    const ahead = Math.abs(body.offset_minutes);
    const two = (number) => String(number).padStart(2, "0");
    return at.slice(0, 10) + " " + at.slice(11, 19) + " (UTC" + (body.offset_minutes < 0 ? "-" : "+") + two(Math.floor(ahead / 60)) + ":" + two(ahead % 60) + ")";
  };

  binder.person = (user) => String(binder.valueOf("user:" + user, "printed_name") || user || binder.index.names.roles[""]);
  const who = (body) => binder.person(body.user) + ", " + (binder.index.names.roles[body.role] || body.role);
  const change = ([field, title, before, after]) => title + ": " + (before || "–") + " → " + (after || "–");

  function flags(words) {
    return [words.late && say("late"), words.is_late && say("late"), words.is_after_signing && say("after_signing")].filter(Boolean);
  }

  function cells(event) {
    const words = binder.words.get(event.number);
    const number = link("event/" + event.number, String(event.number));
    if (!event.body || !words) return [number, "", "", "", event.text === null ? say("blanked") : say("unreadable"), "", ""];
    const told = [words.sentence, words.changes.length ? binder.list(words.changes.map(change)) : null];
    return [number, binder.localTime(event.body), who(event.body), words.about, told, event.body.reason, flags(words).join(", ")];
  }

  binder.trailTable = function (caption, events) {
    const heads = ["event", "when", "who", "about", "what", "reason", "remarks"].map((name) => say(name));
    return binder.table(caption, heads, events.map(cells));
  };

  function textOf(event) {
    const words = binder.words.get(event.number);
    const said = words ? [words.title, words.about, words.sentence, ...words.changes.flat()] : [];
    const body = event.body || { user: "", reason: "", kind: "" };
    return [event.number, ...said, body.user, binder.person(body.user), body.reason, body.kind].join(" ").toLowerCase();
  }
  binder.eventText = textOf;

  function passes(event, wanted) {
    const { body } = event;
    const words = binder.words.get(event.number);
    if (!body || !words) return !Object.values(wanted).some(Boolean);
    const day = binder.localTime(body).slice(0, 10);
    return (!wanted.person || body.user === wanted.person) && (!wanted.group || words.group === wanted.group)
      && (!wanted.kind || body.kind === wanted.kind) && (!wanted.participant || words.place[0] === wanted.participant)
      && (!wanted.since || day >= wanted.since) && (!wanted.until || day <= wanted.until)
      && (!wanted.after || words.is_after_signing) && (!wanted.late || words.is_late)
      && (!wanted.text || wanted.text.toLowerCase().split(/\s+/).every((word) => textOf(event).includes(word)));
  }
  binder.filtered = (wanted) => binder.log.events.filter((event) => passes(event, wanted)).reverse();

  function choices(name, options) {
    const select = make("select", { id: "by-" + name, name },
      make("option", { value: "" }, say("everything")), options.map(([value, words]) => make("option", { value }, words)));
    return make("p", {}, make("label", { for: "by-" + name }, say("by_" + name)), select);
  }
  const typed = (name, type) => make("p", {}, make("label", { for: "by-" + name }, say("by_" + name)), make("input", { id: "by-" + name, name, type }));
  const sorted = (map) => [...map].sort((one, other) => one[1].localeCompare(other[1]));

  function filterForm() {
    const people = new Map(), kinds = new Map();
    for (const event of binder.log.events) {
      if (!event.body) continue;
      people.set(event.body.user, binder.person(event.body.user));
      const words = binder.words.get(event.number);
      kinds.set(event.body.kind, words ? words.title : event.body.kind);
    }
    people.delete("");
    const participants = binder.index.participants.map((one) => [one.participant, one.participant]);
    return make("form", { class: "filter", "aria-label": say("filter") },
      choices("person", sorted(people)), choices("group", Object.entries(binder.index.names.groups)), choices("kind", sorted(kinds)),
      choices("participant", participants), typed("since", "date"), typed("until", "date"), typed("text", "search"),
      typed("after", "checkbox"), typed("late", "checkbox"));
  }

  function asked(form) {
    const wanted = {};
    for (const field of form.elements) if (field.name) wanted[field.name] = field.type === "checkbox" ? field.checked : field.value.trim();
    return wanted;
  }

  binder.showTrail = function (participant) {
    const form = filterForm();
    const told = make("p", { role: "status", "aria-live": "polite" });
    const place = make("div");
    let most = PAGE;
    const more = make("button", { type: "button", on: { click: () => show((most += PAGE)) } }, say("more"));
    function show() {
      const found = binder.filtered(asked(form));
      told.textContent = say("trail_found", { n: found.length, of: binder.log.events.length });
      place.replaceChildren(binder.trailTable(say("trail_caption", { n: Math.min(most, found.length), of: found.length }), found.slice(0, most)));
      more.hidden = found.length <= most;
    }
    if (participant) form.elements.participant.value = participant;
    form.addEventListener("input", () => show((most = PAGE)));
    form.addEventListener("submit", (event) => event.preventDefault());
    show();
    return [make("h2", {}, say("trail")), form, told, place, more];
  };

  binder.showEvent = function (number) {
    const event = binder.log.byNumber.get(Number(number));
    const title = say("event_n", { n: number });
    if (!event) return [make("h2", {}, title), make("p", {}, say("no_event"))];
    const wrong = binder.findings.filter((one) => one.event === event.number);
    const near = [-1, 1].map((step) => event.number + step).filter((one) => binder.log.byNumber.has(one));
    return [
      make("h2", {}, title), wrong.map((one) => binder.notice(say("wrong") + " " + one.why, "wrong")),
      binder.trailTable(title, [event]),
      make("p", { class: "near" }, near.map((one) => link("event/" + one, say("event_n", { n: one })))),
      make("h3", {}, say("bytes")), make("pre", {}, event.text === null ? say("blanked") : event.text),
      make("p", {}, say("leaf") + ": ", make("code", {}, event.leaf), make("br"), say("hash") + ": ", make("code", {}, event.hash)),
    ];
  };

  // Every change of one field, oldest first, read from the events; the words beside them are the program's.
  binder.showField = function (subject, field) {
    const heads = ["event", "when", "who", "before", "after", "before_stored", "after_stored", "reason"].map((name) => say(name));
    const rows = [];
    let title = field;
    for (const event of binder.log.events) {
      if (event.subject !== subject || !event.body) continue;
      const changed = event.body.changes.find((one) => one.field === field);
      if (!changed) continue;
      const words = (binder.words.get(event.number) || { changes: [] }).changes.find((one) => one[0] === field);
      if (words) title = words[1];
      const stored = (value) => make("code", { class: "stored" }, value === null ? "–" : JSON.stringify(value));
      rows.push([link("event/" + event.number, String(event.number)), binder.localTime(event.body), who(event.body),
        words ? words[2] || "–" : "", words ? words[3] || "–" : "", stored(changed.old), stored(changed.new), event.body.reason]);
    }
    return [make("h2", {}, say("history_of", { what: title })), make("p", {}, subject), binder.table(say("changes_caption", { n: rows.length }), heads, rows)];
  };

  binder.parts.add("trail");
})(window.binder);

"use strict";
// Holds what the pages show against the events: every value that stands, every record, every query, each volume.
(function (binder) {
  const wrong = (place, why, places) => binder.found("page", place, binder.say(why, places));
  binder.counts.values = 0;

  function millilitres(ul) {
    const figures = (Math.abs(ul) / 1000).toFixed(ul % 10 ? 3 : 2);
    const spelled = binder.index.language === "da" ? figures.replace(".", ",") : figures;
    return (ul < 0 ? "-" : "") + spelled + " ml";
  }

  function checkValue(one) {
    binder.counts.values += 1;
    const stands = binder.valueOf(one.subject, one.field);
    const at = binder.log.setBy.get(one.subject + " " + one.field);
    const place = binder.subjectWords(one.subject) + ", " + (one.title || one.field);
    if (stands === undefined || !binder.same(stands, one.stored) || at !== one.event) wrong(place, "wrong_value");
    const isVolume = one.field.startsWith("fact.") && one.field.endsWith("_ul") && Number.isInteger(stands);
    if (isVolume && one.words !== millilitres(stands)) wrong(place, "wrong_words", { words: one.words });
  }

  // Loaded - residual - spilled, where something was injected: as the record reckons it.
  function injected(subject) {
    const fact = (name) => binder.valueOf(subject, "fact." + name);
    const parts = ["volume_loaded_ul", "volume_residual_ul", "volume_spilled_ul"].map(fact);
    if (fact("injected") !== "yes" || !parts.every(Number.isInteger)) return null;
    return parts[0] - parts[1] - parts[2];
  }

  function checkGland(gland, place) {
    const ul = injected(gland.subject);
    const shown = ul === null ? "" : millilitres(ul);
    if (gland.injected !== shown || gland.injected_ul !== ul) wrong(place, "wrong_injected", { words: gland.injected });
    const version = binder.valueOf(gland.subject, "version") || 1;
    if (gland.version !== version) wrong(place, "wrong_version");
  }

  // Of a signed gland the rows shown must be those of the signed text, where both are in English.
  function checkSections(gland, place) {
    const signature = binder.valueOf(gland.subject, "signature");
    if (!signature || binder.valueOf(gland.subject, "amendment") || binder.index.language !== "en") return;
    const lines = new Set(signature.rendering.split("\n"));
    const additions = binder.say("addition");
    for (const [title, rows] of gland.sections) {
      if (title.startsWith(additions)) continue;
      if (!rows.every(([label, value]) => lines.has("  " + label + ": " + value))) wrong(place, "wrong_sections", { title });
    }
  }

  function checkWhole(record, shown) {
    for (const [subject, values] of binder.log.values) {
      const [kind, rest] = subject.split(":", 2);
      const isHere = ["participant", "visit", "gland"].includes(kind) && rest.split("/")[0] === record.participant;
      if (!isHere) continue;
      for (const field of values.keys()) if (!shown.has(subject + " " + field)) wrong(subject + ", " + field, "wrong_hidden");
    }
  }

  binder.checkRecord = function (record) {
    record.values.forEach(checkValue);
    checkWhole(record, new Set(record.values.map((one) => one.subject + " " + one.field)));
    const known = binder.index.participants.find((one) => one.participant === record.participant);
    record.visits.forEach(function (visit, n) {
      visit.glands.forEach(function (gland, m) {
        const place = binder.placeWords([record.participant, visit.visit, gland.side]);
        checkGland(gland, place);
        checkGland(known.visits[n].glands[m], place);
        checkSections(gland, place);
      });
    });
  };

  function checkNamed(kind, shown) {
    const there = [...binder.log.values].filter(([key, values]) => key.startsWith(kind + ":") && values.size);
    const known = new Set(shown);
    for (const [key] of there) if (!known.has(key.slice(kind.length + 1))) wrong(key, "wrong_hidden");
    for (const id of known) if (!binder.log.values.has(kind + ":" + id)) wrong(kind + ":" + id, "wrong_value");
  }

  function checkQuery(query) {
    const subject = "query:" + query.id;
    const texts = query.said.map((one, n) => [binder.valueOf(subject, "message." + (n + 1)), one.text]);
    const isOfCheck = Boolean(binder.valueOf(subject, "check"));
    const same = texts.every(([stored, text], n) => stored && (stored.text === text || (isOfCheck && n === 0)));
    if (!same || binder.valueOf(subject, "state") !== query.state) wrong(query.id, "wrong_value");
  }

  // What is listed once for the whole trial; a participant that the log has and the list has not is found here too.
  binder.checkLists = function () {
    const index = binder.index;
    const reported = index.deviations.filter((one) => one.is_reported);
    checkNamed("query", index.queries.map((one) => one.id));
    checkNamed("deviation", reported.map((one) => one.id));
    index.queries.forEach(checkQuery);
    for (const one of reported) if (binder.valueOf("deviation:" + one.id, "text") !== one.sentence) wrong(one.id, "wrong_value");
    const listed = new Set(index.participants.map((one) => one.participant));
    for (const [key, values] of binder.log.values) {
      if (key.startsWith("visit:") && values.size && !listed.has(key.slice(6).split("/")[0])) wrong(key, "wrong_hidden");
    }
    const newest = binder.log.checkpoints.at(-1);
    if (index.checkpoint !== (newest ? newest.text : "")) wrong(binder.say("checkpoints"), "wrong_value");
    if (index.about.last_event !== binder.log.last) wrong(binder.say("last_event"), "wrong_value");
  };

  binder.parts.add("shown");
})(window.binder);

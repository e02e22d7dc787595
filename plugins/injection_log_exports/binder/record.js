"use strict";
// One participant: each visit with its two glands, every version that was signed, and every value with its history.
(function (binder) {
  const { make, say, link } = binder;

  const pairs = (rows) => make("dl", { class: "facts" }, rows.flatMap(([label, words]) => [make("dt", {}, label), make("dd", {}, words)]));

  // The texts that were signed, read from the events themselves: every version, review and addition.
  function signedTexts(subject) {
    const found = [];
    for (const event of binder.log.events) {
      if (event.subject !== subject || !event.body || !/Signed|Reviewed/.test(event.body.kind)) continue;
      for (const change of event.body.changes) {
        const said = change.new;
        const isText = said && typeof said === "object" && said.rendering && said.value;
        // An amendment moves the signature before it to its version's number: the same text again.
        if (isText && !found.some((one) => one.said.value === said.value)) found.push({ event, said });
      }
    }
    return found;
  }

  function signature({ event, said }, n) {
    const words = binder.words.get(event.number);
    const title = say("signed_text", { n: n + 1, title: words ? words.title : event.body.kind });
    return make("details", { open: Boolean(binder.onPaper) }, make("summary", {}, title + ": " + said.printed_name + ", " + said.signed_at), pairs([
      [say("signed_by"), said.printed_name + ", " + (binder.index.names.roles[said.role] || said.role)],
      [say("meaning"), said.meaning], [say("signed_at"), said.signed_at],
      [say("text_sha256"), make("code", {}, said.record_sha256)], [say("event"), link("event/" + event.number, String(event.number))],
    ]), make("pre", {}, said.rendering));
  }

  function signatures(subject) {
    if (binder.checked.state !== "done") return make("p", {}, say("when_read"));
    const found = signedTexts(subject);
    return found.length ? make("div", {}, found.map(signature)) : make("p", {}, say("not_signed"));
  }

  function gland(record, visit, one) {
    const title = say(one.side + "_gland");
    return make("section", { class: "gland " + one.side, "aria-label": visit.title + ", " + title },
      make("h4", {}, title),
      make("p", { class: "injected" }, say("injected") + ": ", make("strong", {}, one.injected || "–"), " · " + one.state_words + ", " + say("version_n", { n: one.version })),
      one.notices.map((words) => binder.notice(words, "notice")),
      binder.pictureBrowser(one),
      one.sections.map(([name, rows]) => [make("h5", {}, name), pairs(rows)]),
      one.after.length ? [make("h5", {}, say("after_signature")), pairs(one.after)] : [],
      one.earlier.length ? [make("h5", {}, say("earlier")), binder.list(one.earlier)] : [],
      make("h5", {}, say("signatures")), signatures(one.subject));
  }

  function images(visit) {
    if (!visit.images.length) return make("p", {}, say("no_images"));
    const heads = [say("picture"), say("frames"), say("scale"), say("file_sha256")];
    return binder.table(say("images_caption", { n: visit.images.length }), heads, visit.images.map((row) => [...row.slice(0, 3), make("code", {}, row[3])]));
  }

  function visitPart(record, visit) {
    return make("section", { "aria-label": visit.title },
      make("h3", {}, visit.title + ", " + visit.day + " (" + visit.counts + ")"),
      make("div", { class: "glands" }, visit.glands.map((one) => gland(record, visit, one))), images(visit));
  }

  binder.subjectWords = function (subject) {
    const [kind, rest] = subject.split(":", 2);
    if (kind === "image") return say("picture");
    const parts = rest.split("/");
    return binder.placeWords([parts[0], parts[1] || "", parts[2] || ""]);
  };

  binder.valuesTable = function (record) {
    const heads = ["of", "field", "value", "as_stored", "set_by"].map((name) => say(name));
    const isShown = (one) => one.title && one.words && !(binder.onPaper && one.subject.startsWith("image:"));
    const titled = record.values.filter(isShown);
    const rows = titled.map((one) => [
      binder.subjectWords(one.subject), link("field/" + encodeURIComponent(one.subject) + "/" + encodeURIComponent(one.field), one.title),
      one.words, make("code", { class: "stored" }, shortened(one.stored)), link("event/" + one.event, String(one.event)),
    ]);
    return binder.table(say("values_caption", { n: rows.length }), heads, rows);
  };

  function shortened(stored) {
    const text = typeof stored === "object" ? JSON.stringify(stored) : String(stored);
    return text.length > 80 ? text.slice(0, 79) + "…" : text;
  }

  binder.recordParts = function (record) {
    const own = (list) => list.filter((one) => one.place[0] === record.participant);
    return [
      record.visits.map((visit) => visitPart(record, visit)),
      make("h3", {}, say("queries")), binder.queriesTable(own(binder.index.queries)),
      make("h3", {}, say("deviations")), binder.deviationsTable(own(binder.index.deviations)),
      make("h3", {}, say("values")), make("p", {}, say("values_hint")), binder.valuesTable(record),
    ];
  };

  binder.showRecord = async function (participant) {
    const record = await binder.record(participant);
    if (!record) return [make("h2", {}, participant), binder.notice(say("wrong_missing"), "wrong")];
    return [
      make("h2", {}, say("participant") + " " + participant),
      make("p", {}, link("trail/" + participant, say("trail_of", { who: participant }))),
      binder.recordParts(record),
    ];
  };

  binder.parts.add("record");
})(window.binder);

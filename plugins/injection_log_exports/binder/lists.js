"use strict";
// Lists of the whole trial: queries, deviations, checkpoints, blanked events, readings that came home, people and keys.
(function (binder) {
  const { make, say, link } = binder;
  const where = (one) => (one.place[0] ? link("record/" + one.place[0], one.about) : one.about);

  function talk(query) {
    return make("ol", { class: "talk" }, query.said.map((one) => make("li", {}, one.act + ", " + one.by + ", " + one.when + ": ", make("q", {}, one.text))));
  }

  binder.queriesTable = function (queries) {
    const heads = ["query", "state", "about", "field", "said", "value_now"].map((name) => say(name));
    const rows = queries.map((one) => [one.id, one.state_words, where(one), one.field, talk(one), say(one.has_changed ? "changed_since" : "unchanged")]);
    return queries.length ? binder.table(say("queries_caption", { n: rows.length }), heads, rows) : make("p", {}, say("none"));
  };

  binder.deviationsTable = function (deviations) {
    const heads = ["deviation", "about", "what", "from", "known"].map((name) => say(name));
    const rows = deviations.map((one) => [[one.id, one.id ? " " : "", one.title], where(one), one.sentence, say(one.is_reported ? "reported" : "derived"), one.known]);
    return deviations.length ? binder.table(say("deviations_caption", { n: rows.length }), heads, rows) : make("p", {}, say("none"));
  };

  binder.showQueries = () => [make("h2", {}, say("queries")), binder.queriesTable(binder.index.queries)];
  binder.showDeviations = () => [make("h2", {}, say("deviations")), binder.deviationsTable(binder.index.deviations)];

  function checkpoints() {
    const heads = [say("event"), say("covers"), say("checkpoint")];
    const rows = binder.log.checkpoints.slice().reverse().map((one) => [link("event/" + one.event, String(one.event)), one.size, make("pre", {}, one.text)]);
    return binder.table(say("checkpoints_caption", { n: rows.length }), heads, rows);
  }

  function blanked() {
    const rows = [...binder.log.blanked.keys()].map((number) => [link("event/" + number, String(number)), (binder.log.standIns.get(number) || {}).subject || "", (binder.log.standIns.get(number) || {}).kind || ""]);
    return rows.length ? binder.table(say("blanked_caption", { n: rows.length }), [say("event"), say("about"), say("what")], rows) : make("p", {}, say("none"));
  }

  // Logs of blinded readings that came home: named here, kept whole in the export of the log.
  function readings() {
    const rows = [];
    for (const [subject, values] of binder.log.values) {
      if (!subject.startsWith("campaign:")) continue;
      for (const [field, said] of values) {
        if (field.startsWith("returned.")) rows.push([subject.slice(9) + "-" + field.slice(9), said.events, make("code", {}, said.origin), make("code", {}, said.events_sha256)]);
      }
    }
    const heads = [say("reading"), say("events"), say("origin"), "SHA-256"];
    return rows.length ? [make("p", {}, say("readings_hint")), binder.table(say("readings_caption", { n: rows.length }), heads, rows)] : make("p", {}, say("none"));
  }

  binder.showLog = () => [
    make("h2", {}, say("log")), make("p", {}, say("origin") + ": ", make("code", {}, binder.log.origin)),
    make("h3", {}, say("checkpoints")), checkpoints(), make("h3", {}, say("blanked_events")), blanked(),
    make("h3", {}, say("readings")), readings(),
  ];

  binder.showPeople = function () {
    const people = [], stations = [];
    for (const [subject, values] of binder.log.values) {
      const id = subject.slice(subject.indexOf(":") + 1);
      if (subject.startsWith("user:")) {
        const role = values.get("role");
        people.push([id, values.get("printed_name"), binder.index.names.roles[role] || role, say(values.get("closed") === true ? "closed" : "open"), make("code", {}, values.get("public_key"))]);
      } else if (subject.startsWith("workstation:")) stations.push([id, make("code", {}, values.get("checkpoint_key") || "")]);
    }
    return [make("h2", {}, say("people")),
      binder.table(say("people_caption", { n: people.length }), ["user", "printed_name", "role", "account", "public_key"].map((name) => say(name)), people),
      binder.table(say("stations_caption", { n: stations.length }), [say("workstation"), say("checkpoint_key")], stations)];
  };

  binder.parts.add("lists");
})(window.binder);

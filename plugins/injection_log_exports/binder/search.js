"use strict";
// Looks for words in participants, values, queries, deviations and events; every word must be found.
(function (binder) {
  const { make, say, link } = binder;
  const MOST = 100;

  async function valuesWith(fits) {
    const rows = [];
    for (const { participant } of binder.index.participants) {
      const record = await binder.record(participant);
      for (const one of record ? record.values : []) {
        if (one.words && fits([one.title, one.words, participant].join(" "))) {
          rows.push([link("record/" + participant, participant), link("field/" + encodeURIComponent(one.subject) + "/" + encodeURIComponent(one.field), one.title), one.words]);
        }
      }
    }
    return rows;
  }

  function listed(title, table, n) {
    return n ? [make("h3", {}, title), table] : [];
  }

  binder.showSearch = async function (text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (said) => words.every((word) => said.toLowerCase().includes(word));
    const participants = binder.index.participants.filter((one) => fits(one.participant));
    const queries = binder.index.queries.filter((one) => fits([one.id, one.about, one.field, ...one.said.map((said) => said.text + said.by)].join(" ")));
    const deviations = binder.index.deviations.filter((one) => fits([one.id, one.title, one.about, one.sentence].join(" ")));
    const values = await valuesWith(fits);
    const events = binder.log.events.filter((event) => fits(binder.eventText(event))).reverse();
    const sum = participants.length + queries.length + deviations.length + values.length + events.length;
    const valueHeads = [say("participant"), say("field"), say("value")];
    return [
      make("h2", {}, say("found_for", { text })), make("p", { role: "status" }, say("found_n", { n: sum })),
      binder.list(participants.map((one) => link("record/" + one.participant, one.participant))),
      listed(say("values"), binder.table(say("found_part", { n: Math.min(MOST, values.length), of: values.length }), valueHeads, values.slice(0, MOST)), values.length),
      listed(say("queries"), binder.queriesTable(queries), queries.length),
      listed(say("deviations"), binder.deviationsTable(deviations), deviations.length),
      listed(say("trail"), binder.trailTable(say("found_part", { n: Math.min(MOST, events.length), of: events.length }), events.slice(0, MOST)), events.length),
    ];
  };

  binder.parts.add("search");
})(window.binder);

"use strict";
// The check of the whole binder, from the bytes of the events to the values on the pages, and what it found.
(function (binder) {
  const MOST = 200;
  binder.findings = [];
  binder.checked = { state: "waiting", step: "", pictures: new Set() };
  binder.words = new Map();

  // Something that does not hold: of which kind, where, why. Each place is said once for each reason.
  binder.found = function (kind, place, why, event) {
    const isKnown = binder.findings.some((one) => one.place === place && one.why === why);
    if (isKnown || binder.findings.length >= MOST) return;
    binder.findings.push({ kind, place, why, event: event || 0 });
    if (binder.checked.state === "done") binder.showVerdict();
  };

  function step(name, places) {
    binder.checked.step = binder.say(name, places);
    binder.showVerdict();
    return new Promise((done) => setTimeout(done, 0)); // the page answers in between
  }

  async function readEvents() {
    const files = binder.filesNamed("events-");
    const chunks = [];
    for (const name of files) chunks.push((await binder.loadJson(name)) || []);
    chunks.forEach(binder.findStandIns);
    for (const rows of chunks) {
      await binder.readRows(rows);
      await step("step_events", { n: binder.log.last, of: binder.index.events });
    }
    binder.checkEnd();
  }

  async function readWords() {
    for (const name of binder.filesNamed("words-")) {
      for (const one of (await binder.loadJson(name)) || []) binder.words.set(one.sequence, one);
    }
    for (const event of binder.log.events) {
      const words = binder.words.get(event.number);
      const fields = new Set(event.body ? event.body.changes.map((change) => change.field) : []);
      const fits = !event.body || (words && words.changes.every((change) => fields.has(change[0])));
      if (!fits) binder.found("page", binder.say("event_n", { n: event.number }), binder.say("wrong_event_words"), event.number);
    }
  }

  async function readRecords() {
    const participants = binder.index.participants;
    for (const [n, { participant }] of participants.entries()) {
      const record = await binder.record(participant);
      if (record) binder.checkRecord(record);
      if (n % 5 === 0) await step("step_records", { n: n + 1, of: participants.length });
    }
    binder.checkLists();
  }

  async function checkIndex(text) {
    const owed = document.querySelector("meta[name='binder-index']").content;
    if ((await binder.textSha256(text)) !== owed) binder.found("file", "data/index.js", binder.say("wrong_file"));
  }

  binder.checkAll = async function (indexText) {
    binder.checked.state = "running";
    await step("step_start");
    await binder.tryEd25519();
    await checkIndex(indexText);
    await readEvents();
    await readWords();
    await readRecords();
    binder.checked.state = "done";
    binder.showVerdict();
  };

  // Every picture's bytes, file by file; nothing of them is kept.
  binder.checkPictures = async function () {
    const names = binder.filesNamed("picture-");
    for (const [n, name] of names.entries()) {
      await binder.load(name);
      binder.forget(name);
      if (n % 10 === 0) await step("step_pictures", { n: n + 1, of: names.length });
    }
    binder.showVerdict();
  };

  binder.isWhole = () => binder.checked.state === "done" && !binder.findings.length && !binder.failed.length;

  binder.parts.add("check");
})(window.binder);

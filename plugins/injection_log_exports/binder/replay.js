"use strict";
// Reads the events one after the other: their hashes, their links, their form, and what stands after each of them.
(function (binder) {
  const KEYS = "changes claimed_at kind offset_minutes program protocol reason recorded_at role sequence subject user v workstation";

  binder.log = {
    events: [], byNumber: new Map(), values: new Map(), setBy: new Map(), leaves: [], blanked: new Map(),
    standIns: new Map(), origin: "", last: 0, lastHash: "", covered: 0, checkpoints: [],
  };
  const log = binder.log;

  binder.valuesOf = function (subject) {
    if (!log.values.has(subject)) log.values.set(subject, new Map());
    return log.values.get(subject);
  };
  binder.valueOf = (subject, field) => (log.values.has(subject) ? log.values.get(subject).get(field) : undefined);

  const atEvent = (number) => binder.say("event_n", { n: number });
  binder.wrongEvent = (number, why) => binder.found("event", atEvent(number), binder.say(why, { n: number }), number);

  // The two digests of a row, from its own bytes: all rows of a file side by side.
  async function digests(row) {
    const [number, body, salt, leaf, previous] = row;
    const content = body === null ? null
      : await binder.sha256(binder.joined(Uint8Array.of(0), binder.fromHex(salt), binder.utf8(body)));
    const link = await binder.sha256(
      binder.joined(Uint8Array.of(2), binder.fromHex(previous), binder.fromHex(leaf), binder.eightBytes(number)));
    return { leaf: content && binder.hex(content), link: binder.hex(link) };
  }

  function checkHashes(row, made) {
    const [number, body, salt, leaf, previous, hash] = row;
    if (number !== log.last + 1) binder.wrongEvent(log.last + 1, "wrong_sequence");
    if (body === null) binder.log.blanked.set(number, leaf);
    else if (made.leaf !== leaf || salt.length !== 64) binder.wrongEvent(number, "wrong_leaf");
    if (made.link !== hash) binder.wrongEvent(number, "wrong_hash");
    if (log.last && previous !== log.lastHash) binder.wrongEvent(number, "wrong_link");
  }

  function parsed(number, text) {
    try {
      const body = JSON.parse(text);
      const whole = Object.keys(body).sort().join(" ") === KEYS && binder.canonical(body) === text && body.v === 1
        && body.changes.every((change) => Object.keys(change).sort().join(" ") === "field new old");
      if (!whole) binder.wrongEvent(number, "wrong_form");
      else if (body.sequence !== number) binder.wrongEvent(number, "wrong_sequence");
      return body;
    } catch (error) {
      binder.wrongEvent(number, "wrong_form");
      return null;
    }
  }

  async function checkFirst(body, previous) {
    const bound = Object.fromEntries(body.changes.map((change) => [change.field, change.new]));
    log.origin = String(bound.origin);
    const opens = body.kind === "LedgerOpened" && log.origin === binder.index.about.origin
      && (await binder.textSha256(log.origin)) === previous
      && log.origin.startsWith("injection-log/" + bound.study + "/" + bound.site + "/");
    if (!opens) binder.wrongEvent(1, "wrong_origin");
  }

  binder.apply = function (number, subject, changes, isBlanked) {
    const values = binder.valuesOf(subject);
    for (const change of changes) {
      const before = values.has(change.field) ? values.get(change.field) : null;
      if (!isBlanked && !binder.same(before, change.old)) binder.wrongEvent(number, "wrong_old");
      if (change.new === null) values.delete(change.field);
      else values.set(change.field, change.new);
      log.setBy.set(subject + " " + change.field, number);
    }
  };

  function applyBlanked(number) {
    const said = log.standIns.get(number);
    if (!said) return;
    const changes = Object.entries(said.fields).map(([field, value]) => ({ field, new: value, old: null }));
    binder.apply(number, said.subject, changes, true);
  }

  // One row that was hashed: read, checked against all before it, and let take effect.
  async function take(row) {
    const [number, text, , leaf, previous, hash] = row;
    const body = text === null ? null : parsed(number, text);
    const event = { number, text, body, leaf, hash, subject: body ? body.subject : "" };
    log.events.push(event);
    log.byNumber.set(number, event);
    if (body && number === 1) await checkFirst(body, previous);
    if (body) {
      await binder.checkSigned(event);
      binder.apply(number, body.subject, body.changes, false);
    } else if (text === null) applyBlanked(number);
    log.leaves.push(binder.fromHex(leaf));
    log.last = number;
    log.lastHash = hash;
  }

  // What is said of blanked events stands behind them, so it is looked for first.
  binder.findStandIns = function (rows) {
    for (const row of rows) {
      if (row[1] === null || !row[1].includes('"kind":"PayloadBlanked"')) continue;
      for (const change of JSON.parse(row[1]).changes) {
        for (const [number, said] of Object.entries((change.new && change.new.events) || {})) {
          log.standIns.set(Number(number), said);
        }
      }
    }
  };

  binder.readRows = async function (rows) {
    const made = await Promise.all(rows.map(digests));
    for (const [n, row] of rows.entries()) {
      checkHashes(row, made[n]);
      await take(row);
    }
  };

  binder.checkEnd = function () {
    for (const [number, leaf] of log.blanked) {
      const said = log.standIns.get(number);
      if (!said || said.leaf !== leaf || !said.isAgreed) binder.wrongEvent(number, "wrong_blanked");
    }
    if (log.last !== binder.index.events) binder.wrongEvent(log.last + 1, "wrong_end");
    if (log.lastHash !== binder.index.last_hash) binder.wrongEvent(log.last, "wrong_last_hash");
  };

  binder.parts.add("replay");
})(window.binder);

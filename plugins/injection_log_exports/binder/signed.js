"use strict";
// What is signed in an event: checkpoints, signatures of people, and what two people agreed to.
(function (binder) {
  const SIGNERS = ["injector", "operator", "principal_investigator"];
  const TEXTS = ["record_sha256", "meaning", "user", "signed_at", "printed_name", "rendering", "value"];
  const tree = new binder.Tree();
  let grown = 0;
  binder.counts = { checkpoints: 0, signatures: 0, agreements: 0 };

  // Signatures and agreements are known by their form, wherever in a value they stand.
  function inside(value, names, depth) {
    if (!value || typeof value !== "object" || Array.isArray(value)) return [];
    if (names.every((name) => name in value)) return [value];
    return depth < 3 ? Object.values(value).flatMap((item) => inside(item, names, depth + 1)) : [];
  }
  const signatures = (value) => inside(value, ["record_sha256", "value"], 0);
  const agreements = (value) => inside(value, ["signatures", "text_sha256"], 0);

  async function rootSoFar() {
    await tree.add(binder.log.leaves.slice(grown));
    grown = binder.log.leaves.length;
    return tree.root();
  }

  // A C2SP signed note: origin, size, root, an empty line, signature lines. null for what is none.
  binder.parseCheckpoint = function (text) {
    const [head, tail] = text.split("\n\n");
    const lines = (head || "").split("\n");
    const root = lines.length === 3 ? binder.fromBase64(lines[2]) : null;
    if (tail === undefined || !root || root.length !== 32 || !/^\d+$/.test(lines[1])) return null;
    const signed = tail.trimEnd().split("\n").map((line) => line.split(" "));
    const marks = signed.map(([dash, name, value]) => ({ dash, name, bytes: binder.fromBase64(value || "") }));
    if (marks.some((mark) => mark.dash !== "\u2014" || !mark.bytes || mark.bytes.length !== 68)) return null;
    return { origin: lines[0], size: Number(lines[1]), root, marks, body: binder.utf8(head + "\n") };
  };

  // Whether a checkpoint is signed by this key (hex) under the log's own name; null where that cannot be told.
  binder.checkpointBy = async function (one, key) {
    const id = await binder.sha256(binder.joined(binder.utf8(one.origin + "\n\u0001"), binder.fromHex(key)));
    let holds = false;
    for (const mark of one.marks) {
      if (mark.name !== one.origin || binder.hex(mark.bytes.slice(0, 4)) !== binder.hex(id.slice(0, 4))) continue;
      holds = await binder.signedBy(key, one.body, mark.bytes.slice(4));
      if (holds !== false) return holds;
    }
    return holds;
  };

  async function checkCheckpoint(event, said) {
    const number = event.number;
    const one = said && typeof said.text === "string" ? binder.parseCheckpoint(said.text) : null;
    const key = String(binder.valueOf("workstation:" + event.body.workstation, "checkpoint_key") || "");
    const fits = one && one.origin === binder.log.origin && one.size === number - 1 && said.size === one.size
      && binder.hex(one.root) === binder.hex(await rootSoFar());
    if (!fits) binder.wrongEvent(number, "wrong_checkpoint");
    else if ((await binder.checkpointBy(one, key)) === false) binder.wrongEvent(number, "wrong_checkpoint_key");
    binder.counts.checkpoints += 1;
    binder.log.covered = number - 1;
    binder.log.checkpoints.push({ event: number, size: number - 1, text: said ? said.text : "" });
  }

  async function signatureHolds(event, said) {
    if (TEXTS.some((name) => typeof said[name] !== "string" || !said[name])) return false;
    if ((await binder.textSha256(said.rendering)) !== said.record_sha256 || said.user !== event.body.user) return false;
    const of = (field) => binder.valueOf("user:" + said.user, field);
    const isBy = said.printed_name === of("printed_name") && said.role === of("role") && SIGNERS.includes(said.role)
      && of("closed") !== true && (said.public_key || of("public_key")) === of("public_key");
    const { record_sha256, meaning, user, signed_at } = said;
    const claim = { origin: binder.log.origin, subject: event.body.subject, record_sha256, meaning, user, signed_at };
    const signature = binder.fromBase64(said.value);
    return isBy && (await binder.signedBy(of("public_key"), binder.utf8(binder.canonical(claim)), signature)) !== false;
  }

  async function agreementHolds(said) {
    const both = Array.isArray(said.signatures) ? said.signatures : [];
    const roles = both.map((one) => one.role).sort().join(" ");
    const digest = await binder.textSha256(String(said.text));
    if (roles !== "data_manager principal_investigator" || both[0].user === both[1].user) return false;
    if (digest !== said.text_sha256) return false;
    for (const one of both) {
      const of = (field) => binder.valueOf("user:" + one.user, field);
      const claim = { act: said.act, origin: binder.log.origin, signed_at: one.signed_at, text_sha256: digest, user: one.user };
      const isBy = one.role === of("role") && one.printed_name === of("printed_name");
      const signature = binder.fromBase64(one.value);
      const holds = await binder.signedBy(of("public_key"), binder.utf8(binder.canonical(claim)), signature);
      if (!isBy || holds === false) return false;
    }
    return true;
  }

  // Two people signed which events lose their content and what stands without it: exactly that text.
  async function checkBlanking(number, said) {
    const events = said.events || {};
    const names = Object.keys(events).sort((one, other) => one - other);
    const text = "The content of these events of the log is blanked for good: " + names.join(", ") + ".\n"
      + "Why: " + said.why + "\nSHA-256 of what stands afterwards: " + (await binder.textSha256(binder.canonical(events))) + "\n";
    const agreed = said.agreement && said.agreement.act === "blank payloads" && said.agreement.text === text
      && names.length && names.every((name) => Number(name) < number);
    if (!agreed) binder.wrongEvent(number, "wrong_agreement");
    else for (const name of names) binder.log.standIns.get(Number(name)).isAgreed = true;
  }

  async function checkChange(event, change, known) {
    const body = event.body;
    if (body.subject === "ledger:" && change.field === "checkpoint") await checkCheckpoint(event, change.new);
    const found = signatures(change.new);
    if (change.field === "signature" && change.new !== null && !found.length) binder.wrongEvent(event.number, "wrong_signature");
    for (const said of found) {
      if (known.has(binder.canonical(said))) continue;
      binder.counts.signatures += 1;
      if (!(await signatureHolds(event, said))) binder.wrongEvent(event.number, "wrong_signature");
    }
    for (const said of agreements(change.new)) {
      binder.counts.agreements += 1;
      if (!(await agreementHolds(said))) binder.wrongEvent(event.number, "wrong_agreement");
    }
    if (body.subject === "ledger:" && change.field === "blanking" && change.new) await checkBlanking(event.number, change.new);
  }

  // Everything signed that one event brings, against the log before it.
  binder.checkSigned = async function (event) {
    const text = event.text;
    if (!text.includes('_sha256":') && !text.includes('"signature"') && !text.includes('"checkpoint"')
      && !text.includes('"blanking"')) return;
    const before = [...binder.valuesOf(event.body.subject).values()].flatMap(signatures);
    const known = new Set(before.map(binder.canonical));
    for (const change of event.body.changes) await checkChange(event, change, known);
  };

  binder.parts.add("signed");
})(window.binder);

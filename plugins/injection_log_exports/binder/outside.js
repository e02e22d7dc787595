"use strict";
// Holds a checkpoint that left the site earlier (on a signed sheet, in an older binder) against the events of this one.
(function (binder) {
  async function rootAt(size) {
    const tree = new binder.Tree();
    await tree.add(binder.log.leaves.slice(0, size));
    return binder.hex(await tree.root());
  }

  async function isSignedByLog(one) {
    let known = false;
    for (const [subject] of binder.log.values) {
      if (!subject.startsWith("workstation:")) continue;
      const keys = binder.log.events.filter((event) => event.subject === subject && event.body)
        .flatMap((event) => event.body.changes.filter((change) => change.field === "checkpoint_key").map((change) => change.new));
      for (const key of keys) {
        const holds = await binder.checkpointBy(one, String(key));
        if (holds !== false) known = holds === null ? null : true;
      }
    }
    return known;
  }

  // What is to be said of a pasted checkpoint: {holds, words}.
  binder.compareCheckpoint = async function (pasted) {
    const text = pasted.replace(/\r/g, "").trim() + "\n";
    const one = binder.parseCheckpoint(text);
    if (!one) return { holds: false, words: binder.say("outside_form") };
    if (one.origin !== binder.log.origin) return { holds: false, words: binder.say("outside_other") };
    if (one.size > binder.log.last) return { holds: false, words: binder.say("outside_cut", { n: one.size, of: binder.log.last }) };
    if ((await rootAt(one.size)) !== binder.hex(one.root)) return { holds: false, words: binder.say("outside_root", { n: one.size }) };
    const signed = await isSignedByLog(one);
    if (signed === false) return { holds: false, words: binder.say("outside_key") };
    return { holds: true, words: binder.say(signed ? "outside_holds" : "outside_unsigned", { n: one.size }) };
  };

  binder.parts.add("outside");
})(window.binder);

"use strict";
// Brings data files by adding script elements, and holds each against the digest that the index has of it.
(function (binder) {
  const named = (source) => {
    if (!/^data\/[\w.-]+\.js$/.test(source)) throw new TypeError("not a data file");
    return source;
  };
  const policy = window.trustedTypes
    ? window.trustedTypes.createPolicy("binder", { createScriptURL: named })
    : { createScriptURL: named };
  const coming = new Map();

  function added(name) {
    return new Promise(function (done) {
      const script = document.createElement("script");
      script.addEventListener("load", done);
      script.addEventListener("error", done);
      script.src = policy.createScriptURL("data/" + name + ".js");
      document.body.append(script);
    });
  }

  async function brought(name) {
    if (!binder.taken.has(name)) await added(name);
    const text = binder.taken.get(name);
    binder.taken.delete(name);
    if (text === undefined) {
      binder.fail("data/" + name + ".js");
      binder.found("file", "data/" + name + ".js", binder.say("wrong_missing"));
      return null;
    }
    if ((await binder.textSha256(text)) !== binder.index.files[name]) {
      binder.found("file", "data/" + name + ".js", binder.say("wrong_file"));
    } else if (name.startsWith("picture-")) binder.checked.pictures.add(name);
    return text;
  }

  // The text of a data file, null where it did not come; asked for twice, it is loaded once.
  binder.load = function (name) {
    if (!coming.has(name)) coming.set(name, brought(name));
    return coming.get(name);
  };
  binder.forget = (name) => coming.delete(name);

  // As load, read as JSON; null for what cannot be read.
  binder.loadJson = async function (name) {
    try {
      return JSON.parse(await binder.load(name));
    } catch (error) {
      binder.found("file", "data/" + name + ".js", binder.say("wrong_file"));
      return null;
    }
  };

  binder.filesNamed = (start) => Object.keys(binder.index.files).filter((name) => name.startsWith(start)).sort();

  // A participant's record is read when it is first shown, and once.
  const records = new Map();
  binder.record = async function (participant) {
    if (!records.has(participant)) records.set(participant, binder.loadJson("participant-" + participant));
    return records.get(participant);
  };

  binder.parts.add("load");
})(window.binder);

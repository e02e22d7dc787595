"use strict";
// What the check found, in words: the one line that stands on every page, and the page that says what it covers.
(function (binder) {
  const { make, say } = binder;

  binder.showVerdict = function () {
    const line = document.getElementById("verdict");
    const { state, step } = binder.checked;
    const isWrong = binder.findings.length > 0 || binder.failed.length > 0;
    const first = binder.findings[0];
    const wrong = first ? say("verdict_wrong", { n: binder.findings.length, place: first.place, why: first.why }) : say("verdict_failed");
    const holds = say(binder.hasEd25519 ? "verdict_holds" : "verdict_unsigned", { n: binder.log.last });
    const words = isWrong ? wrong : state === "done" ? holds : step;
    if (line.textContent !== words) line.replaceChildren(words, " ", binder.link("check", say("see_check")));
    line.className = isWrong ? "wrong" : state === "done" ? (binder.hasEd25519 ? "holds" : "notice") : "running";
    document.body.dataset.state = isWrong && state === "done" ? "wrong" : state;
  };

  function findings() {
    if (!binder.findings.length) return [];
    const heads = [say("where"), say("what_is_wrong")];
    const rows = binder.findings.map((one) => ({ wrong: true, cells: [one.event ? binder.link("event/" + one.event, one.place) : one.place, one.why] }));
    return [make("h3", {}, say("findings")), binder.table(say("findings_caption", { n: rows.length }), heads, rows)];
  }

  function checked() {
    const { checkpoints, signatures, agreements, values } = binder.counts;
    const ed = binder.hasEd25519;
    return [
      say("did_files", { n: Object.keys(binder.index.files).length - binder.filesNamed("picture-").length + 1 }),
      say("did_events", { n: binder.log.last }), say("did_replay"),
      say("did_root", { n: checkpoints }), ed ? say("did_keys", { n: checkpoints }) : null,
      ed ? say("did_signatures", { n: signatures }) : say("did_texts", { n: signatures }), agreements ? say("did_agreements", { n: agreements }) : null,
      say("did_values", { n: values }), say("did_pictures", { n: binder.checked.pictures.size, of: binder.filesNamed("picture-").length }),
      say(binder.hasSubtle ? "by_browser" : "by_own"),
    ].filter(Boolean);
  }

  function notChecked() {
    const open = binder.log.last - 1 > binder.log.covered;
    return [
      binder.hasEd25519 ? null : say("not_ed25519"), open ? say("not_covered", { n: binder.log.covered }) : null,
      ...["not_maker", "not_later", "not_keys", "not_words", "not_originals", "not_page", "not_entered"].map((name) => say(name)),
      binder.log.blanked.size ? say("not_blanked", { n: binder.log.blanked.size }) : null,
    ].filter(Boolean);
  }

  function outside() {
    const area = make("textarea", { id: "outside", rows: 6, spellcheck: "false" });
    const told = make("p", { role: "status", "aria-live": "polite" });
    const compare = async function (event) {
      event.preventDefault();
      const said = await binder.compareCheckpoint(area.value);
      told.textContent = say(said.holds ? "holds" : "wrong") + " " + said.words;
      told.className = said.holds ? "holds" : "wrong";
    };
    const newest = binder.log.checkpoints.at(-1);
    return [
      make("h3", {}, say("outside")), make("p", {}, say("outside_hint")),
      make("form", { class: "outside", on: { submit: compare } }, make("label", { for: "outside" }, say("outside_label")), area, make("button", { type: "submit" }, say("compare"))),
      told, make("h3", {}, say("newest_checkpoint")), make("p", {}, say("newest_hint")), make("pre", {}, newest ? newest.text : say("none")),
    ];
  }

  function picturesButton() {
    const button = make("button", { type: "button" }, say("check_pictures"));
    button.addEventListener("click", async function () {
      button.disabled = true;
      await binder.checkPictures();
      binder.show();
    });
    return make("p", { class: "screen-only" }, button);
  }

  binder.showCheck = function (how) {
    const state = binder.isWhole() ? say("check_holds") : binder.checked.state === "done" ? say("check_wrong") : binder.checked.step;
    const kind = binder.isWhole() ? "holds" : binder.checked.state === "done" ? "wrong" : "running";
    const rest = how && how.isOnPaper ? outside().slice(-3) : [picturesButton(), outside()];
    return [
      make("h2", {}, say("check")), binder.notice(state, kind), findings(),
      make("h3", {}, say("checked")), binder.findings.length ? make("p", {}, say("checked_apart")) : [], binder.list(checked()), make("h3", {}, say("not_checked")), binder.list(notChecked()), rest,
    ];
  };

  binder.parts.add("result");
})(window.binder);

"use strict";
// The participants with their visits and glands: what was injected, how far each record is, how many pictures it has.
(function (binder) {
  const { make, say, link } = binder;
  const open = (participant) => binder.index.queries.filter((one) => one.place[0] === participant && one.state !== "closed");

  function glandCells(gland) {
    if (!gland) return ["", "", ""];
    return [gland.injected || "–", gland.state + (gland.version > 1 ? ", " + say("version_n", { n: gland.version }) : ""), gland.pictures];
  }

  function rows(participant) {
    const first = { visit: "", title: "–", day: "", counts: "", glands: [] };
    return (participant.visits.length ? participant.visits : [first]).map((visit) => [
      link("record/" + participant.participant, participant.participant), visit.title, visit.day, visit.counts,
      ...glandCells(visit.glands[0]), ...glandCells(visit.glands[1]), open(participant.participant).length,
    ]);
  }

  function facts() {
    const about = binder.index.about;
    const pairs = [
      ["study", about.study], ["site", about.site], ["protocol", about.protocol_version + " (" + about.protocol_sha256.slice(0, 16) + "…)"],
      ["exported", about.exported_at], ["exported_by", about.exported_by + ", " + (binder.index.names.roles[about.role] || about.role)],
      ["program", about.program_version], ["last_event", about.last_event + ", " + about.last_event_at],
    ];
    return make("dl", { class: "facts" }, pairs.flatMap(([name, words]) => [make("dt", {}, say(name)), make("dd", {}, String(words))]));
  }

  binder.showOverview = function () {
    const heads = ["participant", "visit", "day", "counts_head", "right_injected", "right_state", "right_pictures",
      "left_injected", "left_state", "left_pictures", "open_queries"].map((name) => say(name));
    const all = binder.index.participants.flatMap(rows);
    return [make("h2", {}, say("participants")), facts(), binder.table(say("participants_caption", { n: binder.index.participants.length }), heads, all)];
  };

  binder.parts.add("overview");
})(window.binder);

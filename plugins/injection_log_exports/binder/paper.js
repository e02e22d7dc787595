"use strict";
// The paper binder: everything on one page, in the order of a binder, for printing.
(function (binder) {
  const { make, say } = binder;
  let figures = [];

  binder.paperPictures = function (pictures) {
    return make("div", { class: "paper-pictures" }, pictures.map(function (picture) {
      const { element, ready } = binder.pictureFigure(picture);
      figures.push(ready);
      return element;
    }));
  };

  async function sheets() {
    const parts = [];
    for (const { participant } of binder.index.participants) {
      const record = await binder.record(participant);
      if (record) parts.push(make("section", { class: "sheet" }, make("h2", {}, say("participant") + " " + participant), binder.recordParts(record)));
    }
    return parts;
  }

  binder.showPaper = async function () {
    binder.onPaper = true;
    figures = [];
    const parts = [
      make("p", { class: "screen-only" }, make("button", { type: "button", on: { click: () => window.print() } }, say("print"))),
      make("section", { class: "sheet" }, binder.showCheck({ isOnPaper: true })), make("section", { class: "sheet" }, binder.showOverview()),
      await sheets(),
      make("section", { class: "sheet" }, binder.showQueries(), binder.showDeviations()),
      make("section", { class: "sheet" }, binder.showLog(), binder.showPeople()),
      make("section", { class: "sheet" }, make("h2", {}, say("trail")), binder.trailTable(say("trail_caption", { n: binder.log.events.length, of: binder.log.events.length }), binder.log.events)),
    ];
    binder.onPaper = false;
    await Promise.all(figures);
    return parts;
  };

  binder.parts.add("paper");
})(window.binder);

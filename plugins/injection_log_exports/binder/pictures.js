"use strict";
// The marked frames of a gland: one after the other, with the marks or without. A picture is shown when it was hashed.
(function (binder) {
  const { make, say } = binder;

  async function put(image, name) {
    const text = await binder.load(name);
    if (text === null) return;
    await new Promise(function (done) {
      image.addEventListener("load", done, { once: true });
      image.addEventListener("error", done, { once: true });
      image.src = "data:image/png;base64," + text;
    });
  }

  // The clean frame lies below; marks and strip of words lie over it and below it, in one picture of the whole size.
  binder.pictureFigure = function (picture) {
    const caption = make("figcaption", {}, make("strong", {}, picture.title), make("br"), picture.area,
      make("br"), say("drawn_from"), " ", make("code", {}, picture.image_sha256));
    if (!picture.is_shown) {
      return { element: make("figure", {}, binder.notice(say("no_picture") + " " + picture.why_not, "notice"), caption), ready: Promise.resolve() };
    }
    const clean = make("img", { class: "clean", alt: picture.title });
    const marks = make("img", { class: "marks", alt: say("marks") + ": " + picture.described });
    const stack = make("div", { class: "stack" }, clean, marks);
    // Sizes in CSS by the object model: a style attribute is not allowed on this page.
    stack.style.aspectRatio = picture.columns + " / " + picture.rows;
    clean.style.height = (100 * picture.picture_rows) / picture.rows + "%";
    const ready = Promise.all([put(clean, "picture-" + picture.name + "-clean"), put(marks, "picture-" + picture.name + "-marks")]);
    return { element: make("figure", {}, stack, caption), ready };
  };

  function marksButton(frame) {
    const button = make("button", { type: "button", "aria-pressed": "true" }, say("marks"));
    button.addEventListener("click", function () {
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(shown));
      frame.classList.toggle("without-marks", !shown);
    });
    return button;
  }

  function slider(pictures, frame) {
    const told = make("output", { "aria-live": "polite" });
    const range = make("input", { type: "range", min: 1, max: pictures.length, value: 1, "aria-label": say("key_frame") });
    const show = function (number) {
      range.value = String(number);
      range.setAttribute("aria-valuetext", pictures[number - 1].title);
      told.textContent = say("key_frame_n", { n: number, of: pictures.length });
      frame.replaceChildren(binder.pictureFigure(pictures[number - 1]).element);
    };
    const by = (step) => () => show(Math.min(pictures.length, Math.max(1, Number(range.value) + step)));
    range.addEventListener("input", () => show(Number(range.value)));
    frame.addEventListener("wheel", function (event) {
      if (!event.ctrlKey || !event.deltaY) return;
      event.preventDefault();
      by(Math.sign(event.deltaY))();
    }, { passive: false });
    show(1);
    return [
      make("button", { type: "button", on: { click: by(-1) } }, say("earlier_frame")), range,
      make("button", { type: "button", on: { click: by(1) } }, say("later_frame")), told,
    ];
  }

  binder.pictureBrowser = function (gland) {
    if (!gland.pictures.length) return make("p", {}, say("no_marks"));
    if (binder.onPaper) return binder.paperPictures(gland.pictures);
    const frame = make("div", { class: "frame" });
    return make("div", { class: "browser", role: "group", "aria-label": say("key_frames") },
      make("div", { class: "turning" }, slider(gland.pictures, frame), marksButton(frame)), frame);
  };

  binder.parts.add("pictures");
})(window.binder);

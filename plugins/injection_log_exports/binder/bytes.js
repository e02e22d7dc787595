"use strict";
// Texts, hexadecimal and base64 as bytes and back; and the one form of a JSON value that is hashed (RFC 8785).
(function (binder) {
  const encoder = new TextEncoder();

  binder.utf8 = (text) => encoder.encode(text);

  binder.hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");

  binder.fromHex = function (text) {
    if (typeof text !== "string" || !/^([0-9a-f]{2})*$/.test(text)) return new Uint8Array(0);
    return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
  };

  // Strict base64: what decodes must encode to the same text again. null for what is none.
  binder.fromBase64 = function (text) {
    try {
      const plain = atob(text);
      return btoa(plain) === text ? Uint8Array.from(plain, (letter) => letter.charCodeAt(0)) : null;
    } catch (error) {
      return null;
    }
  };

  binder.joined = function (...parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  };

  // The log has no floats and no keys but ASCII; for such values this is the canonical form.
  binder.canonical = function canonical(value) {
    if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
    if (value && typeof value === "object") {
      return "{" + Object.keys(value).sort().map((key) => JSON.stringify(key) + ":" + canonical(value[key])).join(",") + "}";
    }
    return value === undefined ? "null" : JSON.stringify(value);
  };

  binder.same = (one, other) => binder.canonical(one) === binder.canonical(other);

  // A sequence number as eight bytes, the largest first.
  binder.eightBytes = function (number) {
    const bytes = new Uint8Array(8);
    for (let n = 7, rest = number; n >= 0; n -= 1, rest = Math.floor(rest / 256)) bytes[n] = rest % 256;
    return bytes;
  };

  binder.parts.add("bytes");
})(window.binder);

"use strict";
// SHA-256 by the browser (WebCrypto), or by the lines below where a browser has none for pages from a disk (FIPS 180-4).
(function (binder) {
  const subtle = window.crypto && window.crypto.subtle;
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime)) primes.push(n);
  const fraction = (root) => Math.floor((root - Math.floor(root)) * 4294967296);
  const rounds = primes.map((prime) => fraction(Math.cbrt(prime)));
  const start = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  const turned = (word, by) => (word >>> by) | (word << (32 - by));

  function padded(bytes) {
    const length = Math.ceil((bytes.length + 9) / 64) * 64;
    const whole = new Uint8Array(length);
    whole.set(bytes);
    whole[bytes.length] = 128;
    whole.set(binder.eightBytes(bytes.length * 8), length - 8);
    return new DataView(whole.buffer);
  }

  function schedule(view, at) {
    const words = new Uint32Array(64);
    for (let n = 0; n < 16; n += 1) words[n] = view.getUint32(at + n * 4);
    for (let n = 16; n < 64; n += 1) {
      const [a, b] = [words[n - 15], words[n - 2]];
      const low = turned(a, 7) ^ turned(a, 18) ^ (a >>> 3);
      const high = turned(b, 17) ^ turned(b, 19) ^ (b >>> 10);
      words[n] = words[n - 16] + low + words[n - 7] + high;
    }
    return words;
  }

  function mix(state, words) {
    let [a, b, c, d, e, f, g, h] = state;
    for (let n = 0; n < 64; n += 1) {
      const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + rounds[n] + words[n]) | 0;
      const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    return [a, b, c, d, e, f, g, h].map((word, n) => (word + state[n]) | 0);
  }

  binder.ownSha256 = function (bytes) {
    const view = padded(bytes);
    let state = start;
    for (let at = 0; at < view.byteLength; at += 64) state = mix(state, schedule(view, at));
    const out = new DataView(new ArrayBuffer(32));
    state.forEach((word, n) => out.setUint32(n * 4, word));
    return new Uint8Array(out.buffer);
  };

  binder.hasSubtle = Boolean(subtle);
  binder.sha256 = async function (bytes) {
    return subtle ? new Uint8Array(await subtle.digest("SHA-256", bytes)) : binder.ownSha256(bytes);
  };
  binder.textSha256 = async (text) => binder.hex(await binder.sha256(binder.utf8(text)));

  binder.parts.add("sha256");
})(window.binder);

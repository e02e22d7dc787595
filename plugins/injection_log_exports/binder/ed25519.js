"use strict";
// Ed25519 as the browser has it (WebCrypto). Where it has none, nothing here is checked, and the result says so.
(function (binder) {
  const keys = new Map();
  binder.hasEd25519 = false;

  const imported = (hex) => crypto.subtle.importKey("raw", binder.fromHex(hex), { name: "Ed25519" }, false, ["verify"]);

  // The public key of RFC 8032, 7.1, test 1: whether this browser takes such a key at all.
  binder.tryEd25519 = async function () {
    try {
      await imported("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
      binder.hasEd25519 = true;
    } catch (error) {
      binder.hasEd25519 = false;
    }
  };

  // Whether the signature (64 bytes) is by this key (hex) over these bytes; null where the browser cannot tell.
  binder.signedBy = async function (key, message, signature) {
    if (!binder.hasEd25519) return null;
    if (typeof key !== "string" || !signature || signature.length !== 64) return false;
    try {
      if (!keys.has(key)) keys.set(key, imported(key));
      return await crypto.subtle.verify({ name: "Ed25519" }, await keys.get(key), signature, message);
    } catch (error) {
      return false;
    }
  };

  binder.parts.add("ed25519");
})(window.binder);

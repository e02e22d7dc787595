"use strict";
// The Merkle tree over the leaves of the log (RFC 6962, part 2.1), grown level by level.
(function (binder) {
  const node = (left, right) => binder.sha256(binder.joined(Uint8Array.of(1), left, right));

  binder.Tree = class {
    constructor() {
      this.size = 0;
      this.waiting = [];
    }

    async add(leaves) {
      this.size += leaves.length;
      let nodes = leaves.slice();
      for (let level = 0; nodes.length; level += 1) {
        if (this.waiting[level]) nodes.unshift(this.waiting[level]);
        this.waiting[level] = nodes.length % 2 ? nodes.pop() : null;
        const pairs = [];
        for (let n = 0; n < nodes.length; n += 2) pairs.push(node(nodes[n], nodes[n + 1]));
        nodes = await Promise.all(pairs);
      }
    }

    async root() {
      let root = null;
      for (const left of this.waiting) if (left) root = root ? await node(left, root) : left;
      return root || binder.sha256(new Uint8Array(0));
    }
  };

  binder.parts.add("tree");
})(window.binder);

import assert from "node:assert/strict";
import { effect } from "@preact/signals";
import { Notices } from "./notices.ts";

const textsOf = ({ list }: Notices) => list.peek().map(({ text }) => text);

Deno.test("Notices.notify() replaces the last notice of the kind, and puts the new one at the end", () => {
  const notices = new Notices();
  notices.notify({ kind: "stale", text: "offline" });
  notices.notify({ kind: "newer", text: "a newer run" });
  notices.notify({ kind: "stale", text: "still offline" });
  assert.deepEqual(textsOf(notices), ["a newer run", "still offline"]);
});

Deno.test("Notices.dismiss() removes the notice of a kind, and renders nothing when there is none", () => {
  const notices = new Notices();
  notices.notify({ kind: "stale", text: "offline" });
  let renderings = 0;
  const stop = effect(() => {
    void notices.list.value;
    renderings++;
  });
  notices.dismiss("newer");
  assert.deepEqual([textsOf(notices), renderings], [["offline"], 1]);
  notices.dismiss("stale");
  assert.deepEqual([textsOf(notices), renderings], [[], 2]);
  stop();
});

/// <reference lib="webworker" />
import type { DrawAnswer, DrawRequest, ReadySign } from "../../server/tile/draw_messages.ts";

/**
 * A drawing thread that behaves as a job's path says: it crashes, hangs, finds no file, or draws. A tile is one byte,
 * its column.
 */
const scope = self as unknown as DedicatedWorkerGlobalScope;

/** Time at which the thread starts: on a busy machine a thread takes long to start. */
const startsMs = performance.now() + Number(new URL(import.meta.url).searchParams.get("startsAfterMs"));
while (performance.now() < startsMs);
scope.postMessage({ isReady: true } satisfies ReadySign);

scope.onmessage = async ({ data: { id, path, tile } }: MessageEvent<DrawRequest>) => {
  if (path === "crash") reportError(new Error("out of its mind"));
  if (path === "crash" || path === "hang") return;
  await new Promise((wake) => setTimeout(wake, 5));
  const memory = { blockBytes: 1, openFiles: 2 };
  scope.postMessage(
    (path === "gone"
      ? { id, memory, failure: { isGone: true, message: "no such file", stack: "" } }
      : { id, memory, png: Uint8Array.of(tile.x) }) satisfies DrawAnswer,
  );
};

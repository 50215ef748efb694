import assert from "node:assert/strict";
import { getLogger } from "@logtape/logtape";
import { rootsBelow } from "../contract/paths.ts";
import { ManualPolls } from "../tests/support/manual_polls.ts";
import { frameId, publishedRoot, publishHour, RUN } from "../tests/support/published_root.ts";
import { Catalogue } from "./catalogue.ts";
import { CatalogueWatcher, type Listener, type SentEvent } from "./catalogue_watcher.ts";

/** Watches a data root; each reading of the clock is a second after the one before, so that no poll sees a cached file. */
function watching(dataRoot: string) {
  let nowMs = 0;
  const polls = new ManualPolls();
  const log = getLogger("test");
  const catalogue = new Catalogue(rootsBelow(dataRoot), log, () => nowMs += 1000);
  return { polls, watcher: new CatalogueWatcher(catalogue, log, polls.timer) };
}

/** A listener that keeps what it receives. */
class Kept implements Listener {
  readonly isStream = true;
  readonly received: SentEvent[] = [];
  isClosed = false;

  onEvent(sent: SentEvent): void {
    this.received.push(sent);
  }

  onClose(): void {
    this.isClosed = true;
  }

  get names(): string[] {
    return this.received.map(({ event: { name } }) => name);
  }
}

Deno.test("CatalogueWatcher sends an event for each change since the last poll, and none for the first state", async () => {
  await using root = await publishedRoot([0]);
  const { watcher, polls } = watching(root.dataRoot);
  const kept = new Kept();
  watcher.listen(kept);
  await polls.run();
  await polls.run();
  assert.deepEqual(kept.names, []);
  await publishHour(root.dataRoot, RUN, 1);
  await polls.run();
  assert.deepEqual(kept.received.map(({ event }) => event), [{
    name: "frames",
    data: { model: "hrrr", run: RUN, var: "tmp2m", available_frames: 2, expected_frames: 49 },
  }]);
  await Deno.remove(`${root.dataRoot}/manifests/hrrr/${RUN}.json`);
  await polls.run();
  assert.deepEqual(kept.names, ["frames", "removed"]);
  await watcher.close();
});

Deno.test("CatalogueWatcher polls only while it has listeners, and compares with the last poll, however long ago", async () => {
  await using root = await publishedRoot([0]);
  const { watcher, polls } = watching(root.dataRoot);
  assert.equal(polls.isScheduled, false);
  const leave = watcher.listen(new Kept());
  assert.equal(polls.isScheduled, true);
  await polls.run();
  assert.equal(polls.isScheduled, true);
  leave();
  assert.equal(polls.isScheduled, false);
  await publishHour(root.dataRoot, RUN, 1);
  const [first, second] = [new Kept(), new Kept()];
  for (const kept of [first, second]) watcher.listen(kept);
  await polls.run();
  assert.deepEqual([first.names, second.names], [["frames"], ["frames"]]);
  await watcher.close();
});

Deno.test("eventsSince() returns the events after an id, and null for an id that this process cannot know", async () => {
  await using root = await publishedRoot([]);
  const { watcher } = watching(root.dataRoot);
  const beginning = watcher.lastId;
  const data = { model: frameId(0).model, run: RUN };
  watcher.announce({ name: "run", data });
  const afterOne = watcher.lastId;
  watcher.announce({ name: "latest", data });
  const names = (id: string) => watcher.eventsSince(id)?.map(({ event: { name } }) => name) ?? null;
  assert.deepEqual([beginning, afterOne, watcher.lastId].map(names), [["run", "latest"], ["latest"], []]);
  const other = beginning.startsWith("0") ? "1" : "0";
  for (const unknown of [other + beginning.slice(1), `${beginning.slice(0, 8)}-3`, "", "2"]) {
    assert.equal(names(unknown), null, unknown);
  }
  for (let i = 0; i < 999; i++) watcher.announce({ name: "latest", data });
  assert.equal(names(beginning), null); // 1001 events ago, and 1000 are kept
  assert.equal(names(afterOne)!.length, 1000);
});

Deno.test("close() tells the listeners that no more events follow, and ends polling", async () => {
  await using root = await publishedRoot([0]);
  const { watcher, polls } = watching(root.dataRoot);
  const kept = new Kept();
  watcher.listen(kept);
  assert.equal(watcher.streams, 1);
  await watcher.close();
  assert.deepEqual([kept.isClosed, watcher.streams, polls.isScheduled], [true, 0, false]);
});

import assert from "node:assert/strict";
import { hasFrame } from "../../contract/manifest.ts";
import { rootsBelow } from "../../contract/paths.ts";
import { readManifest } from "../../builder/publish/read_manifest.ts";
import { putHour, RUN, SHORT } from "../support/short_run.ts";
import { tempDir } from "../support/temp_dir.ts";
import { leadOfHours } from "../../contract/lead.ts";

/** A frame that kills its process whenever it is built is given up after the fifth time; all others are published. */

interface NotedEntry {
  readonly var: string;
  readonly frame: string;
  readonly in_work: readonly string[] | null;
}

/** Runs a scheduler, and kills it once its attempts file has the frame in work. @returns whether it was killed */
async function runUntilInWork(bucket: string, dataRoot: string, id: string, hour: number): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", "tests/support/schedule_child.ts", bucket, dataRoot],
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const file = `${dataRoot}/attempts/${SHORT.id}/${RUN}.json`;
  let hasEnded = false;
  const ended = child.status.then((status) => {
    hasEnded = true;
    return status;
  });
  // The entry of the previous process stays in the file until this process has read it.
  let isOwnNote = false;
  while (!hasEnded) {
    const isInWork = (await entriesOf(file)).some((entry) =>
      entry.var === id && entry.frame === String(hour) && entry.in_work
    );
    if (!isInWork) isOwnNote = true;
    else if (isOwnNote && !hasEnded) {
      child.kill("SIGKILL");
      await ended;
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal((await ended).code, 0);
  return false;
}

async function entriesOf(file: string): Promise<readonly NotedEntry[]> {
  try {
    return JSON.parse(await Deno.readTextFile(file)).entries;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

Deno.test("a frame that kills its process five times is given up, and all others are published", async () => {
  await using folder = await tempDir();
  const [bucket, dataRoot] = [`${folder.path}/bucket`, `${folder.path}/data`];
  for (const hour of [0, 1, 2]) await putHour(bucket, RUN, hour);
  let deaths = 0;
  while (deaths < 10 && await runUntilInWork(bucket, dataRoot, "refc", 1)) deaths++;
  assert.equal(deaths, 5);
  const manifest = await readManifest(rootsBelow(dataRoot), SHORT.id, RUN);
  const missing = SHORT.variables.flatMap(({ id }) =>
    [0, 1, 2].filter((hour) => !hasFrame(manifest!, { var: id, lead: leadOfHours(hour) })).map((hour) =>
      `${id} ${hour}`
    )
  );
  assert.deepEqual(missing, ["refc 1"]);
  const [failed] = manifest!.variables["refc" as never]!.failed!;
  assert.deepEqual([failed!.attempts, failed!.reason], [5, "the process ended while this frame was being built"]);
});

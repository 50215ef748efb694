import assert from "node:assert/strict";
import { frameFields, type FrameId, isoSeconds, runIdSchema, validTime } from "../contract/identity.ts";
import { leadFields, leadOfHours, leadText } from "../contract/lead.ts";
import { type Manifest, manifestSchema } from "../contract/manifest.ts";
import { DamagedError } from "../server/errors.ts";
import { EXAMPLE_SIDECAR } from "../tests/support/example_sidecar.ts";
import type { ServerContext } from "./context.ts";
import { parsePermalink } from "./parse_permalink.ts";
import { viewerProps } from "./viewer_props.ts";

/** Makes a manifest of HRRR with the hours of each variable. */
function manifestOf(runText: string, hoursOf: Readonly<Record<string, readonly number[]>>): Manifest {
  const run = runIdSchema.parse(runText);
  const variables = Object.entries(hoursOf).map(([id, hours]) => [id, {
    name: id,
    group: "Group",
    kind: "continuous",
    units: "°F",
    expected_frames: 49,
    available_frames: hours.length,
    frames: hours.map(leadOfHours).map((lead) => ({
      ...leadFields(lead),
      valid_time: isoSeconds(validTime(run, lead)),
    })),
  }]);
  return manifestSchema.parse({
    contract_version: "3.0",
    model: "hrrr",
    run,
    complete: false,
    variables: Object.fromEntries(variables),
    last_updated: "2026-02-17T07:00:00Z",
  });
}

const RUN_06 = manifestOf("20260217_06z", { tmp2m: [1, 2, 3], wspd10m: [0, 1, 2, 3], snod: [] });
const RUN_00 = manifestOf("20260217_00z", { tmp2m: [0, 6, 12] });

/**
 * Returns what the page begins with, as `run/variable/hour`, and its notice.
 * @param runs newest first; the first one is the latest
 * @param damaged beginnings of the names of frames that cannot be read
 */
async function beginning(query: string, runs = [RUN_06, RUN_00], damaged: readonly string[] = []) {
  const context = {
    catalogue: {
      runs: (model: string) => Promise.resolve(model === "hrrr" ? runs : []),
      latest: () => Promise.resolve(runs[0]?.run ?? null),
    },
    frames: {
      sidecar: (frame: FrameId) => {
        const name = `${frame.run}/${frame.var}/${leadText(frame.lead)}`;
        if (damaged.some((start) => name.startsWith(start))) return Promise.reject(DamagedError.frame(frame, null));
        return Promise.resolve({ ...EXAMPLE_SIDECAR, ...frameFields(frame) });
      },
    },
    configuration: { tileSizePx: 512, basemapStyleUrl: null },
    pageManifest: { basemap: {}, mapWorker: "worker.js", eventWorker: "events.js" },
  } as unknown as ServerContext;
  const props = await viewerProps(context, parsePermalink(query), (name) => `assets/${name}`);
  if (!props) return null;
  const { sidecar } = props.pane;
  return { frame: `${sidecar.run}/${sidecar.var}/${sidecar.fh}`, missing: props.missing };
}

Deno.test("viewerProps() begins with the first hour of the first variable of the latest run", async () => {
  assert.deepEqual(await beginning(""), { frame: "20260217_06z/tmp2m/1", missing: null });
});

Deno.test("viewerProps() begins with the frame that the address names", async () => {
  const query = "?model=hrrr&run=20260217_00z&var=tmp2m&fh=6";
  assert.deepEqual(await beginning(query), { frame: "20260217_00z/tmp2m/6", missing: null });
});

Deno.test("viewerProps() names what the address has and is not published, and shows the nearest valid time", async () => {
  // 14 h after 18 UTC is 8 UTC, which is hour 2 of the 06Z run.
  assert.deepEqual(await beginning("?model=hrrr&run=20260216_18z&var=wspd10m&fh=14"), {
    frame: "20260217_06z/wspd10m/2",
    missing: "Parts of this link are not published: run 20260216_18z, forecast hour 14",
  });
  assert.deepEqual(await beginning("?model=gfs&var=snod"), {
    frame: "20260217_06z/tmp2m/1",
    missing: "Parts of this link are not published: model gfs, variable snod",
  });
});

Deno.test("viewerProps() takes the next readable frame of the run in place of a damaged one, and says so", async () => {
  assert.deepEqual(await beginning("", [RUN_06], ["20260217_06z/tmp2m"]), {
    frame: "20260217_06z/wspd10m/0",
    missing: "The requested frame cannot be read at present",
  });
});

Deno.test("viewerProps() takes an older run when no frame of the latest one can be read", async () => {
  assert.deepEqual(await beginning("", [RUN_06, RUN_00], ["20260217_06z"]), {
    frame: "20260217_00z/tmp2m/0",
    missing: "The requested frame cannot be read at present",
  });
});

Deno.test("viewerProps() is null when no run has a frame that can be read", async () => {
  assert.equal(await beginning("", []), null);
  assert.equal(await beginning("", [manifestOf("20260217_06z", { tmp2m: [] })]), null);
  assert.equal(await beginning("", [RUN_06], ["20260217_06z"]), null);
});

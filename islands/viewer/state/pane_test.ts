import assert from "node:assert/strict";
import { effect, signal } from "@preact/signals";
import { leadOfHours, leadText } from "../../../contract/lead.ts";
import type { FramesAnswer } from "../../../contract/api.ts";
import { frameFields, frameName, type ModelId, type RunId, type VarId } from "../../../contract/identity.ts";
import { frameVersionSchema } from "../../../contract/frame_version.ts";
import { framesUrl, runsUrl, sidecarUrl, varsUrl } from "../../../contract/urls.ts";
import { eventually } from "../../../tests/support/eventually.ts";
import { EXAMPLE_SIDECAR } from "../../../tests/support/example_sidecar.ts";
import {
  BEGINNING,
  framesOf,
  GFS,
  HOURS,
  HRRR,
  modelOf,
  type Published,
  publishedAnswers,
  RUN_00,
  RUN_06,
  RUN_12,
  runsOf,
  SNOW,
  TEMPERATURE,
  variablesOf,
  WIND,
} from "../../../tests/support/published_answers.ts";
import { messageOf } from "../requests/describe_error.ts";
import { Pane } from "./pane.ts";

/** Tests the pane of BEGINNING. */
function paneTest(name: string, test: (parts: { pane: Pane; published: Published }) => void | Promise<void>): void {
  Deno.test(`Pane ${name}`, async () => {
    using published = publishedAnswers();
    const models = signal([modelOf(HRRR, RUN_06), modelOf(GFS, RUN_00)]);
    await test({ pane: new Pane(models, BEGINNING), published });
  });
}

/** Returns everything that a choice may change. */
function stateOf(pane: Pane) {
  return {
    model: pane.model.peek(),
    runs: pane.runs.peek(),
    run: pane.run.peek(),
    variables: pane.variables.peek(),
    variable: pane.variable.peek(),
    frames: pane.frames.peek(),
    requested: pane.sync.requested.peek(),
    validTimeMs: pane.validTimeMs.peek(),
  };
}

function requestedOf(pane: Pane): string {
  return frameName(pane.sync.requested.peek());
}

paneTest("keeps the hour when another variable is chosen", async ({ pane, published }) => {
  await pane.choose({ var: WIND });
  assert.equal(requestedOf(pane), "hrrr/20260217_06z/wspd10m/3");
  assert.equal(pane.variable.peek(), WIND);
  assert.deepEqual(published.asked, [framesUrl(HRRR, RUN_06, WIND)], "what is known is not asked for");
});

paneTest("keeps the valid time when another run is chosen", async ({ pane }) => {
  await pane.choose({ run: RUN_00 });
  assert.equal(requestedOf(pane), "hrrr/20260217_00z/tmp2m/6", "valid at 6 UTC: the last hour is the nearest to 9 UTC");
  await pane.choose({ run: RUN_06 });
  assert.equal(requestedOf(pane), "hrrr/20260217_06z/tmp2m/0");
});

paneTest("takes another model's hour with the nearest valid time", async ({ pane }) => {
  pane.selectIndex(4); // valid at 10 UTC
  await pane.choose({ model: GFS });
  assert.equal(requestedOf(pane), "gfs/20260217_00z/tmp2m/9");
  assert.equal(pane.model.peek().id, GFS);
  assert.deepEqual(pane.frames.peek().map(({ fh }) => fh), [0, 3, 6, 9, 12]);
});

paneTest("keeps an hour that was requested while a choice was pending", async ({ pane, published }) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  published.publish(framesUrl(HRRR, RUN_06, WIND), framesOf(HRRR, RUN_06, WIND, HOURS), promise);
  const choice = pane.choose({ var: WIND });
  pane.selectIndex(5);
  resolve();
  await choice;
  assert.equal(requestedOf(pane), "hrrr/20260217_06z/wspd10m/5");
});

paneTest("takes the first variable when a model lacks the one that is shown", async ({ pane, published }) => {
  await pane.choose({ var: WIND });
  published.run(GFS, RUN_00, [0, 3], SNOW, TEMPERATURE);
  await pane.choose({ model: GFS });
  assert.equal(requestedOf(pane), "gfs/20260217_00z/snod/3");
});

paneTest("does not offer variables without frames", async ({ pane, published }) => {
  published.publish(varsUrl(GFS, RUN_00), variablesOf(GFS, RUN_00, { wspd10m: 0, tmp2m: 5 }));
  await pane.choose({ model: GFS });
  assert.deepEqual(pane.variables.peek().map(({ id }) => id), [TEMPERATURE]);
});

paneTest("takes the newest run, also when it came after the page was rendered", async ({ pane, published }) => {
  published.runs(HRRR, RUN_12, RUN_06);
  published.run(HRRR, RUN_12, HOURS, TEMPERATURE);
  await pane.choose({ run: null });
  assert.equal(requestedOf(pane), "hrrr/20260217_12z/tmp2m/0");
  assert.deepEqual(pane.runs.peek().map(({ run }) => run), [RUN_12, RUN_06]);
});

paneTest("takes the latest run, not just the newest", async ({ pane, published }) => {
  published.publish(runsUrl(HRRR), { ...runsOf(HRRR, RUN_12, RUN_06, RUN_00), latest_run: RUN_00 });
  published.run(HRRR, RUN_12, HOURS, TEMPERATURE);
  await pane.choose({ run: null });
  assert.equal(pane.run.peek().run, RUN_00);
});

paneTest("takes the newest run when the requested one no longer exists", async ({ pane, published }) => {
  published.runs(HRRR, RUN_12);
  published.run(HRRR, RUN_12, HOURS, TEMPERATURE);
  await pane.choose({ run: RUN_00 });
  assert.equal(requestedOf(pane), "hrrr/20260217_12z/tmp2m/0");
  assert.equal(pane.refusal.peek(), null);
});

paneTest("changes nothing until everything is loaded, and then everything at once", async ({ pane, published }) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  published.publish(framesUrl(GFS, RUN_00, TEMPERATURE), framesOf(GFS, RUN_00, TEMPERATURE, [0, 3, 6, 9]), promise);
  const before = stateOf(pane);
  const seen = new Set<string>();
  const stop = effect(() => {
    void [pane.variables.value, pane.frames.value, pane.sync.requested.value];
    seen.add(`${pane.model.value.id} ${pane.run.value.run} ${requestedOf(pane)}`);
  });
  const choice = pane.choose({ model: GFS });
  await eventually(() => published.asked.includes(framesUrl(GFS, RUN_00, TEMPERATURE)), "its frames are asked for");
  assert.deepEqual(stateOf(pane), before);
  assert.equal(pane.isBusy.peek(), true);
  resolve();
  await choice;
  stop();
  assert.deepEqual([...seen], [
    "hrrr 20260217_06z hrrr/20260217_06z/tmp2m/3",
    "gfs 20260217_00z gfs/20260217_00z/tmp2m/9",
  ]);
});

paneTest("changes nothing for a choice that was superseded", async ({ pane, published }) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  published.publish(runsUrl(GFS), runsOf(GFS, RUN_00), promise);
  const overtaken = pane.choose({ model: GFS });
  await pane.choose({ model: HRRR, var: WIND });
  const after = stateOf(pane);
  resolve();
  await overtaken;
  assert.deepEqual(stateOf(pane), after);
  assert.equal(requestedOf(pane), "hrrr/20260217_06z/wspd10m/3");
});

paneTest("does not report the failure of a superseded choice", async ({ pane, published }) => {
  const { promise, reject } = Promise.withResolvers<void>();
  published.publish(runsUrl(GFS), {}, promise);
  const overtaken = pane.choose({ model: GFS });
  await pane.choose({ model: HRRR, var: WIND });
  reject(new Error("too late"));
  await overtaken;
  assert.equal(pane.refusal.peek(), null);
  assert.equal(pane.variable.peek(), WIND);
});

const FAILURES: readonly {
  readonly name: string;
  readonly spoil: (published: Published) => void;
  readonly told: RegExp;
}[] = [
  { name: "has no run", spoil: (published) => published.runs(GFS), told: /^No run of GFS is published$/ },
  {
    name: "has a run without variables",
    spoil: (published) => published.run(GFS, RUN_00, []),
    told: /^Run 20260217_00z of GFS has no published frames yet$/,
  },
  {
    name: "has a variable without hours",
    spoil: (published) => {
      published.publish(framesUrl(GFS, RUN_00, TEMPERATURE), framesOf(GFS, RUN_00, TEMPERATURE, []));
    },
    told: /^tmp2m has no published hours yet$/,
  },
  {
    name: "is not there",
    spoil: (published) => published.remove(runsUrl(GFS)),
    told: /^the server answered 404$/,
  },
  {
    name: "loses its hours in between",
    spoil: (published) => published.remove(framesUrl(GFS, RUN_00, TEMPERATURE)),
    told: /^the server answered 404$/,
  },
  {
    name: "cannot be reached",
    spoil: (published) => published.publish(runsUrl(GFS), {}, Promise.reject(new TypeError("no network"))),
    told: /^the server cannot be reached$/,
  },
];

for (const { name, spoil, told } of FAILURES) {
  paneTest(`stays as it was and says why when the model ${name}`, async ({ pane, published }) => {
    spoil(published);
    const before = stateOf(pane);
    await pane.choose({ model: GFS });
    assert.deepEqual(stateOf(pane), before);
    assert.match(messageOf(pane.refusal.peek()?.error), told);
    pane.selectIndex(4);
    assert.equal(pane.refusal.peek(), null, "the next step forgets it");
    await pane.choose({ model: GFS });
    assert.match(messageOf(pane.refusal.peek()?.error), told);
    await pane.choose({ var: WIND });
    assert.equal(pane.refusal.peek(), null, "the next choice forgets it");
  });
}

paneTest(
  "takes a variable that is chosen before the model has loaded as one of that model",
  async ({ pane, published }) => {
    published.run(GFS, RUN_00, [0, 3, 6, 9, 12], TEMPERATURE, WIND);
    await Promise.all([pane.choose({ model: GFS }), pane.choose({ var: WIND })]);
    assert.deepEqual([pane.model.peek().id, pane.variable.peek()], [GFS, WIND]);
  },
);

paneTest("returns to the painted frame when the chosen one cannot be painted", async ({ pane }) => {
  pane.sync.attach((frame) =>
    frame.var === WIND
      ? Promise.reject(new Error("no tiles"))
      : Promise.resolve({ frame, sidecar: EXAMPLE_SIDECAR, paint: () => {} })
  );
  await new Promise((wake) => setTimeout(wake));
  const before = stateOf(pane);
  await pane.choose({ var: WIND });
  await new Promise((wake) => setTimeout(wake, 10));
  assert.deepEqual(stateOf(pane), before);
  assert.match(String(pane.sync.failure.peek()?.error), /no tiles/);
});

paneTest("steps within its hours", ({ pane }) => {
  pane.selectIndex(Infinity);
  assert.equal(pane.index.peek(), 6);
  pane.selectIndex(-1);
  assert.equal(pane.index.peek(), 0);
  pane.selectTime(Date.UTC(2026, 1, 17, 8, 20));
  assert.equal(pane.index.peek(), 2);
  pane.selectTime(0);
  assert.equal(pane.index.peek(), 0);
});

paneTest("takes new hours, variables and runs, and keeps the selection", async ({ pane, published }) => {
  published.runs(HRRR, RUN_12, RUN_06);
  published.run(HRRR, RUN_06, [...HOURS, 7, 8], TEMPERATURE, SNOW);
  const { requested } = stateOf(pane);
  assert.equal(await pane.refresh(), true);
  assert.equal(pane.frames.peek().length, 9);
  assert.deepEqual(pane.variables.peek().map(({ id }) => id), [TEMPERATURE, SNOW]);
  assert.deepEqual(pane.runs.peek().map(({ run }) => run), [RUN_12, RUN_06]);
  assert.equal(pane.sync.requested.peek(), requested);
});

paneTest("keeps the requested hour when an earlier one is published", async ({ pane, published }) => {
  published.run(HRRR, RUN_06, [0, 2, 3], TEMPERATURE);
  await pane.refresh();
  assert.equal(pane.index.peek(), 2);
  published.run(HRRR, RUN_06, [0, 1, 2, 3], TEMPERATURE);
  await pane.refresh();
  assert.equal(pane.index.peek(), 3);
  assert.equal(requestedOf(pane), "hrrr/20260217_06z/tmp2m/3");
});

paneTest(
  "requests the shown hour again when it was built again with other bytes",
  async ({ pane, published }) => {
    const listed = (v: string): FramesAnswer => {
      const answer = framesOf(HRRR, RUN_06, TEMPERATURE, HOURS);
      return { ...answer, frames: answer.frames.map((frame) => ({ ...frame, v: frameVersionSchema.parse(v) })) };
    };
    published.publish(framesUrl(HRRR, RUN_06, TEMPERATURE), listed("0123456789ab"));
    await pane.refresh();
    assert.deepEqual(pane.sync.requested.peek().v, "0123456789ab");
    const { requested } = stateOf(pane);
    await pane.refresh();
    assert.equal(pane.sync.requested.peek(), requested, "nothing is asked for twice");
    published.publish(framesUrl(HRRR, RUN_06, TEMPERATURE), listed("ba9876543210"));
    await pane.refresh();
    assert.deepEqual([requestedOf(pane), pane.sync.requested.peek().v], ["hrrr/20260217_06z/tmp2m/3", "ba9876543210"]);
    pane.selectIndex(4);
    assert.equal(pane.sync.requested.peek().v, "ba9876543210");
  },
);

paneTest("reports that its run was removed, and keeps showing it", async ({ pane, published }) => {
  published.runs(HRRR, RUN_12);
  const { runs: _, ...before } = stateOf(pane);
  assert.equal(await pane.refresh(), false);
  const { runs, ...after } = stateOf(pane);
  assert.deepEqual(after, before);
  assert.deepEqual(runs.map(({ run }) => run), [RUN_12]);
});

paneTest("keeps its hours when they cannot be fetched", async ({ pane, published }) => {
  const before = stateOf(pane);
  published.remove(framesUrl(HRRR, RUN_06, TEMPERATURE));
  await assert.rejects(pane.refresh(), { status: 404 });
  assert.deepEqual(stateOf(pane), before);
});

paneTest("drops updates of a variable that is no longer shown", async ({ pane, published }) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  published.publish(framesUrl(HRRR, RUN_06, TEMPERATURE), framesOf(HRRR, RUN_06, TEMPERATURE, [0]), promise);
  const refresh = pane.refresh();
  await pane.choose({ var: WIND });
  const after = stateOf(pane);
  resolve();
  assert.equal(await refresh, true);
  assert.deepEqual(stateOf(pane), after);
});

paneTest("does not report a removed run that was left meanwhile", async ({ pane, published }) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  published.publish(runsUrl(HRRR), runsOf(HRRR, RUN_12), promise);
  const refresh = pane.refresh();
  await pane.choose({ model: GFS });
  const after = stateOf(pane);
  resolve();
  assert.equal(await refresh, true, "the run that is shown now is there");
  assert.deepEqual(stateOf(pane), after);
});

paneTest("begins like another pane, except for the parts that a choice names", async ({ pane, published }) => {
  const models = [modelOf(HRRR, RUN_06), modelOf(GFS, RUN_00)];
  const sidecarAt = (model: ModelId, run: RunId, variable: VarId, hour: number) => {
    const frame = { model, run, var: variable, lead: leadOfHours(hour) };
    published.publish(sidecarUrl(frame), { ...EXAMPLE_SIDECAR, ...frameFields(frame) });
  };
  sidecarAt(HRRR, RUN_06, TEMPERATURE, 3);
  sidecarAt(GFS, RUN_00, TEMPERATURE, 9);
  sidecarAt(HRRR, RUN_00, WIND, 5);
  const shown = async (choice: Parameters<typeof Pane.load>[1]) => {
    const { model, run, sidecar } = await Pane.load(models, choice, pane);
    return `${model.id}/${run.run}/${sidecar.var}/${sidecar.fh}`;
  };
  assert.equal(await shown({}), "hrrr/20260217_06z/tmp2m/3");
  assert.equal(await shown({ model: GFS }), "gfs/20260217_00z/tmp2m/9", "valid at the same time");
  assert.equal(await shown({ run: RUN_00, var: WIND, frame: leadText(leadOfHours(5)) }), "hrrr/20260217_00z/wspd10m/5");
  published.publish(framesUrl(GFS, RUN_00, TEMPERATURE), framesOf(GFS, RUN_00, TEMPERATURE, []));
  await assert.rejects(shown({ model: GFS }), /^Error: tmp2m has no published hours yet$/);
});

import assert from "node:assert/strict";
import { nativeTest } from "../../tests/support/collect_garbage.ts";
import { copyString, cString, gdal, NULL } from "./library.ts";

/** Properties of Deno's FFI and of GDAL that the bindings rely on: a test fails here if a new version changes one. */

const { symbols: c } = gdal();

nativeTest("an empty typed array is passed to C as NULL", () => {
  // CPLGetConfigOption returns its default argument itself.
  assert.equal(c.CPLGetConfigOption(cString("TWF_NOT_SET"), new Uint8Array()), NULL);
});

nativeTest("64-bit results are bigint", () => {
  assert.equal(typeof c.GDALVersionInfo(cString("RELEASE_NAME")), "bigint");
  assert.equal(typeof c.strnlen(c.GDALVersionInfo(cString("RELEASE_NAME")), 10n), "bigint");
});

nativeTest("GDAL's error text survives later successes until it is reset", () => {
  c.GDALOpenEx(cString("/nowhere"), 0x42, NULL, NULL, NULL);
  c.GDALGetDriverByName(cString("MEM"));
  assert.notEqual(copyString(c.CPLGetLastErrorMsg()), "");
  c.CPLErrorReset();
  assert.equal(copyString(c.CPLGetLastErrorMsg()), "");
});

nativeTest("a string list that GDAL built survives garbage collections", () => {
  let list = NULL;
  for (let i = 0; i < 200; i++) list = c.CSLSetNameValue(list, cString(`KEY${i}`), cString(`value ${i}`));
  const garbage: Uint8Array[] = [];
  for (let i = 0; i < 200; i++) garbage.push(new Uint8Array(1 << 16).fill(i));
  for (let i = 0; i < 200; i++) assert.equal(copyString(c.CSLGetField(list, i)), `KEY${i}=value ${i}`);
  c.CSLDestroy(list);
  assert.equal(garbage.length, 200);
});

nativeTest("a Worker that calls synchronously sees its own errors", async () => {
  const workers = Array.from({ length: 3 }, (_, i) => {
    const worker = new Worker(new URL("../../tests/support/error_worker.ts", import.meta.url), { type: "module" });
    return { worker, path: `/nowhere/of-worker-${i}` };
  });
  try {
    const answers = await Promise.all(workers.map(({ worker, path }) =>
      new Promise<string[]>((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.postMessage({ path, calls: 100 });
      })
    ));
    answers.forEach((messages, i) => {
      assert.equal(messages.length, 100);
      assert.ok(messages.every((message) => message.includes(`of-worker-${i}`)));
    });
  } finally {
    workers.forEach(({ worker }) => worker.terminate());
  }
});

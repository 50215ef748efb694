import assert from "node:assert/strict";
import { tempDir } from "../support/temp_dir.ts";
import { readSeconds, writeSeconds } from "./seconds.ts";

Deno.test("writeSeconds() replaces the durations of files that ran, and keeps those of the others", async () => {
  await using folder = await tempDir();
  const outcome = { ok: true, output: "" };
  const known = new Map([["a_test.ts", 90], ["b_test.ts", 8], ["c_test.ts", 7]]);
  await writeSeconds(folder.path, known, [
    { ...outcome, files: ["a_test.ts"], seconds: 10, results: [] },
    {
      ...outcome,
      files: ["b_test.ts", "d_test.ts"],
      seconds: 5,
      results: [
        { file: "b_test.ts", name: "one", seconds: 1, outcome: "passed" },
        { file: "b_test.ts", name: "two", seconds: 2, outcome: "passed" },
      ],
    },
  ]);
  assert.deepEqual(
    await readSeconds(folder.path),
    new Map([["a_test.ts", 10], ["b_test.ts", 3], ["c_test.ts", 7], ["d_test.ts", 0]]),
  );
});

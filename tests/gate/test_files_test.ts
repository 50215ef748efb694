import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { allTestFiles, isBesideSource, isLong, namedTestFiles } from "./test_files.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

Deno.test("allTestFiles() finds every test of the project but the rehearsals, which are run by name", async () => {
  const files = await allTestFiles(ROOT);
  const listed = new Deno.Command("find", {
    cwd: ROOT,
    args: [
      "-name",
      "*_test.ts*",
      "-not",
      "-path",
      "./node_modules/*",
      "-not",
      "-path",
      "./.*",
      "-not",
      "-path",
      "./tests/rehearsal/*",
    ],
  });
  const found = new TextDecoder().decode((await listed.output()).stdout).trim().split("\n");
  assert.deepEqual(files.toSorted(), found.map((path) => path.slice(2)).sort());
  assert.deepEqual([...new Set(files.filter(isLong).map((path) => path.split("/")[1]))].sort(), ["browser", "long"]);
});

Deno.test("no test file beside its source has hooks around each test: they would run around those of other files", async () => {
  for (const path of (await allTestFiles(ROOT)).filter(isBesideSource)) {
    assert.doesNotMatch(await Deno.readTextFile(`${ROOT}/${path}`), /Deno\.test\.(before|after)Each\(/, path);
  }
});

Deno.test("namedTestFiles() takes a file or a folder, and says what it expects when it gets anything else", async () => {
  assert.deepEqual(await namedTestFiles(ROOT, "./tests/gate/test_files_test.ts"), ["tests/gate/test_files_test.ts"]);
  assert.ok((await namedTestFiles(ROOT, "tests/gate/")).includes("tests/gate/plan_test.ts"));
  assert.ok((await namedTestFiles(ROOT, "tests/rehearsal")).includes("tests/rehearsal/bundle_test.ts"));
  for (const path of ["tests/gate/plan.ts", "docs", "nothing", "../main", "/etc", ""]) {
    await assert.rejects(
      namedTestFiles(ROOT, path),
      /expected a file whose name ends with _test.ts, or a folder/,
      path,
    );
  }
});

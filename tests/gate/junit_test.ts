import assert from "node:assert/strict";
import { tempDir } from "../support/temp_dir.ts";
import { readJunit } from "./junit.ts";

Deno.test("readJunit() reads what deno test writes of tests that pass, fail and are skipped, without steps", async () => {
  await using folder = await tempDir();
  await Deno.writeTextFile(
    `${folder.path}/some_test.ts`,
    `Deno.test('says "a < b && c"', () => {});
     Deno.test("fails", () => { throw new Error("</testcase>"); });
     Deno.test({ name: "is skipped", ignore: true, fn: () => {} });
     Deno.test("has steps", async (t) => { await t.step("one", () => {}); });`,
  );
  await new Deno.Command(Deno.execPath(), {
    cwd: folder.path,
    args: ["test", "--no-config", "--no-check", `--junit-path=${folder.path}/junit.xml`, "some_test.ts"],
    stdout: "null",
    stderr: "null",
  }).output();
  const results = readJunit(await Deno.readTextFile(`${folder.path}/junit.xml`));
  assert.deepEqual(results.map(({ file, name, outcome }) => [file, name, outcome]), [
    ["some_test.ts", 'says "a < b && c"', "passed"],
    ["some_test.ts", "fails", "failed"],
    ["some_test.ts", "is skipped", "skipped"],
    ["some_test.ts", "has steps", "passed"],
  ]);
  assert.ok(results.every(({ seconds }) => seconds >= 0));
});

import assert from "node:assert/strict";
import { withCallersPaths } from "./callers_paths.ts";

Deno.test("withCallersPaths() resolves relative paths from the caller's folder, in either form of an option", () => {
  const resolved = (...args: string[]) => withCallersPaths(args, "/home/me/maps");
  assert.deepEqual(resolved("--grib", "a.grib2", "--model", "hrrr", "--grib=../b.grib2", "--data-root", "/srv"), [
    "--grib",
    "/home/me/maps/a.grib2",
    "--model",
    "hrrr",
    "--grib=/home/me/b.grib2",
    "--data-root",
    "/srv",
  ]);
  // Faulty arguments stay as given: the command itself reports them.
  for (const args of [["--grib"], ["--data-root="], ["--data-root", ""], ["--run", "data"], ["--", "--grib", "a"]]) {
    assert.deepEqual(resolved(...args), args);
  }
});

import assert from "node:assert/strict";
import { DiskError } from "../disk/disk_error.ts";
import { GateError } from "../gates/gate_error.ts";
import { BadGribError } from "../grib/messages.ts";
import { RootError } from "../publish/root_markers.ts";
import { failureOf } from "./failure.ts";

Deno.test("failureOf() tells the kinds of failure apart by the class of the error", () => {
  const disk = DiskError.writing("/data/x", new Error("No space left on device"));
  assert.deepEqual(failureOf(disk), { kind: "disk", errorName: "DiskError", message: disk.message });
  assert.equal(failureOf(new RootError("data", "it is not mounted")).kind, "disk");
  assert.equal(failureOf(new GateError("values", "value range", "300", "at most 155")).kind, "gate");
  assert.equal(failureOf(new BadGribError("cut short")).kind, "input");
  assert.deepEqual(failureOf("a text"), { kind: "bug", errorName: "Error", message: "a text" });
  const error = Object.assign(new Error("looks like one"), { name: "DiskError" });
  assert.equal(failureOf(error).kind, "bug", "a name is not a class");
});

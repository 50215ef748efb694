import assert from "node:assert/strict";
import { frameVersionSchema } from "../contract/frame_version.ts";
import { frameId } from "../tests/support/published_root.ts";
import {
  BadArtifactError,
  BadBodyError,
  BadParameterError,
  BusyError,
  DamagedError,
  errorOfReading,
  NotPublishedError,
} from "./errors.ts";

const FRAME = frameId(3);

Deno.test("BadParameterError says that a parameter is required, or repeats the beginning of its value", () => {
  assert.equal(
    new BadParameterError("z", null, "expected a zoom").message,
    'Parameter "z" is required: expected a zoom',
  );
  assert.equal(new BadParameterError("z", "x", "expected a zoom").message, 'Parameter "z" is "x": expected a zoom');
  const long = new BadParameterError("z", "x".repeat(5000), "expected a zoom");
  assert.equal(long.message, `Parameter "z" is "${"x".repeat(80)}": expected a zoom`);
});

Deno.test("BadBodyError names the member of the body that is wrong, or the body itself", () => {
  const message = (member: string) => new BadBodyError(member, "expected a number").message;
  assert.equal(message("points.3.lat"), 'Member "points.3.lat" of the body: expected a number');
  assert.equal(message(""), "The body: expected a number");
});

Deno.test("NotPublishedError.frame() names the version only when one was requested", () => {
  const v = frameVersionSchema.parse("0123456789ab");
  assert.equal(NotPublishedError.frame(FRAME).message, "No frame hrrr/20260217_06z/tmp2m/3 is published");
  assert.match(NotPublishedError.frame({ ...FRAME, v }).message, /3 with version 0123456789ab is published$/);
});

Deno.test("errorOfReading() takes a missing file for a removed frame, and every unforeseen error for damage", () => {
  const removed = errorOfReading(FRAME, new Deno.errors.NotFound("open '/data/published/…'"));
  assert.ok(removed instanceof NotPublishedError);
  for (const cause of [new BadArtifactError("no TIFF"), new Deno.errors.PermissionDenied(), new SyntaxError("{")]) {
    const damaged = errorOfReading(FRAME, cause);
    assert.ok(damaged instanceof DamagedError);
    assert.equal(damaged.message, "A file of frame hrrr/20260217_06z/tmp2m/3 cannot be read at the moment");
    assert.equal(damaged.cause, cause); // for the log, and not for the client
  }
});

Deno.test("errorOfReading() leaves errors that say what happened as they are", () => {
  for (const error of [new BusyError("full", 1), NotPublishedError.frame(FRAME), DamagedError.frame(FRAME, null)]) {
    assert.equal(errorOfReading(FRAME, error), error);
  }
});

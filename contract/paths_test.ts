import assert from "node:assert/strict";
import { frame } from "../tests/support/identity.ts";
import fc from "fast-check";
import { type FrameId, modelIdSchema, runIdSchema, varIdSchema } from "./identity.ts";
import { leadOfMinutes, leadTextSchema } from "./lead.ts";
import { artifactName, artifactPath, latestPath, manifestPath, runOfManifestName } from "./paths.ts";
import { frameVersionSchema } from "./frame_version.ts";
import { contoursUrl, sampleUrl, sidecarUrl, tileTemplate } from "./urls.ts";

const FRAME = frame("hrrr/20260217_06z/tmp2m/3");

Deno.test("paths follow the contract", () => {
  assert.equal(artifactPath("published", FRAME, "rgba"), "published/hrrr/20260217_06z/tmp2m/fh003.rgba.cog.tif");
  assert.equal(artifactPath("staging", FRAME, "values"), "staging/hrrr/20260217_06z/tmp2m/fh003.val.cog.tif");
  assert.equal(artifactName(FRAME.lead, "sidecar"), "fh003.json");
  assert.equal(artifactName(FRAME.lead, "contours"), "fh003.contours.json");
  assert.equal(latestPath(FRAME.model), "published/hrrr/LATEST.json");
  assert.equal(manifestPath(FRAME.model, FRAME.run), "manifests/hrrr/20260217_06z.json");
  assert.equal(runOfManifestName("20260217_06z.json"), "20260217_06z");
  assert.equal(runOfManifestName(".lock"), null);
});

Deno.test("URLs follow the contract", () => {
  assert.equal(tileTemplate(FRAME), "/tiles/v3/hrrr/20260217_06z/tmp2m/3/{z}/{x}/{y}.png");
  assert.equal(sidecarUrl(FRAME), "/api/v3/hrrr/20260217_06z/tmp2m/3");
  const versioned = { ...FRAME, v: frameVersionSchema.parse("0123456789ab") };
  assert.equal(tileTemplate(versioned), "/tiles/v3/hrrr/20260217_06z/tmp2m/3/{z}/{x}/{y}.png?v=0123456789ab");
  assert.equal(sidecarUrl(versioned), "/api/v3/hrrr/20260217_06z/tmp2m/3?v=0123456789ab");
  assert.equal(
    contoursUrl(versioned, "iso32f"),
    "/api/v3/hrrr/20260217_06z/tmp2m/3/contours/iso32f?v=0123456789ab",
  );
  assert.equal(
    sampleUrl({ ...FRAME, latDeg: 45.52, lonDeg: -122.68 }),
    "/api/v3/sample?model=hrrr&run=20260217_06z&var=tmp2m&fh=3&lat=45.52&lon=-122.68",
  );
});

Deno.test("a frame's URL can be parsed back into the frame", () => {
  const ids = fc.record({
    model: fc.stringMatching(/^[a-z][a-z0-9_]{1,15}$/),
    run: fc.constantFrom("20260217_06z", "19991231_23z", "20240229_00z"),
    var: fc.stringMatching(/^[a-z][a-z0-9_]{1,31}$/),
    lead: fc.nat(999 * 60 + 59).map(leadOfMinutes),
  });
  fc.assert(fc.property(ids, (raw) => {
    const [, , , model, run, variable, fh] = sidecarUrl(raw as unknown as FrameId).split("/");
    assert.deepEqual({
      model: modelIdSchema.parse(model),
      run: runIdSchema.parse(run),
      var: varIdSchema.parse(variable),
      lead: leadTextSchema.parse(fh),
    }, { ...raw });
  }));
});

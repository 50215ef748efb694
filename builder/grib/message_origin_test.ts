import assert from "node:assert/strict";
import { requireSharedData, testWithSharedData } from "../../tests/support/shared_data.ts";
import { MODELS } from "../models/registry.ts";
import { fieldHeaders } from "./field_header.ts";
import { type MessageOrigin, originDifference } from "./message_origin.ts";

/** Real messages, each with the model that published it, or null when that model is not in the project's tables. */
const REAL = [
  ["hrrr", "hrrr/hrrr.20260129.t17z.f001.tmp2m.grib2"],
  ["hrrr", "hrrr/hrrr.20201214.t00z.f012.apcp.grib2"],
  ["gfs", "gfs/gfs.20260129.t12z.f000.0p25.tmp2m-and-tmp2mb.grib2"],
  ["gfs", "gfs/gfs.20260129.t12z.f006.0p25.tmp2m-and-tmp2mb.grib2"],
  ["ecmwf", "ecmwf/ecmwf.20250115.t18z.f024.0p25.msl-2t.grib2"],
  ["ecmwf", "ecmwf/ecmwf.20260310.t00z.f000.0p25.ptype-tcc-sd-rsn-asn.grib2"],
  ["nam", "nam/nam.20180917.t00z.awp211.f000.all.grib2"],
  [null, "nbm/blend.20260616.t12z.f001.co.tmp2m-tmpsfc-tcdc.grib2"],
  [null, "other/icon-eu.20220507.t00z.f000.u10m.grib2"],
  [null, "other/arpege.20231203.t06z.f000-f024.0p5.tmp2m-9steps.grib2"],
] as const;

for (const [owner, file] of REAL) {
  testWithSharedData(`originDifference() matches ${file} with ${owner ?? "no known model"} alone`, async () => {
    const headers = fieldHeaders(await Deno.readFile(requireSharedData(file)), file);
    for (const model of MODELS) {
      for (const { origin } of headers) {
        const isOwn = originDifference(origin, model.messages.origin) === null;
        assert.equal(isOwn, model.id === owner, `${model.id}: ${originDifference(origin, model.messages.origin)}`);
      }
    }
  });
}

const HRRR: MessageOrigin = { centre: 7, subCentre: 0, process: 83, productionStatus: 0, dataType: 1 };
const IFS: MessageOrigin = { centre: 98, subCentre: 0, process: 158, productionStatus: 0, dataType: 1 };

Deno.test("originDifference() names the found and the expected number", () => {
  const difference = (found: Partial<MessageOrigin>, base = HRRR, model = "hrrr") =>
    originDifference({ ...base, ...found }, MODELS.find(({ id }) => id === model)!.messages.origin);
  assert.equal(difference({}), null);
  assert.equal(difference({ centre: 98 }), "originating centre 98 (ECMWF), expected 7 (NCEP)");
  assert.equal(difference({ subCentre: 2 }), "sub-centre 2, expected 0");
  assert.equal(difference({ process: 84 }), "generating process 84, expected 83");
  assert.equal(
    difference({ productionStatus: 1 }),
    "production status 1 (operational test), expected 0 (operational)",
  );
  assert.equal(
    difference({ dataType: 4 }),
    "type of data 4 (perturbed forecast), expected 0 (analysis) or 1 (forecast)",
  );
  assert.equal(difference({ process: 2 }, IFS, "ecmwf"), "generating process 2, expected 100 to 254", "AIFS");
  assert.equal(difference({ process: 161 }, IFS, "ecmwf"), null, "a later cycle of IFS");
});

import assert from "node:assert/strict";
import type { EnsemblePart } from "../builder/grib/ensemble.ts";
import { instant, type MessageSelector } from "../builder/grib/message_selector.ts";
import { readMessages, whyMissing } from "../builder/grib/read_message.ts";
import { wantedMessages } from "../builder/frame/frame_input.ts";
import { hrrr } from "../builder/models/hrrr.ts";
import { findVariable } from "../builder/models/registry.ts";
import { leadOfHours } from "../contract/lead.ts";
import { gdalTool } from "./support/gdal_tools.ts";
import { runId, varId } from "./support/identity.ts";
import { requireSharedData, testWithSharedData } from "./support/shared_data.ts";
import { tempDir } from "./support/temp_dir.ts";

/** Settings by which ecCodes makes a member, a control, a mean or a spread of a deterministic message. */
const PARTS: readonly (readonly [part: EnsemblePart, instantTemplate: number, settings: string])[] = [
  ["member 5", 1, "typeOfEnsembleForecast=3,perturbationNumber=5,numberOfForecastsInEnsemble=31"],
  ["control", 1, "typeOfEnsembleForecast=1,perturbationNumber=0,numberOfForecastsInEnsemble=31"],
  ["mean", 2, "derivedForecast=0,numberOfForecastsInEnsemble=31"],
  ["spread", 2, "derivedForecast=4,numberOfForecastsInEnsemble=31"],
];
const RUN = runId("20260129_17z");

const MESSAGES: readonly (readonly [file: string, hour: number, selector: MessageSelector])[] = [
  ["hrrr/hrrr.20260129.t17z.f001.tmp2m.grib2", 1, instant("TMP", "2 m above ground")],
  ["hrrr/hrrr.20260129.t17z.f006.apcp.grib2", 6, {
    element: "APCP",
    level: "surface",
    statistic: "accumulation",
    windowMinutes: "run",
  }],
];

for (const [file, hour, selector] of MESSAGES) {
  testWithSharedData(`parts of an ensemble as ecCodes writes them are told apart: ${selector.element}`, async () => {
    await using folder = await tempDir();
    const deterministic = requireSharedData(file);
    const identity = { selector, run: RUN, lead: leadOfHours(hour) };
    const paths = new Map<string, string>([["deterministic", deterministic]]);
    for (const [part, instantTemplate, settings] of PARTS) {
      const template = selector.statistic === "instant" ? instantTemplate : instantTemplate + 10;
      const path = `${folder.path}/${part.replace(" ", "")}.grib2`;
      await gdalTool("grib_set", [
        "-s",
        `productDefinitionTemplateNumber=${template},${settings}`,
        deterministic,
        path,
      ]);
      paths.set(part, path);
    }
    const [whole] = readMessages(deterministic, [identity]);
    for (const [held, path] of paths) {
      for (const wanted of paths.keys()) {
        const wantedSelector = wanted === "deterministic"
          ? selector
          : { ...selector, ensemble: wanted as EnsemblePart };
        const [reason] = whyMissing(path, [{ ...identity, selector: wantedSelector }]);
        assert.equal(reason === null, held === wanted, `${wanted} in a file of ${held}: ${reason}`);
        if (reason !== null) continue;
        const [read] = readMessages(path, [{ ...identity, selector: wantedSelector }]);
        assert.deepEqual(read!.field, whole!.field);
      }
    }
  });
}

Deno.test("a derivation's messages may be in files of other products than its variable's", () => {
  const variable = {
    ...findVariable(hrrr, varId("wspd10m")),
    product: "mean",
    derivation: {
      type: "wspd" as const,
      u: { ...instant("UGRD", "10 m above ground"), ensemble: "mean" as const },
      v: { ...instant("VGRD", "10 m above ground"), ensemble: "mean" as const, product: "meanb" },
    },
  };
  assert.deepEqual(wantedMessages(variable, leadOfHours(3)).map(({ product }) => product), ["mean", "meanb"]);
});

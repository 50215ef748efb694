import assert from "node:assert/strict";
import { MAX_COLORS, parseHex, toHex } from "../builder/style/palette.ts";
import { NWS_TEMPERATURE_F, NWS_WIND_MPH, REFLECTIVITY_STEPS } from "../builder/style/nws_palettes.ts";
import { asSeen, type Vision, VISIONS } from "./support/color_vision.ts";
import { familyDifferences, paletteReports } from "./support/palette_report.ts";

/** Least difference of neighbours: clear in normal vision, and visible in a simulation of full severity. */
const LEAST_NORMAL = 5;
const LEAST_SIMULATED = 3;
const LEAST_BETWEEN_FAMILIES = 10;

/**
 * Families of precipitation that are closer than `LEAST_BETWEEN_FAMILIES` in some vision. The colours follow the
 * convention of US weather maps and stay; hover and legend name the type. docs/decisions/2026-11-21-palettes.md
 */
const KNOWN_CLOSE: Readonly<Record<string, readonly Vision[]>> = {
  "rain and snow": ["protan"],
  "rain and freezing rain": ["protan"],
  "rain and mixed rain and snow": ["deutan"],
  "rain and echo aloft": ["protan"],
  "snow and ice pellets": ["protan", "deutan", "tritan"],
  "snow and freezing rain": ["protan", "deutan"],
  "snow and echo aloft": ["tritan"],
  "ice pellets and freezing rain": ["protan", "deutan"],
  "freezing rain and mixed rain and snow": ["tritan"],
  "freezing rain and echo aloft": ["protan", "deutan"],
};

for (const { variable, palette, neighbours } of paletteReports()) {
  Deno.test(`the palette of ${variable} keeps neighbouring colours apart in every vision`, () => {
    for (const vision of VISIONS) {
      const least = vision === "normal" ? LEAST_NORMAL : LEAST_SIMULATED;
      assert.ok(neighbours[vision] >= least, `${vision}: ${neighbours[vision].toFixed(1)}`);
    }
    assert.ok(palette.colors.length <= MAX_COLORS);
    assert.ok(palette.min < palette.max);
  });

  Deno.test(`the legend of ${variable} shows the palette's own colours`, () => {
    const { legend } = palette;
    const drawn = new Set(palette.colors.map(toHex));
    const shown = legend.type === "gradient"
      ? [legend.stops[0]![1], legend.stops.at(-1)![1]]
      : legend.type === "discrete"
      ? legend.classes.map(({ color }) => color)
      : legend.segments.flatMap(({ stops }) => stops.map(([, hex]) => hex));
    for (const hex of shown) assert.ok(drawn.has(hex), hex);
    if (palette.labels) assert.ok(Object.values(palette.labels).every((label) => label.length > 1));
  });
}

Deno.test("the colours of precipitation types differ in every vision, except for the known close pairs", () => {
  for (const { pair, differences } of familyDifferences()) {
    const close = VISIONS.filter((vision) => differences[vision] < LEAST_BETWEEN_FAMILIES);
    assert.deepEqual(close, KNOWN_CLOSE[pair] ?? [], `${pair}: ${JSON.stringify(differences)}`);
  }
});

Deno.test("the simulation of colour vision gives the published figures for NWS palettes", () => {
  const reports = paletteReports();
  const rounded = (id: string) => {
    const { neighbours } = reports.find(({ variable }) => variable === id)!;
    return VISIONS.map((vision) => Number(neighbours[vision].toFixed(1)));
  };
  assert.deepEqual(rounded("tmp2m"), [8.8, 7.3, 7.3, 4.9]);
  assert.deepEqual(rounded("wspd10m"), [13.0, 3.2, 4.3, 10.0]);
  assert.deepEqual(rounded("refc"), [9.4, 5.6, 4.9, 7.3]);
  // A grey stays grey in every vision.
  for (const vision of VISIONS) {
    asSeen([128, 128, 128], vision).forEach((channel) => assert.ok(Math.abs(channel - 128) < 1));
  }
});

Deno.test("NWS curves have the published colours", () => {
  assert.equal(toHex(NWS_WIND_MPH.colors[0]!), "#103f78");
  assert.equal(toHex(NWS_WIND_MPH.colors.at(-1)!), "#ff73df");
  assert.deepEqual(NWS_TEMPERATURE_F.colors.at(-1), parseHex("#280028"));
  assert.deepEqual(REFLECTIVITY_STEPS[0], [5, "#04e9e7"]);
  assert.equal(REFLECTIVITY_STEPS.length, 15);
});

import assert from "node:assert/strict";
import { XMLParser } from "fast-xml-parser";
import type { Legend } from "../../contract/legend.ts";
import { type LegendContent, legendSvg } from "./legend_svg.ts";

const GRADIENT: LegendContent = {
  name: "Temperature",
  units: "°F",
  min: -50,
  max: 50,
  legend: { type: "gradient", stops: [[-50, "#0000ff"], [0, "#ffffff"], [50, "#ff0000"]] },
};

function withLegend(legend: Legend, change: Partial<LegendContent> = {}): string {
  return legendSvg({ ...GRADIENT, ...change, legend });
}

/** The texts of a legend, from the top to the bottom. */
function textsOf(svg: string): string[] {
  new XMLParser().parse(svg, true); // well-formed
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
}

const sizeOf = (svg: string) => /width="(\d+)" height="(\d+)"/.exec(svg)!.slice(1).map(Number);
const colorsOf = (svg: string) => [...svg.matchAll(/#[0-9a-f]{6}/g)].map(([color]) => color);

Deno.test("legendSvg() draws a gradient as a ramp with the highest value at the top, and ticks at round numbers", () => {
  const svg = legendSvg(GRADIENT);
  const stops = [...svg.matchAll(/<stop offset="([^"]*)" stop-color="([^"]*)"/g)];
  assert.deepEqual(stops.map(([, offset, color]) => [Number(offset), color]), [
    [0, "#ff0000"],
    [0.5, "#ffffff"],
    [1, "#0000ff"],
  ]);
  const [title, ...ticks] = textsOf(svg);
  assert.equal(title, "Temperature, °F");
  assert.deepEqual(ticks, ["−40", "−20", "0", "20", "40"]); // with the minus sign, and not a hyphen
  // 0 °F is in the middle of the ramp of 180 pixels, which begins 8 below the top of its part.
  assert.match(svg, /<path d="M28 98h4" stroke="#1b1f27"\/><text x="36" y="102" [^>]*>0<\/text>/);
  assert.deepEqual(sizeOf(svg), [220, 8 + 16 + 4 + 196 + 8]);
});

Deno.test("legendSvg() draws a row for each class, the last class at the top", () => {
  const svg = withLegend({
    type: "discrete",
    classes: [{ level: 0, color: "#00ff00", label: "< 1" }, { level: 1, color: "#ff0000", label: "1 & more" }],
  }, { units: "" });
  assert.deepEqual(textsOf(svg), ["Temperature", "1 &amp; more", "&lt; 1"]);
  assert.deepEqual(colorsOf(svg).filter((color) => color.includes("ff00")), ["#ff0000", "#00ff00"]);
  assert.deepEqual(sizeOf(svg), [220, 8 + 16 + 4 + 2 * 16 + 8]);
});

Deno.test("legendSvg() draws the ramp of each kind beside its name, in the units of the kinds", () => {
  const svg = withLegend({
    type: "segmented",
    units: "dBZ",
    segments: [
      { label: "Rain", stops: [[5, "#00ff00"], [20, "#ffff00"], [40, "#ff0000"]] },
      { label: "Snow", stops: [[10, "#0000ff"]] },
    ],
  });
  assert.deepEqual(textsOf(svg), ["Temperature, dBZ", "Rain", "5–40", "Snow", "10–10"]);
  // Three colours share 72 pixels, and each overlaps the next by half a pixel.
  const rain = [...svg.matchAll(/<rect x="(\d+)" y="1" width="([\d.]+)" height="14" fill="(#[0-9a-f]{6})"/g)].slice(
    0,
    3,
  );
  assert.deepEqual(rain.map(([, x, width, color]) => [Number(x), Number(width), color]), [
    [150, 24.5, "#00ff00"],
    [174, 24.5, "#ffff00"],
    [198, 24.5, "#ff0000"],
  ]);
  assert.equal(sizeOf(svg)[0], 280);
});

Deno.test("legendSvg() breaks a long title between words, and makes room for its lines", () => {
  const name = "Probability of accumulated snow above six inches";
  const svg = legendSvg({ ...GRADIENT, name, units: "%" });
  assert.deepEqual(textsOf(svg).slice(0, 2), ["Probability of accumulated snow", "above six inches, %"]); // 31 and 19
  assert.equal(sizeOf(svg)[1], sizeOf(legendSvg(GRADIENT))[1]! + 16);
});

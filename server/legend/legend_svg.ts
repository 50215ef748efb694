import { type Legend, legendTicks } from "../../contract/legend.ts";
import { xmlText } from "../xml.ts";

/** The parts of a sidecar that a legend shows. */
export interface LegendContent {
  readonly name: string;
  readonly units: string;
  readonly min: number;
  readonly max: number;
  readonly legend: Legend;
}

const WIDTH_PX = 220;
/** Width of a segmented legend, which has a ramp beside each kind's name. */
const SEGMENTED_WIDTH_PX = 280;
const MARGIN_PX = 8;
const ROW_PX = 16;
const SWATCH_PX = 20;
const RAMP_PX = 180;
const FONT_PX = 11;
/** Number of characters of the font's mean width that fit into the width. */
const MAX_LINE = 32;

interface Part {
  readonly svg: string;
  readonly heightPx: number;
}

/** A legend as an image beside a map or on paper: the highest value at the top, dark text on white. */
export function legendSvg({ name, units, min, max, legend }: LegendContent): string {
  const shownUnits = legend.type === "segmented" ? legend.units ?? units : units;
  const heading = words([name, shownUnits].filter((text) => text !== "").join(", "));
  const title = rows(heading.map((line) => text(MARGIN_PX, 0, line, "bold")));
  const below = MARGIN_PX + title.heightPx + 4;
  const colors = legend.type === "gradient"
    ? ramp(legend.stops, min, max)
    : legend.type === "discrete"
    ? rows(legend.classes.toReversed().map(({ color, label }) => swatch(color) + text(MARGIN_PX + 28, 0, label)))
    : rows(legend.segments.map(({ label, stops }) => segment(label, stops)));
  const widthPx = legend.type === "segmented" ? SEGMENTED_WIDTH_PX : WIDTH_PX;
  const heightPx = below + colors.heightPx + MARGIN_PX;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" ` +
    `font-family="DejaVu Sans" font-size="${FONT_PX}">` +
    `<rect width="100%" height="100%" fill="#ffffff"/>${moved(MARGIN_PX, title.svg)}${moved(below, colors.svg)}</svg>`;
}

/** Stacks rows of equal height. */
function rows(contents: readonly string[]): Part {
  return { svg: contents.map((row, i) => moved(i * ROW_PX, row)).join(""), heightPx: contents.length * ROW_PX };
}

function moved(downPx: number, svg: string): string {
  return `<g transform="translate(0 ${downPx})">${svg}</g>`;
}

function text(xPx: number, topPx: number, words: string, weight = "normal"): string {
  const shown = words.replace(/^-/, "−");
  return `<text x="${xPx}" y="${topPx + 12}" font-weight="${weight}" fill="#1b1f27">${xmlText(shown)}</text>`;
}

function swatch(color: string): string {
  return `<rect x="${MARGIN_PX}" y="1" width="${SWATCH_PX}" height="${ROW_PX - 2}" fill="${color}" stroke="#7a808c" ` +
    `stroke-width="0.5"/>`;
}

type Stops = Extract<Legend, { type: "gradient" }>["stops"];

function ramp(stops: Stops, min: number, max: number): Part {
  /** Position of a value in the ramp, from the top, as a fraction of the height. */
  const share = (value: number) => 1 - Math.min(Math.max((value - min) / (max - min), 0), 1);
  const colors = stops.toReversed().map(([at, color]) => `<stop offset="${share(at)}" stop-color="${color}"/>`);
  const half = ROW_PX / 2;
  const ticks = legendTicks(min, max).map((at) => {
    const y = half + share(at) * RAMP_PX;
    return `<path d="M${MARGIN_PX + SWATCH_PX} ${y}h4" stroke="#1b1f27"/>` + text(MARGIN_PX + 28, y - half, String(at));
  });
  return {
    svg: `<linearGradient id="ramp" x2="0" y2="1">${colors.join("")}</linearGradient>` +
      `<rect x="${MARGIN_PX}" y="${half}" width="${SWATCH_PX}" height="${RAMP_PX}" fill="url(#ramp)" ` +
      `stroke="#7a808c" stroke-width="0.5"/>${ticks.join("")}`,
    heightPx: RAMP_PX + ROW_PX,
  };
}

/** A kind's name, its colours from light to heavy, and the first and last of its values. */
function segment(label: string, stops: Stops): string {
  const [from, widthPx] = [150, 72];
  const each = widthPx / stops.length;
  const colors = stops.map(([, color], i) =>
    `<rect x="${from + i * each}" y="1" width="${each + 0.5}" height="${ROW_PX - 2}" fill="${color}"/>`
  );
  const span = `${stops[0]![0]}–${stops.at(-1)![0]}`;
  return text(MARGIN_PX, 0, label) + colors.join("") + text(from + widthPx + 6, 0, span);
}

/** Breaks a line that is too long between words. */
function words(line: string): string[] {
  const lines = [""];
  for (const word of line.split(" ")) {
    const last = lines.at(-1)!;
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= MAX_LINE) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

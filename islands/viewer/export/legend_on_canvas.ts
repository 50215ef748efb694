import type { Sidecar } from "../../../contract/sidecar.ts";

const RAMP_PX = 12;
const FONT = "11px system-ui, sans-serif";
const MUTED = "#a9b6cb";

/**
 * Draws a frame's legend `widthPx` wide: one strip of colours with three labels, or a strip for each kind with its
 * name.
 */
export function drawLegend(
  context: CanvasRenderingContext2D,
  sidecar: Sidecar,
  x: number,
  y: number,
  widthPx: number,
): void {
  const { legend, min, max } = sidecar;
  context.font = FONT;
  context.textBaseline = "top";
  if (legend.type === "gradient") {
    const gradient = context.createLinearGradient(x, 0, x + widthPx, 0);
    for (const [value, color] of legend.stops) {
      gradient.addColorStop(Math.min(Math.max((value - min) / (max - min), 0), 1), color);
    }
    context.fillStyle = gradient;
    context.fillRect(x, y, widthPx, RAMP_PX);
    label(context, [String(min), String((min + max) / 2), String(max)], x, y + RAMP_PX + 3, widthPx);
    return;
  }
  if (legend.type === "discrete") {
    strip(context, legend.classes.map(({ color }) => color), x, y, widthPx);
    const { classes } = legend;
    const middle = classes[Math.floor(classes.length / 2)]!;
    label(context, [classes[0]!.label, middle.label, classes.at(-1)!.label], x, y + RAMP_PX + 3, widthPx);
    return;
  }
  const each = widthPx / legend.segments.length;
  legend.segments.forEach(({ label: name, stops }, i) => {
    strip(context, stops.map(([, color]) => color), x + i * each, y, each - 6);
    context.fillStyle = MUTED;
    context.textAlign = "left";
    context.fillText(name, x + i * each, y + RAMP_PX + 3);
  });
}

function strip(
  context: CanvasRenderingContext2D,
  colors: readonly string[],
  x: number,
  y: number,
  widthPx: number,
): void {
  const each = widthPx / colors.length;
  colors.forEach((color, i) => {
    context.fillStyle = color;
    context.fillRect(x + i * each, y, Math.ceil(each), RAMP_PX);
  });
}

function label(
  context: CanvasRenderingContext2D,
  texts: readonly string[],
  x: number,
  y: number,
  widthPx: number,
): void {
  const aligns = ["left", "center", "right"] as const;
  context.fillStyle = MUTED;
  texts.forEach((text, i) => {
    context.textAlign = aligns[i]!;
    context.fillText(text.replace("-", "−"), x + widthPx * i / 2, y);
  });
}

import type { Map as MapLibreMap } from "maplibre-gl";
import type { Pane } from "../state/pane.ts";
import type { Viewer } from "../state/viewer.ts";
import { mapsOf } from "../map/mount_map.ts";
import { VALUES_CLASS } from "../map/value_canvas.ts";
import { formatRun, formatTime, formatUtcClock } from "../format.ts";
import { drawLegend } from "./legend_on_canvas.ts";
import { leadOf, leadWords } from "../../../contract/lead.ts";

const CAPTION_PX = 74;
const MARGIN_PX = 14;
const LEGEND_PX = 300;
const INK = "#f2f6fc";
const MUTED = "#a9b6cb";
const PAPER = "#0e1524";

/** Draws the view as one image: the maps, and below them a caption for each pane. @param widthPx the largest width */
export async function takePicture(viewer: Viewer, widthPx: number): Promise<HTMLCanvasElement> {
  const maps = mapsOf(viewer);
  const panes = viewer.panes.peek();
  const { mode, swipe } = viewer.comparison;
  const isSwipe = panes.length === 2 && mode.peek() === "swipe";
  const shots = await Promise.all(maps.map(shoot));
  const cssWidth = isSwipe ? shots[0]!.cssWidth : shots.reduce((sum, shot) => sum + shot.cssWidth, 0);
  const scale = Math.min(1, widthPx / cssWidth);
  const width = Math.round(cssWidth * scale);
  const mapHeight = Math.round(shots[0]!.cssHeight * scale);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = mapHeight + CAPTION_PX * panes.length;
  const context = canvas.getContext("2d")!;
  context.fillStyle = PAPER;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const lefts = shots.map((_, i) => isSwipe ? 0 : shots.slice(0, i).reduce((sum, shot) => sum + shot.cssWidth, 0));
  shots.forEach(({ image, values, cssWidth: own }, i) => {
    const x = lefts[i]! * scale;
    context.save();
    if (isSwipe && i === 1) {
      context.beginPath();
      context.rect(width * swipe.peek(), 0, width, mapHeight);
      context.clip();
    }
    context.drawImage(image, x, 0, own * scale, mapHeight);
    image.close(); // a GIF needs up to sixty of them
    if (values) context.drawImage(values, x, 0, own * scale, mapHeight);
    context.restore();
  });
  const pin = viewer.pin.peek();
  if (pin) {
    maps.forEach((map, i) => {
      const { x, y } = map.project([pin.lonDeg, pin.latDeg]);
      drawPin(context, (lefts[i]! + x) * scale, y * scale);
    });
  }
  panes.forEach((pane, i) => {
    drawCaption(context, pane, attributionOf(maps[i]!), mapHeight + CAPTION_PX * i, width);
  });
  return canvas;
}

interface Shot {
  readonly image: ImageBitmap;
  /** The canvas with values over the map; null when there are none. */
  readonly values: HTMLCanvasElement | null;
  readonly cssWidth: number;
  readonly cssHeight: number;
}

/** Takes an image of a map during its render event: afterwards the map's canvas is empty. */
function shoot(map: MapLibreMap): Promise<Shot> {
  return new Promise((resolve, reject) => {
    map.once("render", () => {
      const canvas = map.getCanvas();
      const { clientWidth: cssWidth, clientHeight: cssHeight } = canvas;
      const values = map.getCanvasContainer().querySelector<HTMLCanvasElement>(`.${VALUES_CLASS}`);
      const sizes = { cssWidth, cssHeight };
      createImageBitmap(canvas).then((image) => resolve({ image, values, ...sizes }), reject);
    });
    map.triggerRepaint();
  });
}

function drawPin(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.beginPath();
  context.arc(x, y, 6, 0, 2 * Math.PI);
  context.fillStyle = "#6cb6ff";
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = "#ffffff";
  context.stroke();
}

/** Returns the attributions of a map's sources, as the map's attribution line shows them. */
function attributionOf(map: MapLibreMap): string {
  const texts = Object.keys(map.getStyle().sources).map((id) => map.getSource(id)?.attribution ?? "");
  const plain = (html: string) => new DOMParser().parseFromString(html, "text/html").body.textContent;
  return [...new Set(texts.map(plain))].filter(Boolean).join(". ");
}

function drawCaption(
  context: CanvasRenderingContext2D,
  pane: Pane,
  attribution: string,
  top: number,
  width: number,
): void {
  const sidecar = pane.sync.sidecar.peek();
  const model = pane.model.peek();
  const hasFreeDisk = width > 2 * LEGEND_PX;
  const textWidth = (hasFreeDisk ? width - LEGEND_PX - MARGIN_PX : width) - 2 * MARGIN_PX;
  context.textBaseline = "top";
  context.textAlign = "left";
  context.fillStyle = INK;
  context.font = "600 15px system-ui, sans-serif";
  const { legend } = sidecar;
  const shown = legend.type === "segmented" ? legend.units : sidecar.units;
  const units = shown && shown !== "code" ? ` (${shown})` : "";
  context.fillText(`${sidecar.name}${units}`, MARGIN_PX, top + 10, textWidth);
  context.font = "13px system-ui, sans-serif";
  const utc = formatUtcClock(sidecar.valid_time);
  const valid = formatTime(sidecar.valid_time, undefined) + (utc && ` (${utc})`);
  const run = `${model.name} ${formatRun(pane.run.peek().run)} +${leadWords(leadOf(sidecar))}`;
  context.fillText(`Valid ${valid}, ${run}`, MARGIN_PX, top + 31, textWidth);
  context.fillStyle = MUTED;
  context.font = "11px system-ui, sans-serif";
  context.fillText(attribution, MARGIN_PX, top + 52, textWidth);
  if (hasFreeDisk) drawLegend(context, sidecar, width - LEGEND_PX - MARGIN_PX, top + 18, LEGEND_PX);
}

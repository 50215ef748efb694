import type { ModelId, RunId, VarId } from "../../../contract/identity.ts";
import type { FrameText } from "../../../contract/lead.ts";
import type { Camera, GeoPoint } from "./camera.ts";

/** The parts of the page's state that its address contains. A part that is missing or invalid has its default. */
export interface Permalink {
  readonly model?: ModelId;
  readonly run?: RunId;
  readonly var?: VarId;
  readonly fh?: FrameText;
  /** The middle of the view, and its zoom. */
  readonly at?: Camera;
  readonly region?: string;
  readonly pin?: GeoPoint;
  readonly lines?: boolean;
  readonly values?: boolean;
  /** Opacity of the weather in per cent. */
  readonly opacity?: number;
  readonly compare?: "side" | "swipe";
  /** The line where the maps meet, in per cent of the width. */
  readonly swipe?: number;
  readonly model2?: ModelId;
  readonly run2?: RunId;
  readonly var2?: VarId;
  readonly fh2?: FrameText;
}

type Part = keyof Permalink;

const ORDER = Object.keys(
  {
    model: true,
    run: true,
    var: true,
    fh: true,
    at: true,
    region: true,
    pin: true,
    lines: true,
    values: true,
    opacity: true,
    compare: true,
    swipe: true,
    model2: true,
    run2: true,
    var2: true,
    fh2: true,
  } satisfies Record<Part, true>,
) as readonly Part[];

/** Returns the query of an address, always in the same order. */
export function formatPermalink(link: Permalink): string {
  const texts = ORDER.flatMap((name): string[] => {
    const value = link[name];
    return value === undefined ? [] : [`${name}=${textOf(value)}`];
  });
  return texts.length === 0 ? "" : `?${texts.join("&")}`;
}

function textOf(value: NonNullable<Permalink[Part]>): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value !== "object") return String(value);
  const numbers = [value.latDeg.toFixed(4), value.lonDeg.toFixed(4)];
  return ("zoom" in value ? [...numbers, value.zoom.toFixed(2)] : numbers).join(",");
}

import { isoSeconds, type RunId, validTime } from "../../contract/identity.ts";
import { type FrameText, leadOf, leadWords } from "../../contract/lead.ts";
import type { Sample } from "./probe.ts";

/** Colours of the map where there is no weather: water and land. */
export const BARE_COLORS = [0x10192b, 0x263450] as const;
/** Tolerance of each colour channel: blending rounds. */
const TOLERANCE = 3;
/** Share of an image that may differ: numbers on contours and at places appear when a frame comes to rest. */
const OTHER_SHARE = 0.25;

export interface Verdict {
  readonly frames: number;
  /** Number of different frames that were seen. */
  readonly hours: number;
  /** Samples whose clock or legend does not belong to the frame that the page reports. */
  readonly wrongText: number;
  /** Samples whose map shows another frame than the reported one. */
  readonly wrongPicture: number;
  /** Samples whose map is bare where there must be weather. */
  readonly empty: number;
}

/**
 * Compares samples with the texts and the image of the frames that they report.
 * @param legends the title of each variable's legend
 * @param pictures the pixels of each frame at rest; a frame without pixels is judged by its texts alone
 */
export function judge(
  samples: readonly Sample[],
  legends: Readonly<Record<string, string>>,
  pictures: ReadonlyMap<string, readonly number[]>,
): Verdict {
  let [wrongText, wrongPicture, empty] = [0, 0, 0];
  for (const { frame, validTime: shownTime, hour, legend, pixels } of samples) {
    const [, run, variable, text] = frame.split("/") as [string, RunId, string, FrameText];
    const lead = leadOf({ frame: text });
    const expected = isoSeconds(validTime(run, lead));
    if (shownTime !== expected || hour !== `+${leadWords(lead)}` || legend !== legends[variable]) wrongText++;
    const picture = pictures.get(frame);
    if (!picture) continue;
    // Beyond the model's coverage the map is bare in every frame.
    const places = picture.flatMap((color, i) => isBare(color) ? [] : [{ due: color, seen: pixels[i]! }]);
    const share = (fails: (place: { due: number; seen: number }) => boolean) =>
      places.filter(fails).length / places.length;
    if (share(({ seen }) => isBare(seen)) > OTHER_SHARE) empty++;
    else if (share(({ due, seen }) => !isAlike(due, seen)) > OTHER_SHARE) wrongPicture++;
  }
  const hours = new Set(samples.map(({ frame }) => frame)).size;
  return { frames: samples.length, hours, wrongText, wrongPicture, empty };
}

/** Returns the share of the places with weather in `a` that look alike in `b`. */
export function likeness(a: readonly number[], b: readonly number[]): number {
  const places = a.flatMap((color, i) => isBare(color) ? [] : [isAlike(color, b[i]!)]);
  return places.filter(Boolean).length / places.length;
}

function isBare(color: number): boolean {
  return BARE_COLORS.some((bare) => isAlike(bare, color));
}

function isAlike(a: number, b: number): boolean {
  return [16, 8, 0].every((shift) => Math.abs((a >> shift & 255) - (b >> shift & 255)) <= TOLERANCE);
}

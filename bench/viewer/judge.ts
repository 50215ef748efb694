import { type ForecastHour, isoSeconds, type RunId, validTime } from "../../contract/identity.ts";
import type { Sample } from "./probe.ts";

/** What the map looks like where there is no weather: water, and land. */
export const BARE_COLORS = [0x10192b, 0x263450] as const;
/** Of a colour's parts: blending rounds. */
const TOLERANCE = 3;
/** So much of a picture may be another: numbers on lines and at places come when a frame rests. */
const OTHER_SHARE = 0.25;

export interface Verdict {
  readonly frames: number;
  /** Hours that were seen. */
  readonly hours: number;
  /** Clock or legend do not belong to the frame that the page says it shows. */
  readonly wrongText: number;
  /** The map shows another frame than that. */
  readonly wrongPicture: number;
  /** The map is bare where weather must be. */
  readonly empty: number;
}

/**
 * Holds what was presented against what each frame looks like.
 * @param legends what a variable's legend is called
 * @param pictures what a frame looks like at rest; frames that are not there are judged by their words alone
 */
export function judge(
  samples: readonly Sample[],
  legends: Readonly<Record<string, string>>,
  pictures: ReadonlyMap<string, readonly number[]>,
): Verdict {
  let [wrongText, wrongPicture, empty] = [0, 0, 0];
  for (const { frame, validTime: shownTime, hour, legend, pixels } of samples) {
    const [, run, variable, fh] = frame.split("/") as [string, RunId, string, string];
    const expected = isoSeconds(validTime(run, Number(fh) as ForecastHour));
    if (shownTime !== expected || hour !== `+${fh} h` || legend !== legends[variable]) wrongText++;
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

/** How much of two pictures is alike, where neither is bare. */
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

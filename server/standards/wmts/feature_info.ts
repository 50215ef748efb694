import type { VersionedFrame } from "../../../contract/frame_version.ts";
import { latitude, longitude } from "../../../contract/projection.ts";
import { tileBox, type TileId } from "../../../contract/tile.ts";
import type { FrameStore } from "../../frame_store.ts";
import { type Point, sample, type ShownMap } from "../../values/sample.ts";

/** The centre of a pixel of a tile. */
export function pixelCentre(tile: TileId, tileSizePx: number, { i, j }: { i: number; j: number }): Point {
  const { westM, northM, eastM } = tileBox(tile);
  const pixelM = (eastM - westM) / tileSizePx;
  return { latDeg: latitude(northM - (j + 0.5) * pixelM), lonDeg: longitude(westM + (i + 0.5) * pixelM) };
}

/** The value under a pixel as a GeoJSON feature; an empty collection when there is no value. */
export async function featureInfo(frames: FrameStore, frame: VersionedFrame, point: Point, map: ShownMap) {
  const { model, run, var: variable, lead } = frame;
  const answer = await sample(frames, { model, run, var: variable, lead }, point, map);
  const features = answer === null ? [] : [{
    type: "Feature" as const,
    geometry: { type: "Point" as const, coordinates: [answer.lon, answer.lat] },
    properties: answer,
  }];
  return { type: "FeatureCollection" as const, features };
}

/** The same answer as a line of text for people. */
export function featureInfoText({ features }: Awaited<ReturnType<typeof featureInfo>>): string {
  const [feature] = features;
  if (!feature) return "no value here\n";
  const { value, label, units, var: variable, valid_time } = feature.properties;
  const shown = label ?? `${value} ${units}`.trim();
  return `${variable}: ${shown}, valid ${valid_time}\n`;
}

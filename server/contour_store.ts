import { LRUCache } from "lru-cache";
import { type ContourCollection, contourCollectionSchema } from "../contract/contours.ts";
import type { FrameId } from "../contract/identity.ts";
import { artifactPath, type DataRoots, locate } from "../contract/paths.ts";
import { NotPublishedError } from "./errors.ts";
import type { FrameStore } from "./frame_store.ts";
import { CodedBody } from "./http/content_coding.ts";

/** Bounds memory: a set of lines is some hundred KB. */
const MAX_SETS = 256;
const GEOJSON = "application/geo+json";

/** The lines of frames, set by set. One reading per set at a time; a failure is not remembered. */
export class ContourStore {
  readonly #roots: DataRoots;
  readonly #frames: FrameStore;
  readonly #sets = new LRUCache<string, Promise<CodedBody>>({ max: MAX_SETS });

  constructor(roots: DataRoots, frames: FrameStore) {
    this.#roots = roots;
    this.#frames = frames;
  }

  /** @throws NotPublishedError unless the frame is published and its sidecar names the set */
  async lines(frame: FrameId, key: string): Promise<CodedBody> {
    const { contours = {}, artifacts } = await this.#frames.sidecar(frame);
    if (!Object.hasOwn(contours, key)) {
      const known = Object.keys(contours).join(", ");
      throw new NotPublishedError(
        `Frame ${frame.model}/${frame.run}/${frame.var}/${frame.fh} has no lines "${key}"` +
          (known ? `: it has ${known}` : ""),
      );
    }
    const path = locate(this.#roots, artifactPath("published", frame, "contours"));
    const id = `${path} ${artifacts.contours?.sha256} ${key}`;
    const known = this.#sets.get(id);
    if (known) return known;
    const reading = this.#frames.whilePublished(frame, readSet(path, key));
    this.#sets.set(id, reading);
    reading.catch(() => this.#sets.delete(id));
    return reading;
  }

  /** Forgets all lines. */
  clear(): void {
    this.#sets.clear();
  }
}

async function readSet(path: string, key: string): Promise<CodedBody> {
  const { features } = contourCollectionSchema.parse(JSON.parse(await Deno.readTextFile(path)));
  const collection: ContourCollection = {
    type: "FeatureCollection",
    features: features.filter(({ properties }) => properties.key === key),
  };
  return new CodedBody(new TextEncoder().encode(JSON.stringify(collection)), GEOJSON);
}

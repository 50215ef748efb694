import { LRUCache } from "lru-cache";
import { type ContourCollection, contourCollectionSchema } from "../contract/contours.ts";
import type { VersionedFrame } from "../contract/frame_version.ts";
import { artifactPath, type DataRoots, locate } from "../contract/paths.ts";
import { PendingRequests } from "../concurrency/pending_requests.ts";
import { BadArtifactError, NotPublishedError } from "./errors.ts";
import { readRegularFile } from "./regular_file.ts";
import type { FrameStore } from "./frame_store.ts";
import { KeptBody } from "./http/encoded_body.ts";
import { leadText } from "../contract/lead.ts";

/** Bounds memory: a set of contours takes some hundred KB. */
const MAX_SETS = 256;
const GEOJSON = "application/geo+json";

export interface ContourSet {
  readonly body: KeptBody;
  /** Build time in ISO 8601. */
  readonly builtAt: string;
}

/** Contours of frames, set by set. Concurrent readers of a set share one reading; a failure is not remembered. */
export class ContourStore {
  readonly #roots: DataRoots;
  readonly #frames: FrameStore;
  readonly #sets = new LRUCache<string, KeptBody>({ max: MAX_SETS });
  readonly #pending = new PendingRequests<KeptBody>();

  constructor(roots: DataRoots, frames: FrameStore) {
    this.#roots = roots;
    this.#frames = frames;
  }

  /**
   * Reads a set of contours.
   * @throws NotPublishedError unless the frame is published and its sidecar names the set
   */
  async read(frame: VersionedFrame, key: string): Promise<ContourSet> {
    const version = await this.#frames.version(frame);
    const { contours = {}, artifacts, built_at: builtAt } = await this.#frames.sidecar(frame);
    if (!artifacts.contours || !Object.hasOwn(contours, key)) {
      const known = Object.keys(contours).join(", ");
      throw new NotPublishedError(
        `Frame ${frame.model}/${frame.run}/${frame.var}/${leadText(frame.lead)} has no contours "${key}"` +
          (known ? `: it has ${known}` : ""),
      );
    }
    const path = locate(this.#roots, artifactPath("published", frame, "contours"));
    const { sha256 } = artifacts.contours;
    const id = `${path} ${sha256} ${key}`;
    const body = this.#sets.get(id) ?? await this.#pending.join(id, async () => {
      const set = await this.#read(frame, version, { path, sha256, key });
      this.#sets.set(id, set);
      return set;
    });
    return { body, builtAt };
  }

  async #read(frame: VersionedFrame, version: string, { path, sha256, key }: ContourSetFile): Promise<KeptBody> {
    const bytes = await this.#frames.whilePublished(frame, readRegularFile(path));
    await this.#frames.requireCurrent(frame, version);
    return await this.#frames.whilePublished(frame, setOf(bytes, { path, sha256, key }));
  }

  /** Forgets all contours. */
  clear(): void {
    this.#sets.clear();
  }
}

/** A set of contours in a file. */
interface ContourSetFile {
  readonly path: string;
  /** Hash of the file, from the sidecar. */
  readonly sha256: string;
  readonly key: string;
}

async function setOf(bytes: Uint8Array<ArrayBuffer>, { path, sha256, key }: ContourSetFile): Promise<KeptBody> {
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  if (found !== sha256) throw new BadArtifactError(`the hash of "${path}" differs from the one in its sidecar`);
  const { features } = contourCollectionSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  const collection: ContourCollection = {
    type: "FeatureCollection",
    features: features.filter(({ properties }) => properties.key === key),
  };
  return new KeptBody(new TextEncoder().encode(JSON.stringify(collection)), GEOJSON);
}

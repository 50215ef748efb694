import type * as z from "zod";
import type { FrameId } from "../../contract/identity.ts";
import { lowerEdge } from "../../contract/legend.ts";
import { sidecarMembers } from "../../contract/sidecar.ts";
import type { ValueCog } from "./value_cog.ts";
import { errorOfReading } from "../errors.ts";

/**
 * The members of a sidecar that are validated here: validating its colours would cost more time than reading a value.
 */
const metadataSchema = sidecarMembers.pick({
  contract_version: true,
  units: true,
  precision: true,
  labels: true,
  undrawn: true,
  valid_time: true,
});

/** Metadata of a frame's values, from the sidecar. */
type ValueMetadata = z.infer<typeof metadataSchema>;

/** Parses the metadata. @throws SyntaxError or ZodError when the text is not a sidecar */
export function parseValueMetadata(sidecarText: string): ValueMetadata {
  return metadataSchema.parse(JSON.parse(sidecarText));
}

/** Approximate memory of a label and its value. */
const LABEL_BYTES = 64;

export interface PointValue {
  readonly value: number;
  /** Words for the value: of a code, or of a value that is not drawn, such as `No echo`. */
  readonly label?: string;
}

/** The values of a frame at points. */
export class FrameValues implements Disposable {
  readonly metadata: ValueMetadata;
  readonly #frame: FrameId;
  readonly #values: ValueCog;

  /**
   * Combines a frame's values with their metadata.
   * @param values disposed of together with this object
   */
  constructor(frame: FrameId, metadata: ValueMetadata, values: ValueCog) {
    this.metadata = metadata;
    this.#frame = frame;
    this.#values = values;
  }

  /** Approximate memory in bytes. */
  get byteLength(): number {
    const { labels = {} } = this.metadata;
    return Object.keys(labels).length * LABEL_BYTES;
  }

  /** Whether a file is kept open for the values. */
  get holdsFile(): boolean {
    return this.#values.holdsFile;
  }

  /**
   * The value at a point in EPSG:3857 metres, rounded to the variable's precision; null outside the coverage and at
   * nodata.
   * @throws NotPublishedError when the frame was just removed
   * @throws DamagedError when its file cannot be read
   */
  at(xM: number, yM: number): PointValue | null {
    return this.#read(() => this.#values.at(xM, yM));
  }

  /**
   * The value of the pixel that a map of this zoom shows at a point: what is painted is what is read.
   * @throws NotPublishedError or DamagedError, as `at` does
   */
  shownAt(xM: number, yM: number, zoom: number, tileSizePx: number): PointValue | null {
    return this.#read(() => this.#values.shownAt(xM, yM, zoom, tileSizePx));
  }

  #read(value: () => number | null): PointValue | null {
    try {
      const exact = value();
      return exact === null ? null : this.#describe(exact);
    } catch (error) {
      throw errorOfReading(this.#frame, error);
    }
  }

  #describe(exact: number): PointValue {
    const { precision, labels, undrawn } = this.metadata;
    const value = roundTo(exact, precision);
    const isDrawn = undrawn === undefined || exact >= lowerEdge(undrawn.below);
    const label = labels?.[String(value)] ?? (isDrawn ? undefined : undrawn.label);
    return label === undefined ? { value } : { value, label };
  }

  [Symbol.dispose](): void {
    this.#values[Symbol.dispose]();
  }
}

function roundTo(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}

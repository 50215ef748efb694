import type * as z from "zod";
import type { FrameId } from "../../contract/identity.ts";
import { sidecarSchema } from "../../contract/sidecar.ts";
import type { ValueCog } from "./value_cog.ts";
import { errorOfReading } from "../errors.ts";

/** Nothing more of a sidecar is checked here: its colours would cost more time than all the rest of a value. */
const metadataSchema = sidecarSchema.pick({ units: true, precision: true, labels: true, valid_time: true });

/** What a sidecar says of its frame's values. */
type ValueMetadata = z.infer<typeof metadataSchema>;

/** @throws SyntaxError or ZodError when it is not the text of a sidecar */
export function parseValueMetadata(sidecarText: string): ValueMetadata {
  return metadataSchema.parse(JSON.parse(sidecarText));
}

/** What a label and its value take. */
const LABEL_BYTES = 64;

export interface PointValue {
  readonly value: number;
  /** What the value is called, where numbers say little. */
  readonly label?: string;
}

/** What a frame says at points. */
export class FrameValues implements Disposable {
  readonly metadata: ValueMetadata;
  readonly #frame: FrameId;
  readonly #values: ValueCog;

  /** @param values disposed of with this */
  constructor(frame: FrameId, metadata: ValueMetadata, values: ValueCog) {
    this.metadata = metadata;
    this.#frame = frame;
    this.#values = values;
  }

  /** What it takes of memory, roughly. */
  get byteLength(): number {
    const { labels = {} } = this.metadata;
    return this.#values.byteLength + Object.keys(labels).length * LABEL_BYTES;
  }

  /** Whether a file is kept open for it. */
  get holdsFile(): boolean {
    return this.#values.holdsFile;
  }

  /**
   * The value at a point in metres of EPSG:3857, rounded to the variable's precision; null outside the coverage and where
   * it is missing.
   * @throws NotPublishedError when the frame was removed a moment ago
   * @throws DamagedError
   */
  at(xM: number, yM: number): PointValue | null {
    const exact = this.#exact(xM, yM);
    if (exact === null) return null;
    const { precision, labels } = this.metadata;
    const value = roundTo(exact, precision);
    const label = labels?.[String(value)];
    return label === undefined ? { value } : { value, label };
  }

  #exact(xM: number, yM: number): number | null {
    try {
      return this.#values.at(xM, yM);
    } catch (error) {
      throw errorOfReading(this.#frame, error);
    }
  }

  [Symbol.dispose](): void {
    this.#values[Symbol.dispose]();
  }
}

function roundTo(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}

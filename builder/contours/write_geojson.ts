import type { Grid } from "../../contract/grid.ts";
import { latitude, longitude } from "../../contract/projection.ts";
import type { PixelLines } from "./pixel_lines.ts";

/** Coordinates have four decimals, about ten metres. */
const DECIMALS = 4;
const PER_DEGREE = 10 ** DECIMALS;
/** Most bytes of a position and its comma: `[-179.9999,-89.9999],`. */
const MAX_POSITION_BYTES = 21;
const INITIAL_BYTES = 1 << 18;

const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/** Properties of the feature of a line. */
interface LineProperties {
  readonly key: string;
  /** Value along the line, in `units`. */
  readonly level: number;
  readonly units: string;
}

/** Writes lines as GeoJSON of WGS 84, straight into bytes: an object for each point takes many times as long. */
export class GeoJsonWriter {
  readonly #grid: Grid;
  #bytes = new Uint8Array(INITIAL_BYTES);
  #length = 0;
  #features = 0;

  /** @param grid the grid that pixels are of: the centre of its first cell is at 0, 0 */
  constructor(grid: Grid) {
    this.#grid = grid;
    this.#writeText('{"type":"FeatureCollection","features":[');
  }

  /** Writes a line of several as a feature. */
  write({ x, y, starts }: PixelLines, line: number, properties: LineProperties): void {
    const { westM, northM, pixelSizeM } = this.#grid;
    if (this.#features++ > 0) this.#writeText(",");
    const text = JSON.stringify(properties);
    this.#writeText(`{"type":"Feature","properties":${text},"geometry":{"type":"LineString","coordinates":[`);
    const first = starts[line]!;
    const end = starts[line + 1]!;
    this.#reserve((end - first) * MAX_POSITION_BYTES);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = first; i < end; i++) {
      if (i > first) bytes[at++] = COMMA;
      bytes[at++] = OPEN;
      at = writeDegrees(longitude(westM + (x[i]! + 0.5) * pixelSizeM), bytes, at);
      bytes[at++] = COMMA;
      at = writeDegrees(latitude(northM - (y[i]! + 0.5) * pixelSizeM), bytes, at);
      bytes[at++] = CLOSE;
    }
    this.#length = at;
    this.#writeText("]}}");
  }

  /** Ends the collection and returns its bytes. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#writeText("]}");
    return this.#bytes.slice(0, this.#length);
  }

  #writeText(text: string): void {
    const encoded = new TextEncoder().encode(text);
    this.#reserve(encoded.length);
    this.#bytes.set(encoded, this.#length);
    this.#length += encoded.length;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/**
 * Writes degrees rounded to four decimals as JSON writes them, without zeros at the end, and returns where they end.
 */
function writeDegrees(degrees: number, bytes: Uint8Array, start: number): number {
  let at = start;
  const rounded = Math.round(degrees * PER_DEGREE);
  if (rounded < 0) bytes[at++] = MINUS;
  const positive = Math.abs(rounded);
  const whole = Math.floor(positive / PER_DEGREE);
  if (whole >= 100) bytes[at++] = ZERO + Math.floor(whole / 100);
  if (whole >= 10) bytes[at++] = ZERO + Math.floor(whole / 10) % 10;
  bytes[at++] = ZERO + whole % 10;
  let rest = positive - whole * PER_DEGREE;
  if (rest === 0) return at;
  bytes[at++] = POINT;
  for (let unit = PER_DEGREE / 10; rest > 0; unit /= 10) {
    const digit = Math.floor(rest / unit);
    bytes[at++] = ZERO + digit;
    rest -= digit * unit;
  }
  return at;
}

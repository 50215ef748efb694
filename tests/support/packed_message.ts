import { concatenate } from "../../builder/concatenate.ts";

/**
 * GRIB2 messages packed here, value by value, as the WMO manual specifies: a decoder's values can be compared with the
 * values that were packed. The field is a visibility at the surface, by default on a small grid of one degree.
 * @see WMO manual on codes, FM 92 GRIB, templates 7.0, 7.2 and 7.3
 */

export type Bytes = Uint8Array<ArrayBuffer>;

/** A value in whole metres, or the kind of a missing value. */
export type Packed = number | "primary" | "secondary";

export interface PackedMessage {
  readonly width: number;
  readonly height: number;
  /** Values in the message's own order. */
  readonly values: readonly Packed[];
  readonly packing: "simple" | "complex" | "first differences" | "second differences";
  /** Encoding of missing values: by a bitmap, or by the packing, with a substitute for each kind. */
  readonly missing: "none" | "bitmap" | { readonly primary: number; readonly secondary?: number };
  /** Number format of the substitutes, by code table 5.1 of complex packing. */
  readonly substitutesAre?: "floats" | "integers";
  /** Scanning mode by code table 3.4; rows from the north if undefined. */
  readonly scanningMode?: number;
  /** First point of a grid of 3 km on HRRR's Lambert plane; a grid of one degree if undefined. */
  readonly lambert?: { readonly firstLatDeg: number; readonly firstLonDeg: number };
}

/** Writer of bits, the most significant first. */
class BitWriter {
  readonly #bits: number[] = [];

  write(value: number, bits: number): void {
    for (let bit = bits - 1; bit >= 0; bit--) this.#bits.push(Math.floor(value / 2 ** bit) % 2);
  }

  /** Writes zeros up to the next byte. */
  align(): void {
    while (this.#bits.length % 8 !== 0) this.#bits.push(0);
  }

  bytes(): Bytes {
    this.align();
    return Uint8Array.from(
      { length: this.#bits.length / 8 },
      (_, i) => this.#bits.slice(i * 8, i * 8 + 8).reduce((byte, bit) => byte * 2 + bit, 0),
    );
  }
}

/** Returns big-endian numbers; a negative number has its sign in the first bit. */
function numbers(...parts: readonly (readonly [value: number, bytes: number])[]): Bytes {
  const writer = new BitWriter();
  for (const [value, bytes] of parts) {
    const raw = value < 0 ? 2 ** (bytes * 8 - 1) - value : value;
    writer.write(raw, bytes * 8);
  }
  return writer.bytes();
}

function float(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value);
  return bytes;
}

function section(number: number, ...content: readonly Uint8Array[]): Bytes {
  const body = concatenate(content);
  return concatenate([numbers([body.length + 5, 4], [number, 1]), body]);
}

const LITTLE = [1, 1] as const;
const bitsFor = (largest: number) => Math.max(0, Math.ceil(Math.log2(largest + 1)));

export function packMessage(message: PackedMessage): Bytes {
  const { width, height, values, missing, scanningMode = 0, lambert } = message;
  const points = width * height;
  const fromSouth = (scanningMode & 0x40) !== 0;
  const identification = section(
    1,
    numbers([7, 2], [0, 2], [2, 1], LITTLE, LITTLE),
    numbers([2026, 2], ...[1, 1, 0, 0, 0, 0, 1].map((v) => [v, 1] as const)),
  );
  const shape = concatenate([
    numbers([0, 1], [points, 4], [0, 1], [0, 1], [lambert ? 30 : 0, 2]),
    numbers([6, 1], [0, 1], [0, 4], [0, 1], [0, 4], [0, 1], [0, 4], [width, 4], [height, 4]),
  ]);
  const lats = fromSouth ? [30e6, (30 + height - 1) * 1e6] : [(30 + height - 1) * 1e6, 30e6];
  const grid = lambert
    ? section(
      3,
      shape,
      numbers([lambert.firstLatDeg * 1e6, 4], [lambert.firstLonDeg * 1e6, 4], [8, 1], [38.5e6, 4], [262.5e6, 4]),
      numbers([3e6, 4], [3e6, 4], [0, 1], [scanningMode, 1], [38.5e6, 4], [38.5e6, 4], [0, 4], [0, 4]),
    )
    : section(
      3,
      shape,
      numbers([0, 4], [0, 4], [lats[0]!, 4], [240e6, 4], [0x30, 1], [lats[1]!, 4]),
      numbers([(240 + width - 1) * 1e6, 4], [1e6, 4], [1e6, 4], [scanningMode, 1]),
    );
  // Visibility (0/19/0) at the surface, an analysis.
  const product = section(
    4,
    numbers([0, 2], [0, 2], [19, 1], [0, 1], [2, 1], [0, 1], [83, 1], [0, 2], [0, 1], [1, 1], [0, 4]),
    numbers([1, 1], [255, 1], [0, 4], [255, 1], [255, 1], [0, 4]),
  );
  const isPresent = (value: Packed) => typeof value === "number";
  const bitmap = missing === "bitmap"
    ? section(6, numbers([0, 1]), bits(values.map((value) => isPresent(value) ? 1 : 0)))
    : section(6, numbers([255, 1]));
  const packedValues = missing === "bitmap" ? values.filter(isPresent) : values;
  const [representation, data] = message.packing === "simple"
    ? simple(packedValues as number[])
    : complex(packedValues, message);
  const body = concatenate([
    identification,
    grid,
    product,
    representation,
    bitmap,
    data,
    new TextEncoder().encode("7777"),
  ]);
  return concatenate([
    new TextEncoder().encode("GRIB"),
    numbers([0, 2], [0, 1], [2, 1], [0, 4], [body.length + 16, 4]),
    body,
  ]);
}

function bits(values: readonly number[]): Bytes {
  const writer = new BitWriter();
  values.forEach((value) => writer.write(value, 1));
  return writer.bytes();
}

function simple(values: readonly number[]): [Bytes, Bytes] {
  const least = Math.min(...values);
  const width = bitsFor(Math.max(...values) - least);
  const writer = new BitWriter();
  values.forEach((value) => writer.write(value - least, width));
  return [
    section(5, numbers([values.length, 4], [0, 2]), float(least), numbers([0, 2], [0, 2], [width, 1], [0, 1])),
    section(7, writer.bytes()),
  ];
}

const GROUP = 5;

function complex(
  values: readonly Packed[],
  { packing, missing, substitutesAre = "floats" }: PackedMessage,
): [Bytes, Bytes] {
  const management = typeof missing === "string" ? 0 : missing.secondary === undefined ? 1 : 2;
  const present = values.filter((value) => typeof value === "number");
  const order = packing === "complex" ? 0 : packing === "first differences" ? 1 : 2;
  const least = order === 0 ? 0 : Math.min(...present);
  const scaled = present.map((value) => value - least);
  const differences = scaled.map((value, i) =>
    i < order
      ? 0
      : order === 0
      ? value
      : order === 1
      ? value - scaled[i - 1]!
      : value - 2 * scaled[i - 1]! + scaled[i - 2]!
  );
  const smallest = order === 0 ? 0 : Math.min(...differences.slice(order));
  const lifted = differences.map((value, i) => (i < order ? 0 : value - smallest));
  let next = 0;
  const items = values.map((value): Packed => (typeof value === "number" ? lifted[next++]! : value));
  const groups = Array.from(
    { length: Math.ceil(items.length / GROUP) },
    (_, i) => items.slice(i * GROUP, i * GROUP + GROUP),
  );
  const described = groups.map((group) => {
    const own = group.filter((value) => typeof value === "number");
    const reference = own.length === 0 ? 0 : Math.min(...own);
    // A group of equal values, or of one kind of missing values, has no integers.
    if (group.every((value) => value === group[0])) return { group, reference, width: 0 };
    // The largest numbers of a width stand for missing values.
    const width = bitsFor((own.length === 0 ? 0 : Math.max(...own) - reference) + management);
    return { group, reference, width };
  });
  const referenceBits = Math.max(1, bitsFor(Math.max(...described.map(({ reference }) => reference)) + management));
  const widthBits = Math.max(1, bitsFor(Math.max(...described.map(({ width }) => width))));
  const last = groups.at(-1)!.length;
  const writer = new BitWriter();
  if (order > 0) {
    for (let i = 0; i < order; i++) writer.write(scaled[i]!, 32);
    writer.write(smallest < 0 ? 2 ** 31 - smallest : smallest, 32);
  }
  const codeOf = (value: Packed, reference: number, width: number) =>
    value === "primary" ? 2 ** width - 1 : value === "secondary" ? 2 ** width - 2 : value - reference;
  described.forEach(({ group: [value], reference, width }) =>
    writer.write(width === 0 ? codeOf(value!, 0, referenceBits) : reference, referenceBits)
  );
  writer.align();
  described.forEach(({ width }) => writer.write(width, widthBits));
  writer.align();
  // All groups have the same length: no length is written.
  for (const { group, reference, width } of described) {
    for (const value of group) writer.write(codeOf(value, reference, width), width);
  }
  const substitute = (value: number) => substitutesAre === "floats" ? float(value) : numbers([value, 4]);
  const { primary = 0, secondary = 0 } = typeof missing === "string" ? {} : missing;
  return [
    section(
      5,
      numbers([values.length, 4], [order === 0 ? 2 : 3, 2]),
      float(least),
      numbers([0, 2], [0, 2], [referenceBits, 1], [substitutesAre === "floats" ? 0 : 1, 1], [1, 1], [management, 1]),
      substitute(primary),
      substitute(secondary),
      numbers([groups.length, 4], [0, 1], [widthBits, 1], [GROUP, 4], [1, 1], [last, 4], [0, 1]),
      ...(order === 0 ? [] : [numbers([order, 1], [4, 1])]),
    ),
    section(7, writer.bytes()),
  ];
}

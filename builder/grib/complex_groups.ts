import { PackedIntegers } from "./bits.ts";
import type { FieldHeader } from "./field_header.ts";
import { BadGribError } from "./messages.ts";
import { COMPLEX_DIFFERENCED, DATA_HEADER_BYTES, MAX_BITS } from "./packing.ts";

/** The first values and the smallest difference of spatial differencing. @see template 7.3 */
export interface Differencing {
  /** One integer for first differences, two for second differences. */
  readonly first: readonly number[];
  readonly smallest: number;
}

/**
 * The groups of complex packing: each has a reference, a number of bits for each of its integers (width) and a number
 * of integers (length).
 * @see templates 5.2, 5.3, 7.2 and 7.3
 */
export class ComplexGroups {
  readonly count: number;
  /** Null when the integers are no differences. */
  readonly differencing: Differencing | null;
  /** The offset of the integers of the first group, in bytes. */
  readonly integers: number;
  readonly #references: PackedIntegers;
  readonly #widths: PackedIntegers;
  readonly #lengths: PackedIntegers;
  readonly #widthReference: number;
  readonly #lengthReference: number;
  readonly #lengthIncrement: number;
  readonly #lastLength: number;

  /**
   * Reads the groups' description and compares it with the sections: the lengths of all groups must add up to the
   * number of packed values, and their widths to the number of bytes, so that nearly any damage to either is found here.
   * @throws BadGribError for groups that do not fit
   */
  constructor(view: DataView, { sections, packing }: Pick<FieldHeader, "sections" | "packing">) {
    const at = sections.representation;
    const fail = (problem: string): never => {
      throw new BadGribError(problem);
    };
    const groups = view.getUint32(at + 31);
    const widthBits = view.getUint8(at + 36);
    const lengthBits = view.getUint8(at + 46);
    this.count = groups;
    this.#widthReference = view.getUint8(at + 35);
    this.#lengthReference = view.getUint32(at + 37);
    this.#lengthIncrement = view.getUint8(at + 41);
    this.#lastLength = view.getUint32(at + 42);
    if (packing.missingManagement > 2) {
      fail(`missing value management ${packing.missingManagement}, expected 0, 1 or 2`);
    }
    if (groups > packing.count) fail(`${groups} groups, expected at most one for each of ${packing.count} values`);
    if (widthBits > MAX_BITS || lengthBits > MAX_BITS) {
      fail(`group widths of ${widthBits} and lengths of ${lengthBits} bits, expected at most ${MAX_BITS}`);
    }
    const data = sections.data + DATA_HEADER_BYTES;
    const end = sections.data + view.getUint32(sections.data);
    // A constant field may have no groups, and then has no data either.
    if (groups === 0 && end > data) fail(`no groups, expected some for ${end - data} bytes of data`);
    const isDifferenced = packing.template === COMPLEX_DIFFERENCED && groups > 0;
    const order = isDifferenced ? view.getUint8(at + 47) : 0;
    const octets = isDifferenced ? view.getUint8(at + 48) : 0;
    if (isDifferenced && order !== 1 && order !== 2) fail(`spatial differencing of order ${order}, expected 1 or 2`);
    if (octets > 4) fail(`${octets} octets for each first value, expected at most 4`);
    const references = data + (isDifferenced ? (order + 1) * octets : 0);
    const widths = references + Math.ceil(groups * packing.bits / 8);
    const lengths = widths + Math.ceil(groups * widthBits / 8);
    this.integers = lengths + Math.ceil(groups * lengthBits / 8);
    if (this.integers > end) fail(`${groups} groups that need more than the ${end - data} bytes of data`);
    this.differencing = isDifferenced ? readDifferencing(view, data, order, octets) : null;
    this.#references = new PackedIntegers(view, references, packing.bits);
    this.#widths = new PackedIntegers(view, widths, widthBits);
    this.#lengths = new PackedIntegers(view, lengths, lengthBits);
    const total = this.#total();
    if (groups > 0 && total.integers !== packing.count) {
      fail(`groups of ${total.integers} values in all, expected ${packing.count}`);
    }
    const wanted = Math.ceil(total.bits / 8);
    if (this.integers + wanted !== end) fail(`${end - this.integers} bytes of grouped values, expected ${wanted}`);
  }

  /** @throws BadGribError for a group of a width that no packing has */
  #total(): { readonly integers: number; readonly bits: number } {
    let [integers, bits] = [0, 0];
    for (let group = 0; group < this.count; group++) {
      const [width, length] = [this.width(group), this.length(group)];
      if (width > MAX_BITS) {
        throw new BadGribError(`group ${group + 1} packs ${width} bits a value, expected at most ${MAX_BITS}`);
      }
      integers += length;
      bits += width * length;
    }
    return { integers, bits };
  }

  reference(group: number): number {
    return this.#references.at(group);
  }

  width(group: number): number {
    return this.#widthReference + this.#widths.at(group);
  }

  length(group: number): number {
    if (group === this.count - 1) return this.#lastLength;
    return this.#lengthReference + this.#lengths.at(group) * this.#lengthIncrement;
  }
}

function readDifferencing(view: DataView, byte: number, order: number, octets: number): Differencing {
  const numbers = new PackedIntegers(view, byte, octets * 8);
  const first = Array.from({ length: order }, (_, i) => numbers.at(i));
  // The smallest difference has its sign in the first bit.
  const sign = 2 ** (octets * 8 - 1);
  const raw = numbers.at(order);
  return { first, smallest: raw >= sign ? sign - raw : raw };
}

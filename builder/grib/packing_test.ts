import assert from "node:assert/strict";
import fc from "fast-check";
import { packMessage } from "../../tests/support/packed_message.ts";
import { decodeField } from "./decode_field.ts";
import { fieldHeaders } from "./field_header.ts";
import { BadGribError } from "./messages.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const [WIDTH, HEIGHT] = [20, 12];
const VALUES = Array.from({ length: WIDTH * HEIGHT }, (_, i) => 500 + ((i * 37) % 700));
const of = (packing: "simple" | "complex" | "second differences") =>
  packMessage({ width: WIDTH, height: HEIGHT, packing, values: VALUES, missing: "none" });

function decode(message: Bytes): Float32Array {
  return decodeField(message, fieldHeaders(message, "m.grib2")[0]!, 'VIS in "m.grib2"').values;
}

/** Returns the message with a number written at an octet of a section, counted from 1 as in the WMO manual. */
function changed(
  message: Bytes,
  section: "representation" | "data" | "grid",
  octet: number,
  value: number,
  bytes = 1,
): Bytes {
  const copy = message.slice();
  const at = fieldHeaders(message, "m")[0]!.sections[section] + octet - 1;
  const view = new DataView(copy.buffer);
  if (bytes === 1) view.setUint8(at, value);
  else if (bytes === 2) view.setUint16(at, value);
  else view.setUint32(at, value);
  return copy;
}

function refuses(message: Bytes, words: RegExp): void {
  assert.throws(() => decode(message), (error) => {
    assert.ok(error instanceof BadGribError, String(error));
    assert.match(error.message, /^Cannot read VIS in "m.grib2": /);
    assert.match(error.message, words);
    return true;
  });
}

Deno.test("decodeField() refuses a message whose sections contradict each other", () => {
  const simple = of("simple");
  refuses(changed(simple, "grid", 7, 1, 4), /1 points, expected 20 × 12$/);
  refuses(changed(simple, "representation", 6, 239, 4), /239 packed values, expected 240/);
  refuses(
    changed(simple, "representation", 10, 200, 2),
    /data representation template 200 \(run length\), expected 0 \(simple\)/,
  );
  refuses(changed(simple, "representation", 12, 0x7fc00000, 4), /reference value NaN, expected a finite number/);
  refuses(changed(simple, "representation", 16, 0x0400, 2), /binary scale factor 1024, expected at most ±127/);
  refuses(changed(simple, "representation", 18, 0x8040, 2), /decimal scale factor -64, expected at most ±38/);
  refuses(changed(simple, "representation", 20, 9), /bytes of data, expected 270 for 240 values of 9 bits/);
  refuses(changed(simple, "representation", 20, 200), /200 bits a value, expected at most 32/);
});

Deno.test("decodeField() refuses groups of complex packing that do not add up to the values and the bytes", () => {
  const complex = of("complex");
  refuses(changed(complex, "representation", 32, 47, 4), /groups of 235 values in all, expected 240/);
  refuses(
    changed(complex, "representation", 32, 0xffffffff, 4),
    /4294967295 groups, expected at most one for each of 240/,
  );
  refuses(changed(complex, "representation", 32, 0, 4), /no groups, expected some for [0-9]+ bytes of data/);
  refuses(changed(complex, "representation", 36, 1), /bytes of grouped values, expected/);
  refuses(changed(complex, "representation", 43, 4, 4), /groups of 239 values in all, expected 240/);
  refuses(changed(complex, "representation", 23, 7), /missing value management 7, expected 0, 1 or 2/);
  const differenced = of("second differences");
  refuses(changed(differenced, "representation", 48, 3), /spatial differencing of order 3, expected 1 or 2/);
  refuses(changed(differenced, "representation", 49, 5), /5 octets for each first value, expected at most 4/);
});

Deno.test("fieldHeaders() gives up at the 257th field of a message with 12 million empty data sections", () => {
  const head = of("simple");
  const { sections } = fieldHeaders(head, "m")[0]!;
  const empty = Uint8Array.of(0, 0, 0, 5, 7);
  const count = 12_000_000;
  const message = new Uint8Array(sections.data + count * empty.length + 4);
  message.set(head.subarray(0, sections.data));
  for (let i = 0; i < count; i++) message.set(empty, sections.data + i * empty.length);
  message.fill(0x37, message.length - 4);
  new DataView(message.buffer).setBigUint64(8, BigInt(message.length));
  assert.throws(
    () => fieldHeaders(message, "m.grib2"),
    /^BadGribError: Corrupt GRIB: message 1 of "m.grib2" has more than 256 fields$/,
  );
});

Deno.test("decodeField() refuses a message that claims CCSDS packing but was packed otherwise", () => {
  for (const packing of ["simple", "complex", "second differences"] as const) {
    const message = of(packing);
    const { sections } = fieldHeaders(message, "m")[0]!;
    message[sections.representation + 10] = 42;
    assert.throws(() => decodeField(message, fieldHeaders(message, "m")[0]!, "m"), BadGribError, packing);
  }
});

Deno.test("decodeField() returns a field of the grid's size or throws a BadGribError for any changed bytes", () => {
  for (const packing of ["simple", "complex", "second differences"] as const) {
    const message = of(packing);
    const change = fc.tuple(fc.integer({ min: 16, max: message.length - 5 }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const copy = message.slice();
        for (const [at, byte] of changes) copy[at] = byte;
        try {
          const [header] = fieldHeaders(copy, "m");
          const { width, height } = header!.grid;
          assert.equal(decodeField(copy, header!, "m").values.length, width * height);
        } catch (error) {
          assert.ok(error instanceof BadGribError, String(error));
          assert.doesNotMatch(error.message, /vsimem/);
        }
      }),
      { numRuns: 400 },
    );
  }
});

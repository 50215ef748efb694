import assert from "node:assert/strict";
import { gdalTool } from "../../tests/support/gdal_tools.ts";
import { type Packed, type PackedMessage, packMessage } from "../../tests/support/packed_message.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { decodeField } from "./decode_field.ts";
import { fieldHeaders } from "./field_header.ts";

const WIDTH = 13;
const HEIGHT = 9;

/** Whether a cell is in a part without holes where all values are the same: groups without integers. */
const isCalm = (i: number) => i >= 90;

/** Visibilities of 100 to 24,000 m; 9999 m and 8888 m are ordinary values. */
const FULL: readonly number[] = Array.from(
  { length: WIDTH * HEIGHT },
  (_, i) => (isCalm(i) ? 5000 : i % 11 === 3 ? 9999 : i % 13 === 5 ? 8888 : 100 + (i * 7919) % 23_900),
);
const WITH_HOLES: readonly Packed[] = FULL.map((value, i) =>
  !isCalm(i) && (i % 7 === 2 || (i > 60 && i < 72)) ? "primary" : value
);
const WITH_BOTH: readonly Packed[] = WITH_HOLES.map((value, i) =>
  !isCalm(i) && (i % 5 === 1 || (i > 72 && i < 84)) ? "secondary" : value
);

const PACKINGS = ["simple", "complex", "first differences", "second differences"] as const;

interface Case extends Omit<PackedMessage, "width" | "height"> {
  readonly name: string;
}

const CASES: readonly Case[] = [
  ...PACKINGS.map((packing): Case => ({ name: `${packing}, nothing missing`, packing, values: FULL, missing: "none" })),
  ...PACKINGS.map((packing): Case => ({
    name: `${packing}, a bitmap`,
    packing,
    values: WITH_HOLES,
    missing: "bitmap",
  })),
  ...PACKINGS.slice(1).flatMap((packing): Case[] => [
    { name: `${packing}, primary missing values`, packing, values: WITH_HOLES, missing: { primary: 9999 } },
    {
      name: `${packing}, primary and secondary missing values`,
      packing,
      values: WITH_BOTH,
      missing: { primary: 9999, secondary: 8888 },
    },
    {
      name: `${packing}, substitutes as integers`,
      packing,
      values: WITH_BOTH,
      missing: { primary: 9999, secondary: 8888 },
      substitutesAre: "integers",
    },
  ]),
];

const expectedOf = (values: readonly Packed[]) => values.map((value) => (typeof value === "number" ? value : NaN));

function decoded(message: Uint8Array<ArrayBuffer>): number[] {
  return [...decodeField(message, fieldHeaders(message, "a message")[0]!, "a message").values];
}

/** Reverses the order of the rows. */
function northUp(values: readonly number[]): number[] {
  return Array.from({ length: HEIGHT }, (_, row) => values.slice((HEIGHT - 1 - row) * WIDTH, (HEIGHT - row) * WIDTH))
    .flat();
}

for (const { name, ...packed } of CASES) {
  Deno.test(`decodeField() has NaN exactly in the cells that the message marks as missing: ${name}`, async () => {
    const message = packMessage({ width: WIDTH, height: HEIGHT, ...packed });
    const expected = expectedOf(packed.values);
    assert.deepEqual(decoded(message), expected);
    const fromSouth = packMessage({ width: WIDTH, height: HEIGHT, ...packed, scanningMode: 0x40 });
    assert.deepEqual(decoded(fromSouth), northUp(expected));
    // ecCodes reads the same bytes: this checks the test's own packing against another program.
    await using folder = await tempDir();
    await Deno.writeFile(`${folder.path}/m.grib2`, message);
    const lines = (await gdalTool("grib_get_data", ["-m", "NaN", "-F", "%.2f", `${folder.path}/m.grib2`])).trim().split(
      "\n",
    );
    const theirs = lines.slice(1).map((line) => Number(line.slice(line.lastIndexOf(" ") + 1)));
    // ecCodes prints the message's substitute for secondary missing values.
    const secondary = typeof packed.missing === "string" ? undefined : packed.missing.secondary;
    const wanted = packed.values.map((value) =>
      typeof value === "number" ? value : value === "secondary" && secondary !== undefined ? secondary : NaN
    );
    assert.equal(theirs.length, wanted.length);
    theirs.forEach((value, i) => {
      const isSecondary = packed.values[i] === "secondary";
      assert.ok(
        Object.is(value, wanted[i]) || (isSecondary && Number.isNaN(value)),
        `${i}: ${value}, not ${wanted[i]}`,
      );
    });
  });
}

/** The side of a larger and smoother field: ecCodes refuses to write PNGs that are no smaller than the values. */
const SIDE = 60;
const SMOOTH = Array.from({ length: SIDE * SIDE }, (_, i) => (i % 97 === 3 ? 9999 : 9900 + (i % SIDE) * 3));
const SMOOTH_WITH_HOLES: readonly Packed[] = SMOOTH.map((value, i) => (i % 89 === 2 ? "primary" : value));

/** Adds a number to each value of the message, by its reference value. */
function raised(message: Uint8Array<ArrayBuffer>, more: number): Uint8Array<ArrayBuffer> {
  const { sections, packing } = fieldHeaders(message, "a message")[0]!;
  const view = new DataView(message.buffer);
  view.setFloat32(sections.representation + 11, packing.reference + more * 10 ** packing.decimalScale);
  return message;
}

for (const packingType of ["grid_jpeg", "grid_png", "grid_ccsds"]) {
  for (const missing of ["none", "bitmap"] as const) {
    Deno.test(`decodeField() keeps 9999 in a message that ecCodes packed: ${packingType}, ${missing}`, async () => {
      await using folder = await tempDir();
      const values = missing === "none" ? SMOOTH : SMOOTH_WITH_HOLES;
      const [from, to] = [`${folder.path}/simple.grib2`, `${folder.path}/packed.grib2`];
      // ecCodes uses 9999 for missing values when it packs a message again. So it gets lower values, raised afterwards.
      const lower = values.map((value) => (typeof value === "number" ? value - 1000 : value));
      await Deno.writeFile(from, packMessage({ width: SIDE, height: SIDE, packing: "simple", values: lower, missing }));
      await gdalTool("grib_set", ["-r", "-s", `packingType=${packingType}`, from, to]);
      const [ours, expected] = [decoded(raised(await Deno.readFile(to), 1000)), expectedOf(values)];
      assert.equal(ours.length, expected.length);
      ours.forEach((value, i) => {
        const isRight = Number.isNaN(expected[i]) ? Number.isNaN(value) : Math.abs(value - expected[i]!) < 0.5;
        assert.ok(isRight, `${i}: ${value}, not ${expected[i]}`);
      });
      assert.ok(ours.some((value) => Math.abs(value - 9999) < 0.5));
    });
  }
}

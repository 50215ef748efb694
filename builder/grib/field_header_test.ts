import assert from "node:assert/strict";
import fc from "fast-check";
import { concatenate } from "../concatenate.ts";
import { CCSDS_MESSAGE } from "../../tests/support/ccsds_message.ts";
import { type Bytes, fakeMessage } from "../../tests/support/faulty_bucket.ts";
import { gdalTool } from "../../tests/support/gdal_tools.ts";
import { requireSharedData, testWithSharedData } from "../../tests/support/shared_data.ts";
import { type FieldHeader, fieldHeaders } from "./field_header.ts";
import { componentsFollowGrid, gridTemplate } from "./grid_definition.ts";
import { BadGribError } from "./messages.ts";
import { signedInteger } from "./signed_integer.ts";

const HOUR_S = 3600;

/** Returns sections 1 to 7 of a synthetic message, each with its length and number. */
function sectionsOf(message: Bytes): Bytes[] {
  const view = new DataView(message.buffer);
  const sections: Bytes[] = [];
  for (let at = 16; at < message.length - 4; at += view.getUint32(at)) {
    sections.push(message.slice(at, at + view.getUint32(at)));
  }
  return sections;
}

/** Returns a message of these sections, with their lengths corrected. */
function messageOf(sections: readonly Bytes[]): Bytes {
  const measured = sections.map((section) => {
    const copy = section.slice();
    new DataView(copy.buffer).setUint32(0, copy.length);
    return copy;
  });
  const message = concatenate([CCSDS_MESSAGE.slice(0, 16), ...measured, new TextEncoder().encode("7777")]);
  new DataView(message.buffer).setBigUint64(8, BigInt(message.length));
  return message;
}

const [IDENTIFICATION, LOCAL, GRID, PRODUCT, REPRESENTATION, BITMAP, DATA] = sectionsOf(CCSDS_MESSAGE) as [
  ...[Bytes, Bytes, Bytes, Bytes, Bytes, Bytes, Bytes],
];

/** Returns a copy of the section with some bytes replaced. */
function patched(section: Bytes, at: number, ...bytes: number[]): Bytes {
  const copy = section.slice();
  copy.set(bytes, at);
  return copy;
}

/** Returns the only header of a message with another product definition. */
function headerWith(product: Bytes): FieldHeader {
  const message = messageOf([IDENTIFICATION, GRID, product, REPRESENTATION, BITMAP, DATA]);
  const headers = fieldHeaders(message, "x");
  assert.equal(headers.length, 1);
  return headers[0]!;
}

function refuses(bytes: Bytes, message: RegExp): void {
  assert.throws(() => fieldHeaders(bytes, "x.grib2"), (error: unknown) => {
    assert.ok(error instanceof BadGribError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("fieldHeaders() reads every part of a header", () => {
  assert.deepEqual(fieldHeaders(CCSDS_MESSAGE, "x"), [{
    span: { start: 0, length: 253 },
    index: 0,
    sections: { grid: 42, representation: 148, bitmap: 173, data: 179 },
    centre: 255,
    origin: { centre: 255, subCentre: 65535, process: 83, productionStatus: 255, dataType: 255 },
    referenceTime: new Date("2026-01-01T00:00:00Z"),
    discipline: 0,
    category: 0,
    number: 0,
    productTemplate: 0,
    window: { startS: 0, endS: 0 },
    statisticalProcess: null,
    ensemble: null,
    surface: { type: 103, value: 2, secondType: 255 },
    grid: {
      kind: "latitude/longitude",
      width: 8,
      height: 8,
      earth: "+R=6371229",
      scanningMode: 0x40,
      componentFlags: 0x30,
      firstLatDeg: 0.5,
      firstLonDeg: 0.5,
      lastLatDeg: 7.5,
      lastLonDeg: 7.5,
      stepLonDeg: 1,
      stepLatDeg: 1,
    },
    packing: {
      template: 42,
      count: 64,
      reference: 270,
      binaryScale: -3,
      decimalScale: 0,
      bits: 8,
      missingManagement: 0,
    },
  }]);
});

Deno.test("fieldHeaders() returns the start of each message, and offsets of sections from there", () => {
  const bytes = concatenate([new TextEncoder().encode("\r\n"), CCSDS_MESSAGE, CCSDS_MESSAGE]);
  const headers = fieldHeaders(bytes, "x");
  assert.deepEqual(headers.map(({ span, index, sections }) => [span.start, index, sections.grid]), [
    [2, 0, 42],
    [255, 0, 42],
  ]);
});

Deno.test("fieldHeaders() reads bytes that are part of a larger buffer", () => {
  const whole = concatenate([new Uint8Array(13), CCSDS_MESSAGE]);
  assert.deepEqual(fieldHeaders(whole.subarray(13), "x"), fieldHeaders(CCSDS_MESSAGE, "x"));
});

Deno.test("fieldHeaders() reads several fields of one message, each with the latest sections before its data", () => {
  const east = patched(PRODUCT, 9, 2, 2);
  const north = patched(PRODUCT, 9, 2, 3);
  const wider = patched(GRID, 30, 0, 0, 0, 9);
  const simple = patched(REPRESENTATION, 9, 0, 0);
  const message = messageOf([
    [IDENTIFICATION, LOCAL, GRID, east, REPRESENTATION, BITMAP, DATA],
    [north, simple, BITMAP, DATA],
    [wider, east, REPRESENTATION, BITMAP, DATA],
  ].flat());
  const headers = fieldHeaders(message, "x");
  assert.deepEqual(
    headers.map(({ index, category, number, grid, packing }) => [
      index,
      category,
      number,
      grid.width,
      packing.template,
    ]),
    [[0, 2, 2, 8, 42], [1, 2, 3, 8, 0], [2, 2, 2, 9, 42]],
  );
  const [first, second, third] = headers.map(({ sections }) => sections);
  assert.equal(first!.grid, second!.grid);
  assert.ok(third!.grid > second!.data && second!.data > second!.bitmap && second!.bitmap > first!.data);
  assert.ok(headers.every(({ span }) => span.start === 0 && span.length === message.length));
});

Deno.test("fieldHeaders() refuses a message of more than 256 fields, or of more sections than those have", () => {
  const field = [PRODUCT, REPRESENTATION, BITMAP, DATA];
  const withFields = (count: number) =>
    messageOf([IDENTIFICATION, GRID, ...Array.from({ length: count }, () => field).flat()]);
  assert.equal(fieldHeaders(withFields(256), "x").length, 256);
  assert.throws(() => fieldHeaders(withFields(257), "x"), /^BadGribError: Corrupt GRIB: .* has more than 256 fields$/);
  // Sections without data make no field.
  const empty = messageOf([IDENTIFICATION, ...Array.from({ length: 1600 }, () => GRID)]);
  assert.throws(() => fieldHeaders(empty, "x"), /^BadGribError: Corrupt GRIB: .* has more than 1537 sections$/);
});

Deno.test("fieldHeaders() reads an instant in each unit of time", () => {
  const secondsOf: Record<number, number> = { 0: 60, 1: 3600, 2: 86400, 10: 10800, 11: 21600, 12: 43200, 13: 1 };
  for (const [unit, seconds] of Object.entries(secondsOf)) {
    const { window, statisticalProcess } = headerWith(patched(PRODUCT, 17, Number(unit), 0, 0, 1, 4));
    assert.deepEqual([window, statisticalProcess], [{ startS: 260 * seconds, endS: 260 * seconds }, null], unit);
  }
});

Deno.test("fieldHeaders() has no window for months and years, nor for an unsupported product template", () => {
  for (const unit of [3, 4, 5, 6, 7, 255]) assert.equal(headerWith(patched(PRODUCT, 17, unit)).window, null);
  for (const template of [3, 5, 9, 13, 15, 255]) {
    const header = headerWith(patched(PRODUCT, 7, 0, template));
    assert.deepEqual([header.productTemplate, header.window, header.statisticalProcess], [template, null, null]);
  }
  assert.equal(headerWith(patched(PRODUCT, 7, 8, 0)).productTemplate, 2048);
});

/** Returns a product over an interval from `start` hours after the reference time to 30 min 15 s after an hour. */
function intervalProduct(start: number, [month, day, hour]: [number, number, number], process: number): Bytes {
  const product = new Uint8Array(58);
  product.set(patched(PRODUCT, 7, 0, 8));
  product.set([1, 0, 0, 0, start], 17);
  product.set([2026 >> 8, 2026 & 255, month, day, hour, 30, 15], 34);
  product[46] = process;
  return product;
}

Deno.test("fieldHeaders() reads a window from its start in hours to its end as a date", () => {
  const header = headerWith(intervalProduct(5, [1, 1, 6], 1));
  assert.deepEqual(header.window, { startS: 5 * HOUR_S, endS: 6 * HOUR_S + 30 * 60 + 15 });
  assert.equal(header.statisticalProcess, 1);
  const acrossMonths = headerWith(intervalProduct(0, [2, 1, 0], 2));
  assert.deepEqual(acrossMonths.window, { startS: 0, endS: 31 * 24 * HOUR_S + 30 * 60 + 15 });
  assert.equal(acrossMonths.statisticalProcess, 2);
});

Deno.test("fieldHeaders() reads the part of an ensemble, and the window that follows it", () => {
  const withBytes = (product: Bytes, template: number, ...ensemble: number[]) => {
    const bytes = new Uint8Array(product.length + ensemble.length);
    bytes.set(product.subarray(0, 34));
    bytes.set(ensemble, 34);
    bytes.set(product.subarray(34), 34 + ensemble.length);
    return patched(bytes, 7, 0, template);
  };
  const parts: readonly (readonly [template: number, bytes: readonly number[], part: string])[] = [
    [1, [0, 0, 21], "control"],
    [1, [1, 0, 21], "control"],
    [1, [2, 3, 21], "member -3"],
    [1, [3, 30, 31], "member 30"],
    [1, [192, 7, 31], "member 7"],
    [1, [4, 7, 31], "other"],
    [2, [0, 31], "mean"],
    [2, [1, 31], "other"],
    [2, [4, 31], "spread"],
  ];
  for (const [template, bytes, part] of parts) {
    assert.equal(headerWith(withBytes(PRODUCT, template, ...bytes)).ensemble, part);
    const interval = headerWith(withBytes(intervalProduct(5, [1, 1, 6], 1), template + 10, ...bytes));
    assert.deepEqual([interval.ensemble, interval.statisticalProcess], [part, 1]);
    assert.deepEqual(interval.window, { startS: 5 * HOUR_S, endS: 6 * HOUR_S + 30 * 60 + 15 });
  }
  assert.equal(headerWith(PRODUCT).ensemble, null);
});

Deno.test("fieldHeaders() scales the value of a surface, and has 0 for a surface without a value", () => {
  const surface = (...bytes: number[]) => headerWith(patched(PRODUCT, 22, ...bytes)).surface;
  assert.deepEqual(surface(103, 0, 0, 0, 0, 2, 255), { type: 103, value: 2, secondType: 255 });
  assert.deepEqual(surface(100, 0, 0, 1, 0x4c, 0x08, 100), { type: 100, value: 85000, secondType: 100 });
  assert.deepEqual(surface(106, 2, 0, 0, 0, 40, 106), { type: 106, value: 0.4, secondType: 106 });
  assert.deepEqual(surface(100, 0x82, 0, 0, 3, 0x52, 255), { type: 100, value: 85000, secondType: 255 });
  assert.deepEqual(surface(102, 0, 0x80, 0, 0, 30, 255), { type: 102, value: -30, secondType: 255 });
  assert.deepEqual(surface(1, 255, 255, 255, 255, 255, 8), { type: 1, value: 0, secondType: 8 });
});

Deno.test("fieldHeaders() reads the flag of wind components at the octet of each grid template", () => {
  const follows = (template: number, at: number, flags: number) => {
    const grid = patched(patched(GRID, 12, 0, template), at, flags);
    const message = messageOf([IDENTIFICATION, grid, PRODUCT, REPRESENTATION, BITMAP, DATA]);
    return componentsFollowGrid(fieldHeaders(message, "x")[0]!.grid);
  };
  for (const [template, at] of [[0, 54], [30, 46]] as const) {
    assert.equal(follows(template, at, 0x08), true, String(template));
    assert.equal(follows(template, at, 0x38), true, String(template));
    assert.equal(follows(template, at, 0xf7), false, String(template));
  }
  assert.equal(follows(90, 54, 0xff), false, "a template whose flags are not known");
});

Deno.test("fieldHeaders() refuses a message without data, or without a section that its data needs", () => {
  refuses(fakeMessage(20), /^Corrupt GRIB: message 1 of "x.grib2" has no data section$/);
  refuses(messageOf([IDENTIFICATION, GRID, PRODUCT]), /has no data section$/);
  const all = [IDENTIFICATION, GRID, PRODUCT, REPRESENTATION, BITMAP, DATA];
  for (const missing of [1, 3, 4, 5, 6]) {
    const others = all.filter((section) => section[4] !== missing);
    refuses(messageOf(others), new RegExp(`^Corrupt GRIB: message 1 of "x.grib2" has no section ${missing}$`));
  }
  refuses(concatenate([CCSDS_MESSAGE, fakeMessage(20)]), /^Corrupt GRIB: message 2 of "x.grib2" has no data section$/);
});

Deno.test("fieldHeaders() refuses a section that is shorter than its header, or reaches beyond its message", () => {
  for (const length of [0, 1, 4, 234, 0x7fffffff, 0xffffffff]) {
    const message = CCSDS_MESSAGE.slice();
    new DataView(message.buffer).setUint32(16, length);
    refuses(message, new RegExp(`message 1 of "x.grib2" has a section of ${length} bytes at byte 16$`));
  }
  const message = CCSDS_MESSAGE.slice();
  new DataView(message.buffer).setUint32(179, 71); // into the end mark
  refuses(message, /has a section of 71 bytes at byte 179$/);
});

Deno.test("fieldHeaders() refuses a message with a section that is shorter than its template", () => {
  const order = [IDENTIFICATION, GRID, REPRESENTATION, BITMAP, PRODUCT.slice(0, 12), DATA.slice(0, 5)];
  refuses(messageOf(order), /^Corrupt GRIB: message 1 of "x.grib2" has a section that is too short$/);
});

Deno.test("fieldHeaders() returns headers or throws a BadGribError for any bytes", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.constant(CCSDS_MESSAGE),
    fc.constantFrom(...sectionsOf(CCSDS_MESSAGE)),
    fc.integer({ min: 20, max: 80 }).map((length) => fakeMessage(length)),
    fc.array(fc.constantFrom(...sectionsOf(CCSDS_MESSAGE)), { maxLength: 12 }).map(messageOf),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => assertSound(concatenate(pieces))),
    { numRuns: 500 },
  );
});

Deno.test("fieldHeaders() returns headers or throws a BadGribError for a message with any bytes changed", () => {
  const at = fc.oneof(
    fc.integer({ min: 0, max: 252 }),
    fc.constantFrom(16, 17, 18, 19, 20, 37, 42, 114, 148, 173, 179),
  );
  const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 5, 127, 128, 255));
  fc.assert(
    fc.property(fc.array(fc.tuple(at, byte), { minLength: 1, maxLength: 12 }), (changes) => {
      const message = CCSDS_MESSAGE.slice();
      for (const [at, byte] of changes) message[at] = byte;
      assertSound(message);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("fieldHeaders() returns headers or throws a BadGribError for a message cut off at any byte", () => {
  for (let length = 0; length < CCSDS_MESSAGE.length; length++) {
    assertSound(CCSDS_MESSAGE.slice(0, length));
    const claiming = concatenate([CCSDS_MESSAGE.slice(0, length), new TextEncoder().encode("7777")]);
    if (length >= 16) new DataView(claiming.buffer).setBigUint64(8, BigInt(claiming.length));
    assertSound(claiming);
  }
});

function assertSound(bytes: Bytes): void {
  let headers: FieldHeader[];
  try {
    headers = fieldHeaders(bytes, "x");
  } catch (error) {
    assert.ok(error instanceof BadGribError, String(error));
    return;
  }
  assert.ok(headers.length > 0);
  for (const { span, sections, referenceTime } of headers) {
    assert.ok(span.start >= 0 && span.start + span.length <= bytes.length);
    for (const at of Object.values(sections)) assert.ok(at >= 16 && at < span.length - 4);
    assert.ok(Number.isFinite(referenceTime.getTime()));
  }
}

Deno.test("signedInteger() reads the first bit as the sign and the others as the magnitude", () => {
  const view = new DataView(Uint8Array.of(0x7f, 0x81, 0xff, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01).buffer);
  assert.equal(signedInteger(view, 0, 1), 127);
  assert.equal(signedInteger(view, 1, 1), -1);
  assert.equal(signedInteger(view, 2, 1), -127);
  assert.equal(signedInteger(view, 4, 1), 0);
  assert.equal(signedInteger(view, 0, 2), 0x7f81);
  assert.equal(signedInteger(view, 1, 2), -0x01ff);
  assert.equal(signedInteger(view, 8, 2), 1);
  assert.equal(signedInteger(view, 0, 4), 0x7f81ff80);
  assert.equal(signedInteger(view, 1, 4), -0x01ff8000);
  assert.equal(signedInteger(view, 2, 4), -0x7f800000);
  assert.equal(signedInteger(view, 6, 4), 1);
  // Minus zero is read as zero.
  assert.ok(signedInteger(view, 3, 1) === 0 && signedInteger(view, 3, 2) === 0 && signedInteger(view, 3, 4) === 0);
  assert.throws(() => signedInteger(view, 7, 4), RangeError);
});

testWithSharedData("fieldHeaders() distinguishes the two windows of precipitation in an HRRR file", () => {
  const path = requireSharedData("hrrr/hrrr.20260129.t17z.f006.apcp.grib2");
  const headers = fieldHeaders(Deno.readFileSync(path), path);
  assert.deepEqual(headers.map(({ window, statisticalProcess }) => [window, statisticalProcess]), [
    [{ startS: 0, endS: 6 * HOUR_S }, 1],
    [{ startS: 5 * HOUR_S, endS: 6 * HOUR_S }, 1],
  ]);
  assert.ok(headers.every(({ grid }) => componentsFollowGrid(grid)));
  assert.deepEqual([headers[0]!.grid.width, headers[0]!.grid.height, gridTemplate(headers[0]!.grid)], [1799, 1059, 30]);
  assert.equal(headers[0]!.referenceTime.toISOString(), "2026-01-29T17:00:00.000Z");
});

testWithSharedData("fieldHeaders() finds the components of NAM's wind as fields 0 and 1 of one message", () => {
  const path = requireSharedData("nam/nam.20180917.t00z.awp211.f000.all.grib2");
  const headers = fieldHeaders(Deno.readFileSync(path), path);
  const winds = headers.filter(({ category, number, surface }) =>
    category === 2 && (number === 2 || number === 3) && surface.type === 103 && surface.value === 10
  );
  assert.deepEqual(winds.map(({ number, index }) => [number, index]), [[2, 0], [3, 1]]);
  assert.equal(winds[0]!.span.start, winds[1]!.span.start);
  assert.ok(winds[1]!.sections.data > winds[0]!.sections.data);
  assert.ok(winds.every(({ grid }) => componentsFollowGrid(grid)));
});

/** Real files, with their number of fields, and whether wind components are along the grid's axes in them. */
const REAL_FILES = [
  { path: "hrrr/hrrr.20260129.t17z.f006.apcp.grib2", fields: 2, followGrid: true },
  { path: "hrrr/hrrr.20240906.t00z.f000.nomads-subset-104x93.grib2", fields: 49, followGrid: true },
  { path: "hrrr/hrrr.20230722.t06z.f001.cfrzr-allzero.grib2", fields: 1, followGrid: true },
  { path: "nam/nam.20180917.t00z.awp211.f000.all.grib2", fields: 181, followGrid: true },
  { path: "gfs/gfs.20110110.t12z.f120.2p5.surface.grib2", fields: null, followGrid: false },
  { path: "gfs/gfs.20260129.t12z.f006.0p25.prmsl-850mb.grib2", fields: null, followGrid: false },
  { path: "gfs/gfs.20200626.t12z.f006.0p25.apcp-dup.grib2", fields: null, followGrid: false },
  { path: "gfs/gfs.20200804.t12z.f006.0p25.nomads-subset-49x33-all.grib2", fields: 588, followGrid: false },
  { path: "ecmwf/ecmwf.20250115.t18z.f024.0p25.msl-2t.grib2", fields: 2, followGrid: false },
  { path: "ecmwf/ecmwf.20260310.t00z.f000.0p25.ptype-tcc-sd-rsn-asn.grib2", fields: 5, followGrid: false },
  { path: "nbm/blend.20260616.t12z.f001.co.tmp2m-tmpsfc-tcdc.grib2", fields: null, followGrid: null },
  { path: "other/hrdps.20260219.t00z.f000.rotated.cape.grib2", fields: 1, followGrid: null },
  { path: "other/icon-eu.20220507.t00z.f000.u10m.grib2", fields: 1, followGrid: null },
  { path: "other/arpege.20231203.t06z.f000-f024.0p5.tmp2m-9steps.grib2", fields: 9, followGrid: null },
] as const;

const KEYS = [
  "discipline",
  "parameterCategory",
  "parameterNumber",
  "centre:l",
  "dataDate",
  "dataTime",
  "productDefinitionTemplateNumber",
  "stepUnits:s",
  "startStep:l",
  "endStep:l",
  "typeOfFirstFixedSurface:l",
  "scaleFactorOfFirstFixedSurface",
  "scaledValueOfFirstFixedSurface",
  "typeOfSecondFixedSurface:l",
  "gridDefinitionTemplateNumber",
  "Ni",
  "Nj",
  "uvRelativeToGrid",
  "dataRepresentationTemplateNumber",
] as const;

/** Seconds in each of ecCodes' units of steps. */
const STEP_S: Readonly<Record<string, number>> = { h: HOUR_S, m: 60 };

/** Formats a header as a line of `grib_get`; the unit of steps and the scaled surface are taken from ecCodes' line. */
function asLine(header: FieldHeader, scaledSurface: string, stepUnit: string): string {
  // This reader has flags only for supported grids; ecCodes reads that components are along the rotated grid's axes.
  const followFlag = header.grid.kind === "unknown" || componentsFollowGrid(header.grid) ? 1 : 0;
  const iso = header.referenceTime.toISOString();
  const { window } = header;
  assert.ok(window, `product template ${header.productTemplate}`);
  return [
    header.discipline,
    header.category,
    header.number,
    header.centre,
    iso.slice(0, 10).replaceAll("-", ""),
    Number(iso.slice(11, 16).replace(":", "")),
    header.productTemplate,
    stepUnit,
    window.startS / STEP_S[stepUnit]!,
    window.endS / STEP_S[stepUnit]!,
    header.surface.type,
    scaledSurface,
    header.surface.secondType,
    gridTemplate(header.grid),
    header.grid.width,
    header.grid.height,
    followFlag,
    header.packing.template,
  ].join(" ");
}

for (const { path, fields, followGrid } of REAL_FILES) {
  testWithSharedData(`fieldHeaders() reads what ecCodes reads from ${path}`, async () => {
    const file = requireSharedData(path);
    const headers = fieldHeaders(await Deno.readFile(file), file);
    const lines = (await gdalTool("grib_get", ["-p", KEYS.join(","), file])).trim().split("\n").map((line) =>
      line.trim()
    );
    assert.equal(headers.length, fields ?? lines.length);
    assert.equal(lines.length, headers.length);
    headers.forEach((header, i) => {
      const parts = lines[i]!.split(" ");
      const [factor, scaled] = parts.slice(11, 13);
      assert.equal(asLine(header, `${factor} ${scaled}`, parts[7]!), lines[i], `field ${i + 1}`);
      const isMissing = scaled === "MISSING" || factor === "MISSING";
      assert.equal(
        header.surface.value,
        isMissing ? 0 : signed(Number(scaled)) / 10 ** Number(factor),
        `field ${i + 1}`,
      );
      if (followGrid !== null) assert.equal(componentsFollowGrid(header.grid), followGrid);
    });
  });
}

/** Decodes the sign: ecCodes prints a surface's value unsigned, and PV may be negative (wgrib2: `PV=-2e-06`). */
function signed(bits: number): number {
  return bits >= 2 ** 31 ? 2 ** 31 - bits : bits;
}

import assert from "node:assert/strict";
import { wantedMessages } from "../frame/frame_input.ts";
import { leadOfHours } from "../../contract/lead.ts";
import { MODELS } from "../models/registry.ts";
import { elementName, isForm, isNoCentre, levelName, parameterOf, surfacesOf } from "./parameters.ts";

const NCEP = 7;
const ECMWF = 98;
const DWD = 78;
const NONE = 65535;

const held = (category: number, number: number, centre: number, discipline = 0) => ({
  centre,
  discipline,
  category,
  number,
});
/** Returns the unit of an element's values in a message with these numbers; null when they are another element's. */
const unitOf = (element: string, numbers: ReturnType<typeof held>) =>
  parameterOf(element).find((form) => isForm(form, numbers))?.unit ?? null;

Deno.test("elementName() returns the inventory's name for a WMO number of any centre", () => {
  for (const centre of [NCEP, ECMWF, DWD, NONE]) {
    assert.equal(elementName(held(0, 0, centre)), "TMP");
    assert.equal(elementName(held(1, 8, centre)), "APCP");
    assert.equal(elementName(held(2, 2, centre)), "UGRD");
    assert.equal(elementName(held(1, 34, centre)), "CFRZR");
    assert.equal(elementName(held(16, 5, centre)), "REFC");
  }
});

Deno.test("elementName() reads a local number by the table of its own centre", () => {
  assert.equal(elementName(held(1, 193, NCEP)), "CFRZR");
  assert.equal(elementName(held(1, 193, ECMWF)), "APCP");
  assert.equal(elementName(held(1, 193, DWD)), "0/1/193");
  assert.equal(elementName(held(3, 198, NCEP)), "MSLMA");
  assert.equal(elementName(held(3, 198, ECMWF)), "0/3/198");
  assert.equal(elementName(held(6, 192, ECMWF)), "TCDC");
  assert.equal(elementName(held(6, 192, NCEP)), "0/6/192");
  assert.equal(elementName(held(16, 196, NCEP)), "REFC");
});

Deno.test("elementName() returns the numbers of a parameter that is not in the table", () => {
  assert.equal(elementName(held(19, 192, ECMWF)), "0/19/192");
  assert.equal(elementName(held(0, 0, NCEP, 10)), "10/0/0");
  assert.equal(elementName(held(255, 255, NCEP, 209)), "209/255/255");
});

Deno.test("parameterOf() has the unit of each form's own values", () => {
  assert.equal(unitOf("APCP", held(1, 8, NCEP)), "kg m-2");
  assert.equal(unitOf("APCP", held(1, 193, ECMWF)), "m");
  assert.equal(unitOf("APCP", held(1, 193, NCEP)), null);
  assert.equal(unitOf("CFRZR", held(1, 193, NCEP)), "flag");
  assert.equal(unitOf("CFRZR", held(1, 193, ECMWF)), null);
  assert.equal(unitOf("CFRZR", held(1, 34, ECMWF)), "flag");
  assert.equal(unitOf("WEASD", held(1, 13, NCEP)), "kg m-2");
  assert.equal(unitOf("WEASD", held(1, 254, ECMWF)), "m");
  assert.equal(unitOf("TCDC", held(6, 1, NCEP)), "%");
  assert.equal(unitOf("TCDC", held(6, 192, ECMWF)), "1");
  assert.equal(unitOf("TMP", held(0, 6, NCEP)), null);
  assert.equal(unitOf("TMP", held(0, 0, NCEP, 10)), null);
});

Deno.test("parameterOf() refuses an element that is not in the table", () => {
  for (const element of ["", "tmp", "TMP ", "constructor", "__proto__", "toString"]) {
    assert.throws(() => parameterOf(element), /^RangeError: Element ".*" is not in the table of GRIB2 parameters$/);
  }
});

Deno.test("isForm() lets a message without a centre use any centre's numbers", () => {
  const [, local] = parameterOf("CFRZR");
  assert.deepEqual([local!.number, local!.centre], [193, NCEP]);
  for (const [centre, expected] of [[NCEP, true], [NONE, true], [255, true], [ECMWF, false], [0, false]] as const) {
    assert.equal(isForm(local!, held(1, 193, centre)), expected, String(centre));
  }
  assert.equal(isForm(local!, held(1, 192, NCEP)), false);
  assert.equal(isForm(local!, held(2, 193, NCEP)), false);
});

Deno.test("isNoCentre() is true for both codes of a missing centre", () => {
  assert.deepEqual([65535, 255, 7, 98, 0, 254].map(isNoCentre), [true, true, false, false, false, false]);
});

Deno.test("surfacesOf() returns heights in metres, pressures in pascals and named levels", () => {
  assert.deepEqual(surfacesOf("2 m above ground"), [{ type: 103, value: 2, secondType: null }]);
  assert.deepEqual(surfacesOf("80 m above ground"), [{ type: 103, value: 80, secondType: null }]);
  assert.deepEqual(surfacesOf("500 mb"), [{ type: 100, value: 50_000, secondType: null }]);
  assert.deepEqual(surfacesOf("surface"), [{ type: 1, value: null, secondType: null }]);
  assert.deepEqual(surfacesOf("mean sea level"), [{ type: 101, value: null, secondType: null }]);
  assert.deepEqual(surfacesOf("most unstable parcel"), [{ type: 17, value: null, secondType: null }]);
  assert.deepEqual(surfacesOf("entire atmosphere").map(({ type, secondType }) => [type, secondType]), [
    [10, null],
    [200, null],
    [1, 8],
  ]);
});

Deno.test("surfacesOf() refuses a level that is not in the table", () => {
  for (
    const level of [
      "",
      "2m above ground",
      "2.5 m above ground",
      "-2 m above ground",
      "500 hPa",
      "500-1000 mb",
      "constructor",
    ]
  ) {
    assert.throws(() => surfacesOf(level), /^RangeError: Level ".*" is not in the table of GRIB2 surfaces$/, level);
  }
});

Deno.test("levelName() returns the level that surfacesOf() reads", () => {
  const words = [
    "2 m above ground",
    "10 m above ground",
    "500 mb",
    "1000 mb",
    "surface",
    "mean sea level",
    "entire atmosphere",
    "most unstable parcel",
  ];
  for (const level of words) {
    for (const { type, value, secondType } of surfacesOf(level)) {
      assert.equal(levelName({ type, value: value ?? 0, secondType: secondType ?? 255 }), level);
    }
  }
});

Deno.test("levelName() distinguishes a column from its surface, and returns the type of an unnamed surface", () => {
  assert.equal(levelName({ type: 1, value: 0, secondType: 255 }), "surface");
  assert.equal(levelName({ type: 1, value: 0, secondType: 8 }), "entire atmosphere");
  assert.equal(levelName({ type: 100, value: 85_000, secondType: 255 }), "850 mb");
  assert.equal(levelName({ type: 103, value: 0, secondType: 255 }), "0 m above ground");
  assert.equal(levelName({ type: 106, value: 0.1, secondType: 106 }), "surface type 106");
});

Deno.test("parameterOf() and surfacesOf() know every element and level of every model's table", () => {
  let count = 0;
  for (const model of MODELS) {
    for (const variable of model.variables) {
      for (const { selector } of wantedMessages(variable, leadOfHours(6))) {
        assert.ok(parameterOf(selector.element).length > 0);
        assert.ok(surfacesOf(selector.level).length > 0);
        count++;
      }
    }
  }
  assert.ok(count > 100);
});

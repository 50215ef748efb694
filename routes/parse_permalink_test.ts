import assert from "node:assert/strict";
import fc from "fast-check";
import { modelIdSchema, runIdOf, varIdSchema } from "../contract/identity.ts";
import { leadOfMinutes, leadText } from "../contract/lead.ts";
import { HOSTILE_TEXTS } from "../tests/support/hostile_texts.ts";
import { formatPermalink, type Permalink } from "../islands/viewer/state/permalink.ts";
import { parsePermalink } from "./parse_permalink.ts";

const PARTS = [
  "model",
  "run",
  "var",
  "fh",
  "at",
  "region",
  "pin",
  "lines",
  "values",
  "opacity",
  "compare",
  "swipe",
  "model2",
  "run2",
  "var2",
  "fh2",
] as const;

const FULL_QUERY =
  "?model=hrrr&run=20260217_06z&var=tmp2m&fh=3&at=45.6000,-120.8000,6.25&region=pnw&pin=47.6080,-122.3350&lines=0&values=1" +
  "&opacity=80&compare=swipe&swipe=40&model2=gfs&run2=20260217_00z&var2=wspd10m&fh2=9";

const models = fc.stringMatching(/^[a-z][a-z0-9_]{1,15}$/).map((text) => modelIdSchema.parse(text));
const runs = fc.integer({ min: 0, max: 60 * 8766 }).map((hours) => runIdOf(new Date(Date.UTC(1990, 0, 1, hours))));
const variables = fc.stringMatching(/^[a-z][a-z0-9_]{1,31}$/).map((text) => varIdSchema.parse(text));
const hours = fc.nat(59_999).map((minutes) => leadText(leadOfMinutes(minutes)));
/** Degrees with the four decimals that an address keeps. */
const degrees = (limit: number) =>
  fc.integer({ min: -limit * 10_000, max: limit * 10_000 }).map((value) => value / 10_000);
const points = fc.record({ latDeg: degrees(90), lonDeg: degrees(180) }, { noNullPrototype: true });

const states: fc.Arbitrary<Permalink> = fc.record({
  model: models,
  run: runs,
  var: variables,
  fh: hours,
  at: fc.tuple(points, fc.nat(2200)).map(([point, zoom]) => ({ ...point, zoom: zoom / 100 })),
  region: fc.stringMatching(/^[a-z][a-z0-9_]{1,15}$/),
  pin: points,
  lines: fc.boolean(),
  values: fc.boolean(),
  opacity: fc.integer({ min: 10, max: 100 }),
  compare: fc.constantFrom("side" as const, "swipe" as const),
  swipe: fc.integer({ min: 2, max: 98 }),
  model2: models,
  run2: runs,
  var2: variables,
  fh2: hours,
}, { requiredKeys: [] });

Deno.test("formatPermalink() and parsePermalink() lose nothing in a round trip", () => {
  fc.assert(fc.property(states, (state) => {
    assert.deepEqual(parsePermalink(formatPermalink(state)), { ...state });
  }));
});

Deno.test("formatPermalink() keeps any view up to the visible precision in a round trip", () => {
  const any = (limit: number) =>
    fc.oneof(
      fc.integer({ min: -limit * 1e7, max: limit * 1e7 }).map((value) => value / 1e7),
      fc.double({ min: -limit, max: limit, noNaN: true }),
    );
  fc.assert(fc.property(any(90), any(180), any(22).map(Math.abs), (latDeg, lonDeg, zoom) => {
    const { at, pin } = parsePermalink(formatPermalink({ at: { latDeg, lonDeg, zoom }, pin: { latDeg, lonDeg } }));
    assert.ok(at && pin);
    assert.ok(Math.abs(at.latDeg - latDeg) <= 0.000051 && Math.abs(at.lonDeg - lonDeg) <= 0.000051);
    assert.ok(Math.abs(at.zoom - zoom) <= 0.0051);
    assert.deepEqual(pin, { latDeg: at.latDeg, lonDeg: at.lonDeg });
  }));
});

Deno.test("formatPermalink() keeps one order, in whatever order the state lists its parts", () => {
  assert.equal(formatPermalink(parsePermalink(FULL_QUERY)), FULL_QUERY);
  fc.assert(
    fc.property(
      states.chain((state) =>
        fc.shuffledSubarray(Object.keys(state), { minLength: 0 }).map((keys) => {
          return [state, keys] as const;
        })
      ),
      ([state, keys]) => {
        const shuffled = Object.fromEntries(keys.map((key) => [key, state[key as keyof Permalink]]));
        const names = [...new URLSearchParams(formatPermalink(shuffled)).keys()];
        assert.deepEqual(names, PARTS.filter((name) => keys.includes(name)));
      },
    ),
  );
});

Deno.test("parsePermalink() reads the parts in any order, and returns nothing for an empty address", () => {
  const parts = FULL_QUERY.slice(1).split("&").reverse().join("&");
  assert.deepEqual(parsePermalink(`?${parts}`), parsePermalink(FULL_QUERY));
  assert.deepEqual(parsePermalink(""), {});
  assert.deepEqual(parsePermalink("?"), {});
  assert.equal(formatPermalink({}), "");
});

const NONSENSE: Readonly<Record<typeof PARTS[number], readonly string[]>> = {
  model: ["HRRR", "h", "hrrr.x"],
  run: ["latest", "20260229_00z", "20260217_24z", "20260217"],
  var: ["2mtmp", "t"],
  fh: ["03", "-1", "1000", "1.5"],
  at: ["45.6,-120.8", "45.6,-120.8,6.25,1", "91,0,6", "45,181,6", "45,0,-1", "45,0,x", ",,", "45.6;-120.8;6"],
  region: ["A", "../x", "pnw%"],
  pin: ["45.6", "91,0", "0,180.5", "1e1,0", "45.6,-120.8,6", "0x1,0", "45.,0"],
  lines: ["2", "true", "no"],
  values: ["01", "on"],
  opacity: ["9", "101", "50.5", "-50"],
  compare: ["none", "Side"],
  swipe: ["1", "99", "4.5", "x"],
  model2: ["HRRR"],
  run2: ["20260229_00z"],
  var2: ["2mtmp"],
  fh2: ["1000"],
};

Deno.test("parsePermalink() leaves out exactly the part that makes no sense", () => {
  const whole = parsePermalink(FULL_QUERY);
  assert.deepEqual(Object.keys(whole), [...PARTS]);
  for (const name of PARTS) {
    const { [name]: _, ...others } = whole;
    for (const text of [...NONSENSE[name], ...HOSTILE_TEXTS]) {
      const query = new URLSearchParams(FULL_QUERY);
      query.set(name, text);
      assert.deepEqual(parsePermalink(`?${query}`), others, `${name}=${JSON.stringify(text.slice(0, 40))}`);
    }
  }
});

Deno.test("parsePermalink() ignores unknown parts, hostile or not", () => {
  for (const text of HOSTILE_TEXTS) {
    const query = new URLSearchParams([[text, "1"], ["__proto__", text], ["constructor", text], ["toString", text]]);
    const read = parsePermalink(`?${query}`);
    assert.deepEqual(Object.keys(read), []);
    assert.equal(Object.getPrototypeOf(read), Object.prototype);
  }
});

Deno.test("parsePermalink() reads any text, and its result survives formatting and reading again", () => {
  const values = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom(...Object.values(NONSENSE).flat(), "1", "0"),
  );
  const queries = fc.array(fc.tuple(fc.constantFrom(...PARTS), values)).map((pairs) => `${new URLSearchParams(pairs)}`);
  fc.assert(fc.property(fc.oneof(queries, fc.string()), (query) => {
    const read = parsePermalink(query);
    assert.deepEqual(parsePermalink(formatPermalink(read)), read);
  }));
});

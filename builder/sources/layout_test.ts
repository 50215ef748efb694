import assert from "node:assert/strict";
import { leadOfHours, parseLead } from "../../contract/lead.ts";
import { ecmwf } from "../models/ecmwf.ts";
import { gfs } from "../models/gfs.ts";
import { hrrr } from "../models/hrrr.ts";
import type { Layout, Model } from "../models/model.ts";
import { nam } from "../models/nam.ts";
import { UnknownNameError } from "../models/registry.ts";
import { rrfs } from "../models/rrfs.ts";
import { remoteFile, sourcesInOrder } from "./layout.ts";
import { runId } from "../../tests/support/identity.ts";

const run = (text: string) => runId(text);
const hour = leadOfHours;

/** A model whose files move on 12 May 2026, with a mirror that keeps them only from then on. */
const MOVING_LAYOUTS: readonly Layout[] = [
  {
    product: "sfc",
    validFrom: "2020-01-01",
    validTo: "2026-05-12",
    template: "old.{YYYYMMDD}/t{HH}z.f{FF}.grib2",
    index: "ncep",
  },
  {
    product: "sfc",
    validFrom: "2026-05-12",
    validTo: null,
    template: "new/{YYYYMMDD}/{HH}/f{FFF}.grib2",
    index: "ncep",
  },
  { product: "prs", validFrom: "2020-01-01", validTo: null, template: "prs/{YYYYMMDD}{HH}.f{FFF}", index: "ncep" },
];
const MOVING: Model = {
  ...hrrr,
  layouts: MOVING_LAYOUTS,
  sources: [
    { id: "first", baseUrl: "http://127.0.0.1/first/" },
    { id: "late", baseUrl: "http://127.0.0.1/late/", validFrom: "2026-05-12" },
  ],
};

Deno.test("remoteFile() gives the paths of HRRR files", () => {
  assert.equal(
    remoteFile(hrrr.layouts, "sfc", run("20260129_17z"), hour(1)).path,
    "hrrr.20260129/conus/hrrr.t17z.wrfsfcf01.grib2",
  );
  assert.equal(
    remoteFile(hrrr.layouts, "sfc", run("20140730_00z"), hour(18)).path,
    "hrrr.20140730/conus/hrrr.t00z.wrfsfcf18.grib2",
  );
});

Deno.test("remoteFile() keeps all digits of an hour that is longer than its padding", () => {
  assert.equal(remoteFile(MOVING_LAYOUTS, "sfc", run("20250101_06z"), hour(120)).path, "old.20250101/t06z.f120.grib2");
  assert.equal(remoteFile(MOVING_LAYOUTS, "prs", run("20250101_06z"), hour(7)).path, "prs/2025010106.f007");
});

Deno.test("remoteFile() follows a layout that changes at a date, to the day", () => {
  assert.equal(remoteFile(MOVING_LAYOUTS, "sfc", run("20260511_23z"), hour(3)).path, "old.20260511/t23z.f03.grib2");
  assert.equal(remoteFile(MOVING_LAYOUTS, "sfc", run("20260512_00z"), hour(3)).path, "new/20260512/00/f003.grib2");
});

Deno.test("remoteFile() refuses a date or a product that has no layout", () => {
  const cases = [
    { product: "sfc", on: "20191231_23z", date: "2019-12-31" },
    { product: "nat", on: "20260512_00z", date: "2026-05-12" },
  ];
  for (const { product, on, date } of cases) {
    assert.throws(() => remoteFile(MOVING_LAYOUTS, product, run(on), hour(0)), (error: unknown) => {
      assert.ok(error instanceof UnknownNameError);
      assert.equal(error.message, `No layout of product "${product}" covers runs of ${date}`);
      return true;
    });
  }
});

/** Paths from section 3 of SOURCES.md in the project's data. */
const PATHS: readonly [model: Model, product: string, on: string, hour: number, path: string][] = [
  [hrrr, "sfc", "20260129_17z", 0, "hrrr.20260129/conus/hrrr.t17z.wrfsfcf00.grib2"],
  [hrrr, "prs", "20260129_17z", 48, "hrrr.20260129/conus/hrrr.t17z.wrfprsf48.grib2"],
  [gfs, "pgrb2", "20190612_12z", 6, "gfs.20190612/12/gfs.t12z.pgrb2.0p25.f006"],
  [gfs, "pgrb2", "20210321_18z", 384, "gfs.20210321/18/gfs.t18z.pgrb2.0p25.f384"],
  [gfs, "pgrb2", "20210323_00z", 0, "gfs.20210323/00/atmos/gfs.t00z.pgrb2.0p25.f000"],
  [gfs, "pgrb2", "20260129_12z", 24, "gfs.20260129/12/atmos/gfs.t12z.pgrb2.0p25.f024"],
  [rrfs, "2dfld", "20260812_00z", 84, "rrfs.20260812/00/rrfs.t00z.2dfld.3km.f084.conus.grib2"],
  [rrfs, "prslev", "20261014_21z", 6, "rrfs.20261014/21/rrfs.t21z.prslev.3km.f006.conus.grib2"],
  [nam, "nest", "20261013_18z", 7, "nam.20261013/nam.t18z.conusnest.hiresf07.tm00.grib2"],
  [nam, "nest", "20200626_00z", 60, "nam.20200626/nam.t00z.conusnest.hiresf60.tm00.grib2"],
];

for (const [model, product, on, hour, path] of PATHS) {
  Deno.test(`remoteFile() gives the paths of ${model.id}'s ${product} of ${on}, hour ${hour}, and of its inventory`, () => {
    assert.deepEqual(remoteFile(model.layouts, product, run(on), leadOfHours(hour)), {
      path,
      indexPath: `${path}.idx`,
      index: "ncep",
    });
  });
}

Deno.test("remoteFile() gives ECMWF's hours without leading zeros, and its index with `.index` in place of `.grib2`", () => {
  const folder = "20260730/00z/ifs/0p25/oper";
  assert.deepEqual(remoteFile(ecmwf.layouts, "oper", run("20260730_00z"), leadOfHours(0)), {
    path: `${folder}/20260730000000-0h-oper-fc.grib2`,
    indexPath: `${folder}/20260730000000-0h-oper-fc.index`,
    index: "ecmwf",
  });
  for (const hour of [3, 12, 144, 360]) {
    assert.equal(
      remoteFile(ecmwf.layouts, "oper", run("20260730_00z"), leadOfHours(hour)).indexPath,
      `${folder}/20260730000000-${hour}h-oper-fc.index`,
    );
  }
});

Deno.test("remoteFile() reads ECMWF's 06Z and 18Z runs from their separate stream until it ended, to the day", () => {
  const stream = (on: string) => {
    const { path } = remoteFile(ecmwf.layouts, "oper", run(on), leadOfHours(3));
    assert.equal(
      path.replaceAll(/oper|scda/g, "*"),
      `${on.slice(0, 8)}/${on.slice(9)}/ifs/0p25/*/${on.slice(0, 8)}${on.slice(9, 11)}0000-3h-*-fc.grib2`,
    );
    return path.includes("/scda/") && path.includes("-scda-") ? "scda" : "oper";
  };
  const cycles = (date: string) => ["00", "06", "12", "18"].map((hour) => stream(`${date}_${hour}z`));
  assert.deepEqual(cycles("20240229"), ["oper", "scda", "oper", "scda"]);
  assert.deepEqual(cycles("20260511"), ["oper", "scda", "oper", "scda"]);
  assert.deepEqual(cycles("20260512"), ["oper", "oper", "oper", "oper"]);
});

Deno.test("remoteFile() refuses dates before a model's first layout, and NAM's after its last", () => {
  const refused: [Model, string, string][] = [
    [hrrr, "sfc", "20140729_23z"],
    [gfs, "pgrb2", "20190611_18z"],
    [rrfs, "2dfld", "20260811_21z"],
    [ecmwf, "oper", "20240228_12z"],
    [nam, "nest", "20261014_00z"],
  ];
  for (const [model, product, on] of refused) {
    assert.throws(
      () => remoteFile(model.layouts, product, run(on), leadOfHours(0)),
      UnknownNameError,
      `${model.id} ${on}`,
    );
  }
});

/** Layouts that are valid at some hours of the day only, the narrower one first. */
const BY_HOUR: readonly Layout[] = [
  {
    product: "a",
    validFrom: "2020-01-01",
    validTo: "2026-05-12",
    utcHours: [6, 18],
    template: "between-{F}.grib2",
    index: "ecmwf",
  },
  { product: "a", validFrom: "2020-01-01", validTo: null, utcHours: [0, 6], template: "main-{FF}", index: "ncep" },
];

Deno.test("remoteFile() uses the first layout that is valid at the cycle's hour", () => {
  const path = (on: string) => remoteFile(BY_HOUR, "a", run(on), leadOfHours(3)).path;
  assert.equal(path("20260511_06z"), "between-3.grib2");
  assert.equal(path("20260511_18z"), "between-3.grib2");
  assert.equal(path("20260511_00z"), "main-03");
  assert.equal(path("20260512_06z"), "main-03");
  for (const on of ["20260511_12z", "20260512_18z"]) {
    assert.throws(() => path(on), /^UnknownNameError: No layout of product "a" covers runs of 2026-05-1/);
  }
});

Deno.test("remoteFile() finds the frames of an hour in the file of the hour at their end", () => {
  const layout: Layout = {
    product: "subh",
    validFrom: "2020-01-01",
    validTo: null,
    template: "f{FF}.grib2",
    holds: "hour",
    index: "ncep",
  };
  const path = (text: string) => remoteFile([layout], "subh", run("20260102_03z"), parseLead(text)!).path;
  assert.deepEqual(["0", "0m15", "1", "1m15", "2m45", "3"].map(path), [
    "f00.grib2",
    "f01.grib2",
    "f01.grib2",
    "f02.grib2",
    "f03.grib2",
    "f03.grib2",
  ]);
});

Deno.test("remoteFile() refuses a frame between hours of a product with one frame in a file", () => {
  assert.throws(
    () => remoteFile(BY_HOUR, "a", run("20260511_00z"), parseLead("3m15")!),
    /^UnknownNameError: Product "a" has files of whole hours: none has frame 3m15$/,
  );
});

Deno.test("remoteFile() fills in every occurrence of a placeholder", () => {
  const layout: Layout = {
    product: "a",
    validFrom: "2020-01-01",
    validTo: null,
    template: "{YYYYMMDD}{HH}/{F}.{FF}.{FFF}/{YYYYMMDD}{HH}-{F}-{FF}-{FFF}.grib2",
    index: "ecmwf",
  };
  assert.deepEqual(remoteFile([layout], "a", run("20260102_03z"), leadOfHours(4)), {
    path: "2026010203/4.04.004/2026010203-4-04-004.grib2",
    indexPath: "2026010203/4.04.004/2026010203-4-04-004.index",
    index: "ecmwf",
  });
  assert.equal(
    remoteFile([layout], "a", run("20260102_03z"), leadOfHours(123)).path,
    "2026010203/123.123.123/2026010203-123-123-123.grib2",
  );
});

Deno.test("sourcesInOrder() returns the model's own order when no source is named", () => {
  const ids = sourcesInOrder(hrrr, null, run("20260129_17z")).map(({ id }) => id);
  assert.deepEqual(ids, ["aws", "google", "azure", "nomads"]);
});

Deno.test("sourcesInOrder() leaves out a mirror that does not keep the date", () => {
  const ids = (on: string) => sourcesInOrder(MOVING, null, run(on)).map(({ id }) => id);
  assert.deepEqual(ids("20260511_23z"), ["first"]);
  assert.deepEqual(ids("20260512_00z"), ["first", "late"]);
});

Deno.test("sourcesInOrder() returns named sources in the given order", () => {
  const sources = sourcesInOrder(hrrr, ["nomads", "aws"], run("20260129_17z"));
  assert.deepEqual(sources, [hrrr.sources[3], hrrr.sources[0]]);
});

Deno.test("sourcesInOrder() accepts base URLs of buckets and folders", () => {
  const baseUrls = [
    ["http://127.0.0.1:8080/", "http://127.0.0.1:8080/", "127.0.0.1:8080"],
    ["https://mirror.example/hrrr", "https://mirror.example/hrrr/", "mirror.example"],
    ["file:///srv/bucket", "file:///srv/bucket/", "file"],
  ] as const;
  for (const [name, baseUrl, id] of baseUrls) {
    assert.deepEqual(sourcesInOrder(hrrr, [name], run("20260129_17z")), [{ id, baseUrl }], name);
  }
});

Deno.test("sourcesInOrder() refuses other names and URLs, and says what it accepts", () => {
  const refused = [
    "",
    " ",
    "AWS",
    "ftp://mirror.example/",
    "javascript:alert(1)",
    "data:,x",
    "http:mirror.example",
    "http://",
    "https://[",
    "file:/srv",
    "../bucket",
    "/srv/bucket",
    "\nhttp://mirror.example/",
  ];
  for (const name of refused) {
    assert.throws(() => sourcesInOrder(hrrr, ["aws", name], run("20260129_17z")), (error: unknown) => {
      assert.ok(error instanceof UnknownNameError, name);
      assert.equal(
        error.message,
        `Unknown source "${name}": expected aws, google, azure, nomads, or a base URL beginning with http:, https: or ` +
          "file:",
      );
      return true;
    }, name);
  }
});

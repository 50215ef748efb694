import assert from "node:assert/strict";
import type { ForecastHour, RunId } from "../../contract/identity.ts";
import { hrrr } from "../models/hrrr.ts";
import type { Layout, Model } from "../models/model.ts";
import { UnknownNameError } from "../models/registry.ts";
import { remoteFile, sourcesInOrder } from "./layout.ts";

const run = (text: string) => text as RunId;
const hour = (fh: number) => fh as ForecastHour;

/** A model whose files move at 12 May 2026, and whose mirror keeps them from then on. */
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

Deno.test("remoteFile() keeps the digits that a padded hour has no room for", () => {
  assert.equal(remoteFile(MOVING_LAYOUTS, "sfc", run("20250101_06z"), hour(120)).path, "old.20250101/t06z.f120.grib2");
  assert.equal(remoteFile(MOVING_LAYOUTS, "prs", run("20250101_06z"), hour(7)).path, "prs/2025010106.f007");
});

Deno.test("remoteFile() follows a layout that moves at a date, to the day", () => {
  assert.equal(remoteFile(MOVING_LAYOUTS, "sfc", run("20260511_23z"), hour(3)).path, "old.20260511/t23z.f03.grib2");
  assert.equal(remoteFile(MOVING_LAYOUTS, "sfc", run("20260512_00z"), hour(3)).path, "new/20260512/00/f003.grib2");
});

Deno.test("remoteFile() refuses a date or a product that no layout is for", () => {
  const cases = [
    { product: "sfc", on: "20191231_23z", date: "2019-12-31" },
    { product: "nat", on: "20260512_00z", date: "2026-05-12" },
  ];
  for (const { product, on, date } of cases) {
    assert.throws(() => remoteFile(MOVING_LAYOUTS, product, run(on), hour(0)), (error: unknown) => {
      assert.ok(error instanceof UnknownNameError);
      assert.equal(error.message, `No layout of product "${product}" is known for cycles of ${date}`);
      return true;
    });
  }
});

Deno.test("sourcesInOrder() gives the model's own order when none is asked for", () => {
  const ids = sourcesInOrder(hrrr, null, run("20260129_17z")).map(({ id }) => id);
  assert.deepEqual(ids, ["aws", "google", "azure", "nomads"]);
});

Deno.test("sourcesInOrder() leaves out a mirror that does not keep the date", () => {
  const ids = (on: string) => sourcesInOrder(MOVING, null, run(on)).map(({ id }) => id);
  assert.deepEqual(ids("20260511_23z"), ["first"]);
  assert.deepEqual(ids("20260512_00z"), ["first", "late"]);
});

Deno.test("sourcesInOrder() gives named sources in the order they are named", () => {
  const sources = sourcesInOrder(hrrr, ["nomads", "aws"], run("20260129_17z"));
  assert.deepEqual(sources, [hrrr.sources[3], hrrr.sources[0]]);
});

Deno.test("sourcesInOrder() takes base URLs of buckets and folders", () => {
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

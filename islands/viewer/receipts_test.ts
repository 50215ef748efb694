import assert from "node:assert/strict";
import { EXAMPLE_SIDECAR } from "../../tests/support/example_sidecar.ts";
import { byteRange, fileName, formatBytes, formatCentre, sourceFiles, webAddress } from "./receipts.ts";

const CODES = { centre: 7, sub_centre: 0, process: 83, production_status: 0, data_type: 1 };
const withMessages = (...urls: (string | undefined)[]) => ({
  ...EXAMPLE_SIDECAR,
  source: {
    ...EXAMPLE_SIDECAR.source,
    messages: urls.map((url, i) => ({ name: `message ${i}`, ...CODES, ...(url === undefined ? {} : { url }) })),
  },
});

Deno.test("sourceFiles() groups messages by file, and messages without a receipt under none", () => {
  const found = sourceFiles(withMessages("https://a/1", "https://a/2", "https://a/1", undefined));
  assert.deepEqual(found.map(({ url, messages }) => [url, messages.map(({ name }) => name)]), [
    ["https://a/1", ["message 0", "message 2"]],
    ["https://a/2", ["message 1"]],
    [null, ["message 3"]],
  ]);
  assert.deepEqual(sourceFiles(EXAMPLE_SIDECAR), []);
});

Deno.test("webAddress() gives no address for a script, a local file or a text that is no URL", () => {
  assert.equal(webAddress("https://noaa.example/a.grib2"), "https://noaa.example/a.grib2");
  assert.equal(webAddress("http://127.0.0.1:8080/a"), "http://127.0.0.1:8080/a");
  for (const url of ["javascript:alert(1)", " JavaScript:alert(1)", "file:///etc/passwd", "data:text/html,x", "a b"]) {
    assert.equal(webAddress(url), null, url);
  }
});

Deno.test("fileName() is the last part of a URL's path", () => {
  assert.equal(fileName("https://noaa.example/hrrr/conus/hrrr.t17z.wrfsfcf01.grib2"), "hrrr.t17z.wrfsfcf01.grib2");
  assert.equal(fileName("https://noaa.example/a.grib2?x=/y#z"), "a.grib2");
  assert.equal(fileName("one.grib2 two.grib2"), "one.grib2 two.grib2");
});

Deno.test("byteRange() includes both ends, as HTTP does", () => {
  const message = { name: "TMP", ...CODES };
  assert.equal(byteRange({ ...message, offset: 1000, length: 1500 }), "bytes 1,000–2,499");
  assert.equal(byteRange({ ...message, offset: 0, length: 1 }), "bytes 0–0");
  assert.equal(byteRange(message), null);
});

Deno.test("formatBytes() chooses the unit by the size", () => {
  assert.deepEqual([840, 37_449, 999_949, 999_950, 1_240_000].map(formatBytes), [
    "840 B",
    "37.4 kB",
    "999.9 kB",
    "1.0 MB",
    "1.2 MB",
  ]);
});

Deno.test("formatCentre() names common centres, and says that a synthetic message has none", () => {
  assert.deepEqual([7, 98, 200, 255, 65535].map(formatCentre), [
    "7 (NCEP, US National Weather Service)",
    "98 (ECMWF)",
    "200",
    "255 (none)",
    "65535 (none)",
  ]);
});

import assert from "node:assert/strict";
import { sampleAnswerSchema } from "../contract/api.ts";
import { artifactPath } from "../contract/paths.ts";
import { sampleUrl } from "../contract/urls.ts";
import { gdalTool } from "./support/gdal_tools.ts";
import { frameId, publishedRoot } from "./support/published_root.ts";
import { testApp } from "./support/test_app.ts";

const POINTS = 2000;

Deno.test("/sample gives gdallocationinfo's values of the value COG, at random points and at the corners", async () => {
  await using root = await publishedRoot([0]);
  using server = await testApp(root.dataRoot);
  const frame = frameId(0);
  const points = [
    ...randomPoints(POINTS),
    // Points just inside and outside the corners of the grid (−134.1005 … −59.9356, 20.9675 … 53.0054).
    ...[[-134.1, 53.005], [-134.101, 53], [-59.936, 20.968], [-59.935, 21], [-100, 53.006], [-100, 20.967]] as [
      number,
      number,
    ][],
  ];
  const file = `${root.dataRoot}/${artifactPath("published", frame, "values")}`;
  const output = await gdalTool("gdallocationinfo", ["-valonly", "-wgs84", file], {
    stdin: points.map(([lon, lat]) => `${lon} ${lat}`).join("\n") + "\n",
  });
  const expected = output.split("\n").slice(0, points.length).map((line) => line.trim());
  let values = 0;
  let nothing = 0;
  for (const [i, [lon, lat]] of points.entries()) {
    const response = await server.get(sampleUrl({ ...frame, latDeg: lat, lonDeg: lon }));
    const isMissing = expected[i] === "" || expected[i] === "nan";
    assert.equal(response.status, isMissing ? 204 : 200, `${lon} ${lat}: GDAL says "${expected[i]}"`);
    if (isMissing) {
      nothing++;
      continue;
    }
    values++;
    const { value } = sampleAnswerSchema.parse(await response.json());
    assert.ok(
      Math.abs(value - Number(expected[i])) <= 0.5,
      `${lon} ${lat}: ${value}, GDAL says ${expected[i]}`,
    );
  }
  assert.ok(values >= 1000 && nothing > 100, `${values} values, ${nothing} without`);
});

/** Returns seeded random points in and around the coverage, with six decimals. */
function randomPoints(count: number): [number, number][] {
  let seed = 7;
  const random = () => (seed = Math.imul(seed, 1664525) + 1013904223 >>> 0) / 2 ** 32;
  const round = (degrees: number) => Math.round(degrees * 1e6) / 1e6;
  return Array.from({ length: count }, () => [round(-138 + random() * 82), round(19 + random() * 37)]);
}

Deno.test("/sample gives the label of a discrete value", async () => {
  await using root = await publishedRoot([0], ["radar_ptype"]);
  using server = await testApp(root.dataRoot);
  const labels = new Set<string>();
  for (let lon = -125; lon < -68; lon += 0.25) {
    for (const lat of [28, 36, 44, 48]) {
      const response = await server.get(sampleUrl({ ...frameId(0, "radar_ptype"), latDeg: lat, lonDeg: lon }));
      if (response.status === 204) continue;
      const { value, label } = sampleAnswerSchema.parse(await response.json());
      assert.match(
        label!,
        value === 0
          ? /^No echo$/
          : new RegExp(`^(Rain|Snow|Ice pellets|Freezing rain|Mixed rain and snow|Echo aloft), ${value % 100} dBZ$`),
      );
      labels.add(label!.split(",")[0]!);
    }
  }
  assert.ok(labels.has("No echo") && labels.has("Rain") && labels.size >= 3, [...labels].join());
});

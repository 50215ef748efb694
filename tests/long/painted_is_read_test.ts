import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { PNG } from "pngjs";
import { frameName } from "../../contract/identity.ts";
import { modelGeometry } from "../../contract/models.ts";
import { artifactPath, locate, rootsBelow } from "../../contract/paths.ts";
import { latitude, longitude, mercatorX, mercatorY } from "../../contract/projection.ts";
import { tileBox, tileResolutionM } from "../../contract/tile.ts";
import { buildFrame } from "../../builder/frame/build_frame.ts";
import { localInput } from "../../builder/frame/frame_input.ts";
import { findModel, findVariable } from "../../builder/models/registry.ts";
import { publishFrame } from "../../builder/publish/publish_frame.ts";
import { stageFrame } from "../../builder/publish/stage_frame.ts";
import { paletteColors, paletteNumber } from "../../builder/style/palette_numbers.ts";
import { makeBlockCache } from "../../server/cog/block_cache.ts";
import { ValueCog } from "../../server/values/value_cog.ts";
import { frame as frameNamed } from "../support/identity.ts";
import { showing } from "../support/published_root.ts";
import { requireSharedData, testWithSharedData } from "../support/shared_data.ts";
import { tempDir } from "../support/temp_dir.ts";
import { testApp } from "../support/test_app.ts";

const POINTS = 5000;
const POINTS_PER_REQUEST = 500;
const TILE_PX = 512;
/** Half a step of the last decimal, to which a value is rounded when it is shown. */
const halfStep = (precision: number) => 0.5 * 10 ** -precision + 1e-9;

const FRAMES = [
  ["hrrr/20260129_17z/refc/1", "hrrr/hrrr.20260129.t17z.f001.refc.grib2"],
  ["hrrr/20260129_17z/tmp2m/1", "hrrr/hrrr.20260129.t17z.f001.tmp2m.grib2"],
] as const;

for (const [name, file] of FRAMES) {
  testWithSharedData(`what is painted is what is read, at every zoom: ${name}`, async () => {
    const frame = frameNamed(name);
    const model = findModel(frame.model);
    const { grid } = modelGeometry(frame.model)!;
    const variable = findVariable(model, frame.var);
    await using folder = await tempDir();
    const roots = rootsBelow(folder.path);
    const input = await localInput([requireSharedData(file)], variable, frame);
    await stageFrame(roots, buildFrame(frame, model, variable, input));
    await publishFrame(roots, model, frame, showing(model, folder.path));
    using app = await testApp(folder.path);
    const colors = paletteColors(variable.palette);
    const numberOf = (value: number) => paletteNumber(value, variable.palette);
    using exact = await ValueCog.open(
      locate(roots, artifactPath("published", frame, "values")),
      makeBlockCache(64),
      grid,
    );
    let seed = 3;
    const random = () => (seed = Math.imul(seed, 1664525) + 1013904223 >>> 0) / 2 ** 32;

    let place = { xM: (grid.westM + grid.eastM) / 2, yM: (grid.southM + grid.northM) / 2 };
    for (let z = 0; z <= 7; z++) {
      const pictures = new Map<string, PNG | null>();
      const pictureOf = async (x: number, y: number) => {
        const key = `${x}/${y}`;
        if (!pictures.has(key)) {
          const response = await app.get(`/tiles/v3/${frameName(frame)}/${z}/${key}.png`);
          const bytes = Buffer.from(await response.arrayBuffer());
          pictures.set(key, response.status === 200 ? PNG.sync.read(bytes) : null);
        }
        return pictures.get(key)!;
      };
      const resolutionM = tileResolutionM(z, TILE_PX);
      const world = tileBox({ z: 0, x: 0, y: 0 });
      const drawn: { lat: number; lon: number; word: number }[] = [];
      // Tiles around one place of a deep zoom are enough: a zoom of the whole coverage has hundreds.
      const reach = Math.min(1, 8 / 2 ** z);
      for (let tries = 0; drawn.length < POINTS && tries < 400 * POINTS; tries++) {
        const lon = longitude(place.xM + (random() - 0.5) * reach * (grid.eastM - grid.westM));
        const lat = latitude(place.yM + (random() - 0.5) * reach * (grid.northM - grid.southM));
        const [xM, yM] = [mercatorX(lon), mercatorY(lat)];
        const [across, down] = [(xM - world.westM) / resolutionM, (world.northM - yM) / resolutionM].map(
          Math.floor,
        ) as [
          number,
          number,
        ];
        const picture = await pictureOf(Math.floor(across / TILE_PX), Math.floor(down / TILE_PX));
        const word = picture?.data.readUInt32LE(((down % TILE_PX) * TILE_PX + across % TILE_PX) * 4) ?? 0;
        if (word === 0) continue;
        drawn.push({ lat, lon, word });
        if (z === 3) place = { xM, yM }; // deeper zooms look around a place where something is drawn
        const value = exact.shownAt(xM, yM, z, TILE_PX);
        assert.equal(colors[numberOf(value!)], word, `zoom ${z}, ${lat}, ${lon}: ${value}`);
      }
      assert.equal(drawn.length, POINTS, `zoom ${z} has drawn pixels`);
      let beside = 0;
      for (let from = 0; from < POINTS; from += POINTS_PER_REQUEST) {
        const some = drawn.slice(from, from + POINTS_PER_REQUEST);
        const body = {
          model: frame.model,
          run: frame.run,
          var: frame.var,
          fh: 1,
          z,
          points: some.map(({ lat, lon }) => ({ lat, lon })),
        };
        const response = await app.fetch(
          new Request("http://localhost/api/v3/sample", {
            method: "POST",
            headers: { "content-type": "application/json", host: "localhost" },
            body: JSON.stringify(body),
          }),
        );
        assert.equal(response.status, 200);
        const { values } = await response.json();
        some.forEach(({ word }, i) => {
          const half = halfStep(variable.precision);
          const number = colors.indexOf(word);
          if (number < numberOf(values[i] - half) || number > numberOf(values[i] + half)) beside++;
        });
      }
      assert.equal(beside, 0, `zoom ${z}: of ${POINTS} points read another colour`);
    }
  });
}

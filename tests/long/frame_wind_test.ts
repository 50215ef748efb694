import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { PNG } from "pngjs";
import { modelGeometry } from "../../contract/models.ts";
import type { Wind } from "../../contract/sidecar.ts";
import { buildFrame, type BuiltFrame } from "../../builder/frame/build_frame.ts";
import { localInput } from "../../builder/frame/frame_input.ts";
import { hrrr } from "../../builder/models/hrrr.ts";
import { findModel, findVariable } from "../../builder/models/registry.ts";
import { Dataset } from "../../builder/gdal/dataset.ts";
import { MemoryFile } from "../../builder/gdal/memory_file.ts";
import { gdalTool } from "../support/gdal_tools.ts";
import { frame as frameNamed } from "../support/identity.ts";
import { frameId, syntheticInput } from "../support/published_root.ts";
import { requireSharedData, testWithSharedData } from "../support/shared_data.ts";
import { tempDir } from "../support/temp_dir.ts";

/** Reads a frame's wind, in m/s, by another decoder; NaN where it is missing. */
function windOf(
  { artifacts, sidecar }: BuiltFrame,
): { readonly wind: Wind; readonly u: number[]; readonly v: number[] } {
  const wind = sidecar.wind!;
  const { width, height, data } = PNG.sync.read(Buffer.from(artifacts.wind!));
  assert.deepEqual([width, height], [wind.width, wind.height]);
  const component = (channel: number) =>
    Array.from({ length: width * height }, (_, i) => {
      const byte = data[i * 4 + channel]!;
      return byte === 0 ? NaN : (byte - wind.calm) * wind.step_m_s;
    });
  return { wind, u: component(0), v: component(1) };
}

testWithSharedData("the wind of a real frame is what gdalwarp makes of its components", async () => {
  const file = requireSharedData("gfs/gfs.20200626.t12z.f000.0p25.uv10m.grib2");
  const frame = frameNamed("gfs/20200626_12z/wspd10m/0");
  const variable = findVariable(findModel("gfs"), frame.var);
  const built = buildFrame(frame, findModel("gfs"), variable, await localInput([file], variable, frame));
  assert.equal(built.sidecar.artifacts.wind?.file, "fh000.wind.png");
  const { wind, u, v } = windOf(built);
  const [east, south] = [wind.west_m + wind.width * wind.pixel_m, wind.north_m - wind.height * wind.pixel_m];
  await using folder = await tempDir();
  for (const [band, ours] of [["1", u], ["2", v]] as const) {
    const [one, warped] = [`${folder.path}/band${band}.tif`, `${folder.path}/warped${band}.tif`];
    await gdalTool("gdal_translate", ["-q", "-b", band, file, one]);
    await gdalTool("gdalwarp", [
      ...["-q", "-r", "bilinear", "-t_srs", "EPSG:3857", "-ot", "Float32", "-et", "0", "-dstnodata", "-9999"],
      ...["-te", wind.west_m, south, east, wind.north_m].map(String),
      ...["-ts", wind.width, wind.height].map(String),
      ...[one, warped],
    ]);
    using dataset = Dataset.open(warped, { drivers: ["GTiff"] });
    const theirs = dataset.band(1).read(new Float32Array(wind.width * wind.height));
    let [worst, squares] = [0, 0];
    ours.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value - theirs[i]!));
      squares += (value - theirs[i]!) ** 2;
    });
    // The warp's positions are interpolated, to a hundredth of a source cell: that shows where a front is one cell wide.
    assert.ok(worst <= wind.step_m_s / 2 + 0.25, `component ${band} is ${worst} m/s off`);
    const rounding = wind.step_m_s / Math.sqrt(12); // of numbers rounded to a step
    const rms = Math.sqrt(squares / ours.length);
    assert.ok(rms < rounding * 1.05, `component ${band}: ${rms} m/s root mean square, and rounding alone ${rounding}`);
  }
});

Deno.test("a wind on a Lambert grid is turned to true north: it blows from where the direction's variable says", async () => {
  const build = async (id: string) => {
    const frame = frameId(1, id);
    await using input = await syntheticInput(frame);
    return buildFrame(frame, hrrr, findVariable(hrrr, frame.var), input.input);
  };
  const [speed, direction] = [await build("wspd10m"), await build("wdir10m")];
  assert.deepEqual(speed.artifacts.wind, direction.artifacts.wind);
  const { grid } = modelGeometry(hrrr.id)!;
  using file = MemoryFile.of(direction.artifacts.values, "tif");
  using dataset = Dataset.open(file.path, { drivers: ["GTiff"] });
  const degrees = dataset.band(1).read(new Float32Array(grid.width * grid.height));
  const { wind, u, v } = windOf(speed);
  const pixels = wind.pixel_m / grid.pixelSizeM;
  let compared = 0;
  const off: number[] = [];
  for (let row = 0; row < wind.height; row += 3) {
    for (let column = 0; column < wind.width; column += 3) {
      const i = row * wind.width + column;
      const expected = degrees[(row * pixels + 2) * grid.width + column * pixels + 2]!;
      if (!(Math.hypot(u[i]!, v[i]!) > 3) || Number.isNaN(expected)) continue;
      const from = Math.atan2(-u[i]!, -v[i]!) * 180 / Math.PI;
      off.push(Math.abs((from - expected + 540 + 360) % 360 - 180));
      compared++;
    }
  }
  off.sort((a, b) => a - b);
  assert.ok(compared > 3000, `${compared} places`);
  assert.ok(
    off[Math.floor(off.length * 0.9)]! < 2.5,
    `90 % of the directions are within ${off[Math.floor(off.length * 0.9)]}°`,
  );
});

Deno.test("a variable that is not a wind has none", async () => {
  await using input = await syntheticInput(frameId(0));
  const { artifacts, sidecar } = buildFrame(frameId(0), hrrr, findVariable(hrrr, frameId(0).var), input.input);
  assert.equal(artifacts.wind, null);
  assert.equal(sidecar.wind, undefined);
  assert.equal(sidecar.artifacts.wind, undefined);
});

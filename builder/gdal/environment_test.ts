import assert from "node:assert/strict";
import { tempDir } from "../../tests/support/temp_dir.ts";

Deno.test("clearGdalEnvironment() keeps GDAL from settings of the user's environment and home directory", async () => {
  await using folder = await tempDir();
  await Deno.mkdir(`${folder.path}/.gdal`);
  await Deno.writeTextFile(`${folder.path}/.gdal/gdalrc`, "[configoptions]\nTWF_FROM_HOME=yes\n");
  await Deno.writeTextFile(`${folder.path}/gdalrc`, "[configoptions]\nTWF_FROM_FILE=yes\n");
  await Deno.writeTextFile(`${folder.path}/gdal_OTHER.so`, "not a library");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--allow-all",
      "tests/support/gdal_environment.ts",
      "TWF_FROM_HOME",
      "TWF_FROM_FILE",
      "GDAL_DRIVER_PATH",
      "GTIFF_SRS_SOURCE",
      "GRIB_IDX_ON_THE_FLY",
      "PROJ_NETWORK",
    ],
    env: {
      HOME: folder.path,
      DENO_DIR: await denoDir(),
      GDAL_CONFIG_FILE: `${folder.path}/gdalrc`,
      GDAL_DRIVER_PATH: folder.path,
      GTIFF_SRS_SOURCE: "GEOKEYS",
      GRIB_IDX_ON_THE_FLY: "NO",
      PROJ_LIB: folder.path,
      PROJ_DATA: folder.path,
      PROJ_NETWORK: "ON",
    },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  assert.equal(code, 0, text.decode(stderr));
  assert.equal(text.decode(stderr), "", "no plug-in was looked at");
  const { options, projection } = JSON.parse(text.decode(stdout));
  assert.deepEqual(options, {
    TWF_FROM_HOME: null,
    TWF_FROM_FILE: null,
    GDAL_DRIVER_PATH: "disable",
    GTIFF_SRS_SOURCE: null,
    GRIB_IDX_ON_THE_FLY: null,
    PROJ_NETWORK: "OFF",
  });
  assert.match(projection, /\+proj=merc/);
});

async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

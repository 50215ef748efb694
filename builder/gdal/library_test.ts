import assert from "node:assert/strict";
import { GdalError, GdalUnusableError } from "./errors.ts";
import { callForHandle, cString, gdal, openGdal, requireVersion } from "./library.ts";
import { GdalNotFoundError, locateGdal } from "./locate.ts";
import { Dataset } from "./dataset.ts";

Deno.test("locateGdal() names the paths it tried, and the variable for another path, when there is no libgdal", () => {
  assert.throws(() => locateGdal(undefined, ["/nowhere"]), (error: unknown) => {
    assert.ok(error instanceof GdalNotFoundError);
    assert.match(error.message, /\/nowhere\/libgdal\.so/);
    assert.match(error.message, /TWF_V3_GDAL_LIB/);
    return true;
  });
});

Deno.test("locateGdal() names the file of TWF_V3_GDAL_LIB when that file does not exist", () => {
  assert.throws(
    () => locateGdal("/nowhere/libgdal.so"),
    /TWF_V3_GDAL_LIB names "\/nowhere\/libgdal.so", which is not a file/,
  );
});

Deno.test("locateGdal() returns the newest versioned name", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["libgdal.so", "libgdal.so.9", "libgdal.so.32", "libgdal.so.31", "libgdal.so.32.3.6.2"]) {
      await Deno.writeTextFile(`${folder}/${name}`, "");
    }
    assert.equal(locateGdal(undefined, ["/nowhere", folder]), `${folder}/libgdal.so.32`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openGdal() refuses a file that is not a library", async () => {
  const path = await Deno.makeTempFile();
  try {
    assert.throws(() => openGdal(path), (error: unknown) => {
      // Deno refuses first when the path is not in its FFI permission; both errors name the path.
      assert.ok(error instanceof GdalUnusableError || error instanceof Deno.errors.NotCapable);
      return true;
    });
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("requireVersion() refuses GDAL before 3.6 and accepts later versions", () => {
  assert.throws(() => requireVersion("3.5.3", "/x"), /Cannot use GDAL 3.5.3 from "\/x": 3.6 or newer is required/);
  assert.throws(() => requireVersion("2.4.0", "/x"), GdalUnusableError);
  for (const version of ["3.6.0", "3.12.1", "4.0.0"]) requireVersion(version, "/x");
});

Deno.test("cString() refuses a NUL and keeps text beyond ASCII", () => {
  assert.throws(() => cString("a\0b"), TypeError);
  assert.deepEqual([...cString("é")], [0xc3, 0xa9, 0]);
});

Deno.test("Dataset.open() throws a GdalError with call, class, number, message and path when GDAL fails", () => {
  assert.throws(() => Dataset.open("/nowhere.grib2", { drivers: ["GRIB"] }), (error: unknown) => {
    assert.ok(error instanceof GdalError);
    assert.equal(error.call, "GDALOpenEx");
    assert.equal(error.errorClass, "failure");
    assert.equal(error.number, 4);
    assert.match(error.gdalMessage, /No such file/);
    assert.equal(error.path, "/nowhere.grib2");
    return true;
  });
});

Deno.test("callForHandle() does not report the text of an earlier error", () => {
  assert.throws(() => Dataset.open("/nowhere.grib2", { drivers: ["GRIB"] }), GdalError);
  assert.throws(() => callForHandle("nothing", null, () => 0n), /GDAL gave no reason/);
});

Deno.test("gdal() opens one library per thread", () => {
  assert.equal(gdal(), gdal());
});

Deno.test("gdal() names the missing drivers when a library lacks some that are needed", async () => {
  // GDAL_SKIP leaves drivers out. It is set through the library itself, as gdal() removes it from the environment.
  const script = `import { cString, gdal } from "${new URL("./library.ts", import.meta.url)}";
    const parameters = ["buffer", "buffer"];
    const { symbols } = Deno.dlopen(${
    JSON.stringify(gdal().path)
  }, { CPLSetConfigOption: { parameters, result: "void" } });
    symbols.CPLSetConfigOption(cString("GDAL_SKIP"), cString("GRIB COG"));
    gdal();`;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", script],
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  assert.equal(code, 1);
  assert.match(
    new TextDecoder().decode(stderr),
    /GdalUnusableError: Cannot use GDAL 3\..* it was built without the drivers GRIB, COG/,
  );
});

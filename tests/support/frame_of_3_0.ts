import { createHash } from "node:crypto";
import { geoTransform } from "../../contract/grid.ts";
import type { FrameId } from "../../contract/identity.ts";
import { frameGrids, modelGeometry } from "../../contract/models.ts";
import { artifactPath, manifestPath } from "../../contract/paths.ts";
import { reduceField } from "../../builder/derive/reduce.ts";
import { Dataset } from "../../builder/gdal/dataset.ts";
import { SpatialReference } from "../../builder/gdal/spatial_reference.ts";

/**
 * Rewrites a run's only frame, of a continuous variable, as a builder of contract 3.0 wrote it: values as means on
 * larger pixels, without a predictor; documents with hours only, and without versions.
 * @returns the values on the larger pixels
 */
export async function makeFrameOf30(dataRoot: string, frame: FrameId): Promise<Float32Array> {
  const pathOf = (kind: "values" | "sidecar") => `${dataRoot}/${artifactPath("published", frame, kind)}`;
  const { values: grid } = frameGrids(modelGeometry(frame.model)!, "3.0");
  const means = meansOf(pathOf("values"), grid.width, grid.height);
  using reference = SpatialReference.parse("EPSG:3857");
  using raster = Dataset.inMemory({
    ...grid,
    bandCount: 1,
    type: "Float32",
    geoTransform: geoTransform(grid),
    spatialReference: reference,
  });
  raster.band(1).setNoData(NaN);
  raster.band(1).write(means);
  raster.copyTo(pathOf("values"), "COG", { BLOCKSIZE: "512", COMPRESS: "DEFLATE", PREDICTOR: "NO", BIGTIFF: "NO" });

  const bytes = await Deno.readFile(pathOf("values"));
  await rewrite(pathOf("sidecar"), (sidecar) => {
    for (const name of ["frame", "palette", "rounding"]) delete sidecar[name];
    sidecar.artifacts.values.bytes = bytes.length;
    sidecar.artifacts.values.sha256 = createHash("sha256").update(bytes).digest("hex");
  });
  await rewrite(`${dataRoot}/${manifestPath(frame.model, frame.run)}`, (manifest) => {
    for (const entry of manifest.variables[frame.var].frames) {
      delete entry.frame;
      delete entry.v;
    }
  });
  return means;
}

function meansOf(path: string, width: number, height: number): Float32Array<ArrayBuffer> {
  using raster = Dataset.open(path, { drivers: ["GTiff"] });
  const values = raster.band(1).read(new Float32Array(raster.width * raster.height));
  return reduceField({ width: raster.width, height: raster.height, values }, width, height, "continuous").values;
}

// deno-lint-ignore no-explicit-any -- a document of another version has no type
async function rewrite(path: string, change: (document: any) => void): Promise<void> {
  const document = JSON.parse(await Deno.readTextFile(path));
  document.contract_version = "3.0";
  change(document);
  await Deno.writeTextFile(path, JSON.stringify(document));
}

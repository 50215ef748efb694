import { BLOCK_SIZE_PX, geoTransform, type Grid } from "../../contract/grid.ts";
import type { FrameGrids } from "../../contract/models.ts";
import { Dataset } from "../gdal/dataset.ts";
import { SpatialReference } from "../gdal/spatial_reference.ts";
import { GateError } from "./gate_error.ts";

export interface ExpectedStructure {
  readonly grid: Grid;
  readonly bandCount: number;
  readonly dataType: "Byte" | "Float32";
  readonly blockSizePx: number;
  readonly colors: readonly string[];
  /** Expected `noData`, or null when there must be none. */
  readonly noData: number | null;
}

/** Gate 1: checks that the file is as the contract describes, as GDAL reads it back. @throws GateError */
export function checkStructure(dataset: Dataset, expected: ExpectedStructure): void {
  const { grid } = expected;
  require("size", `${dataset.width} × ${dataset.height}`, `${grid.width} × ${grid.height}`);
  require("band count", dataset.bandCount, expected.bandCount);
  require("layout", dataset.metadataItem("LAYOUT", "IMAGE_STRUCTURE") ?? "none", "COG");
  require("geotransform", dataset.geoTransform.join(" "), geoTransform(grid).join(" "));
  using actual = dataset.spatialReference();
  using mercator = SpatialReference.parse("EPSG:3857");
  require("reference system", actual.isSame(mercator) ? "EPSG:3857" : actual.toProj4(), "EPSG:3857");
  dataset.bands().forEach((band, i) => {
    require("data type", band.dataType, expected.dataType);
    require(
      "block size",
      `${band.blockSize.width} × ${band.blockSize.height}`,
      `${expected.blockSizePx} × ${expected.blockSizePx}`,
    );
    require("colour", band.colorInterpretation, expected.colors[i]!);
    require("nodata", String(band.noData), String(expected.noData));
    if (band.overviewCount < 1) throw new GateError("structure", "overviews", "none", "at least one");
  });
}

/**
 * Opens a frame's two COGs and checks that they are as the contract describes: four bands of bytes, and one band of
 * values with NaN as nodata.
 * @param grids of the two files: one grid, except in frames of contract 3.0
 * @throws GateError
 * @throws GdalError when a file does not open
 */
export function checkArtifacts(rgbaPath: string, valuesPath: string, grids: FrameGrids): void {
  using picture = Dataset.open(rgbaPath, { drivers: ["GTiff"] });
  checkStructure(picture, {
    grid: grids.rgba,
    bandCount: 4,
    dataType: "Byte",
    blockSizePx: BLOCK_SIZE_PX,
    colors: ["Red", "Green", "Blue", "Alpha"],
    noData: null,
  });
  using raster = Dataset.open(valuesPath, { drivers: ["GTiff"] });
  checkStructure(raster, {
    grid: grids.values,
    bandCount: 1,
    dataType: "Float32",
    blockSizePx: BLOCK_SIZE_PX,
    colors: ["Gray"],
    noData: NaN,
  });
}

function require(rule: string, measured: string | number, limit: string | number): void {
  if (measured !== limit) throw new GateError("structure", rule, String(measured), String(limit));
}

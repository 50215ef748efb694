import { geoTransform, type Grid } from "../../contract/grid.ts";
import { overviewFactors, reducedSize } from "../../contract/pyramid.ts";
import { Dataset } from "../gdal/dataset.ts";
import type { DataType } from "../gdal/data_type.ts";

/** A band of a dataset without pixels. */
export interface EmptyBand {
  readonly description?: string;
  readonly units?: string;
  readonly items?: Readonly<Record<string, string>>;
  readonly colorInterpretation?: "Red" | "Green" | "Blue" | "Alpha";
}

export interface EmptyDatasetShape {
  readonly grid: Grid;
  readonly type: DataType;
  /** Whether NaN is nodata. */
  readonly hasNoData: boolean;
  readonly items: Readonly<Record<string, string>>;
  readonly bands: readonly EmptyBand[];
}

/**
 * Opens a dataset that has everything but pixels: a virtual one (VRT) without sources, whose bands and overviews are
 * empty wherever they are read. It takes no memory, in contrast to a dataset of GDAL's memory driver.
 */
export function openEmptyDataset(shape: EmptyDatasetShape): Dataset {
  return Dataset.open(emptyVrt(shape), { drivers: ["VRT"] });
}

function emptyVrt({ grid, type, hasNoData, items, bands }: EmptyDatasetShape): string {
  const noData = hasNoData ? "<NoDataValue>nan</NoDataValue>" : "";
  const band = (i: number, content: string) =>
    `<VRTRasterBand dataType="${type}" band="${i + 1}">${content}</VRTRasterBand>`;
  // An overview is a dataset of its own, so that its size is given and not computed by this version of GDAL.
  const overviewFiles = overviewFactors(grid).map((factor) =>
    escapeXml(dataset(reducedSize(grid, factor), bands.map((_, i) => band(i, noData)).join("")))
  );
  const overviews = (i: number) =>
    overviewFiles.map((file) =>
      `<Overview><SourceFilename relativeToVRT="0">${file}</SourceFilename><SourceBand>${i + 1}</SourceBand></Overview>`
    ).join("");
  const described = bands.map(({ description, units, items = {}, colorInterpretation }, i) =>
    band(
      i,
      element("Description", description) + element("UnitType", units) + noData +
        element("ColorInterp", colorInterpretation) + metadata(items) + overviews(i),
    )
  );
  return dataset(
    grid,
    `<SRS>EPSG:3857</SRS><GeoTransform>${geoTransform(grid).join(",")}</GeoTransform>` + metadata(items) +
      described.join(""),
  );
}

function dataset({ width, height }: { readonly width: number; readonly height: number }, content: string): string {
  return `<VRTDataset rasterXSize="${width}" rasterYSize="${height}">${content}</VRTDataset>`;
}

function metadata(items: Readonly<Record<string, string>>): string {
  const entries = Object.entries(items).map(([key, value]) => `<MDI key="${escapeXml(key)}">${escapeXml(value)}</MDI>`);
  return `<Metadata>${entries.join("")}</Metadata>`;
}

function element(name: string, text: string | undefined): string {
  return text === undefined ? "" : `<${name}>${escapeXml(text)}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

import { type LonLatBox, MERCATOR_HALF_SIDE_M } from "../../contract/projection.ts";
import { MAX_ZOOM, tileResolutionM } from "../../contract/tile.ts";

/** OGC 07-057r7, WMTS 1.0.0; matrix sets of OGC 17-083r4, annex D. */

export interface WmtsLayer {
  /** `{model}_{var}` */
  readonly id: string;
  readonly title: string;
  readonly coverage: LonLatBox;
  /** Cycles, ISO 8601. */
  readonly referenceTimes: readonly string[];
  readonly defaultReferenceTime: string;
  /** Valid times of the default run. */
  readonly times: readonly string[];
  readonly maxZoom: number;
  readonly sidecarPath: string;
}

export const MATRIX_SETS = {
  WebMercatorQuad: { tileSizePx: 256, wellKnown: "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible" },
  WebMercatorQuadx2: { tileSizePx: 512, wellKnown: null },
} as const;

/** Width of a rendered pixel that scale denominators are about, in metres. */
const STANDARD_PIXEL_M = 0.00028;

export function capabilities(layers: readonly WmtsLayer[], url: string): string {
  const operation = (name: string) =>
    `<ows:Operation name="${name}"><ows:DCP><ows:HTTP><ows:Get xlink:href="${xml(url)}?">` +
    `<ows:Constraint name="GetEncoding"><ows:AllowedValues><ows:Value>KVP</ows:Value></ows:AllowedValues>` +
    `</ows:Constraint></ows:Get></ows:HTTP></ows:DCP></ows:Operation>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.0.0">
<ows:ServiceIdentification><ows:Title>twf-v3</ows:Title><ows:ServiceType>OGC WMTS</ows:ServiceType><ows:ServiceTypeVersion>1.0.0</ows:ServiceTypeVersion></ows:ServiceIdentification>
<ows:OperationsMetadata>${operation("GetCapabilities")}${operation("GetTile")}</ows:OperationsMetadata>
<Contents>
${layers.map((layer) => describeLayer(layer, url)).join("\n")}
${Object.entries(MATRIX_SETS).map(([id, set]) => describeMatrixSet(id, set)).join("\n")}
</Contents>
<ServiceMetadataURL xlink:href="${xml(url)}/1.0.0/WMTSCapabilities.xml"/>
</Capabilities>
`;
}

function describeLayer(layer: WmtsLayer, url: string): string {
  const { west, south, east, north } = layer.coverage;
  const origin = new URL(url).origin;
  const dimension = (id: string, fallback: string, values: readonly string[]) =>
    `<Dimension><ows:Identifier>${id}</ows:Identifier><Default>${fallback}</Default>` +
    `${values.map((value) => `<Value>${value}</Value>`).join("")}</Dimension>`;
  return `<Layer><ows:Title>${xml(layer.title)}</ows:Title>` +
    `<ows:WGS84BoundingBox><ows:LowerCorner>${west} ${south}</ows:LowerCorner>` +
    `<ows:UpperCorner>${east} ${north}</ows:UpperCorner></ows:WGS84BoundingBox>` +
    `<ows:Identifier>${layer.id}</ows:Identifier>` +
    `<ows:Metadata xlink:href="${xml(origin + layer.sidecarPath)}"/>` +
    `<Style isDefault="true"><ows:Identifier>default</ows:Identifier></Style><Format>image/png</Format>` +
    dimension("reference_time", layer.defaultReferenceTime, layer.referenceTimes) +
    dimension("time", layer.times[0]!, layer.times) +
    Object.keys(MATRIX_SETS).map((id) => `<TileMatrixSetLink><TileMatrixSet>${id}</TileMatrixSet></TileMatrixSetLink>`)
      .join("") +
    `<ResourceURL format="image/png" resourceType="tile" template="${xml(url)}/${layer.id}/{reference_time}/{time}/` +
    `{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png"/></Layer>`;
}

function describeMatrixSet(
  id: string,
  { tileSizePx, wellKnown }: typeof MATRIX_SETS[keyof typeof MATRIX_SETS],
): string {
  const matrices = Array.from(
    { length: MAX_ZOOM + 1 },
    (_, zoom) =>
      `<TileMatrix><ows:Identifier>${zoom}</ows:Identifier>` +
      `<ScaleDenominator>${tileResolutionM(zoom, tileSizePx) / STANDARD_PIXEL_M}</ScaleDenominator>` +
      `<TopLeftCorner>${-MERCATOR_HALF_SIDE_M} ${MERCATOR_HALF_SIDE_M}</TopLeftCorner>` +
      `<TileWidth>${tileSizePx}</TileWidth><TileHeight>${tileSizePx}</TileHeight>` +
      `<MatrixWidth>${2 ** zoom}</MatrixWidth><MatrixHeight>${2 ** zoom}</MatrixHeight></TileMatrix>`,
  );
  return `<TileMatrixSet><ows:Identifier>${id}</ows:Identifier>` +
    `<ows:SupportedCRS>urn:ogc:def:crs:EPSG::3857</ows:SupportedCRS>` +
    `${wellKnown ? `<WellKnownScaleSet>${wellKnown}</WellKnownScaleSet>` : ""}${matrices.join("")}</TileMatrixSet>`;
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

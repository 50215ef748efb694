import { attributionOf } from "../../../contract/models.ts";
import { MERCATOR_HALF_SIDE_M } from "../../../contract/projection.ts";
import { MAX_ZOOM, tileResolutionM, tilesOver } from "../../../contract/tile.ts";
import { legendUrl, sidecarUrl, WMTS_ROOT } from "../../../contract/urls.ts";
import { xmlText } from "../../xml.ts";
import { defaultTime, layerId, timesOf, type WmtsLayer } from "./layers.ts";
import { MATRIX_SETS } from "./matrix_sets.ts";
import { leadOf } from "../../../contract/lead.ts";

/** The capabilities document: OGC 07-057r7, WMTS 1.0.0; matrix sets of OGC 17-083r4, annex D. */

/** Width in metres of the standardized rendered pixel, on which scale denominators are based. */
const STANDARD_PIXEL_M = 0.00028;

export const INFO_FORMATS = ["application/json", "text/plain"] as const;

/**
 * Writes the capabilities document.
 * @param base scheme, host and prefix of the addresses
 */
export function capabilities(
  layers: readonly WmtsLayer[],
  base: string,
  { provider }: { provider: string },
): string {
  const url = `${base}${WMTS_ROOT}`;
  const document = `${url}/1.0.0/WMTSCapabilities.xml`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.opengis.net/wmts/1.0 http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd" version="1.0.0">
<ows:ServiceIdentification>
<ows:Title>${xmlText(provider)}</ows:Title>
<ows:Abstract>Forecasts of weather models as map tiles, by run (reference_time) and valid time (time)</ows:Abstract>
<ows:Keywords><ows:Keyword>weather</ows:Keyword><ows:Keyword>forecast</ows:Keyword></ows:Keywords>
<ows:ServiceType codeSpace="OGC">OGC WMTS</ows:ServiceType>
<ows:ServiceTypeVersion>1.0.0</ows:ServiceTypeVersion>
<ows:Fees>none</ows:Fees>
<ows:AccessConstraints>${xmlText(constraints(layers))}</ows:AccessConstraints>
</ows:ServiceIdentification>
<ows:ServiceProvider>
<ows:ProviderName>${xmlText(provider)}</ows:ProviderName>
<ows:ProviderSite xlink:href="${xmlText(base)}/"/>
<ows:ServiceContact/>
</ows:ServiceProvider>
<ows:OperationsMetadata>
${operation("GetCapabilities", url, document)}
${operation("GetTile", url, `${url}/`)}
${operation("GetFeatureInfo", url, `${url}/`)}
</ows:OperationsMetadata>
<Contents>
${layers.map((layer) => describeLayer(layer, base)).join("\n")}
${Object.keys(MATRIX_SETS).map((id) => describeMatrixSet(id as keyof typeof MATRIX_SETS)).join("\n")}
</Contents>
<ServiceMetadataURL xlink:href="${xmlText(document)}"/>
</Capabilities>
`;
}

/** The attributions of the data: users of the data must name its originators. */
function constraints(layers: readonly WmtsLayer[]): string {
  const all = layers.map(({ model, isSynthetic }) => attributionOf(model, isSynthetic));
  return [...new Set(all)].join("; ") || "none";
}

/** An operation with its two encodings: key-value pairs and REST. */
function operation(name: string, kvpUrl: string, restUrl: string): string {
  const get = (url: string, encoding: string) =>
    `<ows:Get xlink:href="${xmlText(url)}"><ows:Constraint name="GetEncoding"><ows:AllowedValues>` +
    `<ows:Value>${encoding}</ows:Value></ows:AllowedValues></ows:Constraint></ows:Get>`;
  return `<ows:Operation name="${name}"><ows:DCP><ows:HTTP>${get(`${kvpUrl}?`, "KVP")}${get(restUrl, "RESTful")}` +
    `</ows:HTTP></ows:DCP></ows:Operation>`;
}

function describeLayer(layer: WmtsLayer, base: string): string {
  const { model, title, isSynthetic, runs, defaultRun } = layer;
  const { west, south, east, north } = model.coverage;
  const id = layerId(layer);
  const [first] = defaultRun.frames;
  const frame = { model: model.id, run: defaultRun.run, var: layer.variable, lead: leadOf(first!), v: first!.v };
  const dimension = (id: string, title: string, fallback: string, values: readonly string[]) =>
    `<Dimension><ows:Title>${title}</ows:Title><ows:Identifier>${id}</ows:Identifier><ows:UOM>ISO8601</ows:UOM>` +
    `<Default>${fallback}</Default><Current>true</Current>` +
    `${values.map((value) => `<Value>${value}</Value>`).join("")}</Dimension>`;
  const template = `${xmlText(`${base}${WMTS_ROOT}/${id}`)}/{Style}/{reference_time}/{time}/` +
    `{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}`;
  // The legend's size is omitted: giving it here would require drawing the legend of each layer.
  const legend = `<LegendURL format="image/png" xlink:href="${xmlText(base + legendUrl(frame))}"/>`;
  return `<Layer><ows:Title>${xmlText(title)}</ows:Title>` +
    `<ows:Abstract>${xmlText(`${model.description}. ${attributionOf(model, isSynthetic)}`)}</ows:Abstract>` +
    `<ows:WGS84BoundingBox><ows:LowerCorner>${west} ${south}</ows:LowerCorner>` +
    `<ows:UpperCorner>${east} ${north}</ows:UpperCorner></ows:WGS84BoundingBox>` +
    `<ows:Identifier>${id}</ows:Identifier>` +
    `<ows:Metadata xlink:href="${xmlText(base + sidecarUrl(frame))}"/>` +
    `<Style isDefault="true"><ows:Title>Default</ows:Title><ows:Identifier>default</ows:Identifier>${legend}</Style>` +
    `<Format>image/png</Format>` +
    INFO_FORMATS.map((format) => `<InfoFormat>${format}</InfoFormat>`).join("") +
    dimension("reference_time", "Run", defaultRun.referenceTime, runs.map(({ referenceTime }) => referenceTime)) +
    dimension("time", "Valid time", defaultTime(layer), timesOf(layer)) +
    Object.keys(MATRIX_SETS).map((set) => linkMatrixSet(set, layer)).join("") +
    `<ResourceURL format="image/png" resourceType="tile" template="${template}.png"/>` +
    INFO_FORMATS.map((format) =>
      `<ResourceURL format="${format}" resourceType="FeatureInfo" template="${template}/{J}/{I}.${
        format === "text/plain" ? "txt" : "json"
      }"/>`
    ).join("") +
    `</Layer>`;
}

/** The tiles of each zoom that overlap the model's grid. */
function linkMatrixSet(id: string, { model }: WmtsLayer): string {
  const limits = Array.from({ length: MAX_ZOOM + 1 }, (_, zoom) => {
    const { firstX, lastX, firstY, lastY } = tilesOver(model.grid, zoom);
    return `<TileMatrixLimits><TileMatrix>${zoom}</TileMatrix><MinTileRow>${firstY}</MinTileRow>` +
      `<MaxTileRow>${lastY}</MaxTileRow><MinTileCol>${firstX}</MinTileCol><MaxTileCol>${lastX}</MaxTileCol>` +
      `</TileMatrixLimits>`;
  });
  return `<TileMatrixSetLink><TileMatrixSet>${id}</TileMatrixSet>` +
    `<TileMatrixSetLimits>${limits.join("")}</TileMatrixSetLimits></TileMatrixSetLink>`;
}

function describeMatrixSet(id: keyof typeof MATRIX_SETS): string {
  const { tileSizePx, wellKnown } = MATRIX_SETS[id];
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

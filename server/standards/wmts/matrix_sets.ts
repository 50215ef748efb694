/** The tile matrix sets, which differ in the size of a tile: OGC 17-083r4, annex D. */
export const MATRIX_SETS = {
  WebMercatorQuad: { tileSizePx: 256, wellKnown: "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible" },
  WebMercatorQuadx2: { tileSizePx: 512, wellKnown: null },
} as const;

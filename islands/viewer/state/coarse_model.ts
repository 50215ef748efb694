/** Native zooms up to this one are coarse: cells of some 6 km and more. */
const COARSE_NATIVE_ZOOM = 4;

/** Closer than this a coarse model's picture fades, and a hint says why. */
export const COARSE_HINT_ZOOM = 7;

/** Whether a model's cells are large in a close view. */
export function isCoarse({ native_zoom: nativeZoom }: { readonly native_zoom: number }): boolean {
  return nativeZoom <= COARSE_NATIVE_ZOOM;
}

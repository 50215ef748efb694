/** The deepest native zoom of a coarse model, whose cells are about 6 km or larger. */
const COARSE_NATIVE_ZOOM = 4;

/** The zoom above which a coarse model's image fades, and a hint says why. */
export const COARSE_HINT_ZOOM = 7;

/** Whether a model's cells look large in a close view. */
export function isCoarse({ native_zoom: nativeZoom }: { readonly native_zoom: number }): boolean {
  return nativeZoom <= COARSE_NATIVE_ZOOM;
}

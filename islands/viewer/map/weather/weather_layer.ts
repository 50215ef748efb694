import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibreMap } from "maplibre-gl";
import type { FramePicture } from "./frame_picture.ts";
import { type ContourBuffer, ContourProgram } from "./contour_program.ts";
import { PictureProgram } from "./picture_program.ts";
import { quadsBelow, quadsOf } from "./quads.ts";

/** A frame as it is drawn. */
export interface DrawnFrame {
  readonly picture: FramePicture;
  readonly contours: readonly ContourBuffer[];
  /** Between its pixels, when they are larger than the screen's. */
  readonly isBlended: boolean;
}

/**
 * The one frame that is visible, as a layer of the map. Problem: a map draws itself anew for whatever happens to any of its
 * sources, and a frame that is loaded ahead happens a dozen times. Solution: frames lie on the graphics card where the map
 * knows nothing of them; showing one is drawing the map once.
 */
export class WeatherLayer implements CustomLayerInterface {
  readonly id = "weather";
  readonly type = "custom";
  #map: MapLibreMap | null = null;
  #programs: { readonly pictures: PictureProgram; readonly contours: ContourProgram } | null = null;
  #frame: DrawnFrame | null = null;
  #opacityAt: (zoom: number) => number = () => 1;
  #areContoursShown = true;

  onAdd(map: MapLibreMap, gl: WebGL2RenderingContext): void {
    this.#map = map;
    this.#programs = { pictures: new PictureProgram(gl), contours: new ContourProgram(gl) };
  }

  onRemove(): void {
    this.#programs?.pictures.delete();
    this.#programs?.contours.delete();
    this.#programs = null;
    this.#map = null;
  }

  /** Draws another frame from the next time on that the map is drawn. */
  show(frame: DrawnFrame): void {
    this.#frame = frame;
    this.#map?.triggerRepaint();
  }

  /** @param opacityAt from 0 to 1, of pictures at a zoom of the map */
  setOpacity(opacityAt: (zoom: number) => number): void {
    this.#opacityAt = opacityAt;
    this.#map?.triggerRepaint();
  }

  showContours(areShown: boolean): void {
    this.#areContoursShown = areShown;
    this.#map?.triggerRepaint();
  }

  render(gl: WebGL2RenderingContext, { defaultProjectionData }: CustomRenderMethodInput): void {
    if (!this.#frame || !this.#programs || !this.#map) return;
    const { pictures, contours } = this.#programs;
    const { picture, isBlended } = this.#frame;
    const matrix = Float32Array.from(defaultProjectionData.mainMatrix);
    const worlds = worldsInView(this.#map);
    gl.bindVertexArray(null);
    pictures.begin(matrix, this.#opacityAt(this.#map.getZoom()));
    const { atlas, before } = picture;
    for (const world of worlds) {
      if (!atlas) continue;
      if (before) pictures.draw(before.texture, quadsBelow(atlas, before), world, isBlended);
      pictures.draw(atlas.texture, quadsOf(atlas), world, isBlended);
    }
    if (!this.#areContoursShown || this.#frame.contours.length === 0) return;
    contours.begin(matrix, gl.drawingBufferWidth / this.#map.getCanvas().clientWidth);
    for (const world of worlds) this.#frame.contours.forEach((each) => contours.draw(each, world));
    gl.bindVertexArray(null);
  }
}

/** Copies of the world of which something is in view: 0 is the first. */
function worldsInView(map: MapLibreMap): number[] {
  const bounds = map.getBounds();
  const first = Math.floor((bounds.getWest() + 180) / 360);
  const last = Math.floor((bounds.getEast() + 180) / 360);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

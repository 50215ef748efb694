import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibreMap } from "maplibre-gl";
import type { FramePicture } from "./frame_picture.ts";
import { type ContourBuffer, ContourProgram } from "./contour_program.ts";
import { PictureProgram } from "./picture_program.ts";
import { quadsBelow, quadsOf } from "./quads.ts";

/** A frame that can be drawn. */
export interface DrawnFrame {
  readonly picture: FramePicture;
  readonly contours: readonly ContourBuffer[];
  /** Whether pixels are blended when they are larger than the screen's. */
  readonly isBlended: boolean;
}

/**
 * The visible frame, as a layer of the map. Problem: a map redraws itself for every event of any of its sources, and a
 * prefetched frame causes a dozen events. Solution: frames lie on the graphics card without the map knowing them;
 * showing a frame redraws the map once.
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

  /** Shows another frame from the map's next rendering on. */
  show(frame: DrawnFrame): void {
    this.#frame = frame;
    this.#map?.triggerRepaint();
  }

  /** Sets the opacity of images. @param opacityAt the opacity from 0 to 1 at a zoom of the map */
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

/** Returns the copies of the world that are in view: 0 is the one from −180° to 180°. */
function worldsInView(map: MapLibreMap): number[] {
  const bounds = map.getBounds();
  const first = Math.floor((bounds.getWest() + 180) / 360);
  const last = Math.floor((bounds.getEast() + 180) / 360);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

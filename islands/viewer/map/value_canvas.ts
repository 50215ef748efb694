import type { Map as MapLibreMap } from "maplibre-gl";

/** A text and its place on the map. */
export interface PlacedValue {
  readonly lonDeg: number;
  readonly latDeg: number;
  readonly text: string;
}

const FONT = "13px sans-serif";
const INK = "#ffffff";
const HALO = "rgba(11,18,32,0.92)";
const HALO_PX = 3.6;
/** Distance of a value below its place, under the name. */
const BELOW_PX = 15;

/** The class of the canvas in the map's container. */
export const VALUES_CLASS = "place-values";

/**
 * Texts over the map, on a separate canvas: another hour's values appear in the same moment as its image, and the map,
 * which would lay out all its names again, is not drawn for them.
 */
export class ValueCanvas {
  readonly #map: MapLibreMap;
  readonly #canvas = document.createElement("canvas");
  readonly #context = this.#canvas.getContext("2d")!;
  readonly #onRender = () => this.#drawIfMoved();
  #values: readonly PlacedValue[] = [];
  #view = "";

  constructor(map: MapLibreMap) {
    this.#map = map;
    this.#canvas.className = VALUES_CLASS;
    map.getCanvasContainer().append(this.#canvas);
    map.on("render", this.#onRender);
  }

  show(values: readonly PlacedValue[]): void {
    if (values.length === 0 && this.#values.length === 0) return;
    this.#values = values;
    this.#draw();
  }

  close(): void {
    this.#map.off("render", this.#onRender);
    this.#canvas.remove();
  }

  #drawIfMoved(): void {
    if (this.#values.length > 0 && this.#viewOfMap() !== this.#view) this.#draw();
  }

  #viewOfMap(): string {
    const { lng, lat } = this.#map.getCenter();
    const { clientWidth, clientHeight } = this.#map.getCanvas();
    return [lng, lat, this.#map.getZoom(), clientWidth, clientHeight, this.#map.getPixelRatio()].join();
  }

  #draw(): void {
    this.#view = this.#viewOfMap();
    const { clientWidth, clientHeight } = this.#map.getCanvas();
    const ratio = this.#map.getPixelRatio();
    const context = this.#context;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    // Setting the size of a canvas clears its pixels and its state.
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      [this.#canvas.width, this.#canvas.height] = [width, height];
      this.#canvas.style.width = `${clientWidth}px`;
      this.#canvas.style.height = `${clientHeight}px`;
    } else context.clearRect(0, 0, clientWidth, clientHeight);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.font = FONT;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = HALO_PX;
    context.strokeStyle = HALO;
    context.fillStyle = INK;
    const middle = this.#map.getCenter().lng;
    for (const { lonDeg, latDeg, text } of this.#values) {
      // The map repeats the world beyond the antimeridian.
      const { x, y } = this.#map.project([lonDeg + Math.round((middle - lonDeg) / 360) * 360, latDeg]);
      context.strokeText(text, x, y + BELOW_PX);
      context.fillText(text, x, y + BELOW_PX);
    }
  }
}

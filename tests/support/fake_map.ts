import type { Map as MapLibreMap } from "maplibre-gl";

interface FakeLayer {
  readonly id: string;
  readonly source?: string;
}

/** The sources, layers and events of a map. Like MapLibre it refuses names that exist, and to remove a used source. */
export class FakeMap {
  readonly sources = new Map<string, { readonly attribution?: string; readonly data?: unknown }>();
  /** Layers from the lowest to the highest. */
  readonly layers: FakeLayer[] = [];
  zoom = 5;
  readonly #listeners = new Map<string, Set<() => void>>();

  /** The map as the page sees it. */
  get map(): MapLibreMap {
    return this as unknown as MapLibreMap;
  }

  getZoom = () => this.zoom;
  getSource = (id: string) => this.sources.get(id);
  getLayer = (id: string) => this.layers.find((layer) => layer.id === id);
  getLayersOrder = () => this.layers.map(({ id }) => id);

  addSource(id: string, source: object): void {
    if (this.sources.has(id)) throw new Error(`Source "${id}" already exists`);
    this.sources.set(id, source);
  }

  removeSource(id: string): void {
    const user = this.layers.find(({ source }) => source === id);
    if (user) throw new Error(`Source "${id}" cannot be removed while layer "${user.id}" is using it`);
    this.sources.delete(id);
  }

  addLayer(layer: FakeLayer, below?: string): void {
    if (this.getLayer(layer.id)) throw new Error(`Layer "${layer.id}" already exists`);
    const at = this.layers.findIndex(({ id }) => id === below);
    this.layers.splice(at === -1 ? this.layers.length : at, 0, layer);
  }

  removeLayer(id: string): void {
    const at = this.layers.findIndex((layer) => layer.id === id);
    if (at === -1) throw new Error(`There is no layer "${id}"`);
    this.layers.splice(at, 1);
  }

  on(event: string, listener: () => void): void {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(listener));
  }

  off(event: string, listener: () => void): void {
    this.#listeners.get(event)?.delete(listener);
  }

  /** Calls the listeners of an event. */
  fire(event: string): void {
    this.#listeners.get(event)?.forEach((listener) => listener());
  }
}

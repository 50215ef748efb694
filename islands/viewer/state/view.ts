import { batch, type Signal, signal } from "@preact/signals";
import type { Regions } from "../../../contract/regions.ts";
import { readStored, writeStored } from "./browser_storage.ts";
import { type Camera, cameraOver, type Size } from "./camera.ts";
import type { Permalink } from "./permalink.ts";

/** The region of a view that belongs to no region of the list. */
export const NO_REGION = "";

/** Key under which the browser keeps the region that was chosen last. */
const REGION_KEY = "twf-v3/region";

/** The part of the Earth that the maps show. */
export class View {
  readonly regions: Signal<Regions>;
  /** The region of the view, or NO_REGION. */
  readonly region: Signal<string>;
  /** Counts choices of a region: choosing the same one again moves the map back to it. */
  readonly regionTurn: Signal<number> = signal(0);
  /** The first map's camera; null before there is a map, unless the address names one. */
  readonly camera: Signal<Camera | null>;

  /** Begins with the camera or the region of an address, or else with the first region. */
  constructor(regions: Regions, link: Permalink) {
    const isKnown = link.region !== undefined && Object.hasOwn(regions, link.region);
    this.regions = signal(regions);
    this.region = signal(isKnown ? link.region! : link.at ? NO_REGION : Object.keys(regions)[0]!);
    this.camera = signal(link.at ?? null);
  }

  /** Chooses a region, which the browser keeps. A region that the list lacks is ignored. */
  selectRegion(id: string): void {
    if (!Object.hasOwn(this.regions.peek(), id)) return;
    batch(() => {
      this.region.value = id;
      this.regionTurn.value++;
    });
    writeStored(REGION_KEY, id);
  }

  /** Chooses the region that the browser keeps from the last visit, if there is one. */
  restoreRegion(): void {
    const remembered = readStored(REGION_KEY);
    if (remembered) this.selectRegion(remembered);
  }

  /** Returns the camera that a map of this size begins with. */
  firstCamera(size: Size): Camera {
    return this.camera.peek() ?? this.cameraOfRegion(size);
  }

  /** Returns the camera that shows the chosen region on a map of this size. */
  cameraOfRegion(size: Size): Camera {
    const regions = this.regions.peek();
    const region = regions[this.region.peek()] ?? Object.values(regions)[0]!; // the list may have changed
    return cameraOver(region.bbox, size, region);
  }
}

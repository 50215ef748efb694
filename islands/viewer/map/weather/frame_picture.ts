import type { VersionedFrame } from "../../../../contract/frame_version.ts";
import type { TileId } from "../../../../contract/tile.ts";
import { tileAddress } from "./tile_address.ts";
import { isSameRange, type TileRange, tilesOf } from "./tiles_in_view.ts";
import type { TileStore } from "../../state/tile_store.ts";
import { PictureAtlas } from "./picture_atlas.ts";

/** Decoding outside the page's main thread; blending needs colours with premultiplied alpha. */
const DECODING = { premultiplyAlpha: "premultiply", colorSpaceConversion: "none" } as const;

/** The image of a frame on the graphics card: the tiles of a view, which may move. */
export class FramePicture {
  readonly #gl: WebGL2RenderingContext;
  readonly #store: TileStore;
  readonly #frame: VersionedFrame;
  readonly #tilePx: number;
  /** Called for each tile that can be drawn now. */
  readonly #onTile: () => void;
  /** The range of the last request; undefined before the first. */
  #range: TileRange | null | undefined;
  #atlas: PictureAtlas | null = null;
  /** The atlas of another zoom, shown in place of pending tiles. */
  #before: PictureAtlas | null = null;
  #pending: Promise<void> = Promise.resolve();
  #hasFailed = false;
  #isClosed = false;

  constructor(
    gl: WebGL2RenderingContext,
    store: TileStore,
    frame: VersionedFrame,
    tilePx: number,
    onTile: () => void,
  ) {
    this.#gl = gl;
    this.#store = store;
    this.#frame = frame;
    this.#tilePx = tilePx;
    this.#onTile = onTile;
  }

  get atlas(): PictureAtlas | null {
    return this.#atlas;
  }

  get before(): PictureAtlas | null {
    return this.#before;
  }

  get bytes(): number {
    return (this.#atlas?.bytes ?? 0) + (this.#before?.bytes ?? 0);
  }

  /** Whether every tile of a range can be drawn. */
  isWhole(range: TileRange | null): boolean {
    return this.#range !== undefined && isSameRange(range, this.#range) && (this.#atlas?.isWhole ?? true);
  }

  /** Loads the tiles of a range, or of none. @throws the error of a tile; the next call tries the tile again */
  fit(range: TileRange | null): Promise<void> {
    if (this.#isClosed) return Promise.reject(offTheMap());
    if (this.#range === undefined || !isSameRange(range, this.#range)) {
      this.#range = range;
      this.#turnTo(range);
    } else if (!this.#hasFailed) return this.#pending;
    this.#hasFailed = false;
    const pending = this.#bring();
    pending.catch(() => this.#hasFailed ||= pending === this.#pending);
    return this.#pending = pending;
  }

  close(): void {
    this.#isClosed = true;
    this.#atlas?.delete();
    this.#before?.delete();
    [this.#atlas, this.#before] = [null, null];
  }

  #turnTo(range: TileRange | null): void {
    const old = this.#atlas;
    this.#atlas = range && new PictureAtlas(this.#gl, range, this.#tilePx);
    if (!old) return;
    if (this.#atlas?.range.z === old.range.z) {
      this.#atlas.copyFrom(old);
      return old.delete();
    }
    // An incomplete atlas does not replace an older one as the image to show meanwhile.
    const [kept, dropped] = this.#before && !old.isWhole ? [this.#before, old] : [old, this.#before];
    this.#before = kept;
    dropped?.delete();
  }

  async #bring(): Promise<void> {
    const atlas = this.#atlas;
    if (!atlas) return;
    await Promise.all(
      tilesOf(atlas.range).map(async (tile, place) => {
        if (atlas.has(place)) return;
        try {
          const image = await this.#imageOf(tile);
          if (atlas === this.#atlas) atlas.put(place, image);
          image?.close();
          this.#onTile();
        } catch (error) {
          if (atlas === this.#atlas) throw error; // otherwise the view has changed
        }
      }),
    );
    if (this.#isClosed) throw offTheMap();
    if (atlas !== this.#atlas) return await this.#pending;
    this.#before?.delete();
    this.#before = null;
  }

  /** Loads and decodes a tile. Null when the tile is empty. */
  async #imageOf(tile: TileId): Promise<ImageBitmap | null> {
    const url = tileAddress(this.#frame, tile);
    const png = await this.#store.get(url);
    if (png.byteLength === 0) return null;
    try {
      return await createImageBitmap(new Blob([png], { type: "image/png" }), DECODING);
    } catch (error) {
      this.#store.forget(url); // damaged: the next request fetches it again
      throw new Error("a tile could not be decoded", { cause: error });
    }
  }
}

export function offTheMap(): DOMException {
  return new DOMException("The frame was removed from the map", "AbortError");
}

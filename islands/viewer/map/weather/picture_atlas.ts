import type { TileRange } from "./tiles_in_view.ts";

/**
 * Neighbouring tiles side by side in one texture. Problem: a magnified image is blended, and a texture of one tile does
 * not contain the neighbour's pixels: edges show. Solution: the tiles share one texture, so that blending crosses their
 * edges. Missing tiles are transparent.
 */
export class PictureAtlas {
  readonly range: TileRange;
  readonly texture: WebGLTexture;
  readonly bytes: number;
  readonly #gl: WebGL2RenderingContext;
  readonly #tilePx: number;
  /** Presence of each tile, row by row. */
  readonly #there: boolean[];
  #missing: number;

  constructor(gl: WebGL2RenderingContext, range: TileRange, tilePx: number) {
    const { columns, rows } = range;
    this.#gl = gl;
    this.range = range;
    this.#tilePx = tilePx;
    this.bytes = columns * rows * tilePx * tilePx * 4;
    this.#there = new Array(columns * rows).fill(false);
    this.#missing = columns * rows;
    this.texture = gl.createTexture();
    this.#bound(() => {
      gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, columns * tilePx, rows * tilePx);
      for (const edge of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) {
        gl.texParameteri(gl.TEXTURE_2D, edge, gl.CLAMP_TO_EDGE);
      }
    });
  }

  get isWhole(): boolean {
    return this.#missing === 0;
  }

  has(place: number): boolean {
    return this.#there[place]!;
  }

  /** Puts a tile in its place. @param image null for an empty tile */
  put(place: number, image: ImageBitmap | null): void {
    if (this.#there[place]) return;
    const gl = this.#gl;
    const { columns } = this.range;
    if (image) {
      const left = place % columns * this.#tilePx;
      const top = Math.floor(place / columns) * this.#tilePx;
      this.#bound(() => gl.texSubImage2D(gl.TEXTURE_2D, 0, left, top, gl.RGBA, gl.UNSIGNED_BYTE, image));
    }
    this.#mark(place);
  }

  /** Copies the tiles that another atlas of the same zoom has. */
  copyFrom(other: PictureAtlas): void {
    const [to, from] = [this.range, other.range];
    const west = Math.max(to.x, from.x);
    const north = Math.max(to.y, from.y);
    const columns = Math.min(to.x + to.columns, from.x + from.columns) - west;
    const rows = Math.min(to.y + to.rows, from.y + from.rows) - north;
    if (to.z !== from.z || columns <= 0 || rows <= 0) return;
    const gl = this.#gl;
    const px = this.#tilePx;
    const before = gl.getParameter(gl.READ_FRAMEBUFFER_BINDING);
    const framebuffer = gl.createFramebuffer();
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, framebuffer);
    gl.framebufferTexture2D(gl.READ_FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, other.texture, 0);
    const place = (x: number, y: number) => [(west - x) * px, (north - y) * px] as const;
    this.#bound(() =>
      gl.copyTexSubImage2D(
        gl.TEXTURE_2D,
        0,
        ...place(to.x, to.y),
        ...place(from.x, from.y),
        columns * px,
        rows * px,
      )
    );
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, before);
    gl.deleteFramebuffer(framebuffer);
    for (let y = north; y < north + rows; y++) {
      for (let x = west; x < west + columns; x++) {
        if (other.has((y - from.y) * from.columns + x - from.x)) this.#mark((y - to.y) * to.columns + x - to.x);
      }
    }
  }

  delete(): void {
    this.#gl.deleteTexture(this.texture);
  }

  #mark(place: number): void {
    if (!this.#there[place]) this.#missing--;
    this.#there[place] = true;
  }

  /** Binds the texture during a call, and restores the map's own binding afterwards. */
  #bound(act: () => void): void {
    const gl = this.#gl;
    const before = gl.getParameter(gl.TEXTURE_BINDING_2D);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    act();
    gl.bindTexture(gl.TEXTURE_2D, before);
  }
}

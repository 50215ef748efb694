import type { TileId } from "../../contract/tile.ts";

/** Request of the main thread to a drawing Worker. */
export interface DrawRequest {
  readonly id: number;
  /** Path of the RGBA COG. */
  readonly path: string;
  /** Identifier of the frame and its bytes: after a rebuild, other bytes lie at the same path. */
  readonly version: string;
  readonly tile: TileId;
  readonly sizePx: number;
}

/** Request to a Worker to clear its caches. The Worker does not answer it. */
export interface ClearRequest {
  readonly clear: true;
}

/** Sign of a Worker that it has started and works on its requests. */
export interface ReadySign {
  readonly isReady: true;
}

export type DrawAnswer =
  & { readonly id: number; readonly memory: DrawMemory }
  & ({ readonly png: Uint8Array<ArrayBuffer> } | { readonly failure: DrawFailure });

/** Memory and files that a Worker holds. */
export interface DrawMemory {
  readonly blockBytes: number;
  readonly openFiles: number;
}

/** A failed drawing, in a form that can be sent: errors lose their class between threads. */
export interface DrawFailure {
  /** Whether the file is missing because retention just removed it. */
  readonly isGone: boolean;
  readonly message: string;
  readonly stack: string;
}

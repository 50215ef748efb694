import type { TileId } from "../../contract/tile.ts";

/** What the main thread asks of a drawing Worker. */
export interface DrawRequest {
  readonly id: number;
  /** The RGBA COG. */
  readonly path: string;
  /** Names the frame and its bytes: others at the same place are another picture. */
  readonly version: string;
  readonly tile: TileId;
  readonly sizePx: number;
}

/** Asks a Worker to forget all that it holds. It is not answered. */
export interface ClearRequest {
  readonly clear: true;
}

/** A Worker has started: from now on it is at what it was asked for. */
export interface ReadySign {
  readonly isReady: true;
}

export type DrawAnswer =
  & { readonly id: number; readonly memory: DrawMemory }
  & ({ readonly png: Uint8Array<ArrayBuffer> } | { readonly failure: DrawFailure });

/** What a Worker holds. */
export interface DrawMemory {
  readonly blockBytes: number;
  readonly openFiles: number;
}

/** Errors lose their class between threads. */
export interface DrawFailure {
  /** Whether the file is not there: retention removed it a moment ago. */
  readonly isGone: boolean;
  readonly message: string;
  readonly stack: string;
}

import { DATA_KINDS, type DataKind } from "../../contract/paths.ts";

/** The bytes of a frame's artifacts; null for those that its variable does not have. */
export interface FrameArtifacts extends Readonly<Record<DataKind, Uint8Array<ArrayBuffer> | null>> {
  readonly rgba: Uint8Array<ArrayBuffer>;
  readonly values: Uint8Array<ArrayBuffer>;
  readonly tiles: Uint8Array<ArrayBuffer>;
}

/** Lists the artifacts that a frame has, in the order in which they are written. */
export function filesOf(artifacts: FrameArtifacts): [DataKind, Uint8Array<ArrayBuffer>][] {
  return DATA_KINDS.flatMap((kind) => {
    const bytes = artifacts[kind];
    return bytes === null ? [] : [[kind, bytes]];
  });
}

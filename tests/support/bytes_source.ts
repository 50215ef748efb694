import type { RangeResponse, Source } from "pmtiles";

/** Bytes in memory as the source of an archive, for the reader of the format's authors. */
export class BytesSource implements Source {
  constructor(readonly bytes: Uint8Array<ArrayBuffer>) {}

  getKey(): string {
    return "bytes";
  }

  getBytes(offset: number, length: number): Promise<RangeResponse> {
    return Promise.resolve({ data: this.bytes.slice(offset, offset + length).buffer });
  }
}

import type { Bytes } from "../grib/messages.ts";
import type { ByteRange, ObjectStore, RangeObject, ReadOptions, TextObject } from "./object_store.ts";
import { requireBounded } from "./object_store.ts";
import { type ObjectVersion, SourceError } from "./source_error.ts";

/** The objects in a folder that is laid out like a bucket. */
export class FileStore implements ObjectStore {
  /** @param baseUrl a `file:` URL that ends in `/` */
  constructor(readonly baseUrl: string) {}

  async readText(path: string, { maxBytes }: Pick<ReadOptions, "maxBytes">): Promise<TextObject> {
    const text = new TextDecoder().decode(await this.#read(path, { start: 0, end: null }, maxBytes));
    const version = await this.version(path);
    const ageMs = version.modified === null ? null : Date.now() - Date.parse(version.modified);
    return { text, version, ageMs };
  }

  async readRange(path: string, range: ByteRange, { maxBytes }: Pick<ReadOptions, "maxBytes">): Promise<RangeObject> {
    return { bytes: await this.#read(path, range, maxBytes), version: await this.version(path) };
  }

  async version(path: string): Promise<ObjectVersion> {
    using file = await open(new URL(path, this.baseUrl));
    const { mtime, size } = await file.stat();
    return { etag: null, modified: mtime?.toISOString() ?? null, bytes: size };
  }

  async #read(path: string, range: ByteRange, maxBytes: number): Promise<Bytes> {
    const url = new URL(path, this.baseUrl);
    using file = await open(url);
    const { size, isFile } = await file.stat();
    if (!isFile) throw new SourceError("missing", `${url} is not a file`);
    const end = range.end ?? size;
    if (end > size || range.start > size) {
      throw new SourceError("missing", `${url} has only ${size} bytes, and its index names bytes up to ${end}`);
    }
    requireBounded(end - range.start, maxBytes, url.href);
    await file.seek(range.start, Deno.SeekMode.Start);
    const bytes = new Uint8Array(end - range.start);
    let at = 0;
    while (at < bytes.length) {
      const count = await file.read(bytes.subarray(at));
      if (count === null) throw new SourceError("unavailable", `${url} broke off after ${at} of ${bytes.length} bytes`);
      at += count;
    }
    return bytes;
  }
}

async function open(url: URL): Promise<Deno.FsFile> {
  try {
    return await Deno.open(url);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) throw new SourceError("missing", `${url} does not exist`, { cause });
    throw new SourceError(
      "unavailable",
      `${url} could not be opened: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
      },
    );
  }
}

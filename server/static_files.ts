import { gzipSync } from "node:zlib";
import { etagOf } from "./http/conditional.ts";

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json",
  geojson: "application/geo+json",
};

export interface StaticFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer>;
  readonly etag: string;
  readonly mediaType: string;
}

/** The files of one folder, read and compressed once. Only names that the folder had at the start can be asked for. */
export class StaticFiles {
  readonly #folder: string;
  readonly #names: ReadonlySet<string>;
  readonly #files = new Map<string, Promise<StaticFile>>();

  private constructor(folder: string, names: ReadonlySet<string>) {
    this.#folder = folder;
    this.#names = names;
  }

  /** @throws Deno.errors.NotFound when there is no such folder */
  static async of(folder: string): Promise<StaticFiles> {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return new StaticFiles(folder, new Set(entries.filter((entry) => entry.isFile).map((entry) => entry.name)));
  }

  /** The file, or null when the folder has none of that name. */
  async file(name: string): Promise<StaticFile | null> {
    if (!this.#names.has(name)) return null;
    let file = this.#files.get(name);
    if (!file) {
      file = this.#load(name);
      this.#files.set(name, file);
    }
    return await file;
  }

  async #load(name: string): Promise<StaticFile> {
    const bytes = await Deno.readFile(`${this.#folder}/${name}`);
    return {
      bytes,
      gzipped: new Uint8Array(gzipSync(bytes)),
      etag: etagOf(bytes),
      mediaType: MEDIA_TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream",
    };
  }
}

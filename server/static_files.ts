import { httpDate } from "./http/conditional.ts";
import { KeptBody } from "./http/encoded_body.ts";

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json",
  geojson: "application/geo+json",
  svg: "image/svg+xml",
};

/** The files of one folder, read and compressed at the start: a new build does not affect a running server. */
export class StaticFiles {
  readonly #files: ReadonlyMap<string, StaticFile>;

  private constructor(files: ReadonlyMap<string, StaticFile>) {
    this.#files = files;
  }

  /** Reads a folder. @throws Deno.errors.NotFound when the folder does not exist */
  static async of(folder: string): Promise<StaticFiles> {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    const names = entries.filter((entry) => entry.isFile && HASHED_NAME.test(entry.name)).map((entry) => entry.name);
    return new StaticFiles(
      new Map(await Promise.all(names.map(async (name) => [name, await load(folder, name)] as const))),
    );
  }

  /** The file, or null when the folder has none of that name. */
  file(name: string): StaticFile | null {
    return this.#files.get(name) ?? null;
  }
}

/** Names that hold a hash of the content, as the page's build gives them; only such files may be cached forever. */
const HASHED_NAME = /-[A-Z0-9]{8}\.[a-z]+$/;

/**
 * Brotli quality of the page's files. Each is compressed once, but every start waits: 30 ms per MB, where quality 11
 * takes a second and more.
 */
const BROTLI_QUALITY = 5;

interface StaticFile {
  readonly body: KeptBody;
  /** An HTTP date. */
  readonly lastModified: string;
}

async function load(folder: string, name: string): Promise<StaticFile> {
  const mediaType = MEDIA_TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream";
  const body = new KeptBody(await Deno.readFile(`${folder}/${name}`), mediaType, BROTLI_QUALITY);
  for (const coding of ["br", "gzip"] as const) body.as(coding);
  const { mtime } = await Deno.stat(`${folder}/${name}`);
  return { body, lastModified: httpDate((mtime ?? new Date()).toISOString()) };
}

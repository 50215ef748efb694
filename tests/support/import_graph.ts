import assert from "node:assert/strict";

export const ROOT = new URL("../../", import.meta.url);

/** The rooms (top folders) that the files of a room may import from, besides their own. */
export const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  concurrency: [],
  builder: ["contract"],
  demo: ["contract", "builder"],
  server: ["contract", "concurrency"],
  islands: ["contract", "concurrency"],
  routes: ["contract", "server", "islands"],
};

/** Folders in a room, from bottom to top: a file may import from its own folder and from the folders before it. */
export const INNER_ORDER: Readonly<Record<string, readonly string[]>> = {
  builder: [
    "",
    "disk",
    "field",
    "grib/aec",
    "gdal",
    "operations",
    "grib",
    "derive",
    "style",
    "tiles",
    "wind",
    "pmtiles",
    "models",
    "sources",
    "gates",
    "cog",
    "contours",
    "frame",
    "publish",
    "hour",
    "run",
    "feed_check",
    "schedule",
    "confined",
    "cli",
  ],
  islands: [
    "basemap",
    "viewer",
    "viewer/requests",
    "viewer/state",
    "viewer/map/weather",
    "viewer/map",
    "viewer/export",
    "viewer/ui",
    "",
  ],
};

/** Lists the sources of a room without its tests: tests may import from anywhere. */
export async function sourcesOf(room: string): Promise<URL[]> {
  const found: URL[] = [];
  const walk = async (folder: URL) => {
    for await (const entry of Deno.readDir(folder)) {
      const url = new URL(entry.isDirectory ? `${entry.name}/` : entry.name, folder);
      if (entry.isDirectory) await walk(url);
      else if (/\.tsx?$/.test(entry.name) && !/_test\.tsx?$/.test(entry.name)) found.push(url);
    }
  };
  await walk(new URL(`${room}/`, ROOT));
  assert.ok(found.length > 0, room);
  return found;
}

/** Returns the files that a file imports, loads as a Worker or names by a relative URL. */
export async function importsOf(file: URL): Promise<URL[]> {
  const text = await Deno.readTextFile(file);
  const specifiers = [
    ...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g),
    ...text.matchAll(/new URL\("(\.[^"]+\.ts)"/g),
  ];
  return specifiers.map(([, specifier]) => new URL(specifier!, file));
}

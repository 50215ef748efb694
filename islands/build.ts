import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";
import type { PageManifest } from "./page_manifest.ts";
import { basemapLayers } from "./basemap/layers.ts";

/**
 * Builds the page's files into `.twf/page`: islands and their shared code (split, so that a page loads only the islands
 * it has), styles, workers, the icon and the basemap. File names contain a hash of the content. Nothing is built when
 * no source has changed.
 */

const PAGE = new URL("../.twf/page/", import.meta.url);
/** The folder of a new build, which is renamed when complete, so that no server ever reads half a page. */
const NEW_PAGE = new URL("../.twf/page.new/", import.meta.url);
const ROOT = new URL("../", import.meta.url);
/** Names of the islands. Each island is a file of this folder whose default export is its component. */
const ISLANDS = ["ModelsViewer"];
/** Modules that islands always import, but later. */
const LAZY = ["islands/viewer/map/mount_map.ts"];
/** The worker that all windows share: a separate script, which imports nothing. */
const EVENT_WORKER = "islands/event_worker.ts";
const STYLES = "islands/models_v3.css";

async function main(): Promise<void> {
  const fingerprint = await sourcesFingerprint();
  if (await readText(new URL("stamp", PAGE)) === fingerprint) return;
  await removeFolder(NEW_PAGE);
  await Deno.mkdir(NEW_PAGE, { recursive: true });
  const scripts = await bundle();
  const worker = await Deno.readFile(new URL("node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs", ROOT));
  const icon = await Deno.readFile(new URL("islands/icon.svg", ROOT));
  const basemap: Record<string, string> = {};
  for (const [name, data] of Object.entries(basemapLayers())) {
    basemap[name] = await writeHashed(`basemap-${name}`, "geojson", new TextEncoder().encode(JSON.stringify(data)));
  }
  const manifest: PageManifest = {
    ...scripts,
    mapWorker: await writeHashed("map-worker", "js", worker),
    icon: await writeHashed("icon", "svg", icon),
    basemap,
  };
  await Deno.writeTextFile(new URL("manifest.json", NEW_PAGE), JSON.stringify(manifest, null, 2));
  await Deno.writeTextFile(new URL("stamp", NEW_PAGE), fingerprint);
  await removeFolder(PAGE);
  await Deno.rename(NEW_PAGE, PAGE);
}

async function bundle(): Promise<Omit<PageManifest, "mapWorker" | "icon" | "basemap">> {
  const result = await build({
    absWorkingDir: fileURLToPath(ROOT),
    entryPoints: ["islands/boot.ts", STYLES, ...ISLANDS.map((name) => `islands/${name}.tsx`), ...LAZY, EVENT_WORKER],
    outdir: fileURLToPath(NEW_PAGE),
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    sourcemap: false,
    metafile: true,
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "warning",
  });
  await stop();
  const outputs = Object.entries(result.metafile.outputs);
  const fileOf = (path: string) => path.split("/").at(-1)!;
  const nameOf = (entryPoint: string, extension: string) => {
    const output = outputs.find(([path, { entryPoint: entry }]) => entry === entryPoint && path.endsWith(extension));
    if (!output) throw new Error(`The bundle has no ${extension} for ${entryPoint}`);
    return fileOf(output[0]);
  };
  const importsOf = new Map(outputs.map(([path, { imports }]) => [
    fileOf(path),
    imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => fileOf(path)),
  ]));
  const islands = Object.fromEntries(ISLANDS.map((name) => [name, nameOf(`islands/${name}.tsx`, ".js")]));
  // The set grows during the loop: imported files come after the files that import them.
  const preloads = new Set([...Object.values(islands), ...LAZY.map((path) => nameOf(path, ".js"))]);
  for (const file of preloads) importsOf.get(file)!.forEach((imported) => preloads.add(imported));
  return {
    boot: nameOf("islands/boot.ts", ".js"),
    styles: [nameOf(STYLES, ".css")],
    preloads: [...preloads],
    eventWorker: nameOf(EVENT_WORKER, ".js"),
    islands,
  };
}

async function writeHashed(name: string, extension: string, bytes: Uint8Array): Promise<string> {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
  const file = `${name}-${hash}.${extension}`;
  await Deno.writeFile(new URL(file, NEW_PAGE), bytes);
  return file;
}

/**
 * Returns a hash of everything that goes into the page: the project's sources and the lock file, which pins the
 * libraries.
 */
async function sourcesFingerprint(): Promise<string> {
  const hash = createHash("sha256");
  for (const folder of ["concurrency", "contract", "islands"]) {
    for (const path of await filesBelow(new URL(`${folder}/`, ROOT))) {
      hash.update(path.pathname.slice(ROOT.pathname.length)).update(await Deno.readFile(path));
    }
  }
  hash.update(await Deno.readFile(new URL("deno.lock", ROOT)));
  return hash.digest("hex");
}

async function filesBelow(folder: URL): Promise<URL[]> {
  const found: URL[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isDirectory) found.push(...await filesBelow(new URL(`${entry.name}/`, folder)));
    else if (!entry.name.includes("_test.")) found.push(new URL(entry.name, folder));
  }
  return found.sort((a, b) => a.href < b.href ? -1 : 1);
}

async function readText(url: URL): Promise<string | null> {
  try {
    return await Deno.readTextFile(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function removeFolder(url: URL): Promise<void> {
  try {
    await Deno.remove(url, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

await main();

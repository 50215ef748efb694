import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";

const PAGE = new URL("../../.twf/page/", import.meta.url);
/** Entry points of the page, the same as in islands/build.ts. */
const ENTRY_POINTS = ["islands/boot.ts", "islands/ModelsViewer.tsx", "islands/viewer/map/mount_map.ts"];

export interface Size {
  readonly name: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

/** Returns the size of every file of the built page, largest first. */
export async function builtSizes(): Promise<Size[]> {
  const sizes = [];
  for await (const { name } of Deno.readDir(PAGE)) {
    if (!/\.(js|css|geojson)$/.test(name)) continue;
    const content = await Deno.readFile(new URL(name, PAGE));
    const isLibrary = name.endsWith(".js") && new TextDecoder().decode(content).includes("maplibregl-canvas");
    sizes.push(sizeOf(isLibrary ? `${name}, MapLibre and our map` : name, content));
  }
  return sizes.sort((a, b) => b.gzipBytes - a.gzipBytes);
}

/** Returns the size of the page's scripts without MapLibre: bundled again, with the library left out. */
export async function ownScriptsSize(): Promise<Size> {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL("../../", import.meta.url)),
    entryPoints: ENTRY_POINTS,
    external: ["maplibre-gl"],
    outdir: "unwritten",
    write: false,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "warning",
  });
  await stop();
  const sizes = outputFiles.map(({ path, contents }) => sizeOf(path, contents));
  const sum = (of: (size: Size) => number) => sizes.reduce((total, size) => total + of(size), 0);
  return { name: "own scripts", bytes: sum(({ bytes }) => bytes), gzipBytes: sum(({ gzipBytes }) => gzipBytes) };
}

function sizeOf(name: string, content: Uint8Array): Size {
  return { name, bytes: content.length, gzipBytes: gzipSync(content, { level: 6 }).length };
}

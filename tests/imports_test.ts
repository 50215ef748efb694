import assert from "node:assert/strict";
import { allTestFiles } from "./gate/test_files.ts";

const ROOT = new URL("../", import.meta.url);

/** Which rooms the files of a room may import from, besides their own. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  concurrency: [],
  builder: ["contract"],
  demo: ["contract", "builder"],
  server: ["contract", "concurrency"],
  islands: ["contract", "concurrency"],
  routes: ["contract", "server", "islands"],
};

Deno.test("imports go one way", async () => {
  const wrong: string[] = [];
  for (const room of Object.keys(ALLOWED)) {
    for (const file of await sourcesOf(room)) {
      for (const target of await importsOf(file)) {
        const other = target.pathname.slice(ROOT.pathname.length).split("/")[0]!;
        const isPackageData = other === "node_modules";
        if (other !== room && !isPackageData && !ALLOWED[room]!.includes(other)) {
          wrong.push(
            `${file.pathname.slice(ROOT.pathname.length)} imports ${target.pathname.slice(ROOT.pathname.length)}`,
          );
        }
      }
    }
  }
  assert.deepEqual(wrong, []);
});

/** Folders within a room, from the bottom to the top: a file imports from its own folder and from those before it. */
const INNER_ORDER: Readonly<Record<string, readonly string[]>> = {
  builder: [
    "",
    "disk",
    "field",
    "grib/aec",
    "gdal",
    "operations",
    "grib",
    "fields",
    "style",
    "models",
    "sources",
    "gates",
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

for (const [room, order] of Object.entries(INNER_ORDER)) {
  Deno.test(`folders of ${room}/ import only from those below them`, async () => {
    const wrong: string[] = [];
    const folders = new Set<string>();
    const folderOf = (path: string) => path.split("/").slice(1, -1).join("/");
    for (const file of await sourcesOf(room)) {
      const path = file.pathname.slice(ROOT.pathname.length);
      folders.add(folderOf(path));
      for (const target of await importsOf(file)) {
        const other = target.pathname.slice(ROOT.pathname.length);
        if (!other.startsWith(`${room}/`)) continue;
        if (order.indexOf(folderOf(other)) > order.indexOf(folderOf(path))) wrong.push(`${path} imports ${other}`);
      }
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual([...folders].sort(), [...order].sort(), "each folder has its place in the order, and is there");
  });
}

Deno.test("contract/ touches neither Deno nor the page", async () => {
  for (const file of await sourcesOf("contract")) {
    const text = await Deno.readTextFile(file);
    assert.doesNotMatch(text, /\bDeno\.|\bdocument\.|\bwindow\.|from "node:/, file.pathname);
  }
});

Deno.test("every test file has a test", async () => {
  for (const path of await allTestFiles(ROOT.pathname.replace(/\/$/, ""))) {
    assert.match(await Deno.readTextFile(new URL(path, ROOT)), /\bDeno\.test\(|Test\(|testWith\w+\(/, path);
  }
});

/** The bindings: what they open is all that `--allow-ffi` allows. */
const BINDINGS = ["builder/gdal/", "builder/grib/aec/"];

Deno.test("only the bindings open a native library, and nothing uses raw pointers", async () => {
  for (const room of Object.keys(ALLOWED)) {
    for (const file of await sourcesOf(room)) {
      const text = await Deno.readTextFile(file);
      const path = file.pathname.slice(ROOT.pathname.length);
      if (!BINDINGS.some((folder) => path.startsWith(folder))) assert.doesNotMatch(text, /Deno\.dlopen/, path);
      assert.doesNotMatch(text, /\bDeno\.UnsafePointer/, path);
    }
  }
});

Deno.test("server/ and routes/ know no variable by name", async () => {
  for (const room of ["server", "routes"]) {
    for (const file of await sourcesOf(room)) {
      const code = (await Deno.readTextFile(file)).replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
      assert.doesNotMatch(code, /tmp2m|"hrrr"/, file.pathname);
    }
  }
});

/** Sources of a room, its tests left out: those may look anywhere. */
async function sourcesOf(room: string): Promise<URL[]> {
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

async function importsOf(file: URL): Promise<URL[]> {
  const text = await Deno.readTextFile(file);
  const specifiers = [
    ...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g),
    ...text.matchAll(/new URL\("(\.[^"]+\.ts)"/g),
  ];
  return specifiers.map(([, specifier]) => new URL(specifier!, file));
}

import assert from "node:assert/strict";
import { drawRooms } from "../docs/write_rooms.ts";
import { allTestFiles } from "./gate/test_files.ts";
import { ALLOWED, importsOf, INNER_ORDER, ROOT, sourcesOf } from "./support/import_graph.ts";

Deno.test("the drawing of the rooms is up to date", async () => {
  const kept = await Deno.readTextFile(new URL("docs/images/rooms.svg", ROOT));
  assert.equal(kept, await drawRooms(), "run deno task write-rooms");
});

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

for (const [room, order] of Object.entries(INNER_ORDER)) {
  Deno.test(`folders of ${room}/ import only from the folders below them`, async () => {
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

/** The bindings: `--allow-ffi` allows only the libraries that they open. */
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

Deno.test("server/ and routes/ name no variable and no model", async () => {
  for (const room of ["server", "routes"]) {
    for (const file of await sourcesOf(room)) {
      const code = (await Deno.readTextFile(file)).replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
      assert.doesNotMatch(code, /tmp2m|"hrrr"/, file.pathname);
    }
  }
});

import assert from "node:assert/strict";
import { OpenFiles } from "./open_files.ts";

/** A file that says whether it was closed. */
class OpenFile implements Disposable {
  isClosed = false;

  [Symbol.dispose](): void {
    this.isClosed = true;
  }
}

Deno.test("OpenFiles opens a file once, also for readers that come while it is being opened", async () => {
  const files = new OpenFiles<OpenFile>();
  let openings = 0;
  const open = () => {
    openings++;
    return Promise.resolve(new OpenFile());
  };
  const [first, second] = await Promise.all([files.get("a", open), files.get("a", open)]);
  assert.equal(first, second);
  assert.equal(await files.get("a", open), first);
  assert.notEqual(await files.get("b", open), first);
  assert.deepEqual([openings, files.size], [2, 2]);
});

Deno.test("OpenFiles does not remember a failure", async () => {
  const files = new OpenFiles<OpenFile>();
  await assert.rejects(files.get("a", () => Promise.reject(new Deno.errors.NotFound())), Deno.errors.NotFound);
  const file = new OpenFile();
  assert.equal(await files.get("a", () => Promise.resolve(file)), file);
});

Deno.test("OpenFiles closes the file that was used least recently when more than 128 are open", async () => {
  const files = new OpenFiles<OpenFile>();
  const get = (key: number) => files.get(String(key), () => Promise.resolve(new OpenFile()));
  const opened: OpenFile[] = [];
  for (let key = 0; key < 128; key++) opened.push(await get(key));
  await get(0); // file 1 is now the least recently used
  await get(128);
  assert.deepEqual([opened[0]!.isClosed, opened[1]!.isClosed, opened[2]!.isClosed], [false, true, false]);
  assert.equal(files.size, 128);
  files.clear();
  assert.equal(files.size, 0);
  assert.ok(opened.every(({ isClosed }) => isClosed));
});

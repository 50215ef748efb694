import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { manifestSchema } from "../../contract/manifest.ts";
import { artifactPath, manifestPath } from "../../contract/paths.ts";
import { startNginx } from "../support/nginx.ts";
import { frameId, publishedRoot, publishHour, RUN } from "../support/published_root.ts";
import { runCommand } from "../support/run_command.ts";
import { startServer } from "../support/server_process.ts";
import { tempDir } from "../support/temp_dir.ts";

const TILES = ["3/1/3", "4/3/6", "5/7/12", "5/6/11"];
const FRAME_URLS = [
  `/api/v3/hrrr/${RUN}/tmp2m/1`,
  `/api/v3/hrrr/${RUN}/tmp2m/1/contours/iso32f`,
  `/api/v3/hrrr/${RUN}/tmp2m/1/contours/every10f`,
  `/tiles/v3/hrrr/${RUN}/tmp2m/1/tilejson.json`,
  ...TILES.map((tile) => `/tiles/v3/hrrr/${RUN}/tmp2m/1/${tile}.png`),
];
const COGS = ["rgba", "val"].map((kind) => `/cog/v3/hrrr/${RUN}/tmp2m/1/${kind}.cog.tif`);

interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly sha256: string;
}

Deno.test("behind nginx a frame that is dropped and built again is right at once under its new version", async () => {
  await using folder = await tempDir();
  await using root = await publishedRoot([0, 1, 2]);
  await using server = await startServer(root.dataRoot);
  await using nginx = await startNginx(folder.path, server.origin);
  const all: { url: string; status: number }[] = [];
  const get = async (url: string, headers: HeadersInit = {}) => {
    const response = await fetch(nginx.origin + url, { headers });
    all.push({ url, status: response.status });
    return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
  };
  const versionNow = async () => {
    // nginx may keep the manifest for 15 s, so the server itself is asked.
    const manifest = manifestSchema.parse(
      await (await fetch(`${server.origin}/api/v3/hrrr/${RUN}/manifest`)).json(),
    );
    return manifest.variables[frameId(1).var]!.frames.find(({ fh }) => fh === 1)?.v;
  };
  /** Requests every URL of the frame twice: the second answer comes from nginx's cache, when it keeps the first. */
  const answersOf = async (v: string) => {
    const answers: Record<string, Answer> = {};
    const note = (name: string, { response: { status, headers }, bytes }: Awaited<ReturnType<typeof get>>) => {
      const answer = { status, etag: headers.get("etag"), sha256: sha256(bytes) };
      assert.deepEqual(answers[name] ?? answer, answer, `${name} is another one the second time`);
      answers[name] = answer;
    };
    for (let i = 0; i < 2; i++) {
      for (const url of FRAME_URLS) note(url, await get(`${url}?v=${v}`));
      for (const url of COGS) {
        note(url, await get(`${url}?v=${v}`));
        note(`${url} beginning`, await get(`${url}?v=${v}`, { range: "bytes=0-16383" }));
        note(`${url} end`, await get(`${url}?v=${v}`, { range: "bytes=-5000" }));
      }
    }
    return answers;
  };

  const before = (await versionNow())!;
  const old = await answersOf(before);
  for (const [url, { status }] of Object.entries(old)) assert.ok([200, 206].includes(status), url);
  const kept = await get(`${FRAME_URLS.at(-1)!}?v=${before}`);
  assert.deepEqual(
    ["x-cache-status", "cache-control"].map((name) => kept.response.headers.get(name)),
    ["HIT", "public, max-age=31536000, immutable"],
  );

  for (const kind of ["values", "rgba", "contours"] as const) {
    const path = `${root.dataRoot}/${artifactPath("published", frameId(1), kind)}`;
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.fill(0x5a, bytes.length / 4, bytes.length / 2)); // in place, in an open file
  }
  await answersOf(before);

  const repaired = await runCommand("builder/cli/verify.ts", [
    "--data-root",
    root.dataRoot,
    "--model",
    "hrrr",
    "--run",
    RUN,
    "--repair",
  ]);
  assert.match(repaired.stdout + repaired.stderr, /tmp2m/);
  assert.equal(await settled(async () => await versionNow() === undefined), true, "the frame is not listed");
  const dropped = await Promise.all(["", "?v=0123456789ab"].map((query) => get(COGS[0]! + query)));
  assert.deepEqual(dropped.map(({ response }) => response.status), [404, 404]);

  await publishHour(root.dataRoot, RUN, 1, ["tmp2m"], 9);
  assert.equal(await settled(async () => ![undefined, before].includes(await versionNow())), true);
  const after = (await versionNow())!;
  const fresh = await answersOf(after);
  await using cold = await startServer(root.dataRoot);
  for (const [url, answer] of Object.entries(fresh)) {
    assert.ok([200, 206].includes(answer.status), url);
    assert.notDeepEqual(answer, old[url], `${url} is the old one`);
    if (/ (beginning|end)$/.test(url)) continue;
    const { bytes, etag } = await ofServer(cold.origin, `${url}?v=${after}`);
    if (url.endsWith("tilejson.json")) continue; // it contains the address of the request
    assert.deepEqual([answer.etag, answer.sha256], [etag, sha256(bytes)], url);
  }
  const onDisk = await Deno.readFile(`${root.dataRoot}/${artifactPath("published", frameId(1), "values")}`);
  assert.equal(fresh[COGS[1]!]!.sha256, sha256(onDisk));
  assert.equal(
    sha256(await Deno.readFile(`${root.dataRoot}/${artifactPath("published", frameId(1), "sidecar")}`)).slice(0, 12),
    after,
  );
  // URLs of samples have no version, and their answers are kept only briefly.
  const sample = `/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=1&lat=39.5&lon=-98.5`;
  assert.deepEqual((await get(sample)).bytes, (await ofServer(cold.origin, sample)).bytes);

  // Under the old version nginx answers with the old bytes when it still has them, and otherwise with 404.
  for (const url of [...FRAME_URLS, ...COGS]) {
    const { response, bytes } = await get(`${url}?v=${before}`);
    if (response.status === 200) assert.equal(sha256(bytes), old[url]!.sha256, `${url}?v=${before}`);
    else assert.equal(response.status, 404);
  }
  assert.deepEqual(all.filter(({ status }) => status === 500), []);
  // The manifest on the disk lists the rebuilt frame again.
  const { variables } = JSON.parse(await Deno.readTextFile(`${root.dataRoot}/${manifestPath(frameId(1).model, RUN)}`));
  assert.equal(variables.tmp2m.available_frames, 3);
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function ofServer(origin: string, url: string): Promise<{ bytes: Uint8Array; etag: string | null }> {
  const response = await fetch(origin + url);
  return { bytes: new Uint8Array(await response.arrayBuffer()), etag: response.headers.get("etag") };
}

/** Waits up to 5 s until a condition is true: a server may show the state of a second before. */
async function settled(isSo: () => Promise<boolean>): Promise<boolean> {
  for (let i = 0; i < 50 && !await isSo(); i++) await new Promise((wake) => setTimeout(wake, 100));
  return await isSo();
}

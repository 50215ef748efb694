import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { locateGdal } from "../gdal/locate.ts";
import { pastProxy } from "./past_proxy.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

Deno.test("pastProxy() keeps the hosts that the environment already excludes from the proxy", () => {
  assert.deepEqual(pastProxy({}), { NO_PROXY: "localhost,127.0.0.1,::1", no_proxy: "localhost,127.0.0.1,::1" });
  assert.equal(pastProxy({ no_proxy: " .example.org, 127.0.0.1" }).NO_PROXY, ".example.org,127.0.0.1,localhost,::1");
});

/** Starts a server that answers 404 to everything and records the requested URLs. */
function recorder() {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    asked.push(request.url);
    return new Response(null, { status: 404 });
  });
  return { asked, origin: `http://127.0.0.1:${server.addr.port}`, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("build-frame contacts a mirror on this machine directly and other mirrors through the proxy when a proxy is set", async () => {
  await using folder = await tempDir();
  await using proxy = recorder();
  await using mirror = recorder();
  for (const source of [`${mirror.origin}/`, "http://mirror.example/"]) {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      cwd: ROOT,
      args: [
        "task",
        "--quiet",
        "build-frame",
        "--model",
        "hrrr",
        "--run",
        "20260217_06z",
        "--var",
        "tmp2m",
        "--fh",
        "1",
        "--data-root",
        folder.path,
        "--source",
        source,
      ],
      env: {
        HTTP_PROXY: proxy.origin,
        http_proxy: proxy.origin,
        HTTPS_PROXY: proxy.origin,
        NO_COLOR: "1",
        DENO_NO_UPDATE_CHECK: "1", // the check would go through the proxy too
        TWF_V3_GDAL_LIB: locateGdal(Deno.env.get("TWF_V3_GDAL_LIB")),
        PATH: `${Deno.execPath().replace(/\/[^/]+$/, "")}:${Deno.env.get("PATH")}`,
      },
    }).output();
    assert.equal(code, 1, new TextDecoder().decode(stderr));
  }
  assert.ok(mirror.asked.length > 0 && mirror.asked.every((url) => url.startsWith(mirror.origin)), mirror.asked.join());
  assert.ok(proxy.asked.length > 0 && proxy.asked.every((url) => url.includes("mirror.example")), proxy.asked.join());
});

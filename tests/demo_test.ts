import assert from "node:assert/strict";
import { framesAnswerSchema, modelsAnswerSchema } from "../contract/api.ts";
import { locateGdal } from "../builder/gdal/locate.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const BUILD_TIMEOUT_MS = 90_000;

Deno.test("./twf demo builds 13 hours, serves them as synthetic, and Ctrl-C leaves no process behind", async () => {
  const port = freePort();
  const child = new Deno.Command(`${ROOT}twf`, {
    args: ["demo"],
    env: { TWF_V3_PORT: String(port), TWF_V3_GDAL_LIB: locateGdal(Deno.env.get("TWF_V3_GDAL_LIB")), PATH: withDeno() },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  try {
    const origin = `http://127.0.0.1:${port}`;
    await waitForServer(`${origin}/livez`);
    const { models } = modelsAnswerSchema.parse(await (await fetch(`${origin}/api/v3/models`)).json());
    assert.deepEqual(models.map(({ name, synthetic }) => [name, synthetic]), [["HRRR (synthetic)", true]]);
    const run = models[0]!.latest_run!;
    const { frames } = framesAnswerSchema.parse(
      await (await fetch(`${origin}/api/v3/hrrr/${run}/tmp2m/frames`)).json(),
    );
    assert.ok(frames.length >= 13, `${frames.length} frames`);
  } finally {
    child.kill("SIGINT");
    await child.status;
  }
  const said = await errors;
  assert.match(said, new RegExp(`http://127\\.0\\.0\\.1:${port}/models-v3`));
  assert.match(said, /Frames +█+ 13\/13/);
  assert.deepEqual(processesWith(`TWF_V3_PORT=${port}`), []);
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** The launcher looks for Deno on PATH; the one that runs the tests will do. */
function withDeno(): string {
  return `${Deno.execPath().replace(/\/[^/]+$/, "")}:${Deno.env.get("PATH")}`;
}

async function waitForServer(url: string): Promise<void> {
  const end = Date.now() + BUILD_TIMEOUT_MS;
  while (Date.now() < end) {
    try {
      await (await fetch(url)).body?.cancel();
      return;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // not listening yet
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  throw new Error(`${url} did not answer within ${BUILD_TIMEOUT_MS / 1000} s`);
}

/** Processes of this machine with such a variable in their environment. */
function processesWith(variable: string): string[] {
  const found: string[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^[0-9]+$/.test(name)) continue;
    try {
      const environment = Deno.readTextFileSync(`/proc/${name}/environ`).split("\0");
      if (environment.includes(variable)) found.push(Deno.readTextFileSync(`/proc/${name}/cmdline`));
    } catch (error) {
      const isGone = error instanceof Deno.errors.NotFound || String(error).includes("No such process");
      if (!isGone && !(error instanceof Deno.errors.PermissionDenied)) throw error;
    }
  }
  return found;
}

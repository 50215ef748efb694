import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { framesAnswerSchema, modelsAnswerSchema, runsAnswerSchema } from "../../contract/api.ts";
import { runIdOf } from "../../contract/identity.ts";
import { leadOfHours } from "../../contract/lead.ts";
import { serveBucket } from "../../demo/bucket.ts";
import { locateGdal } from "../../builder/gdal/locate.ts";
import { hrrr } from "../../builder/models/hrrr.ts";
import { remoteFile } from "../../builder/sources/layout.ts";
import { freePort } from "../support/free_port.ts";
import { madeUpMessages } from "../support/made_up_messages.ts";
import { writeNcepObject } from "../support/real_bucket.ts";
import { tempDir } from "../support/temp_dir.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BUILD_TIMEOUT_MS = 240_000;

interface Demo extends AsyncDisposable {
  readonly origin: string;
  /** Ends the demo as Ctrl-C does, and returns its output. */
  interrupt(): Promise<string>;
}

/** Starts the demo with its data in the test's folder, and waits until it serves. */
async function startDemo(args: readonly string[], folder: string, env: Record<string, string> = {}): Promise<Demo> {
  const port = freePort();
  const child = new Deno.Command(`${ROOT}twf`, {
    args: ["demo", ...args],
    env: {
      TWF_V3_PORT: String(port),
      TWF_V3_DATA_ROOT: `${folder}/v3`,
      TWF_V3_GDAL_LIB: locateGdal(Deno.env.get("TWF_V3_GDAL_LIB")),
      PATH: withDeno(),
      ...env,
    },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const listener = listen(child.stderr);
  const origin = `http://127.0.0.1:${port}`;
  let isRunning = true;
  void child.status.then(() => isRunning = false);
  const interrupt = async () => {
    if (isRunning) child.kill("SIGINT");
    await child.status;
    assert.deepEqual(processesWith(`TWF_V3_PORT=${port}`), []);
    return await listener.end;
  };
  await listener.heard(`${origin}/models-v3`);
  return { origin, interrupt, [Symbol.asyncDispose]: async () => void await interrupt() };
}

async function publishedHours(origin: string): Promise<{ names: string[]; hours: number[] }> {
  const { models } = modelsAnswerSchema.parse(await (await fetch(`${origin}/api/v3/models`)).json());
  const { runs } = runsAnswerSchema.parse(await (await fetch(`${origin}/api/v3/hrrr/runs`)).json());
  const response = await fetch(`${origin}/api/v3/hrrr/${runs[0]!.run}/tmp2m/frames`);
  const { frames } = framesAnswerSchema.parse(await response.json());
  return { names: models.map(({ name }) => name), hours: frames.map(({ fh }) => fh!) };
}

/** Number of hours that the demo builds here; its usual thirteen take minutes. */
const HOURS = 2;

Deno.test("./twf demo builds its hours, serves them as synthetic, and Ctrl-C leaves no process behind", async () => {
  await using folder = await tempDir();
  await using demo = await startDemo(["--hours", String(HOURS)], folder.path);
  const { names, hours } = await publishedHours(demo.origin);
  assert.deepEqual(names, ["HRRR (synthetic)"]);
  assert.deepEqual(hours, Array.from({ length: HOURS }, (_, hour) => hour));
  const said = await demo.interrupt();
  assert.ok(said.includes(`${demo.origin}/models-v3`), said);
  assert.match(said, /^Frames: ([0-9]+) of \1$/m);
  assert.ok(!said.includes("█") && !said.includes("\u001b"), "no bars where there is no terminal");
  assert.match(said, /TWF_V3_PORT=/);
  assert.deepEqual((await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name), ["v3"]);

  // Published frames are not built again.
  await using again = await startDemo(["--hours", String(HOURS)], folder.path);
  assert.deepEqual((await publishedHours(again.origin)).hours, hours);
  assert.match(await again.interrupt(), /already exists/);
});

/** The hour that the source has of its newest run, and the variables whose messages are in its file. */
const LIVE_HOUR = leadOfHours(0);
const LIVE_VARIABLES = ["tmp2m", "wspd10m"];

Deno.test("./twf demo --live builds the available hours of the newest run that a source has", async () => {
  await using folder = await tempDir();
  const run = runIdOf(new Date((Math.floor(Date.now() / 3_600_000) - 3) * 3_600_000));
  const path = `${folder.path}/bucket/${remoteFile(hrrr.layouts, "sfc", run, LIVE_HOUR).path}`;
  await writeNcepObject(path, madeUpMessages(run, LIVE_HOUR, LIVE_VARIABLES), run);
  await using bucket = serveBucket(`${folder.path}/bucket`);
  await using demo = await startDemo(["--live"], folder.path, { TWF_V3_SOURCE_PRIORITY: bucket.baseUrl });
  assert.deepEqual((await publishedHours(demo.origin)).hours, [0]);
  const said = await demo.interrupt();
  assert.match(said, new RegExp(`Building HRRR ${run} from the live feeds`));
  assert.match(said, /3 frames in/); // the wind's direction has the messages of its speed
  assert.match(said, /frames are not available yet/);
});

/** Returns a PATH with the Deno that runs the tests: the launcher searches PATH for it. */
function withDeno(): string {
  return `${Deno.execPath().replace(/\/[^/]+$/, "")}:${Deno.env.get("PATH")}`;
}

interface Listener {
  /** The whole output, when the stream has ended. */
  readonly end: Promise<string>;
  /** Waits until the output has a text. @throws Error when the stream or the time ends before */
  heard(words: string): Promise<void>;
}

function listen(stream: ReadableStream<Uint8Array>): Listener {
  let text = "";
  let wake = () => {};
  let isOver = false;
  const end = (async () => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)) {
      text += chunk;
      wake();
    }
    isOver = true;
    wake();
    return text;
  })();
  const deadline = AbortSignal.timeout(BUILD_TIMEOUT_MS);
  return {
    end,
    async heard(words) {
      while (!text.includes(words)) {
        if (isOver || deadline.aborted) throw new Error(`"${words}" was never said: ${text}`);
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
  };
}

/** Lists the commands of processes that have a variable in their environment. */
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

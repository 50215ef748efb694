import { fileURLToPath } from "node:url";
import { allowedPaths } from "../../contract/allowed_paths.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface ServerProcess extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Command that starts the server, when it is not started from this checkout. */
interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** Starts the server in its own process, with the permissions it has in production, on a free port. */
export async function startServer(
  dataRoot: string,
  command?: ServerCommand,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const readable = allowedPaths([ROOT, dataRoot], Deno.realPathSync);
  const { program, args, cwd } = command ?? {
    program: Deno.execPath(),
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-net=127.0.0.1",
      `--allow-read=${readable}`,
      "--allow-env",
      "routes/main.ts",
    ],
    cwd: ROOT,
  };
  const child = new Deno.Command(program, {
    cwd,
    args: [...args],
    env: { TWF_V3_DATA_ROOT: dataRoot, TWF_V3_PORT: "0", ...environment },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const origin = await readOrigin(lines);
  const drained = drain(lines);
  let isStopped = false;
  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    child.kill("SIGTERM");
    await child.status;
    await drained;
  };
  return { origin, stop, [Symbol.asyncDispose]: stop };
}

async function readOrigin(lines: ReadableStreamDefaultReader<string>): Promise<string> {
  let text = "";
  while (true) {
    const { value, done } = await lines.read();
    if (done) throw new Error(`The server ended before it listened: ${text}`);
    text += value;
    const match = /"url":"(http:\/\/127\.0\.0\.1:[0-9]+)/.exec(text);
    if (match) return match[1]!;
  }
}

async function drain(lines: ReadableStreamDefaultReader<string>): Promise<void> {
  while (!(await lines.read()).done);
}

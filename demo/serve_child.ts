import { allowedPaths } from "../contract/allowed_paths.ts";
import { hostInUrl } from "../contract/authority.ts";
import { PAGE_URL } from "../contract/urls.ts";
import { say } from "../builder/operations/terminal.ts";

export interface ChildServer {
  readonly host: string;
  readonly port: number;
  readonly dataRoot: string;
  readonly signal: AbortSignal;
}

/**
 * Runs the server as in production, as a child process that ends with this one. The command is the bare name that
 * `--allow-run` allows.
 */
export async function serveChild({ host, port, dataRoot, signal }: ChildServer): Promise<void> {
  const child = new Deno.Command("deno", {
    args: [
      "run",
      "--quiet",
      `--allow-net=${hostInUrl(host)}:${port}`,
      `--allow-read=${allowedPaths([".", dataRoot], Deno.realPathSync)}`,
      "--allow-env",
      "routes/main.ts",
    ],
    env: {
      TWF_V3_DATA_ROOT: dataRoot,
      TWF_V3_PUBLISH_ROOT: "",
      TWF_V3_MANIFEST_ROOT: "",
      TWF_V3_PORT: String(port),
    },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const end = () => kill(child);
  signal.addEventListener("abort", end);
  // The wildcard address cannot be opened in a browser.
  const reached = { "0.0.0.0": "127.0.0.1", "::": "::1" }[host] ?? host;
  const url = `http://${hostInUrl(reached)}:${port}`;
  if (await isReady(url, child)) {
    say(`\n  ${url}${PAGE_URL}\n\nCtrl-C ends the server. Another port: TWF_V3_PORT=8300 ./twf demo`);
  }
  const { code } = await child.status;
  if (!signal.aborted && code !== 0) throw new Error(`The server ended with code ${code}`);
}

/** Waits until the server answers or is gone. */
async function isReady(url: string, child: Deno.ChildProcess): Promise<boolean> {
  let isGone = false;
  void child.status.then(() => isGone = true);
  while (!isGone) {
    try {
      const response = await fetch(`${url}/livez`, { signal: AbortSignal.timeout(1000) });
      await response.body?.cancel();
      return response.ok;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50)); // not listening yet
    }
  }
  return false;
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // the child has ended already
  }
}

import type { Configuration } from "../../contract/environment.ts";
import { PAGE_URL } from "../../contract/urls.ts";
import { say } from "../cli/terminal.ts";

/** The server as it runs in production, as a child that ends with us. */
export async function serveChild(configuration: Configuration, dataRoot: string, signal: AbortSignal): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      `--allow-net=${configuration.host}:${configuration.port}`,
      `--allow-read=.,${dataRoot}`,
      "--allow-env",
      "routes/main.ts",
    ],
    env: { TWF_V3_DATA_ROOT: dataRoot },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const end = () => kill(child);
  signal.addEventListener("abort", end);
  const url = `http://${configuration.host}:${configuration.port}`;
  if (await isReady(url, child)) say(`\n  ${url}${PAGE_URL}\n\nCtrl-C ends the server.`);
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
    if (!(error instanceof TypeError)) throw error; // it has ended already
  }
}

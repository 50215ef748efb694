import { askJson } from "./ask_json.ts";
import { publishedRoot } from "./published_root.ts";
import { startServer } from "./server_process.ts";

/** Starts a server for all tests of a file, over frames of a synthetic run; the server stops after the last test. */
export async function publishedServer(hours: readonly number[], variables: readonly string[]) {
  const root = await publishedRoot(hours, variables);
  const server = await startServer(root.dataRoot);
  Deno.test.afterAll(async () => {
    await server.stop();
    await root[Symbol.asyncDispose]();
  });
  return {
    origin: server.origin,
    dataRoot: root.dataRoot,
    getJson: (path: string, init: RequestInit = {}) => askJson(server.origin + path, init),
  };
}

import { fileURLToPath } from "node:url";
import { runMain } from "../builder/cli/run_main.ts";
import { print } from "../builder/operations/terminal.ts";
import { flameGraph } from "./flame_graph.ts";
import { fetchClient, wrkClient } from "./load.ts";
import { realFrame } from "./real_frames.ts";
import { mixedTiles } from "./real_requests.ts";
import { ServerProcess } from "./server_process.ts";
import { publishFrames } from "./tiles.ts";

/** A flame graph of the real server drawing tiles that are not in memory, for docs/PERFORMANCE.md. */

const USAGE = "usage: deno task bench:cold-path [DATA_FOLDER]";
const SVG = new URL("../docs/images/cold-path.svg", import.meta.url);
const SECONDS = 10;
const CLIENTS = 8;

async function main(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "twf-cold-path-" });
  try {
    const dataRoot = `${folder}/data`;
    await publishFrames(dataRoot);
    const client = await wrkClient(folder) ?? fetchClient;
    {
      const profiling = ["--cpu-prof", `--cpu-prof-dir=${folder}/profile`];
      await using server = await ServerProcess.start(dataRoot, { TWF_V3_TILE_CACHE_MB: "0" }, profiling);
      const paths = mixedTiles([realFrame(0), realFrame(1)]);
      await client({ origin: server.url, paths, clients: CLIENTS, seconds: SECONDS });
    } // the profile is written when the server ends
    const [{ name }] = await Array.fromAsync(Deno.readDir(`${folder}/profile`)) as [Deno.DirEntry];
    const profile = JSON.parse(await Deno.readTextFile(`${folder}/profile/${name}`));
    const title = `Tiles of all zooms without a tile cache, ${CLIENTS} clients, ${SECONDS} s`;
    await Deno.writeTextFile(SVG, flameGraph(profile, title, fileURLToPath(new URL("..", import.meta.url))));
    await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", fileURLToPath(SVG)] }).output();
    print(fileURLToPath(SVG));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await runMain(main, USAGE);

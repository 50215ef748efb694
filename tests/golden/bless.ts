import { CASES, goldenFile, runCase } from "./cases.ts";

/** Rewrites the golden files from what the code gives now. Review the difference before it is committed. */
for (const golden of CASES) {
  await Deno.writeTextFile(goldenFile(golden.name), JSON.stringify(runCase(golden), null, 2) + "\n");
}

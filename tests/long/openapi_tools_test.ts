import assert from "node:assert/strict";
import { publishedRoot } from "../support/published_root.ts";
import { startServer } from "../support/server_process.ts";
import { clientTools, runTool } from "../support/client_tools.ts";

/** Tests of the API's document with third-party tools. */

Deno.test("Redocly and Spectral find no error in the OpenAPI document, and a generated client works", async () => {
  await using root = await publishedRoot([0, 1, 2], ["tmp2m"]);
  await using server = await startServer(root.dataRoot);
  const folder = await clientTools();
  const document = await (await fetch(`${server.origin}/api/v3/openapi.json`)).text();
  await Deno.writeTextFile(`${folder}openapi.json`, document);
  const node = (name: string, ...args: string[]) =>
    runTool(["run", "--quiet", "--allow-all", `node_modules/${name}`, ...args]);

  const redocly = await node("@redocly/cli/bin/cli.js", "lint", "openapi.json");
  assert.equal(redocly.code, 0, redocly.output);
  const spectral = await node("@stoplight/spectral-cli/dist/index.js", "lint", "openapi.json");
  assert.equal(spectral.code, 0, spectral.output);

  const generated = await node("openapi-typescript/bin/cli.js", "openapi.json", "-o", "api.d.ts");
  assert.equal(generated.code, 0, generated.output);
  const checked = await runTool(["check", "--quiet", "use_api.ts"]);
  assert.equal(checked.code, 0, checked.output);
  const used = await runTool(["run", "--quiet", "--allow-net", "use_api.ts", server.origin]);
  assert.equal(used.code, 0, used.output);
  const { value, ...rest } = JSON.parse(used.output);
  assert.equal(typeof value, "number");
  assert.deepEqual(rest, { validTime: "2026-02-17T07:00:00Z", parameter: "model", west: -134 });

  // Both tools report an error in a wrong document.
  await Deno.writeTextFile(
    `${folder}wrong.json`,
    document.replace('"operationId":"listRuns"', '"operationId":"listModels"'),
  );
  for (const tool of ["@redocly/cli/bin/cli.js", "@stoplight/spectral-cli/dist/index.js"]) {
    assert.equal((await node(tool, "lint", "wrong.json")).code, 1, tool);
  }
});

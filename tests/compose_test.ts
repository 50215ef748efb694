import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { CONFIGURATION_VARIABLES } from "../contract/environment.ts";
import { testWithDebian } from "./support/debian_programs.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

testWithDebian(["python:yaml"], "the compose file uses only tasks and settings that exist", async () => {
  const compose = await Deno.readTextFile(`${ROOT}deployment/container/compose.yaml`);
  const script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))";
  const python = new Deno.Command("/usr/bin/python3", { args: ["-c", script], stdin: "piped", stdout: "piped" })
    .spawn();
  const writer = python.stdin.getWriter();
  await writer.write(new TextEncoder().encode(compose));
  await writer.close();
  const { services, volumes } = JSON.parse(new TextDecoder().decode((await python.output()).stdout));
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  assert.deepEqual(Object.keys(services), ["server", "scheduler"]);
  // deno-lint-ignore no-explicit-any -- a parsed document
  for (const { command, environment, build, read_only, cap_drop, volumes: mounts } of Object.values<any>(services)) {
    assert.ok(Object.hasOwn(tasks, command[0]), command[0]);
    for (const name of Object.keys(environment ?? {})) assert.ok(CONFIGURATION_VARIABLES.includes(name), name);
    assert.equal(build.dockerfile, "deployment/container/Containerfile");
    assert.deepEqual([read_only, cap_drop], [true, ["ALL"]]);
    for (const mount of mounts) assert.ok(Object.hasOwn(volumes, mount.split(":")[0]), mount);
  }
  assert.match(services.server.volumes[0], /:ro$/, "a server writes nothing");
});

import assert from "node:assert/strict";
import { tempDir } from "../tests/support/temp_dir.ts";
import { allowedPaths } from "./allowed_paths.ts";

Deno.test("allowedPaths() lists each path once, and the target of a link", async () => {
  await using folder = await tempDir();
  const [real, link] = [`${folder.path}/real`, `${folder.path}/link`];
  await Deno.mkdir(real);
  await Deno.symlink(real, link);
  assert.equal(allowedPaths([real, link, real, "/not/there"], Deno.realPathSync), `${real},${link},/not/there`);
  assert.equal(allowedPaths([], Deno.realPathSync), "");
});

Deno.test("allowedPaths() lets a program read below a path with a comma, and not beside it", async () => {
  await using folder = await tempDir();
  for (const name of ["odd, name/data", "other"]) await Deno.mkdir(`${folder.path}/roots/${name}`, { recursive: true });
  await Deno.writeTextFile(`${folder.path}/roots/odd, name/data/file`, "held");
  await Deno.writeTextFile(`${folder.path}/beside`, "held");
  const script = `${folder.path}/roots/read.ts`;
  await Deno.writeTextFile(
    script,
    "for (const path of Deno.args) console.log(await Deno.readTextFile(path).catch((e) => e.name));",
  );
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      `--allow-read=${allowedPaths([`${folder.path}/roots/odd, name/data`], Deno.realPathSync)}`,
      script,
      `${folder.path}/roots/odd, name/data/file`,
      `${folder.path}/beside`,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "held\nNotCapable\n", new TextDecoder().decode(stderr));
});

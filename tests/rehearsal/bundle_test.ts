import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { tempDir, testWithSmallDisk } from "../support/temp_dir.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

testWithSmallDisk(
  "the archive of ./twf bundle works, and installs, on a machine that has no network and no Deno",
  async () => {
    await using folder = await tempDir();
    const text = new TextDecoder();
    // Stray files in a checkout must not get into the archive.
    const secret = `${ROOT}.secret-of-a-test`;
    await Deno.writeTextFile(secret, "TWF_V3_REDIS_URL=redis://:password@127.0.0.1", { mode: 0o600 });
    const packed = await new Deno.Command(`${ROOT}twf`, {
      args: ["bundle", "twf_v3.tar.gz"],
      cwd: folder.path,
      env: { PATH: `${Deno.execPath().replace(/\/[^/]+$/, "")}:${Deno.env.get("PATH")}` },
    }).output();
    await Deno.remove(secret);
    assert.equal(packed.code, 0, text.decode(packed.stderr));
    const listed = await new Deno.Command("tar", { args: ["-tzf", `${folder.path}/twf_v3.tar.gz`] }).output();
    assert.doesNotMatch(text.decode(listed.stdout), /secret-of-a-test|^twf_v3\/(\.git|data)\//m);
    await Deno.mkdir(`${folder.path}/home`);
    const inside = [
      "ip link set lo up",
      "tar -xzf twf_v3.tar.gz",
      "rm twf_v3.tar.gz",
      "twf_v3/twf doctor",
      "twf_v3/deployment/install.sh first",
      "opt/current/twf status",
    ].join(" && ");
    const { code, stdout, stderr } = await new Deno.Command("unshare", {
      args: ["-n", "/bin/sh", "-c", inside],
      cwd: folder.path,
      clearEnv: true,
      env: {
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        HOME: `${folder.path}/home`,
        TWF_V3_GDAL_LIB: Deno.env.get("TWF_V3_GDAL_LIB") ?? "",
        TWF_V3_PREFIX: `${folder.path}/opt`,
        TWF_V3_ETC: `${folder.path}/etc`,
        TWF_V3_DATA: `${folder.path}/data`,
      },
    }).output();
    const said = text.decode(stderr);
    assert.equal(code, 0, said);
    assert.match(text.decode(stdout), /^No problems found\.$/m);
    assert.match(text.decode(stdout), /^Nothing is published$/m);
    assert.match(said, /^install: first runs now/m);
    assert.doesNotMatch(said, /fetching|installing/);
  },
);

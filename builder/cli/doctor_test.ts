import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { locateGdal } from "../gdal/locate.ts";
import { rootsBelow } from "../../contract/paths.ts";
import { setUpRoots } from "../publish/set_up_roots.ts";
import { describeStartup, saveStartupRecord } from "../operations/startup_record.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

async function doctor(env: Record<string, string>): Promise<{ code: number; stdout: string }> {
  const library = locateGdal(Deno.env.get("TWF_V3_GDAL_LIB"));
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    cwd: ROOT,
    args: [
      "run",
      "--quiet",
      `--allow-ffi=${library}`,
      "--allow-env",
      "--allow-read",
      "--allow-write",
      "--allow-sys",
      "builder/cli/doctor.ts",
    ],
    env: { TWF_V3_GDAL_LIB: library, ...env },
    stdout: "piped",
    stderr: "null",
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout) };
}

Deno.test("doctor reports versions and free space, and leaves no file in the data root", async () => {
  await using folder = await tempDir();
  const { code, stdout } = await doctor({ TWF_V3_DATA_ROOT: folder.path });
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^ok +Deno 2\./m);
  assert.match(stdout, /^ok +GDAL 3\.[0-9.]+ \(\/.*libgdal/m);
  assert.match(stdout, /CCSDS/);
  assert.match(stdout, /GB free/);
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
});

Deno.test("doctor gives advice when the configuration, a root or the free space is at fault", async () => {
  await using folder = await tempDir();
  await Deno.writeTextFile(`${folder.path}/file`, "");
  const wrongPort = await doctor({ TWF_V3_PORT: "nine" });
  assert.equal(wrongPort.code, 1);
  assert.match(wrongPort.stdout, /FAIL +.*TWF_V3_PORT="nine": expected a whole number/);
  const noRoot = await doctor({ TWF_V3_DATA_ROOT: `${folder.path}/file/below` });
  assert.equal(noRoot.code, 1);
  assert.match(noRoot.stdout, /FAIL +Cannot write .*\n +Make the folder writable/);
  const fullDisk = await doctor({ TWF_V3_DATA_ROOT: folder.path, TWF_V3_MIN_FREE_GB: "100000" });
  assert.equal(fullDisk.code, 1);
  assert.match(fullDisk.stdout, /TWF_V3_MIN_FREE_GB requires 100000 GB/);
});

Deno.test("doctor reports settings that changed since a process last started on the data", async () => {
  await using folder = await tempDir();
  await saveStartupRecord(folder.path, describeStartup("scheduler-hrrr", { TWF_V3_WORKERS: "2" }));
  const { code, stdout } = await doctor({ TWF_V3_DATA_ROOT: folder.path, TWF_V3_WORKERS: "4" });
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^note +Since scheduler-hrrr last started \(.*Z\) this changed: .*TWF_V3_WORKERS 2 → 4/m);
});

Deno.test("doctor reports a missing root, and makes no folder in its place", async () => {
  await using folder = await tempDir();
  const roots = { ...rootsBelow(folder.path), published: `${folder.path}/disk/published` };
  await setUpRoots(roots);
  await Deno.remove(`${folder.path}/disk`, { recursive: true });
  const { code, stdout } = await doctor({ TWF_V3_DATA_ROOT: folder.path, TWF_V3_PUBLISH_ROOT: roots.published });
  assert.equal(code, 1);
  assert.match(stdout, /^FAIL +The published root ".*" has no .*: is its disk mounted\?/m);
  await assert.rejects(Deno.stat(`${folder.path}/disk`), Deno.errors.NotFound);
});

/** A test's own folder. It is removed with everything in it at the end of the `await using` scope. */
export interface TempDir extends AsyncDisposable {
  /** Absolute path, without a `/` at the end. */
  readonly path: string;
}

export async function tempDir(): Promise<TempDir> {
  const path = await Deno.makeTempDir({ prefix: "twf_v3_test_" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Returns the files below a folder, hidden ones too, as sorted relative paths; none when the folder does not exist. */
export async function filesUnder(
  folder: string,
  markers: "markers too" | "no markers" = "no markers",
): Promise<string[]> {
  const files: string[] = [];
  const visit = async (relative: string): Promise<void> => {
    for await (const entry of Deno.readDir(`${folder}/${relative}`)) {
      if (entry.isDirectory) await visit(`${relative}${entry.name}/`);
      else if (markers === "markers too" || !entry.name.startsWith(".twf-")) files.push(relative + entry.name);
    }
  };
  try {
    await visit("");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files.sort();
}

/** Whether this process may mount a tmpfs: root on Linux, and not in a container that forbids it. */
export const canMount: boolean = Deno.build.os === "linux" && Deno.uid() === 0 && probeMount();

/** Mounts a small disk at the path of the result. The disk is unmounted at the end of the scope. */
export async function smallDisk(sizeKb: number): Promise<TempDir> {
  const path = await Deno.makeTempDir({ prefix: "twf_v3_disk_" });
  mount("-t", "tmpfs", "-o", `size=${sizeKb}k,mode=700`, "tmpfs", path);
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      // Files of Workers and servers that have just ended are closed a moment later.
      for (let tries = 0; !isUnmounted(path); tries++) {
        if (tries === 50) system("umount", path); // throws umount's error
        await new Promise((wake) => setTimeout(wake, 100));
      }
      await Deno.remove(path);
    },
  };
}

/** Makes a small disk larger, or smaller if its contents still fit. */
export function resizeDisk({ path }: TempDir, sizeKb: number): void {
  mount("-o", `remount,rw,size=${sizeKb}k`, path);
}

/** Makes a small disk read-only: nothing less stops root. */
export function makeReadOnly({ path }: TempDir): void {
  mount("-o", "remount,ro", path);
}

/** Registers a test that needs its own disk; where no disk can be mounted the test is skipped with a reason. */
export function testWithSmallDisk(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: canMount ? name : `${name} (skipped: mounting a tmpfs takes root on Linux)`,
    ignore: !canMount,
    fn,
  });
}

function isUnmounted(path: string): boolean {
  return new Deno.Command("umount", { args: [path], stdout: "null", stderr: "null" }).outputSync().success;
}

function probeMount(): boolean {
  const path = Deno.makeTempDirSync({ prefix: "twf_v3_probe_" });
  try {
    mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", path);
    system("umount", path);
    return true;
  } catch {
    return false;
  } finally {
    Deno.removeSync(path);
  }
}

function mount(...args: string[]): void {
  system("mount", ...args);
}

function system(command: string, ...args: string[]): void {
  const { success, stderr } = new Deno.Command(command, { args, stdout: "null" }).outputSync();
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
}

import { dirname } from "node:path";

/** Faults of the project's files and folders. They also affect root, whom file modes do not stop. */

type Fault = (path: string) => Promise<void>;

const linkToItself: Fault = async (path) => {
  await Deno.remove(path, { recursive: true });
  await Deno.symlink(path, path);
};

export const FILE_FAULTS: Readonly<Record<string, Fault>> = {
  "is empty": (path) => Deno.writeFile(path, new Uint8Array()),
  "is cut short": async (path) => await Deno.truncate(path, Math.floor((await Deno.stat(path)).size / 2)),
  "is something else": (path) => Deno.writeTextFile(path, '{"a":[1,2,3]}'.repeat(50)),
  "is a folder": async (path) => {
    await Deno.remove(path);
    await Deno.mkdir(`${path}/with/something`, { recursive: true });
  },
  "is a link to itself": linkToItself,
  "is a pipe that nobody writes to": async (path) => {
    await Deno.remove(path);
    await new Deno.Command("mkfifo", { args: [path] }).output();
  },
};

export const FOLDER_FAULTS: Readonly<Record<string, Fault>> = {
  "is a file": async (path) => {
    await Deno.remove(path, { recursive: true });
    await Deno.writeTextFile(path, "");
  },
  "is a link to itself": linkToItself,
};

/** Breaks a file or folder, calls `look`, and restores the original. */
export async function whileBroken(path: string, fault: Fault, look: () => Promise<void>): Promise<void> {
  const kept = await Deno.makeTempDir({ dir: dirname(dirname(path)), prefix: ".kept-" });
  const copied = await new Deno.Command("cp", { args: ["-a", path, `${kept}/copy`] }).output();
  if (!copied.success) throw new Error(new TextDecoder().decode(copied.stderr));
  try {
    await fault(path);
    await look();
  } finally {
    await Deno.remove(path, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
    await Deno.rename(`${kept}/copy`, path);
    await Deno.remove(kept, { recursive: true });
  }
}

import { dirname } from "node:path";

/**
 * Makes a folder and its missing parents, and flushes each folder that got a new entry: only then does the new folder
 * survive a power cut, and with it the files in it. Folders outside the task's permissions are not looked at: they are
 * those above the data root.
 */
export async function makeFolders(path: string): Promise<void> {
  const missing: string[] = [];
  for (let folder = path; !await isThere(folder); folder = dirname(folder)) missing.push(folder);
  if (missing.length === 0) return;
  await Deno.mkdir(path, { recursive: true });
  for (const folder of missing.reverse()) await flushIfAllowed(dirname(folder));
}

/** Flushes a folder to the disk: only then does a rename in it survive a power cut. */
export async function flushFolder(folder: string): Promise<void> {
  using handle = await Deno.open(folder);
  await handle.sync();
}

async function flushIfAllowed(folder: string): Promise<void> {
  try {
    await flushFolder(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    if (error instanceof Deno.errors.NotCapable) return true;
    throw error;
  }
}

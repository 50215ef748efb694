import { basename, dirname } from "node:path";
import { DiskError } from "./disk_error.ts";
import { flushFolder, makeFolders } from "./make_folders.ts";

/**
 * Writes a file so that a reader sees it whole or not at all: to a temporary name in the same folder, flushed to the
 * disk, then renamed. Missing folders are made. On failure the temporary file is removed.
 * @throws DiskError
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  const temporary = `${folder}/.${basename(path)}.${crypto.randomUUID()}.tmp`;
  try {
    await makeFolders(folder);
    await writeAndFlush(temporary, bytes);
    await Deno.rename(temporary, path);
    await flushFolder(folder);
  } catch (cause) {
    await Promise.allSettled([removeIfThere(temporary)]); // the first failure is the one to report
    throw DiskError.writing(path, cause);
  }
}

/** Writes a value as JSON, as `writeFileAtomically` does. */
export async function writeJsonAtomically(path: string, value: unknown): Promise<void> {
  await writeFileAtomically(path, new TextEncoder().encode(JSON.stringify(value, null, 2) + "\n"));
}

async function writeAndFlush(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  let at = 0;
  while (at < bytes.length) at += await file.write(bytes.subarray(at));
  await file.sync();
}

export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
  }
}

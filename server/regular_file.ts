import { BadArtifactError } from "./errors.ts";

/**
 * Checks that a path is a file: opening a pipe would block forever. @throws BadArtifactError or Deno.errors.NotFound
 */
export async function requireRegularFile(path: string): Promise<void> {
  if (!(await Deno.stat(path)).isFile) throw new BadArtifactError(`"${path}" is not a file`);
}

/** Reads a regular file. @throws BadArtifactError or Deno.errors.NotFound */
export async function readRegularFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  await requireRegularFile(path);
  return await Deno.readFile(path);
}

import type { ModelId } from "../../contract/identity.ts";
import { type DataRoots, locate, manifestDirectory } from "../../contract/paths.ts";

/**
 * Waits until nobody else changes what is published of a model. The lock is the operating system's: it ends with its
 * process, however that ends.
 */
export async function lockModel(roots: DataRoots, model: ModelId): Promise<Disposable> {
  const folder = locate(roots, manifestDirectory(model));
  await Deno.mkdir(folder, { recursive: true });
  const file = await Deno.open(`${folder}/.lock`, { create: true, write: true });
  await file.lock(true);
  return file;
}

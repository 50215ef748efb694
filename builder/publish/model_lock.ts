import type { ModelId } from "../../contract/identity.ts";
import { type DataRoots, locate, manifestDirectory } from "../../contract/paths.ts";
import { openLockFile } from "../disk/lock_file.ts";
import { setUpRoots } from "./set_up_roots.ts";

/**
 * Waits for the lock on the published runs of a model, and checks that the roots are this installation's. The lock is
 * the operating system's: it ends with its process, even when that is killed.
 * @throws RootError when a root is missing or another installation's: nothing may be changed then
 */
export async function lockModel(roots: DataRoots, model: ModelId): Promise<Disposable> {
  await setUpRoots(roots);
  const folder = locate(roots, manifestDirectory(model));
  await Deno.mkdir(folder, { recursive: true });
  const file = await openLockFile(`${folder}/.lock`);
  await file.lock(true);
  return file;
}

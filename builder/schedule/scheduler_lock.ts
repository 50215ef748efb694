import type { ModelId } from "../../contract/identity.ts";
import { openLockFile } from "../disk/lock_file.ts";

/** Error when another scheduler of this model is running. */
export class SchedulerRunningError extends Error {
  override readonly name = "SchedulerRunningError";
}

/**
 * Makes this process the only scheduler of a model. The lock is the operating system's: it ends with the process that
 * holds it, even after `kill -9`.
 * @throws SchedulerRunningError when another process has it
 */
export async function holdSchedulerLock(dataRoot: string, model: ModelId): Promise<Disposable> {
  await Deno.mkdir(`${dataRoot}/locks`, { recursive: true });
  const path = `${dataRoot}/locks/scheduler-${model}.lock`;
  const file = await openLockFile(path);
  if (await file.tryLock(true)) return file;
  file.close();
  throw new SchedulerRunningError(`Another scheduler of ${model} is running: it holds "${path}"`);
}

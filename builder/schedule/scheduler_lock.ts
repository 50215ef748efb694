import type { ModelId } from "../../contract/identity.ts";
import { openLockFile } from "../disk/lock_file.ts";

/** Another scheduler is at this model. */
export class SchedulerRunningError extends Error {
  override readonly name = "SchedulerRunningError";
}

/**
 * Makes this process the one scheduler of a model. The lock is the operating system's: it survives nothing, not even
 * `kill -9`, of the process that holds it.
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

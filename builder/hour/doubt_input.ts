import { removeIfThere } from "../disk/atomic_write.ts";
import type { FrameInput } from "../frame/frame_input.ts";
import type { Source } from "../models/model.ts";
import { doubtObject, isDoubted } from "../sources/doubted_objects.ts";

/**
 * Doubts the messages with which a frame failed: they are fetched again at the next try, and the objects that contain
 * them are marked as doubted.
 * @returns the source of an object that was not doubted before and that another source may have undamaged; null when
 * there is none
 */
export async function doubtInput(
  { messages, objects }: FrameInput,
  sources: readonly Source[],
): Promise<Source | null> {
  await Promise.allSettled(messages.map(({ path }) => removeIfThere(path)));
  const fresh = objects.filter(({ url }) => doubtObject(url));
  for (const { source: id, url } of fresh) {
    const source = sources.find((source) => source.id === id && url.startsWith(source.baseUrl));
    if (!source) continue;
    const path = url.slice(source.baseUrl.length);
    if (sources.some(({ baseUrl }) => !isDoubted(baseUrl + path))) return source;
  }
  return null;
}

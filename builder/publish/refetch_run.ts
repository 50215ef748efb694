import { modelGeometry } from "../../contract/models.ts";
import type { FrameId } from "../../contract/identity.ts";
import { compareLeads } from "../../contract/lead.ts";
import type { DataRoots } from "../../contract/paths.ts";
import { MessageDecoder } from "../frame/message_decoder.ts";
import type { Bytes } from "../grib/messages.ts";
import type { Model } from "../models/model.ts";
import { MessageRefetcher, type RefetchOptions } from "../sources/refetch_message.ts";
import { bytesName, compareRebuilt, type Refetched, type RefetchedInput, refetchInput } from "./refetch_frame.ts";

/** A published frame, and its outcome. */
export interface RefetchedFrame extends Refetched {
  readonly frame: FrameId;
}

/**
 * Fetches the bytes that published frames of a run were built from again, rebuilds the frames in memory and compares
 * them. The frames of a lead time share their messages: each is fetched and decoded once.
 */
export async function* refetchFrames(
  roots: DataRoots,
  model: Model,
  frames: readonly FrameId[],
  options: RefetchOptions,
): AsyncGenerator<RefetchedFrame> {
  const ascending = frames.toSorted((a, b) => compareLeads(a.lead, b.lead));
  for (const [lead, ofHour] of Map.groupBy(ascending, ({ lead }) => lead)) {
    const refetcher = new MessageRefetcher(options);
    const inputs = await Promise.all(ofHour.map((frame) => refetchInput(roots, model, frame, refetcher)));
    const bytes = bytesByName(inputs.filter((input) => "messages" in input));
    const { coverage } = modelGeometry(model.id)!;
    const decoder = new MessageDecoder(model, coverage, { run: ofHour[0]!.run, lead }, (name) => bytes.get(name)!);
    for (const [i, frame] of ofHour.entries()) {
      const input = inputs[i]!;
      yield { frame, ...("outcome" in input ? input : await compareRebuilt(roots, model, frame, input, decoder)) };
    }
  }
}

function bytesByName(inputs: readonly RefetchedInput[]): ReadonlyMap<string, Bytes> {
  return new Map(
    inputs.flatMap(({ messages }) => messages.map(({ receipt, bytes }) => [bytesName(receipt), bytes] as const)),
  );
}

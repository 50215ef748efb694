import type { RunId } from "../../contract/identity.ts";
import type { Lead } from "../../contract/lead.ts";
import type { Model, Source } from "../models/model.ts";
import { storeOf } from "./file_reader.ts";
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from "./http_store.ts";
import { remoteFile } from "./layout.ts";
import { SourceError } from "./source_error.ts";
import { askingOrder } from "./source_health.ts";

/**
 * Returns the state of a product's file of a forecast hour and of its index at each source, as a text that changes when
 * either of them does. Sources that are set aside are not asked; a source that does not answer is left out.
 * @returns null when no source reports a state
 */
export async function upstreamState(
  model: Model,
  product: string,
  { run, lead }: { readonly run: RunId; readonly lead: Lead },
  { sources, signal, retryPolicy = DEFAULT_RETRY_POLICY }: {
    readonly sources: readonly Source[];
    readonly signal: AbortSignal;
    readonly retryPolicy?: RetryPolicy;
  },
): Promise<string | null> {
  const { path, indexPath } = remoteFile(model.layouts, product, run, lead);
  const { first, beside } = askingOrder(sources);
  const states = await Promise.all([...first, ...beside].map(async (source) => {
    const store = storeOf(source, { ...retryPolicy, retries: 0 });
    try {
      const versions = await Promise.all([path, indexPath].map((each) => store.version(each, { signal })));
      return `${source.id} ${versions.map(({ etag, modified, bytes }) => [etag, modified, bytes].join(" ")).join(" ")}`;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SourceError)) throw error;
      return error.failure === "missing" ? `${source.id} missing` : null;
    }
  }));
  const told = states.filter((state) => state !== null);
  return told.length === 0 ? null : told.join("; ");
}

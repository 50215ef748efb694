import type { RunId } from "../../contract/identity.ts";
import type { Model, Source } from "../models/model.ts";
import { storeOf } from "./file_reader.ts";
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from "./http_store.ts";
import { remoteFile } from "./layout.ts";
import { SourceError } from "./source_error.ts";
import { askingOrder } from "./source_health.ts";

/**
 * What a product's file of a forecast hour and its index are at each source, in words that change when one of them does.
 * Sources that are set aside are not asked; one that does not answer says nothing.
 * @returns null when no source tells anything
 */
export async function upstreamState(
  model: Model,
  product: string,
  { run, fh }: { readonly run: RunId; readonly fh: number },
  { sources, signal, retryPolicy = DEFAULT_RETRY_POLICY }: {
    readonly sources: readonly Source[];
    readonly signal: AbortSignal;
    readonly retryPolicy?: RetryPolicy;
  },
): Promise<string | null> {
  const { path, indexPath } = remoteFile(model.layouts, product, run, fh);
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

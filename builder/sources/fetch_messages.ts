import type { RunId } from "../../contract/identity.ts";
import { type Lead, leadText } from "../../contract/lead.ts";
import { messageLead, type MessageSelector, selectorName } from "../grib/message_selector.ts";
import type { Model, Source } from "../models/model.ts";
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from "./http_store.ts";
import { type RemoteFile, remoteFile } from "./layout.ts";
import { type CachedMessage, MessageCache, type MessageKey } from "./message_cache.ts";
import { DEFAULT_PATIENCE, type Patience, raceSources } from "./race_sources.ts";
import { AllSourcesFailedError } from "./source_error.ts";

/** A message, and the product whose file contains it. */
export interface WantedMessage {
  readonly product: string;
  readonly selector: MessageSelector;
}

/** Returns a name that no other message of an hour has. */
export function wantedName({ product, selector }: WantedMessage): string {
  return `${product} ${selectorName(selector)}`;
}

export interface FetchRequest {
  readonly model: Model;
  readonly run: RunId;
  readonly lead: Lead;
  readonly wanted: readonly WantedMessage[];
  /** Sources in the order to try them. */
  readonly sources: readonly Source[];
  readonly dataRoot: string;
  readonly signal: AbortSignal;
  readonly retryPolicy?: RetryPolicy;
  readonly patience?: Patience;
}

/** Outcome of each wanted message, by its name: the cached message, or the reason why no source gave it. */
export type FetchedMessages = ReadonlyMap<string, CachedMessage | AllSourcesFailedError>;

/**
 * Returns all messages that an hour's variables need. Each message is read from the cache or fetched once from the best
 * source, with one read of the file's index and as few byte ranges as possible. Fetched messages stay in the cache, so
 * that an interrupted build continues where it stopped.
 */
export async function fetchMessages(request: FetchRequest): Promise<FetchedMessages> {
  const { model, run, lead, wanted, dataRoot } = request;
  const cache = new MessageCache(dataRoot, model.id, run);
  const outcomes = new Map<string, CachedMessage | AllSourcesFailedError>();
  const pending: PendingMessage[] = [];
  for (const [name, { product, selector }] of new Map(wanted.map((message) => [wantedName(message), message]))) {
    const key: MessageKey = { product, selector, lead: messageLead(selector, lead) };
    const cached = await cache.read(key);
    if (cached) outcomes.set(name, cached);
    else pending.push({ name, key, file: remoteFile(model.layouts, product, run, key.lead) });
  }
  const files = [...Map.groupBy(pending, ({ file }) => file.path).values()];
  for (const fetched of await Promise.all(files.map((messages) => fetchFile(messages, request, cache)))) {
    for (const [name, outcome] of fetched) outcomes.set(name, outcome);
  }
  return outcomes;
}

interface PendingMessage {
  readonly name: string;
  readonly key: MessageKey;
  readonly file: RemoteFile;
}

/** Fetches messages of one file. */
async function fetchFile(
  messages: readonly PendingMessage[],
  request: FetchRequest,
  cache: MessageCache,
): Promise<FetchedMessages> {
  const { model, run, lead, sources, signal, retryPolicy = DEFAULT_RETRY_POLICY, patience = DEFAULT_PATIENCE } =
    request;
  const outcomes = new Map<string, CachedMessage | AllSourcesFailedError>();
  const answers = await raceSources({
    run,
    sources,
    signal,
    retryPolicy,
    patience,
    file: messages[0]!.file,
    sought: messages,
    keep: async ({ name, bytes, entry, url, version }, source) => {
      const { key } = messages.find((message) => message.name === name)!;
      const { modified, etag, bytes: objectBytes } = version;
      const origin = {
        provider: source.id,
        url,
        message: entry.description,
        offset: entry.start,
        modified,
        etag,
        objectBytes,
      };
      outcomes.set(name, await cache.write(key, bytes, origin));
    },
  });
  for (const { name, key } of messages) {
    if (outcomes.has(name)) continue;
    const what = `${selectorName(key.selector)} of ${model.id} ${run} forecast hour ${leadText(lead)}`;
    outcomes.set(name, new AllSourcesFailedError(answers.get(name) ?? [], what));
  }
  return outcomes;
}

import { sourceAvailable, sourceOpenings } from "../operations/metrics.ts";
import type { Source } from "../models/model.ts";
import { type BreakerState, CircuitBreaker } from "./circuit_breaker.ts";

/** State of a source, and its last answers in this process. */
export interface SourceHealth {
  readonly source: string;
  readonly baseUrl: string;
  readonly state: BreakerState;
  /** Time of the next try (ISO 8601), or null when the source is not set aside. */
  readonly asideUntil: string | null;
  readonly lastFailure: string | null;
  readonly lastFailureAt: string | null;
  readonly lastSuccessAt: string | null;
}

interface Record {
  readonly source: Source;
  readonly breaker: CircuitBreaker;
  lastFailure: string | null;
  lastFailureAt: Date | null;
  lastSuccessAt: Date | null;
}

const records = new Map<string, Record>();

function recordOf(source: Source): Record {
  const key = `${source.id} ${source.baseUrl}`;
  let record = records.get(key);
  if (!record) {
    record = { source, breaker: new CircuitBreaker(), lastFailure: null, lastFailureAt: null, lastSuccessAt: null };
    records.set(key, record);
    sourceAvailable.set({ source: source.id }, 1);
  }
  return record;
}

/** Notes a proper answer of a source, even if it only reports that something is missing. */
export function noteSuccess(source: Source): void {
  const record = recordOf(source);
  record.breaker.succeed();
  record.lastSuccessAt = new Date();
  sourceAvailable.set({ source: source.id }, record.breaker.state === "open" ? 0 : 1);
}

/** Notes a fault of a source: it refused, did not answer, or was so slow that another source was asked. */
export function noteFailure(source: Source, reason: string): void {
  const record = recordOf(source);
  noteFault(record, reason, record.breaker.fail());
}

/** Notes that a source gave wrong content which another source gave correctly. */
export function noteWrong(source: Source, reason: string): void {
  const record = recordOf(source);
  noteFault(record, reason, record.breaker.condemn());
}

function noteFault(record: Record, reason: string, isSetAside: boolean): void {
  record.lastFailure = reason;
  record.lastFailureAt = new Date();
  if (isSetAside) sourceOpenings.inc({ source: record.source.id });
  if (record.breaker.state === "open") sourceAvailable.set({ source: record.source.id }, 0);
}

/** Sources in the order to ask them. */
export interface AskingOrder {
  /** Available sources, in the order they were given. */
  readonly first: readonly Source[];
  /** Sources whose pause is over: asked beside the first one, so that no request waits for their answer. */
  readonly beside: readonly Source[];
  /** Sources that are set aside: asked when no other source is left. */
  readonly last: readonly Source[];
}

export function askingOrder(sources: readonly Source[]): AskingOrder {
  const inState = (wanted: BreakerState) => sources.filter((source) => recordOf(source).breaker.state === wanted);
  return { first: inState("closed"), beside: inState("half-open"), last: inState("open") };
}

/** Returns the state of all sources that were asked, for people. */
export function sourcesHealth(now: Date = new Date()): SourceHealth[] {
  return [...records.values()].map(({ source, breaker, lastFailure, lastFailureAt, lastSuccessAt }) => ({
    source: source.id,
    baseUrl: source.baseUrl,
    state: breaker.state,
    asideUntil: breaker.state === "open" ? new Date(now.getTime() + breaker.pauseLeftMs).toISOString() : null,
    lastFailure,
    lastFailureAt: lastFailureAt?.toISOString() ?? null,
    lastSuccessAt: lastSuccessAt?.toISOString() ?? null,
  }));
}

import type { FrameId } from "../../contract/identity.ts";

/**
 * Steps on the way of a frame, in order. Each has left something whole on the disk when it is reached, from which a build
 * that is killed goes on: messages in the cache, the frame in staging, its first file and then all of them in their
 * place, its line in the manifest, and LATEST.
 */
export const PHASES = ["fetched", "staged", "moving", "moved", "listed", "promoted"] as const;
export type Phase = typeof PHASES[number];

type PhaseListener = (phase: Phase, frame: FrameId) => void;
const listeners = new Set<PhaseListener>();

/** Tells of every phase that a frame of this process reaches. @returns a function that ends it */
export function onPhase(listener: PhaseListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function reachPhase(phase: Phase, frame: FrameId): void {
  listeners.forEach((listener) => listener(phase, frame));
}

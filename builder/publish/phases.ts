import type { FrameId } from "../../contract/identity.ts";

/**
 * Phases of a frame, in order. Each phase leaves something whole on the disk, from which the next build goes on when
 * this one is killed: messages in the cache, the frame in staging, its first file and then all files in their place,
 * its line in the manifest, and LATEST.
 */
export const PHASES = ["fetched", "staged", "moving", "moved", "listed", "promoted"] as const;
export type Phase = typeof PHASES[number];

type PhaseListener = (phase: Phase, frame: FrameId) => void;
const listeners = new Set<PhaseListener>();

/**
 * Calls a listener for every phase that a frame of this process reaches. @returns a function that removes the listener
 */
export function onPhase(listener: PhaseListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function reachPhase(phase: Phase, frame: FrameId): void {
  listeners.forEach((listener) => listener(phase, frame));
}

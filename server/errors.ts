import type { VersionedFrame } from "../contract/frame_version.ts";
import { type FrameId, frameName, type ModelId, type RunId } from "../contract/identity.ts";

/** What was asked for is not published. A reader gets 404 and may ask again soon. */
export class NotPublishedError extends Error {
  override readonly name = "NotPublishedError";

  static frame(frame: VersionedFrame): NotPublishedError {
    const version = frame.v === undefined ? "" : ` with version ${frame.v}`;
    return new NotPublishedError(`No frame ${frameName(frame)}${version} is published`);
  }
}

/** A parameter has no acceptable form. */
export class BadParameterError extends Error {
  override readonly name = "BadParameterError";

  /** @param value as it was given; null where it is missing */
  constructor(readonly parameter: string, readonly value: string | null, expected: string) {
    super(`Parameter "${parameter}" is ${value === null ? "missing" : `"${value.slice(0, 80)}"`}: ${expected}`);
  }
}

/** A body is not what was expected. */
export class BadBodyError extends Error {
  override readonly name = "BadBodyError";

  /** @param member which of the body's members, such as `points.3.lat`; empty for the body itself */
  constructor(readonly member: string, expected: string) {
    super(`${member === "" ? "The body" : `Member "${member}" of the body`}: ${expected}`);
  }
}

/** A body has more bytes than are read. */
export class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError";
}

/** A body is of a kind that is not read. */
export class UnsupportedBodyError extends Error {
  override readonly name = "UnsupportedBodyError";
}

/** There is more to do than can be done. A client comes again later. */
export class BusyError extends Error {
  override readonly name = "BusyError";

  constructor(message: string, readonly retryAfterS: number, readonly status: 429 | 503 = 503) {
    super(message);
  }
}

/** What was asked for is published, and a file of it is damaged or cannot be read. A client comes again later. */
export class DamagedError extends Error {
  override readonly name = "DamagedError";

  static run(model: ModelId, run: RunId): DamagedError {
    return new DamagedError(`The manifest of run ${run} of ${model} cannot be read at the moment`);
  }

  static frame(frame: FrameId, cause: unknown): DamagedError {
    return new DamagedError(`A file of frame ${frameName(frame)} cannot be read at the moment`, {
      cause,
    });
  }
}

/** A published file is not what the contract says. */
export class BadArtifactError extends Error {
  override readonly name = "BadArtifactError";
}

/** What an error while files of a published frame were read means to who asked. */
export function errorOfReading(frame: VersionedFrame, error: unknown): Error {
  if (error instanceof Deno.errors.NotFound) return NotPublishedError.frame(frame);
  if (error instanceof BusyError || error instanceof NotPublishedError || error instanceof DamagedError) return error;
  return DamagedError.frame(frame, error);
}

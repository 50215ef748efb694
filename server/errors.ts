import type { VersionedFrame } from "../contract/frame_version.ts";
import { type FrameId, frameName, type ModelId, type RunId } from "../contract/identity.ts";

/** The requested data is not published. A client gets 404 and may ask again soon. */
export class NotPublishedError extends Error {
  override readonly name = "NotPublishedError";

  static frame(frame: VersionedFrame): NotPublishedError {
    const version = frame.v === undefined ? "" : ` with version ${frame.v}`;
    return new NotPublishedError(`No frame ${frameName(frame)}${version} is published`);
  }
}

/** A parameter is missing or unknown, or its value is not acceptable. */
export class BadParameterError extends Error {
  override readonly name = "BadParameterError";

  /**
   * Describes the parameter.
   * @param value as it was given; null when it is missing
   */
  constructor(readonly parameter: string, readonly value: string | null, expected: string) {
    super(`Parameter "${parameter}" is ${value === null ? "required" : `"${value.slice(0, 80)}"`}: ${expected}`);
  }
}

/** A request body does not have the expected form. */
export class BadBodyError extends Error {
  override readonly name = "BadBodyError";

  /**
   * Describes the member.
   * @param member name of the wrong member of the body, such as `points.3.lat`; empty for the body itself
   */
  constructor(readonly member: string, expected: string) {
    super(`${member === "" ? "The body" : `Member "${member}" of the body`}: ${expected}`);
  }
}

/** A request body is larger than the limit. */
export class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError";
}

/** A request body has an unsupported media type or coding. */
export class UnsupportedBodyError extends Error {
  override readonly name = "UnsupportedBodyError";
}

/** The server has more work than it can do. The client may come again later. */
export class BusyError extends Error {
  override readonly name = "BusyError";

  constructor(message: string, readonly retryAfterS: number, readonly status: 429 | 503 = 503) {
    super(message);
  }
}

/** The requested data is published, but a file of it is damaged or cannot be read. The client may come again later. */
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

/** A published file does not follow the contract. */
export class BadArtifactError extends Error {
  override readonly name = "BadArtifactError";
}

/** The error to report when reading files of a published frame failed. */
export function errorOfReading(frame: VersionedFrame, error: unknown): Error {
  if (error instanceof Deno.errors.NotFound) return NotPublishedError.frame(frame);
  if (error instanceof BusyError || error instanceof NotPublishedError || error instanceof DamagedError) return error;
  return DamagedError.frame(frame, error);
}

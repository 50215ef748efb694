import { locateAec } from "./locate.ts";
import { AEC_SYMBOLS, type AecSymbols } from "./symbols.ts";

/** The error that libaec is missing or does not load: CCSDS-packed messages cannot be read without it. */
export class AecUnusableError extends Error {
  override readonly name = "AecUnusableError";
}

/** The error that libaec could not decode a stream. */
export class AecError extends Error {
  override readonly name = "AecError";
}

let symbols: AecSymbols | null = null;

/**
 * Returns the library, which is opened at the first call in each thread and never closed.
 * @throws AecUnusableError when there is none, or it does not load
 */
export function aec(): AecSymbols {
  symbols ??= open();
  return symbols;
}

function open(): AecSymbols {
  const path = locateAec();
  if (path === null) {
    throw new AecUnusableError(
      "Cannot read CCSDS-packed GRIB2 (ECMWF open data): libaec was not found. " +
        "Install libaec (Debian: libaec0, Fedora: libaec, Homebrew: libaec)",
    );
  }
  try {
    return Deno.dlopen(path, AEC_SYMBOLS).symbols;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AecUnusableError(`Cannot load libaec from "${path}": ${reason}`, { cause });
  }
}

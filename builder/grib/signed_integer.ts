/** Reads a signed integer of GRIB: the first bit is the sign, the others are the magnitude. */
export function signedInteger(view: DataView, at: number, bytes: 1 | 2 | 4): number {
  const raw = bytes === 1 ? view.getUint8(at) : bytes === 2 ? view.getUint16(at) : view.getUint32(at);
  const sign = 2 ** (bytes * 8 - 1);
  return raw > sign ? -(raw - sign) : raw % sign;
}

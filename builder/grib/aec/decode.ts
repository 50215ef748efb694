import { aec, AecError } from "./library.ts";

/** @see libaec.h */
const AEC_DATA_3BYTE = 2;
const AEC_DATA_MSB = 4;
const STREAM_BYTES = 72;
const OFFSET = {
  nextIn: 0,
  availIn: 8,
  nextOut: 24,
  availOut: 32,
  totalOut: 40,
  bits: 48,
  block: 52,
  rsi: 56,
  flags: 60,
};
const ERRORS: Readonly<Record<number, string>> = {
  [-1]: "the parameters are not valid",
  [-2]: "the stream is in a wrong state",
  [-3]: "the data is damaged",
  [-4]: "there is not enough memory",
};

export interface AecParameters {
  /** 1 to 32. */
  readonly bitsPerSample: number;
  /** 8, 16, 32 or 64: libaec divides by it, and another value can end the process. */
  readonly blockSize: number;
  /** Reference sample interval, in blocks: 1 to 4096. */
  readonly rsi: number;
  /** The flags of the GRIB message; `aecDecode` sets byte order and sample size itself. */
  readonly flags: number;
}

/**
 * Decodes `count` samples of CCSDS 121.0-B adaptive entropy coding, as unsigned whole numbers.
 * @throws AecError when the data is damaged or ends early
 * @throws AecUnusableError when there is no libaec
 */
export function aecDecode(
  data: Uint8Array<ArrayBuffer>,
  count: number,
  { bitsPerSample, blockSize, rsi, flags }: AecParameters,
): Uint8Array | Uint16Array | Uint32Array {
  if (bitsPerSample < 1 || bitsPerSample > 32) throw new RangeError(`Cannot decode samples of ${bitsPerSample} bits`);
  if (![8, 16, 32, 64].includes(blockSize) || rsi < 1 || rsi > 4096) {
    throw new RangeError(`Cannot decode CCSDS data with blocks of ${blockSize} samples, reference interval ${rsi}`);
  }
  const Samples = bitsPerSample <= 8 ? Uint8Array : bitsPerSample <= 16 ? Uint16Array : Uint32Array;
  const samples = new Samples(count);
  const c = aec();
  using memory = new NativeMemory();
  const input = memory.allocate(data.length);
  const output = memory.allocate(samples.byteLength);
  const stream = memory.allocate(STREAM_BYTES);
  c.copyIn(input, data, BigInt(data.length));
  const fields = new DataView(new ArrayBuffer(STREAM_BYTES));
  fields.setBigUint64(OFFSET.nextIn, input, isLittleEndian);
  fields.setBigUint64(OFFSET.availIn, BigInt(data.length), isLittleEndian);
  fields.setBigUint64(OFFSET.nextOut, output, isLittleEndian);
  fields.setBigUint64(OFFSET.availOut, BigInt(samples.byteLength), isLittleEndian);
  fields.setUint32(OFFSET.bits, bitsPerSample, isLittleEndian);
  fields.setUint32(OFFSET.block, blockSize, isLittleEndian);
  fields.setUint32(OFFSET.rsi, rsi, isLittleEndian);
  // Samples come out in the machine's byte order, in 1, 2 or 4 bytes.
  const order = isLittleEndian ? 0 : AEC_DATA_MSB;
  fields.setUint32(OFFSET.flags, (flags & ~(AEC_DATA_3BYTE | AEC_DATA_MSB)) | order, isLittleEndian);
  const header = new Uint8Array(fields.buffer);
  c.copyIn(stream, header, BigInt(STREAM_BYTES));
  const status = c.aec_buffer_decode(stream);
  c.copyOut(header, stream, BigInt(STREAM_BYTES));
  if (status !== 0) throw new AecError(`Cannot decode CCSDS data: ${ERRORS[status] ?? `libaec answered ${status}`}`);
  const decodedBytes = Number(fields.getBigUint64(OFFSET.totalOut, isLittleEndian));
  if (decodedBytes !== samples.byteLength) {
    const missing = (samples.byteLength - decodedBytes) / samples.BYTES_PER_ELEMENT;
    throw new AecError(`Cannot decode CCSDS data: it ends ${missing} of ${count} samples early`);
  }
  c.copyOut(new Uint8Array(samples.buffer), output, BigInt(samples.byteLength));
  return samples;
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Blocks of native memory that `using` frees together. */
class NativeMemory implements Disposable {
  readonly #blocks: bigint[] = [];

  /** @throws AecError when there is no more memory */
  allocate(sizeBytes: number): bigint {
    const address = aec().malloc(BigInt(Math.max(1, sizeBytes)));
    if (address === 0n) throw new AecError(`Cannot decode CCSDS data: no memory for ${sizeBytes} bytes`);
    this.#blocks.push(address);
    return address;
  }

  [Symbol.dispose](): void {
    for (const address of this.#blocks) aec().free(address);
  }
}

/** Fields of `struct mallinfo2`: ten numbers of the machine's word size. */
const FIELDS = 10;
const MAPPED = 4; // hblkhd
const IN_USE = 7; // uordblks

/**
 * Returns the bytes that native code has allocated and not freed, in all of glibc's arenas; V8's own memory is not
 * included.
 * @see https://man7.org/linux/man-pages/man3/mallinfo.3.html
 */
export function allocatedBytes(): number {
  const libc = Deno.dlopen("libc.so.6", {
    mallinfo2: { parameters: [], result: { struct: Array.from({ length: FIELDS }, () => "u64" as const) } },
  });
  try {
    const { buffer, byteOffset } = libc.symbols.mallinfo2();
    const fields = new BigUint64Array(buffer, byteOffset, FIELDS);
    return Number(fields[MAPPED]! + fields[IN_USE]!);
  } finally {
    libc.close();
  }
}

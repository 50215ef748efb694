/**
 * The libaec functions that are called, and the C library functions that move bytes into and out of native memory:
 * `aec_stream` holds addresses, and memory that is known only by its address must not be garbage-collected. Pointers
 * are passed as `u64`, as in the GDAL bindings.
 */
export const AEC_SYMBOLS = {
  // int aec_buffer_decode(struct aec_stream *strm)
  aec_buffer_decode: { parameters: ["u64"], result: "i32" },
  // void *malloc(size_t size)
  malloc: { parameters: ["usize"], result: "u64" },
  // void free(void *ptr)
  free: { parameters: ["u64"], result: "void" },
  // void *memcpy(void *dest, const void *src, size_t n), into native memory
  copyIn: { name: "memcpy", parameters: ["u64", "buffer", "usize"], result: "u64" },
  // void *memcpy(void *dest, const void *src, size_t n), out of native memory
  copyOut: { name: "memcpy", parameters: ["buffer", "u64", "usize"], result: "u64" },
} as const satisfies Deno.ForeignLibraryInterface;

export type AecSymbols = Deno.DynamicLibrary<typeof AEC_SYMBOLS>["symbols"];

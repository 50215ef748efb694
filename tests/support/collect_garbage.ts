/** Collects garbage now; nothing happens without `--v8-flags=--expose-gc`, which the test task gives. */
export function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

/**
 * Registers a test of a native binding, after which garbage is collected: memory that only native code still points to
 * is freed while the test can notice.
 */
export function nativeTest(name: string, run: () => void | Promise<void>): void {
  Deno.test(name, async () => {
    try {
      await run();
    } finally {
      collectGarbage();
    }
  });
}

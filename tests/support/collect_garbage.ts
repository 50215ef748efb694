/**
 * Collects garbage now. A call after each test of the binding frees memory that only native code still points to, while
 * the test can notice. Collecting needs `--v8-flags=--expose-gc`, which the test task gives; without this flag nothing
 * happens.
 */
export function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

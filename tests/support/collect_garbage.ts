/**
 * Collects garbage now. With it after each test of the binding, memory that only native code still points to is freed
 * while the test can notice. It needs `--v8-flags=--expose-gc`, which the test task gives; without it nothing happens.
 */
export function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

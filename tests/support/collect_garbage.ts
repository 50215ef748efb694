/** Collects garbage now; nothing happens without `--v8-flags=--expose-gc`, which the test task gives. */
export function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

import { collectGarbage } from "./collect_garbage.ts";

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

/**
 * Registers a test that needs programs which Debian has and few other systems have. Where a program is missing, the
 * test is skipped with one line, or fails in CI.
 * @param needs names of programs, modules of Debian's Python as `python:mapproxy`, and `root`
 */
export function testWithDebian(needs: readonly string[], name: string, fn: () => Promise<void>): void {
  const missing = needs.filter((need) => !isThere(need));
  const mustRun = missing.length === 0 || Boolean(Deno.env.get("CI"));
  Deno.test({
    name: mustRun ? name : `${name} (skipped: ${missing.join(", ")} is not here)`,
    ignore: !mustRun,
    fn: async () => {
      if (missing.length > 0) throw new Error(`CI needs ${missing.join(", ")}`);
      await fn();
    },
  });
}

function isThere(need: string): boolean {
  if (need === "root") return Deno.uid() === 0;
  const module = /^python:(.*)$/.exec(need)?.[1];
  const command = module === undefined ? `command -v ${need}` : `/usr/bin/python3 -c "import ${module}"`;
  return new Deno.Command("/bin/sh", { args: ["-c", command], stdout: "null", stderr: "null" }).outputSync().success;
}

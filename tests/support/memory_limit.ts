/**
 * Runs a command with a memory limit, as a service manager does: in a control group where one can be made, and
 * elsewhere by killing the command when it exceeds the limit.
 */

const GROUPS = "/sys/fs/cgroup/memory";

export interface LimitedOutput {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Means by which the limit was enforced: tests report it when they fail. */
  readonly by: "control group" | "watching";
}

export async function runLimited(
  args: readonly string[],
  limitBytes: number,
  env: Readonly<Record<string, string>> = {},
): Promise<LimitedOutput> {
  using group = controlGroup(limitBytes);
  const shell = group ? `echo $$ > ${group.path}/cgroup.procs && exec "$@"` : 'exec "$@"';
  const child = new Deno.Command("sh", {
    args: ["-c", shell, "sh", Deno.execPath(), ...args],
    env,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const watching = group ? null : watch(child, limitBytes);
  const { code, stdout, stderr } = await child.output();
  clearInterval(watching ?? undefined);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr), by: group ? "control group" : "watching" };
}

function controlGroup(limitBytes: number): ({ readonly path: string } & Disposable) | null {
  const path = `${GROUPS}/twf-test-${crypto.randomUUID()}`;
  try {
    Deno.mkdirSync(path);
    Deno.writeTextFileSync(`${path}/memory.limit_in_bytes`, String(limitBytes));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || isForbidden(error)) return null;
    throw error;
  }
  return {
    path,
    [Symbol.dispose]() {
      Deno.removeSync(path);
    },
  };
}

function isForbidden(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable ||
    (error instanceof Error && "code" in error && error.code === "EROFS");
}

const WATCH_MS = 20;

function watch(child: Deno.ChildProcess, limitBytes: number): ReturnType<typeof setInterval> {
  return setInterval(() => {
    try {
      const held = /VmRSS:\s+([0-9]+) kB/.exec(Deno.readTextFileSync(`/proc/${child.pid}/status`));
      if (held && Number(held[1]) * 1024 > limitBytes) child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof TypeError)) throw error; // the command has ended
    }
  }, WATCH_MS);
}

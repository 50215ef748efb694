/**
 * The real server as a child process with only the permissions it needs, and its use of CPU, memory and files. Linux
 * only.
 */
export class ServerProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess, readonly port: number) {
    this.#child = child;
  }

  /**
   * Starts the server and waits until it answers.
   * @param runtimeOptions Deno options besides permissions
   * @throws Error when the server ends before it answers
   */
  static async start(
    dataRoot: string,
    environment: Readonly<Record<string, string>>,
    runtimeOptions: readonly string[] = [],
  ): Promise<ServerProcess> {
    return await ServerProcess.#spawn(["routes/main.ts"], dataRoot, environment, runtimeOptions);
  }

  /** Starts a server that only answers with `sizeBytes` bytes. @throws Error when the server ends before it answers */
  static async startBare(sizeBytes: number): Promise<ServerProcess> {
    return await ServerProcess.#spawn(["bench/bare_server.ts", String(sizeBytes)], null, {});
  }

  static async #spawn(
    [script, ...args]: readonly string[],
    dataRoot: string | null,
    environment: Readonly<Record<string, string>>,
    runtimeOptions: readonly string[] = [],
  ): Promise<ServerProcess> {
    const port = freePort();
    const project = new URL("..", import.meta.url).pathname;
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--v8-flags=--max-semi-space-size=8", // as in the systemd unit and `deno task serve`
        `--allow-net=127.0.0.1:${port}`,
        `--allow-read=${[project, ...(dataRoot ? [dataRoot] : [])].join()}`,
        "--allow-env",
        ...runtimeOptions,
        project + script,
        ...args,
      ],
      env: {
        MALLOC_ARENA_MAX: "2",
        ...environment,
        ...(dataRoot ? { TWF_V3_DATA_ROOT: dataRoot } : {}),
        TWF_V3_HOST: "127.0.0.1",
        TWF_V3_PORT: String(port),
        TWF_V3_LOG_LEVEL: "error",
      },
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    const server = new ServerProcess(child, port);
    await server.#ready();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Returns the user and system time of all threads so far; the kernel counts in hundredths of a second. */
  cpuMs(): number {
    const stat = Deno.readTextFileSync(`/proc/${this.#child.pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // from the third field of proc(5) on
    return (Number(fields[14 - 3]) + Number(fields[15 - 3])) * 10;
  }

  /** Returns the largest resident size so far. */
  peakMemoryMb(): number {
    const status = Deno.readTextFileSync(`/proc/${this.#child.pid}/status`);
    return Number(/^VmHWM:\s+([0-9]+) kB$/m.exec(status)?.[1]) / 1024;
  }

  /** Returns the resident size now. */
  memoryMb(): number {
    const status = Deno.readTextFileSync(`/proc/${this.#child.pid}/status`);
    return Number(/^VmRSS:\s+([0-9]+) kB$/m.exec(status)?.[1]) / 1024;
  }

  /** Returns the number of open files and sockets. */
  async openFiles(): Promise<number> {
    return (await Array.fromAsync(Deno.readDir(`/proc/${this.#child.pid}/fd`))).length;
  }

  async #ready(): Promise<void> {
    let isGone = false;
    void this.#child.status.then(() => isGone = true);
    for (const deadline = performance.now() + 15_000; performance.now() < deadline && !isGone;) {
      try {
        const response = await fetch(`${this.url}/livez`, { signal: AbortSignal.timeout(1000) });
        await response.body?.cancel();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50)); // not listening yet
      }
    }
    await this[Symbol.asyncDispose]();
    throw new Error("The server ended, or did not answer /livez within 15 s");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGTERM");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // the server has ended already
    }
    await this.#child.status;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

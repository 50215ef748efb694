import { freePort } from "./free_port.ts";

/** Debian's `redis-server` on a port of this machine, for one test or measurement. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #settings: readonly string[];
  #process: Deno.ChildProcess | null = null;

  private constructor(port: number, settings: readonly string[]) {
    this.port = port;
    this.#settings = settings;
  }

  /** @param settings further options, such as `--requirepass secret` */
  static async start(...settings: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(freePort(), settings);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, or starts it again, empty, on the same port. @throws Error when it does not answer within ten seconds */
  async start(): Promise<void> {
    const args = ["--port", String(this.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    const memory = ["--maxmemory", "32mb", "--maxmemory-policy", "allkeys-lru"];
    this.#process = new Deno.Command("redis-server", {
      args: [...args, ...memory, ...this.#settings],
      stdout: "null",
      stderr: "null",
    }).spawn();
    const { port } = this;
    for (let tries = 0;; tries++) {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        return;
      } catch (error) {
        if (tries === 200) {
          await this.stop();
          throw new Error(`redis-server does not answer on port ${port}`, { cause: error });
        }
        await new Promise((wake) => setTimeout(wake, 50));
      }
    }
  }

  /** It keeps its connections and answers nothing any more. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    this.#process?.kill("SIGKILL"); // nothing is to be saved, and one that is paused hears nothing else
    await this.#process?.status;
    this.#process = null;
  }

  /** What `redis-cli` prints for a command. */
  async command(...words: readonly string[]): Promise<string> {
    const args = ["-p", String(this.port), ...words];
    const { stdout } = await new Deno.Command("redis-cli", { args, stdout: "piped", stderr: "null" }).output();
    return new TextDecoder().decode(stdout).trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

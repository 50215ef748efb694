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

  /** Starts a server. @param settings further options, such as `--requirepass secret` */
  static async start(...settings: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(freePort(), settings);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /**
   * Starts the server, or starts it again, empty, on the same port.
   * @throws Error when the server does not answer within ten seconds
   */
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

  /** Stops the server from answering; its connections stay open. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    this.#process?.kill("SIGKILL"); // nothing has to be saved, and a paused server reacts to no other signal
    await this.#process?.status;
    this.#process = null;
  }

  /** Runs a command with `redis-cli` and returns its output. */
  async command(...words: readonly string[]): Promise<string> {
    const args = ["-p", String(this.port), ...words];
    const { stdout } = await new Deno.Command("redis-cli", { args, stdout: "piped", stderr: "null" }).output();
    return new TextDecoder().decode(stdout).trim();
  }

  /** Returns the number of connected servers: their handshake switches to RESP3, which `redis-cli` does not use. */
  async connectedServers(): Promise<number> {
    return (await this.command("CLIENT", "LIST")).split("\n").filter((client) => client.includes(" resp=3")).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

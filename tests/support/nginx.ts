import assert from "node:assert/strict";
import { eventually } from "./eventually.ts";
import { freePort } from "./free_port.ts";

const CONF = new URL("../../deployment/nginx/twf_v3.conf", import.meta.url);

export interface Nginx extends AsyncDisposable {
  readonly origin: string;
  readonly accessLog: string;
}

/**
 * Debian's nginx with the shipped configuration, in front of a server: of it only port, place of the server and folders are
 * others.
 */
export async function startNginx(folder: string, serverOrigin: string): Promise<Nginx> {
  const port = freePort();
  const conf = (await Deno.readTextFile(CONF))
    .replaceAll("listen 80", `listen 127.0.0.1:${port}`)
    .replace("server 127.0.0.1:8200;", `server ${new URL(serverOrigin).host};`)
    .replaceAll("/var/cache/nginx/twf_v3", `${folder}/cache`)
    .replaceAll("/var/log/twf_v3", folder);
  assert.doesNotMatch(conf, /8200|listen 80/);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`).join("\n");
  await Deno.writeTextFile(
    `${folder}/nginx.conf`,
    `daemon off;\nuser root;\npid ${folder}/nginx.pid;\nerror_log ${folder}/error.log;\n` +
      `events { worker_connections 2048; }\nhttp {\n${temporary}\n${conf}\n}\n`,
  );
  const args = ["-c", `${folder}/nginx.conf`, "-e", `${folder}/error.log`];
  const checked = await new Deno.Command("nginx", { args: ["-t", ...args], stderr: "piped" }).output();
  assert.equal(checked.code, 0, new TextDecoder().decode(checked.stderr));
  const nginx = new Deno.Command("nginx", { args, stdout: "null", stderr: "null" }).spawn();
  const origin = `http://127.0.0.1:${port}`;
  await eventually(async () => {
    try {
      await (await fetch(`${origin}/livez`)).body?.cancel();
      return true;
    } catch {
      return false;
    }
  }, "nginx answers");
  return {
    origin,
    accessLog: `${folder}/access.log`,
    async [Symbol.asyncDispose]() {
      nginx.kill("SIGTERM");
      await nginx.status;
    },
  };
}

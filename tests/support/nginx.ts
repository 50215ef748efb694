import assert from "node:assert/strict";
import { makeCertificate } from "./certificate.ts";
import { eventually } from "./eventually.ts";
import { freePort } from "./free_port.ts";

const SHIPPED = new URL("../../deployment/nginx/", import.meta.url);

export interface Nginx extends AsyncDisposable {
  readonly origin: string;
  /** Origin for HTTPS and HTTP/2, with a self-signed certificate. */
  readonly secureOrigin: string;
  /** The self-signed certificate, as PEM. */
  readonly certificate: string;
  readonly accessLog: string;
}

/**
 * Starts Debian's nginx with the shipped configuration, in front of a server: only the ports, the server's address and
 * the folders differ.
 */
export async function startNginx(folder: string, serverOrigin: string): Promise<Nginx> {
  const [port, securePort] = [freePort(), freePort()];
  const certificate = await makeCertificate(folder);
  const place = async (name: string) => {
    const conf = (await Deno.readTextFile(new URL(name, SHIPPED))).replace(/^\s*#.*$/gm, "")
      .replaceAll("listen 80", `listen 127.0.0.1:${port}`)
      .replaceAll("listen 443", `listen 127.0.0.1:${securePort}`)
      .replace("server 127.0.0.1:8200;", `server ${new URL(serverOrigin).host};`)
      .replaceAll("/var/cache/nginx/twf_v3", `${folder}/cache`)
      .replaceAll("/etc/twf_v3/tls", folder)
      .replaceAll("snippets/", `${folder}/`)
      .replaceAll("/var/log/twf_v3", folder);
    assert.doesNotMatch(conf, /8200|listen (80|443)|\/var\/|\/etc\/twf/);
    await Deno.writeTextFile(`${folder}/${name}`, conf);
  };
  for (const name of ["twf_v3_site.conf", "twf_v3.conf", "twf_v3_https.conf"]) await place(name);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`).join("\n");
  await Deno.writeTextFile(
    `${folder}/nginx.conf`,
    `daemon off;\nuser root;\npid ${folder}/nginx.pid;\nerror_log ${folder}/error.log;\n` +
      `events { worker_connections 2048; }\nhttp {\n${temporary}\n` +
      `include ${folder}/twf_v3.conf;\ninclude ${folder}/twf_v3_https.conf;\n}\n`,
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
    secureOrigin: `https://localhost:${securePort}`,
    certificate,
    accessLog: `${folder}/access.log`,
    async [Symbol.asyncDispose]() {
      nginx.kill("SIGTERM");
      await nginx.status;
    },
  };
}

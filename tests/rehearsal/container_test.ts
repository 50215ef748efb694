import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { testWithDebian } from "../support/debian_programs.ts";
import { tempDir } from "../support/temp_dir.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Archive of a bare Debian, kept for the next run of the tests: making it takes minutes. */
const DEBIAN = `${ROOT}.twf/tests/debian12.tar`;
const CONTAINERFILE = "deployment/container/Containerfile";

const text = new TextDecoder();

async function run(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const command = new Deno.Command(program, { args: [...args], cwd: ROOT, env: { STORAGE_DRIVER: "vfs", ...env } });
  const { code, stdout, stderr } = await command.output();
  assert.equal(code, 0, `${program} ${args.join(" ")}: ${text.decode(stdout).slice(-3000)} ${text.decode(stderr)}`);
  return text.decode(stdout).trim();
}

/** Returns the path of an archive of Debian 12 with only its required packages, as debootstrap makes it. */
async function bareDebian(): Promise<string> {
  if (await Deno.stat(DEBIAN).then(() => true, () => false)) return DEBIAN;
  await using folder = await tempDir();
  await run("debootstrap", ["--variant=minbase", "bookworm", `${folder.path}/debian`]);
  await run("tar", ["-C", `${folder.path}/debian`, "-cf", `${DEBIAN}.new`, "."]);
  await Deno.rename(`${DEBIAN}.new`, DEBIAN);
  return DEBIAN;
}

testWithDebian(
  ["root", "buildah", "debootstrap", "unshare"],
  "the image is built on a bare Debian 12, and shows the demo there: as another user, without a network, writing only data",
  async () => {
    await using folder = await tempDir();
    const buildah = (...args: string[]) =>
      run("buildah", ["--root", `${folder.path}/images`, "--runroot", `${folder.path}/run`, ...args], {
        BUILDAH_ISOLATION: "chroot",
      });
    await Deno.mkdir(`${ROOT}.twf/tests`, { recursive: true });
    const base = await buildah("from", "scratch");
    await buildah("add", "-q", base, await bareDebian(), "/");
    const certificates = Deno.env.get("NODE_EXTRA_CA_CERTS");
    if (certificates) {
      await buildah("copy", "-q", base, certificates, "/srv/certificates.pem");
      await buildah("config", "--env", "NODE_EXTRA_CA_CERTS=/srv/certificates.pem", base);
    }
    await buildah("commit", "-q", base, "localhost/debian");
    const options = ["--format", "docker", "-f", CONTAINERFILE, "--build-arg", "BASE=localhost/debian", "-t", "twf-v3"];
    await buildah("build", ...options, ".");

    const { User, Healthcheck } = JSON.parse(await buildah("inspect", "--type", "image", "twf-v3")).Docker.config;
    assert.equal(User, "twf");
    const container = await buildah("from", "twf-v3");
    const mounted = await buildah("mount", container);
    await Deno.writeTextFile(`${folder.path}/begun`, "");
    const inContainer =
      `buildah --root ${folder.path}/images --runroot ${folder.path}/run run --network host ${container} --`;
    const health = Healthcheck.Test.slice(1).join(" ");
    const inside = `
      ip link set lo up
      setsid timeout 300 ${inContainer} /opt/twf_v3/twf demo --hours 1 >${folder.path}/said 2>&1 &
      demo=$!
      for try in $(seq 240); do curl -fs -o /dev/null http://127.0.0.1:8200/livez && break; sleep 1; done
      curl -fs http://127.0.0.1:8200/models-v3 | grep -o 'models-v3/assets/[A-Za-z0-9_.-]*' | sort -u |
        while read -r asset; do curl -fs -o /dev/null "http://127.0.0.1:8200/$asset" && echo "$asset"; done
      ${inContainer} ${health} && echo "is healthy"
      ${inContainer} id -un
      kill -TERM -- -$demo
      wait`;
    const shown = await run("unshare", ["-n", "bash", "-c", inside], { BUILDAH_ISOLATION: "chroot" });
    const said = await Deno.readTextFile(`${folder.path}/said`);
    assert.match(said, /^17 frames in /m);
    assert.ok(shown.split("\n").filter((line) => line.startsWith("models-v3/assets/")).length > 8, shown);
    assert.match(shown, /^is healthy\ntwf$/m);
    const written = await run("find", [
      mounted,
      "-newer",
      `${folder.path}/begun`,
      "-type",
      "f",
      "-not",
      "-path",
      `${mounted}/tmp/*`,
      "-not",
      "-path",
      `${mounted}/var/lib/twf_v3/*`,
    ]);
    assert.equal(written, "", "a read-only root will do");
    await buildah("rm", "-a");
  },
);

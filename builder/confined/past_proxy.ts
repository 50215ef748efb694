const THIS_MACHINE = ["localhost", "127.0.0.1", "::1"];

/**
 * Returns the settings with which a process contacts this machine directly, and all other hosts through the proxy in
 * the environment. Deno would use `HTTP_PROXY` for its own loopback addresses too.
 */
export function pastProxy(environment: Readonly<Record<string, string>>): Record<string, string> {
  const given = environment.NO_PROXY ?? environment.no_proxy ?? "";
  const hosts = [...given.split(",").map((host) => host.trim()).filter((host) => host !== ""), ...THIS_MACHINE];
  const noProxy = [...new Set(hosts)].join(",");
  return { NO_PROXY: noProxy, no_proxy: noProxy };
}

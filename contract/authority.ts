/** A host in the form that a URL needs before a port: IPv6 addresses get brackets. */
export function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

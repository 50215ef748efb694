/** A host as it stands in a URL, before a port: an IPv6 address has brackets there. */
export function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

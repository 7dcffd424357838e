/** The host without its port, lower case: what passes and challenges are for. */
export const hostnameOf = (host: string): string => {
  const colon = host.lastIndexOf(':')
  return colon < 0 || host.endsWith(']') || !/^\d*$/.test(host.slice(colon + 1)) ? host : host.slice(0, colon)
}

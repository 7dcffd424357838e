const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** The host without its port, lower case: what passes and challenges are for. */
export const hostnameOf = (host: string): string => {
  const colon = host.lastIndexOf(':')
  if (colon < 0) return host
  for (let at = colon + 1; at < host.length; at++) if (!isDigit(host.charCodeAt(at))) return host
  return host.slice(0, colon)
}

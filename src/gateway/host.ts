const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** The host without its port, lower case: what passes and challenges are for. */
export const hostnameOf = (host: string): string => {
  const colon = host.lastIndexOf(':')
  if (colon < 0) return host
  for (let at = colon + 1; at < host.length; at++) if (!isDigit(host.charCodeAt(at))) return host
  return host.slice(0, colon)
}

/** Longer than any host with its port (RFC 1035 §2.3.4); a seal has room for no more. */
const HOST = /^[\x21-\x7e]{0,255}$/

/** True for what may stand in a `Host` field; it is data only, so its syntax is not looked at. */
export const isHost = (host: string): boolean => HOST.test(host)

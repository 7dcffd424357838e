// RFC 9110 §5.6.2; no method that anybody uses is longer.
const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/
const VERSION = /^HTTP\/[1-9](?:\.\d)?$/

/** `GET /path HTTP/1.1`; undefined when it is none, such as the bytes of a TLS handshake. */
export const requestLineOf = (text: string): { method: string; target: string } | undefined => {
  const first = text.indexOf(' ')
  const last = text.lastIndexOf(' ')
  if (first < 1 || last <= first + 1) return undefined
  const target = text.slice(first + 1, last)
  const method = text.slice(0, first)
  if (!VERSION.test(text.slice(last + 1)) || !METHOD.test(method) || target.includes(' ')) return undefined
  return { method, target }
}

/** Fields of the upstream's connection, and those that only the gateway may send. */
const DROPPED = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'tollgate-action',
  'tollgate-reference',
])

const CONNECTION = 'connection'
const NONE: readonly string[] = []

/** Names that the upstream's `Connection` fields declare as belonging to that connection (RFC 9110 §7.6.1). */
const connectionNames = (raw: readonly Buffer[]): readonly string[] => {
  let names: string[] | undefined
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i]!.length !== CONNECTION.length) continue
    if (raw[i]!.toString('latin1').toLowerCase() !== CONNECTION) continue
    const value = raw[i + 1]!.toString('latin1').toLowerCase()
    if (value === 'keep-alive' || value === 'close') continue
    names = [...(names ?? []), ...value.split(',').map((name) => name.trim())]
  }
  return names ?? NONE
}

export interface ResponseHead {
  /** Flat list of names and values, in the upstream's order. */
  readonly headers: string[]
  /** Bytes of the body; -1 when the upstream did not say. */
  readonly length: number
}

/** The upstream's fields as they go to the visitor. @param setsPass True for a cookie that would touch a pass. */
export const visitorResponseHeaders = (
  raw: readonly Buffer[],
  setsPass: (setCookie: string) => boolean,
): ResponseHead => {
  const headers: string[] = []
  const named = connectionNames(raw)
  let length = -1
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toString('latin1')
    const lower = name.toLowerCase()
    if (DROPPED.has(lower) || (named.length > 0 && named.includes(lower))) continue
    const value = raw[i + 1]!.toString('latin1')
    if (lower === 'set-cookie' && setsPass(value)) continue
    if (lower === 'content-length') length = Number(value)
    headers.push(name, value)
  }
  return { headers, length }
}

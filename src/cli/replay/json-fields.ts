/** Where the JSON logs of nginx, Caddy, Traefik and the gateway itself keep what is asked for; the first one counts. */

type Record_ = Readonly<Record<string, unknown>>

export const isRecord = (value: unknown): value is Record_ =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const FIELDS = {
  address: [
    ['client_ip'],
    ['request', 'client_ip'],
    ['remote_ip'],
    ['request', 'remote_ip'],
    ['remote_addr'],
    ['request', 'remote_addr'],
    ['address'],
    ['x-real-ip'],
    ['clientip'],
    ['ClientHost'],
  ],
  method: [['request', 'method'], ['request_method'], ['method'], ['RequestMethod']],
  target: [['request', 'uri'], ['request_uri'], ['uri'], ['target'], ['RequestPath'], ['path']],
  host: [['request', 'host'], ['http_host'], ['host'], ['RequestHost'], ['server_name']],
  scheme: [['request', 'scheme'], ['scheme'], ['RequestScheme']],
  status: [['status'], ['DownstreamStatus'], ['status_code'], ['response_status'], ['response', 'status']],
  time: [
    ['ts'],
    ['time'],
    ['time_iso8601'],
    ['time_local'],
    ['msec'],
    ['@timestamp'],
    ['timestamp'],
    ['StartUTC'],
  ],
  userAgent: [['user_agent'], ['http_user_agent'], ['userAgent'], ['request_User-Agent'], ['agent']],
  referer: [['http_referer'], ['referer'], ['referrer'], ['request_Referer']],
  headers: [['request', 'headers'], ['headers'], ['request_headers']],
} as const satisfies Record<string, readonly (readonly string[])[]>

export type Field = keyof typeof FIELDS

const own = (record: unknown, key: string): unknown =>
  isRecord(record) && Object.hasOwn(record, key) ? record[key] : undefined

/** The value of the first name that stands in the record; empty texts, `-` and null count as absent. */
export const fieldOf = (record: Record_, field: Field): unknown => {
  for (const [first, second] of FIELDS[field] as readonly (readonly string[])[]) {
    const outer = own(record, first!)
    const value = second === undefined ? outer : own(outer, second)
    if (value !== undefined && value !== null && value !== '' && value !== '-') return value
  }
  return undefined
}

export const textOf = (record: Record_, field: Field): string | undefined => {
  const value = fieldOf(record, field)
  return typeof value === 'string' ? value : undefined
}

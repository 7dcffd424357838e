import { withoutHostBits } from '../base/address-range.ts'
import type { Fault } from './fault.ts'
import type { JsonSchema } from './schema.ts'
import type { Path, Places } from './places.ts'
import type { RuleEntry } from './rule-lists.ts'
import { knownKeys, shapesAt } from './shape.ts'
import { storeSchema } from '../store/options.ts'

type Mapping = Readonly<Record<string, unknown>>

/** The keys of an Anubis policy file, section by section. */
const ANUBIS_KEYS = {
  top: [
    'bots',
    'thresholds',
    'dnsbl',
    'dns_ttl',
    'openGraph',
    'status_codes',
    'impressum',
    'store',
    'logging',
    'metrics',
    'honeypot',
  ],
  rule: [
    'name',
    'action',
    'user_agent_regex',
    'path_regex',
    'headers_regex',
    'remote_addresses',
    'expression',
    'asns',
    'geoip',
    'challenge',
    'weight',
    'import',
  ],
  threshold: ['name', 'expression', 'action', 'challenge'],
  challenge: ['algorithm', 'difficulty', 'report_as'],
  store: ['backend', 'parameters'],
} as const

/** What Anubis does with a weight when the file has no thresholds. */
const USUAL_THRESHOLDS = [
  {
    name: 'legacy-anubis-behaviour',
    expression: 'weight > 0',
    action: 'CHALLENGE',
    challenge: { algorithm: 'fast', difficulty: 4 },
  },
]

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** What an Anubis file may hold: what ours may, and the parameters of stores that only Anubis has. */
export const anubisShapes = (schema: JsonSchema): JsonSchema => {
  const { properties = {} } = schema
  const store = properties['store'] ?? {}
  const parameters = { type: 'object', additionalProperties: {} }
  return {
    ...schema,
    properties: { ...properties, store: { ...store, properties: { parameters, ...store.properties } } },
  }
}

/** Answers whether data has keys that only tollgate knows; `schema` is that of the whole document. */
export const createOwnKeys = (schema: JsonSchema) => {
  const own = (path: Path, anubis: readonly string[]): ReadonlySet<string> =>
    new Set(knownKeys(shapesAt(schema, path)).filter((key) => !anubis.includes(key)))
  const top = own([], ANUBIS_KEYS.top)
  const rule = own(['bots', 0], ANUBIS_KEYS.rule)
  const threshold = own(['thresholds', 0], ANUBIS_KEYS.threshold)
  const challenge = own(['bots', 0, 'challenge'], ANUBIS_KEYS.challenge)
  const store = own(['store'], ANUBIS_KEYS.store)
  const has = (value: unknown, keys: ReadonlySet<string>): boolean =>
    isMapping(value) && Object.keys(value).some((key) => keys.has(key))
  const inList = (list: unknown, keys: ReadonlySet<string>): boolean =>
    asList(list).some((entry) => has(entry, keys) || (isMapping(entry) && has(entry['challenge'], challenge)))
  return {
    inRules: (list: unknown): boolean => inList(list, rule),
    inDocument: (data: Mapping): boolean =>
      has(data, top) ||
      has(data['store'], store) ||
      inList(data['bots'], rule) ||
      inList(data['thresholds'], threshold),
  }
}

export type OwnKeys = ReturnType<typeof createOwnKeys>

/** True for an Anubis policy file: it has rules, and nothing in it is a key of tollgate alone. */
export const isAnubisPolicy = (data: unknown, ownKeys: OwnKeys): boolean =>
  isMapping(data) &&
  Object.keys(data).some((key) => key.toLowerCase() === 'bots') &&
  !ownKeys.inDocument(data)

const LONGEST_NAME = 100
const RESERVED = new Set(['default', 'dnsbl'])

/** Names stand in headers and metric labels; Anubis takes any text for one. */
const safeName = (name: string): string => {
  const safe = name
    .replaceAll(/[^ -~]/gu, '?')
    .trim()
    .slice(0, LONGEST_NAME)
    .trim()
  if (safe === '') return '?'
  return RESERVED.has(safe) || safe.startsWith('threshold/')
    ? `rule ${safe}`.slice(0, LONGEST_NAME).trim()
    : safe
}

/** Go takes `192.0.2.77/24` for the range that the address lies in. */
const rangesOf = (ranges: unknown): unknown =>
  Array.isArray(ranges)
    ? ranges.map((range: unknown) => (typeof range === 'string' ? withoutHostBits(range) : range))
    : ranges

/** An empty pattern fits every text. */
const EMPTY = '(?:)'

const patternsOf = (headers: unknown): unknown =>
  isMapping(headers)
    ? Object.fromEntries(
        Object.entries(headers).map(([name, pattern]) => [name, pattern === '' ? EMPTY : pattern]),
      )
    : headers

/** A rule in the words of ours, where Anubis takes more. */
const readAsOurs = (data: Mapping): Mapping => ({
  ...data,
  ...(Object.hasOwn(data, 'remote_addresses')
    ? { remote_addresses: rangesOf(data['remote_addresses']) }
    : {}),
  ...(Object.hasOwn(data, 'headers_regex') ? { headers_regex: patternsOf(data['headers_regex']) } : {}),
})

const DATABASES = { asns: 'ASN', geoip: 'country' } as const

/** The rules of an Anubis file as they can be kept: without those that need a database, under names that are safe. */
export const keptRules = (
  entries: readonly RuleEntry[],
  onWarning: (warning: Fault) => void,
): readonly RuleEntry[] =>
  entries.flatMap((entry): readonly RuleEntry[] => {
    const { data, places, path } = entry
    if (!isMapping(data)) return [entry]
    for (const [key, database] of Object.entries(DATABASES)) {
      if (!Object.hasOwn(data, key)) continue
      const message = `${places.text(path)} is left out: ${key} needs a database (${database}), and none is named`
      onWarning({ ...places.nearest([...path, key]).key, message })
      return []
    }
    const { name } = data
    const kept = { ...entry, data: readAsOurs(data) }
    if (typeof name !== 'string' || name === '' || safeName(name) === name) return [kept]
    const message = `${places.text([...path, 'name'])} is changed to "${safeName(name)}"`
    onWarning({ ...places.nearest([...path, 'name']).value, message })
    return [{ ...kept, data: { ...kept.data, name: safeName(name) } }]
  })

const storeOf = (store: unknown, places: Places, onWarning: (warning: Fault) => void): unknown => {
  if (!isMapping(store)) return store
  const { backend, parameters: _, ...rest } = store
  const isBuilt = backend === undefined || storeSchema.safeParse({ backend }).success
  if (isBuilt || typeof backend !== 'string') return backend === undefined ? rest : { ...rest, backend }
  const message = `store.backend ${backend} is not supported; memory is used`
  onWarning({ ...places.nearest(['store', 'backend']).value, message })
  return rest
}

/** A store without parameters may say so, as every file of Anubis's does. */
export const withoutEmptyParameters = (data: Mapping): Mapping => {
  const { store } = data
  if (!isMapping(store)) return data
  const { parameters, ...rest } = store
  return isMapping(parameters) && Object.keys(parameters).length === 0 ? { ...data, store: rest } : data
}

const isAbsent = (list: unknown): boolean =>
  list === undefined || list === null || (Array.isArray(list) && list.length === 0)

/** Fills in what an Anubis file means by what it does not say. */
export const anubisDefaults = (
  data: Mapping,
  places: Places,
  onWarning: (warning: Fault) => void,
): Record<string, unknown> => {
  const thresholds = data['thresholds']
  return {
    ...data,
    default: 'ALLOW',
    thresholds: isAbsent(thresholds) ? USUAL_THRESHOLDS : thresholds,
    ...(Object.hasOwn(data, 'store') ? { store: storeOf(data['store'], places, onWarning) } : {}),
  }
}

import type { RequestFacts } from '../../client/client.ts'
import { MOST_ENTRIES, EvaluationFault } from './value.ts'
import type { Dictionary } from './value.ts'

const TOO_MANY = new EvaluationFault(`the request has more than ${MOST_ENTRIES} headers or query parameters`)
const ESCAPES = /(?:%[0-9a-fA-F]{2})+/g
const DIGITS = /^\d{1,18}$/

const decoded = (text: string): string =>
  text
    .replaceAll('+', ' ')
    .replaceAll(ESCAPES, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))

/** As a form has it; what is not a valid escape stays as it is. */
const queryOf = (target: string): Dictionary => {
  const map = new Map<string, string>()
  const start = target.indexOf('?')
  if (start < 0) return map
  const pairs = target.slice(start + 1).split('&', MOST_ENTRIES + 1)
  if (pairs.length > MOST_ENTRIES) throw TOO_MANY
  for (const pair of pairs) {
    if (pair === '') continue
    const split = pair.indexOf('=')
    const key = decoded(split < 0 ? pair : pair.slice(0, split))
    const value = split < 0 ? '' : decoded(pair.slice(split + 1))
    const before = map.get(key)
    map.set(key, before === undefined ? value : `${before},${value}`)
  }
  return map
}

/** Header names that are remembered; then all are forgotten, for visitors invent names. */
const MOST_NAMES = 512

/** `sec-ch-ua` as `Sec-Ch-Ua`. Remembered: a request has some ten names, nearly always the same. */
const createCanonical = (): ((name: string) => string) => {
  const known = new Map<string, string>()
  return (name) => {
    let canonical = known.get(name)
    if (canonical === undefined) {
      canonical = name.replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase())
      if (known.size >= MOST_NAMES) known.clear()
      known.set(name, canonical)
    }
    return canonical
  }
}

/**
 * What rules can read of a request, made when it is first asked for. A class, so that a variable costs no more than
 * a field.
 */
export class RequestValues {
  readonly facts: RequestFacts
  readonly #canonical: (name: string) => string
  #headers: Dictionary | undefined
  #query: Dictionary | undefined
  #contentLength: bigint | undefined

  constructor(facts: RequestFacts, canonical: (name: string) => string) {
    this.facts = facts
    this.#canonical = canonical
  }

  /** By canonical name; without `Host`, which stands in its own variable. */
  get headers(): Dictionary {
    return (this.#headers ??= this.#readHeaders())
  }

  /** Throws an `EvaluationFault` for more parameters than a map may have. */
  get query(): Dictionary {
    return (this.#query ??= queryOf(this.facts.target))
  }

  /** 0 without a body, -1 when the length of the body is not known. */
  get contentLength(): bigint {
    return (this.#contentLength ??= this.#readLength())
  }

  #readHeaders(): Dictionary {
    const names = this.facts.headerNames()
    if (names.length > MOST_ENTRIES) throw TOO_MANY
    const map = new Map<string, string>()
    for (const name of names) {
      const value = name === 'host' ? undefined : this.facts.header(name)
      if (value !== undefined) map.set(this.#canonical(name), value)
    }
    return map
  }

  #readLength(): bigint {
    const length = this.facts.header('content-length')
    if (length !== undefined && DIGITS.test(length)) return BigInt(length)
    return length === undefined && this.facts.header('transfer-encoding') === undefined ? 0n : -1n
  }
}

/** The values of a request; remembers those of the last one, which every rule asks for in turn. */
export const createRequestValues = (): ((facts: RequestFacts) => RequestValues) => {
  const canonical = createCanonical()
  let last: RequestValues | undefined
  return (facts) => {
    if (last?.facts !== facts) last = new RequestValues(facts, canonical)
    return last
  }
}

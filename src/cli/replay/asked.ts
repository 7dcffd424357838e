import { bad, good } from '../../base/parsed.ts'
import type { Parsed } from '../../base/parsed.ts'
import { parseCount } from '../../base/units.ts'
import { parseFlags } from '../flags.ts'
import { ASSUMPTIONS } from './assumed.ts'
import type { Assumption } from './assumed.ts'
import { FORMAT_NAMES } from './format.ts'
import type { LogFormat } from './format.ts'

/** What the call of the command asks for. */
export interface Asked {
  /** Files, or `-`. */
  readonly logs: readonly string[]
  readonly config: string
  readonly against: string | undefined
  readonly format: LogFormat | 'auto'
  /** Headers that browsers send and the log does not hold. */
  readonly assume: Assumption
  /** Lines in all; Infinity for all there are. */
  readonly limit: number
  /** Requests shown for each kind of change. */
  readonly samples: number
  /** Of requests for which the log has no host; may be empty. */
  readonly host: string
  readonly json: boolean
  readonly quiet: boolean
  readonly dns: boolean
}

export const MOST_SAMPLES = 1000
const USUAL_SAMPLES = 5
const MOST_LOGS = 1000

const OPTIONS = {
  config: { type: 'string' },
  against: { type: 'string' },
  format: { type: 'string' },
  'assume-headers': { type: 'string' },
  limit: { type: 'string' },
  samples: { type: 'string' },
  host: { type: 'string' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
  dns: { type: 'boolean' },
} as const

const formatOf = (text = 'auto'): LogFormat | 'auto' | undefined =>
  text === 'auto' ? text : FORMAT_NAMES.find((name) => name === text)

interface Bounds {
  readonly least: number
  readonly most: number
  readonly usual: number
}

const countOf = (text: string | undefined, { least, most, usual }: Bounds): number | undefined => {
  if (text === undefined) return usual
  const parsed = parseCount(text)
  return parsed.ok && parsed.value >= least && parsed.value <= most ? parsed.value : undefined
}

/** Reads the arguments of the command. */
export const parseAsked = (args: readonly string[]): Parsed<Asked> => {
  const flags = parseFlags(args, { options: OPTIONS, positionals: [1, MOST_LOGS], called: 'the log' })
  if (!flags.ok) return flags
  const { positionals: logs, text, has } = flags.value
  const config = text('config')
  if (config === undefined) return bad('--config is missing')
  const format = formatOf(text('format'))
  if (format === undefined) return bad(`--format must be auto, ${FORMAT_NAMES.join(', ')}`)
  const assumption = text('assume-headers') ?? 'browser'
  const assume = ASSUMPTIONS.find((name) => name === assumption)
  if (assume === undefined) return bad(`--assume-headers must be ${ASSUMPTIONS.join(' or ')}`)
  const limit = countOf(text('limit'), {
    least: 1,
    most: Number.MAX_SAFE_INTEGER,
    usual: Number.POSITIVE_INFINITY,
  })
  if (limit === undefined) return bad('--limit must be a number from 1 on')
  const samples = countOf(text('samples'), { least: 0, most: MOST_SAMPLES, usual: USUAL_SAMPLES })
  if (samples === undefined) return bad(`--samples must be a number from 0 to ${MOST_SAMPLES}`)
  const host = (text('host') ?? '').toLowerCase()
  const [json, quiet, dns] = [has('json'), has('quiet'), has('dns')]
  return good({
    logs,
    config,
    against: text('against'),
    format,
    assume,
    limit,
    samples,
    host,
    json,
    quiet,
    dns,
  })
}

import { FAULTS } from '../../base/error.ts'
import type { Answerer, JudgedPass, Judgement } from '../../app/judge.ts'
import type { Decision } from '../../gateway/decision.ts'
import { createReadings } from '../../policy/path-readings.ts'
import type { TrailStep } from '../../policy/policy.ts'
import type { Asked } from './asked.ts'
import { beliefOf } from './belief.ts'

const WIDTH = 100
const LABEL = 10
const LONGEST_NAME = 30
const MOST_LINES = 3

/** One line without control characters, cut to `width`. */
const cut = (text: string, width: number): string => {
  const line = text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`
}

const row = (label: string, ...texts: readonly string[]): string[] =>
  texts.map((text, index) => (index === 0 ? label : '').padEnd(LABEL) + cut(text, WIDTH - LABEL))

const factLines = ({ facts, arrival }: Asked): string[] => {
  const readings = createReadings().of(facts.path)
  const names = Object.keys(arrival.headers).join(', ')
  return [
    ...row('request', `${facts.method} ${facts.target}`),
    ...row('path', ...readings),
    ...row('agent', facts.userAgent === '' ? 'none' : facts.userAgent),
    ...row('headers', names),
    ...row(
      'reader',
      facts.audience === 'page' ? 'a page can be shown' : 'no page can be shown; a problem document',
    ),
  ]
}

const clientLines = (asked: Asked): string[] => {
  const { address, scheme, host } = asked.facts.client
  return row('client', `${address.text}, ${scheme}, host ${host === '' ? 'none' : host}`, ...beliefOf(asked))
}

const signed = (weight: number): string => (weight > 0 ? `+${weight}` : String(weight))

/** Lines of at most `width` characters, broken between words; more than `MOST_LINES` are cut. */
const wrapped = (text: string, width: number): readonly string[] => {
  const lines = ['']
  for (const word of cut(text, MOST_LINES * width).split(' ')) {
    const last = lines.at(-1) ?? ''
    const longer = last === '' ? word : `${last} ${word}`
    if (longer.length <= width) lines[lines.length - 1] = longer
    else lines.push(cut(word, width))
  }
  return lines.slice(0, MOST_LINES)
}

const TAIL = 16

/** One line that keeps its end, where the reason stands. */
const shortened = (text: string, width: number): string => {
  const line = cut(text, Infinity)
  return line.length <= width ? line : `${line.slice(0, width - TAIL - 1)}…${line.slice(-TAIL)}`
}

const trailLines = (trail: readonly TrailStep[]): string[] => {
  const nameWidth = Math.min(LONGEST_NAME, Math.max(4, ...trail.map(({ rule }) => rule.length)))
  const weightWidth = Math.max(6, ...trail.map(({ weight }) => signed(weight).length))
  const line = (name: string, action: string, matched: string, weight: string, because: string): string[] => {
    const columns = [cut(name, nameWidth).padEnd(nameWidth), action.padEnd(9), matched.padEnd(3)]
    const head = `  ${[...columns, weight.padStart(weightWidth)].join('  ')}  `
    const width = WIDTH - head.length
    const texts = matched === 'yes' ? wrapped(because, width) : [shortened(because, width)]
    return texts.map((text, index) => (index === 0 ? head : ' '.repeat(head.length)) + text)
  }
  return [
    ...line('rule', 'action', 'hit', 'weight', 'because'),
    ...trail.flatMap(({ rule, action, matched, because, weight }) =>
      line(rule, action, matched ? 'yes' : 'no', signed(weight), because),
    ),
  ]
}

const passText = (pass: JudgedPass | undefined, decision: Decision): string => {
  if (pass === undefined) return 'not asked for'
  switch (pass.state) {
    case 'absent':
      return 'none shown'
    case 'unchecked':
      return 'cannot be checked, because the key is not at hand (pass.key_file); taken for none'
    case 'invalid':
      return `no good: ${pass.reason}`
    case 'valid':
      return `level ${pass.level}: ${decision.outcome === 'forward' ? 'enough' : 'too low'}`
  }
}

/** What becomes of the request, in words. */
export const outcomeText = (decision: Decision): string => {
  switch (decision.outcome) {
    case 'forward':
      return decision.instead === undefined
        ? `forward (${decision.action})`
        : `forward (only observed; instead of: ${outcomeText(decision.instead)})`
    case 'refuse':
      return 'refuse'
    case 'challenge':
      return `challenge level ${decision.level}, expected ${decision.work.toLocaleString('en')} hashes (${decision.kind})`
  }
}

const ANSWERED: Readonly<Record<Exclude<Answerer, 'rules'>, string>> = {
  bad_request: `${FAULTS.bad_request[0]} ${FAULTS.bad_request[1]}: the request is malformed; no rule is asked`,
  own_path: 'answered by the gateway itself: a path below base_path; no rule is asked',
}

const join = (lines: readonly string[]): string => `${lines.join('\n')}\n`

/** A request that no rule is asked about. */
export const unruledText = (asked: Asked, answerer: Exclude<Answerer, 'rules'>): string =>
  join([...clientLines(asked), ...factLines(asked), '', ...row('outcome', ANSWERED[answerer])])

const decidedBy = ({ verdict }: Judgement, origin: string | undefined): string => {
  const by = `by ${verdict.rule}`
  return origin === undefined ? by : `${by} (${origin})`
}

/** The whole way of a request, in aligned columns of at most 100 characters. */
export const judgedText = (asked: Asked, judgement: Judgement, origin: string | undefined): string => {
  const { site, verdict, trail, pass, decision } = judgement
  return join([
    ...clientLines(asked),
    ...factLines(asked),
    ...row('site', site.mode === 'observe' ? `${site.name} (mode: observe)` : site.name),
    '',
    ...trailLines(trail),
    '',
    ...row('weight', signed(verdict.weight)),
    ...row('verdict', verdict.action, decidedBy(judgement, origin)),
    ...row('pass', passText(pass, decision)),
    ...row('outcome', outcomeText(decision)),
  ])
}

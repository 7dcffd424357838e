import type { Unknown } from './unknowns.ts'
import type { DistinctCount } from './distinct.ts'
import type { Ranking } from './frequent.ts'
import type { PolicyReport, Report } from './report.ts'
import { ANY_HEADER } from './noticing-facts.ts'
import { changesText } from './changes-text.ts'
import { countText, shareText, shownText, tableText } from './table.ts'
import { CLOSELY, VERDICT_ACTIONS } from './tally.ts'
import type { Close, Closely, MarkCount } from './tally.ts'

const MOST_RULES = 40
const MOST_WEIGHTS = 12

const distinctText = ({ count, exact }: DistinctCount): string => `${exact ? '' : '~'}${countText(count)}`

const networksText = (distinct: DistinctCount): string =>
  `${distinctText(distinct)} ${distinct.count === 1 ? 'network' : 'networks'}`

const readingText = (report: Report): string => {
  const { lines, malformed, noRequest, unasked, requests, networks, span, stopped } = report
  const rows: (readonly [string, number])[] = [
    ['lines', lines],
    ['malformed', malformed.count],
    ['no HTTP request', noRequest],
    ['refused as malformed requests', unasked.bad_request],
    ["of the gateway's own paths", unasked.own_path],
    ['judged', requests],
  ]
  const shown = rows.filter(([name, count]) => count > 0 || name === 'lines' || name === 'judged')
  const counts = tableText(
    shown.map(([name, count]) => [name, countText(count)]),
    [1],
  )
  const bad = malformed.malformedLines.map(
    ({ log, line, why, text }) => `    ${shownText(log, 40)}:${line}: ${why}: ${shownText(text, 60)}\n`,
  )
  return [
    ...report.logs.map(
      ({ log, format, fault }) =>
        `${shownText(log, 80)}: ${format ?? 'no known format'}${fault === undefined ? '' : `; ${fault}`}\n`,
    ),
    stopped === undefined
      ? ''
      : `Stopped early: ${stopped === 'limit' ? 'the limit was reached' : 'interrupted'}.\n`,
    counts,
    ...bad,
    `  from ${networksText(networks)} (/24, /64)${span ? `, ${span.from} to ${span.to}` : ''}\n`,
    `  in ${report.seconds.toFixed(1)} s, ${countText(report.linesPerSecond)} lines/s\n`,
  ].join('')
}

const actionsText = ({ actions }: PolicyReport): string =>
  tableText(
    [
      ['action', 'requests', 'share', 'networks'],
      ...VERDICT_ACTIONS.map((action) => {
        const { count, share, networks } = actions[action]
        return [action, countText(count), shareText(share), distinctText(networks)]
      }),
    ],
    [1, 2, 3],
  )

const rulesText = ({ rules }: PolicyReport): string => {
  const sites = new Set(rules.map(({ site }) => site)).size > 1
  const rows = rules
    .slice(0, MOST_RULES)
    .map(({ site, rule, action, count, share }) => [
      shownText(sites ? `${site}: ${rule}` : rule, 60),
      action,
      countText(count),
      shareText(share),
    ])
  const more = rules.length - rows.length
  return `${tableText([['rule', 'action', 'requests', 'share'], ...rows], [2, 3])}${more > 0 ? `  and ${more} more rules\n` : ''}`
}

const weightsText = ({ rules }: PolicyReport): string => {
  const weighed = rules.filter(({ weights }) => weights.length > 0)
  if (weighed.length === 0) return ''
  const lines = weighed.map(({ rule, weights, otherWeights }) => {
    const shown = weights
      .toSorted((a, b) => b.count - a.count)
      .slice(0, MOST_WEIGHTS)
      .sort((a, b) => a.weight - b.weight)
      .map(({ weight, count }) => `${weight}: ${countText(count)}`)
    const more = weights.length > MOST_WEIGHTS || otherWeights > 0 ? ', …' : ''
    return `  ${shownText(rule, 40)}   ${shown.join(', ')}${more}\n`
  })
  return `\nWeights, where the weight decided (weight: requests)\n${lines.join('')}`
}

const MARKS: Readonly<Record<MarkCount['what'], string>> = {
  weighed: 'weighed',
  observed: 'would have decided, but is only observed',
  failed: 'could not be evaluated',
  unverified: 'matched but for a name or range that was not confirmed',
}

const marksText = (marks: readonly MarkCount[]): string => {
  if (marks.length === 0) return ''
  const rows = marks
    .slice(0, MOST_RULES)
    .map(({ rule, what, action, count }) => [
      shownText(rule, 50),
      countText(count),
      `${MARKS[what]}${what === 'observed' ? ` (${action})` : ''}`,
    ])
  return `\nRules on the way to other verdicts\n${tableText(rows, [1])}`
}

const rankingText = (title: string, { top, error }: Ranking): string => {
  const rows = top.map(({ text, count }) => [countText(count), text === '' ? '(none)' : shownText(text, 76)])
  const about = error === 0 ? '' : ` (each may be up to ${countText(error)} more)`
  return `  ${title}${about}\n${tableText(rows, [0], '    ')}`
}

const TITLES: Readonly<Record<Closely, string>> = { challenge: 'Challenged', deny: 'Denied' }

const closeText = (
  action: Closely,
  { paths, agents, networks, browserLike }: Close,
  count: number,
): string => {
  if (count === 0) return ''
  return [
    `\n${TITLES[action]}\n`,
    `  ${countText(browserLike.requests)} of ${countText(count)} (${shareText(browserLike.requests / count)}), from ${networksText(browserLike.networks)}, carry a browser's User-Agent:\n`,
    '  people, and programs that pose as people.\n',
    rankingText('paths', paths),
    rankingText('agents', agents),
    rankingText('networks', networks),
  ].join('')
}

const UNKNOWN_TEXTS: Readonly<Record<Unknown, string>> = {
  names: 'a name of the address (none was looked up: nobody is verified by name)',
  block_list: 'the DNS block list (not asked: nobody stands on it)',
  lists: 'a list of which there is no copy here (nobody stands on it)',
  load: 'the load of the machine (none)',
}

const MISSED_TEXT = 'Rules asked for these in vain'
const FARES_TEXT = '; a browser will have sent some, and fares better in truth'

const missedText = (missed: Report['missedHeaders'], { assumption }: Report['assumed']): string => {
  if (missed.length === 0) return ''
  const rows = missed
    .slice(0, MOST_RULES)
    .map(({ header, verdicts }) => [
      countText(verdicts),
      header === ANY_HEADER ? 'any (an expression that looks at headers)' : shownText(header, 60),
    ])
  const head = `- ${MISSED_TEXT}${assumption === 'none' ? FARES_TEXT : ''}:\n`
  return `${head}${tableText([['verdicts', 'header'], ...rows], [0], '    ')}`
}

const assumedText = ({ lines }: Report['assumed']): string =>
  lines === 0
    ? ''
    : `- Assumed of ${countText(lines)} lines: the headers their browser sends (not with --assume-headers none).\n`

const heldText = ({ headers, assumed }: Report): string => {
  const held = headers.length === 0 ? 'no headers' : `of headers only ${shownText(headers.join(', '), 200)}`
  const others = assumed.lines === 0 ? 'all others were' : 'what is not assumed was'
  return `- The log holds ${held}; ${others} taken as absent.\n`
}

const notesText = (report: Report): string => {
  const { assumed, allHeaders, missedHeaders, unknown, policy, networks } = report
  const asked = (Object.keys(UNKNOWN_TEXTS) as Unknown[])
    .filter((what) => unknown[what] > 0)
    .map((what) => `- ${countText(unknown[what])} verdicts asked for ${UNKNOWN_TEXTS[what]}.\n`)
  return [
    '\nNotes\n',
    allHeaders ? '' : heldText(report),
    assumedText(assumed),
    missedText(missedHeaders, assumed),
    '- Nobody was taken to have a pass, or to answer a challenge.\n',
    ...asked,
    policy.mode === 'observe'
      ? '- The configuration only observes (mode: observe): all would be forwarded.\n'
      : '',
    networks.exact ? '' : '- Numbers with ~ are estimates (standard error 0.8 %).\n',
  ].join('')
}

/** The report for a person: at most 100 columns wide, but for long names. */
export const reportText = (report: Report): string => {
  const { policy, against, changes } = report
  return [
    readingText(report),
    `\n${shownText(policy.config, 90)}\n`,
    actionsText(policy),
    '\n',
    rulesText(policy),
    weightsText(policy),
    marksText(policy.marks),
    ...CLOSELY.map((action) => closeText(action, policy.close[action], policy.actions[action].count)),
    against === undefined ? '' : `\n${shownText(against.config, 90)}\n${actionsText(against)}`,
    changes === undefined ? '' : changesText(changes, report.requests),
    notesText(report),
  ].join('')
}

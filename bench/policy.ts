/** What the whole default policy costs, beside a policy without a rule. */
import { join } from 'node:path'
import { micros, type Bench, type BenchRow } from './bench.ts'
import { startGateway } from './gateway.ts'
import { navigation } from './requests.ts'
import { measureSlices, median, ratioOf, slicesPlan, type Contender, type Slices } from './slices.ts'
import { fetchPass } from './visitor.ts'
import { benchLists } from './range-list.ts'

const GOAL = 1.35

const POLICIES = {
  empty: 'default: CHALLENGE',
  // Whatever the default policy would do with a browser, both ask it for work: only deciding is compared.
  full: 'bots: [{ import: (data)/meta/default.yaml }]\ndefault: CHALLENGE',
} as const

/** Browsers of many versions on many pages; real visitors share their User-Agents, too. */
const varied = (pass?: string): string[] =>
  Array.from({ length: 64 }, (_, index) =>
    navigation(pass)
      .replace('Chrome/140.0.0.0', `Chrome/${100 + index}.0.${index}.0`)
      .replace('/articles/2026/a-page', `/articles/${2000 + index}/page-${index}`),
  )

const rowOf = (work: string, full: Slices, empty: Slices): BenchRow => {
  const ratio = ratioOf(full, empty)
  return {
    work: `${work}: CPU per request`,
    figure: micros(median(full.cpu)),
    reference: `no rule ${micros(median(empty.cpu))}`,
    ratio: `${ratio.toFixed(2)}×`,
    goal: `≤ ${GOAL}×`,
    held: ratio <= GOAL,
  }
}

export const benchPolicy: Bench = async (parts) => {
  const { folder, upstream, generator, quick } = parts
  await using opened = new AsyncDisposableStack()
  const holders: Contender[] = []
  const strangers: Contender[] = []
  for (const [name, policy] of Object.entries(POLICIES)) {
    const logFile = join(folder, `policy-${name}.log`)
    const subject = opened.use(await startGateway({ upstream, policy, logFile }))
    holders.push({ name, subject, requests: varied(await fetchPass(subject.port)), status: 200 })
    strangers.push({ name, subject, requests: varied(), status: 403 })
  }
  const plan = slicesPlan(generator, quick)
  const held = await measureSlices(plan, holders)
  const asked = await measureSlices(plan, strangers)
  return {
    title: 'The default policy (one worker; 64 browsers in turn)',
    rows: [
      rowOf('default policy, request with a pass', held.get('full')!, held.get('empty')!),
      rowOf('default policy, challenge page', asked.get('full')!, asked.get('empty')!),
      ...benchLists(),
    ],
  }
}

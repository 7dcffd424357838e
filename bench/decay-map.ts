/** What the DecayMap costs beside a plain `Map` of objects: `node bench/decay-map.ts`. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Measured } from './decay-map-child.ts'

export interface BenchRow {
  readonly work: string
  readonly figure: string
  readonly reference: string
  readonly ratio: string
  readonly goal: string
  /** Null when the row has no goal, or no reference could be measured. */
  readonly held: boolean | null
}

export interface BenchTable {
  readonly title: string
  readonly rows: readonly BenchRow[]
}

const MILLION = 1_000_000
const BYTES_GOAL = 64
const TOTAL_GOAL = 800_000_000
const SLICE_GOAL_MS = 1

/** Each size in a process of its own, one after the other. */
export async function benchDecayMap(): Promise<BenchTable> {
  const rows: BenchRow[] = []
  for (const count of [MILLION, 10 * MILLION]) {
    const map = await measure('decay', count)
    const plain = await measure('plain', count).catch(() => undefined)
    rows.push(
      ...memoryRows(count, map, plain),
      ...timeRows(count, map, plain),
      ...sweepRows(count, map, plain),
    )
  }
  return { title: 'DecayMap beside a plain Map of objects (8-byte values; operations in CPU time)', rows }
}

async function measure(subject: 'decay' | 'plain', count: number): Promise<Measured> {
  const child = `${import.meta.dirname}/decay-map-child.ts`
  const args = ['--expose-gc', '--max-old-space-size=8192', child, subject, String(count)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout)
}

function memoryRows(count: number, map: Measured, plain: Measured | undefined): BenchRow[] {
  const each = map.rssBytes / count
  const own = (map.ownBytes ?? 0) / count
  const row = rowOf(
    `bytes per entry, ${sizeOf(count)} alive (resident)`,
    each,
    plain && plain.rssBytes / count,
    'B',
  )
  const total = rowOf(
    `memory of ${sizeOf(count)} entries`,
    map.rssBytes / MILLION,
    plain && plain.rssBytes / MILLION,
    'MB',
  )
  return [
    { ...row, goal: `≤ ${BYTES_GOAL} B`, held: each <= BYTES_GOAL },
    {
      ...rowOf(`bytes per entry, ${sizeOf(count)} (reserved)`, own, undefined, 'B'),
      goal: `≤ ${BYTES_GOAL} B`,
      held: own <= BYTES_GOAL,
    },
    { ...total, goal: '< 800 MB', held: map.rssBytes < TOTAL_GOAL },
  ]
}

function timeRows(count: number, map: Measured, plain: Measured | undefined): BenchRow[] {
  return (['set', 'get', 'take'] as const).map((operation) =>
    rowOf(`${operation}, ${sizeOf(count)} entries`, map[operation], plain?.[operation], 'ns'),
  )
}

function sweepRows(count: number, map: Measured, plain: Measured | undefined): BenchRow[] {
  const half = `sweep of ${sizeOf(count)} entries, half decayed`
  const slice = rowOf(`${half}: 99 % of slices within`, map.slice99, plain?.slice99, 'ms')
  return [
    rowOf(`${half}: CPU time in all`, map.sweep, plain?.sweep, 'ms'),
    { ...slice, goal: `≤ ${SLICE_GOAL_MS} ms`, held: map.slice99 <= SLICE_GOAL_MS },
    rowOf(`${half}: longest slice`, map.longestSlice, plain?.longestSlice, 'ms'),
    rowOf(`${half}: pass with its pauses`, map.pass ?? 0, undefined, 'ms'),
  ]
}

function rowOf(work: string, figure: number, reference: number | undefined, unit: string): BenchRow {
  const known = reference !== undefined
  const written = (value: number) =>
    `${value >= 100 ? Math.round(value) : Number(value.toPrecision(2))} ${unit}`
  return {
    work,
    figure: written(figure),
    reference: known ? written(reference) : '–',
    ratio: known ? (figure / reference).toFixed(3) : '–',
    goal: '–',
    held: null,
  }
}

function sizeOf(count: number): string {
  return `${count / MILLION} M`
}

// oxlint-disable-next-line no-console -- printing is what it is run for
if (import.meta.main) console.table((await benchDecayMap()).rows)

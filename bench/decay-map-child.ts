/** Run by bench/decay-map.ts in a fresh process: `SUBJECT COUNT`; prints what it measured as one line of JSON. */
import { createMonotonicClock } from '../src/decay-map/clock.ts'
import { createDecayMap } from '../src/decay-map/create.ts'
import { createSweeper } from '../src/decay-map/sweeper.ts'

/**
 * Figures of one subject at one size: nanoseconds of the thread's CPU time for one operation, so that
 * whatever else the machine does is left out; milliseconds for sweeps, slices by the clock, as CPU time is too coarse.
 */
export interface Measured {
  readonly rssBytes: number
  /** As the map itself says. */
  readonly ownBytes?: number
  readonly set: number
  readonly get: number
  readonly take: number
  /** Removing the decayed half. */
  readonly sweep: number
  readonly longestSlice: number
  /** 99th percentile of the slices. */
  readonly slice99: number
  /** A whole pass of the sweeper by the clock, its pauses included. */
  readonly pass?: number
}

const LIFETIME = 3_600_000
const SAMPLES = 1_000_000
const SLICE = 512

const words = new Uint32Array(4)
const key = new Uint8Array(words.buffer)
const keyOf = (number: number) => {
  words[0] = Math.imul(number, 0x9e3779b1)
  words[1] = number
  return key
}
/** Visits the numbers below `count` in an order that no cache likes. */
const scattered = (index: number, count: number) => (index * 7_368_787) % count

function timed(times: number, work: (index: number) => void): number {
  const start = cpuTime()
  for (let index = 0; index < times; index++) work(index)
  return ((cpuTime() - start) / times) * 1e6
}

/** Milliseconds that this thread has worked. */
function cpuTime(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

function residentBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss()
}

async function measureDecayMap(count: number): Promise<Measured> {
  let skipped = 0
  const real = createMonotonicClock()
  const clock = () => real() + skipped
  const map = createDecayMap({ name: 'bench', capacity: 1000, valueBytes: 8, atCapacity: 'evict', clock })
  const value = new Uint8Array(8)
  const into = new Uint8Array(8)
  timed(SAMPLES / 4, (index) => {
    map.set(keyOf(index), value, LIFETIME)
    map.get(keyOf(index - 500), into)
    map.take(keyOf(index - (index % 900)))
    map.set(keyOf(index + 7), value, 1e-3)
    map.sweep(2)
  })
  const before = residentBytes()
  const full = createDecayMap({ name: 'bench', capacity: count, valueBytes: 8, atCapacity: 'evict', clock })
  const set = timed(count, (index) =>
    full.set(keyOf(index), value, index % 2 === 0 ? LIFETIME / 2 : LIFETIME),
  )
  const rssBytes = residentBytes() - before
  const get = timed(SAMPLES, (index) => full.get(keyOf(scattered(index, count)), into))
  // Taken from the half that stays, so that exactly half the rest has decayed below.
  const take = timed(SAMPLES / 10, (index) => full.take(keyOf(scattered(index, count / 2) * 2 + 1)))
  skipped = LIFETIME / 2
  const slices: number[] = []
  const sweepStart = cpuTime()
  const times = { sweep: 0, pass: 0 }
  for (let half = full.stats().removed; full.stats().removed - half < count / 4;) {
    const start = performance.now()
    full.sweep(SLICE)
    slices.push(performance.now() - start)
  }
  times.sweep = (cpuTime() - sweepStart) * 2
  slices.sort((a, b) => a - b)
  const onSweep = (report: { readonly milliseconds: number }) => {
    times.pass = report.milliseconds * 2
  }
  await using sweeper = createSweeper({ maps: [full], interval: LIFETIME, onSweep })
  await sweeper.runPass()
  const slice99 = slices[Math.floor(slices.length * 0.99)]!
  const ownBytes = full.stats().bytes
  return { rssBytes, ownBytes, set, get, take, ...times, longestSlice: slices.at(-1)!, slice99 }
}

/** What one would write without a DecayMap: objects in a Map, swept by looking at all of them. */
function measurePlainMap(count: number): Measured {
  const idOf = (number: number) => Buffer.from(keyOf(number)).toString('base64url')
  const before = residentBytes()
  const map = new Map<string, { expires: number; level: number; issued: number; spent: boolean }>()
  const issued = performance.now()
  const set = timed(count, (index) => {
    const expires = issued + (index % 2 === 0 ? LIFETIME / 2 : LIFETIME)
    map.set(idOf(index), { expires, level: 1, issued, spent: false })
  })
  const rssBytes = residentBytes() - before
  const isAlive = (id: string) => (map.get(id)?.expires ?? 0) > performance.now()
  const get = timed(SAMPLES, (index) => void isAlive(idOf(scattered(index, count))))
  const take = timed(SAMPLES / 10, (index) => map.delete(idOf(scattered(index, count / 2) * 2 + 1)))
  const start = cpuTime()
  const now = issued + LIFETIME / 2
  for (const [id, entry] of map) if (entry.expires <= now) map.delete(id)
  const sweep = cpuTime() - start
  return { rssBytes, set, get, take, sweep, longestSlice: sweep, slice99: sweep }
}

const [subject, count] = process.argv.slice(2)
const measured = subject === 'plain' ? measurePlainMap(Number(count)) : await measureDecayMap(Number(count))
process.stdout.write(`${JSON.stringify(measured)}\n`)

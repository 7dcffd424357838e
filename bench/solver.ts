/**
 * The solver's rate with one worker in real browsers, beside the same puzzle hashed with one awaited
 * `crypto.subtle.digest` per nonce in a worker of the same browser: `node bench/solver.ts`.
 */
import { readFile } from 'node:fs/promises'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { launchChromium, openFirefox } from '../test/browser.ts'
import { ensureWebBuilt } from '../web/build.ts'
import type { BenchRow, BenchTable } from './decay-map.ts'

/** Hashes a second of one round. */
interface Round {
  readonly solver: number
  readonly reference: number
}

interface Run {
  readonly kernel: string
  readonly rounds: readonly Round[]
}

const ROUNDS = 9
const SLICE_MS = 250
const CHROMIUM_GOAL = 90
const PATIENCE_MS = 60_000

/** One digest after the other over the contract's 52 bytes, for as long as it is told. */
const REFERENCE = `onmessage = async ({ data }) => {
  const message = new Uint8Array(52)
  const view = new DataView(message.buffer)
  const begun = performance.now()
  let hashes = 0
  while (performance.now() - begun < data) {
    view.setUint32(48, hashes++)
    const digest = await crypto.subtle.digest('SHA-256', message)
    if (new DataView(digest).getUint32(28) < 0) break
  }
  postMessage(hashes / (performance.now() - begun) * 1000)
}`

/** A fresh solver each round is warmed up for a while; its rate is taken between two of its reports. */
const scriptOf = (worker: string): string => `
const reference = new Worker('/reference.js')
const measureReference = () => new Promise((resolve) => {
  reference.onmessage = ({ data }) => resolve(data)
  reference.postMessage(${SLICE_MS})
})
let kernel = ''
const measureSolver = () => new Promise((resolve) => {
  const solver = new Worker('/${worker}')
  let hashes = 0
  let begun
  solver.onmessage = ({ data }) => {
    if (data.kernel) {
      kernel = data.kernel
      solver.postMessage({ task: { seed: 'A'.repeat(43), puzzle: 0, lane: 0, target: 0 } })
      setTimeout(() => { begun = performance.now(); hashes = 0 }, 100)
    } else {
      hashes += data.hashes
      const took = performance.now() - begun
      if (took > ${SLICE_MS}) {
        solver.terminate()
        solver.onmessage = null
        resolve(hashes / took * 1000)
      }
    }
  }
})
const run = async () => {
  await measureReference()
  const rounds = []
  for (let i = 0; i < ${ROUNDS}; i++) {
    const first = i % 2 ? measureSolver : measureReference
    const second = i % 2 ? measureReference : measureSolver
    const a = await first()
    const b = await second()
    rounds.push(i % 2 ? { solver: a, reference: b } : { solver: b, reference: a })
  }
  await fetch('/result', { method: 'POST', body: JSON.stringify({ kernel, rounds }) })
}
run()`

const serve = async () => {
  const { challenge } = await ensureWebBuilt()
  const assets = join(import.meta.dirname, '..', 'web', 'dist', 'assets')
  const worker = await readFile(join(assets, challenge.worker), 'utf8')
  const files: Readonly<Record<string, string>> = {
    '/reference.js': REFERENCE,
    [`/${challenge.worker}`]: worker,
  }
  const { promise, resolve } = Promise.withResolvers<Run>()
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url = '' } = request
    if (url === '/result') {
      let text = ''
      for await (const chunk of request) text += String(chunk)
      resolve(JSON.parse(text) as Run)
    }
    const script = files[url]
    response.writeHead(200, { 'content-type': script ? 'text/javascript' : 'text/html' })
    response.end(script ?? `<!doctype html><script>${scriptOf(challenge.worker)}</script>`)
  }
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    result: promise,
    [Symbol.dispose]: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const openChromium = async (url: string): Promise<AsyncDisposable> => {
  const browser = await launchChromium()
  await (await browser.newPage()).goto(url)
  return browser
}

const measure = async (open: (url: string) => Promise<AsyncDisposable>): Promise<Run> => {
  using server = await serve()
  await using _ = await open(server.url)
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('the browser sent no result')), PATIENCE_MS)
  return await Promise.race([server.result, late]).finally(() => clearTimeout(timer))
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const megahashes = (rate: number): string => `${(rate / 1e6).toFixed(2)} MH/s`

const rowOf = (browser: string, { kernel, rounds }: Run, goal: number | undefined): BenchRow => {
  const ratio = median(rounds.map(({ solver, reference }) => solver / reference))
  return {
    work: `solver, one worker, ${browser} (${kernel})`,
    figure: megahashes(median(rounds.map(({ solver }) => solver))),
    reference: `${(median(rounds.map(({ reference }) => reference)) / 1e3).toFixed(0)} kH/s awaited subtle.digest`,
    ratio: `${ratio.toFixed(0)}×`,
    goal: goal === undefined ? '–' : `≥ ${goal}×`,
    held: goal === undefined ? null : ratio >= goal,
  }
}

const missingRow = (browser: string, reason: unknown): BenchRow => ({
  work: `solver, one worker, ${browser}`,
  figure: `not measured: ${reason instanceof Error ? reason.message : String(reason)}`,
  reference: '–',
  ratio: '–',
  goal: '–',
  held: null,
})

/** Interleaved rounds, medians of the rounds' ratios. */
export const benchSolver = async (): Promise<BenchTable> => {
  const browsers = [
    ['Chromium', openChromium, CHROMIUM_GOAL],
    ['Firefox', openFirefox, undefined],
  ] as const
  const rows: BenchRow[] = []
  for (const [browser, open, goal] of browsers)
    rows.push(
      await measure(open).then(
        (run) => rowOf(browser, run, goal),
        (reason: unknown) => missingRow(browser, reason),
      ),
    )
  return { title: 'Solver', rows }
}

if (import.meta.main) console.table((await benchSolver()).rows)

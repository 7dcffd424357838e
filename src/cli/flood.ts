import { Pool } from 'undici'
import { DEFAULT_BASE_PATH, ENDPOINTS } from '../protocol.ts'
import { parseCount } from '../base/units.ts'
import type { Command, Io } from './command.ts'
import { parseFlags } from './flags.ts'
import { fail, reasonOf, refuseUsage } from './outcome.ts'

const DEFAULT_URL = 'http://127.0.0.1:8923'
const MOST = 20_000_000
const LONGEST_MS = 30 * 60_000
const CONNECTIONS = 8
const PIPELINED = 8
const REPORT_MS = 1000
const LOOPBACK = /^(127(?:\.\d{1,3}){3}|\[::1\]|localhost)$/

interface Flood {
  readonly url: URL
  readonly count: number
  /** A second; Infinity for as fast as it goes. */
  readonly rate: number
}

interface Progress {
  sent: number
  issued: number
}

/** Milliseconds until one more may be sent. */
const waitFor = (sent: number, rate: number, started: number): number =>
  Number.isFinite(rate) ? started + (sent / rate) * 1000 - performance.now() : 0

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })

/** Asks for challenges and answers none. */
const run = async ({ url, count, rate }: Flood, progress: Progress): Promise<void> => {
  const pool = new Pool(url.origin, { connections: CONNECTIONS, pipelining: PIPELINED })
  const started = performance.now()
  const path = `${DEFAULT_BASE_PATH}${ENDPOINTS.challenge}?for=/`
  const lane = async (): Promise<void> => {
    while (progress.sent < count && performance.now() - started < LONGEST_MS) {
      const wait = waitFor(progress.sent, rate, started)
      if (wait > 0) {
        await pause(wait)
        continue
      }
      progress.sent += 1
      const { statusCode, body } = await pool.request({ method: 'GET', path })
      await body.dump()
      if (statusCode === 200) progress.issued += 1
    }
  }
  try {
    await Promise.all(Array.from({ length: CONNECTIONS * PIPELINED }, lane))
  } finally {
    await pool.destroy()
  }
}

const told = (progress: Progress, started: number): string => {
  const seconds = (performance.now() - started) / 1000
  const rate = Math.round(progress.issued / Math.max(seconds, 0.001))
  return `${progress.issued.toLocaleString('en')} challenges abandoned in ${seconds.toFixed(1)} s (${rate.toLocaleString('en')} a second)`
}

const watched = async (flood: Flood, io: Io): Promise<Progress> => {
  const progress: Progress = { sent: 0, issued: 0 }
  const started = performance.now()
  const timer = setInterval(() => io.terminal && io.err(`\r${told(progress, started)}  `), REPORT_MS)
  try {
    await run(flood, progress)
  } finally {
    clearInterval(timer)
    if (io.terminal) io.err('\r')
    io.out(`${told(progress, started)}\n`)
  }
  return progress
}

const countOf = (text: string | undefined, most: number): number | undefined => {
  const parsed = text === undefined ? undefined : parseCount(text)
  return parsed?.ok === true && parsed.value >= 1 && parsed.value <= most ? parsed.value : undefined
}

export const floodCommand: Command = {
  name: 'flood',
  summary: 'watch abandoned challenges come and go on a gateway of this machine',
  usage: `tollgate flood --abandon N [--rate R] [--url URL]

Asks a gateway on this machine for challenges and answers none of them: open the dashboard and watch them
decay while memory stays flat. Ends by itself, after half an hour at the latest.

  --abandon N   how many challenges, at most 20M
  --rate R      how many a second (default: as many as it takes)
  --url URL     the gateway, on a loopback address only (default ${DEFAULT_URL})
`,
  async run(args, io) {
    const options = {
      abandon: { type: 'string' },
      rate: { type: 'string' },
      url: { type: 'string' },
    } as const
    const flags = parseFlags(args, { options, positionals: [0, 0] })
    if (!flags.ok) return refuseUsage(io, floodCommand, flags.fault)
    const { text } = flags.value
    const count = countOf(text('abandon'), MOST)
    if (count === undefined) return refuseUsage(io, floodCommand, '--abandon must be a number from 1 to 20M')
    const rate = text('rate') === undefined ? Number.POSITIVE_INFINITY : countOf(text('rate'), MOST)
    if (rate === undefined) return refuseUsage(io, floodCommand, '--rate must be a number from 1 to 20M')
    const url = URL.parse(text('url') ?? DEFAULT_URL)
    if (url?.protocol !== 'http:' || !LOOPBACK.test(url.hostname))
      return refuseUsage(
        io,
        floodCommand,
        '--url must be http:// and a loopback address: this floods nobody else',
      )
    try {
      const { sent, issued } = await watched({ url, count, rate }, io)
      return issued === sent
        ? 0
        : fail(io, floodCommand, `${sent - issued} requests were not answered with a challenge`)
    } catch (error) {
      return fail(io, floodCommand, `${url.origin}: ${reasonOf(error)}`)
    }
  },
}

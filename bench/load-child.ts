/** Run by bench/load.ts: makes the load it is told and answers with what came back. */
import { connect, type Socket } from 'node:net'
import type { Latencies, Load, LoadResult } from './load.ts'

const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i
const PATIENCE_MS = 5_000

/** One keep-alive connection: one request at a time, answers with a known length only. */
class Connection {
  busy = false
  readonly #socket: Socket
  readonly #onAnswer: (connection: Connection, status: string, milliseconds: number) => void
  #head = ''
  #rest = -1
  #status = ''
  #sentAt = 0

  constructor(
    port: number,
    onAnswer: (connection: Connection, status: string, milliseconds: number) => void,
    onBreak: (connection: Connection) => void,
  ) {
    this.#onAnswer = onAnswer
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk))
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => onBreak(this))
  }

  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.once('connect', resolve)
      this.#socket.once('error', reject)
    })
  }

  send(request: string): void {
    this.busy = true
    this.#sentAt = performance.now()
    this.#socket.write(request, 'latin1')
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    if (this.#rest < 0) {
      this.#head += chunk.toString('latin1')
      const end = this.#head.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = Number(CONTENT_LENGTH.exec(this.#head.slice(0, end))?.[1] ?? 0)
      this.#status = this.#head.slice(9, 12)
      this.#rest = length - (this.#head.length - end - 4)
      this.#head = ''
    } else this.#rest -= chunk.length
    if (this.#rest > 0) return
    this.#rest = -1
    this.busy = false
    this.#onAnswer(this, this.#status, performance.now() - this.#sentAt)
  }
}

const latenciesOf = (samples: readonly number[]): Latencies => {
  const sorted = Float64Array.from(samples).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999), most: at(1) }
}

const run = async (load: Load): Promise<LoadResult> => {
  const samples: number[] = []
  const statuses: Record<string, number> = {}
  const idle: Connection[] = []
  let next = 0
  let open = 0
  let broken = 0
  let over = false
  let drained = () => {}
  const nextRequest = () => load.requests[next++ % load.requests.length]!
  const send = (connection: Connection) => {
    open += 1
    connection.send(nextRequest())
  }
  const onAnswer = (connection: Connection, status: string, milliseconds: number): void => {
    open -= 1
    samples.push(milliseconds)
    statuses[status] = (statuses[status] ?? 0) + 1
    if (load.rate === undefined && !over) send(connection)
    else {
      idle.push(connection)
      if (over && open === 0) drained()
    }
  }
  const onBreak = (connection: Connection): void => {
    broken += 1
    if (connection.busy) open -= 1
    const place = idle.indexOf(connection)
    if (place >= 0) idle.splice(place, 1)
    if (over && open === 0) drained()
  }
  const connections = Array.from(
    { length: load.connections },
    () => new Connection(load.port, onAnswer, onBreak),
  )
  await Promise.all(connections.map((connection) => connection.ready()))
  const startedAt = performance.now()
  if (load.rate === undefined) connections.forEach(send)
  else idle.push(...connections)

  let due = 0
  let unsent = 0
  const pace = (): void => {
    const { rate } = load
    if (rate === undefined || over) return
    const target = ((performance.now() - startedAt) / 1000) * rate
    for (; due < target; due++) {
      const connection = idle.pop()
      if (connection) send(connection)
      else unsent += 1
    }
    // A timer wakes once a millisecond; more than a few requests in each would come as bursts.
    if (rate > 4000) setImmediate(pace)
    else setTimeout(pace, 1)
  }
  pace()
  await new Promise((resolve) => setTimeout(resolve, load.milliseconds))
  over = true
  const seconds = (performance.now() - startedAt) / 1000
  if (open > 0)
    await new Promise<void>((resolve) => {
      drained = resolve
      setTimeout(resolve, PATIENCE_MS).unref()
    })
  const failed = broken + unsent + open
  connections.forEach((connection) => connection.close())
  return { requests: samples.length, statuses, failed, seconds, latencies: latenciesOf(samples) }
}

process.on('message', (load: Load) => {
  void run(load).then((result) => process.send?.(result))
})

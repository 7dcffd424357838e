/** Junk answers refused, and what they do to a visitor with a valid pass. */
import { join } from 'node:path'
import { micros, millis, perSecond, type Bench, type BenchParts, type BenchRow } from './bench.ts'
import { startGateway, type Gateway } from './gateway.ts'
import { expectStatus, startLoadGenerator, type LoadResult } from './load.ts'
import { jsonPost, navigation } from './requests.ts'
import { warmUp } from './slices.ts'
import { ANSWER_PATH, fetchChallenge, fetchPass } from './visitor.ts'

const GOAL_RATE = 10_000
const GOAL_P99 = 2
const VISITOR_RATE = 200
const IDS = 64
const PUZZLES = 16

interface Junk {
  readonly name: string
  readonly requests: readonly string[]
  readonly status: number
}

const answer = (id: string): string =>
  jsonPost(
    ANSWER_PATH,
    JSON.stringify({ id, nonces: Array.from({ length: PUZZLES }, (_, i) => i * 1_000_003) }),
  )

/** Ids that the gateway issued, so that the seal opens and the nonces are judged; then two cheaper kinds. */
const junkFor = async (gateway: Gateway): Promise<readonly Junk[]> => {
  const ids = await Promise.all(
    Array.from({ length: IDS }, async () => (await fetchChallenge(gateway.port)).id),
  )
  const forged = ids.map((id) => (id.startsWith('B') ? 'C' : 'B') + id.slice(1))
  return [
    { name: 'issued ids, wrong nonces', requests: ids.map(answer), status: 403 },
    { name: 'unknown ids', requests: forged.map(answer), status: 410 },
    { name: 'malformed bodies', requests: [jsonPost(ANSWER_PATH, '{"id":"x","nonces":[1,2')], status: 400 },
  ]
}

const capacityRow = async (parts: BenchParts, gateway: Gateway, junk: Junk): Promise<BenchRow> => {
  const { generator, quick } = parts
  const load = { port: gateway.port, requests: junk.requests, connections: 32 }
  await warmUp(generator, load, quick)
  const before = gateway.cpu()
  const result = await generator.run({ ...load, milliseconds: quick ? 1500 : 5000 })
  expectStatus(result, junk.status, junk.name)
  const cpu = (gateway.cpu() - before) / result.requests
  return {
    work: `answers refused on one core: ${junk.name}`,
    figure: `${perSecond(1 / cpu)} by CPU time (${micros(cpu)} each), ${perSecond(result.requests / result.seconds)} by the clock`,
    reference: '–',
    ratio: '–',
    goal: `≥ ${perSecond(GOAL_RATE)}`,
    held: 1 / cpu >= GOAL_RATE,
  }
}

const calmRow = async (parts: BenchParts, gateway: Gateway, junk: Junk, rate: number): Promise<BenchRow> => {
  const { generator, quick } = parts
  const milliseconds = quick ? 1500 : 12_000
  const pass = navigation(await fetchPass(gateway.port))
  const visit = { port: gateway.port, requests: [pass], connections: 64, rate: VISITOR_RATE, milliseconds }
  const work = `p99 of a visitor with a pass (${VISITOR_RATE}/s, open loop) while ${perSecond(rate)} junk answers arrive`
  await using attacker = startLoadGenerator()
  await warmUp(generator, { port: gateway.port, requests: [pass] }, quick)
  const before = expectStatus(await generator.run(visit), 200, 'visitor')
  const attack = attacker.run({
    port: gateway.port,
    requests: junk.requests,
    connections: 256,
    rate,
    milliseconds: milliseconds + 1000,
  })
  const during: LoadResult = expectStatus(await generator.run(visit), 200, 'visitor')
  const attacked = await attack
  const reached = attacked.requests / attacked.seconds
  const ratio = during.latencies.p99 / before.latencies.p99
  const figures = {
    figure: `${millis(during.latencies.p99)} at ${perSecond(reached)} refused`,
    reference: `${millis(before.latencies.p99)} without`,
    ratio: `${ratio.toFixed(2)}×`,
  }
  const goal = rate === GOAL_RATE ? `≤ ${GOAL_P99}×` : '–'
  const arrived = reached >= rate * 0.98
  // Requests that found every connection waiting for the gateway are the gateway's fault; all else is ours.
  const known = arrived || attacked.failed > 0
  const held = rate === GOAL_RATE && known ? arrived && ratio <= GOAL_P99 : null
  return { work: known ? work : `${work} (the generator was too slow)`, ...figures, goal, held }
}

export const benchJunk: Bench = async (parts) => {
  const { folder, upstream } = parts
  const rows: BenchRow[] = []
  await using gateway = await startGateway({ upstream, logFile: join(folder, 'junk.log') })
  const kinds = await junkFor(gateway)
  for (const junk of kinds) rows.push(await capacityRow(parts, gateway, junk))
  for (const rate of [GOAL_RATE / 4, GOAL_RATE]) rows.push(await calmRow(parts, gateway, kinds[0]!, rate))
  return { title: 'Junk answers (one worker)', rows }
}

/** What a test's threads do with a map; `workerData` is a `ThreadTask`. */
import { parentPort, workerData } from 'node:worker_threads'
import { createMonotonicClock } from '../../src/decay-map/clock.ts'
import { attachDecayMap } from '../../src/decay-map/create.ts'
import type { DecayMap } from '../../src/decay-map/decay-map.ts'
import { SHARED_HEAD } from './crew-shared.ts'
import type { ThreadResult, ThreadTask } from './crew-shared.ts'
import { keyOf, writeKeyOf } from './keys.ts'

const task: ThreadTask = workerData
const numbers = new Uint32Array(4)
const faults: string[] = []

/** All threads leave together when the last one has come. */
function meet(round: number): void {
  const { shared, threads } = task
  const arrived = Atomics.add(shared, 1, 1) + 1
  if (arrived === threads * (round + 1)) Atomics.notify(shared, 1)
  for (let now = arrived; now < threads * (round + 1); now = Atomics.load(shared, 1)) {
    Atomics.wait(shared, 1, now, 1)
  }
}

/** Round by round, all threads go for the same entry: even rounds take it, odd ones add it. */
function race(): number {
  const map = attachDecayMap(task.handle, { owner: task.owner })
  for (let round = 0; round < task.rounds; round++) {
    const key = writeKeyOf(round, numbers)
    const value = Uint8Array.of(task.owner)
    meet(round)
    const won = round % 2 === 0 ? map.take(key) !== undefined : map.add(key, value, task.lifetime) === 'added'
    if (won) Atomics.add(task.shared, SHARED_HEAD + round, 1)
  }
  return task.rounds
}

/** Everything at random on few keys, until told to stop; each value carries its number and its exact deadline. */
function churn(): number {
  const monotonic = createMonotonicClock()
  const value = new Uint8Array(16)
  const view = new DataView(value.buffer)
  const found = new Uint8Array(16)
  const foundView = new DataView(found.buffer)
  let time = 0
  let lifetime = task.lifetime
  // The map asks for the time before it copies the value: so the value can hold the deadline it is given.
  const clock = () => {
    time = monotonic()
    view.setFloat64(8, time + lifetime)
    return time
  }
  const map = attachDecayMap(task.handle, { owner: task.owner, clock })
  let done = 0
  let random = task.owner
  for (; Atomics.load(task.shared, 0) === 0; done++) {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0
    const number = (random >>> 8) % task.rounds
    const key = writeKeyOf(number, numbers)
    view.setUint32(0, number)
    lifetime = 1 + ((random >>> 3) % task.lifetime)
    const seen = step(map, random % 5, key, value, found, lifetime)
    if (seen && foundView.getUint32(0) !== number) faults.push(`${number} has the value of another`)
    if (seen && foundView.getFloat64(8) <= time) faults.push(`${number} was returned after its end`)
    if (done % 64 === 0) {
      Atomics.store(task.shared, SHARED_HEAD + task.owner, done)
      Atomics.notify(task.shared, SHARED_HEAD + task.owner)
    }
  }
  return done
}

function step(
  map: DecayMap,
  which: number,
  key: Uint8Array,
  value: Uint8Array,
  found: Uint8Array,
  lifetime: number,
): boolean {
  if (which === 0) map.set(key, value, lifetime)
  else if (which === 1) map.add(key, value, lifetime)
  else if (which === 2) return map.get(key, found) !== undefined
  else if (which === 3) {
    const taken = map.take(key)
    if (taken) found.set(taken)
    return taken !== undefined
  } else map.delete(key)
  return false
}

/** New keys only, as fast as it goes, looking at the count after each. */
function fill(): number {
  const map = attachDecayMap(task.handle, { owner: task.owner })
  const value = new Uint8Array(1)
  for (let round = 0; round < task.rounds; round++) {
    map.set(keyOf(round * task.threads + task.owner), value, task.lifetime)
    const { entries, capacity } = map.stats()
    if (entries > capacity) faults.push(`${entries} entries`)
  }
  return task.rounds
}

/** All entries of a map come and go by a hand-driven clock. */
function millions(): number {
  let now = 0
  const count = task.rounds
  const map = attachDecayMap(task.handle, { owner: task.owner, clock: () => now })
  const expect = (what: string, seen: number | boolean, right: number | boolean) => {
    if (seen !== right) faults.push(`${what} is ${seen}, not ${right}`)
  }
  for (let number = 0; number < count; number++) {
    map.set(writeKeyOf(number, numbers), Uint8Array.of(number), 1 + (number % 2))
  }
  expect('entries', map.stats().entries, count)
  expect('evictions', map.stats().evictions, 0)
  now = 1
  for (let number = 0; number < count; number += 97) {
    const found = map.get(writeKeyOf(number, numbers))
    expect(`entry ${number}`, found?.[0] ?? -1, number % 2 === 0 ? -1 : number % 256)
  }
  for (const left of [count / 2, 0]) {
    const slice = map.sweep(count)
    expect('removed', slice.removed, count / 2)
    expect('done', slice.done, true)
    expect('entries after the sweep', map.stats().entries, left)
    now = 2
  }
  return count
}

const jobs = { race, churn, fill, millions } as const
const result: ThreadResult = { done: jobs[task.job](), faults: faults.slice(0, 20) }
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of threads, not of windows
parentPort?.postMessage(result)

import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { createAdminStream } from '../../src/observe/admin-stream.ts'
import { ask, listening, snapshotOf } from './admin-parts.ts'

/** Stands for a response, as far as the stream sees one. */
const clientOf = () => {
  const emitter = new EventEmitter()
  const written: string[] = []
  const client = {
    written,
    ended: false,
    destroyed: false,
    writableNeedDrain: false,
    writeHead: () => {},
    write: (text: string) => written.push(text) > 0,
    once: (name: string, listener: () => void) => emitter.once(name, listener),
    end: () => {
      client.ended = true
    },
    destroy: () => {
      client.destroyed = true
    },
    leave: () => emitter.emit('close'),
  }
  return client
}

const streamOf = () => {
  const watched: boolean[] = []
  let made = 0
  const stream = createAdminStream({
    snapshot: () => ({ tick: (made += 1) }),
    headers: {},
    onWatched: (is) => watched.push(is),
  })
  return { stream, watched, made: () => made }
}

test('a browser gets a snapshot at once and the next with every tick', async () => {
  let at = 0
  await using admin = await listening({ tickMs: 5, snapshot: () => snapshotOf({ at: (at += 1) }) })
  const response = await fetch(`${admin.address}/api/events`)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.split('data: ').length > 4) break
  }
  const seen = [...text.matchAll(/^data: (.*)$/gm)].map(
    (match) => JSON.parse(match[1] ?? '') as { at: number },
  )
  expect(seen.slice(0, 3).map((snapshot) => snapshot.at)).toEqual([1, 2, 3])
})

test('one snapshot is made for all who watch, and none when nobody does', () => {
  const { stream, watched, made } = streamOf()
  stream.tick()
  expect(made()).toBe(0)
  const clients = [clientOf(), clientOf(), clientOf()]
  for (const client of clients) stream.add(client)
  stream.tick()
  expect(made()).toBe(4)
  expect(clients.map(({ written }) => written.at(-1))).toEqual(
    Array.from({ length: 3 }, () => 'data: {"tick":4}\n\n'),
  )
  for (const client of clients) client.leave()
  expect(watched).toEqual([true, false])
  expect(stream.clients()).toBe(0)
})

test('a slow client misses snapshots, holds nobody up, and is let go after half a minute', () => {
  const { stream } = streamOf()
  const slow = clientOf()
  const quick = clientOf()
  stream.add(slow)
  stream.add(quick)
  slow.writableNeedDrain = true
  for (let tick = 0; tick < 10; tick += 1) stream.tick()
  expect(slow.written).toHaveLength(1)
  expect(quick.written).toHaveLength(11)
  slow.writableNeedDrain = false
  stream.tick()
  expect(slow.written).toHaveLength(2)
  slow.writableNeedDrain = true
  for (let tick = 0; tick < 31; tick += 1) stream.tick()
  expect(slow.destroyed).toBe(true)
  expect(stream.clients()).toBe(1)
})

test('the thirty-third client is refused, and admitted when another has left', async () => {
  await using admin = await listening()
  const leave = new AbortController()
  const first = await fetch(`${admin.address}/api/events`, { signal: leave.signal })
  const others = await Promise.all(Array.from({ length: 31 }, () => fetch(`${admin.address}/api/events`)))
  expect([first, ...others].map(({ status }) => status)).toEqual(Array.from({ length: 32 }, () => 200))
  expect(await ask(admin.address, '/api/events')).toMatchObject({ status: 503 })
  leave.abort()
  // The listener learns of it when the socket closes.
  let status = 503
  while (status === 503) {
    const again = await fetch(`${admin.address}/api/events`)
    status = again.status
    await again.body?.cancel()
  }
  expect(status).toBe(200)
})

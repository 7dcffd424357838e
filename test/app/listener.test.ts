import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { openListeners } from '../../src/app/listener.ts'
import { converse, requestText, statusOf } from '../proxy/wire.ts'

/** Connects, asks and resets at once, while the thread that listens is kept from looking. */
const RESETTER = `
const { connect } = require('node:net')
const { workerData: { port, count, done } } = require('node:worker_threads')
let left = count
const one = () => {
  const socket = connect(port, '127.0.0.1', () => {
    socket.write('POST /admin HTTP/1.1\\r\\nHost: site.test\\r\\nX-Forwarded-For: 10.0.0.1\\r\\nContent-Length: 0\\r\\n\\r\\n', () => {
      socket.resetAndDestroy()
    })
  })
  socket.on('error', () => {})
  socket.on('close', () => { if (--left === 0) { Atomics.store(done, 0, 1); Atomics.notify(done, 0) } })
}
for (let i = 0; i < count; i++) one()
`

test('a visitor who is gone before anybody looked is never taken for a local peer', async () => {
  const peers: (string | undefined)[] = []
  const listeners = await openListeners({
    gateway: {
      handle(request, response) {
        peers.push(request.socket.remoteAddress)
        response.end('ok')
      },
      upgrade: (_, socket) => socket.destroy(),
    },
    listen: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }],
    sharePorts: false,
  })
  const [address] = listeners.addresses
  const port = address?.kind === 'tcp' ? address.port : 0
  const done = new Int32Array(new SharedArrayBuffer(4))
  const thread = new Worker(RESETTER, { eval: true, workerData: { port, count: 20, done } })
  await new Promise((resolve) => thread.once('online', resolve))
  Atomics.wait(done, 0, 0, 10_000)
  expect(done[0]).toBe(1)
  expect(statusOf((await converse(port, requestText('GET /'))).text)).toBe(200)
  expect(peers.at(-1)).toBe('127.0.0.1')
  expect(peers.filter((peer) => peer === undefined)).toEqual([])
  await thread.terminate()
  await listeners.drain(0)
})

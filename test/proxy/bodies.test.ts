import { createHash, randomBytes } from 'node:crypto'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { mkdtempSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startStage } from './stage.ts'
import { httpAddress, listenOn, requestText, startRawOrigin, until } from './wire.ts'

const MEGABYTE = 1 << 20
const TOTAL = 64

const startOrigin = async (
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  path?: string,
) => {
  const server = createServer(handle)
  const port = await listenOn(server, path)
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const block = randomBytes(MEGABYTE)
const blocksHash = (count: number): string => {
  const hash = createHash('sha256')
  for (let i = 0; i < count; i++) hash.update(block)
  return hash.digest('hex')
}

/** Writes blocks as fast as they are taken. */
const writeBlocks = async (out: NodeJS.WritableStream, count: number): Promise<void> => {
  for (let i = 0; i < count; i++)
    if (!out.write(block)) await new Promise<void>((resolve) => out.once('drain', resolve))
  out.end()
}

const hashOf = async (stream: AsyncIterable<Uint8Array>): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of stream) hash.update(chunk)
  return hash.digest('hex')
}

/** Resolves when a count has not moved for a while, the sender's buffers being full. */
const settled = async (count: () => number): Promise<void> => {
  let before = -1
  let still = 0
  await until(() => {
    still = before === count() ? still + 1 : 0
    before = count()
    return still === 30
  })
}

test('64 MB come down whole', async () => {
  await using origin = await startOrigin((_, response) => {
    response.writeHead(200, { 'content-length': TOTAL * MEGABYTE })
    void writeBlocks(response, TOTAL)
  })
  await using stage = await startStage(httpAddress(origin.port))
  const response = await fetch(stage.url)
  expect(await hashOf(response.body!)).toBe(blocksHash(TOTAL))
})

for (const how of ['with a length', 'in chunks'] as const)
  test(`64 MB go up whole ${how}`, async () => {
    const framing: string[] = []
    await using origin = await startOrigin((incoming, response) => {
      framing.push(incoming.headers['transfer-encoding'] ?? String(incoming.headers['content-length']))
      void hashOf(incoming).then((hash) => response.end(hash))
    })
    await using stage = await startStage(httpAddress(origin.port))
    const headers = how === 'with a length' ? { 'content-length': TOTAL * MEGABYTE } : {}
    const upload = request(stage.url, { method: 'POST', headers })
    const answer = new Promise<string>((resolve, reject) => {
      upload.on('error', reject)
      upload.on('response', (response) => {
        let text = ''
        response.on('data', (chunk) => (text += String(chunk)))
        response.on('end', () => resolve(text))
      })
    })
    await writeBlocks(upload, TOTAL)
    expect(await answer).toBe(blocksHash(TOTAL))
    expect(framing).toEqual([how === 'in chunks' ? 'chunked' : String(TOTAL * MEGABYTE)])
  })

test('a visitor who reads slowly slows the upstream down', async () => {
  let written = 0
  let finished = false
  await using origin = await startOrigin((_, response) => {
    const more = async (): Promise<void> => {
      for (; written < TOTAL && !response.destroyed; written++)
        if (!response.write(block)) await new Promise<void>((resolve) => response.once('drain', resolve))
      finished = true
      response.end()
    }
    void more()
  })
  await using stage = await startStage(httpAddress(origin.port))
  const socket = connect(stage.port, '127.0.0.1', () => socket.write(requestText('GET /')))
  let read = 0
  socket.on('data', (chunk) => (read += chunk.length))
  await until(() => read > 0)
  socket.pause()
  await settled(() => written)
  expect(finished).toBe(false)
  expect(written).toBeLessThan(TOTAL / 2)
  socket.resume()
  await new Promise((resolve) => socket.on('close', resolve))
  expect(finished).toBe(true)
  expect(read).toBeGreaterThan(TOTAL * MEGABYTE)
})

test('an upstream that reads slowly slows the visitor down', async () => {
  let incoming: IncomingMessage | undefined
  await using origin = await startOrigin((asked, response) => {
    incoming = asked.pause()
    asked.on('end', () => response.end('ok'))
  })
  await using stage = await startStage(httpAddress(origin.port))
  const upload = request(stage.url, { method: 'POST' })
  const answered = new Promise<IncomingMessage>((resolve) => upload.on('response', resolve))
  let written = 0
  const writing = (async () => {
    for (; written < TOTAL; written++)
      if (!upload.write(block)) await new Promise<void>((resolve) => upload.once('drain', resolve))
    upload.end()
  })()
  await until(() => incoming !== undefined)
  await settled(() => written)
  expect(written).toBeLessThan(TOTAL / 2)
  let read = 0
  incoming!.on('data', (chunk: Buffer) => (read += chunk.length))
  incoming!.resume()
  await writing
  expect((await answered).resume().statusCode).toBe(200)
  expect(read).toBe(TOTAL * MEGABYTE)
})

test('an event of a stream goes out as it comes in', async () => {
  let send: ((text: string) => void) | undefined
  await using origin = await startOrigin((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    send = (text) => void response.write(text)
    send('data: 1\n\n')
  })
  await using stage = await startStage(httpAddress(origin.port))
  const response = await fetch(stage.url)
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader.read()).value).toBe('data: 1\n\n')
  send?.('data: 2\n\n')
  expect((await reader.read()).value).toBe('data: 2\n\n')
  await reader.cancel()
})

test('the head of a stream goes out before its first event', async () => {
  let send: ((text: string) => void) | undefined
  await using origin = await startOrigin((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    send = (text) => void response.end(text)
  })
  await using stage = await startStage(httpAddress(origin.port))
  const response = await fetch(stage.url)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  send?.('data: 1\n\n')
  expect(await response.text()).toBe('data: 1\n\n')
})

for (const when of ['before the head', 'in the middle of the body'] as const)
  test(`a visitor who leaves ${when} ends the work of the upstream`, async () => {
    let gone = false
    let asked = false
    await using origin = await startOrigin((incoming, response) => {
      asked = true
      incoming.socket.on('close', () => (gone = true))
      if (when !== 'before the head') response.write('a'.repeat(100_000))
    })
    await using stage = await startStage(httpAddress(origin.port))
    const socket = connect(stage.port, '127.0.0.1', () => socket.write(requestText('GET /')))
    let read = 0
    socket.on('data', (chunk) => (read += chunk.length))
    await until(() => asked && (when === 'before the head' || read > 0))
    socket.destroy()
    await until(() => gone)
    expect(gone).toBe(true)
    expect(stage.ends.filter((end) => end !== 'answered')).toEqual([])
  })

test('a visitor who leaves in the middle of an upload ends it upstream, and never as a whole one', async () => {
  let broken = false
  let whole = false
  await using origin = await startOrigin((incoming) => {
    incoming.resume()
    incoming.on('end', () => (whole = true))
    incoming.on('close', () => (broken = !incoming.complete))
  })
  await using stage = await startStage(httpAddress(origin.port))
  const socket = connect(stage.port, '127.0.0.1', () => {
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', () =>
      setTimeout(() => socket.destroy(), 50),
    )
  })
  await until(() => broken || whole)
  expect(whole).toBe(false)
})

test('an upstream on a unix socket is served, goes away and comes back', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'tollgate-up-')), 'site.sock')
  await using stage = await startStage({ kind: 'unix', path })
  expect((await fetch(stage.url)).status).toBe(502)
  for (let round = 0; round < 2; round++) {
    const origin = await startRawOrigin(
      (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok'),
      path,
    )
    expect(await (await fetch(stage.url)).text()).toBe('ok')
    await origin[Symbol.asyncDispose]()
    expect((await fetch(stage.url)).status).toBe(502)
  }
})

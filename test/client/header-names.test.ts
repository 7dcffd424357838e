import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { parseAddress } from '../../src/base/address.ts'
import { factsOf } from '../../src/client/facts.ts'

test('the names of the headers are in lower case, each once', async () => {
  const server = createServer((incoming, response) => {
    const client = { address: parseAddress('192.0.2.1')!, scheme: 'http' as const, host: 'a' }
    const facts = factsOf(incoming, client)
    response.end(JSON.stringify([facts.headerNames(), facts.header('x-two')]))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const headers = { Host: 'a', 'X-Two': ['1', '2'], 'Sec-CH-UA': 'x', Connection: 'close' }
  const [response] = await once(request({ port, host: '127.0.0.1', headers }).end(), 'response')
  let text = ''
  for await (const chunk of response) text += String(chunk)
  server.close()
  expect(JSON.parse(text)).toEqual([['host', 'x-two', 'sec-ch-ua', 'connection'], '1, 2'])
})

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener } from 'node:http'

export interface ListServer extends AsyncDisposable {
  readonly url: string
  /** What the next requests get. */
  answer: RequestListener
  readonly requests: IncomingMessage[]
}

/** Answers every request with this text. */
export const plain =
  (text: string, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(200, headers).end(text)

export const startListServer = async (): Promise<ListServer> => {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    stage.answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const stage: ListServer = {
    url: `http://127.0.0.1:${port}/list`,
    answer: plain(''),
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return stage
}

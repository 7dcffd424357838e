import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import type { UpstreamFault } from '../base/event.ts'
import { visitorResponseHeaders } from './response-headers.ts'
import { upstreamFaultOf, type Upstream } from './upstream.ts'

/** How forwarding ended. The response is written unless `unanswered`. */
export interface ForwardEnd {
  /** Nothing has gone to the visitor yet: the caller still owes an answer. */
  unanswered(fault: UpstreamFault, cause: unknown): void
  /** The head arrived, `milliseconds` after the request was sent. */
  answered(milliseconds: number): void
  /** The upstream failed in the middle of its answer; the visitor's connection was cut, so that it shows. */
  cut(fault: UpstreamFault, cause: unknown): void
}

export interface ForwardRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly upstream: Upstream
  /** Flat list, as `upstreamRequestHeaders` made it. */
  readonly headers: string[]
  readonly setsPass: (setCookie: string) => boolean
  readonly clock: () => number
  readonly end: ForwardEnd
}

/** A body up to this size that arrives whole goes out with its head in one write. */
const JOINED_BYTES = 16_384

const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined ||
  (request.headers['content-length'] !== undefined && request.headers['content-length'] !== '0')

/** One exchange with the upstream: what undici tells becomes the visitor's response. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #parts: ForwardRequest
  readonly #startedAt: number
  readonly #retryable: boolean
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #reason = ''
  #headers: string[] = []
  /** Bytes still expected before head and body can go out together; -1 when the head has gone out. */
  #awaited = -1
  #started = false
  #retried = false
  #closed = false

  constructor(parts: ForwardRequest, retryable: boolean) {
    this.#parts = parts
    this.#startedAt = parts.clock()
    this.#retryable = retryable
    parts.response.on('close', this.#onClose)
  }

  readonly #onClose = (): void => {
    this.#closed = true
    if (!this.#parts.response.writableFinished) this.#controller?.abort(new Error('the visitor went away'))
  }

  readonly #onDrain = (): void => this.#controller?.resume()

  readonly #flushHead = (): void => {
    const { response } = this.#parts
    if (!this.#closed && !response.writableEnded) response.flushHeaders()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#closed) controller.abort(new Error('the visitor went away'))
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _: unknown,
    reason?: string,
  ): void {
    if (status < 200) return
    const raw = (controller.rawHeaders ?? []) as Buffer[]
    const { headers, length } = visitorResponseHeaders(raw, this.#parts.setsPass)
    this.#status = status
    this.#reason = reason ?? ''
    this.#headers = headers
    this.#started = true
    this.#parts.end.answered(this.#parts.clock() - this.#startedAt)
    if (length >= 0 && length <= JOINED_BYTES && this.#parts.request.method !== 'HEAD') this.#awaited = length
    else {
      this.#writeHead()
      // The head of an event stream must not wait for its first event; usually the body has come with the head.
      setImmediate(this.#flushHead)
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { response } = this.#parts
    if (this.#awaited === chunk.length) {
      this.#writeHead()
      response.end(chunk.toString('latin1'), 'latin1')
      return
    }
    if (this.#awaited >= 0) this.#writeHead()
    if (!response.write(chunk)) {
      controller.pause()
      response.once('drain', this.#onDrain)
    }
  }

  onResponseEnd(): void {
    if (this.#awaited >= 0) this.#writeHead()
    if (!this.#parts.response.writableEnded) this.#parts.response.end()
    this.#parts.response.off('close', this.#onClose)
  }

  onResponseError(_: unknown, cause: Error): void {
    const { response, end } = this.#parts
    if (this.#closed) return
    if (!this.#started && this.#mayRetry(cause)) return this.send()
    response.off('close', this.#onClose)
    if (!this.#started) return end.unanswered(upstreamFaultOf(cause), cause)
    end.cut(upstreamFaultOf(cause), cause)
    response.destroy()
  }

  send(): void {
    const { request, upstream, headers } = this.#parts
    upstream.dispatcher.dispatch(
      {
        method: request.method as Dispatcher.HttpMethod,
        path: request.url ?? '/',
        headers,
        body: hasBody(request) ? request : null,
      },
      this,
    )
  }

  /** A kept-alive connection may close just as it is used; once, and only where nothing can happen twice. */
  #mayRetry(cause: Error): boolean {
    if (this.#retried || !this.#retryable || upstreamFaultOf(cause) !== 'reset') return false
    this.#retried = true
    return true
  }

  #writeHead(): void {
    this.#awaited = -1
    this.#parts.response.writeHead(this.#status, this.#reason, this.#headers)
  }
}

/** Sends the request upstream byte for byte and streams the answer back; both ways with back-pressure. */
export const forward = (parts: ForwardRequest): void => {
  const { method } = parts.request
  const exchange = new Exchange(parts, (method === 'GET' || method === 'HEAD') && !hasBody(parts.request))
  try {
    exchange.send()
  } catch (cause) {
    parts.end.unanswered('invalid', cause)
  }
}

/** Server-sent events: one snapshot a second, made once for all who watch. */

const MOST_CLIENTS = 32
/** Ticks that a client may miss before it is let go. */
const MOST_MISSED = 30

/** The part of a `ServerResponse` that the stream needs. */
export interface StreamClient {
  readonly writableNeedDrain: boolean
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown
  write(text: string): unknown
  end(): unknown
  destroy(): unknown
  once(name: 'close', listener: () => void): unknown
}

export interface AdminStream {
  /** False when as many watch as may; nothing was written then. */
  add(client: StreamClient): boolean
  /** Sends a snapshot to everyone who keeps up. */
  tick(): void
  clients(): number
  /** Ends all streams. */
  close(): void
}

export interface AdminStreamParts {
  readonly snapshot: () => unknown
  /** Headers of the response. */
  readonly headers: Readonly<Record<string, string>>
  /** Told when the first client came (true) and when the last one left (false). */
  readonly onWatched: (watched: boolean) => void
}

/** The stream of `/api/events`. */
export const createAdminStream = ({ snapshot, headers, onWatched }: AdminStreamParts): AdminStream => {
  const missed = new Map<StreamClient, number>()
  const remove = (client: StreamClient): void => {
    if (missed.delete(client) && missed.size === 0) onWatched(false)
  }
  const message = (): string => `data: ${JSON.stringify(snapshot())}\n\n`
  const send = (client: StreamClient, text: string): void => {
    const late = client.writableNeedDrain ? missed.get(client)! + 1 : 0
    missed.set(client, late)
    if (late > MOST_MISSED) {
      client.destroy()
      remove(client)
    } else if (late === 0) client.write(text)
  }
  return {
    add: (client) => {
      if (missed.size >= MOST_CLIENTS) return false
      const first = message()
      client.once('close', () => remove(client))
      client.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream' })
      client.write(`retry: 2000\n\n${first}`)
      missed.set(client, 0)
      if (missed.size === 1) onWatched(true)
      return true
    },
    tick: () => {
      if (missed.size === 0) return
      const text = message()
      for (const client of missed.keys()) send(client, text)
    },
    clients: () => missed.size,
    close: () => {
      for (const client of missed.keys()) {
        client.end()
        remove(client)
      }
    },
  }
}

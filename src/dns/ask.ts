import { Resolver } from 'node:dns/promises'
import { DnsFault } from './dns.ts'

/** Texts that one answer may have, and characters in all: what a hostile zone may put into our memory. */
const MOST_TEXTS = 32
const MOST_CHARACTERS = 4096
/** As c-ares names an answer without what was asked for. */
const NOTHING = new Set(['ENOTFOUND', 'ENODATA'])
const TRIES = 2

export type Kind = 'A' | 'AAAA' | 'PTR'

/** One question to the servers. Rejects with a `DnsFault`. */
export interface Ask extends AsyncDisposable {
  (name: string, kind: Kind): Promise<readonly string[]>
}

/** Calls back once after `milliseconds`; answers what cancels it. */
export type SetTimer = (callback: () => void, milliseconds: number) => () => void

const codeOf = (cause: unknown): unknown =>
  typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined

const checked = (texts: readonly string[], name: string): readonly string[] => {
  const characters = texts.reduce((sum, text) => sum + text.length, 0)
  if (texts.length > MOST_TEXTS || characters > MOST_CHARACTERS) throw new DnsFault('oversized', name)
  return texts.map((text) => (text.endsWith('.') ? text.slice(0, -1) : text))
}

export const createAsk = (parts: {
  readonly servers: readonly string[]
  /** Milliseconds for a question in all, its second try included. */
  readonly timeout: number
  readonly setTimer: SetTimer
}): Ask => {
  const { timeout } = parts
  // The second try waits twice as long as the first, so that both fit.
  const resolver = new Resolver({ timeout: Math.max(1, Math.floor(timeout / 3)), tries: TRIES })
  if (parts.servers.length > 0) resolver.setServers([...parts.servers])

  const query = (name: string, kind: Kind): Promise<string[]> => {
    if (kind === 'PTR') return resolver.resolvePtr(name)
    return kind === 'A' ? resolver.resolve4(name) : resolver.resolve6(name)
  }

  const answer = async (name: string, kind: Kind): Promise<readonly string[]> => {
    try {
      return checked(await query(name, kind), name)
    } catch (cause) {
      if (cause instanceof DnsFault) throw cause
      const code = codeOf(cause)
      if (typeof code === 'string' && NOTHING.has(code)) return []
      throw new DnsFault(code === 'ETIMEOUT' ? 'timeout' : 'failed', name)
    }
  }

  // The resolver keeps its own time only roughly, and counts it anew for each server.
  const inTime = (name: string, kind: Kind): Promise<readonly string[]> =>
    new Promise((resolve, reject) => {
      const cancel = parts.setTimer(() => reject(new DnsFault('timeout', name)), timeout)
      answer(name, kind).then(resolve, reject).finally(cancel)
    })

  return Object.assign(inTime, {
    async [Symbol.asyncDispose]() {
      resolver.cancel()
    },
  })
}

/** Does not keep the process alive. */
export const systemTimer: SetTimer = (callback, milliseconds) => {
  const timer = setTimeout(callback, milliseconds).unref()
  return () => clearTimeout(timer)
}

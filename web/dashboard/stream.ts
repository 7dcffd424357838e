/** The stream of snapshots, and whether it lives. */
import type { DashboardSnapshot } from '../../src/protocol.ts'

export type StreamState = 'connecting' | 'live' | 'lost' | 'paused'

const RETRY_MS = 3000
/** Longer than this without a snapshot is a lost connection, even while the socket stands. */
const SILENCE_MS = 5000

export interface StreamParts {
  readonly onSnapshot: (snapshot: DashboardSnapshot) => void
  readonly onState: (state: StreamState) => void
}

/** Listens for ever: reconnects when the connection is lost, rests while the page is hidden. */
export const watchStream = ({ onSnapshot, onState }: StreamParts): void => {
  let source: EventSource | undefined
  let retry: number | undefined
  let silence: number | undefined

  const stop = (): void => {
    window.clearTimeout(retry)
    window.clearTimeout(silence)
    source?.close()
    source = undefined
  }
  const lost = (): void => {
    stop()
    onState('lost')
    retry = window.setTimeout(start, RETRY_MS)
  }
  const listenForSilence = (): void => {
    window.clearTimeout(silence)
    silence = window.setTimeout(lost, SILENCE_MS)
  }
  const start = (): void => {
    stop()
    source = new EventSource('/api/events')
    listenForSilence()
    source.addEventListener('error', lost)
    source.addEventListener('message', (event: MessageEvent<string>) => {
      listenForSilence()
      onState('live')
      onSnapshot(JSON.parse(event.data) as DashboardSnapshot)
    })
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      stop()
      onState('paused')
    } else {
      onState('connecting')
      start()
    }
  })
  onState('connecting')
  start()
}

/** One tab of an origin works; the others wait and follow it. Everything here may be missing or refuse. */

const NAME = 'tollgate'
/** Milliseconds after which a waiting tab no longer waits: a frozen tab may hold the turn for ever. */
const PATIENCE = 20_000

const request = (locks: LockManager, options: LockOptions): Promise<boolean> =>
  new Promise((resolve) => {
    // Held until the page goes: whoever waits should see what became of it.
    const hold = (lock: Lock | null): Promise<void> | undefined => {
      resolve(lock !== null)
      return lock ? new Promise(() => {}) : undefined
    }
    locks.request(NAME, options, hold).catch(() => resolve(false))
  })

/** Resolves when it is this tab's turn, or when waiting has been long enough. */
export const takeTurn = async (locks: LockManager | undefined, onWait: () => void): Promise<void> => {
  if (!locks || (await request(locks, { ifAvailable: true }))) return
  onWait()
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), PATIENCE)
  await request(locks, { signal: abort.signal })
  clearTimeout(timer)
}

/** Calls back when another tab has passed; what is returned tells the others that this one has. */
export const joinTabs = (onPassed: () => void): (() => void) => {
  try {
    const channel = new BroadcastChannel(NAME)
    channel.addEventListener('message', onPassed)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no such argument
    return () => channel.postMessage('passed')
  } catch {
    return () => {}
  }
}

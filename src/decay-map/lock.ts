const OWNER_BITS = 8
const OWNER_MASK = 0xff
const TICKETS = 2 ** 23
const SPINS = 100
const FIRST_WAIT_MS = 0.05
const LONGEST_WAIT_MS = 50
/** So many longest waits without a change mean that the holder is gone. */
const PATIENCE = 20

export type Acquired =
  | 'clean'
  /** Taken from a holder that did not come back: the stripe must be repaired. */
  | 'robbed'

/** Owner number in a lock word; 0 when it is free. */
export function ownerOf(word: number): number {
  return word & OWNER_MASK
}

/**
 * Locks of one thread: a word is 0 when free, else the holder's owner number with a ticket that changes with
 * every acquisition, so that a waiter can tell one long hold from many short ones. One lock at a time.
 */
export class Lock {
  private readonly words: Int32Array<SharedArrayBuffer>
  private readonly owner: number
  private ticket = 0
  private held = 0

  constructor(words: Int32Array<SharedArrayBuffer>, owner: number) {
    this.words = words
    this.owner = owner
  }

  acquire(at: number): Acquired {
    const mine = this.nextWord()
    if (Atomics.compareExchange(this.words, at, 0, mine) === 0) return 'clean'
    return this.spin(at, mine) ? 'clean' : this.wait(at, mine)
  }

  /** For those who must not wait: spins for a moment, then gives up. */
  tryAcquire(at: number): boolean {
    const mine = this.nextWord()
    return Atomics.compareExchange(this.words, at, 0, mine) === 0 || this.spin(at, mine)
  }

  /** Takes the lock over from the holder of `word`, unless it has changed hands. */
  rob(at: number, word: number): boolean {
    return Atomics.compareExchange(this.words, at, word, this.nextWord()) === word
  }

  /** False when the lock had been taken over: another thread has worked on the stripe at the same time. */
  release(at: number): boolean {
    return Atomics.compareExchange(this.words, at, this.held, 0) === this.held
  }

  private nextWord(): number {
    this.ticket = (this.ticket + 1) % TICKETS
    this.held = (this.ticket << OWNER_BITS) | this.owner
    return this.held
  }

  private spin(at: number, mine: number): boolean {
    for (let spin = 0; spin < SPINS; spin++) {
      Atomics.pause()
      if (Atomics.load(this.words, at) === 0 && Atomics.compareExchange(this.words, at, 0, mine) === 0)
        return true
    }
    return false
  }

  /** Nobody notifies: a holder that dies cannot, and a hold is shorter than a wake-up costs. */
  private wait(at: number, mine: number): Acquired {
    let seen = 0
    let delay = FIRST_WAIT_MS
    let patience = PATIENCE
    for (;;) {
      const word = Atomics.compareExchange(this.words, at, 0, mine)
      if (word === 0) return 'clean'
      if (word !== seen) {
        delay = FIRST_WAIT_MS
        patience = PATIENCE
      } else if (delay === LONGEST_WAIT_MS && --patience === 0) {
        if (Atomics.compareExchange(this.words, at, word, mine) === word) return 'robbed'
      } else delay = Math.min(LONGEST_WAIT_MS, delay * 2)
      seen = word
      // Wake-ups are counted, not time: a process that was suspended has lost nothing.
      Atomics.wait(this.words, at, word, delay)
    }
  }
}

/** A clock that only a test moves; milliseconds. */
export const createHandClock = (start = 1_000_000) => {
  let now = start
  return {
    now: () => now,
    advance(milliseconds: number) {
      now += milliseconds
    },
  }
}

export type HandClock = ReturnType<typeof createHandClock>

/** The key of a number, always the same 16 bytes. */
export function keyOf(number: number): Uint8Array {
  return writeKeyOf(number, new Uint32Array(4))
}

/** The same in an array that is used again and again. */
export function writeKeyOf(number: number, words: Uint32Array): Uint8Array {
  words[0] = Math.imul(number, 0x9e3779b1)
  words[1] = number
  words[2] = ~number
  words[3] = 7
  return new Uint8Array(words.buffer, words.byteOffset, 16)
}

/** A value that says which key it belongs to: the number, then its complement. */
export function valueOf(number: number): Uint8Array {
  return new Uint8Array(new Uint32Array([number, ~number]).buffer)
}

/** Whether a value is the whole one of its key, not parts of two. */
export function isValueOf(number: number, value: Uint8Array): boolean {
  return valueOf(number).every((byte, index) => value[index] === byte)
}

/** A clock that stands still until it is told to go on. */
export function createHandClock(): { now: () => number; advance: (milliseconds: number) => void } {
  let time = 0
  return {
    now: () => time,
    advance: (milliseconds) => {
      time += milliseconds
    },
  }
}

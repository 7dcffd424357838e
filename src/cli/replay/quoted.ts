const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|(.))/gs
const LETTERS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', v: '\v', f: '\f' }

/** The bytes that a server has written as `\"`, `\\`, `\n` or `\xNN`. */
const unescaped = (text: string): string =>
  text.replace(ESCAPE, (_, hex: string | undefined, letter: string | undefined) =>
    hex === undefined ? (LETTERS[letter!] ?? letter!) : String.fromCharCode(Number.parseInt(hex, 16)),
  )

const isEscaped = (line: string, quote: number, start: number): boolean => {
  let slashes = 0
  while (quote - slashes > start && line.charCodeAt(quote - slashes - 1) === 92) slashes++
  return slashes % 2 === 1
}

/** Where the quoted field that begins behind `start` ends, or −1. A quote inside that is not escaped does not end it. */
export const endOfQuoted = (line: string, start: number): number => {
  for (let at = line.indexOf('"', start); at >= 0; at = line.indexOf('"', at + 1)) {
    const next = line.charCodeAt(at + 1)
    if ((next === 32 || Number.isNaN(next)) && !isEscaped(line, at, start)) return at
  }
  return -1
}

/** The text of a quoted field. */
export const quotedText = (line: string, start: number, end: number): string => {
  const text = line.slice(start, end)
  return text.includes('\\') ? unescaped(text) : text
}

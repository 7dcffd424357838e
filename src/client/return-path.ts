const BASE = 'http://tollgate.invalid'

/** The longest return path that is kept, in bytes; longer ones become `/`. */
export const LONGEST_RETURN_PATH = 4096

/**
 * A path on the visitor's own origin, unchanged, or `/`: one leading slash that no browser reads as another
 * origin, printable ASCII, no backslash, and still the same origin after URL parsing (WHATWG URL §4.4).
 */
export const returnPathOf = (target: string): string => {
  if (target.length > LONGEST_RETURN_PATH || !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(target)) return '/'
  return URL.canParse(target, BASE) && new URL(target, BASE).origin === BASE ? target : '/'
}

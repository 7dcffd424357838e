const PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/

/** The longest return path that is kept, in bytes; longer ones become `/`. */
export const LONGEST_RETURN_PATH = 4096

/**
 * A path on the visitor's own origin, unchanged, or `/`: one leading slash that no browser reads as another
 * origin, printable ASCII and no backslash. After one slash that no other follows a URL parser is in its path state,
 * from which no character leads to another origin (WHATWG URL §4.4); a property test holds it against that parser.
 */
export const returnPathOf = (target: string): string =>
  target.length <= LONGEST_RETURN_PATH && PATH.test(target) ? target : '/'

/** What reading an untrusted text gave: a value, or a fault in words that follow "must …" or stand alone. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: string }

export const good = <T>(value: T): Parsed<T> => ({ ok: true, value })

export const bad = (fault: string): { readonly ok: false; readonly fault: string } => ({ ok: false, fault })

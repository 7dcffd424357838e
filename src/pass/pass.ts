/** The seam of the room: types only. */

/** What a request's passes come to. */
export type PassCheck =
  | { readonly state: 'valid'; readonly level: number; readonly id: string }
  | { readonly state: 'absent' }
  | { readonly state: 'invalid'; readonly reason: 'forged' | 'expired' | 'revoked' | 'elsewhere' }

/** What a solved challenge buys. */
export interface Grant {
  /** The challenge's id, 16 bytes; becomes `jti`. */
  readonly id: Buffer
  readonly host: string
  readonly level: number
  readonly kind: string
  /** Wall clock, milliseconds. */
  readonly mintedAt: number
  /** Network of the client when passes are bound to it, else empty. */
  readonly network: string
}

/** Who shows a pass, and where. */
export interface Bearer {
  readonly host: string
  readonly network: string
}

export interface Passes {
  /** The same grant gives the same token, byte for byte (RFC 8032: Ed25519 is deterministic). */
  mint(grant: Grant): Promise<string>
  /** Any valid token among several counts; the highest level wins. Only an unknown token needs a promise. */
  check(tokens: readonly string[], bearer: Bearer): PassCheck | Promise<PassCheck>
  /** Whole seconds that a pass lives. */
  readonly lifetime: number
}

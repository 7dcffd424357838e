/** The contract of stores: where challenges and revocations live. Types only. */

/** What a claim came to. */
export type Claim =
  /** This call, and no other anywhere, may mint a pass for the challenge. */
  | { readonly outcome: 'claimed' }
  /** Somebody was first; `record` is what they left. */
  | { readonly outcome: 'spent'; readonly record: Buffer }
  /** It could not be remembered, so nothing may be minted. */
  | { readonly outcome: 'full' }

/** Bytes of the record that a claim leaves. */
export const RECORD_BYTES = 16

/**
 * Ids are 16 bytes, lifetimes milliseconds. A store that fails throws; its caller then mints nothing and leaves
 * holders of passes alone.
 */
export interface Store {
  /** Notes an issued challenge until it is answered, decays or makes room. Never fails for want of room. */
  issued(id: Uint8Array, kind: number, lifetime: number): void | Promise<void>
  /** Marks a challenge as spent in one atomic step and forgets that it was open. */
  claim(id: Uint8Array, record: Uint8Array, lifetime: number): Claim | Promise<Claim>
  revoke(passId: Uint8Array, lifetime: number): void | Promise<void>
  isRevoked(passId: Uint8Array): boolean | Promise<boolean>
}

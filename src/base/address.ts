/** IP addresses as four 32-bit words; an IPv4 address is its IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2). */
export interface Address {
  /** Canonical text (RFC 5952; dotted quad for IPv4). */
  readonly text: string
  readonly words: readonly [number, number, number, number]
}

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { parseAddress, type Address, type RangeSet } from '../base/address.ts'
import type { Client } from './client.ts'

/** The only place that believes a forwarding header. */
export interface Identify {
  (request: IncomingMessage): Client
  /** True when the peer of this request may speak for others. */
  trusts(request: IncomingMessage): boolean
  /** The `X-Forwarded-For` to send on: what a trusted peer said, and the peer itself. */
  forwardedFor(request: IncomingMessage): string
}

interface Peer {
  readonly address: Address
  readonly trusted: boolean
}

/** All that a client is made out from. */
export interface Arrival {
  /** Who is connected to us. */
  readonly peer: Address
  /** True when the headers of this peer are believed. */
  readonly trusted: boolean
  /** True when the connection is TLS. */
  readonly encrypted: boolean
  readonly headers: IncomingHttpHeaders
}

const UNKNOWN: Address = { text: '::', words: [0, 0, 0, 0] }

const lastOf = (value: string | undefined): string | undefined =>
  value
    ?.slice(value.lastIndexOf(',') + 1)
    .trim()
    .toLowerCase()

const textOf = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.join(', ')
}

/** Without brackets and port: `[::1]:80` and `1.2.3.4:80` are seen in the wild. */
const addressIn = (entry: string): Address | undefined => {
  const text = entry.trim()
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text)
  if (bracketed) return parseAddress(bracketed[1]!)
  return parseAddress(text) ?? parseAddress(text.replace(/:\d+$/, ''))
}

/** Right to left: the first address that is not a trusted proxy is the client's. */
const walk = (peer: Address, forwardedFor: string, trusted: RangeSet): Address => {
  let client = peer
  for (const entry of forwardedFor.split(',').toReversed()) {
    const address = addressIn(entry)
    if (!address) return client
    client = address
    if (!trusted.has(address)) return client
  }
  return client
}

/** The client of a request that came in this way. */
export const clientOf = ({ peer, encrypted, headers, ...arrival }: Arrival, trusted: RangeSet): Client => {
  const host = headers.host?.toLowerCase() ?? ''
  if (!arrival.trusted) return { address: peer, scheme: encrypted ? 'https' : 'http', host }
  const forwardedFor = textOf(headers, 'x-forwarded-for')
  const scheme = lastOf(textOf(headers, 'x-forwarded-proto'))
  return {
    address: forwardedFor ? walk(peer, forwardedFor, trusted) : peer,
    scheme: scheme === 'https' || (scheme !== 'http' && encrypted) ? 'https' : 'http',
    host: lastOf(textOf(headers, 'x-forwarded-host')) ?? host,
  }
}

/** @param trusted Addresses whose forwarding headers are believed. Peers on a unix socket always are. */
export const createIdentify = (parts: { readonly trusted: RangeSet }): Identify => {
  const peers = new WeakMap<Socket, Peer>()
  const peerOf = (socket: Socket): Peer => {
    const known = peers.get(socket)
    if (known) return known
    const address = socket.remoteAddress === undefined ? undefined : parseAddress(socket.remoteAddress)
    const peer = { address: address ?? UNKNOWN, trusted: address === undefined || parts.trusted.has(address) }
    peers.set(socket, peer)
    return peer
  }
  const identify = ({ socket, headers }: IncomingMessage): Client => {
    const { address, trusted } = peerOf(socket)
    return clientOf({ peer: address, trusted, encrypted: 'encrypted' in socket, headers }, parts.trusted)
  }
  return Object.assign(identify, {
    trusts: (request: IncomingMessage) => peerOf(request.socket).trusted,
    forwardedFor(request: IncomingMessage): string {
      const { trusted, address } = peerOf(request.socket)
      const said = trusted ? textOf(request.headers, 'x-forwarded-for') : undefined
      if (said === undefined) return address.text
      return address === UNKNOWN ? said : `${said}, ${address.text}`
    },
  })
}

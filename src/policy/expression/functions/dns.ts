import { parseAddress } from '../../../base/address.ts'
import type { Address } from '../../../base/address.ts'
import type { Builtin, Context } from '../frame.ts'
import { roomFor, textIn } from '../value.ts'
import { addressIn } from './request.ts'
import type { Functions } from './row.ts'

const bounded = (names: readonly string[]): readonly string[] => {
  roomFor(names.length)
  return names
}

const reverse = (context: Context, address: Address): readonly string[] =>
  bounded(context.lookUp('reverse', address.text, () => context.senses.reverse(address)))

/** An address stands for itself, as in every resolver. */
const forward = (context: Context, name: string): readonly string[] => {
  const address = parseAddress(name)
  if (address !== undefined) return [address.text]
  return bounded(context.lookUp('forward', name, () => context.senses.forward(name)))
}

/** All names are asked for before one is waited for; a name that cannot be asked decides only if no other does. */
const someLeadsBack = (context: Context, names: readonly string[], { text }: Address): boolean => {
  let fault: unknown
  for (const name of names) {
    try {
      if (forward(context, name).includes(text)) return true
    } catch (cause) {
      fault ??= cause
    }
  }
  if (fault !== undefined) throw fault
  return false
}

const verified: Builtin = (context, value) => {
  const address = addressIn(value)
  const names = reverse(context, address)
  return names.length === 0 || someLeadsBack(context, names, address)
}

/** Forward-confirmed: a name that matches must itself lead back to the address. */
export const verifiedAs = (context: Context, ip: string, matches: (name: string) => boolean): boolean => {
  const address = addressIn(ip)
  return someLeadsBack(context, reverse(context, address).filter(matches), address)
}

/**
 * What rules ask the DNS. A name that does not exist or has no such record is an empty list; an answer that cannot be
 * had (timeout, SERVFAIL) is a fault, so that an outage neither confirms nor denies anybody.
 */
export const DNS: Functions = {
  'reverseDNS/1': {
    declares: ['reverseDNS(string): list<string>'],
    run: (context, address) => reverse(context, addressIn(address)),
  },
  'lookupHost/1': {
    declares: ['lookupHost(string): list<string>'],
    run: (context, name) => forward(context, textIn(name)),
  },
  'verifyFCrDNS/1': { declares: ['verifyFCrDNS(string): bool'], run: verified },
}

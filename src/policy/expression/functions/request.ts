import { parseAddress } from '../../../base/address.ts'
import type { Address } from '../../../base/address.ts'
import { reversedAddress } from '../../../dns/names.ts'
import type { Builtin } from '../frame.ts'
import { dictionaryIn, EvaluationFault, intIn, lengthFor, roomFor, textIn } from '../value.ts'
import type { Value } from '../value.ts'
import type { Functions } from './row.ts'

const NO_RANGE = new EvaluationFault('randInt() needs a number above zero that fits 53 bits')
const NO_PATH = new EvaluationFault('segments() needs a path that begins with /')
const NO_ADDRESS = new EvaluationFault('is not an IP address')
const MOST_RANDOM = BigInt(Number.MAX_SAFE_INTEGER)
const SPECIAL = /[\\.:*?\-[\](){}+|^$]/g

export const addressIn = (value: Value): Address => {
  const address = parseAddress(textIn(value))
  if (address === undefined) throw NO_ADDRESS
  return address
}

const randInt: Builtin = (context, value) => {
  const range = intIn(value)
  if (range <= 0n || range > MOST_RANDOM) throw NO_RANGE
  return BigInt(Math.floor(context.draw() * Number(range)))
}

const missingHeader: Builtin = (_, headers, name) => !dictionaryIn(headers).has(textIn(name))

const segments: Builtin = (context, value) => {
  const path = textIn(value)
  if (!path.startsWith('/')) throw NO_PATH
  context.spend(path.length >>> 2)
  const parts = path.slice(1).split('/')
  roomFor(parts.length)
  return parts
}

const regexSafe: Builtin = (context, value) => {
  const text = textIn(value)
  context.spend(text.length >>> 2)
  const safe = text.replaceAll(SPECIAL, '\\$&')
  lengthFor(safe.length)
  return safe
}

/** What a threshold may use of them. */
export const RANDOM: Functions = { 'randInt/1': { declares: ['randInt(int): int'], run: randInt } }

/** The functions of rules that ask nobody. */
export const REQUEST: Functions = {
  ...RANDOM,
  'missingHeader/2': {
    declares: ['missingHeader(map<string, string>, string): bool'],
    run: missingHeader,
  },
  'segments/1': { declares: ['segments(string): list<string>'], run: segments },
  'regexSafe/1': { declares: ['regexSafe(string): string'], run: regexSafe },
  'arpaReverseIP/1': {
    declares: ['arpaReverseIP(string): string'],
    run: (_, address) => reversedAddress(addressIn(address)),
  },
}

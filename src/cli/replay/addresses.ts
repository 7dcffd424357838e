import { parseAddress } from '../../base/address.ts'
import type { Address } from '../../base/address.ts'
import { ownText } from './own-text.ts'

/** Reads addresses; a log names the same ones again and again. */
export interface Addresses {
  /** Undefined when the text is no address, such as a host name or `unix:`. */
  of(text: string): Address | undefined
}

/** Then it starts anew. Few, so that what is forgotten is still young, and cheap to collect. */
const REMEMBERED = 1024

export const createAddresses = (): Addresses => {
  const known = new Map<string, Address>()
  return {
    of(text) {
      const found = known.get(text)
      if (found !== undefined) return found
      const address = parseAddress(text)
      if (address === undefined) return undefined
      if (known.size >= REMEMBERED) known.clear()
      known.set(ownText(text), address)
      return address
    },
  }
}

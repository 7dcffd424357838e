import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'

export type Environment = Readonly<Record<string, string | undefined>>

// $${ stands for ${ itself; a ${ that neither alternative takes is a fault.
const REFERENCE = /\$\$\{|\$\{(?:(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<otherwise>[^{}]*))?\})?/g

/** Puts `${NAME}` and `${NAME:-default}` in; an empty variable counts as not set where a default stands. */
export const expand = (text: string, env: Environment): Parsed<string> => {
  let fault: string | undefined
  const value = text.replaceAll(REFERENCE, (whole: string, name?: string, otherwise?: string) => {
    if (whole === '$${') return '${'
    if (name === undefined) fault ??= 'a ${ here starts no variable such as ${NAME}; write $${ for ${ itself'
    const found = name === undefined ? undefined : env[name]
    if (otherwise !== undefined) return found === undefined || found === '' ? otherwise : found
    if (found === undefined) fault ??= `environment variable ${name} is not set and has no default`
    return found ?? ''
  })
  return fault === undefined ? good(value) : bad(fault)
}

/** True when `expand` would look at the text. */
export const hasReference = (text: string): boolean => text.includes('${')

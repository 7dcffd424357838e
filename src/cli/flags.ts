import { parseArgs } from 'node:util'
import type { ParseArgsOptionsConfig } from 'node:util'
import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'
import { nearest } from '../config/nearest.ts'

export interface FlagsSpec {
  readonly options: ParseArgsOptionsConfig
  /** How many arguments that are no flags may stand. */
  readonly positionals: readonly [least: number, most: number]
  /** What such an argument is, for the fault: `a file`. */
  readonly called?: string
}

/** The flags and arguments of one call. */
export interface Flags {
  readonly positionals: readonly string[]
  /** The value of a flag; undefined when absent. */
  text(name: string): string | undefined
  /** All values of a flag that may stand several times. */
  texts(name: string): readonly string[]
  /** True when a flag without a value stands. */
  has(name: string): boolean
}

type Token = ReturnType<typeof parseArgs<{ tokens: true; strict: false }>>['tokens'][number]

const tokenFault = (token: Token, { options }: FlagsSpec): string | undefined => {
  if (token.kind !== 'option') return undefined
  const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined
  if (option === undefined) {
    const near = nearest(token.name, Object.keys(options))
    return `unknown flag ${token.rawName}${near === undefined ? '' : `; did you mean --${near}?`}`
  }
  if (option.type === 'boolean')
    return token.value === undefined ? undefined : `${token.rawName} takes no value`
  const value = token.value
  const missing = value === undefined || (!token.inlineValue && /^--[a-z]/.test(value))
  return missing ? `${token.rawName} needs a value` : undefined
}

const countFault = (count: number, { positionals: [least, most], called = 'an argument' }: FlagsSpec) => {
  if (count < least) return `${called} is missing`
  return count > most ? 'too many arguments' : undefined
}

const repeated = (tokens: readonly Token[], { options }: FlagsSpec): string | undefined => {
  const seen = new Set<string>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    if (seen.has(token.name) && options[token.name]?.multiple !== true) return `${token.rawName} stands twice`
    seen.add(token.name)
  }
  return undefined
}

/** Reads the arguments of a command; a fault is one line in words. */
export const parseFlags = (args: readonly string[], spec: FlagsSpec): Parsed<Flags> => {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: spec.options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const fault =
    tokens.map((token) => tokenFault(token, spec)).find((found) => found !== undefined) ??
    repeated(tokens, spec) ??
    countFault(positionals.length, spec)
  if (fault !== undefined) return bad(fault)
  const texts = (name: string): string[] =>
    [values[name] ?? []].flat().filter((value) => typeof value === 'string')
  return good({ positionals, texts, text: (name) => texts(name)[0], has: (name) => values[name] === true })
}

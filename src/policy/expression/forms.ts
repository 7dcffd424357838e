import type { ASTNode } from '@marcbachmann/cel-js'
import { parseDuration } from '../../base/units.ts'
import { COUNTED } from '../senses.ts'
import type { RateSpec } from '../senses.ts'
import { verifiedAs } from './functions/dns.ts'
import { compileExact, createPatternMemory, testPattern } from './functions/matching.ts'
import type { Context } from './frame.ts'
import { meant } from './meant.ts'
import type { RequestValues } from './request-values.ts'
import { textIn } from './value.ts'
import type { Compiler, Run, SpecialForm } from './vocabulary.ts'

const PER = ['address', 'pass'] as const
const SHORTEST_WINDOW = 1000
const LONGEST_WINDOW = 86_400_000

/** Says whether a text matches; the pattern is known now or only with the request. */
type TestText<Source> = (frame: Parameters<Run<Source>>[0], text: string) => boolean

const compileTest = <Source>(node: ASTNode, compiler: Compiler<Source>): TestText<Source> => {
  if (node.op === 'value' && typeof node.args === 'string') {
    const pattern = compileExact(node.args)
    if (!pattern.ok) return compiler.fault(node, `the pattern ${pattern.fault}`)
    return (frame, text) => testPattern(frame, pattern.value, text)
  }
  const dynamic = compiler.compile(node)
  const patternOf = createPatternMemory()
  return (frame, text) => testPattern(frame, patternOf(frame, textIn(dynamic(frame))), text)
}

const matches = <Source>(declares: readonly string[]): SpecialForm<Source> => ({
  declares,
  compile([subject, pattern], compiler) {
    const text = compiler.compile(subject!)
    const test = compileTest(pattern!, compiler)
    return (frame) => test(frame, textIn(text(frame)))
  },
})

/** Regular expressions of RE2, in every vocabulary. */
export const matchingForms = <Source>(): Readonly<Record<string, SpecialForm<Source>>> => ({
  '.matches/1': matches([]),
  'matches/2': matches(['matches(string, string): bool']),
})

const verifyAs: SpecialForm<RequestValues> = {
  declares: ['verifyFCrDNS(string, string): bool'],
  compile([address, pattern], compiler) {
    const text = compiler.compile(address!)
    const test = compileTest(pattern!, compiler)
    return (frame) => {
      const context: Context = frame
      return verifiedAs(context, textIn(text(frame)), (name) => test(frame, name))
    }
  },
}

const oneOf = <Word extends string>(
  node: ASTNode | undefined,
  words: readonly Word[],
  compiler: Compiler<RequestValues>,
): Word => {
  const said = node?.op === 'value' && typeof node.args === 'string' ? node.args : undefined
  const word = words.find((candidate) => candidate === said)
  if (word !== undefined) return word
  const question = said === undefined ? '' : meant(said, words)
  return compiler.fault(node!, `must be one of ${words.map((each) => `"${each}"`).join(', ')}${question}`)
}

const windowOf = (node: ASTNode | undefined, compiler: Compiler<RequestValues>): number => {
  const said = node?.op === 'value' && typeof node.args === 'string' ? parseDuration(node.args) : undefined
  if (said?.ok === true && said.value >= SHORTEST_WINDOW && said.value <= LONGEST_WINDOW) return said.value
  return compiler.fault(node!, 'must be a duration from "1s" to "1d"')
}

/** Literal arguments only: what is counted has to be known before the first request. */
const rate: SpecialForm<RequestValues> = {
  declares: ['rate(string, string, string): int'],
  compile([count, per, window], compiler) {
    const spec: RateSpec = {
      count: oneOf(count, COUNTED, compiler),
      per: oneOf(per, PER, compiler),
      window: windowOf(window, compiler),
    }
    compiler.needsRate(spec)
    return ({ senses, source }) => BigInt(Math.trunc(senses.count(spec, source.facts)))
  },
}

/** The functions of rules that look at their arguments before they have values. */
export const RULE_FORMS: Readonly<Record<string, SpecialForm<RequestValues>>> = {
  ...matchingForms<RequestValues>(),
  'verifyFCrDNS/2': verifyAs,
  'rate/3': rate,
}

import type { Lookup, Senses } from '../senses.ts'
import { EvaluationFault } from './value.ts'
import type { Value } from './value.ts'

/** Work that one evaluation may do; a unit is some ten nanoseconds. */
export const MOST_WORK = 1_000_000
/** Lookups in the DNS that one evaluation may ask for. */
export const MOST_LOOKUPS = 32

const TOO_MUCH_WORK = new EvaluationFault('the expression asks for too much work')
const TOO_MANY_LOOKUPS = new EvaluationFault(`the expression asks for more than ${MOST_LOOKUPS} lookups`)
const PENDING = new EvaluationFault('a lookup has not been answered yet')
/** What a caught fault costs: so that a thousand of them cannot be had for nothing. */
const FAULT_WORK = 500

type Answer =
  | { readonly state: 'pending' }
  | { readonly state: 'known'; readonly value: readonly string[] }
  | { readonly state: 'failed'; readonly cause: unknown }

/**
 * One evaluation of one expression: its variables, its bounds, and what it has been told so far. Lookups and random
 * numbers are remembered, so that evaluating again, once a lookup is answered, goes the same way.
 */
export class Frame<Source> {
  readonly source: Source
  readonly senses: Senses
  /** The reading of the path that is judged. */
  path = ''
  /** Variables of the macros, by depth. */
  readonly locals: Value[] = [null, null]
  #work = MOST_WORK
  #answers: Map<string, Answer> | undefined
  #pending: Promise<void>[] | undefined
  #draws: number[] | undefined
  #drawn = 0

  constructor(source: Source, senses: Senses) {
    this.source = source
    this.senses = senses
  }

  /** Before evaluating again. */
  restart(): void {
    this.#work = MOST_WORK
    this.#drawn = 0
  }

  spend(units: number): void {
    this.#work -= units
    if (this.#work < 0) throw TOO_MUCH_WORK
  }

  /** Before a fault is set aside because another operand may decide; throws when no work is left for that. */
  absorb(): void {
    this.spend(FAULT_WORK)
  }

  draw(): number {
    const draws = (this.#draws ??= [])
    const drawn = (draws[this.#drawn] ??= this.senses.random())
    this.#drawn++
    return drawn
  }

  /** Throws while the answer is not there, and for ever when there is none. */
  lookUp(kind: 'reverse' | 'forward', what: string, ask: () => Lookup<readonly string[]>): readonly string[] {
    const answers = (this.#answers ??= new Map())
    const key = `${kind} ${what}`
    let answer = answers.get(key)
    if (answer === undefined) {
      if (answers.size >= MOST_LOOKUPS) throw TOO_MANY_LOOKUPS
      answer = this.#ask(key, answers, ask)
      answers.set(key, answer)
    }
    if (answer.state === 'known') return answer.value
    throw answer.state === 'failed' ? answer.cause : PENDING
  }

  #ask(key: string, answers: Map<string, Answer>, ask: () => Lookup<readonly string[]>): Answer {
    const failed = (cause: unknown): Answer => ({ state: 'failed', cause })
    try {
      const lookup = ask()
      if (!(lookup instanceof Promise)) return { state: 'known', value: lookup }
      const settled = lookup.then(
        (value) => void answers.set(key, { state: 'known', value }),
        (cause: unknown) => void answers.set(key, failed(cause)),
      )
      ;(this.#pending ??= []).push(settled)
      return { state: 'pending' }
    } catch (cause) {
      return failed(cause)
    }
  }

  isPending(): boolean {
    return this.#pending !== undefined
  }

  /** What has to be waited for before it is worth evaluating again; never rejects. */
  takePending(): readonly Promise<void>[] {
    const pending = this.#pending ?? []
    this.#pending = undefined
    return pending
  }
}

/** What a function or an operator of the language may use. */
export type Context = Pick<Frame<unknown>, 'senses' | 'spend' | 'draw' | 'lookUp'>

/** A function or method of the language; absent arguments are null. The types are those of its signature or dynamic. */
export type Builtin = (context: Context, a: Value, b: Value, c: Value, d: Value) => Value

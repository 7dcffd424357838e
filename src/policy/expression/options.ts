import { z } from 'zod'

const FAULT = 'must be an expression: a text, or all or any with a list of texts'
const LONGEST = 10_000
const MOST_ITEMS = 100

const textSchema = z
  .string(FAULT)
  .min(1, 'must not be empty')
  .max(LONGEST, `must have at most ${LONGEST} characters`)

const itemsSchema = z
  .array(textSchema, 'must be a list of expressions')
  .min(1, 'must have at least one expression')
  .max(MOST_ITEMS, `must have at most ${MOST_ITEMS} expressions`)

const joinedSchema = z
  .strictObject(
    {
      all: itemsSchema.exactOptional().describe('Expressions that must all be true.'),
      any: itemsSchema.exactOptional().describe('Expressions of which one must be true.'),
    },
    FAULT,
  )
  .refine(({ all, any }) => (all === undefined) !== (any === undefined), 'must have either all or any')

/** `expression`: one expression of the Common Expression Language, or several joined by and (`all`) or or (`any`). */
export const expressionSchema = z
  .union([textSchema, joinedSchema], FAULT)
  .describe('An expression (CEL) that is true or false, or several under all or any.')

export type ExpressionOption = z.output<typeof expressionSchema>

/** The expressions of the option, and whether all of them or one of them must hold. */
export const itemsOf = (
  option: ExpressionOption,
): { readonly items: readonly string[]; readonly joined: 'all' | 'any' | undefined } => {
  if (typeof option === 'string') return { items: [option], joined: undefined }
  return option.all === undefined
    ? { items: option.any ?? [], joined: 'any' }
    : { items: option.all, joined: 'all' }
}

/** The option in one line, as an operator would write it. */
export const expressionText = (option: ExpressionOption): string => {
  const { items, joined } = itemsOf(option)
  if (joined === undefined) return items[0] ?? ''
  return items.map((item) => `(${item.trim()})`).join(joined === 'all' ? ' && ' : ' || ')
}

import type { JsonSchema } from './schema.ts'

export type Shapes = readonly JsonSchema[]

/** The shapes that one schema allows. */
export const alternatives = (schema: JsonSchema): Shapes => schema.anyOf?.flatMap(alternatives) ?? [schema]

const childOf = (
  { properties, items, additionalProperties }: JsonSchema,
  step: string | number,
): JsonSchema | undefined => {
  if (typeof step === 'number') return items
  if (properties !== undefined && Object.hasOwn(properties, step)) return properties[step]
  return typeof additionalProperties === 'object' ? additionalProperties : undefined
}

/** The shapes that the schema allows for one key or entry of a value of these shapes. */
export const childShapes = (shapes: Shapes, step: string | number): Shapes =>
  shapes.flatMap((shape) => {
    const child = childOf(shape, step)
    return child === undefined ? [] : alternatives(child)
  })

/** The shapes at a path below the root. */
export const shapesAt = (root: JsonSchema, path: readonly (string | number)[]): Shapes =>
  path.reduce(childShapes, alternatives(root))

/** All keys that a mapping of these shapes may have. */
export const knownKeys = (shapes: Shapes): string[] =>
  shapes.flatMap((shape) => Object.keys(shape.properties ?? {}))

/** True when a mapping of these shapes has a fixed set of keys. */
export const isClosed = (shapes: Shapes): boolean =>
  shapes.some((shape) => shape.properties !== undefined) &&
  shapes.every((shape) => typeof shape.additionalProperties !== 'object')

/** True when every shape is of that type. */
export const isOnly = (shapes: Shapes, type: string): boolean =>
  shapes.length > 0 && shapes.every((shape) => shape.type === type)

/** True when one of the shapes is of that type. */
export const allows = (shapes: Shapes, type: string): boolean => shapes.some((shape) => shape.type === type)

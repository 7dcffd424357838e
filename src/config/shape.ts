import type { JsonSchema } from './schema.ts'

type Shapes = readonly JsonSchema[]

const alternatives = (schema: JsonSchema): Shapes => schema.anyOf?.flatMap(alternatives) ?? [schema]

/** The shapes that the schema allows for one key or entry of a value of these shapes. */
export const childShapes = (shapes: Shapes, step: string | number): Shapes =>
  shapes.flatMap(({ properties, items }) => {
    const known = typeof step === 'string' && properties !== undefined && Object.hasOwn(properties, step)
    const child = typeof step === 'number' ? items : known ? properties[step] : undefined
    return child === undefined ? [] : alternatives(child)
  })

/** The shapes at a path below the root. */
export const shapesAt = (root: JsonSchema, path: readonly (string | number)[]): Shapes =>
  path.reduce(childShapes, alternatives(root))

/** All keys that a mapping of these shapes may have. */
export const knownKeys = (shapes: Shapes): string[] =>
  shapes.flatMap((shape) => Object.keys(shape.properties ?? {}))

/** True when every shape is of that type. */
export const isOnly = (shapes: Shapes, type: string): boolean =>
  shapes.length > 0 && shapes.every((shape) => shape.type === type)

/** True when one of the shapes is of that type. */
export const allows = (shapes: Shapes, type: string): boolean => shapes.some((shape) => shape.type === type)

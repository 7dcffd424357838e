/** Positions in a text count code points, as CEL has it; almost every text has one unit for each. */
const SURROGATE = /[\ud800-\udfff]/

export const isPlain = (text: string): boolean => !SURROGATE.test(text)

export const pointsOf = (text: string): string[] => (isPlain(text) ? text.split('') : Array.from(text))

export const pointsIn = (text: string): number => (isPlain(text) ? text.length : pointsOf(text).length)

/** The UTF-16 position of the code point at `point`. */
export const unitAt = (text: string, point: number): number => {
  if (isPlain(text)) return point
  let unit = 0
  for (let left = point; left > 0 && unit < text.length; left--)
    unit += text.codePointAt(unit)! > 0xffff ? 2 : 1
  return unit
}

/** The code point at which the UTF-16 position `unit` lies. */
export const pointAt = (text: string, unit: number): number =>
  unit < 0 ? unit : pointsIn(text.slice(0, unit))

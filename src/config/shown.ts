const LONGEST = 60

/** A value as a fault shows it: short, on one line. */
export const shownValue = (value: unknown): string => {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') return 'a mapping'
  // Faults go to logs and terminals; a password in a URL must not.
  const text = JSON.stringify(value.replace(/\/\/[^/@]*@/, '//…@'))
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…"`
}

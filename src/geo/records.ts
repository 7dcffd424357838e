/** What the records of various makers have in common. */

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const codeOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z]{2}$/.test(value) ? value.toUpperCase() : undefined

/**
 * `country.iso_code` of country and city databases, `registered_country.iso_code` where only that is known, and the
 * flat `country_code` or `country` of free ones.
 */
export const countryOf = (record: unknown): string | undefined => {
  if (!isMap(record)) return undefined
  const { country, registered_country: registered } = record
  return (
    (isMap(country) ? codeOf(country['iso_code']) : codeOf(country)) ??
    codeOf(record['country_code']) ??
    (isMap(registered) ? codeOf(registered['iso_code']) : undefined)
  )
}

/** `autonomous_system_number`, or `asn` as a number or as `AS64496`. */
export const asnOf = (record: unknown): number | undefined => {
  if (!isMap(record)) return undefined
  const value = record['autonomous_system_number'] ?? record['asn']
  const number = typeof value === 'string' ? Number(/^(?:AS)?(\d{1,10})$/i.exec(value)?.[1]) : value
  return typeof number === 'number' && Number.isInteger(number) && number > 0 && number < 2 ** 32
    ? number
    : undefined
}

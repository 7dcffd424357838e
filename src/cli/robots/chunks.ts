/** Joins texts to as few as are needed for none to be longer than `longest` (unless one alone is). */
export const chunked = (texts: readonly string[], separator: string, longest: number): string[] => {
  const chunks: string[] = []
  for (const text of texts) {
    const last = chunks.at(-1)
    const joined = last === undefined ? text : `${last}${separator}${text}`
    if (last !== undefined && joined.length <= longest) chunks[chunks.length - 1] = joined
    else chunks.push(text)
  }
  return chunks
}

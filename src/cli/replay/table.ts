// Whatever a visitor wrote could move the cursor of a terminal.
const UNPRINTABLE = /[^\x20-\x7e]/g

const escapeOf = (letter: string): string => {
  const code = letter.charCodeAt(0).toString(16)
  return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`
}

/** A visitor's text for a terminal: printable ASCII, cut with `…`. */
export const shownText = (text: string, width: number): string => {
  const safe = text.replaceAll(UNPRINTABLE, escapeOf)
  return safe.length > width ? `${safe.slice(0, width - 1)}…` : safe
}

export const countText = (count: number): string => count.toLocaleString('en')

/** `12.3 %`; what is there at all is never shown as nothing. */
export const shareText = (share: number): string => {
  if (share > 0 && share < 0.0005) return '<0.1 %'
  return `${(share * 100).toFixed(1)} %`
}

/** Columns with two spaces between them; `right` are aligned to the right. */
export const tableText = (
  rows: readonly (readonly string[])[],
  right: readonly number[],
  indent = '  ',
): string => {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)))
  const lines = rows.map((row) =>
    row
      .map((cell, at) => (right.includes(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  return lines.map((line) => `${indent}${line}\n`).join('')
}

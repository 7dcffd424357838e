const LATIN1 = /^[\0-\xff]*$/

/**
 * The same text with memory of its own. A part of a text keeps the whole of it alive, here a line of up to 64 KiB;
 * whatever is kept in a table has to be copied.
 */
export const ownText = (text: string): string => {
  const encoding = LATIN1.test(text) ? 'latin1' : 'utf16le'
  return Buffer.from(text, encoding).toString(encoding)
}

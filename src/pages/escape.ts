/** Text for markup, and values for script elements. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const MARKUP = /[&<>"']/
const BEYOND = /[<\u007f-\uffff]/

/** For element content and quoted attributes. */
export const escapeHtml = (text: string): string =>
  MARKUP.test(text) ? text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '') : text

/** UTF-8 as a string of one character for each byte. */
export const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

/** JSON in ASCII without `<`, so that it is safe in a script element and as long as its bytes. */
export const asciiJson = (value: unknown): string => {
  const json = JSON.stringify(value)
  return BEYOND.test(json)
    ? json.replace(/[<\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : json
}

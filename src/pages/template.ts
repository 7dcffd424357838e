import { escapeHtml } from './escape.ts'

/** Fills `{{name}}` with escaped text and `{{{name}}}` with markup; only for the names given. */
export const fillTemplate = (
  template: string,
  texts: Readonly<Record<string, string>>,
  markup: Readonly<Record<string, string>> = {},
): string => {
  let filled = template
  for (const [name, value] of Object.entries(markup)) filled = filled.split(`{{{${name}}}}`).join(value)
  for (const [name, value] of Object.entries(texts))
    filled = filled.split(`{{${name}}}`).join(escapeHtml(value))
  return filled
}

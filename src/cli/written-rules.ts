import { stringify } from 'yaml'
import type { WrittenRule } from './robots/rules.ts'

export const FORMATS = ['yaml', 'json'] as const
export type Format = (typeof FORMATS)[number]

/** Rules as a file for `import`; the purpose stands in its first line (JSON has none). */
export const rulesText = (rules: readonly WrittenRule[], purpose: string, format: Format): string =>
  format === 'json'
    ? `${JSON.stringify(rules, null, 2)}\n`
    : `# Purpose: ${purpose.replaceAll(/\s+/g, ' ')}\n${stringify(rules, { lineWidth: 0 })}`

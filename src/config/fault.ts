/** One thing that is wrong with a configuration. Lines and columns count from 1; both are 0 for a flag. */
export interface Fault {
  /** Name of the file as the operator gave it, or of the flag. */
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

export type Position = Omit<Fault, 'message'>

/** `file:line:column: message`, on one line whatever the message holds. */
export const faultText = ({ file, line, column, message }: Fault): string => {
  const text = message.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
  return line === 0 ? `${file}: ${text}` : `${file}:${line}:${column}: ${text}`
}

/** Flags first, then file by file in the order of `files`, each in the order of its lines; every fault once. */
export const sortedFaults = (faults: readonly Fault[], files: readonly string[] = []): Fault[] => {
  const ranks = new Map(files.map((file, index) => [file, index]))
  const rankOf = ({ file, line }: Fault): number => (line === 0 ? -1 : (ranks.get(file) ?? 0))
  return [...new Map(faults.map((fault) => [faultText(fault), fault])).values()].sort(
    (a, b) => rankOf(a) - rankOf(b) || a.line - b.line || a.column - b.column,
  )
}

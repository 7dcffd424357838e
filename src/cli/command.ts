/** The seam of the room: what a command is. Types only. */

/** What a command may touch of the process around it. */
export interface Io {
  /** Writes to standard output, as it is. */
  readonly out: (text: string) => void
  /** Writes to standard error, as it is. */
  readonly err: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  /** True when standard error is a terminal: progress may be shown. */
  readonly terminal: boolean
}

export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** Whole help text, ending with a line break; its first line is the call. */
  readonly usage: string
  /** `args` are those behind the name of the command. Answers the exit status: 0 or 1. */
  run(args: readonly string[], io: Io): Promise<number>
}

import { nearest } from '../config/nearest.ts'
import type { Command, Io } from './command.ts'

export interface DispatchParts {
  readonly commands: readonly Command[]
  readonly version: string
}

const overview = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(width)}   ${summary}\n`).join('')
  return `tollgate COMMAND [ARGUMENTS]

A gateway that stands in front of a website and asks visitors for a little work before it lets them in.

${rows}
tollgate help COMMAND tells more of one command, tollgate --version the version.
`
}

const isHelp = (word: string | undefined): boolean => word === '--help' || word === '-h'

const unknownCommand = (name: string, commands: readonly Command[], io: Io): number => {
  const kind = name.startsWith('-') ? 'flag' : 'command'
  const near = nearest(name, [...commands.map((command) => command.name), 'help'])
  io.err(`tollgate: unknown ${kind} ${JSON.stringify(name)}`)
  io.err(near === undefined || kind === 'flag' ? ' (see tollgate --help)\n' : `; did you mean ${near}?\n`)
  return 1
}

const beforeTerminator = (args: readonly string[]): readonly string[] => {
  const end = args.indexOf('--')
  return end < 0 ? args : args.slice(0, end)
}

/** Finds the command that the arguments name and runs it; answers the exit status. */
export const createDispatch = ({ commands, version }: DispatchParts) => {
  const find = (name: string): Command | undefined => commands.find((command) => command.name === name)

  const help = (name: string | undefined, io: Io): number => {
    if (name === undefined) {
      io.out(overview(commands))
      return 0
    }
    const command = find(name)
    if (command === undefined) return unknownCommand(name, commands, io)
    io.out(command.usage)
    return 0
  }

  return async (args: readonly string[], io: Io): Promise<number> => {
    const [name, ...rest] = args
    if (name === undefined || isHelp(name)) return help(undefined, io)
    if (name === 'help') return help(isHelp(rest[0]) ? undefined : rest[0], io)
    if (name === '--version' || name === '-v') {
      io.out(`${version}\n`)
      return 0
    }
    const command = find(name)
    if (command === undefined) return unknownCommand(name, commands, io)
    return beforeTerminator(rest).some(isHelp) ? help(name, io) : command.run(rest, io)
  }
}

import { availableParallelism } from 'node:os'
import type { ChallengeJson } from '../protocol.ts'
import type { Command, Io } from './command.ts'
import { parseFlags } from './flags.ts'
import { fail, reasonOf, refuseUsage } from './outcome.ts'
import { createVisitor } from './solve/visitor.ts'
import { solvePow } from './solve/pow.ts'

const workOf = ({ puzzles, target }: ChallengeJson): number => Math.round((puzzles * 2 ** 32) / target)

const progressTo = (io: Io, puzzles: number) => (solved: number) => {
  if (!io.terminal) return
  io.err(`\rsolving: ${solved} of ${puzzles}${solved === puzzles ? '\n' : ''}`)
}

const earnPass = async (url: URL, json: boolean, io: Io): Promise<number> => {
  await using visitor = createVisitor(url)
  const asked = await visitor.ask()
  if (!asked.ok) return fail(io, solveCommand, asked.fault)
  const challenge = asked.value
  const started = performance.now()
  const onProgress = progressTo(io, challenge.puzzles)
  const solution = await solvePow({ challenge, threads: availableParallelism(), onProgress })
  const milliseconds = Math.round(performance.now() - started)
  const pass = await visitor.answer(challenge, solution)
  if (!pass.ok) return fail(io, solveCommand, pass.fault)
  const { name, value } = pass.value
  const report = { name, value, kind: challenge.kind, work: workOf(challenge), milliseconds }
  io.out(json ? `${JSON.stringify(report)}\n` : `${name}=${value}\n`)
  return 0
}

export const solveCommand: Command = {
  name: 'solve',
  summary: 'earn a pass without a browser',
  usage: `tollgate solve URL [--json]

Asks for URL as a browser would, solves the challenge that it gets, and prints the pass as NAME=VALUE, ready for a
Cookie header. Exit status: 0 with a pass, 1 without.

  --json   print {name, value, kind, work, milliseconds} instead
`,
  async run(args, io) {
    const flags = parseFlags(args, {
      options: { json: { type: 'boolean' } },
      positionals: [1, 1],
      called: 'the URL',
    })
    if (!flags.ok) return refuseUsage(io, solveCommand, flags.fault)
    const url = URL.parse(flags.value.positionals[0] ?? '')
    if (url === null || !/^https?:$/.test(url.protocol)) {
      return refuseUsage(io, solveCommand, 'the URL must start with http:// or https://')
    }
    try {
      return await earnPass(url, flags.value.has('json'), io)
    } catch (error) {
      return fail(io, solveCommand, `${url.origin}: ${reasonOf(error)}`)
    }
  },
}

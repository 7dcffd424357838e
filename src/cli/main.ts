#!/usr/bin/env node
import { readVersion } from '../app/version.ts'
import type { Io } from './command.ts'
import { COMMANDS } from './commands.ts'
import { createDispatch } from './dispatch.ts'

// A reader that has seen enough (`| head`) is no fault.
const ignoreClosedPipe = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error
}
process.stdout.on('error', ignoreClosedPipe)
process.stderr.on('error', ignoreClosedPipe)

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  env: process.env,
  terminal: process.stderr.isTTY,
}

process.exitCode = await createDispatch({ commands: COMMANDS, version: readVersion() })(
  process.argv.slice(2),
  io,
)

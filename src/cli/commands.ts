import { checkCommand } from './check.ts'
import type { Command } from './command.ts'
import { findCommand } from './find.ts'
import { explainCommand } from './explain.ts'
import { floodCommand } from './flood.ts'
import { healthcheckCommand } from './healthcheck.ts'
import { iplist2ruleCommand } from './iplist2rule.ts'
import { keygenCommand } from './keygen.ts'
import { reloadCommand } from './reload.ts'
import { replayCommand } from './replay.ts'
import { revokeCommand } from './revoke.ts'
import { robots2policyCommand } from './robots2policy.ts'
import { schemaCommand } from './schema.ts'
import { serveCommand } from './serve.ts'
import { solveCommand } from './solve.ts'

/** Every command, in the order of the help text. */
export const COMMANDS: readonly Command[] = [
  serveCommand,
  checkCommand,
  explainCommand,
  reloadCommand,
  findCommand,
  revokeCommand,
  replayCommand,
  solveCommand,
  healthcheckCommand,
  keygenCommand,
  schemaCommand,
  robots2policyCommand,
  iplist2ruleCommand,
  floodCommand,
]

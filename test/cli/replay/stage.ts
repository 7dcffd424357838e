/** Logs and policies for the tests of `replay`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { replayCommand } from '../../../src/cli/replay.ts'
import type { Report } from '../../../src/cli/replay/report.ts'
import { captureIo } from '../capture.ts'

export const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'

/** A folder for one test file; dispose it at the end. */
export const openFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-replay-'))
  return {
    write(name: string, content: string | Buffer): string {
      writeFileSync(join(folder, name), content)
      return join(folder, name)
    },
    path: (name: string): string => join(folder, name),
    remove: (): void => rmSync(folder, { recursive: true }),
  }
}

export interface LineParts {
  readonly address?: string
  readonly method?: string
  readonly target?: string
  readonly status?: number
  readonly agent?: string
  readonly host?: string
  /** Seconds after 12:00. */
  readonly at?: number
}

const two = (number: number): string => String(number).padStart(2, '0')

/** One line of combined log format. */
export const combinedLine = (parts: LineParts = {}): string => {
  const { address = '192.0.2.1', method = 'GET', target = '/', status = 200, agent = BROWSER, at = 0 } = parts
  const time = `22/Nov/2026:${two(12 + Math.floor(at / 3600))}:${two(Math.floor(at / 60) % 60)}:${two(at % 60)} +0000`
  const host = parts.host === undefined ? '' : `${parts.host} `
  return `${host}${address} - - [${time}] "${method} ${target} HTTP/1.1" ${status} 12 "-" "${agent}"\n`
}

/** Runs the command in this process. */
export const replay = async (...args: string[]) => {
  const { io, written } = captureIo()
  return { status: await replayCommand.run(args, io), ...written }
}

export const reportOf = async (...args: string[]): Promise<Report> => {
  const { status, out, err } = await replay('--json', ...args)
  if (status !== 0) throw new Error(err)
  return JSON.parse(out) as Report
}

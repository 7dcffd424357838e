/** Child processes of a bench: started, measured by their CPU time, ended with the scope that started them. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface Subject extends AsyncDisposable {
  readonly port: number
  /** CPU seconds (user and system) of the process, its threads and its children so far. */
  cpu(): number
}

/** USER_HZ, which Linux fixes at 100 for everything under /proc (proc_pid_stat(5)). */
const TICKS = 100
const START_MS = 10_000

const childrenOf = (pid: number): readonly number[] => {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}

/** CPU seconds of a process and all that it started. */
export const cpuOf = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of the program may hold blanks; the fields after it are numbers.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const own = (Number(fields[11]) + Number(fields[12])) / TICKS
  return childrenOf(pid).reduce((sum, child) => sum + cpuOf(child), own)
}

/** A loopback port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

export const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })

/** A server that takes its port from its arguments; resolves when it accepts connections. */
export const startServer = async (
  command: string,
  args: readonly string[],
  port: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<Subject> => {
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  })
  const end = (): void => void child.kill('SIGTERM')
  process.once('exit', end)
  let said = ''
  let fault: Error | undefined
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000)
  })
  child.on('error', (error) => {
    fault = error
  })
  const deadline = performance.now() + START_MS
  while (!(await answers(port))) {
    if (fault ?? child.exitCode !== null) throw fault ?? new Error(`${command} ended: ${said}`)
    if (performance.now() > deadline) throw new Error(`${command} does not listen: ${said}`)
    await pause(20)
  }
  const { pid = 0 } = child
  return {
    port,
    cpu: () => cpuOf(pid),
    async [Symbol.asyncDispose]() {
      process.off('exit', end)
      end()
      await ended(child)
    },
  }
}

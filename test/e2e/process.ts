import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '..', '..')

/** A program of this project, run as a user would run it. */
export interface Running extends AsyncDisposable {
  readonly child: ChildProcess
  /** Everything it has written to standard output and error so far. */
  text(): string
  /** Resolves with the match once the output matches; rejects when the program ends before. */
  seen(pattern: RegExp): Promise<RegExpExecArray>
  /** Exit status, or -1 after a signal. */
  readonly ended: Promise<number>
}

/** @param env Stands above the environment of the test. */
export const run = (
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Running => {
  const child = spawn(command, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const watchers = new Set<() => void>()
  const hear = (chunk: Buffer): void => {
    text += chunk.toString()
    for (const watcher of watchers) watcher()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = new Promise<number>((resolve) => {
    child.on('close', (code) => resolve(code ?? -1))
  })
  return {
    child,
    ended,
    text: () => text,
    seen: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(text)
          if (!match) return
          watchers.delete(look)
          resolve(match)
        }
        watchers.add(look)
        look()
        void ended.then((code) => reject(new Error(`ended with ${code} before ${String(pattern)}:\n${text}`)))
      }),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await ended
    },
  }
}

/** A command of tollgate's own. */
export const tollgate = (...args: readonly string[]): Running =>
  run(process.execPath, [join(ROOT, 'src', 'cli', 'main.ts'), ...args])

/** A Node process of a bench that is told its job and answers by messages. */
import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { cpuOf, ended } from './process.ts'

export interface NodeChild extends AsyncDisposable {
  cpu(): number
  /** Sends a message and resolves with the next one that comes back. */
  ask<Answer>(message: object): Promise<Answer>
}

const nextMessage = <Answer>(child: ChildProcess): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`a bench process ended with code ${code}`))
    child.once('exit', onExit)
    child.once('message', (message) => {
      child.off('exit', onExit)
      resolve(message as Answer)
    })
  })

/** @param file In this folder. */
export const startNodeChild = (file: string, flags: readonly string[] = []): NodeChild => {
  const child = fork(join(import.meta.dirname, file), {
    execArgv: [...flags],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return {
    cpu: () => cpuOf(child.pid ?? 0),
    ask<Answer>(message: object) {
      const answer = nextMessage<Answer>(child)
      child.send(message)
      return answer
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended(child)
    },
  }
}

import { expect, test } from 'vitest'
import { createLastWins } from '../../src/app/reload/last-wins.ts'

const setUp = () => {
  const started: string[] = []
  const ends: (() => void)[] = []
  const run = createLastWins((task: string) => {
    started.push(task)
    return new Promise<string>((resolve, reject) => {
      ends.push(() => (task === 'bad' ? reject(new Error('no')) : resolve(`did ${task}`)))
    })
  })
  const end = async (): Promise<void> => {
    ends.shift()!()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { run, started, end }
}

test('one task runs at a time; of those that come meanwhile the last is run, and all who asked get its result', async () => {
  const { run, started, end } = setUp()
  const results = ['a', 'b', 'c', 'd'].map(run)
  expect(started).toEqual(['a'])
  await end()
  expect(started).toEqual(['a', 'd'])
  await end()
  expect(await Promise.all(results)).toEqual(['did a', 'did d', 'did d', 'did d'])
  expect(started).toEqual(['a', 'd'])
})

test('a task that fails holds up nobody', async () => {
  const { run, started, end } = setUp()
  const [first, second] = [run('bad'), run('b')]
  const fault = first.catch((cause: unknown) => String(cause))
  await end()
  expect(await fault).toBe('Error: no')
  await end()
  expect(await second).toBe('did b')
  const third = run('c')
  await end()
  expect(await third).toBe('did c')
  expect(started).toEqual(['bad', 'b', 'c'])
})

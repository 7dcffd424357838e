interface Waiting<Task, Result> {
  task: Task
  readonly promise: Promise<Result>
  readonly resolve: (result: Promise<Result>) => void
}

/**
 * Runs one task at a time. Of the tasks that come meanwhile only the last is run, and all who asked get its result:
 * there is never more than one that waits.
 */
export const createLastWins = <Task, Result>(
  run: (task: Task) => Promise<Result>,
): ((task: Task) => Promise<Result>) => {
  let running = false
  let waiting: Waiting<Task, Result> | undefined

  const next = (): void => {
    running = false
    const last = waiting
    waiting = undefined
    if (last) last.resolve(begin(last.task))
  }
  const begin = async (task: Task): Promise<Result> => {
    running = true
    try {
      return await run(task)
    } finally {
      next()
    }
  }

  return (task) => {
    if (!running) return begin(task)
    if (waiting) waiting.task = task
    else waiting = { task, ...Promise.withResolvers<Result>() }
    return waiting.promise
  }
}

/** One list: its copy in force, and how it is renewed. */
import type { Dispatcher } from 'undici'
import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'
import { createCopyFile, digestOf } from './copy-file.ts'
import type { CopyFile } from './copy-file.ts'
import type { ListHandle, ListReport, ListResult, ListStatus } from './lists.ts'
import type { ListOptions } from './options.ts'
import { parseList } from './parse.ts'
import type { ParsedList } from './parse.ts'
import { fetchList, readListFile } from './source.ts'
import type { Fetched, Validators } from './source.ts'

export interface KeptListParts {
  readonly name: string
  readonly options: ListOptions
  readonly folder: string | undefined
  readonly dispatcher: Dispatcher
  /** Milliseconds that one attempt may take in all. */
  readonly timeout: number
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly onList: (report: ListReport) => void
}

export interface KeptList {
  readonly handle: ListHandle | undefined
  status(): ListStatus
  /** Puts the copy on disk into force, if there is one. */
  restore(): Promise<void>
  /** One attempt; who comes while it runs gets its report. Never rejects. */
  refresh(): Promise<ListReport>
  /** Attempts that failed since the last good one. */
  readonly failures: number
  readonly options: ListOptions
  /** A copy from another source stays in force until the first one from the new source. */
  update(options: ListOptions): void
  /** Ends a running attempt. */
  stop(): Promise<void>
}

interface Copy extends ParsedList {
  readonly digest: string
  readonly validators: Validators
  readonly fetchedAt: number
  /** Whether it came from the source that the options name now. */
  readonly isOfSource: boolean
}

const sourceOf = ({ url, file }: ListOptions): string => url ?? `file:${file}`

/** What is wrong with the size of a new copy, or undefined. */
const sizeFault = (entries: number, options: ListOptions, copy: Copy | undefined): string | undefined => {
  if (entries < options.min_entries)
    return `has ${entries} entries, fewer than min_entries (${options.min_entries})`
  const before = copy?.isOfSource === true ? copy.entries : 0
  if (before === 0 || Math.abs(entries - before) <= before * options.max_change) return undefined
  return `has ${entries} entries, and ${before} before: more of a change than max_change allows (${Math.round(options.max_change * 100)}%)`
}

export const createKeptList = (parts: KeptListParts): KeptList => {
  const { name, clock } = parts
  const stopping = new AbortController()
  let options = parts.options
  let copy: Copy | undefined
  let lastResult: ListResult | undefined
  let failures = 0
  let running: Promise<ListReport> | undefined

  const copyFile = (): CopyFile | undefined =>
    parts.folder === undefined || options.url === undefined
      ? undefined
      : createCopyFile(parts.folder, name, sourceOf(options))
  const handleOf = ({ table }: Copy): ListHandle => ({ name, table })
  const parse = (body: Uint8Array): Parsed<ParsedList> =>
    parseList(body, { format: options.format, maxEntries: options.max_entries })

  const get = (): Promise<Fetched> => {
    if (options.url === undefined) return readListFile(options.file ?? '')
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(parts.timeout)])
    const asked = copy?.isOfSource === true ? copy.validators : {}
    return fetchList(options.url, asked, { dispatcher: parts.dispatcher, signal })
  }
  const judge = (body: Uint8Array): Parsed<ParsedList> => {
    const parsed = parse(body)
    if (!parsed.ok) return parsed
    const fault = sizeFault(parsed.value.entries, options, copy)
    return fault === undefined ? good(parsed.value) : bad(fault)
  }
  const said = (result: ListResult, more: Pick<ListReport, 'detail' | 'handle'> = {}): ListReport => {
    lastResult = result
    failures = result === 'fresh' || result === 'unchanged' ? 0 : failures + 1
    return { list: name, result, entries: copy?.entries ?? 0, ...more }
  }
  /** The report of a copy on disk that could not be written says so; the copy in memory is good all the same. */
  const saved = async (save: (file: CopyFile) => Promise<void>): Promise<{ detail?: string }> => {
    const file = copyFile()
    try {
      if (file !== undefined) await save(file)
      return {}
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
      return { detail: `the last good copy could not be written: ${code}` }
    }
  }
  const unchanged = async (current: Copy): Promise<ListReport> => {
    const fetchedAt = clock()
    copy = { ...current, fetchedAt }
    return said('unchanged', await saved((file) => file.touch(fetchedAt)))
  }
  const attempt = async (): Promise<ListReport> => {
    const source = sourceOf(options)
    const fetched = await get()
    // The options changed meanwhile: what came is of no use.
    if (source !== sourceOf(options)) return attempt()
    if (fetched.kind === 'failed') return said('failed', { detail: fetched.detail })
    if (fetched.kind === 'unchanged') {
      return copy === undefined ? said('failed', { detail: 'answered 304' }) : unchanged(copy)
    }
    const { body, validators } = fetched
    const digest = digestOf(body)
    if (copy?.isOfSource === true && copy.digest === digest) return unchanged({ ...copy, validators })
    const judged = judge(body)
    if (!judged.ok) return said('refused', { detail: judged.fault })
    const fetchedAt = clock()
    copy = { ...judged.value, digest, validators, fetchedAt, isOfSource: true }
    const result = await saved((file) => file.write(body, validators, fetchedAt))
    return said('fresh', { ...result, handle: handleOf(copy) })
  }

  return {
    get handle() {
      return copy && handleOf(copy)
    },
    get failures() {
      return failures
    },
    get options() {
      return options
    },
    status: () => ({
      name,
      entries: copy?.entries ?? 0,
      age: copy && Math.max(0, clock() - copy.fetchedAt),
      fetchedAt: copy?.fetchedAt,
      lastResult,
      malformed: copy?.malformed ?? 0,
    }),
    async restore() {
      const found = await copyFile()?.read()
      const parsed = found && parse(found.body)
      if (parsed?.ok !== true || found === undefined) return
      const { body, ...rest } = found
      copy = { ...parsed.value, ...rest, digest: digestOf(body), isOfSource: true }
    },
    refresh() {
      running ??= attempt()
        .then((report) => {
          if (!stopping.signal.aborted) parts.onList(report)
          return report
        })
        .finally(() => {
          running = undefined
        })
      return running
    },
    update(next) {
      if (sourceOf(next) !== sourceOf(options) && copy !== undefined) copy = { ...copy, isOfSource: false }
      options = next
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}

import { createPrivateKey } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { checkCommand } from '../../src/cli/check.ts'
import type { Command } from '../../src/cli/command.ts'
import { COMMANDS } from '../../src/cli/commands.ts'
import { createDispatch } from '../../src/cli/dispatch.ts'
import { healthcheckCommand } from '../../src/cli/healthcheck.ts'
import { keygenCommand } from '../../src/cli/keygen.ts'
import { schemaCommand } from '../../src/cli/schema.ts'
import { configJsonSchema } from '../../src/config/schema.ts'
import { captureIo } from './capture.ts'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

const run = async (command: Command, ...args: string[]) => {
  const { io, written } = captureIo()
  return { status: await command.run(args, io), ...written }
}
const dispatch = async (...args: string[]) => {
  const { io, written } = captureIo()
  const status = await createDispatch({ commands: COMMANDS, version: '1.2.3' })(args, io)
  return { status, ...written }
}
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

describe('the call', () => {
  test.each([[], ['--help'], ['-h'], ['help']])('%j lists every command', async (...args) => {
    const { status, out } = await dispatch(...args)
    expect(status).toBe(0)
    const rows = COMMANDS.map(({ name, summary }) => [out.includes(`  ${name} `), out.includes(summary)])
    expect(rows.flat()).not.toContain(false)
  })

  test.each(COMMANDS.map(({ name }) => name))('help %s and %s --help tell of it alone', async (name) => {
    const { status, out } = await dispatch('help', name)
    expect(status).toBe(0)
    expect(out).toMatch(new RegExp(`^tollgate ${name}\\b`))
    expect(out.endsWith('\n')).toBe(true)
    expect(await dispatch(name, '--help')).toEqual({ status: 0, out, err: '' })
  })

  test('--version prints the version', async () => {
    expect(await dispatch('--version')).toEqual({ status: 0, out: '1.2.3\n', err: '' })
  })

  test.each([
    [['chekc'], 'tollgate: unknown command "chekc"; did you mean check?\n'],
    [['frobnicate'], 'tollgate: unknown command "frobnicate" (see tollgate --help)\n'],
    [['--verbose'], 'tollgate: unknown flag "--verbose" (see tollgate --help)\n'],
    [['help', 'shema'], 'tollgate: unknown command "shema"; did you mean schema?\n'],
    [
      ['check', '--jsn'],
      'tollgate check: unknown flag --jsn; did you mean --json? (see tollgate help check)\n',
    ],
    [['check', '--json=1'], 'tollgate check: --json takes no value (see tollgate help check)\n'],
    [['keygen', '--out'], 'tollgate keygen: --out needs a value (see tollgate help keygen)\n'],
    [
      ['keygen', '--out', 'a', '--out', 'b'],
      'tollgate keygen: --out stands twice (see tollgate help keygen)\n',
    ],
    [['keygen', 'a'], 'tollgate keygen: too many arguments (see tollgate help keygen)\n'],
    [['solve'], 'tollgate solve: the URL is missing (see tollgate help solve)\n'],
    [
      ['solve', 'ftp://a'],
      'tollgate solve: the URL must start with http:// or https:// (see tollgate help solve)\n',
    ],
  ])('%j is refused with one line', async (args, err) => {
    expect(await dispatch(...args)).toEqual({ status: 1, out: '', err })
  })
})

describe('check', () => {
  test('says one line for each good file and all faults of each bad one', async () => {
    const good = write('good.yaml', 'mode: observe\n')
    const bad = write('bad.yaml', 'workers: 0\nmode: of\n')
    const { status, out, err } = await run(checkCommand, good, bad)
    expect(status).toBe(1)
    expect(out).toBe(`${good}: ok\n`)
    expect(err.split('\n').map((line) => line.split(': ')[0])).toEqual([`${bad}:1:10`, `${bad}:2:7`, ''])
    expect((await run(checkCommand, good)).status).toBe(0)
  })

  test('tells warnings without failing', async () => {
    const file = write('warn.yaml', 'default: ALLOW\n')
    const { status, err } = await run(checkCommand, file)
    expect(status).toBe(0)
    expect(err).toMatch(/:1:10: warning: every request is allowed/)
  })

  test('--json has the same on standard output', async () => {
    const file = write('bad.yaml', 'workers: 0\n')
    const { status, out, err } = await run(checkCommand, '--json', file)
    expect({ status, err }).toEqual({ status: 1, err: '' })
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      files: [{ file, ok: false, warnings: [], faults: [{ file, line: 1, column: 10 }] }],
    })
  })
})

describe('keygen', () => {
  test('writes a key that only its owner may read, and never over a file', async () => {
    const file = join(folder, 'key.pem')
    const { status, out } = await run(keygenCommand, '--out', file)
    expect(status).toBe(0)
    expect(out).toMatch(/^[\w-]{43}\n$/)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const pem = readFileSync(file, 'utf8')
    expect(createPrivateKey(pem).asymmetricKeyType).toBe('ed25519')
    expect(await run(keygenCommand, '--out', file)).toMatchObject({
      status: 1,
      err: expect.stringContaining('exists already') as unknown,
    })
    expect(readFileSync(file, 'utf8')).toBe(pem)
  })

  test('prints the key alone on standard output', async () => {
    const { out } = await run(keygenCommand)
    expect(createPrivateKey(out).asymmetricKeyType).toBe('ed25519')
  })
})

test('schema prints the JSON Schema', async () => {
  expect(JSON.parse((await run(schemaCommand)).out)).toEqual(JSON.parse(JSON.stringify(configJsonSchema())))
})

describe('healthcheck', () => {
  test.each([
    [200, 0],
    [503, 1],
  ])('of a gateway that answers %i ends with status %i', async (code, expected) => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.writeHead(code).end('x')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const admin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    expect((await run(healthcheckCommand, '--admin', admin)).status).toBe(expected)
    expect((await run(healthcheckCommand, '--admin', admin, '--live')).status).toBe(expected)
    expect(asked).toEqual(['/readyz', '/healthz'])
    await new Promise((resolve) => server.close(resolve))
  })

  test('of nothing fails with one line', async () => {
    expect(await run(healthcheckCommand, '--admin', 'http://127.0.0.1:1')).toEqual({
      status: 1,
      out: '',
      err: 'tollgate healthcheck: http://127.0.0.1:1/readyz: connection refused\n',
    })
  })
})
